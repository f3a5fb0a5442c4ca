//! A plain model of a faultless card: what each command does, written from the card's published tables.
//!
//! It says which commands are carried out and which are refused, and keeps the whole state a card may have between two
//! commands: application, EF, rights, counters. Where the tables tell the status word of a refusal, it does too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest, Sha256};
use sim_card::PinName;
use sim_card::apdu::CommandView;

use crate::laws::{Book, split};
use crate::support::{self, BIRTH_KEY, NUMBER_A, NUMBER_B, PASSWORD, PIN};

/// AIDs in the order in which a part of one is looked for.
pub const APPLICATIONS: [&str; 6] = [
    "A0000001510000",
    "D392F000260100000001",
    "D3921000310001010100",
    "D3921000310001010401",
    "D3921000310001010402",
    "D3921000310001010408",
];
const ISD: usize = 0;
const JPKI: usize = 1;
const COMMON: usize = 2;
const RESIDENT: usize = 3;
const FACE: usize = 4;
const TEXT: usize = 5;

/// Application, EF, reference.
pub const REFERENCES: [(usize, u8, PinName); 11] = [
    (JPKI, 0x18, PinName::UserAuthentication),
    (JPKI, 0x1B, PinName::DigitalSignature),
    (COMMON, 0x1C, PinName::Common),
    (RESIDENT, 0x1C, PinName::Resident),
    (FACE, 0x11, PinName::BirthDate),
    (FACE, 0x12, PinName::ReferenceNumberB),
    (FACE, 0x13, PinName::ReferenceNumberA),
    (TEXT, 0x11, PinName::TextInput),
    (TEXT, 0x12, PinName::TextInputSpare),
    (TEXT, 0x14, PinName::TextReferenceNumberA),
    (TEXT, 0x15, PinName::TextReferenceNumberB),
];

/// Application, transparent EF, EFs of the references that open it. None: free.
const FILES: [(usize, u8, &[u8]); 21] = [
    (JPKI, 0x01, &[0x1B]),
    (JPKI, 0x02, &[]),
    (JPKI, 0x06, &[]),
    (JPKI, 0x08, &[]),
    // Whatever is presented, this one stays closed.
    (JPKI, 0x09, &[0xFF]),
    (JPKI, 0x0A, &[]),
    (JPKI, 0x0B, &[]),
    (FACE, 0x01, &[0x11]),
    (FACE, 0x02, &[0x12, 0x13]),
    (FACE, 0x03, &[]),
    (FACE, 0x04, &[]),
    (FACE, 0x05, &[0x13]),
    (FACE, 0x06, &[]),
    (TEXT, 0x01, &[0x11, 0x14]),
    (TEXT, 0x02, &[0x11, 0x15]),
    (TEXT, 0x03, &[0x11, 0x14, 0x15]),
    (TEXT, 0x04, &[]),
    (TEXT, 0x05, &[]),
    (TEXT, 0x06, &[0x11, 0x14, 0x15]),
    (TEXT, 0x07, &[0x11, 0x14, 0x15]),
    (TEXT, 0x08, &[]),
];

/// Application and EF of one record.
const RECORDS: [(usize, u8); 3] = [(COMMON, 0x01), (COMMON, 0x02), (RESIDENT, 0x02)];

/// EFs with neither bytes nor records nor a value to verify.
const OTHERS: [(usize, u8); 5] =
    [(ISD, 0x1E), (JPKI, 0x16), (JPKI, 0x17), (JPKI, 0x1A), (COMMON, 0x19)];

/// GET DATA objects; all but the last answer at the power-up level alone.
const OBJECTS: [u16; 9] = [0x0042, 0x0045, 0x0066, 0x00F0, 0x00F2, 0x00F7, 0x00F8, 0x7F21, 0x5F51];

type Place = (usize, u8);

/// What every readable EF holds, read from a card that is open wherever it can be.
static CONTENTS: LazyLock<BTreeMap<Place, Vec<u8>>> = LazyLock::new(|| {
    let mut card = support::card();
    let mut contents = BTreeMap::new();
    let rows = FILES.iter().filter(|row| row.2 != [0xFF]);
    for (application, file, keys) in rows {
        let aid = APPLICATIONS[*application];
        let select = format!("00A4040C {:02X} {aid}", aid.len() / 2);
        support::expect(&mut card, &[(&select, "9000")]);
        if let Some(key) = keys.first() {
            let verify = format!("002000{:02X} {}", 0x80 | key, lv(delivered(*application, *key)));
            support::expect(&mut card, &[(&verify, "9000")]);
        }
        support::expect(&mut card, &[(&format!("00A4020C 02 00{file:02X}"), "9000")]);
        contents.insert((*application, *file), support::read_all(&mut card));
    }
    contents
});

fn delivered(application: usize, key: u8) -> &'static str {
    match (application, key) {
        (JPKI, 0x1B) => PASSWORD,
        (FACE, 0x11) => BIRTH_KEY,
        (FACE, 0x12) | (TEXT, 0x15) => NUMBER_B,
        (FACE, 0x13) | (TEXT, 0x14) => NUMBER_A,
        _ => PIN,
    }
}

fn lv(text: &str) -> String {
    format!("{:02X}{}", text.len(), hex::encode(text))
}

static USER_KEY: LazyLock<RsaPublicKey> = LazyLock::new(|| support::user_key().to_public_key());
static SIGNATURE_KEY: LazyLock<RsaPublicKey> =
    LazyLock::new(|| support::signature_key().to_public_key());
static TERMINAL_KEY: LazyLock<RsaPublicKey> =
    LazyLock::new(|| support::terminal_key().to_public_key());

/// What the model says of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saying {
    /// It is carried out.
    Done,
    /// It is refused, with one status word of several.
    Refused,
    /// It is refused with this status word.
    RefusedWith(u16),
    /// The answer decides.
    Open,
}
use Saying::{Done, Open, Refused, RefusedWith};

/// The state of a card.
#[derive(Debug, Clone, Default)]
pub struct Model {
    powered: bool,
    application: usize,
    file: Option<u8>,
    /// EFs of the references verified in the current application.
    rights: BTreeSet<u8>,
    challenge: Option<Vec<u8>>,
    /// A terminal's certificate was accepted.
    certificate: bool,
    /// The terminal has proved itself.
    terminal: bool,
}

impl Model {
    /// Power comes.
    pub fn power_on(&mut self) {
        *self = Self { powered: true, ..Self::default() };
    }

    /// Power goes.
    pub fn power_off(&mut self) {
        *self = Self::default();
    }

    /// Warm reset: the current EF and a pending challenge go.
    pub fn reset(&mut self) {
        *self = Self { powered: true, file: None, challenge: None, ..self.clone() };
    }

    /// Whether an EF is selected.
    pub fn at_a_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether a reference is verified.
    pub fn after_a_pin(&self) -> bool {
        !self.rights.is_empty()
    }

    /// The reference that is selected, or named by its short identifier.
    pub fn reference(&self, sfi: Option<u8>) -> Option<PinName> {
        let here = (self.application, sfi.or(self.file)?);
        REFERENCES.iter().find(|row| (row.0, row.1) == here).map(|row| row.2)
    }

    /// Follows one command and its answer. Call it before the book has seen the answer.
    ///
    /// # Panics
    /// When the card did something else than the model.
    pub fn check(&mut self, book: &mut Book, command: &[u8], answer: &[u8]) {
        let (data, status) = split(answer);
        let before = self.clone();
        let saying = match CommandView::parse(command) {
            _ if !self.powered => RefusedWith(0x6F00),
            Ok(view) => self.follow(book, &view, data, status),
            Err(_) => RefusedWith(0x6700),
        };
        let agreed = match saying {
            Done => status == 0x9000,
            Refused => status != 0x9000,
            RefusedWith(wanted) => status == wanted,
            Open => true,
        };
        let command = hex::encode_upper(command);
        assert!(agreed, "{command}: {status:04X}, but the model says {saying:?} in {before:02X?}");
    }

    fn follow(
        &mut self,
        book: &mut Book,
        view: &CommandView<'_>,
        data: &[u8],
        status: u16,
    ) -> Saying {
        let [cla, ins, p1, p2] = view.header;
        if view.extended && !view.data.is_empty() && !matches!(ins, 0xA2 | 0x82) {
            return RefusedWith(0x6700);
        }
        match (cla, ins) {
            (0x00, 0xA4) => self.select(p1, p2, view.data),
            (0x00, 0xB0) => self.read(view, data),
            (0x00, 0xB2) => self.record(view),
            (0x00, 0x20) => self.verify(book, view),
            (0x00, 0x24) => self.change(book, view, 0x01, false),
            (0x80, 0x32) => self.change(book, view, 0x00, true),
            (0x00, 0x84) => self.challenge(view, data),
            (0x00, 0x88) => self.internal(view),
            (0x80, 0x2A) => self.sign(view, data),
            (0x80, 0xA2) => self.certificate(view, status),
            (0x00, 0x82) => self.proof(view),
            (0x00, 0xCA) => self.object(p1, p2),
            (0x00 | 0x80, _) => Refused,
            (0x08 | 0x0C, _) => RefusedWith(0x69FC),
            (0x01..=0x03 | 0x81..=0x83, _) => RefusedWith(0x6881),
            _ => RefusedWith(0x6E00),
        }
    }

    fn select(&mut self, p1: u8, p2: u8, data: &[u8]) -> Saying {
        match (p1, p2, data) {
            (0x04, 0x00 | 0x0C, aid) if aid.len() <= 16 => {
                let first =
                    APPLICATIONS.iter().position(|one| support::bytes(one).starts_with(aid));
                let Some(place) = first else { return RefusedWith(0x6A82) };
                self.file = None;
                if place != self.application {
                    *self = Self { powered: true, application: place, ..Self::default() };
                }
                Done
            }
            (0x02, 0x00 | 0x0C, &[0, id]) if self.has(id) => {
                self.file = Some(id);
                Done
            }
            (0x02, 0x00 | 0x0C, [_, _]) => RefusedWith(0x6A82),
            (0x00, _, []) if self.application != ISD => Done,
            _ => Refused,
        }
    }

    fn has(&self, id: u8) -> bool {
        let here = (self.application, id);
        self.keys(id).is_some()
            || self.reference(Some(id)).is_some()
            || RECORDS.contains(&here)
            || OTHERS.contains(&here)
    }

    /// What opens a transparent EF.
    fn keys(&self, id: u8) -> Option<&'static [u8]> {
        FILES.iter().find(|row| (row.0, row.1) == (self.application, id)).map(|row| row.2)
    }

    /// The EF meant by a short identifier, which becomes current, or the current one. `None` when there is none.
    fn target(&mut self, sfi: Option<u8>) -> Option<u8> {
        match sfi {
            Some(id) if self.has(id) => self.file = Some(id),
            Some(_) => return None,
            None => (),
        }
        self.file
    }

    fn read(&mut self, view: &CommandView<'_>, answer: &[u8]) -> Saying {
        let [_, _, p1, p2] = view.header;
        let (Some(ne), []) = (view.ne, view.data) else { return RefusedWith(0x6700) };
        let (sfi, offset) = match p1 {
            0x00..=0x7F => (None, usize::from(u16::from_be_bytes([p1, p2]))),
            0x81..=0x9E => (Some(p1 & 0x1F), usize::from(p2)),
            _ => return RefusedWith(0x6A86),
        };
        let Some(id) = self.target(sfi) else {
            return RefusedWith(if sfi.is_some() { 0x6A82 } else { 0x6986 });
        };
        let Some(keys) = self.keys(id) else { return RefusedWith(0x6981) };
        if !keys.is_empty() && !keys.iter().any(|key| self.rights.contains(key)) {
            return RefusedWith(0x6982);
        }
        let rest = CONTENTS[&(self.application, id)].get(offset..).unwrap_or_default();
        if rest.is_empty() {
            return RefusedWith(0x6B00);
        }
        assert!(answer == &rest[..rest.len().min(ne as usize)], "EF {id:02X} was read wrongly");
        Done
    }

    fn record(&mut self, view: &CommandView<'_>) -> Saying {
        let [_, _, number, p2] = view.header;
        let (Some(_), [], 4) = (view.ne, view.data, p2 & 7) else { return Refused };
        let sfi = (p2 >> 3 != 0).then_some(p2 >> 3);
        let Some(id) = self.target(sfi) else { return Refused };
        if !RECORDS.contains(&(self.application, id)) {
            return RefusedWith(0x6981);
        }
        if number == 1 { Done } else { RefusedWith(0x6A83) }
    }

    /// The reference that P2 of VERIFY and its like means, if P1 is right.
    fn named(&mut self, view: &CommandView<'_>, p1: u8) -> Option<(u8, PinName)> {
        let [_, _, sent, p2] = view.header;
        let id = match p2 {
            _ if sent != p1 => return None,
            0x80 => self.target(None)?,
            0x81..=0x9E => self.target(Some(p2 & 0x1F))?,
            _ => return None,
        };
        Some((id, self.reference(Some(id))?))
    }

    fn verify(&mut self, book: &Book, view: &CommandView<'_>) -> Saying {
        let Some((id, pin)) = self.named(view, 0x00) else { return Refused };
        if view.ne.is_some() || view.data.len() > 16 {
            return RefusedWith(0x6700);
        }
        let left = book.tries(pin);
        if view.data.is_empty() {
            return RefusedWith(0x63C0 | u16::from(left));
        }
        self.rights.remove(&id);
        if left == 0 {
            return RefusedWith(0x6984);
        }
        if view.data != book.value(pin) {
            return RefusedWith(0x63C0 | u16::from(left - 1));
        }
        self.rights.insert(id);
        Done
    }

    fn change(&mut self, book: &mut Book, view: &CommandView<'_>, p1: u8, key: bool) -> Saying {
        let Some((id, pin)) = self.named(view, p1) else { return Refused };
        let with_change_key = matches!(pin, PinName::Common | PinName::Resident);
        let allowed = self.rights.contains(&id) && with_change_key == key;
        if !allowed || view.ne.is_some() || !well_formed(pin, view.data) {
            return Refused;
        }
        book.changed(pin, view.data);
        Done
    }

    fn challenge(&mut self, view: &CommandView<'_>, answer: &[u8]) -> Saying {
        let (Some(ne), [], [_, _, 0, 0], false) = (view.ne, view.data, view.header, view.extended)
        else {
            return Refused;
        };
        assert_eq!(answer.len(), ne as usize, "GET CHALLENGE gives what is asked for");
        self.challenge = (ne == 16).then(|| answer.to_vec());
        Done
    }

    fn internal(&mut self, view: &CommandView<'_>) -> Saying {
        let [_, _, p1, p2] = view.header;
        if self.application != COMMON || p1 != 0 {
            return Refused;
        }
        let id = match p2 {
            0x80 => self.target(None),
            0x81..=0x9E => self.target(Some(p2 & 0x1F)),
            _ => None,
        };
        let fits = view.ne.is_some_and(|ne| ne >= 256) && !view.data.is_empty();
        if id == Some(0x19) && fits { Done } else { Refused }
    }

    fn sign(&mut self, view: &CommandView<'_>, answer: &[u8]) -> Saying {
        let [_, _, p1, p2] = view.header;
        let fits = match p1 {
            0x00 => (1..=245).contains(&view.data.len()),
            0x02 | 0x04 => view.data.len() == 32,
            0x01 | 0x03 | 0x05 => (1..=255).contains(&view.data.len()),
            _ => return RefusedWith(0x6A86),
        };
        let fits = fits && view.ne.is_some_and(|ne| ne >= 256);
        let sfi = match p2 {
            0x00 if matches!(self.application, FACE | TEXT) => {
                return if fits { Done } else { Refused };
            }
            0x80 => None,
            0x81..=0x9E => Some(p2 & 0x1F),
            _ => return Refused,
        };
        let Some(id) = self.target(sfi) else { return Refused };
        let (key, open) = match (self.application, id) {
            (JPKI, 0x17) => (&*USER_KEY, self.terminal || self.rights.contains(&0x18)),
            (JPKI, 0x1A) => (&*SIGNATURE_KEY, self.rights.contains(&0x1B)),
            _ => return Refused,
        };
        if !open {
            return RefusedWith(0x6982);
        }
        if !fits {
            return Refused;
        }
        if p1 == 0x00 {
            let verified = key.verify(Pkcs1v15Sign::new_unprefixed(), view.data, answer);
            assert!(verified.is_ok(), "the signature does not verify");
        }
        Done
    }

    /// What becomes of a terminal's certificate is the answer's affair; a good one is good only where it belongs.
    fn certificate(&mut self, view: &CommandView<'_>, status: u16) -> Saying {
        if self.application != JPKI || view.header[2..] != [0x00, 0x80] {
            return Refused;
        }
        match status {
            0x9000 => self.certificate = true,
            0x6982 => self.certificate = false,
            _ => (),
        }
        Open
    }

    fn proof(&mut self, view: &CommandView<'_>) -> Saying {
        if view.header[2..] != [0x00, 0x80] || view.data.is_empty() || view.ne.is_some() {
            return Refused;
        }
        let Some(challenge) = self.challenge.take() else { return Refused };
        if !self.certificate {
            return Refused;
        }
        let digest = Sha256::digest(&challenge);
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        self.terminal = TERMINAL_KEY.verify(scheme, &digest, view.data).is_ok();
        if self.terminal { Done } else { RefusedWith(0x6300) }
    }

    fn object(&self, p1: u8, p2: u8) -> Saying {
        let tag = u16::from_be_bytes([p1, p2]);
        let here = self.application == ISD || tag == 0x5F51;
        if here && OBJECTS.contains(&tag) { Open } else { RefusedWith(0x6A88) }
    }
}

/// The form of a new value.
fn well_formed(pin: PinName, value: &[u8]) -> bool {
    let digits = value.len() == 4 && value.iter().all(u8::is_ascii_digit);
    match pin {
        PinName::UserAuthentication
        | PinName::TextInput
        | PinName::TextInputSpare
        | PinName::Common
        | PinName::Resident => digits,
        PinName::DigitalSignature => {
            let fit = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            (6..=16).contains(&value.len()) && value.iter().all(fit)
        }
        PinName::BirthDate
        | PinName::ReferenceNumberA
        | PinName::ReferenceNumberB
        | PinName::TextReferenceNumberA
        | PinName::TextReferenceNumberB => false,
    }
}
