//! A plain model of a faultless card: what each command does, written from the card's published tables.
//!
//! It says which commands are carried out and which are refused, and keeps the whole state a card may have between two
//! commands: application, EF, rights, counters. Where the tables tell the status word of a refusal, it does too.

mod keys;
mod secure;
pub mod tables;

use std::collections::BTreeSet;

use sim_card::PinName;
use sim_card::apdu::CommandView;

use crate::laws::{Book, split};
use crate::support;
use tables::{APPLICATIONS, CONTENTS, FILES, ISD, OBJECTS, OTHERS, RECORDS, REFERENCES};

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
    /// Number of the next secured command, in a session.
    session: Option<u32>,
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

    /// Number of the next secured command; `None` without a session.
    pub fn session(&self) -> Option<u32> {
        self.session
    }

    /// The reference that is selected, or named by its short identifier.
    pub fn reference(&self, sfi: Option<u8>) -> Option<PinName> {
        let here = (self.application, sfi.or(self.file)?);
        REFERENCES.iter().find(|row| (row.0, row.1) == here).map(|row| row.2)
    }

    /// Follows one command and its answer, and gives the data a secured command carries. Call it before the book has seen
    /// the answer.
    ///
    /// # Panics
    /// When the card did something else than the model.
    pub fn check(&mut self, book: &mut Book, command: &[u8], answer: &[u8]) -> Option<Vec<u8>> {
        let (data, status) = split(answer);
        let before = self.clone();
        let mut inside = None;
        let saying = match CommandView::parse(command) {
            _ if !self.powered => RefusedWith(0x6F00),
            Ok(view) if is_too_long(&view) => RefusedWith(0x6700),
            Ok(view) if view.header[0] == 0x08 => {
                inside = Some(Vec::new());
                self.secured(book, &view, data, &mut inside)
            }
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
        assert!(
            agreed,
            "{command}: {status:04X}, but the model says {saying:04X?} in {before:02X?}"
        );
        inside
    }

    fn follow(
        &mut self,
        book: &mut Book,
        view: &CommandView<'_>,
        data: &[u8],
        status: u16,
    ) -> Saying {
        let [cla, ins, p1, p2] = view.header;
        match (cla, ins) {
            (0x00, 0xA4) => self.select(p1, p2, view.data),
            (0x00, 0xB0) => match self.read(view) {
                Ok(wanted) => {
                    assert!(data == wanted, "an EF was read wrongly");
                    Done
                }
                Err(refusal) => refusal,
            },
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
            (0x80, 0xAE) => self.session_key(view),
            (0x00 | 0x80, _) => Refused,
            // No session has a key for checksums.
            (0x0C, _) => RefusedWith(if self.session.take().is_some() { 0x6987 } else { 0x69FC }),
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

    /// The bytes that READ BINARY must give, or its refusal.
    fn read(&mut self, view: &CommandView<'_>) -> Result<&'static [u8], Saying> {
        let [_, _, p1, p2] = view.header;
        let (Some(ne), []) = (view.ne, view.data) else { return Err(RefusedWith(0x6700)) };
        let (sfi, offset) = match p1 {
            0x00..=0x7F => (None, usize::from(u16::from_be_bytes([p1, p2]))),
            0x81..=0x9E => (Some(p1 & 0x1F), usize::from(p2)),
            _ => return Err(RefusedWith(0x6A86)),
        };
        let Some(id) = self.target(sfi) else {
            return Err(RefusedWith(if sfi.is_some() { 0x6A82 } else { 0x6986 }));
        };
        let Some(keys) = self.keys(id) else { return Err(RefusedWith(0x6981)) };
        if !keys.is_empty() && !keys.iter().any(|key| self.rights.contains(key)) {
            return Err(RefusedWith(0x6982));
        }
        let rest = CONTENTS[&(self.application, id)].get(offset..).unwrap_or_default();
        if rest.is_empty() {
            return Err(RefusedWith(0x6B00));
        }
        Ok(&rest[..rest.len().min(ne as usize)])
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

    fn object(&self, p1: u8, p2: u8) -> Saying {
        let tag = u16::from_be_bytes([p1, p2]);
        let here = self.application == ISD || tag == 0x5F51;
        if here && OBJECTS.contains(&tag) { Open } else { RefusedWith(0x6A88) }
    }
}

/// An extended Lc is for what does not fit otherwise.
fn is_too_long(view: &CommandView<'_>) -> bool {
    let long = matches!(view.header, [0x80, 0xA2 | 0xAE, ..] | [0x00, 0x82, ..] | [0x08, 0xB0, ..]);
    view.extended && !view.data.is_empty() && !long
}
