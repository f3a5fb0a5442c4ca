//! The conformance statement: what a maker says the product does not do. It is no pass; the report names each such row.

use std::path::Path;

use reports::model::{Check, RunRecord, Verdict};
use reports::scope::NotClaimed;
use serde::Deserialize;

use super::{ExpectedError, fails, line_of, text, weigh, yaml};
use crate::catalogue::Catalogue;

/// What a product does not claim.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conformance {
    /// Name of the product, as in `madoguchi.yaml`.
    pub product: String,
    /// Rows it does not claim, each with the reason.
    #[serde(default)]
    pub not_claimed: Vec<Row>,
}

/// One row that is not claimed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id.
    pub requirement: String,
    /// Why.
    pub reason: String,
}

/// Reads a conformance statement.
pub fn read(path: &Path, catalogue: &Catalogue) -> Result<Conformance, ExpectedError> {
    let text = text(path)?;
    let read: Conformance = yaml(path, &text)?;
    for Row { requirement, reason } in &read.not_claimed {
        let wrong = if !catalogue.requirements.contains_key(requirement) {
            format!("{requirement} is no requirement; see `madoguchi list requirements`")
        } else if reason.trim().is_empty() {
            format!("say why {requirement} is not claimed")
        } else {
            continue;
        };
        let line = line_of(&text, requirement, 0);
        return Err(ExpectedError::Says { path: path.to_owned(), line, reason: wrong });
    }
    Ok(read)
}

impl Conformance {
    /// Takes the rows that are not claimed out of the judgement.
    ///
    /// # Errors
    /// The statement is for another product, in words.
    pub fn apply(&self, record: &mut RunRecord) -> Result<(), String> {
        let Self { product, not_claimed } = self;
        if *product != record.product.name {
            return Err(format!(
                "the conformance statement is for {product}, and {} is under test",
                record.product.name
            ));
        }
        let left_out = |id: &str| not_claimed.iter().any(|row| row.requirement == id);
        set_aside(record, left_out);
        let told = not_claimed.iter().map(|Row { requirement, reason }| NotClaimed {
            requirement: requirement.clone(),
            reason: reason.clone(),
        });
        record.scope.not_claimed.extend(told);
        record.scope.not_claimed.sort();
        Ok(())
    }
}

/// Takes rows out of the judgement: what bears only such rows is not applicable.
pub fn set_aside(record: &mut RunRecord, left_out: impl Fn(&str) -> bool) {
    for case in &mut record.cases {
        // An assertion of no requirement is part of no statement.
        let aside = |check: &Check| {
            !check.requirement.is_empty() && check.requirement.iter().all(|id| left_out(id))
        };
        let failing = case.checks.iter().filter(|check| fails(check)).any(aside);
        if failing {
            let why = "the product does not claim what failed here";
            weigh(case, aside, Verdict::NotApplicable, why);
        }
        for check in &mut case.checks {
            if aside(check) {
                check.verdict = Verdict::NotApplicable;
            } else {
                check.requirement.retain(|id| !left_out(id));
            }
        }
    }
}
