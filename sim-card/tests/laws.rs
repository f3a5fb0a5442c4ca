//! What holds for any sequence of commands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use proptest::prelude::*;
use sim_card::apdu::CommandApdu;
use sim_card::{Card, Fault, PinName};

/// Commands a confused or hostile client might send: mostly well-formed, near the card's own values.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let aids = prop::sample::select(vec![
        support::SELECT_JPKI,
        support::SELECT_FACE,
        support::SELECT_TEXT,
        support::SELECT_COMMON,
        support::SELECT_ISD,
    ]);
    let header = (
        prop::sample::select(vec![0x00u8, 0x80, 0x08, 0x01, 0xFF]),
        prop::sample::select(vec![
            0xA4u8, 0xB0, 0xB2, 0x20, 0x24, 0x82, 0x84, 0x88, 0xCA, 0xA2, 0xAE, 0xFC, 0x06,
        ]),
        any::<u8>(),
        prop_oneof![Just(0x80u8), 0x80u8..=0x9F, any::<u8>()],
    );
    let data = prop::collection::vec(any::<u8>(), 0..20);
    prop_oneof![
        3 => aids.prop_map(support::bytes),
        3 => (1u16..0x20).prop_map(|id| CommandApdu::select_file(id).to_bytes()),
        3 => "[0-9A-F]{4,14}".prop_map(|pin| CommandApdu::verify(pin.as_bytes()).to_bytes()),
        1 => Just(CommandApdu::verify(b"1234").to_bytes()),
        2 => (0u16..3000, 1u32..300).prop_map(|(at, ne)| CommandApdu::read_binary(at, ne).to_bytes()),
        4 => (header, data, prop::option::of(0u32..70_000)).prop_map(|((cla, ins, p1, p2), data, ne)| {
            CommandApdu::new([cla, ins, p1, p2], data, ne).to_bytes()
        }),
        2 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// What a scenario may do to a card between commands.
#[derive(Debug, Clone)]
enum Step {
    Command(Vec<u8>),
    PowerOn,
    PowerOff,
    Reset,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(
        prop_oneof![
            20 => command().prop_map(Step::Command),
            1 => Just(Step::PowerOn),
            1 => Just(Step::PowerOff),
            1 => Just(Step::Reset),
        ],
        1..40,
    )
}

fn take(card: &mut Card, step: &Step) -> Option<Vec<u8>> {
    match step {
        Step::Command(command) => return Some(card.transmit(command)),
        Step::PowerOn => card.power_on(),
        Step::PowerOff => card.power_off(),
        Step::Reset => card.reset(),
    }
    None
}

/// Whether this command carries the right value of this reference as its data.
fn carries(command: &[u8], pin: PinName) -> bool {
    let right = match pin {
        PinName::UserAuthentication
        | PinName::TextInput
        | PinName::TextInputSpare
        | PinName::Common
        | PinName::Resident => support::PIN,
        PinName::DigitalSignature => support::PASSWORD,
        PinName::BirthDate => support::BIRTH_KEY,
        PinName::ReferenceNumberB | PinName::TextReferenceNumberB => support::NUMBER_B,
        PinName::ReferenceNumberA | PinName::TextReferenceNumberA => support::NUMBER_A,
    };
    command.ends_with(right.as_bytes())
}

proptest! {
    #[test]
    fn raw_bytes_always_get_a_status_word(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut card = support::card();
        prop_assert!(card.transmit(&bytes).len() >= 2);
        card.transmit(&support::bytes(support::SELECT_JPKI));
        prop_assert!(card.transmit(&bytes).len() >= 2);
    }

    #[test]
    fn counters_rise_only_with_the_right_value(steps in steps()) {
        let mut card = support::card();
        for step in &steps {
            let before = PinName::ALL.map(|pin| card.tries_left(pin));
            if let Some(answer) = take(&mut card, step) {
                prop_assert!(answer.len() >= 2);
                prop_assert!(!matches!(answer[answer.len() - 2], 0x61 | 0x6C), "{answer:02X?}");
            }
            for (pin, before) in PinName::ALL.into_iter().zip(before) {
                let risen = card.tries_left(pin) > before;
                let allowed = matches!(step, Step::Command(command) if carries(command, pin));
                prop_assert!(!risen || (allowed && before > 0), "{pin:?} at {step:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_and_commands_give_the_same_answers(steps in steps()) {
        let run = || {
            let mut card = support::card();
            steps.iter().map(|step| take(&mut card, step)).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn faulty_cards_do_not_panic(
        steps in steps(),
        ins in any::<u8>(),
        keep in 0usize..300,
        commands in 0u32..30,
        index in any::<usize>(),
    ) {
        let mut card = support::card();
        let twin = card.persistent().clone();
        card.lay_under(twin);
        card.power_on();
        card.set_faults(vec![
            Fault::Truncated { ins: 0xB0, keep },
            Fault::WrongStatus { ins, status: sim_card::apdu::StatusWord(0x6F00) },
            Fault::MuteAfter { commands },
            Fault::PutBackAfter { commands: commands / 2, missed: commands / 3 },
            Fault::SwappedAfter { commands: commands / 4 },
            Fault::TornInside { ins, written: keep % 2 == 0 },
            Fault::Delayed { ins, milliseconds: commands },
            Fault::StaleCounter,
            Fault::CorruptCertificate {
                certificate: sim_card::CertificateName::UserAuthentication,
                damage: sim_card::Damage::Signature,
            },
            Fault::FlippedPhotoByte { index },
            Fault::WrongKey,
            Fault::OpenKey,
        ]);
        for step in &steps {
            take(&mut card, step);
        }
    }

    /// A model of one PIN: the number of tries and whether the key is open, told from outside only.
    #[test]
    fn the_user_pin_follows_its_model(tries in prop::collection::vec(0u8..3, 1..30)) {
        let mut card = support::card();
        card.transmit(&support::bytes(support::SELECT_JPKI));
        card.transmit(&support::bytes("00A4020C 02 0018"));
        let (mut left, mut open) = (3u16, false);
        for action in tries {
            let (command, wanted) = match (action, left) {
                (0, _) => ("00200080".to_owned(), 0x63C0 + left),
                (_, 0) => (support::verify("1234"), 0x6984),
                (1, _) => { (left, open) = (3, true); (support::verify("1234"), 0x9000) }
                _ => { left -= 1; open = false; (support::verify("9999"), 0x63C0 + left) }
            };
            prop_assert_eq!(support::status(&mut card, &command), format!("{wanted:04X}"));
            // A signing input of a wrong size shows the security status without the cost of a signature.
            let key = support::status(&mut card, "802A0297 01 5A 00");
            prop_assert_eq!(key, if open { "6985" } else { "6982" });
            card.transmit(&support::bytes("00A4020C 02 0018"));
        }
        prop_assert_eq!(u16::from(card.tries_left(PinName::UserAuthentication)), left);
    }
}
