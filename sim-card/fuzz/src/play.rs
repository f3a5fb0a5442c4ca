//! Carries out a script on a card, and has every answer checked.

use std::sync::LazyLock;

use rsa::Pkcs1v15Sign;
use sha2::{Digest, Sha256};
use sim_card::apdu::CommandApdu;
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::{Card, CardContents, Token};

use crate::census;
use crate::laws::{Book, split};
use crate::model::{APPLICATIONS, Model, REFERENCES};
use crate::recordings::RECORDINGS;
use crate::step::{Kind, Script, Step, Value};
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

/// A card at work on a script.
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
        self.order([0x00, 0xA4, 0x04, 0x0C], &support::bytes(APPLICATIONS[1]), None);
        self.order([0x80, 0xA2, 0x00, 0x80], &CERTIFICATE, None);
        let answer = self.asked(encoded([0x00, 0x84, 0x00, 0x00], &[], Some(16)));
        let (challenge, _) = split(&answer);
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        let signed = support::terminal_key().sign(scheme, &Sha256::digest(challenge));
        let mut proof = signed.expect("the terminal's key signs");
        proof[0] ^= u8::from(spoilt);
        self.order([0x00, 0x82, 0x00, 0x80], &proof, None);
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
        let answer = self.asked(command);
        // A signature that was refused cost nothing.
        if price == 1 || split(&answer).1 == 0x9000 {
            self.purse -= price;
        }
    }

    fn asked(&mut self, command: Vec<u8>) -> Vec<u8> {
        let deep = self.model.as_ref().map(|model| (model.at_a_file(), model.after_a_pin()));
        let (selected, verified) = deep.unwrap_or_default();
        census::count(selected, verified);
        let answer = self.card.transmit(&command);
        match &mut self.model {
            Some(model) => model.check(&mut self.book, &command, &answer),
            None => self.book.taken(&command, &answer),
        }
        self.book.check(&self.card, &command, &answer);
        answer
    }
}

fn encoded(header: [u8; 4], data: &[u8], ne: Option<u32>) -> Vec<u8> {
    CommandApdu::new(header, data, ne).to_bytes()
}

/// The same with length fields of the extended form, however short the command is.
fn lengthened(header: [u8; 4], data: &[u8], ne: Option<u32>) -> Vec<u8> {
    let mut out = header.to_vec();
    if !data.is_empty() || ne.is_some() {
        out.push(0);
    }
    if let (Ok(length), false) = (u16::try_from(data.len()), data.is_empty()) {
        out.extend(length.to_be_bytes());
        out.extend(data);
    }
    // 65 536 is written as 0000.
    out.extend(ne.iter().flat_map(|ne| ne.to_be_bytes().into_iter().skip(2)));
    out
}

/// P2 for the current EF or a short identifier.
fn p2(sfi: Option<u8>) -> u8 {
    0x80 | sfi.unwrap_or(0)
}

/// A tag that is known, in three cases of four.
fn object(tag: u16) -> u16 {
    const KNOWN: [u16; 9] =
        [0x0042, 0x0045, 0x0066, 0x00F0, 0x00F2, 0x00F7, 0x00F8, 0x7F21, 0x5F51];
    if tag < 0xC000 { KNOWN[usize::from(tag) % KNOWN.len()] } else { tag }
}

fn class(byte: u8) -> u8 {
    match byte {
        0x00..=0x7F => 0x00,
        0x80..=0xD7 => 0x80,
        0xD8..=0xDF => 0x08,
        0xE0..=0xE7 => 0x0C,
        0xE8..=0xFF => byte,
    }
}

fn instruction(byte: u8) -> u8 {
    const KNOWN: [u8; 20] = [
        0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x32, 0x2A, 0x82, 0x84, 0x88, 0xCA, 0xA2, 0xAE, 0xFC, 0x8A,
        0x50, 0x52, 0x54, 0x06, 0xC0,
    ];
    if byte < 0xF0 { KNOWN[usize::from(byte) % KNOWN.len()] } else { byte }
}

/// What a command costs of a script's purse: a signature or a decryption three, a check of a signature one.
fn price(command: &[u8]) -> u8 {
    match command {
        [0x80, 0x2A | 0xAE, ..] | [0x00, 0x88, ..] => 3,
        [0x80, 0xA2, ..] | [0x00, 0x82, ..] => 1,
        _ => 0,
    }
}
