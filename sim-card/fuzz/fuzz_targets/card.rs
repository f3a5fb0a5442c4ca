//! Any sequence of commands, power events and faults: an answer each time, and no counter rises by itself.
#![no_main]

#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod support;

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use sim_card::apdu::CommandApdu;
use sim_card::{Card, Fault, PinName};

static CARD: LazyLock<Card> = LazyLock::new(support::card);

#[derive(Debug, Arbitrary)]
enum Step {
    Raw(Vec<u8>),
    Command(CommandApdu),
    /// One of the six applications, so that most runs get past SELECT.
    Application(u8),
    File(u8),
    PowerOn,
    PowerOff,
    Reset,
    Faults(Vec<Fault>),
}

fuzz_target!(|steps: Vec<Step>| {
    let mut card = CARD.clone();
    let mut lowest = PinName::ALL.map(|pin| card.tries_left(pin));
    for step in steps {
        let command = match step {
            Step::Raw(bytes) => bytes,
            Step::Command(command) => command.to_bytes(),
            Step::Application(place) => {
                let aids = [
                    support::SELECT_ISD,
                    support::SELECT_JPKI,
                    support::SELECT_FACE,
                    support::SELECT_TEXT,
                    support::SELECT_COMMON,
                ];
                support::bytes(aids[usize::from(place) % aids.len()])
            }
            Step::File(id) => CommandApdu::select_file(u16::from(id & 0x1F)).to_bytes(),
            Step::PowerOn => {
                card.power_on();
                continue;
            }
            Step::PowerOff => {
                card.power_off();
                continue;
            }
            Step::Reset => {
                card.reset();
                continue;
            }
            Step::Faults(faults) => {
                card.set_faults(faults);
                continue;
            }
        };
        assert!(card.transmit(&command).len() >= 2);
        for (pin, lowest) in PinName::ALL.into_iter().zip(&mut lowest) {
            let left = card.tries_left(pin);
            // A counter may be filled only while it was not empty.
            assert!(*lowest > 0 || left == 0, "{pin:?} came back to life");
            *lowest = left;
        }
    }
});
