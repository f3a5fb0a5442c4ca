//! What a run was about beside its scenarios: the profile, the share of the plan, the waivers, what was known before.

use serde::{Deserialize, Serialize};

use crate::model::Text2;

/// How a requirement is checked.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// By an assertion in a scenario.
    #[default]
    Auto,
    /// By a person whom the bench guides.
    Guided,
    /// By the word of whoever answers for it.
    Attest,
    /// By nothing yet.
    None,
}

impl CheckKind {
    /// Whether an assertion of a scenario checks it.
    #[must_use]
    pub fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

/// What a run was about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The profile, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileInfo>,
    /// The share of the plan, if it was cut into shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What was chosen for a limited time, if there was a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budgeted>,
    /// What was waived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverUse>,
    /// Requirements that the product's conformance statement does not claim, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_claimed: Vec<NotClaimed>,
    /// Whether a refusal of another class counted as the one expected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conceptual: bool,
    /// The day in Japan on which every story began, where scenarios were told relative to now, `2026-12-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_to: Option<String>,
    /// Whether only what passed between the products was judged: nothing was ordered of them, and their data are their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listened: bool,
    /// The run held against an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

impl Scope {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A profile as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileInfo {
    /// Its name, for `--profile`.
    pub name: String,
    /// What it is for.
    pub title: Text2,
    /// The weakest tier that binds.
    pub tier: u8,
    /// Rows it chooses.
    pub rows: usize,
}

/// One of several shares of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
    /// Scenarios of the whole plan.
    pub planned: usize,
}

/// What was chosen for a limited time. What was left out was not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgeted {
    /// The time, `30s`.
    pub budget: String,
    /// What the chosen scenarios were expected to take.
    pub expected: String,
    /// How many were chosen.
    pub chosen: usize,
    /// Those that were not.
    pub left_out: Vec<String>,
    /// Mutants that the chosen ones are expected to find.
    pub mutants: usize,
    /// Mutants that all of the plan are expected to find.
    pub of_mutants: usize,
}

impl Budgeted {
    /// The choice in words, without the names of what was left out.
    #[must_use]
    pub fn words(&self) -> Text2 {
        let Self { budget, expected, chosen, left_out, mutants, of_mutants } = self;
        let (all, left) = (chosen + left_out.len(), left_out.len());
        Text2::new(
            format!(
                "{budget}: {all} 件中 {chosen} 件を選択（見込み {expected}、{mutants}/{of_mutants} の欠陥を見つける見込み）、{left} 件は未評価"
            ),
            format!(
                "{budget}: {chosen} of {all} scenarios chosen (expected {expected}, {mutants} of {of_mutants} mutants within reach), {left} not evaluated"
            ),
        )
    }
}

/// A requirement that the product does not claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotClaimed {
    /// Its id.
    pub requirement: String,
    /// Why.
    pub reason: String,
}

/// One waiver, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverUse {
    /// The requirement waived.
    pub requirement: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it counts, `2026-12-31`.
    pub expires: String,
    /// Failed assertions it excused.
    pub hits: u32,
    /// How many it may excuse.
    pub limit: u32,
    /// What became of it.
    pub state: WaiverState,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// It excused failures, within its limit.
    Used,
    /// Nothing in this run could need it.
    NotReached,
    /// It is for other versions of the product.
    OtherVersion,
    /// Its last day has passed: it excused nothing.
    Expired,
    /// What it waives did not fail: it must go.
    Unused,
    /// More failed than it may excuse.
    OverUsed,
}

impl WaiverState {
    /// Whether such a waiver fails the run.
    #[must_use]
    pub fn fails_the_run(self) -> bool {
        match self {
            Self::Used | Self::NotReached | Self::OtherVersion => false,
            Self::Expired | Self::Unused | Self::OverUsed => true,
        }
    }

    /// What to do next where such a waiver fails the run. The cause lies with whoever keeps the waivers: the configuration.
    #[must_use]
    pub fn next(self) -> Option<Text2> {
        let (ja, en) = match self {
            Self::Used | Self::NotReached | Self::OtherVersion => return None,
            Self::Expired => {
                ("製品を直すか、改めて免除を与える", "mend the product, or grant the waiver anew")
            }
            Self::Unused => (
                "免除を取り除く（免除した要件は満たされている）",
                "remove the waiver: what it waives holds",
            ),
            Self::OverUsed => (
                "上限を超えた不成立を調べてから `hits` を見直す",
                "look at the failures beyond the limit before you raise `hits`",
            ),
        };
        Some(Text2::new(ja, en))
    }

    /// The state in words.
    #[must_use]
    pub fn word(self) -> Text2 {
        let (ja, en) = match self {
            Self::Used => ("適用", "used"),
            Self::NotReached => ("対象外", "not reached"),
            Self::OtherVersion => ("版が対象外", "for another version"),
            Self::Expired => ("期限切れ", "expired"),
            Self::Unused => ("不要", "unused"),
            Self::OverUsed => ("上限を超過", "over-used"),
        };
        Text2::new(ja, en)
    }
}

/// How the requirements that fail differ from those of an earlier run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The product's version then.
    pub version: String,
    /// They fail, and did not then.
    pub new: Vec<String>,
    /// They failed then, and still do.
    pub still: Vec<String>,
    /// They failed then, and hold now.
    pub repaired: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_that_fails_the_run_says_what_to_do_next() {
        for state in [
            WaiverState::Used,
            WaiverState::NotReached,
            WaiverState::OtherVersion,
            WaiverState::Expired,
            WaiverState::Unused,
            WaiverState::OverUsed,
        ] {
            assert_eq!(state.next().is_some(), state.fails_the_run(), "{state:?}");
        }
    }
}
