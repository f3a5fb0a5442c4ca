//! Stage: the certificate's path, period and status. Rows OQS-CERT-03 to 22, table §3.2.
//!
//! Order (bench choice, CERT-06 gives none): signature, path, period, status. So a silent responder hides none of the first three.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    AuthorityAct, CardFault, Issuer, Notice, Presented, Trouble, Visit, VisitEnd, World,
};

use super::calendar::{birthday, day, end_of_month_after, months_before};
use super::reader::Card;
use super::state::{Certificate, State, Status};

/// How long nobody may know whose a renewed certificate is: about two days in the row (OQS-CERT-18).
const GAP: SignedDuration = SignedDuration::from_hours(48);

/// Accepts the certificate, with the notice that goes with it, or says how the visit ends.
pub(super) fn accept(
    state: &State,
    card: Card<'_>,
    visit: &Visit,
) -> Result<Option<Notice>, VisitEnd> {
    if matches!(visit.presented, Presented::PhoneOf { .. }) {
        return accept_phone(state, card);
    }
    let certificate = state.certificates.get(card.holder).ok_or(VisitEnd::NoCertificate)?;
    signature(card, visit)?;
    path(card, visit)?;
    let notice = period(state.now, certificate.issued, last_day(card, certificate))?;
    status(state.responder_silent, certificate.status)?;
    Ok(notice)
}

/// The certificate in a phone: of the trusted authority always (bench choice), without grace (OQS-MOB-04), and dead with the
/// card's (OQS-MOB-03).
fn accept_phone(state: &State, card: Card<'_>) -> Result<Option<Notice>, VisitEnd> {
    let certificate = state.phones.get(card.holder).ok_or(VisitEnd::NoCertificate)?;
    let notice = period(state.now, certificate.issued, last_day(card, certificate))?;
    if notice == Some(Notice::Grace) {
        return Err(VisitEnd::CertificateRefused);
    }
    status(state.responder_silent, certificate.status)?;
    Ok(notice)
}

/// The same for a log-in at home, where nothing goes wrong with the card: the grace is for the qualification at a counter and
/// opens no medical information, so it opens nothing here (OQS-CERT-14; bench choice for the qualification).
pub(super) fn accept_at_portal(state: &State, card: Card<'_>) -> Result<(), VisitEnd> {
    let certificate = state.certificates.get(card.holder).ok_or(VisitEnd::NoCertificate)?;
    if card.facts.issuer == Issuer::Foreign {
        return Err(VisitEnd::CertificateRefused);
    }
    let notice = period(state.now, certificate.issued, last_day(card, certificate))?;
    status(state.responder_silent, certificate.status)?;
    if notice == Some(Notice::Grace) { Err(VisitEnd::CertificateRefused) } else { Ok(()) }
}

/// The challenge must be signed by this certificate's key. Row OQS-CERT-03.
fn signature(card: Card<'_>, visit: &Visit) -> Result<(), VisitEnd> {
    match &visit.trouble {
        Some(Trouble::SignedByCardOf(other)) if other != card.holder => {
            Err(VisitEnd::SignatureRefused)
        }
        Some(Trouble::Card(CardFault::WrongKey)) => Err(VisitEnd::SignatureRefused),
        _ => Ok(()),
    }
}

/// The chain must end at the JPKI user-authentication CA, whatever its name says, and so must that of a certificate of which
/// one byte is another. Row OQS-CERT-05.
fn path(card: Card<'_>, visit: &Visit) -> Result<(), VisitEnd> {
    match (card.facts.issuer, &visit.trouble) {
        (_, Some(Trouble::Card(CardFault::CertificateGarbled | CardFault::CertificateForged)))
        | (Issuer::Foreign, _) => Err(VisitEnd::CertificateRefused),
        (Issuer::Trusted, _) => Ok(()),
    }
}

/// Table §3.2 without revocation: normal; three months or less left, notice (OQS-CERT-12); grace until the end of the third
/// month after the month of expiry (OQS-CERT-13); then refused (OQS-CERT-15). All ends are Japanese days, themselves included.
fn period(now: Timestamp, issued: Timestamp, last_day: Date) -> Result<Option<Notice>, VisitEnd> {
    let today = day(now);
    if now < issued || today > end_of_month_after(last_day, 3) {
        Err(VisitEnd::CertificateRefused)
    } else if today > last_day {
        Ok(Some(Notice::Grace))
    } else if today >= months_before(last_day, 3) {
        Ok(Some(Notice::ExpiresSoon))
    } else {
        Ok(None)
    }
}

/// Held (OQS-CERT-08) and revoked for whatever reason (OQS-CERT-07, 09, 20) are refused alike, also in grace (OQS-CERT-16).
/// A responder that says nothing is a system error and no word about the card (OQS-CERT-19).
fn status(responder_silent: bool, status: Status) -> Result<(), VisitEnd> {
    if responder_silent {
        return Err(VisitEnd::SystemError);
    }
    match status {
        Status::Good => Ok(()),
        Status::Held | Status::Revoked => Err(VisitEnd::CertificateRefused),
    }
}

/// The last day of a certificate: the fifth birthday after issue, or the card's own last day if that is earlier
/// (OQS-CERT-11, OQS-CARD-15). A birthday on the day of issue is not after it.
fn last_day(card: Card<'_>, certificate: &Certificate) -> Date {
    fifth_birthday_after(day(certificate.issued), card.person.birthdate).min(card.facts.expiry)
}

fn fifth_birthday_after(issued: Date, birthdate: Date) -> Date {
    let this_year = birthday(birthdate, issued.year());
    let years = if this_year > issued { 4 } else { 5 };
    birthday(birthdate, issued.year().saturating_add(years))
}

/// What the authority's act makes of a certificate. There must be one: a card without certificate stays so (bench choice).
///
/// Revoked is for good, a release lifts a hold only (OQS-CERT-07 to 09). Moving leaves it as it is (OQS-CERT-10). A renewal
/// puts a good one in its place, on the same card with the same last day and by the same CA (OQS-CERT-17); it is known at once, or
/// after two days (OQS-CERT-18). A card past its own last day is not renewed (bench choice).
pub(super) fn act(world: &World, state: &mut State, person: &str, act: AuthorityAct) {
    // A renewal is the card's alone; all else happens to the phones as well (OQS-MOB-03).
    if let Some(phone) = state.phones.get_mut(person).filter(|_| !is_renewal(act)) {
        change(phone, act);
    }
    let Some(certificate) = state.certificates.get_mut(person) else { return };
    if is_renewal(act) {
        let card = world.people.get(person).and_then(|person| person.card.as_ref());
        if card.is_some_and(|card| day(state.now) <= card.expiry) {
            *certificate = Certificate { issued: state.now, status: Status::Good };
            if act == AuthorityAct::RenewUnlinked {
                let known = state.now.checked_add(GAP).unwrap_or(Timestamp::MAX);
                state.unlinked.insert(person.to_owned(), known);
            }
        }
    } else {
        change(certificate, act);
    }
}

fn is_renewal(act: AuthorityAct) -> bool {
    act == AuthorityAct::Renew || act == AuthorityAct::RenewUnlinked
}

/// Whether it is known whose the certificate on a card is. Row OQS-CERT-18.
pub(super) fn is_linked(state: &State, holder: &str) -> bool {
    state.unlinked.get(holder).is_none_or(|known| *known <= state.now)
}

fn change(certificate: &mut Certificate, act: AuthorityAct) {
    match (act, certificate.status) {
        (AuthorityAct::Revoke | AuthorityAct::Died, _) => certificate.status = Status::Revoked,
        (AuthorityAct::Hold, Status::Good) => certificate.status = Status::Held,
        (AuthorityAct::Release, Status::Held) => certificate.status = Status::Good,
        (AuthorityAct::Hold, Status::Held | Status::Revoked)
        | (AuthorityAct::Release, Status::Good | Status::Revoked)
        | (AuthorityAct::Moved | AuthorityAct::Renew | AuthorityAct::RenewUnlinked, _) => {}
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{HANAKO, TARO, at, visit, world};
    use super::*;

    #[test]
    fn the_fifth_birthday_after_issue() {
        for (issued, birthdate, last) in [
            (date(2025, 10, 27), date(1980, 2, 17), date(2030, 2, 17)),
            (date(2025, 2, 16), date(1980, 2, 17), date(2029, 2, 17)),
            (date(2025, 2, 17), date(1980, 2, 17), date(2030, 2, 17)),
            (date(2025, 2, 18), date(1980, 2, 17), date(2030, 2, 17)),
            (date(2023, 3, 1), date(2000, 2, 29), date(2028, 2, 29)),
            (date(2022, 3, 1), date(2000, 2, 29), date(2027, 2, 28)),
            (date(2023, 2, 28), date(2000, 2, 29), date(2028, 2, 29)),
            (date(2024, 2, 28), date(2000, 2, 29), date(2028, 2, 29)),
            (date(2025, 12, 31), date(1990, 1, 1), date(2030, 1, 1)),
        ] {
            assert_eq!(
                fifth_birthday_after(issued, birthdate),
                last,
                "issued {issued}, born {birthdate}"
            );
        }
    }

    #[test]
    fn issue_is_counted_in_japanese_days() {
        let world = world();
        let presented = crate::model::Presented::CardOf(HANAKO.into());
        let card = super::super::reader::card(&world, &presented).unwrap(); // born on 15 June
        for (issued, last) in [
            ("2023-06-14T14:59:59Z", date(2027, 6, 15)),
            ("2023-06-14T15:00:00Z", date(2028, 6, 15)),
        ] {
            let certificate = Certificate { issued: issued.parse().unwrap(), status: Status::Good };
            assert_eq!(last_day(card, &certificate), last, "{issued}");
        }
    }

    #[test]
    fn the_cards_own_end_comes_first() {
        let mut world = world();
        world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap().expiry = date(2027, 1, 31);
        let presented = crate::model::Presented::CardOf(HANAKO.into());
        let card = super::super::reader::card(&world, &presented).unwrap();
        let certificate = Certificate { issued: at("2023-07-01T09:00:00"), status: Status::Good };
        assert_eq!(last_day(card, &certificate), date(2027, 1, 31));
    }

    /// oqs-flow §3.2 and rows CERT-12, 13, 15 at their borders, for a certificate that ends on 2026-05-31.
    #[test]
    fn the_life_of_a_certificate() {
        let issued = at("2021-06-01T09:00:00");
        for (now, expected) in [
            ("2021-06-01T08:59:59", Err(VisitEnd::CertificateRefused)),
            ("2021-06-01T09:00:00", Ok(None)),
            ("2026-02-27T23:59:59", Ok(None)),
            ("2026-02-28T00:00:00", Ok(Some(Notice::ExpiresSoon))),
            ("2026-05-31T23:59:59", Ok(Some(Notice::ExpiresSoon))),
            ("2026-06-01T00:00:00", Ok(Some(Notice::Grace))),
            ("2026-08-31T23:59:59", Ok(Some(Notice::Grace))),
            ("2026-09-01T00:00:00", Err(VisitEnd::CertificateRefused)),
        ] {
            assert_eq!(period(at(now), issued, date(2026, 5, 31)), expected, "{now}");
        }
    }

    #[test]
    fn grace_ends_with_the_third_month_whatever_the_day_of_expiry() {
        for last in [date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 30)] {
            let issued = at("2022-01-01T00:00:00");
            assert_eq!(period(at("2027-02-28T23:59:59"), issued, last), Ok(Some(Notice::Grace)));
            assert_eq!(
                period(at("2027-03-01T00:00:00"), issued, last),
                Err(VisitEnd::CertificateRefused)
            );
        }
    }

    /// Runs acts on Hanako's certificate, then asks. Row by row of §3.2.
    fn after(acts: &[AuthorityAct], silent: bool) -> Result<Option<Notice>, VisitEnd> {
        let world = world();
        let mut state = State::before(&world);
        state.responder_silent = silent;
        acts.iter().for_each(|&one| act(&world, &mut state, HANAKO, one));
        let visit = visit(HANAKO);
        accept(&state, super::super::reader::card(&world, &visit.presented).unwrap(), &visit)
    }

    #[test]
    fn acts_of_the_authority() {
        use AuthorityAct::{Died, Hold, Moved, Release, Renew, Revoke};
        let refused = Err(VisitEnd::CertificateRefused);
        for (acts, expected) in [
            (vec![], Ok(None)),
            (vec![Revoke], refused),
            (vec![Died], refused),
            (vec![Hold], refused),
            (vec![Hold, Release], Ok(None)),
            (vec![Release], Ok(None)),
            (vec![Revoke, Release], refused),
            (vec![Hold, Revoke, Release], refused),
            (vec![Revoke, Hold, Release], refused),
            (vec![Moved], Ok(None)),
            (vec![Hold, Moved], refused),
            (vec![Renew], Ok(None)),
            (vec![Revoke, Renew], Ok(None)),
            (vec![Hold, Renew], Ok(None)),
            (vec![Renew, Revoke], refused),
        ] {
            assert_eq!(after(&acts, false), expected, "{acts:?}");
            assert_eq!(
                after(&acts, true),
                Err(VisitEnd::SystemError),
                "{acts:?}, responder silent"
            );
        }
    }

    #[test]
    fn a_silent_responder_hides_no_earlier_refusal() {
        let mut world = world();
        let mut state = State::before(&world);
        state.responder_silent = true;
        let swapped =
            Visit { trouble: Some(Trouble::SignedByCardOf(TARO.into())), ..visit(HANAKO) };
        let own = Visit { trouble: Some(Trouble::SignedByCardOf(HANAKO.into())), ..visit(HANAKO) };
        let accepted = |world: &World, state: &State, visit: &Visit| {
            accept(state, super::super::reader::card(world, &visit.presented).unwrap(), visit)
        };
        assert_eq!(accepted(&world, &state, &swapped), Err(VisitEnd::SignatureRefused));
        assert_eq!(accepted(&world, &state, &own), Err(VisitEnd::SystemError));
        world.people.get_mut(HANAKO).unwrap().card.as_mut().unwrap().issuer = Issuer::Foreign;
        assert_eq!(accepted(&world, &state, &own), Err(VisitEnd::CertificateRefused));
        assert_eq!(accepted(&world, &state, &swapped), Err(VisitEnd::SignatureRefused));
        state.responder_silent = false;
        assert_eq!(accepted(&world, &state, &own), Err(VisitEnd::CertificateRefused));
    }

    /// Rows OQS-MOB-03, 04: the phone of Hanako, whose certificates end on 2027-06-15.
    #[test]
    fn the_life_of_a_certificate_in_a_phone() {
        use AuthorityAct::{Hold, Release, Renew, Revoke};
        let refused = Err(VisitEnd::CertificateRefused);
        for (acts, now, expected) in [
            (vec![], "2026-05-01T09:00:00", Ok(None)),
            (vec![], "2027-06-15T23:59:59", Ok(Some(Notice::ExpiresSoon))),
            (vec![], "2027-06-16T00:00:00", refused),
            (vec![Revoke], "2026-05-01T09:00:00", refused),
            (vec![Hold], "2026-05-01T09:00:00", refused),
            (vec![Hold, Release], "2026-05-01T09:00:00", Ok(None)),
            (vec![Renew], "2026-05-01T09:00:00", Ok(None)),
            (vec![Revoke, Renew], "2026-05-01T09:00:00", refused),
        ] {
            let world = world();
            let mut state = State::before(&world);
            acts.iter().for_each(|&one| act(&world, &mut state, HANAKO, one));
            state.now = at(now);
            let phone = crate::model::PhoneKind::Iphone;
            let presented = Presented::PhoneOf { holder: HANAKO.into(), phone };
            let visit = Visit { presented, ..visit(HANAKO) };
            let card = super::super::reader::card(&world, &visit.presented).unwrap();
            assert_eq!(accept(&state, card, &visit), expected, "{acts:?} at {now}");
        }
    }

    #[test]
    fn grace_never_heals_revocation() {
        let world = world();
        let mut state = State::before(&world);
        state.now = at("2027-07-01T09:00:00"); // Hanako's certificate ends on 2027-06-15
        let visit = visit(HANAKO);
        let card = super::super::reader::card(&world, &visit.presented).unwrap();
        assert_eq!(accept(&state, card, &visit), Ok(Some(Notice::Grace)));
        act(&world, &mut state, HANAKO, AuthorityAct::Revoke);
        assert_eq!(accept(&state, card, &visit), Err(VisitEnd::CertificateRefused));
    }
}
