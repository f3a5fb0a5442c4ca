//! Both flows on the same months: patients whom a seed decides are received, and each visit is claimed twice, once on the
//! numbers that staff typed and once on the confirmed data. Row OQS-OPS-10.
//!
//! Everything is really played: cards, readers, queries, the receipt computer's claim files and the agency's verdicts. What is
//! assumed are the rates of what goes wrong, and they are stated. Patients are fictitious; nobody's claims are estimated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Span};
use reports::rollup::Returned;

use crate::bench::{Wishes, chart};
use crate::catalogue::Catalogue;
use crate::clock::at_jst;
use crate::error::BenchError;
use crate::model::{
    Claim, ClaimEnd, ClaimOutcome, Coverage, Event, Mode, Numbers, Outcome, Person, Presented,
    Visit, World,
};
use crate::seed::Seed;
use crate::world::{Stage, Workshop};

/// The persona every patient is made after.
const PATTERN: &str = "hanako";
/// The day of all visits.
const DAY: Date = date(2026, 4, 15);

/// Visits are a second apart, and all on that day.
const DAY_SECONDS: i64 = 10 * 3600;

/// How often things go wrong, in a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Claims of the old flow in which two digits are swapped.
    pub typos: u32,
    /// Patients who lost their insurance before the visit; half of them have a new one by then.
    pub changes: u32,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Visits played.
    pub visits: u32,
    /// Claims of the old flow.
    pub old: Returned,
    /// Claims of the new flow.
    pub new: Returned,
    /// Visits at which the counter saw that there is no insurance, so that nothing was claimed on it.
    pub at_counter: usize,
}

/// Plays so many visits, one a patient, and claims each in both flows.
///
/// # Errors
/// [`BenchError`] when the bench cannot carry a visit out.
pub async fn compare(visits: u32, seed: u64, rates: Rates) -> Result<Compared, BenchError> {
    let seed = Seed(seed);
    let catalogue = Catalogue::embedded()?;
    let pattern = catalogue.personas.get(PATTERN).ok_or_else(|| unknown(PATTERN))?;
    let (code, institution) =
        catalogue.institutions.first_key_value().ok_or_else(|| unknown("institutions"))?;
    let people: BTreeMap<String, Person> = (0..visits)
        .map(|n| (format!("patient-{n:06}"), patient(pattern, n, seed, rates)))
        .collect();
    let mut institution = institution.clone();
    institution.charts = people.iter().map(|(slug, person)| chart(slug, person)).collect();
    let now = at_jst(DAY.at(9, 0, 0, 0)).map_err(|error| BenchError::setup("clock", error))?;
    let institutions = BTreeMap::from([(code.clone(), institution)]);
    let world = World { seed: seed.0, now, people: people.clone(), institutions };
    let mut stage = Stage::start(Arc::new(Workshop::new(seed, None)?), world).await?;
    let mut compared = Compared { visits, ..Compared::default() };
    for (n, (slug, person)) in people.iter().enumerate() {
        let second = SignedDuration::from_secs(i64::try_from(n).unwrap_or_default() % DAY_SECONDS);
        stage.perform(&Event::Clock(now + second)).await?;
        stage.perform(&visit(slug, code)).await?;
        let typed = person.coverages.first().map(|shown| typed(shown, n, seed, rates));
        let old = claim(&mut stage, slug, code, typed).await?;
        let new = claim(&mut stage, slug, code, None).await?;
        compared.at_counter += usize::from(new.end == ClaimEnd::NothingConfirmed);
        count(&mut compared.old, &old);
        count(&mut compared.new, &new);
    }
    Ok(compared)
}

fn unknown(what: &str) -> BenchError {
    BenchError::setup("catalogue", format!("there is no {what}"))
}

fn count(share: &mut Returned, outcome: &ClaimOutcome) {
    share.claims += outcome.ends().count();
    share.returned += outcome.ends().filter(|end| end.is_returned()).count();
}

async fn claim(
    stage: &mut Stage,
    person: &str,
    institution: &str,
    typed: Option<Numbers>,
) -> Result<ClaimOutcome, BenchError> {
    let claim = Claim {
        institution: institution.to_owned(),
        person: person.to_owned(),
        day: DAY,
        also: Vec::new(),
        typed,
        unclear: None,
        on_paper: false,
    };
    let came = stage.perform(&Event::Claim(claim)).await?;
    let Outcome::Claim(outcome) = came else {
        return Err(BenchError::setup("claim", format!("{came:?}")));
    };
    Ok(outcome)
}

fn visit(person: &str, institution: &str) -> Event {
    Event::Visit(Visit {
        person: person.to_owned(),
        institution: institution.to_owned(),
        presented: Presented::CardOf(person.to_owned()),
        mode: Mode::Face,
        then: Vec::new(),
        consents: BTreeSet::new(),
        register: Wishes::default().register,
        prescription: None,
        trouble: None,
        occasion: None,
    })
}

/// A draw of one in a thousand, by label and number.
fn drawn(seed: Seed, label: &str, n: impl std::fmt::Display, per_mille: u32) -> bool {
    let [a, b, c, d, ..] = seed.bytes(&format!("flows {label} {n}"));
    u32::from_be_bytes([a, b, c, d]) % 1000 < per_mille
}

/// Somebody of a name, birth date and number of their own.
fn patient(pattern: &Person, n: u32, seed: Seed, rates: Rates) -> Person {
    let mut person = pattern.clone();
    person.name = format!("架空　{}", kanji(n));
    person.birthdate = date(1950, 1, 1).saturating_add(Span::new().days(i64::from(n % 18_000)));
    person.face = 100_000 + u64::from(n);
    if let Some(card) = &mut person.card {
        card.expiry = date(2033, person.birthdate.month(), person.birthdate.day().min(28));
    }
    let Some(first) = person.coverages.first().cloned() else { return person };
    let number = format!("{:07}", 1_000_000 + n);
    let held = Coverage { number: number.clone(), limit: None, ..first };
    person.coverages = if drawn(seed, "loss", n, rates.changes) {
        let lost = Coverage {
            lost: Some(DAY.saturating_sub(Span::new().days(10))),
            loss_reason: Some("03".to_owned()),
            ..held.clone()
        };
        let new = drawn(seed, "successor", n, 500).then(|| Coverage {
            insurer_number: "99060021".to_owned(),
            gained: DAY.saturating_sub(Span::new().days(10)),
            ..held
        });
        [Some(lost), new].into_iter().flatten().collect()
    } else {
        vec![held]
    };
    person
}

fn kanji(n: u32) -> String {
    let digit = |digit: char| {
        digit.to_digit(10).and_then(|at| "〇一二三四五六七八九".chars().nth(at as usize))
    };
    format!("{}子", n.to_string().chars().filter_map(digit).collect::<String>())
}

/// What staff type from the card that is shown: the first coverage, now and then with two digits swapped.
fn typed(shown: &Coverage, n: usize, seed: Seed, rates: Rates) -> Numbers {
    let mut numbers = shown.numbers();
    if drawn(seed, "typo", n, rates.typos) {
        // The first digit is 1 and no other patient's number begins with another.
        let (first, rest) = numbers.number.split_at(1);
        numbers.number = format!("{rest}{first}");
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // row OQS-OPS-10
    fn the_old_flow_returns_what_goes_wrong_and_the_new_flow_nothing() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let played = |rates| runtime.block_on(compare(8, 5, rates)).unwrap();
        let all = |claims, returned| Returned { claims, returned };
        let right = played(Rates { typos: 0, changes: 0 });
        assert_eq!((right.old, right.new, right.at_counter), (all(8, 0), all(8, 0), 0));
        let mistyped = played(Rates { typos: 1000, changes: 0 });
        assert_eq!((mistyped.old, mistyped.new), (all(8, 8), all(8, 0)));
        let changed = played(Rates { typos: 0, changes: 1000 });
        assert!((1..8).contains(&changed.at_counter), "half have a new insurance: {changed:?}");
        // What has a new insurer is transferred; what has none is returned in one flow and found at the counter in the other.
        assert_eq!(changed.old, all(8, changed.at_counter));
        assert_eq!(changed.new, all(8 - changed.at_counter, 0));
    }
}
