//! Which certificates a citizen has, since when and under which serial numbers: computed, so that nobody needs to keep them.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};

use super::citizen::Citizen;
use super::life::birthday;
use super::permutation::Permutation;
use super::places;
use super::{Population, SIZE};
use crate::pki::{
    CaKind, Municipality, Substitutes,
    validity::{japanese_day, regular_end},
};

/// Under this age nobody gets a 署名用電子証明書.
const SIGNING_AGE: i16 = 15;
/// Two authorities, and two certificates of each in the ten years of a card.
const EACH: u64 = 4;
/// The serial numbers of the population (bench profile): four bytes, and none that a ledger gives out before its 800,000,000th certificate.
pub(crate) const SERIALS: Range<u64> = 0x3000_0000..0x3000_0000 + EACH * SIZE;

/// A certificate that a citizen holds unless something happens to it (bench profile: who renews when).
///
/// The first ones are issued with the card; whoever turns 15 later gets the one for signing on that birthday. When one ends before the card does, the
/// next one begins the second after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CitizenCertificate {
    /// Who issues it.
    pub ca: CaKind,
    /// Serial number, of four bytes.
    pub serial: u64,
    /// Moment of issue, notBefore.
    pub issued: Timestamp,
    /// Its last second.
    pub not_after: Timestamp,
    /// The certificate that must be good at that moment, or this one is never issued.
    pub(crate) after: Option<u64>,
}

impl Citizen {
    /// Every certificate of this card, past and future: one or two for user authentication, none to two for signing.
    pub fn certificates(&self) -> Vec<CitizenCertificate> {
        let with_card = self.issued_at();
        let mut row = self.row(CaKind::UserAuthentication, with_card, None);
        let adult = birthday(self.birthdate, self.birthdate.year().saturating_add(SIGNING_AGE));
        let first = row.first().map(|first| first.serial);
        row.extend(if adult <= self.card_issued {
            self.row(CaKind::DigitalSignature, with_card, None)
        } else {
            self.row(CaKind::DigitalSignature, noon(adult), first)
        });
        row
    }

    /// The certificate of an authority that is on the card on a day.
    pub fn certificate_on(&self, ca: CaKind, day: Date) -> Option<CitizenCertificate> {
        let begun = |one: &CitizenCertificate| one.ca == ca && japanese_day(one.issued) <= day;
        self.certificates().into_iter().rfind(begun)
    }

    /// The certificates of one authority from `issued` to the end of the card.
    fn row(&self, ca: CaKind, issued: Timestamp, after: Option<u64>) -> Vec<CitizenCertificate> {
        let mut row = Vec::new();
        let (mut issued, mut after) = (issued, after);
        for generation in 0..2 {
            let Ok(not_after) = regular_end(self.birthdate, issued, self.card_expiry) else {
                break;
            };
            if japanese_day(issued) > self.card_expiry {
                break;
            }
            let slot = EACH * self.index + 2 * u64::from(ca.tells_name_and_address()) + generation;
            let serial = self.population.serial(slot);
            row.push(CitizenCertificate { ca, serial, issued, not_after, after });
            after = Some(serial);
            issued = not_after.checked_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
        }
        row
    }

    /// Where this citizen applies for certificates.
    pub fn municipality(&self) -> Municipality {
        let address = &self.address;
        Municipality {
            prefecture: address.prefecture_romaji.clone().into(),
            name: address.municipality_romaji.clone().into(),
            code: address.municipality_code.clone().into(),
        }
    }

    /// Which characters of name and address are 代替文字 in the certificates.
    pub(super) fn substitutes(&self) -> Substitutes {
        let (name, address) = (&self.name.name, &self.address.address);
        Substitutes { name: name.substituted(), address: address.substituted() }
    }
}

impl Population {
    /// Whose certificate has this serial number, and which it is.
    pub fn certificate(self, serial: u64) -> Option<(Citizen, CitizenCertificate)> {
        let slot = serial.checked_sub(SERIALS.start).filter(|_| SERIALS.contains(&serial))?;
        let citizen = self.citizen(serials(self.seed).backward(slot) / EACH).ok()?;
        let found = citizen.certificates().into_iter().find(|one| one.serial == serial)?;
        Some((citizen, found))
    }

    /// Whether citizens live in a place of this prefecture and name.
    pub(crate) fn has_municipality(place: &Municipality) -> bool {
        places::has(&place.prefecture, &place.name)
    }

    /// Who has this person code; found without a search.
    pub fn holder(self, code: &str) -> Option<Citizen> {
        let citizen = self.citizen(super::citizen::index_in(self.seed, code)?).ok()?;
        (citizen.holder == code).then_some(citizen)
    }

    fn serial(self, slot: u64) -> u64 {
        SERIALS.start + serials(self.seed).forward(slot)
    }
}

/// Scattered, so that two certificates of one person cannot be told by their numbers.
fn serials(seed: u64) -> Permutation {
    Permutation { left: 20_000, right: 25_000, seed, tweak: ("certificate", 0) }
}

/// Noon, Japanese time.
pub(super) fn noon(day: Date) -> Timestamp {
    Offset::constant(9).to_timestamp(day.at(12, 0, 0, 0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::population::card_expiry;

    fn citizen(born: Date, issued: Date) -> Citizen {
        let one = Population::new(1).citizen(0).unwrap();
        let expiry = card_expiry(born, issued);
        Citizen { birthdate: born, card_issued: issued, card_expiry: expiry, ..one }
    }

    #[test]
    fn certificates_follow_each_other_to_the_end_of_the_card() {
        for (case, born, issued, user, signing) in [
            (
                "adult",
                date(1980, 2, 17),
                date(2020, 10, 27),
                vec!["2020-10-27 2025-02-17", "2025-02-18 2030-02-17"],
                vec!["2020-10-27 2025-02-17", "2025-02-18 2030-02-17"],
            ),
            (
                "29 February",
                date(2000, 2, 29),
                date(2023, 10, 27),
                vec!["2023-10-27 2028-02-29", "2028-03-01 2033-02-28"],
                vec!["2023-10-27 2028-02-29", "2028-03-01 2033-02-28"],
            ),
            (
                "turns 15 on the way",
                date(2012, 5, 1),
                date(2025, 10, 27),
                vec!["2025-10-27 2030-05-01"],
                vec!["2027-05-01 2030-05-01"],
            ),
            (
                "15 on the day",
                date(2010, 10, 27),
                date(2025, 10, 27),
                vec!["2025-10-27 2030-10-27"],
                vec!["2025-10-27 2030-10-27"],
            ),
            ("child", date(2020, 5, 1), date(2025, 10, 27), vec!["2025-10-27 2030-05-01"], vec![]),
        ] {
            let found = citizen(born, issued).certificates();
            let of = |ca| {
                let mine = found.iter().filter(|one| one.ca == ca);
                mine.map(|one| {
                    format!("{} {}", japanese_day(one.issued), japanese_day(one.not_after))
                })
                .collect::<Vec<_>>()
            };
            assert_eq!(of(CaKind::UserAuthentication), user, "{case}");
            assert_eq!(of(CaKind::DigitalSignature), signing, "{case}");
        }
    }

    proptest! {
        #[test]
        fn serial_numbers_lead_back(seed: u64, index in 0..SIZE) {
            let population = Population::new(seed);
            let citizen = population.citizen(index).unwrap();
            let found = citizen.certificates();
            prop_assert!(found.len() <= 4 && !found.is_empty());
            for one in found {
                prop_assert!(one.issued <= one.not_after && one.serial.to_be_bytes()[..4] == [0; 4]);
                prop_assert_eq!(population.certificate(one.serial), Some((citizen.clone(), one)));
            }
            prop_assert_eq!(population.holder(&citizen.holder), Some(citizen));
        }

        #[test]
        fn any_serial_number_and_person_code_is_looked_up(
            seed: u64, serial: u64, near in SERIALS, code in "citizen-[a-z{]{18,22}|\\PC{0,30}",
        ) {
            let population = Population::new(seed);
            for serial in [serial, near, SERIALS.start - 1, SERIALS.end] {
                if let Some((_, found)) = population.certificate(serial) {
                    prop_assert_eq!(found.serial, serial);
                }
            }
            prop_assert!(population.holder(&code).is_none_or(|found| found.holder == code));
        }
    }
}
