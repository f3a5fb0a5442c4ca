//! Stage: what happens at the counter before anything is asked. Rows OQS-CARD-01 to 05, OQS-FACE, OQS-PIN, OQS-VIS.

use crate::model::{
    CardFacts, CardFault, Institution, Mode, Person, PhoneKind, Presented, Trouble, Visit,
    VisitEnd, World,
};

use super::care;
use super::mishap::{self, InPin};
use super::state::{CardMemory, State};

/// Face failures in a row after which the mode is closed for the card. Row OQS-FACE-05.
pub(super) const FACE_LOCK: u8 = 10;

/// Tries of a PIN that was entered right. Row OQS-PIN-02.
const PIN_TRIES: u8 = 3;

/// A My Number Card on the reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Card<'a> {
    /// Whose.
    pub holder: &'a str,
    /// Who that is.
    pub person: &'a Person,
    /// What is on it.
    pub facts: &'a CardFacts,
}

/// The card on the reader, if it is one.
///
/// Nothing there: OQS-CARD-01. Another card: OQS-CARD-03. The card of somebody who has none is nothing (bench choice).
pub(super) fn card<'a>(world: &'a World, presented: &'a Presented) -> Result<Card<'a>, VisitEnd> {
    match presented {
        Presented::Nothing => Err(VisitEnd::NoCard),
        Presented::ForeignCard => Err(VisitEnd::NotMyNumberCard),
        Presented::CardOf(holder) | Presented::PhoneOf { holder, .. } => {
            let person = world.people.get(holder).ok_or(VisitEnd::NoCard)?;
            let facts = person.card.as_ref().ok_or(VisitEnd::NoCard)?;
            // The certificate in a phone is had by the card's; without, there is no such phone (bench choice).
            let phone = matches!(presented, Presented::PhoneOf { .. });
            if phone && !facts.certificate {
                return Err(VisitEnd::NoCard);
            }
            Ok(Card { holder, person, facts })
        }
    }
}

/// A card without user-authentication certificate is no insurance card. Row OQS-CARD-05. Seen before any identity check.
pub(super) fn has_certificate(card: Card<'_>) -> Result<(), VisitEnd> {
    card.facts.certificate.then_some(()).ok_or(VisitEnd::NoCertificate)
}

/// The identity check, with its effect on the counters: the way that succeeded, or how the visit ends.
///
/// What does not succeed leads back to the choice of a mode (OQS-FACE-04, OQS-FACE-05, OQS-PIN-05, OQS-FALL-10); a patient who
/// has no other way to try ends as the last one did.
pub(super) fn identify<'v>(
    world: &World,
    card: Card<'_>,
    memory: &mut CardMemory,
    visit: &'v Visit,
) -> Result<&'v Mode, VisitEnd> {
    let mut end = by_mode(world, card, memory, visit, &visit.mode).map(|()| &visit.mode);
    for mode in &visit.then {
        if !end.is_err_and(leads_back) {
            break;
        }
        end = by_mode(world, card, memory, visit, mode).map(|()| mode);
    }
    end
}

/// Face and visual check let the reader stand in for the PIN, and only that of an approved verifier can: for another one the
/// card does not sign (OQS-FACE-14). Unless it signs for everybody, or another card signs in its place.
pub(super) fn approved(
    institution: &Institution,
    visit: &Visit,
    mode: &Mode,
) -> Result<(), VisitEnd> {
    match (mode, &visit.trouble) {
        (Mode::Pin(_), _)
        | (_, Some(Trouble::SignedByCardOf(_) | Trouble::Card(CardFault::OpenKey))) => Ok(()),
        _ if institution.approved => Ok(()),
        _ => Err(VisitEnd::ReaderNotApproved),
    }
}

/// Whether the card may be used in another way after this. Not with a face record that was tampered with, or when staff have
/// said that this is not the holder (OQS-VIS-06).
fn leads_back(end: VisitEnd) -> bool {
    matches!(
        end,
        VisitEnd::ModeNotOffered
            | VisitEnd::FaceMismatch
            | VisitEnd::NoPicture
            | VisitEnd::WrongPin
            | VisitEnd::PinLocked
    )
}

fn by_mode(
    world: &World,
    card: Card<'_>,
    memory: &mut CardMemory,
    visit: &Visit,
    mode: &Mode,
) -> Result<(), VisitEnd> {
    if !care::offers(visit.occasion, mode) {
        return Err(VisitEnd::ModeNotOffered);
    }
    mishap::leaves(memory, visit, mode)?;
    match mode {
        Mode::Face => face(world, card, memory, visit),
        Mode::Pin(entries) => pin(card.facts, memory, entries, mishap::in_pin(visit)),
        Mode::Visual(true) => Ok(()), // OQS-VIS-02: no counter moves
        Mode::Visual(false) => Err(VisitEnd::StaffRefused), // OQS-VIS-06
    }
}

/// Face mode: offered with a photo (OQS-FACE-07) and below ten failures (OQS-FACE-05). No picture is no decision
/// (OQS-FACE-11), a record that does not verify is refused before the comparison (OQS-FACE-08); neither is a failure.
fn face(
    world: &World,
    card: Card<'_>,
    memory: &mut CardMemory,
    visit: &Visit,
) -> Result<(), VisitEnd> {
    if !card.facts.photo || memory.face_failures >= FACE_LOCK {
        return Err(VisitEnd::ModeNotOffered);
    }
    if visit.trouble == Some(Trouble::CameraDead) {
        return Err(VisitEnd::NoPicture);
    }
    if visit.trouble == Some(Trouble::PhotoTampered) {
        return Err(VisitEnd::FaceRecordRefused);
    }
    let before_the_camera = world.people.get(&visit.person).ok_or(VisitEnd::NoPicture)?;
    if before_the_camera.face == card.person.face {
        memory.face_failures = 0;
        Ok(())
    } else {
        memory.face_failures += 1;
        Err(VisitEnd::FaceMismatch)
    }
}

/// PIN mode: offered with a PIN on the card (OQS-PIN-07) that is not blocked (§3.1). A wrong entry takes one try, a right
/// one restores all (OQS-PIN-02); the last try locks (OQS-PIN-03). What is not four digits never reaches the card (OQS-PIN-01).
///
/// Power that is lost inside the check has cost its try, whatever was entered. A counter that is told too late hides that the
/// last try is gone, but brings none back.
fn pin(
    facts: &CardFacts,
    memory: &mut CardMemory,
    entries: &[String],
    mishap: Option<InPin>,
) -> Result<(), VisitEnd> {
    let right =
        facts.pin.as_ref().filter(|_| memory.pin_tries > 0).ok_or(VisitEnd::ModeNotOffered)?;
    for entry in entries.iter().filter(|entry| is_four_digits(entry)) {
        if memory.pin_tries == 0 {
            return Err(VisitEnd::PinLocked);
        }
        memory.pin_tries -= 1;
        match mishap {
            Some(InPin::Torn) => return Err(VisitEnd::CardRemoved),
            _ if entry == right => {
                memory.pin_tries = PIN_TRIES;
                return Ok(());
            }
            None if memory.pin_tries == 0 => return Err(VisitEnd::PinLocked),
            Some(InPin::Stale) | None => {}
        }
    }
    Err(VisitEnd::WrongPin)
}

/// A phone: not where none is taken (OQS-MOB-05); an Android with the PIN typed first, on a counter of its own, an iPhone
/// checks its holder itself (OQS-MOB-02). Who is asked for a PIN and has none to type turns away.
pub(super) fn by_phone(
    institution: &Institution,
    card: Card<'_>,
    tries: &mut u8,
    visit: &Visit,
    phone: PhoneKind,
) -> Result<(), VisitEnd> {
    if !institution.phones {
        return Err(VisitEnd::PhoneNotTaken);
    }
    let Mode::Pin(entries) = &visit.mode else {
        return if phone == PhoneKind::Iphone { Ok(()) } else { Err(VisitEnd::ModeNotOffered) };
    };
    if phone == PhoneKind::Iphone {
        return Ok(());
    }
    let mut tried = false;
    for entry in entries.iter().filter(|entry| is_four_digits(entry)) {
        if *tries == 0 || card.facts.pin.is_none() {
            return Err(VisitEnd::PinLocked);
        }
        if card.facts.pin.as_ref() == Some(entry) {
            *tries = PIN_TRIES;
            return Ok(());
        }
        (*tries, tried) = (*tries - 1, true);
        if *tries == 0 {
            return Err(VisitEnd::PinLocked);
        }
    }
    Err(if tried { VisitEnd::WrongPin } else { VisitEnd::ModeNotOffered })
}

fn is_four_digits(entry: &str) -> bool {
    entry.len() == 4 && entry.bytes().all(|byte| byte.is_ascii_digit())
}

/// A card that goes away after the identity check leaves no result and no query. Row OQS-CARD-09.
pub(super) fn stays(visit: &Visit) -> Result<(), VisitEnd> {
    match visit.trouble {
        Some(Trouble::PulledBeforeCertificate | Trouble::PulledBeforeSignature) => {
            Err(VisitEnd::CardRemoved)
        }
        Some(
            Trouble::SignedByCardOf(_)
            | Trouble::PhotoTampered
            | Trouble::CameraDead
            | Trouble::NoAnswer
            | Trouble::Card(_),
        )
        | None => Ok(()),
    }
}

/// The counter that the card itself would tell. Row OQS-PIN-09.
pub(super) fn pin_tries_left(world: &World, state: &State, presented: &Presented) -> Option<u8> {
    if matches!(presented, Presented::PhoneOf { .. }) {
        return None; // A phone touches no counter of the card.
    }
    let card = card(world, presented).ok()?;
    card.facts.pin.as_ref()?;
    state.cards.get(card.holder).map(|memory| memory.pin_tries)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{HANAKO, TARO, visit, world};
    use super::*;

    fn memory(pin_tries: u8, face_failures: u8) -> CardMemory {
        CardMemory { pin_tries, face_failures }
    }

    fn pins(entries: &[&str]) -> Mode {
        Mode::Pin(entries.iter().map(|&entry| entry.to_owned()).collect())
    }

    /// Runs the identity check of Hanako's card and returns its end and the counters after it.
    fn check(
        world: &World,
        before: CardMemory,
        visit: &Visit,
    ) -> (Result<(), VisitEnd>, CardMemory) {
        let mut after = before;
        let end = identify(world, card(world, &visit.presented).unwrap(), &mut after, visit);
        (end.map(|_| ()), after)
    }

    #[test]
    fn what_lies_on_the_reader() {
        let world = world();
        for (presented, end) in [
            (Presented::Nothing, VisitEnd::NoCard),
            (Presented::ForeignCard, VisitEnd::NotMyNumberCard),
            (Presented::CardOf("nobody".into()), VisitEnd::NoCard),
        ] {
            assert_eq!(card(&world, &presented).unwrap_err(), end, "{presented:?}");
        }
        assert_eq!(card(&world, &Presented::CardOf(HANAKO.into())).unwrap().holder, HANAKO);
    }

    /// oqs-flow §3.1, the five rows of plastic cards.
    #[test]
    fn modes_that_are_offered() {
        for (photo, pin, tries, failures, face, by_pin) in [
            (true, true, 3, 0, true, true),
            (true, true, 0, 0, true, false),
            (true, true, 3, 10, false, true),
            (true, true, 0, 10, false, false),
            (false, true, 3, 0, false, true),
            (true, false, 3, 0, true, false),
        ] {
            let mut world = world();
            let facts = world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap();
            facts.photo = photo;
            facts.pin = facts.pin.take().filter(|_| pin);
            for (mode, offered) in
                [(Mode::Face, face), (pins(&["1234"]), by_pin), (Mode::Visual(true), true)]
            {
                let visit = Visit { mode, ..visit(HANAKO) };
                let expected = if offered { Ok(()) } else { Err(VisitEnd::ModeNotOffered) };
                let (end, _) = check(&world, memory(tries, failures), &visit);
                assert_eq!(
                    end, expected,
                    "photo {photo}, PIN {pin}, {tries} tries, {failures} failures: {:?}",
                    visit.mode
                );
            }
        }
    }

    #[test]
    fn face_failures_are_counted_in_a_row() {
        let world = world();
        let stranger = Visit { presented: Presented::CardOf(HANAKO.into()), ..visit(TARO) };
        let mut counters = memory(3, 0);
        for failure in 1..=10 {
            let (end, after) = check(&world, counters, &stranger);
            assert_eq!((end, after), (Err(VisitEnd::FaceMismatch), memory(3, failure)));
            counters = after;
        }
        assert_eq!(
            check(&world, counters, &visit(HANAKO)),
            (Err(VisitEnd::ModeNotOffered), memory(3, 10))
        );
        assert_eq!(check(&world, memory(1, 9), &visit(HANAKO)), (Ok(()), memory(1, 0)));
    }

    #[test]
    fn twins_are_one_to_a_camera() {
        let mut world = world();
        world.people.get_mut(TARO).unwrap().face = world.people[HANAKO].face;
        let twin = Visit { presented: Presented::CardOf(HANAKO.into()), ..visit(TARO) };
        assert_eq!(check(&world, memory(3, 0), &twin).0, Ok(()));
    }

    #[test]
    fn no_decision_is_no_failure() {
        let world = world();
        for (trouble, end) in [
            (Trouble::CameraDead, VisitEnd::NoPicture),
            (Trouble::PhotoTampered, VisitEnd::FaceRecordRefused),
        ] {
            let stranger = Visit {
                presented: Presented::CardOf(HANAKO.into()),
                trouble: Some(trouble.clone()),
                ..visit(TARO)
            };
            assert_eq!(check(&world, memory(3, 4), &stranger), (Err(end), memory(3, 4)));
            let by_pin = Visit { mode: pins(&["1234"]), ..stranger };
            assert_eq!(
                check(&world, memory(3, 4), &by_pin).0,
                Ok(()),
                "{trouble:?} matters in face mode only"
            );
        }
    }

    #[test]
    fn pin_entries_and_the_counter() {
        for (entries, before, end, after) in [
            (vec!["1234"], 3, Ok(()), 3),
            (vec!["0000", "1234"], 3, Ok(()), 3),
            (vec!["0000", "1234"], 2, Ok(()), 3),
            (vec!["0000"], 3, Err(VisitEnd::WrongPin), 2),
            (vec!["0000", "1111", "2222", "1234"], 3, Err(VisitEnd::PinLocked), 0),
            (vec!["0000"], 1, Err(VisitEnd::PinLocked), 0),
            (vec!["0000", "1234"], 1, Err(VisitEnd::PinLocked), 0),
            (vec!["1234"], 0, Err(VisitEnd::ModeNotOffered), 0),
            (vec!["123", "12345", "12a4", "１２３４", ""], 3, Err(VisitEnd::WrongPin), 3),
            (vec!["123", "1234"], 2, Ok(()), 3),
            (vec![], 2, Err(VisitEnd::WrongPin), 2),
        ] {
            let visit = Visit { mode: pins(&entries), ..visit(HANAKO) };
            let seen = check(&world(), memory(before, 7), &visit);
            assert_eq!(seen, (end, memory(after, 7)), "{entries:?} with {before} tries");
        }
    }

    /// Rows OQS-FACE-04, OQS-FACE-05, OQS-PIN-05, OQS-FALL-10: what is tried after what, by somebody else's face.
    #[test]
    fn a_way_that_fails_leads_to_the_next() {
        let wrong = || pins(&["0000"]);
        for (first, then, end, after) in [
            (Mode::Face, vec![pins(&["1234"])], Ok(()), memory(3, 1)),
            (Mode::Face, vec![Mode::Visual(true)], Ok(()), memory(3, 1)),
            (Mode::Face, vec![Mode::Face], Err(VisitEnd::FaceMismatch), memory(3, 2)),
            (Mode::Face, vec![wrong()], Err(VisitEnd::WrongPin), memory(2, 1)),
            (wrong(), vec![Mode::Face], Err(VisitEnd::FaceMismatch), memory(2, 1)),
            (wrong(), vec![wrong(), wrong()], Err(VisitEnd::PinLocked), memory(0, 0)),
            (wrong(), vec![wrong(), wrong(), Mode::Visual(true)], Ok(()), memory(0, 0)),
            (Mode::Visual(false), vec![wrong()], Err(VisitEnd::StaffRefused), memory(3, 0)),
            (pins(&["1234"]), vec![Mode::Face], Ok(()), memory(3, 0)),
        ] {
            let presented = Presented::CardOf(HANAKO.into());
            let visit = Visit { mode: first, then, presented, ..visit(TARO) };
            let seen = check(&world(), memory(3, 0), &visit);
            assert_eq!(seen, (end, after), "{:?} then {:?}", visit.mode, visit.then);
        }
        let tampered = Visit {
            then: vec![pins(&["1234"])],
            trouble: Some(Trouble::PhotoTampered),
            ..visit(HANAKO)
        };
        let (end, _) = check(&world(), memory(3, 0), &tampered);
        assert_eq!(end, Err(VisitEnd::FaceRecordRefused));
    }

    /// Rows OQS-MOB-02 and 05, on a phone with all its tries.
    #[test]
    fn a_phone_where_it_is_taken() {
        use PhoneKind::{Android, Iphone};
        for (taken, phone, mode, end, left) in [
            (false, Android, pins(&["1234"]), Err(VisitEnd::PhoneNotTaken), 3),
            (false, Iphone, Mode::Face, Err(VisitEnd::PhoneNotTaken), 3),
            (true, Android, pins(&["1234"]), Ok(()), 3),
            (true, Android, pins(&["123", "0000", "1234"]), Ok(()), 3),
            (true, Android, pins(&["0000"]), Err(VisitEnd::WrongPin), 2),
            (true, Android, pins(&["0000", "0000", "0000"]), Err(VisitEnd::PinLocked), 0),
            (true, Android, pins(&["12345"]), Err(VisitEnd::ModeNotOffered), 3),
            (true, Android, Mode::Face, Err(VisitEnd::ModeNotOffered), 3),
            (true, Iphone, Mode::Face, Ok(()), 3),
        ] {
            let mut world = world();
            let institution = world.institutions.values_mut().next().unwrap();
            institution.phones = taken;
            let institution = institution.clone();
            let presented = Presented::PhoneOf { holder: HANAKO.into(), phone };
            let visit = Visit { mode, presented, ..visit(HANAKO) };
            let mut tries = 3;
            let card = card(&world, &visit.presented).unwrap();
            let seen = by_phone(&institution, card, &mut tries, &visit, phone);
            assert_eq!((seen, tries), (end, left), "{phone:?} by {:?}", visit.mode);
        }
    }

    /// Row OQS-FACE-14.
    #[test]
    fn without_approval_only_the_pin_serves() {
        let mut world = world();
        let institution = world.institutions.values_mut().next().unwrap();
        for (is_approved, mode, end) in [
            (true, Mode::Face, Ok(())),
            (true, Mode::Visual(true), Ok(())),
            (false, pins(&["1234"]), Ok(())),
            (false, Mode::Face, Err(VisitEnd::ReaderNotApproved)),
            (false, Mode::Visual(true), Err(VisitEnd::ReaderNotApproved)),
        ] {
            institution.approved = is_approved;
            assert_eq!(approved(institution, &visit(HANAKO), &mode), end, "{is_approved} {mode:?}");
        }
    }

    #[test]
    fn staff_decide_and_no_counter_moves() {
        for (confirmed, end) in [(true, Ok(())), (false, Err(VisitEnd::StaffRefused))] {
            let visit = Visit { mode: Mode::Visual(confirmed), ..visit(HANAKO) };
            assert_eq!(check(&world(), memory(1, 9), &visit), (end, memory(1, 9)));
        }
    }
}
