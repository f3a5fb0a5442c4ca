//! Draws people and their cards, with certificates that begin, run out or have run out around the day that matters.

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::model::{CardFacts, Coverage, HealthCheck, Issuer, Person, Reports};

use super::coverages::{CoverageDraft, coverage};
use super::days::{day, days_on, instant, months_on, second_of_day, years_on};
use super::institutions::MOST_PEOPLE;
use super::names::{FAMILY_NAMES, GIVEN_NAMES, PINS, individual_number, pick};

/// A person before it is known which day it is and who came before.
#[derive(Debug, Clone)]
pub(super) struct PersonDraft {
    family_name: usize,
    given_name: usize,
    age: i32,
    likeness: Likeness,
    withheld: bool,
    barred: bool,
    card: Option<CardDraft>,
    certificate: CertificateDraft,
    coverages: Vec<CoverageDraft>,
    medicines: usize,
}

/// How much a person has in common with the one drawn before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    None,
    /// The family name.
    Family,
    /// The face, by chance.
    Face,
    /// Family name, birth date, face, and the insurance numbers but for the branch.
    Twin,
}

#[derive(Debug, Clone)]
struct CardDraft {
    pin: Option<usize>,
    photo: bool,
    registered: bool,
    certificate: bool,
    issuer: Issuer,
}

/// When the certificate runs out, seen from the day that matters; its holder's birthday follows from it.
#[derive(Debug, Clone)]
struct CertificateDraft {
    ends: CertificateEnd,
    /// Days after the fifth-last birthday.
    issued_after: i32,
    issued_at: i64,
    /// Born on 29 February when the birthday falls on 28 February.
    leapling: bool,
    card_ends: CardEnd,
}

#[derive(Debug, Clone, Copy)]
enum CertificateEnd {
    DaysOn(i32),
    /// Three months from now, give or take days.
    ThreeMonthsOn(i32),
    /// In the month of the third month ago, so that grace ends this month.
    LastMonthOfGrace(i32),
}

#[derive(Debug, Clone, Copy)]
enum CardEnd {
    Years(i32),
    SameDay,
    Before(i32),
}

/// A person as the story knows them, with what the teller needs to aim at borders.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    /// As the world holds them.
    pub person: Person,
    /// The last day of the certificate on the card, if there is one.
    pub last_day: Option<Date>,
    family_name: usize,
}

/// The first person, who always has a card with certificate, and one to four more.
pub(super) fn people() -> BoxedStrategy<Vec<PersonDraft>> {
    let others = prop::collection::vec(person(), 1..MOST_PEOPLE);
    (person(), card(), others)
        .prop_map(|(mut first, card, others)| {
            first.card = Some(CardDraft { certificate: true, ..card });
            std::iter::once(first).chain(others).collect()
        })
        .boxed()
}

fn person() -> BoxedStrategy<PersonDraft> {
    let likeness = prop_oneof![
        6 => Just(Likeness::None),
        1 => Just(Likeness::Family),
        1 => Just(Likeness::Face),
        2 => Just(Likeness::Twin),
    ];
    let names = (0..FAMILY_NAMES.len(), 0..GIVEN_NAMES.len(), 6..90_i32, likeness);
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.04));
    let coverages = prop_oneof![
        1 => prop::collection::vec(coverage(), 0..=0),
        6 => prop::collection::vec(coverage(), 1..=3),
    ];
    (names, flags, prop::option::weighted(0.88, card()), certificate(), coverages, 0..3_usize)
        .prop_map(
            |(
                (family_name, given_name, age, likeness),
                (withheld, barred),
                card,
                certificate,
                coverages,
                medicines,
            )| PersonDraft {
                family_name,
                given_name,
                age,
                likeness,
                withheld,
                barred,
                card,
                certificate,
                coverages,
                medicines,
            },
        )
        .boxed()
}

fn card() -> BoxedStrategy<CardDraft> {
    let pin = prop::option::weighted(0.85, 0..PINS.len());
    let issuer = prop_oneof![24 => Just(Issuer::Trusted), 1 => Just(Issuer::Foreign)];
    let chances = [0.88, 0.8, 0.96].map(prop::bool::weighted);
    (pin, chances, issuer)
        .prop_map(|(pin, [photo, registered, certificate], issuer)| CardDraft {
            pin,
            photo,
            registered,
            certificate,
            issuer,
        })
        .boxed()
}

fn certificate() -> BoxedStrategy<CertificateDraft> {
    let near = (-2..=2_i32).boxed();
    let ends = prop_oneof![
        10 => (120..1500_i32).prop_map(CertificateEnd::DaysOn),
        2 => near.clone().prop_map(CertificateEnd::DaysOn),
        2 => near.prop_map(CertificateEnd::ThreeMonthsOn),
        2 => (-80..90_i32).prop_map(CertificateEnd::DaysOn),
        2 => (0..31_i32).prop_map(CertificateEnd::LastMonthOfGrace),
        1 => (-400..-130_i32).prop_map(CertificateEnd::DaysOn),
    ];
    let card_ends = prop_oneof![
        6 => Just(CardEnd::Years(5)),
        1 => Just(CardEnd::SameDay),
        1 => (1..60_i32).prop_map(CardEnd::Before),
    ];
    let issued_after = prop_oneof![2 => 1..300_i32, 1 => Just(0), 1 => Just(1)];
    (ends, issued_after, second_of_day(), any::<bool>(), card_ends)
        .prop_map(|(ends, issued_after, issued_at, leapling, card_ends)| CertificateDraft {
            ends,
            issued_after,
            issued_at,
            leapling,
            card_ends,
        })
        .boxed()
}

impl CertificateEnd {
    fn on(self, today: Date) -> Date {
        match self {
            Self::DaysOn(days) => days_on(today, days),
            Self::ThreeMonthsOn(days) => days_on(months_on(today, 3), days),
            Self::LastMonthOfGrace(days) => {
                let month = months_on(today.first_of_month(), -3);
                days_on(month, days).min(month.last_of_month())
            }
        }
    }
}

impl CertificateDraft {
    /// The fifth birthday after issue.
    fn end(&self, today: Date) -> Date {
        self.ends.on(today)
    }

    fn birthdate(&self, today: Date, age: i32) -> Date {
        let end = self.end(today);
        let born = years_on(end, -age);
        let leap_year = born.year() - born.year() % 4;
        match (end.month(), end.day()) {
            (2, 28 | 29) if self.leapling || end.day() == 29 => {
                Date::new(leap_year, 2, 29).unwrap_or(born)
            }
            _ => born,
        }
    }

    fn issued(&self, now: Timestamp) -> Timestamp {
        let first = years_on(self.end(day(now)), -5);
        instant(days_on(first, self.issued_after), self.issued_at).min(instant(day(now), -86_400))
    }

    fn card_expiry(&self, today: Date) -> Date {
        match self.card_ends {
            CardEnd::Years(years) => years_on(self.end(today), years),
            CardEnd::SameDay => self.end(today),
            CardEnd::Before(days) => days_on(self.end(today), -days),
        }
    }
}

impl PersonDraft {
    /// The next person of a world that begins at `now`, after those drawn before.
    pub fn on(&self, now: Timestamp, all_before: &[Drawn]) -> Drawn {
        let (today, index, before) = (day(now), all_before.len(), all_before.last());
        let like = before.filter(|_| self.likeness != Likeness::None);
        let twin = like.filter(|_| self.likeness == Likeness::Twin);
        let family_name = like
            .filter(|_| self.likeness != Likeness::Face)
            .map_or(self.family_name, |drawn| drawn.family_name);
        let face =
            like.filter(|_| self.likeness != Likeness::Family).map(|drawn| drawn.person.face);
        let (family, family_kana) = pick(&FAMILY_NAMES, family_name).unwrap_or_default();
        let (given, given_kana, sex) = self.given_name(family, all_before);
        let card = self.card.as_ref().map(|card| card.on(now, &self.certificate, index));
        let end = card
            .as_ref()
            .filter(|card| card.certificate)
            .map(|card| self.certificate.end(today).min(card.expiry));
        let person = Person {
            name: format!("{family}　{given}"),
            kana: format!("{family_kana} {given_kana}"),
            birthdate: twin.map_or_else(
                || self.certificate.birthdate(today, self.age),
                |drawn| drawn.person.birthdate,
            ),
            sex,
            address: format!(
                "架空県見本市{}丁目１－１",
                ["一", "二", "三", "四", "五"].get(index).unwrap_or(&"六")
            ),
            postcode: format!("999-{index:04}"),
            individual_number: individual_number(&super::key(index + 1)),
            face: face.unwrap_or_else(|| u64::try_from(index).unwrap_or_default() + 1),
            address_withheld: self.withheld,
            disclosure_barred: self.barred,
            card,
            coverages: self.coverages(today, index, twin),
            medicines: (0..self.medicines).map(|nth| format!("見本薬{index}{nth}錠")).collect(),
            health_checks: (0..self.medicines).map(|nth| health_check(today, index, nth)).collect(),
            reports: Reports::default(),
        };
        Drawn { person, last_day: end, family_name }
    }

    /// No two people share their whole name: no office could tell twins like that apart.
    fn given_name(&self, family: &str, before: &[Drawn]) -> (&'static str, &'static str, u8) {
        let is_free = |(given, ..): &(&str, &str, u8)| {
            let name = format!("{family}　{given}");
            before.iter().all(|drawn| drawn.person.name != name)
        };
        let names =
            (0..GIVEN_NAMES.len()).filter_map(|place| pick(&GIVEN_NAMES, self.given_name + place));
        names.into_iter().find(is_free).unwrap_or_default()
    }

    /// Numbers of one's own; a twin's first coverage has those of the twin, with another branch.
    fn coverages(&self, today: Date, index: usize, twin: Option<&Drawn>) -> Vec<Coverage> {
        let mut own: Vec<Coverage> = self
            .coverages
            .iter()
            .zip(1..)
            .map(|(draft, nth)| draft.on(today, &format!("00{}{nth}", index + 1), 1))
            .collect();
        let shared = twin.and_then(|drawn| drawn.person.coverages.first());
        if let (Some(first), Some(shared)) = (own.first_mut(), shared) {
            *first = Coverage {
                branch: shared.branch.as_ref().map(|_| "02".to_owned()),
                ..shared.clone()
            };
        }
        own
    }
}

/// The first one lies where five years end, today or a day on; later ones are young.
fn health_check(today: Date, index: usize, nth: usize) -> HealthCheck {
    let made = match (nth, index % 2) {
        (0, 0) => years_on(today, -5),
        (0, _) => days_on(years_on(today, -5), 1),
        (_, _) => days_on(today, -30),
    };
    HealthCheck { made, item: format!("見本検査{index}{nth}") }
}

impl CardDraft {
    fn on(&self, now: Timestamp, certificate: &CertificateDraft, index: usize) -> CardFacts {
        CardFacts {
            issued: certificate.issued(now),
            expiry: certificate.card_expiry(day(now)),
            pin: self.pin.and_then(|pin| pick(&PINS, pin)).map(str::to_owned),
            security_code: format!("{:04}", 1000 + index),
            photo: self.photo,
            registered: self.registered,
            certificate: self.certificate,
            issuer: self.issuer,
        }
    }
}
