//! Opening any citizen with both certificates, against the two bare CA signatures in it, near and far in the population.

use std::hint::black_box;

use rsa::signature::Signer as _;
use sim_card::RsaSigner;
use sim_card::pki::{Authority, AuthorityConfig, FixtureKey, fixture_key};
use sim_card::population::{Citizen, Population};

use super::measure::{contest, line, rate};

/// A certificate's to-be-signed part is about this long.
const TBS: [u8; 1_400] = [0x5A; 1_400];

/// The first citizen from `index` on whose card has both certificates.
fn with_both(population: Population, index: u64) -> Citizen {
    let mut citizens = (index..).map(|index| population.citizen(index).unwrap());
    citizens.find(|citizen| citizen.age(citizen.card_issued) >= 15).unwrap()
}

/// From the number to the card; a new authority each time, so that its ledger does not grow while we measure.
fn open(population: Population, index: u64) {
    let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
    let citizen = population.citizen(index).unwrap();
    let card = citizen.card(&mut authority, citizen.issued_at(), |_| Vec::new()).unwrap();
    assert!(black_box(card).contents.digital_signature.is_some());
}

pub fn measure() {
    let population = Population::new(1);
    let signers = [FixtureKey::UserAuthenticationCa, FixtureKey::DigitalSignatureCa]
        .map(|key| RsaSigner::new(fixture_key(key).unwrap()));
    let [first, middle, last] =
        [0, 1_000_000, 124_000_000].map(|index| with_both(population, index).index);
    let [limit, first, middle, last] = contest([
        &mut || {
            rate(4, || signers.iter().for_each(|one| drop(one.try_sign(black_box(&TBS)).unwrap())))
        },
        &mut || rate(4, || open(population, first)),
        &mut || rate(4, || open(population, middle)),
        &mut || rate(4, || open(population, last)),
    ]);
    let limit = ("two bare CA signatures", limit);
    line("open citizen 0", first, limit, Some(0.7));
    line("open citizen 1,000,000", middle, limit, Some(0.7));
    line("open citizen 124,000,000", last, limit, Some(0.7));
    line("the last against the first", last, ("the first", first), Some(0.95));
}
