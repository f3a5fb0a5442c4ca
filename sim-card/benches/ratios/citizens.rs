//! Opening any citizen with both certificates, against the two bare CA signatures in it, near and far in the population.

use std::hint::black_box;

use rsa::signature::Signer as _;
use sim_card::RsaSigner;
use sim_card::pki::{Authority, AuthorityConfig, FixtureKey, fixture_key};
use sim_card::population::Population;

use super::measure::{contest, line, rate};

/// A certificate's to-be-signed part is about this long.
const TBS: [u8; 1_400] = [0x5A; 1_400];

/// Citizens that are opened in turn: names and addresses differ in length, and what is compared is places in the population.
const NEIGHBOURS: usize = 64;

/// The first citizens from `index` on whose cards have both certificates.
fn with_both(population: Population, index: u64) -> Vec<u64> {
    let citizens = (index..).map(|index| population.citizen(index).unwrap());
    let adults = citizens.filter(|citizen| citizen.age(citizen.card_issued) >= 15);
    adults.map(|citizen| citizen.index).take(NEIGHBOURS).collect()
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
    let [near, far, farthest] =
        [0, 1_000_000, 124_000_000].map(|index| with_both(population, index));
    let opened = |citizens: &[u64]| {
        let mut turn = citizens.iter().cycle();
        rate(4, || open(population, *turn.next().unwrap()))
    };
    let [limit, first, middle, last] = contest([
        &mut || {
            rate(4, || signers.iter().for_each(|one| drop(one.try_sign(black_box(&TBS)).unwrap())))
        },
        &mut || opened(&near),
        &mut || opened(&far),
        &mut || opened(&farthest),
    ]);
    let limit = ("two bare CA signatures", limit);
    line("open citizens from 0 on", first, limit, Some(0.7));
    line("open citizens from 1,000,000 on", middle, limit, Some(0.7));
    line("open citizens from 124,000,000 on", last, limit, Some(0.7));
    line("the last against the first", last, ("the first", first), Some(0.9));
}
