//! The card against a plain reference model of current application, current EF, counters and rights.

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

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::{
    BIRTH_KEY, NUMBER_A, NUMBER_B, PASSWORD, PIN, SELECT_COMMON, SELECT_FACE, SELECT_ISD,
    SELECT_JPKI, SELECT_RESIDENT, SELECT_TEXT,
};

const APPLICATIONS: [&str; 6] =
    [SELECT_ISD, SELECT_JPKI, SELECT_COMMON, SELECT_RESIDENT, SELECT_FACE, SELECT_TEXT];

/// Application, EF, right value, tries: transcribed from the card's published table, not from its code.
const REFERENCES: [(usize, u8, &str, u8); 10] = [
    (1, 0x18, PIN, 3),
    (1, 0x1B, PASSWORD, 5),
    (2, 0x1C, PIN, 3),
    (3, 0x1C, PIN, 3),
    (4, 0x11, BIRTH_KEY, 10),
    (4, 0x12, NUMBER_B, 10),
    (4, 0x13, NUMBER_A, 10),
    (5, 0x11, PIN, 3),
    (5, 0x14, NUMBER_A, 10),
    (5, 0x15, NUMBER_B, 10),
];

/// Application, EF, and the references that open it; an empty list is free.
const FILES: [(usize, u8, &[u8]); 13] = [
    (1, 0x01, &[0x1B]),
    (1, 0x02, &[]),
    (1, 0x08, &[]),
    (1, 0x0A, &[]),
    (4, 0x01, &[0x11]),
    (4, 0x04, &[]),
    (4, 0x05, &[0x13]),
    (5, 0x01, &[0x11, 0x14]),
    (5, 0x02, &[0x11, 0x15]),
    (5, 0x03, &[0x11, 0x14, 0x15]),
    (5, 0x04, &[]),
    (5, 0x07, &[0x11, 0x14, 0x15]),
    (5, 0x08, &[]),
];

#[derive(Debug, Clone)]
enum Action {
    Application(usize),
    File(u8),
    Query,
    Verify { right: bool },
    Read,
    PowerCycle,
    Reset,
    Unblock,
}

#[derive(Default)]
struct Model {
    application: usize,
    file: Option<u8>,
    rights: Vec<u8>,
    spent: BTreeMap<(usize, u8), u8>,
}

impl Model {
    fn reference(&self) -> Option<(&'static str, u8)> {
        let file = self.file?;
        let row = REFERENCES.iter().find(|row| (row.0, row.1) == (self.application, file))?;
        Some((row.2, row.3 - self.spent.get(&(self.application, file)).copied().unwrap_or(0)))
    }

    fn knows(&self, file: u8) -> bool {
        let here = (self.application, file);
        REFERENCES.iter().any(|row| (row.0, row.1) == here)
            || FILES.iter().any(|row| (row.0, row.1) == here)
    }

    fn enter(&mut self, application: usize) {
        self.file = None;
        if self.application != application {
            self.application = application;
            self.rights.clear();
        }
    }

    /// The status word of a VERIFY.
    fn verify(&mut self, right: bool) -> u16 {
        let Some(file) = self.file else { return 0x6986 };
        let Some((_, left)) = self.reference() else { return 0x6981 };
        if left == 0 {
            return 0x6984;
        }
        self.rights.retain(|known| *known != file);
        let spent = self.spent.entry((self.application, file)).or_default();
        if right {
            *spent = 0;
            self.rights.push(file);
            return 0x9000;
        }
        *spent += 1;
        0x63C0 + u16::from(left - 1)
    }

    fn query(&self) -> u16 {
        match (self.file, self.reference()) {
            (None, _) => 0x6986,
            (_, None) => 0x6981,
            (_, Some((_, left))) => 0x63C0 + u16::from(left),
        }
    }

    fn read(&self) -> u16 {
        let Some(file) = self.file else { return 0x6986 };
        match FILES.iter().find(|row| (row.0, row.1) == (self.application, file)) {
            None => 0x6981,
            Some((_, _, [])) => 0x9000,
            Some((_, _, keys)) if keys.iter().any(|key| self.rights.contains(key)) => 0x9000,
            Some(_) => 0x6982,
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let files = prop::sample::select(vec![
        0x01u8, 0x02, 0x03, 0x04, 0x05, 0x07, 0x08, 0x0A, 0x11, 0x12, 0x13, 0x14, 0x15, 0x18, 0x1B,
        0x1C,
    ]);
    let single = prop_oneof![
        2 => (0usize..6).prop_map(Action::Application),
        8 => files.prop_map(Action::File),
        2 => Just(Action::Query),
        5 => any::<bool>().prop_map(|right| Action::Verify { right }),
        4 => Just(Action::Read),
        1 => Just(Action::PowerCycle),
        1 => Just(Action::Reset),
        1 => Just(Action::Unblock),
    ];
    // Rights are won and tried out on purpose, or chance would seldom come back to an application it was let into.
    let opened = prop::sample::select(&REFERENCES[..]).prop_map(|(application, file, ..)| {
        vec![Action::Application(application), Action::File(file), Action::Verify { right: true }]
    });
    let tried = prop::sample::select(&FILES[..]).prop_map(|(application, file, _)| {
        vec![Action::Application(application), Action::File(file), Action::Read]
    });
    let some = prop_oneof![6 => single.prop_map(|one| vec![one]), 1 => opened, 2 => tried];
    prop::collection::vec(some, 1..80).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn the_card_follows_the_model(actions in actions()) {
        let (mut card, mut model) = (support::card(), Model::default());
        for action in actions {
            let (command, wanted) = match action {
                Action::Application(place) => {
                    model.enter(place);
                    (APPLICATIONS[place].to_owned(), 0x9000)
                }
                // EFs the tables above do not tell of are left alone.
                Action::File(file) if !model.knows(file) => continue,
                Action::File(file) => {
                    model.file = Some(file);
                    (format!("00A4020C 02 00{file:02X}"), 0x9000)
                }
                Action::Query => ("00200080".to_owned(), model.query()),
                Action::Verify { right } => {
                    let value = model.reference().map_or("1234", |(value, _)| value);
                    let text = if right { value } else { "000000" };
                    (support::verify(text), model.verify(right))
                }
                Action::Read => ("00B0000001".to_owned(), model.read()),
                Action::PowerCycle => {
                    model = Model { spent: std::mem::take(&mut model.spent), ..Model::default() };
                    card.power_off();
                    card.power_on();
                    continue;
                }
                Action::Reset => {
                    model.file = None;
                    card.reset();
                    continue;
                }
                Action::Unblock => {
                    model.spent.clear();
                    for pin in sim_card::PinName::ALL {
                        card.unblock(pin);
                    }
                    continue;
                }
            };
            let got = support::status(&mut card, &command);
            prop_assert_eq!(got, format!("{wanted:04X}"), "{}", command);
        }
    }
}
