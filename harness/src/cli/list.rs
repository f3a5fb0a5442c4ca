//! `madoguchi list`: what the catalogue holds.

use serde_json::{Value, json};

use super::{Failure, Format, Listed, say};
use crate::catalogue::{Catalogue, Profile, Statement, two_languages};
use crate::mutants::{Mutant, Variant};

/// Lists.
pub fn list(what: Listed, format: Format) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    let rows = match what {
        Listed::Scenarios => scenarios(catalogue),
        Listed::Requirements => requirements(catalogue),
        Listed::Profiles => profiles(catalogue),
        Listed::Personas => personas(catalogue),
        Listed::Mutants => mutants(catalogue),
        Listed::Variants => variants(catalogue),
    };
    match format {
        Format::Json => say(format_args!("{:#}", Value::Array(rows))),
        Format::Text => rows.iter().for_each(|row| say(line(row))),
    }
    Ok(0)
}

/// The row's values, the first two padded.
fn line(row: &Value) -> String {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{:<34} {:<14} {} | {}", text("id"), text("kind"), text("ja"), text("en"))
}

fn scenarios(catalogue: &Catalogue) -> Vec<Value> {
    let row = |case: &crate::catalogue::Case| json!({"id": case.id, "kind": case.area, "ja": case.title.ja, "en": case.title.en, "requirements": case.requirements(), "tags": case.tags()});
    catalogue.cases.iter().map(row).collect()
}

fn requirements(catalogue: &Catalogue) -> Vec<Value> {
    let row = |requirement: &crate::catalogue::Requirement| {
        let kind = if requirement.tier == 1 { "MUST" } else { "SHOULD" };
        json!({
            "id": requirement.id,
            "kind": kind,
            "ja": requirement.statement.ja,
            "en": requirement.statement.en,
            "actor": requirement.actor,
            "source": requirement.source,
            "tier": requirement.tier,
            "risk": requirement.risk,
            "positions": requirement.positions(),
            "check": requirement.check,
            "reason": requirement.reason.as_ref().map(Statement::text),
        })
    };
    catalogue.requirements.values().map(row).collect()
}

fn profiles(catalogue: &Catalogue) -> Vec<Value> {
    let row = |(name, profile): (&String, &Profile)| {
        let rows: Vec<&str> = profile.rows(catalogue).map(|row| row.id.as_str()).collect();
        let kind = format!("{} rows", rows.len());
        json!({
            "id": name,
            "kind": kind,
            "ja": profile.title.ja,
            "en": profile.title.en,
            "tier": profile.tier,
            "from": profile.in_force.from,
            "until": profile.in_force.until,
            "rows": rows,
        })
    };
    catalogue.profiles.iter().map(row).collect()
}

fn personas(catalogue: &Catalogue) -> Vec<Value> {
    let row = |(slug, person): (&String, &crate::model::Person)| {
        let card = if person.card.is_some() { "card" } else { "no card" };
        json!({"id": slug, "kind": card, "ja": person.name, "en": format!("born {}", person.birthdate)})
    };
    catalogue.personas.iter().map(row).collect()
}

fn mutants(catalogue: &Catalogue) -> Vec<Value> {
    let row = |mutant: &Mutant| {
        let defect = two_languages(&mutant.defect);
        json!({"id": mutant.id, "kind": mutant.place, "ja": defect.ja, "en": defect.en, "requirements": mutant.requirements})
    };
    catalogue.mutants.iter().map(row).collect()
}

fn variants(catalogue: &Catalogue) -> Vec<Value> {
    let row = |variant: &Variant| {
        let variation = two_languages(&variant.variation);
        json!({"id": variant.id, "kind": variant.place, "ja": variation.ja, "en": variation.en, "requirements": variant.requirements})
    };
    catalogue.variants.iter().map(row).collect()
}
