//! Commands without cryptography on a card in this process, on all cores, each with a card of its own.
//!
//! Traced means: each command and each answer is put into the words of the live view as it happens. That is the dearest form of a trace;
//! whoever keeps the bytes and makes words of them later pays less.

use std::hint::black_box;

use sim_card::Card;
use sim_card::apdu::{CommandApdu, Describer};
use sim_card::apps::JPKI_AID;

use super::measure::{contest, line, rate_on_all_cores};
use super::support;

/// Commands a second that jcardsim carried out on two cores.
const JCARDSIM: (&str, f64) = ("jcardsim", 4_500_000.0);

/// A card in power, the JPKI application and its certificate file current.
fn card() -> Card {
    let mut card = support::card();
    for command in [CommandApdu::select_application(&JPKI_AID), CommandApdu::select_file(0x000A)] {
        card.transmit(&command.to_bytes());
    }
    card
}

/// What a reader sends most, cryptography aside.
fn mixture() -> Vec<Vec<u8>> {
    let commands = [
        CommandApdu::select_application(&JPKI_AID),
        CommandApdu::select_file(0x0018),
        CommandApdu::verify(&[]),
        CommandApdu::select_file(0x000A),
        CommandApdu::read_binary(0, 256),
        CommandApdu::read_binary(256, 256),
    ];
    commands.iter().map(CommandApdu::to_bytes).collect()
}

/// Commands a second on all cores; an observer on each sees each command with its answer.
fn all_cores<O: FnMut(&[u8], &[u8])>(
    commands: &[Vec<u8>],
    observer: impl Fn() -> O + Copy + Sync,
) -> f64 {
    let rounds = rate_on_all_cores(64, || {
        let (mut card, mut observer) = (card(), observer());
        move || {
            for command in commands {
                let answer = card.transmit(black_box(command));
                observer(command, black_box(&answer));
            }
        }
    });
    rounds * commands.len() as f64
}

/// Puts each command and its answer into the words of the live view.
fn in_words() -> impl FnMut(&[u8], &[u8]) {
    let mut view = Describer::default();
    move |command, answer| drop(black_box(view.exchange(command, answer)))
}

pub fn measure() {
    let mixture = mixture();
    let [plain, traced] =
        contest([&mut || all_cores(&mixture, || |_: &[u8], _: &[u8]| ()), &mut || {
            all_cores(&mixture, in_words)
        }]);
    line("SELECT, VERIFY, READ BINARY mixed", plain, JCARDSIM, Some(1.0));
    line("the same, traced in words", traced, JCARDSIM, Some(0.25));
    for (name, command) in [
        ("SELECT EF", &mixture[1]),
        ("VERIFY without data", &mixture[2]),
        ("READ BINARY 256", &mixture[4]),
    ] {
        // VERIFY needs its own EF.
        let before = if name.starts_with("VERIFY") { &mixture[1] } else { &mixture[3] };
        let alone = rate_on_all_cores(256, || {
            let mut card = card();
            card.transmit(before);
            move || drop(black_box(card.transmit(black_box(command))))
        });
        line(name, alone, JCARDSIM, None);
    }
}
