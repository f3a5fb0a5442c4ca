//! The baseline: the `result.json` of an earlier run. It excuses nothing; it tells what is new and what was repaired.

use std::collections::BTreeSet;
use std::path::Path;

use reports::model::{RunRecord, Verdict};
use reports::rollup;
use reports::scope::Since;

use super::ExpectedError;

/// Reads an earlier run.
pub fn read(path: &Path) -> Result<RunRecord, ExpectedError> {
    let bytes = std::fs::read(path)
        .map_err(|source| ExpectedError::Read { path: path.to_owned(), source })?;
    reports::json::read(&bytes).map_err(|error| ExpectedError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Requirements with this kind of outcome.
fn that_are(record: &RunRecord, wanted: impl Fn(Verdict) -> bool) -> BTreeSet<String> {
    let outcomes = rollup::requirements(record).into_iter();
    outcomes.filter(|(_, outcome)| wanted(outcome.verdict)).map(|(id, _)| id).collect()
}

/// How the failing requirements differ.
pub fn compare(before: &RunRecord, now: &RunRecord) -> Since {
    let failing = |record| that_are(record, |verdict| verdict == Verdict::Fail);
    let (then, today) = (failing(before), failing(now));
    let holding = that_are(now, |verdict| verdict == Verdict::Pass);
    Since {
        version: before.product.version.clone(),
        new: today.difference(&then).cloned().collect(),
        still: today.intersection(&then).cloned().collect(),
        repaired: then.intersection(&holding).cloned().collect(),
    }
}
