//! Stage: what the patient sees at home. Rows OQS-INFO-01, 03 to 06, OQS-RX-02, OQS-REG-02, 03, 10, OQS-FALL-02.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Act, CardFacts, ElectronicPrescription, Numbers, Person, PortalEnd, PortalOutcome, PortalSeen,
    PortalUse, VisitEnd, World,
};

use super::calendar::{day, months_before};
use super::reader::Card;
use super::state::{CardMemory, State};
use super::{certificate, numbers, qualification, registration};

/// The patient sees care and operations from this day on (OQS-INFO-03).
const CARE_SHOWN: Date = date(2022, 9, 1);
/// Care and operations are known from this day on (OQS-INFO-01).
const CARE_KNOWN: Date = date(2022, 6, 1);
/// Drugs are known from this day on (OQS-INFO-01).
const DRUGS_KNOWN: Date = date(2021, 9, 1);
/// Health checks are known from this day on: the year 2020 of the row, taken as the fiscal year (bench choice).
const CHECKS_KNOWN: Date = date(2020, 4, 1);
/// There are electronic prescriptions from this day on (OQS-INFO-06).
const PRESCRIPTIONS_KNOWN: Date = date(2023, 1, 1);
/// Days before the story on which the medicines of a world were dispensed (bench profile).
const DISPENSED_DAYS_BEFORE: i64 = 14;

/// One log-in with the own card and one entry of the PIN.
pub(super) fn judge(world: &World, state: &mut State, used: &PortalUse) -> PortalOutcome {
    let end = log_in(world, state, used);
    let seen = matches!(end, Ok(())).then(|| Box::new(seen(world, state, &used.person)));
    PortalOutcome {
        end: end.err().unwrap_or(PortalEnd::Seen),
        pin_tries_left: tries_left(world, state, &used.person),
        seen,
    }
}

fn log_in(world: &World, state: &mut State, used: &PortalUse) -> Result<(), PortalEnd> {
    let person = world.people.get(&used.person).ok_or(PortalEnd::NoCard)?;
    let facts = person.card.as_ref().ok_or(PortalEnd::NoCard)?;
    let card = Card { holder: &used.person, person, facts };
    if !facts.certificate {
        return Err(PortalEnd::NoCertificate);
    }
    if let Some(memory) = state.cards.get_mut(&used.person) {
        pin(facts, memory, &used.pin)?;
    }
    certificate::accept_at_portal(state, card).map_err(|end| {
        if end == VisitEnd::SystemError {
            PortalEnd::SystemError
        } else {
            PortalEnd::CertificateRefused
        }
    })?;
    registration(state, person, used)
}

/// Only the PIN opens the portal, so a card without one is for the reader (OQS-REG-02, 03). The card counts (OQS-PIN-02).
fn pin(facts: &CardFacts, memory: &mut CardMemory, entry: &str) -> Result<(), PortalEnd> {
    let right = facts.pin.as_ref().ok_or(PortalEnd::NoPin)?;
    if memory.pin_tries == 0 {
        return Err(PortalEnd::PinLocked);
    }
    if entry.len() != 4 || !entry.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortalEnd::WrongPin); // never reaches the card
    }
    if entry == right {
        memory.pin_tries = 3;
        return Ok(());
    }
    memory.pin_tries -= 1;
    Err(if memory.pin_tries == 0 { PortalEnd::PinLocked } else { PortalEnd::WrongPin })
}

/// Registration is possible here (OQS-REG-02); without one nothing is tied to the card (OQS-REG-05). Whoever is barred neither
/// registers nor sees (OQS-REG-10).
fn registration(state: &mut State, person: &Person, used: &PortalUse) -> Result<(), PortalEnd> {
    if person.disclosure_barred {
        return Err(PortalEnd::Barred);
    }
    if used.register {
        registration::register(state, &used.person);
    }
    if registration::counts(state, &used.person) { Ok(()) } else { Err(PortalEnd::NotRegistered) }
}

fn tries_left(world: &World, state: &State, person: &str) -> Option<u8> {
    world.people.get(person)?.card.as_ref()?.pin.as_ref()?;
    state.cards.get(person).map(|memory| memory.pin_tries)
}

fn seen(world: &World, state: &State, name: &str) -> PortalSeen {
    let today = day(state.now);
    let Some(person) = world.people.get(name) else { return PortalSeen::default() };
    let qualification = qualification::by_card(state, name, today);
    let prescriptions = prescriptions(state, person, name, today);
    PortalSeen {
        validity: qualification.validity,
        numbers: qualification.told.map(|(_, coverage)| -> Numbers { numbers::of(coverage) }),
        medicines: medicines(world, person, &prescriptions, today),
        health_checks: health_checks(person, today),
        care: acts(&person.reports.care, today),
        operations: acts(&person.reports.operations, today),
        prescribed: prescriptions.iter().flat_map(|one| one.drugs.clone()).collect(),
        paid: paid(person, today),
    }
}

/// What was issued until today, by whatever was told last of each (OQS-INFO-06: today's too).
pub(super) fn prescriptions(
    state: &State,
    person: &Person,
    name: &str,
    today: Date,
) -> Vec<ElectronicPrescription> {
    let mut by_number: BTreeMap<&str, &ElectronicPrescription> = BTreeMap::new();
    let later = state.prescriptions.get(name).into_iter().flatten();
    for one in person.reports.prescriptions.iter().chain(later) {
        by_number.insert(&one.number, one);
    }
    let told = by_number.into_values();
    told.filter(|one| PRESCRIPTIONS_KNOWN <= one.issued && one.issued <= today).cloned().collect()
}

/// Those of the claims, and those handed out on electronic prescriptions, of the last three years.
fn medicines(
    world: &World,
    person: &Person,
    prescriptions: &[ElectronicPrescription],
    today: Date,
) -> BTreeSet<String> {
    let reached = |on: Date| DRUGS_KNOWN.max(months_before(today, 36)) <= on && on <= today;
    let before = SignedDuration::from_hours(24 * DISPENSED_DAYS_BEFORE);
    let claimed = day(world.now.checked_sub(before).unwrap_or(Timestamp::MIN));
    let of_claims = person.medicines.iter().filter(|_| reached(claimed));
    let dispensed = prescriptions
        .iter()
        .filter(|one| one.dispensed.as_ref().is_some_and(|dispensed| reached(dispensed.on)));
    of_claims.chain(dispensed.flat_map(|one| &one.drugs)).cloned().collect()
}

fn health_checks(person: &Person, today: Date) -> BTreeSet<String> {
    let first = CHECKS_KNOWN.max(months_before(today, 60));
    let made = person.health_checks.iter().map(|check| check.made);
    made.filter(|made| first <= *made && *made <= today).map(|made| made.to_string()).collect()
}

fn acts(acts: &[Act], today: Date) -> BTreeSet<String> {
    let shown = acts.iter().filter(|act| {
        CARE_SHOWN <= today && CARE_KNOWN <= act.on && act.on <= today // OQS-INFO-01, 03
    });
    shown.map(|act| act.name.clone()).collect()
}

fn paid(person: &Person, today: Date) -> BTreeMap<i16, u64> {
    let mut years = BTreeMap::new();
    for cost in person.reports.costs.iter().filter(|cost| cost.month <= today) {
        *years.entry(cost.month.year()).or_default() += u64::from(cost.paid);
    }
    years
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HANAKO, at, world};
    use super::*;
    use crate::model::{Dispensed, Place, Reports};

    const RIGHT: &str = "1234";

    fn place() -> Place {
        Place { code: "1319999999".into(), name: "架空医院".into() }
    }

    fn used(pin: &str, register: bool) -> PortalUse {
        PortalUse { person: HANAKO.into(), pin: pin.into(), register }
    }

    fn act(on: Date) -> Act {
        Act { on, at: place(), name: format!("架空診療{on}") }
    }

    fn prescription(issued: Date, dispensed: Option<Date>) -> ElectronicPrescription {
        ElectronicPrescription {
            number: "RX".into(),
            issued,
            at: place(),
            drugs: vec!["架空錠".into()],
            dispensed: dispensed.map(|on| Dispensed { on, at: place() }),
        }
    }

    #[test]
    fn who_is_let_in() {
        type Change = fn(&mut World);
        fn card(world: &mut World) -> &mut CardFacts {
            world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap()
        }
        for (row, end, change, pin, register) in [
            ("plain", PortalEnd::Seen, (|_| {}) as Change, RIGHT, false),
            ("OQS-PIN-02", PortalEnd::WrongPin, |_| {}, "0000", false),
            ("OQS-REG-03", PortalEnd::NoPin, |world| card(world).pin = None, RIGHT, true),
            (
                "no certificate",
                PortalEnd::NoCertificate,
                |world| card(world).certificate = false,
                RIGHT,
                false,
            ),
            (
                "OQS-REG-05",
                PortalEnd::NotRegistered,
                |world| card(world).registered = false,
                RIGHT,
                false,
            ),
            ("OQS-REG-02", PortalEnd::Seen, |world| card(world).registered = false, RIGHT, true),
            (
                "OQS-REG-10",
                PortalEnd::Barred,
                |world| world.people.get_mut(HANAKO).unwrap().disclosure_barred = true,
                RIGHT,
                true,
            ),
            (
                "OQS-CERT-14",
                PortalEnd::CertificateRefused,
                |world| card(world).expiry = date(2026, 3, 31),
                RIGHT,
                false,
            ),
            (
                "OQS-CERT-05",
                PortalEnd::CertificateRefused,
                |world| card(world).issuer = crate::model::Issuer::Foreign,
                RIGHT,
                false,
            ),
            (
                "no card",
                PortalEnd::NoCard,
                |world| world.people.get_mut(HANAKO).unwrap().card = None,
                RIGHT,
                false,
            ),
        ] {
            let mut world = world();
            world.now = at("2026-04-01T09:30:00");
            change(&mut world);
            let mut state = State::before(&world);
            let outcome = judge(&world, &mut state, &used(pin, register));
            assert_eq!(outcome.end, end, "{row}");
            assert_eq!(outcome.seen.is_some(), end == PortalEnd::Seen, "{row}");
        }
    }

    #[test]
    fn the_card_locks_after_three_wrong_entries() {
        let world = world();
        let mut state = State::before(&world);
        let mut left = |pin| judge(&world, &mut state, &used(pin, false)).pin_tries_left;
        assert_eq!([left("0000"), left("12"), left("0000"), left(RIGHT)], [2, 2, 1, 3].map(Some));
        assert_eq!([left("0000"), left("0000"), left("0000"), left(RIGHT)], [2, 1, 0, 0].map(Some));
    }

    #[test]
    fn what_is_seen_on_which_day() {
        let day = date;
        for (today, care, prescribed, medicines) in [
            (day(2022, 8, 31), 0, 0, 0),
            (day(2022, 9, 1), 1, 0, 0),
            (day(2026, 3, 31), 1, 0, 0),
            (day(2026, 4, 1), 2, 1, 0),
            (day(2026, 4, 2), 2, 1, 1),
        ] {
            let mut world = world();
            let person = world.people.get_mut(HANAKO).unwrap();
            person.medicines = vec![];
            person.reports = Reports {
                care: [day(2022, 5, 31), day(2022, 6, 1), day(2026, 4, 1)].map(act).into(),
                prescriptions: vec![prescription(day(2026, 4, 1), Some(day(2026, 4, 2)))],
                ..Reports::default()
            };
            let mut state = State::before(&world);
            state.now = at(&format!("{today}T09:00:00"));
            let seen = seen(&world, &state, HANAKO);
            let counts = (seen.care.len(), seen.prescribed.len(), seen.medicines.len());
            assert_eq!(counts, (care, prescribed, medicines), "on {today}");
        }
    }
}
