//! The card against a plain reference model of current application, current EF, counters, rights and session.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod secure_client;
#[allow(dead_code, reason = "shared with other tests")]
mod support;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use secure_client::{Terminal, delivery, set_session_key};
use sim_card::apdu::CommandApdu;
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
    SessionKey { right: bool },
    Secured(Secured),
}

/// A command of class 08.
#[derive(Debug, Clone, Copy)]
enum Secured {
    File(u8),
    Verify {
        right: bool,
    },
    Read,
    /// The object of another command.
    WrongObject,
    NoObject,
    /// READ BINARY with the number of the command before.
    OldNumber,
}

/// SET SESSION KEY with the right message and with another; encrypted once, the cards are alike.
static DELIVERIES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let mut card = support::card();
    for command in [SELECT_TEXT, "00200091 04 31323334", "00A4020C 02 0006"] {
        card.transmit(&support::bytes(command));
    }
    let key = support::read_all(&mut card);
    [set_session_key(&key, b"no key"), set_session_key(&key, &delivery())]
});

#[derive(Default)]
struct Model {
    application: usize,
    file: Option<u8>,
    rights: Vec<u8>,
    spent: BTreeMap<(usize, u8), u8>,
    /// The number of the next secured command.
    session: Option<u32>,
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
            self.session = None;
        }
    }

    /// The status word of SET SESSION KEY.
    fn session_key(&mut self, right: bool) -> u16 {
        match self.application {
            2 | 4 => return 0x66F1,
            5 if self.rights.contains(&0x11) => {}
            _ => return 0x6982,
        }
        if !right {
            return 0x6A80;
        }
        self.session = Some(1);
        0x9000
    }

    /// The bytes of a secured command, and its status word.
    fn secured(&mut self, command: Secured) -> (Vec<u8>, u16) {
        let mut terminal = Terminal::new();
        terminal.number = self.session.unwrap_or(1);
        let read = |object: Vec<u8>| CommandApdu::new([0x08, 0xB0, 0, 0], object, Some(256));
        let length = vec![0x96, 0x03, 0x00, 0x00, 0x01];
        let bytes = match command {
            Secured::File(file) => terminal.command([0xA4, 0x02, 0x0C], &[0x00, file]),
            Secured::Verify { right } => {
                terminal.command([0x20, 0x00, 0x80], self.presented(right).as_bytes())
            }
            Secured::Read => read(length).to_bytes(),
            Secured::WrongObject => read(terminal.object(b"1234")).to_bytes(),
            Secured::NoObject => read(Vec::new()).to_bytes(),
            Secured::OldNumber => {
                terminal.number = terminal.number.wrapping_sub(1);
                terminal.command([0x20, 0x00, 0x80], b"1234")
            }
        };
        (bytes, self.secured_status(command))
    }

    fn secured_status(&mut self, command: Secured) -> u16 {
        let Some(number) = self.session else { return 0x69FC };
        self.session = Some(number + 1);
        match command {
            Secured::File(file) => {
                self.file = Some(file);
                0x9000
            }
            Secured::Verify { right } => self.verify(right),
            Secured::Read => self.read(),
            Secured::WrongObject | Secured::OldNumber => {
                self.session = None;
                0x6988
            }
            Secured::NoObject => {
                self.session = None;
                0x6987
            }
        }
    }

    /// What a VERIFY of the current EF carries.
    fn presented(&self, right: bool) -> &'static str {
        if right { self.reference().map_or("1234", |(value, _)| value) } else { "000000" }
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
        8 => files.clone().prop_map(Action::File),
        2 => Just(Action::Query),
        5 => any::<bool>().prop_map(|right| Action::Verify { right }),
        4 => Just(Action::Read),
        1 => Just(Action::PowerCycle),
        1 => Just(Action::Reset),
        1 => Just(Action::Unblock),
        1 => any::<bool>().prop_map(|right| Action::SessionKey { right }),
        4 => secured(files).prop_map(Action::Secured),
    ];
    // Rights are won and tried out on purpose, or chance would seldom come back to an application it was let into.
    let opened = prop::sample::select(&REFERENCES[..]).prop_map(|(application, file, ..)| {
        vec![Action::Application(application), Action::File(file), Action::Verify { right: true }]
    });
    let tried = prop::sample::select(&FILES[..]).prop_map(|(application, file, _)| {
        vec![Action::Application(application), Action::File(file), Action::Read]
    });
    let session = Just(vec![
        Action::Application(5),
        Action::File(0x11),
        Action::Verify { right: true },
        Action::SessionKey { right: true },
    ]);
    let some =
        prop_oneof![12 => single.prop_map(|one| vec![one]), 2 => opened, 4 => tried, 1 => session];
    prop::collection::vec(some, 1..80).prop_map(|all| all.concat())
}

fn secured(files: impl Strategy<Value = u8>) -> impl Strategy<Value = Secured> {
    prop_oneof![
        6 => files.prop_map(Secured::File),
        3 => any::<bool>().prop_map(|right| Secured::Verify { right }),
        3 => Just(Secured::Read),
        1 => prop::sample::select(vec![
            Secured::WrongObject,
            Secured::NoObject,
            Secured::OldNumber,
        ]),
    ]
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
                    (support::verify(model.presented(right)), model.verify(right))
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
                Action::SessionKey { right } => {
                    let command = hex::encode(&DELIVERIES[usize::from(right)]);
                    (command, model.session_key(right))
                }
                Action::Secured(Secured::File(file)) if !model.knows(file) => continue,
                Action::Secured(secured) => {
                    let (command, status) = model.secured(secured);
                    (hex::encode(command), status)
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
