//! What opening any citizen costs, beside the two CA signatures in it, and that it does not matter which citizen.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::Signer as _;
use sha2::Sha256;
use sim_card::pki::{Authority, AuthorityConfig, FixtureKey, fixture_key};
use sim_card::population::{Citizen, Population};

/// A certificate's to-be-signed part is about this long.
const TBS: [u8; 1_400] = [0x5A; 1_400];

/// The first citizen from `index` on whose card has both certificates.
fn with_both(population: Population, index: u64) -> Option<Citizen> {
    let citizens = (index..index + 1_000).map_while(|index| population.citizen(index).ok());
    citizens.into_iter().find(|citizen| citizen.age(citizen.card_issued) >= 15)
}

fn open(authority: &mut Authority, population: Population, index: u64) -> Option<usize> {
    let citizen = population.citizen(index).ok()?;
    let card = citizen.card(authority, citizen.issued_at(), |_| Vec::new()).ok()?;
    Some(card.contents.digital_signature?.certificate.len())
}

fn signatures(keys: &[SigningKey<Sha256>; 2]) -> [Option<rsa::pkcs1v15::Signature>; 2] {
    keys.each_ref().map(|key| key.try_sign(black_box(&TBS)).ok())
}

fn signing_key(key: FixtureKey) -> Option<SigningKey<Sha256>> {
    fixture_key(key).ok().map(|key: RsaPrivateKey| SigningKey::new(key))
}

fn benches(criterion: &mut Criterion) {
    let population = Population::new(1);
    let keys = [FixtureKey::UserAuthenticationCa, FixtureKey::DigitalSignatureCa].map(signing_key);
    let [Some(user), Some(signature)] = keys else { return };
    let keys = [user, signature];
    let Ok(mut authority) = Authority::new(AuthorityConfig::default()) else { return };
    let mut group = criterion.benchmark_group("population");
    group.bench_function("two bare CA signatures", |bench| bench.iter(|| signatures(&keys)));
    for index in [0, 1_000_000, 120_000_000] {
        group.bench_function(format!("compute citizen {index}"), |bench| {
            bench.iter(|| population.citizen(black_box(index)));
        });
        let Some(adult) = with_both(population, index) else { return };
        assert!(
            open(&mut authority, population, adult.index).is_some(),
            "citizen {} must open",
            adult.index
        );
        group.bench_function(format!("open citizen {index}"), |bench| {
            bench.iter(|| open(&mut authority, population, black_box(adult.index)));
        });
    }
    group.finish();
}

criterion_group!(population, benches);
criterion_main!(population);
