//! What insurers fetch: `GET /feed/warnings` and `GET /feed/ended-certificates`, a page at a time. Bench profile.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::warning::warnings;
use crate::{
    http::Problem,
    messages::{InsurerNumber, record::CardText},
    service::{
        coded,
        days::{day_of, start_of},
        functions::Function,
        proof::{ProofKind, due, holds_certificate},
        qualify::Standing,
        records::{PersonCode, PersonState},
    },
    store::{Page, Store},
};

/// Most persons of one page.
const PAGE: u32 = 1_000;

/// Whose list, and where it goes on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(with = "coded")]
    insurer_number: InsurerNumber,
    #[serde(default)]
    after: Option<PersonCode>,
    /// Any day of the month; of ended certificates only.
    #[serde(default)]
    month: Option<String>,
}

/// One page of a list. `after` asks for the next one; without it there is none.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    entries: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<PersonCode>,
}

/// What an insurer should look into about a person.
#[derive(Debug, Serialize)]
pub(super) struct PersonWarnings {
    person: PersonCode,
    warnings: Vec<String>,
}

/// Rows OQS-QUAL-25, OQS-INS-07, OQS-LIM-05: each insurer sees what concerns it, whoever fed the last record.
pub(super) async fn warned(
    State(store): State<Arc<dyn Store>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<List<PersonWarnings>>, Problem> {
    let Query(asked) = asked.map_err(|_| no_query())?;
    let people = store.insured_with(&asked.insurer_number, asked.page()).await;
    let people = people.map_err(|error| Problem::store(&error))?;
    let after = next(people.iter().map(|state| &state.person));
    let entries = people.iter().filter_map(|state| warnings_of(state, &asked.insurer_number));
    Ok(Json(List { entries: entries.collect(), after }))
}

fn warnings_of(state: &PersonState, insurer: &InsurerNumber) -> Option<PersonWarnings> {
    let mine = warnings(state).into_iter().filter(|warning| warning.insurers.contains(insurer));
    let warnings: Vec<_> = mine.map(|warning| warning.text).collect();
    (!warnings.is_empty()).then(|| PersonWarnings { person: state.person.clone(), warnings })
}

/// Somebody insured whose certificate ended, and what the insurer owes.
#[derive(Debug, Serialize)]
pub(super) struct Ended {
    person: PersonCode,
    #[serde(with = "coded")]
    number: CardText,
    /// The last day of the certificate, or that of its revocation.
    ended_on: Date,
    /// `certificate_of_qualification`, or nothing when one is held at the end of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<ProofKind>,
}

/// Row OQS-CERT-23: people of the insurer whose certificates ended in a month, so that they get a 資格確認書 (rows OQS-CERT-15,
/// OQS-INS-14). There is nothing to list before the abolition of insurance cards.
pub(super) async fn ended(
    State(store): State<Arc<dyn Store>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<List<Ended>>, Problem> {
    let Query(asked) = asked.map_err(|_| no_query())?;
    let (first, next_month) = asked.month().ok_or_else(no_month)?;
    let span = (start_of(first), start_of(next_month));
    let last = next_month.yesterday().unwrap_or(first);
    let found = store.ended_certificates(&asked.insurer_number, span, asked.page()).await;
    let found = found.map_err(|error| Problem::store(&error))?;
    let after = next(found.iter().map(|(state, _)| &state.person));
    let entries = found.iter().filter_map(|found| entry(found, &asked.insurer_number, last));
    Ok(Json(List { entries: entries.collect(), after }))
}

/// Of who is insured there at the end of the month.
fn entry(
    (state, end): &(PersonState, Timestamp),
    insurer: &InsurerNumber,
    last: Date,
) -> Option<Ended> {
    let current = |coverage: &&crate::service::records::Coverage| {
        coverage.insurer_number == *insurer && coverage.standing(last) == Standing::Active
    };
    let coverage = state.coverages.iter().find(current)?;
    let listed = Function::AbolitionOfInsuranceCards.is_open_on(last);
    listed.then(|| Ended {
        person: state.person.clone(),
        number: coverage.details.number.clone(),
        ended_on: day_of(*end),
        due: (!holds_certificate(&state.proofs, last)).then(|| due(false)),
    })
}

impl Asked {
    fn page(&self) -> Page<'_> {
        Page { after: self.after.as_ref(), limit: PAGE }
    }

    /// The first days of the month and of the next, from `YYYY-MM`.
    fn month(&self) -> Option<(Date, Date)> {
        let month = self.month.as_deref().filter(|month| month.len() == 7)?;
        let first: Date = format!("{month}-01").parse().ok()?;
        Some((first, first.checked_add(1.month()).ok()?))
    }
}

/// Where the next page begins; a page that is not full is the last.
fn next<'a>(people: impl ExactSizeIterator<Item = &'a PersonCode>) -> Option<PersonCode> {
    let full = u32::try_from(people.len()).is_ok_and(|count| count == PAGE);
    people.last().filter(|_| full).cloned()
}

/// The query's own words stay out: they may be anything.
fn no_query() -> Problem {
    Problem::unprocessable("the query names insurer_number, and may name after and month")
        .in_japanese("問い合わせには insurer_number が必要です。after と month も使えます。")
}

fn no_month() -> Problem {
    Problem::unprocessable("say which month, as month=YYYY-MM")
}
