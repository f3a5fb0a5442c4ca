//! Carries out a script on a card, and has every answer checked.

use std::sync::LazyLock;

use rsa::Pkcs1v15Sign;
use sha2::{Digest, Sha256};
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::{Card, CardContents, PinName, Token};

use crate::census;
use crate::encoding::{class, encoded, instruction, lengthened, object, p2, price};
use crate::laws::{Book, split};
use crate::model::Model;
use crate::model::tables::{APPLICATIONS, JPKI, REFERENCES, TEXT};
use crate::recordings::RECORDINGS;
use crate::secure_client::Terminal;
use crate::session::DELIVERIES;
use crate::step::{Kind, Script, Secured, Step, Value};
use crate::support;

/// What a script may spend on signatures (three each) and on checks of some (one each): they cost as much as thousands of
/// other commands.
const PURSE: u8 = 5;

fn card_with(change: impl FnOnce(&mut CardContents)) -> Card {
    let mut contents = support::contents();
    change(&mut contents);
    let mut card = Card::new(contents);
    card.power_on();
    card
}

static PLAIN: LazyLock<Card> = LazyLock::new(support::card);
static WITHOUT_PIN: LazyLock<Card> =
    LazyLock::new(|| card_with(|contents| contents.user_pin = None));
static PHONE: LazyLock<Card> =
    LazyLock::new(|| card_with(|contents| contents.token = Token::Android));
static NEXT: LazyLock<Card> =
    LazyLock::new(|| card_with(|contents| contents.token = Token::NextGeneration));

/// A certificate for the tests' terminal, from the authority that approves terminals.
static CERTIFICATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (terminal, authority) = (support::terminal_key(), support::issuer_key());
    let (from, to) = (key_id("9999999", "001"), key_id("9900099", "001"));
    card_verifiable_certificate(&from, &to, terminal.as_public_key(), &authority)
});

/// DigestInfos without their digests: SHA-1, MD5, SHA-256, SHA-384, SHA-512, and one that lacks the NULL.
const DIGEST_INFOS: [(&str, usize); 6] = [
    ("3021300906052B0E03021A05000414", 20),
    ("3020300C06082A864886F70D020505000410", 16),
    ("3031300D060960864801650304020105000420", 32),
    ("3041300D060960864801650304020205000430", 48),
    ("3051300D060960864801650304020305000440", 64),
    ("302F300B06096086480165030402010420", 32),
];

/// The plain card after a session was opened.
static IN_SESSION: LazyLock<Player> = LazyLock::new(|| {
    let mut player = Player::new(Kind::Plain);
    player.open_session(true);
    player.purse = PURSE;
    player
});

/// A card at work on a script.
#[derive(Clone)]
struct Player {
    card: Card,
    book: Book,
    /// Only the plain card is followed.
    model: Option<Model>,
    purse: u8,
}

/// Plays a whole script.
///
/// # Panics
/// When an answer breaks a law or differs from the model.
pub fn play(script: Script) {
    let mut player = Player::new(script.card);
    for step in script.steps {
        player.take(step);
    }
}

impl Player {
    fn new(kind: Kind) -> Self {
        let mut powered = Model::default();
        powered.power_on();
        let (mut card, model, faults) = match kind {
            Kind::Plain => (PLAIN.clone(), Some(powered), Vec::new()),
            Kind::InSession => return IN_SESSION.clone(),
            Kind::Faulty(faults) => (PLAIN.clone(), None, faults),
            Kind::WithoutPin => (WITHOUT_PIN.clone(), None, Vec::new()),
            Kind::Phone => (PHONE.clone(), None, Vec::new()),
            Kind::NextGeneration => (NEXT.clone(), None, Vec::new()),
        };
        card.set_faults(faults.clone());
        let book = Book::new(&card, faults);
        Self { card, book, model, purse: PURSE }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Enter { reference, short } => self.enter(reference, short),
            Step::Application { place, cut, fci, ne } => {
                let aid = support::bytes(APPLICATIONS[usize::from(place) % APPLICATIONS.len()]);
                // Whole in three cases of four.
                let kept = if cut < 0xC0 { aid.len() } else { usize::from(cut) % (aid.len() + 1) };
                let p2 = if fci { 0x00 } else { 0x0C };
                self.order([0x00, 0xA4, 0x04, p2], &aid[..kept], ne.map(|ne| u32::from(ne) + 1));
            }
            Step::File { id, high } => self.order([0x00, 0xA4, 0x02, 0x0C], &[high, id], None),
            Step::Read { sfi, offset, ne } => {
                let [high, low] = offset.to_be_bytes();
                let p1 = sfi.map_or(high & 0x7F, |sfi| 0x80 | sfi);
                self.order([0x00, 0xB0, p1, low], &[], Some(ne));
            }
            Step::Record { number, p2, ne } => {
                let p2 = if p2 < 0xC0 { p2 & 0xF8 | 0x04 } else { p2 };
                self.order([0x00, 0xB2, number & 0x03, p2 & 0x1F], &[], Some(u32::from(ne) + 1));
            }
            Step::Verify { sfi, value } => {
                let value = self.value(sfi, value);
                self.order([0x00, 0x20, 0x00, p2(sfi)], &value, None);
            }
            Step::Change { key, sfi, value } => {
                let value = self.value(sfi, value);
                let [cla, ins, p1] = if key { [0x80, 0x32, 0x00] } else { [0x00, 0x24, 0x01] };
                self.order([cla, ins, p1, p2(sfi)], &value, None);
            }
            Step::Challenge { ne } => self.order([0x00, 0x84, 0x00, 0x00], &[], Some(ne)),
            Step::Data { tag, ne } => {
                let [high, low] = object(tag).to_be_bytes();
                self.order([0x00, 0xCA, high, low], &[], Some(ne));
            }
            Step::Sign { p1, p2, info } => self.sign(p1, p2, info),
            Step::Internal { p2, data } => {
                let p2 = if p2 < 0xC0 { 0x99 } else { p2 };
                self.order([0x00, 0x88, 0x00, p2], &data, Some(256));
            }
            Step::Terminal { spoilt } => self.terminal(spoilt),
            Step::Session { right } => self.open_session(right),
            Step::Secured(secured) => self.secured(secured),
            Step::Recorded { which, from, count, at, turn } => {
                self.recorded(which, usize::from(from), usize::from(count), at, turn);
            }
            Step::Command { cla, ins, p1, p2, data, ne, extended } => {
                let header = [class(cla), instruction(ins), p1, p2];
                self.send(if extended {
                    lengthened(header, &data, ne)
                } else {
                    encoded(header, &data, ne)
                });
            }
            Step::Raw(bytes) => self.send(bytes),
            Step::PowerCycle => self.power(true),
            Step::PowerOff => self.power(false),
            Step::Reset => {
                self.card.reset();
                self.model.iter_mut().for_each(Model::reset);
            }
            Step::Unblock(pin) => {
                self.card.unblock(pin);
                self.book.unblocked(&self.card);
            }
        }
    }

    fn enter(&mut self, reference: u8, short: bool) {
        let (application, file, pin) = REFERENCES[usize::from(reference) % REFERENCES.len()];
        self.order([0x00, 0xA4, 0x04, 0x0C], &support::bytes(APPLICATIONS[application]), None);
        let value = self.book.value(pin).to_vec();
        if short {
            return self.order([0x00, 0x20, 0x00, 0x80 | file], &value, None);
        }
        self.order([0x00, 0xA4, 0x02, 0x0C], &[0x00, file], None);
        self.order([0x00, 0x20, 0x00, 0x80], &value, None);
    }

    /// The bytes of a value; the right one of no reference is the PIN most references have.
    fn value(&self, sfi: Option<u8>, value: Value) -> Vec<u8> {
        match value {
            Value::Right => {
                let meant = self.model.as_ref().and_then(|model| model.reference(sfi));
                meant.map_or(support::PIN.as_bytes(), |pin| self.book.value(pin)).to_vec()
            }
            Value::Nothing => Vec::new(),
            Value::Of(pin) => self.book.value(pin).to_vec(),
            Value::Bytes(bytes) => bytes.into_iter().take(255).collect(),
        }
    }

    fn sign(&mut self, p1: u8, p2: u8, info: u8) {
        let (head, digest) = DIGEST_INFOS[usize::from(info) % DIGEST_INFOS.len()];
        let data = match p1 {
            0x00 => [support::bytes(head), vec![info; digest]].concat(),
            _ => vec![info; 32],
        };
        let p2 = match p2 {
            0x00..=0x7F => 0x97,
            0x80..=0x8F => 0x80,
            0x90..=0xBF => 0x9A,
            0xC0..=0xDF => 0x00,
            _ => p2,
        };
        self.order([0x80, 0x2A, p1, p2], &data, Some(256));
    }

    /// Certificate, challenge, proof.
    fn terminal(&mut self, spoilt: bool) {
        if self.purse < PURSE {
            return;
        }
        self.order([0x00, 0xA4, 0x04, 0x0C], &support::bytes(APPLICATIONS[JPKI]), None);
        self.order([0x80, 0xA2, 0x00, 0x80], &CERTIFICATE, None);
        let answer = self.asked(encoded([0x00, 0x84, 0x00, 0x00], &[], Some(16)));
        let (challenge, _) = split(&answer);
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        let signed = support::terminal_key().sign(scheme, &Sha256::digest(challenge));
        let mut proof = signed.expect("the terminal's key signs");
        proof[0] ^= u8::from(spoilt);
        self.order([0x00, 0x82, 0x00, 0x80], &proof, None);
    }

    fn open_session(&mut self, right: bool) {
        let verify = self.book.value(PinName::TextInput).to_vec();
        self.order([0x00, 0xA4, 0x04, 0x0C], &support::bytes(APPLICATIONS[TEXT]), None);
        self.order([0x00, 0x20, 0x00, 0x91], &verify, None);
        self.send(DELIVERIES[usize::from(!right)].clone());
    }

    fn secured(&mut self, secured: Secured) {
        let mut terminal = Terminal::new();
        terminal.number = self.model.as_ref().and_then(Model::session).unwrap_or(1);
        let length = |length: u16| [&[0x96, 0x03, 0x00][..], &length.to_be_bytes()].concat();
        let command = match secured {
            Secured::File(id) => terminal.command([0xA4, 0x02, 0x0C], &[0x00, id & 0x1F]),
            Secured::Application { place, fci, ne } => {
                let aid = support::bytes(APPLICATIONS[usize::from(place) % APPLICATIONS.len()]);
                let header = [0x08, 0xA4, 0x04, if fci { 0x00 } else { 0x0C }];
                encoded(header, &terminal.object(&aid), ne.map(|ne| u32::from(ne) + 1))
            }
            Secured::Read { offset, length: asked, ne } => {
                let ne = ne.map_or(65_536, |ne| u32::from(ne) + 1);
                lengthened([0x08, 0xB0, 0x00, offset], &length(asked), Some(ne))
            }
            Secured::Verify { sfi, value } => {
                let value = self.value(sfi, value);
                terminal.command([0x20, 0x00, p2(sfi)], &value[..value.len().min(200)])
            }
            Secured::Other { ins, p1, p2, data } => {
                terminal.command([instruction(ins), p1, p2], &data[..data.len().min(200)])
            }
            Secured::WrongObject { read: true } => {
                encoded([0x08, 0xB0, 0x00, 0x00], &terminal.object(b"1234"), Some(256))
            }
            Secured::WrongObject { read: false } => {
                encoded([0x08, 0x20, 0x00, 0x91], &length(4), None)
            }
            Secured::OldNumber => {
                terminal.number = terminal.number.saturating_sub(1);
                terminal.command([0x20, 0x00, 0x91], b"1234")
            }
            Secured::Raw { checksum, ins, data } => {
                let class = if checksum { 0x0C } else { 0x08 };
                let data = &data[..data.len().min(255)];
                encoded([class, instruction(ins), 0x00, 0x91], data, Some(256))
            }
        };
        self.send(command);
    }

    fn recorded(&mut self, which: u8, from: usize, count: usize, at: u8, turn: u8) {
        let (_, commands) = &RECORDINGS[usize::from(which) % RECORDINGS.len()];
        for (place, command) in commands.iter().skip(from).take(count).enumerate() {
            let mut command = command.clone();
            if place == usize::from(at) % count {
                let byte = usize::from(turn >> 3) % command.len();
                command[byte] ^= 1 << (turn & 7);
            }
            self.send(command);
        }
    }

    fn power(&mut self, on: bool) {
        self.card.power_off();
        self.model.iter_mut().for_each(Model::power_off);
        if on {
            self.card.power_on();
            self.model.iter_mut().for_each(Model::power_on);
        }
    }

    fn order(&mut self, header: [u8; 4], data: &[u8], ne: Option<u32>) {
        self.send(encoded(header, data, ne));
    }

    /// Sends one command, unless it costs more than is left.
    fn send(&mut self, command: Vec<u8>) {
        let price = price(&command);
        if price > self.purse {
            return;
        }
        let free = matches!(command[..], [_, 0x2A | 0x88, ..]);
        let answer = self.asked(command);
        // A signature that was refused cost nothing.
        if !free || split(&answer).1 == 0x9000 {
            self.purse -= price;
        }
    }

    fn asked(&mut self, command: Vec<u8>) -> Vec<u8> {
        let deep = self.model.as_ref().map(|model| (model.at_a_file(), model.after_a_pin()));
        let (selected, verified) = deep.unwrap_or_default();
        census::count(selected, verified);
        let answer = self.card.transmit(&command);
        let inside = match &mut self.model {
            Some(model) => model.check(&mut self.book, &command, &answer),
            None => {
                self.book.taken(&command);
                None
            }
        };
        self.book.check(&self.card, &command, &answer, inside.as_deref());
        answer
    }
}
