//! The tap of the card seam: follows the selection, names what crosses, hides what is secret.

use reports::Text2;
use reports::evidence::{Direction, Seam, party};
use sim_card::apdu::{CommandApdu, ResponseApdu, describe};
use sim_card::apps::{CARD_FACE_AID, JPKI_AID, TEXT_INPUT_AID, jpki};
use sim_card::face_info;
use sim_reader::{CardChannel, ChannelError};

use super::{Crossed, Taps};
use crate::checks::seams::Sighting;

const SELECT: u8 = 0xA4;
const VERIFY: u8 = 0x20;
const CHANGE_REFERENCE_DATA: u8 = 0x24;
const READ_BINARY: u8 = 0xB0;
const COMPUTE_DIGITAL_SIGNATURE: u8 = 0x2A;

/// A card channel with a tap around it.
pub struct TappedCard<'a> {
    inner: &'a mut dyn CardChannel,
    taps: Taps,
    application: Vec<u8>,
    file: Option<u16>,
}

impl<'a> TappedCard<'a> {
    /// Puts a tap around a channel.
    pub fn new(inner: &'a mut dyn CardChannel, taps: Taps) -> Self {
        Self { inner, taps, application: Vec::new(), file: None }
    }

    fn in_jpki(&self) -> bool {
        self.application == JPKI_AID
    }

    /// Files of the card-face application that hold a picture, the number or a birth date.
    fn secret_file(&self, p1: u8) -> Option<&'static str> {
        // A number or attributes, whichever file: a short identifier may name another than the current one.
        if self.application == TEXT_INPUT_AID {
            return Some("personal data");
        }
        if self.application == CARD_FACE_AID && (0x81..=0x9E).contains(&p1) {
            return Some("face record");
        }
        let file = self.file.filter(|_| self.application == CARD_FACE_AID)?;
        (file == face_info::FACE || file == face_info::AGE || file == face_info::NUMBER_IMAGE)
            .then_some("face record")
    }

    fn request(&self, command: &[u8]) {
        let told = crossed(party::READER, party::CARD, Direction::Request, describe(command));
        match CommandApdu::parse(command) {
            Ok(CommandApdu { header: [_, VERIFY | CHANGE_REFERENCE_DATA, ..], data, .. })
                if !data.is_empty() =>
            {
                let kind = if self.in_jpki() { "PIN" } else { "照合番号" };
                self.taps.take_secret(told, kind, &data);
            }
            Ok(_) | Err(_) => self.taps.take_from_card(told, command),
        }
    }

    fn answer(&self, command: &[u8], response: &[u8]) {
        let parsed = ResponseApdu::parse(response).ok();
        let meaning = parsed.as_ref().map_or_else(
            || "no status word".to_owned(),
            |response| format!("{} {}", response.sw, response.sw.meaning()),
        );
        let told = crossed(party::CARD, party::READER, Direction::Answer, meaning);
        let reading = command.get(1) == Some(&READ_BINARY);
        let p1 = command.get(2).copied().unwrap_or_default();
        match (self.secret_file(p1).filter(|_| reading), parsed) {
            (Some(kind), Some(response)) if !response.data.is_empty() => {
                self.taps.take_secret(told, kind, &response.data);
            }
            _ => self.taps.take_from_card(told, response),
        }
    }

    fn follow(&mut self, command: &[u8], response: &[u8]) {
        let Ok(command) = CommandApdu::parse(command) else { return };
        let success = ResponseApdu::parse(response).is_ok_and(|response| response.sw.is_success());
        match command.header {
            [_, SELECT, 0x04, _] if success => {
                self.application = full_aid(&command.data);
                self.file = None;
                if self.in_jpki() {
                    self.taps.sight(Sighting::CardSelected);
                }
            }
            [_, SELECT, 0x02, _] if success => self.select_file(&command.data),
            [_, VERIFY, ..] if !command.data.is_empty() => self.verified(),
            [_, READ_BINARY, ..] if success => self.read(),
            [_, COMPUTE_DIGITAL_SIGNATURE, ..] if success && self.in_jpki() => {
                self.taps.sight(Sighting::SignatureMade);
            }
            _ => {}
        }
    }

    fn select_file(&mut self, id: &[u8]) {
        let Ok(id) = id.try_into().map(u16::from_be_bytes) else { return };
        self.file = Some(id);
        if self.in_jpki() && id == jpki::SIGNATURE_CERTIFICATE {
            self.taps.sight(Sighting::SignatureCertificateSelected);
        }
        let number = self.application == CARD_FACE_AID && id == face_info::NUMBER_IMAGE;
        let number_text = self.application == TEXT_INPUT_AID && id == 0x0001;
        if number || number_text {
            self.taps.sight(Sighting::NumberFileSelected);
        }
    }

    fn verified(&self) {
        match self.file {
            Some(jpki::USER_PIN) if self.in_jpki() => self.taps.sight(Sighting::UserPinVerified),
            Some(face_info::REFERENCE_NUMBER_A) if !self.in_jpki() => {
                self.taps.sight(Sighting::NumberFileSelected)
            }
            _ => {}
        }
    }

    fn read(&self) {
        match self.file {
            Some(jpki::USER_CERTIFICATE) if self.in_jpki() => {
                self.taps.sight(Sighting::UserCertificateRead)
            }
            Some(face_info::FACE) if self.application == CARD_FACE_AID => {
                self.taps.sight(Sighting::FaceRecordRead)
            }
            _ => {}
        }
    }
}

impl CardChannel for TappedCard<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.request(command);
        let answered = self.inner.transmit(command);
        match &answered {
            Ok(response) => {
                self.answer(command, response);
                self.follow(command, response);
            }
            Err(error) => {
                let told = crossed(party::CARD, party::READER, Direction::Event, error.to_string());
                self.taps.take(told, &[]);
            }
        }
        answered
    }

    fn power_up(&mut self) {
        (self.application, self.file) = (Vec::new(), None);
        self.inner.power_up();
    }
}

/// A prefix selects the first match; the whole AID is what the tap goes on with.
fn full_aid(selected: &[u8]) -> Vec<u8> {
    let whole = [&JPKI_AID, &CARD_FACE_AID, &TEXT_INPUT_AID]
        .into_iter()
        .find(|aid| !selected.is_empty() && aid.starts_with(selected));
    whole.map_or_else(|| selected.to_vec(), |aid| aid.to_vec())
}

fn crossed(from: &'static str, to: &'static str, direction: Direction, words: String) -> Crossed {
    Crossed { seam: Seam::Card, from, to, direction, summary: Text2::new(words.clone(), words) }
}
