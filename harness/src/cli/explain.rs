//! `madoguchi explain`: one scenario or one requirement, whole.

use super::selection::nearest;
use super::{Failure, say};
use crate::catalogue::{Case, Catalogue, Requirement};

/// Explains.
pub fn explain(id: &str) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    if let Some(case) = catalogue.cases.iter().find(|case| case.id == id) {
        scenario(case);
        return Ok(0);
    }
    if let Some(row) = catalogue.requirements.get(id) {
        requirement(catalogue, row);
        return Ok(0);
    }
    let known = catalogue
        .cases
        .iter()
        .map(|case| case.id.as_str())
        .chain(catalogue.requirements.keys().map(String::as_str));
    let hint = nearest(id, known).map_or_else(
        || "see `madoguchi list scenarios`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Failure::Usage(format!("nothing is called `{id}`; {hint}")))
}

fn scenario(case: &Case) {
    say(format_args!("{}\n{}\n{}\n", case.id, case.title.ja, case.title.en));
    for step in case.steps() {
        say(format_args!("  {} {}", step.keyword.trim(), step.value));
        for row in step.table.iter().flat_map(|table| &table.rows) {
            say(format_args!("      | {} |", row.join(" | ")));
        }
    }
    for tag in case.tags() {
        if let Some(twin) = tag.strip_prefix("twin:") {
            say(format_args!("\ntwin that must be accepted: {twin}"));
        }
    }
    say(format_args!("\nrun it: madoguchi run --only {}", case.id));
}

fn requirement(catalogue: &Catalogue, row: &Requirement) {
    let level = if row.tier == 1 { "MUST" } else { "SHOULD, never fails a product" };
    say(format_args!("{} ({level})\n{}\n{}\n", row.id, row.statement.ja, row.statement.en));
    say(format_args!(
        "binds: {}\nsource: {:?}\nrisk: {:?}\n\nchecked by:",
        row.actor, row.source, row.risk
    ));
    if let Some(reason) = &row.reason {
        say(format_args!("  no assertion ({:?}): {} {}", row.check, reason.ja, reason.en));
        return;
    }
    for case in catalogue.cases.iter().filter(|case| case.requirements().contains(&row.id)) {
        say(format_args!("  {:<34} {} | {}", case.id, case.title.ja, case.title.en));
    }
    say(format_args!("\nrun them: madoguchi run --only {}", row.id));
}
