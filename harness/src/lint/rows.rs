//! Rules for rows, profiles and mutants.

use std::collections::{BTreeMap, BTreeSet};

use reports::scope::CheckKind;

use super::book::{Book, Place, Scene};
use super::{Finding, Rule};
use crate::catalogue::{ACTORS, Requirement};

/// How many rows of tier 1 may go without an assertion.
const BY_HAND: usize = 30;

/// What is wrong with rows, profiles and mutants.
pub fn lint(book: &Book) -> Vec<Finding> {
    let borne: BTreeSet<String> = book.scenes.values().flat_map(Scene::bears).collect();
    let proven = proven(book);
    let mut findings = Vec::new();
    for (place, row) in book.rows.values() {
        findings.extend(row_findings(place, row, borne.contains(&row.id)));
        let must = row.tier == 1 && row.check.is_auto() && borne.contains(&row.id);
        if must && !proven.contains(&row.id) {
            let what = format!("nothing shows that {} can be broken", row.id);
            findings.push(place.finding(Rule::NoNegative, what));
        }
    }
    findings.extend(too_many(book));
    findings.extend(unknown(book));
    findings
}

/// Rows that a pair of twins bears or that a mutant breaks.
fn proven(book: &Book) -> BTreeSet<String> {
    let accepted: BTreeSet<&str> =
        book.scenes.values().flat_map(|scene| &scene.twins).map(String::as_str).collect();
    let paired = |scene: &&Scene| !scene.twins.is_empty() || accepted.contains(scene.id.as_str());
    let twins = book.scenes.values().filter(paired).flat_map(Scene::bears);
    let mutants = book.mutants.iter().flat_map(|(_, mutant)| mutant.requirements.clone());
    twins.chain(mutants).collect()
}

fn row_findings(place: &Place, row: &Requirement, borne: bool) -> Vec<Finding> {
    let id = &row.id;
    let reason = row.reason.as_ref();
    let said = reason.is_some_and(|it| !it.ja.trim().is_empty() && !it.en.trim().is_empty());
    let mut findings = Vec::new();
    if row.check.is_auto() {
        if !borne {
            findings.push((Rule::Orphan, format!("no assertion bears {id}")));
        }
        if reason.is_some() {
            findings.push((Rule::Reason, format!("{id} is `auto` and says why it is not")));
        }
    } else {
        if borne {
            findings.push((Rule::Reason, format!("an assertion bears {id}, which is not `auto`")));
        }
        if !said {
            findings.push((Rule::Reason, format!("{id} does not say why no assertion checks it")));
        }
    }
    if !ACTORS.contains(&row.actor.as_str()) {
        findings.push((Rule::UnknownActor, format!("{id} binds `{}`", row.actor)));
    }
    findings.into_iter().map(|(rule, what)| place.finding(rule, what)).collect()
}

/// Rows of tier 1 without an assertion beyond the number allowed. Those that wait for a scenario count like all others.
fn too_many(book: &Book) -> Option<Finding> {
    let by_hand = book.rows.values().filter(|(_, row)| row.tier == 1 && !row.check.is_auto());
    let all: Vec<&(Place, Requirement)> = by_hand.collect();
    let mut kinds: BTreeMap<CheckKind, usize> = BTreeMap::new();
    all.iter().for_each(|(_, row)| *kinds.entry(row.check).or_default() += 1);
    let (place, _) = all.get(BY_HAND)?;
    let what = format!("{} rows of tier 1 have no assertion ({kinds:?}), {BY_HAND} may", all.len());
    Some(place.finding(Rule::TooManyByHand, what))
}

/// Ids that are no row.
fn unknown(book: &Book) -> Vec<Finding> {
    let steps = book.scenes.values().flat_map(|scene| &scene.steps);
    let borne = steps.flat_map(|line| line.bears().into_iter().map(move |id| (&line.place, id)));
    let chosen = book.profiles.iter().flat_map(|(place, profile)| {
        let ids = profile.choose.ids.iter().chain(&profile.except);
        ids.map(move |id| (place, id.clone()))
    });
    let broken = book
        .mutants
        .iter()
        .flat_map(|(place, mutant)| mutant.requirements.iter().map(move |id| (place, id.clone())));
    let named = borne.chain(chosen).chain(broken);
    named
        .filter(|(_, id)| !book.rows.contains_key(id))
        .map(|(place, id)| place.finding(Rule::UnknownId, format!("{id} is no requirement")))
        .collect()
}
