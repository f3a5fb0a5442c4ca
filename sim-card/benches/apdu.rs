//! How many commands a second one card carries out.

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sim_card::Card;
use sim_card::apdu::CommandApdu;
use sim_card::apps::JPKI_AID;

/// The sample card after these commands.
fn prepared(commands: &[CommandApdu]) -> Card {
    let mut card = support::card();
    for command in commands {
        card.transmit(&command.to_bytes());
    }
    card
}

fn commands(criterion: &mut Criterion) {
    let select = CommandApdu::select_application(&JPKI_AID);
    let pin = CommandApdu::select_file(0x0018);
    let verify = CommandApdu::verify(support::PIN.as_bytes());
    let certificate = CommandApdu::select_file(0x000A);
    let key = CommandApdu::select_file(0x0017);
    let rows = [
        ("SELECT application", vec![], select.clone()),
        ("SELECT EF", vec![select.clone()], pin.clone()),
        ("READ BINARY 256", vec![select.clone(), certificate], CommandApdu::read_binary(0, 256)),
        ("VERIFY empty", vec![select.clone(), pin.clone()], CommandApdu::verify(&[])),
        ("SIGN", vec![select, pin, verify, key], CommandApdu::compute_signature(&[0x5A; 51])),
    ];
    let mut group = criterion.benchmark_group("apdu");
    group.throughput(Throughput::Elements(1));
    for (name, before, command) in rows {
        let mut card = prepared(&before);
        let bytes = command.to_bytes();
        group.bench_function(name, |bencher| bencher.iter(|| card.transmit(black_box(&bytes))));
    }
    group.finish();
}

criterion_group!(benches, commands);
criterion_main!(benches);
