//! Waivers: a failure that somebody answers for, for a reason, until a day, and no more often than agreed.

use std::path::Path;

use jiff::civil::Date;
use reports::model::{Check, RunRecord};
use reports::scope::{WaiverState, WaiverUse};
use serde::Deserialize;

use super::{ExpectedError, fails, line_of, text, weigh, yaml};
use crate::catalogue::{Catalogue, Risk};

/// The longest time for which a waiver may be granted, in days.
const LONGEST: i32 = 180;

/// One waiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The requirement whose failure is excused.
    pub requirement: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The day on which it was granted.
    pub granted: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// The versions of the product for which it counts; all when absent.
    #[serde(default)]
    pub versions: Versions,
    /// How many failed assertions it may excuse.
    pub hits: u32,
}

/// Versions from one to before another, compared number by number: `1.10` follows `1.9`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// The first version.
    pub from: Option<String>,
    /// The first version that is no longer meant.
    pub below: Option<String>,
}

impl Versions {
    /// Whether a version is meant.
    pub fn contain(&self, version: &str) -> bool {
        let at = numbers(version);
        self.from.as_deref().is_none_or(|from| numbers(from) <= at)
            && self.below.as_deref().is_none_or(|below| at < numbers(below))
    }
}

/// The numbers of a version, without what follows a hyphen and without zeros at the end: `1.4.0-rc2` is `[1, 4]`.
fn numbers(version: &str) -> Vec<u64> {
    let released = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    let mut numbers: Vec<u64> =
        released.split('.').map(|part| part.parse().unwrap_or_default()).collect();
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

/// Reads a file of waivers and refuses what may not be waived.
pub fn read(path: &Path, catalogue: &Catalogue, today: Date) -> Result<Vec<Waiver>, ExpectedError> {
    let text = text(path)?;
    let waivers: Vec<Waiver> = yaml(path, &text)?;
    for (index, waiver) in waivers.iter().enumerate() {
        let before = waivers.iter().take(index);
        let nth = before.filter(|other| other.requirement == waiver.requirement).count();
        let wrong = if nth > 0 {
            Some(format!("{} is waived twice: make it one waiver", waiver.requirement))
        } else {
            wrong(waiver, catalogue, today)
        };
        if let Some(reason) = wrong {
            let line = line_of(&text, &waiver.requirement, nth);
            return Err(ExpectedError::Says { path: path.to_owned(), line, reason });
        }
    }
    Ok(waivers)
}

/// Why a waiver cannot be, with what to do.
fn wrong(waiver: &Waiver, catalogue: &Catalogue, today: Date) -> Option<String> {
    let Waiver { requirement, owner, reason, granted, expires, hits, .. } = waiver;
    let Some(row) = catalogue.requirements.get(requirement) else {
        return Some(format!("{requirement} is no requirement; see `madoguchi list requirements`"));
    };
    match row.risk {
        Risk::PatientMixUp | Risk::Revocation => {
            return Some(format!(
                "{requirement} guards against a mix-up of patients or a dead certificate and cannot be waived: mend the product"
            ));
        }
        Risk::Privacy | Risk::Availability | Risk::Wording | Risk::Money => {}
    }
    if owner.trim().is_empty() || reason.trim().is_empty() {
        return Some(format!("the waiver of {requirement} needs an owner and a reason"));
    }
    if *hits == 0 {
        return Some(format!(
            "the waiver of {requirement} excuses nothing: give `hits` of 1 or more"
        ));
    }
    if *granted > today {
        return Some(format!("the waiver of {requirement} is granted only on {granted}"));
    }
    let days = granted.until(*expires).map(|span| span.get_days()).unwrap_or(i32::MAX);
    if !(0..=LONGEST).contains(&days) {
        return Some(format!(
            "the waiver of {requirement} runs for {days} days: {LONGEST} after `granted` is the longest"
        ));
    }
    None
}

/// Excuses what is waived, and tells what became of each waiver.
pub fn apply(waivers: &[Waiver], record: &mut RunRecord, today: Date) -> Vec<WaiverUse> {
    let version = record.product.version.clone();
    let counts = |it: &Waiver| it.expires >= today && it.versions.contain(&version);
    let living: Vec<&Waiver> = waivers.iter().filter(|it| counts(it)).collect();
    let is_waived = |id: &String| living.iter().any(|waiver| waiver.requirement == *id);
    // An assertion of no requirement is nobody's to waive.
    let waived =
        |check: &Check| !check.requirement.is_empty() && check.requirement.iter().all(is_waived);
    let mut uses: Vec<WaiverUse> = waivers.iter().map(begun).collect();
    for case in &mut record.cases {
        let mut excused = Vec::new();
        for check in case.checks.iter_mut().filter(|check| fails(check)) {
            if !waived(check) {
                continue;
            }
            for used in uses.iter_mut().filter(|it| check.requirement.contains(&it.requirement)) {
                used.hits += 1;
                excused.push(note(used));
                check.note = excused.last().cloned();
            }
        }
        if let Some(why) = excused.first() {
            let aside = |check: &Check| fails(check) && waived(check);
            weigh(case, aside, reports::Verdict::Warn, why);
        }
    }
    let outcomes = reports::rollup::requirements(record);
    for (used, waiver) in uses.iter_mut().zip(waivers) {
        let reached = outcomes.get(&waiver.requirement).is_some_and(|it| it.evaluated > 0);
        used.state = state(used, waiver, today, &version, reached);
    }
    uses
}

/// What the report says beside an excused failure.
fn note(used: &WaiverUse) -> String {
    let WaiverUse { requirement, owner, reason, expires, .. } = used;
    format!("{requirement} is waived until {expires} by {owner}: {reason}")
}

fn begun(waiver: &Waiver) -> WaiverUse {
    WaiverUse {
        requirement: waiver.requirement.clone(),
        owner: waiver.owner.clone(),
        reason: waiver.reason.clone(),
        expires: waiver.expires.to_string(),
        hits: 0,
        limit: waiver.hits,
        state: WaiverState::NotReached,
    }
}

fn state(
    used: &WaiverUse,
    waiver: &Waiver,
    today: Date,
    version: &str,
    reached: bool,
) -> WaiverState {
    if waiver.expires < today {
        WaiverState::Expired
    } else if !waiver.versions.contain(version) {
        WaiverState::OtherVersion
    } else if used.hits > used.limit {
        WaiverState::OverUsed
    } else if used.hits > 0 {
        WaiverState::Used
    } else if reached {
        WaiverState::Unused
    } else {
        WaiverState::NotReached
    }
}
