//! The record of a run: plain data, filled by the bench, read by the writers.
//!
//! Whatever differs between two runs of the same seed stands in [`Wall`] and nowhere else, so two records can be
//! compared after setting [`RunRecord::wall`] to `None`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceEntry;
use crate::scope::{CheckKind, Scope};
use crate::words::{self, Phrase};

/// The nine verdicts. A step, a check, a case and a run all use the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Evaluated, and it holds.
    Pass,
    /// Evaluated, and only a recommendation does not hold.
    Warn,
    /// Evaluated, and it does not hold.
    Fail,
    /// The product does not claim what this would need.
    NotApplicable,
    /// The bench could not see enough to judge.
    Inconclusive,
    /// A person must look before this can be judged.
    NeedsReview,
    /// The configuration of the run is wrong.
    ConfigError,
    /// The bench itself is at fault.
    BenchError,
    /// Planned but not carried out.
    NotRun,
}

impl Verdict {
    /// All nine, in the order in which reports show them.
    pub const ALL: [Self; 9] = [
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::NotApplicable,
        Self::Inconclusive,
        Self::NeedsReview,
        Self::ConfigError,
        Self::BenchError,
        Self::NotRun,
    ];

    /// The stable name, as written in `result.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Inconclusive => "inconclusive",
            Self::NeedsReview => "needs-review",
            Self::ConfigError => "config-error",
            Self::BenchError => "bench-error",
            Self::NotRun => "not-run",
        }
    }

    /// One sign, one column wide, that tells the verdict without colour.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Pass => "✓",
            Self::Warn => "!",
            Self::Fail => "✗",
            Self::NotApplicable => "-",
            Self::Inconclusive => "?",
            Self::NeedsReview => "◉",
            Self::ConfigError => "⚙",
            Self::BenchError => "⊗",
            Self::NotRun => "◌",
        }
    }

    /// The word in Japanese and English.
    #[must_use]
    pub fn word(self) -> Phrase {
        words::verdict(self)
    }

    /// Whether something was looked at and judged: only such a verdict can bear a requirement.
    #[must_use]
    pub fn is_evaluated(self) -> bool {
        match self {
            Self::Pass | Self::Warn | Self::Fail => true,
            Self::NotApplicable
            | Self::Inconclusive
            | Self::NeedsReview
            | Self::ConfigError
            | Self::BenchError
            | Self::NotRun => false,
        }
    }
}

/// How strongly a requirement binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Failing it fails the run.
    Must,
    /// Failing it warns.
    Should,
}

/// A text in both languages of the reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Text2 {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Text2 {
    /// Pairs a Japanese text with its English counterpart.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

impl From<Phrase> for Text2 {
    fn from(phrase: Phrase) -> Self {
        Self::new(phrase.ja, phrase.en)
    }
}

/// One assertion that carries requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Ids of the requirements this assertion bears, `OQS-…`.
    pub requirement: Vec<String>,
    /// How strongly they bind.
    pub level: Level,
    /// Text of the step in which the assertion was made.
    pub step: String,
    /// What was found; a failed recommendation is recorded as [`Verdict::Fail`] and weighed in [`crate::rollup`].
    pub verdict: Verdict,
    /// What had to be seen.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// A remark for the reader.
    pub note: Option<String>,
}

/// The oracle's outcome of one event beside the actual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The event, for example "visit 1".
    pub event: String,
    /// What the oracle expects.
    pub expected: serde_json::Value,
    /// What the actors or the product did.
    pub actual: serde_json::Value,
    /// Whether the two agree in everything that is compared.
    pub agrees: bool,
    /// The first place where they part.
    pub divergence: Option<Divergence>,
}

/// The first place where expectation and reality part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// JSON pointer into the outcome. Source: RFC 6901.
    pub pointer: String,
    /// The value there that the oracle expects.
    pub expected: String,
    /// The value there that was seen.
    pub actual: String,
    /// The evidence entry that shows it, by [`EvidenceEntry::seq`].
    pub evidence_seq: Option<u64>,
}

/// One Gherkin step as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// Given, When, Then or the Japanese keyword, as written.
    pub keyword: String,
    /// The step's text.
    pub text: String,
    /// How it went; see [`crate::rollup::case_verdict`] for what it weighs.
    pub verdict: Verdict,
    /// What went wrong, if something did.
    pub message: Option<String>,
}

/// On whose side the cause lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The product under test.
    Product,
    /// The configuration of the run.
    Configuration,
    /// The machine or the network.
    Environment,
    /// The bench.
    Bench,
}

/// How a claim came to its insurance numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// 従来の流れ: typed from a card that was shown.
    Old,
    /// 新しい流れ: from the confirmed data.
    New,
}

/// One claim that the review and payment agency judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimSeen {
    /// The flow it came from.
    pub flow: Flow,
    /// 返戻: whether it came back.
    pub returned: bool,
}

/// One scenario as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Stable id, `area/slug`.
    pub id: String,
    /// The scenario's name.
    pub title: Text2,
    /// The area it belongs to.
    pub area: String,
    /// Gherkin tags without the `@`.
    pub tags: Vec<String>,
    /// The feature's name.
    pub feature: String,
    /// The steps in order.
    pub steps: Vec<StepResult>,
    /// The assertions in order.
    pub checks: Vec<Check>,
    /// The oracle's judgements, event by event.
    pub judgements: Vec<Judgement>,
    /// The claims of both flows that were judged in it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimSeen>,
    /// What the case is worth; normally [`crate::rollup::case_verdict`] of the three lists above.
    pub verdict: Verdict,
    /// One sentence on why it is not a pass.
    pub why: Option<String>,
    /// What the reader should do next.
    pub next_step: Option<String>,
    /// On whose side the cause lies.
    pub blame: Option<Blame>,
    /// Path of the evidence file, relative to the report.
    pub evidence_file: String,
    /// Hash of the last entry of that file: a chain alone cannot show that its end was cut off.
    #[serde(default)]
    pub evidence_head: Option<String>,
    /// The evidence itself; kept in its own file and therefore absent from `result.json`.
    #[serde(default, skip_serializing)]
    pub evidence: Vec<EvidenceEntry>,
    /// Virtual time at which the case starts, RFC 3339 with the Japanese offset.
    pub virtual_start: String,
}

/// Where a requirement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A public document.
    Public,
    /// The customer's document.
    Customer,
    /// The bench's own decision, official nowhere.
    BenchProfile,
}

/// One row of the requirement catalogue, as the run saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementRow {
    /// How strongly it binds.
    pub level: Level,
    /// What it says.
    pub statement: Text2,
    /// Where it comes from.
    pub source: Source,
    /// Strength of the source; 1 is the strongest.
    pub tier: u8,
    /// How it is checked.
    #[serde(default, skip_serializing_if = "CheckKind::is_auto")]
    pub check: CheckKind,
    /// Why no assertion checks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text2>,
}

/// The bench that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenchInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The product under test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who makes it.
    pub vendor: String,
    /// The roles it plays; the bench simulates the rest.
    pub positions: Vec<String>,
}

/// Everything taken from the wall clock, and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wall {
    /// When the run started, RFC 3339.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How long each case took, in seconds, by case id.
    #[serde(default)]
    pub cases: BTreeMap<String, f64>,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The bench that ran.
    pub bench: BenchInfo,
    /// The product under test.
    pub product: ProductInfo,
    /// The seed from which everything follows.
    pub seed: u64,
    /// Digest of the plan: which cases, in which worlds, against which configuration.
    pub plan_digest: String,
    /// The cases in the order of the plan.
    pub cases: Vec<CaseResult>,
    /// The requirements that bind this product, by id.
    pub requirements: BTreeMap<String, RequirementRow>,
    /// Wall-clock times, if they are to be reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall: Option<Wall>,
    /// Why the run ended before its plan did; `None` when it was carried out to the end.
    #[serde(default)]
    pub incomplete: Option<String>,
    /// Profile, share of the plan, waivers, and what was known before.
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_written_by_its_name() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), serde_json::json!(verdict.name()));
        }
    }

    #[test]
    fn no_two_verdicts_share_a_sign_or_a_word() {
        let distinct = |of: fn(Verdict) -> &'static str| {
            Verdict::ALL.into_iter().map(of).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!(distinct(Verdict::symbol), 9);
        assert_eq!(distinct(|v| v.word().ja), 9);
        assert_eq!(distinct(|v| v.word().en), 9);
    }
}
