//! READ BINARY, READ RECORD, GET DATA.

use std::sync::Arc;

use super::machine::{Done, Machine};
use crate::apdu::{CommandView, StatusWord};
use crate::apps::face_info::{self, MUNICIPALITY, card_verifiable_certificate, key_id};
use crate::apps::jpki;
use crate::apps::others::{card_number, expiry};
use crate::contents::{CardContents, ContactAtr, Deferred};
use crate::faults::CertificateName;
use crate::files::{ApplicationName, Content, File};
use crate::tlv;

/// Tag of the one object that can also be read within an application: the contact ATR.
const CONTACT_ATR: u16 = 0x5F51;

impl<'a> Machine<'a> {
    /// `00 B0`: what there is from the offset, at most Ne bytes; a short end is no warning.
    ///
    /// Source: ISO/IEC 7816-4:2020 §11.3.3; JICSAP IC card specification v1.1 §7.3.1 for 6B00.
    pub(super) fn read_binary(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let ne = expected(view)?;
        let (file, offset) = self.binary_place(view)?;
        let bytes = self.readable(file)?;
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or(StatusWord::OFFSET_OUTSIDE)?;
        let part = rest.get(..ne).unwrap_or(rest);
        out.reserve_exact(part.len() + 2);
        out.extend_from_slice(part);
        if let Some(turned) = self.turned_byte(file, bytes)
            && let Some(byte) = turned.checked_sub(offset).and_then(|place| out.get_mut(place))
        {
            *byte = !*byte;
        }
        Ok(())
    }

    /// The file and offset P1-P2 name.
    fn binary_place(&mut self, view: &CommandView<'_>) -> Result<(&'a File, usize), StatusWord> {
        let [_, _, p1, p2] = view.header;
        match p1 {
            0x00..=0x7F => Ok((self.current_file()?, usize::from(u16::from_be_bytes([p1, p2])))),
            0x81..=0x9E => {
                let file = self.open(u16::from(p1 & 0x1F), StatusWord::NOT_FOUND)?;
                Ok((file, usize::from(p2)))
            }
            _ => Err(StatusWord::WRONG_P1_P2),
        }
    }

    /// The bytes of a file that may be read now: its structure is judged first, then its access rule.
    fn readable(&self, file: &'a File) -> Result<&'a [u8], StatusWord> {
        if !file.content.is_transparent() {
            return Err(StatusWord::INCOMPATIBLE_FILE);
        }
        self.allowed(file)?;
        file.content.bytes().ok_or(StatusWord::INCOMPATIBLE_FILE)
    }

    /// Refuses with 6982 unless the granted rights open this file.
    pub(super) fn allowed(&self, file: &File) -> Done {
        if file.access.allows(self.volatile.rights) {
            Ok(())
        } else {
            Err(StatusWord::SECURITY_NOT_SATISFIED)
        }
    }

    /// The place in a file of the one byte that a fault turns.
    fn turned_byte(&self, file: &File, bytes: &[u8]) -> Option<usize> {
        match (self.here().ok()?, file.id) {
            (ApplicationName::CardFace, face_info::FACE) => {
                let index = self.faults.flipped()?;
                let photo = face_info::photo_range(bytes)?;
                Some(photo.start + index.checked_rem(photo.len())?)
            }
            (ApplicationName::Jpki, jpki::USER_CERTIFICATE) => {
                self.faults.corrupted(CertificateName::UserAuthentication, certificate_size(bytes))
            }
            (ApplicationName::Jpki, jpki::SIGNATURE_CERTIFICATE) => {
                self.faults.corrupted(CertificateName::DigitalSignature, certificate_size(bytes))
            }
            _ => None,
        }
    }

    /// `00 B2`: one record. Reading on to the last one (P2 ending in 5) is not offered.
    ///
    /// Source: ISO/IEC 7816-4:2020 §11.4.3.
    pub(super) fn read_record(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let [_, _, number, p2] = view.header;
        let ne = expected(view)?;
        match p2 & 0x07 {
            4 => (),
            5 => return Err(StatusWord::FUNCTION_NOT_SUPPORTED),
            _ => return Err(StatusWord::WRONG_P1_P2),
        }
        let file = match p2 >> 3 {
            0 => self.current_file()?,
            sfi => self.open(u16::from(sfi), StatusWord::NOT_FOUND)?,
        };
        let Content::Records(records) = &file.content else {
            return Err(StatusWord::INCOMPATIBLE_FILE);
        };
        self.allowed(file)?;
        let place = usize::from(number).checked_sub(1);
        let record = place.and_then(|place| records.get(place));
        let record = record.ok_or(StatusWord::RECORD_NOT_FOUND)?;
        out.extend(record.iter().take(ne));
        Ok(())
    }

    /// `00 CA`: data objects of the power-up level; only the contact ATR can be read elsewhere too.
    ///
    /// Objects of more than 256 bytes need an extended Le; a short one is refused with 6700.
    pub(super) fn get_data(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let [_, _, p1, p2] = view.header;
        let tag = u16::from_be_bytes([p1, p2]);
        let power_up = self.here()? == ApplicationName::IssuerSecurityDomain;
        let answered = match (tag, self.layout.questions.contact_atr) {
            (CONTACT_ATR, ContactAtr::Everywhere) => true,
            (CONTACT_ATR, ContactAtr::InApplications) => !power_up,
            (CONTACT_ATR, ContactAtr::AtPowerUp) => power_up,
            _ => power_up,
        };
        let object = self.layout.objects.iter().find(|(known, _)| *known == tag && answered);
        let (_, object) = object.ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        if expected(view)? < object.len() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        out.extend_from_slice(object);
        Ok(())
    }
}

/// Bytes of the certificate in its file, without filler.
fn certificate_size(file: &[u8]) -> usize {
    tlv::Header::read(file).map_or(file.len(), |header| header.total().min(file.len()))
}

/// Ne of a command that carries no data and must carry Le.
pub(super) fn expected(view: &CommandView<'_>) -> Result<usize, StatusWord> {
    let ne = view.ne.filter(|_| view.data.is_empty()).ok_or(StatusWord::WRONG_LENGTH)?;
    usize::try_from(ne).map_err(|_| StatusWord::WRONG_LENGTH)
}

/// A GET DATA object by its tag, as it is answered; the signed one is made at first use.
pub(super) type DataObject = (u16, Deferred<Vec<u8>>);

/// The GET DATA objects of a card. All come with their tag, except the ATR, which comes bare without its first byte.
///
/// What stands in 0066, 00F7, 7F21 and 00F8 is bench profile: a GlobalPlatform OID, the id of an intermediate key, a certificate
/// made with that key, and the one of that key itself, without its template. The issuer's key stands for all of them.
pub(super) fn objects(contents: &Arc<CardContents>, atr: &[u8]) -> Vec<DataObject> {
    /// OBJECT IDENTIFIER 1.2.840.114283.1, GlobalPlatform's card recognition data, in its `73`.
    const RECOGNITION: [u8; 11] =
        [0x73, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x01];
    let with_tag = |tag: u16, value: &[u8]| {
        let mut object = Vec::new();
        tlv::write(&mut object, u32::from(tag), value);
        (tag, Deferred::from(object))
    };
    let [root, intermediate, lower] = ["001", "002", "003"].map(|number| key_id("9900010", number));
    let certified = |issuer: [u8; 16], subject: [u8; 16]| {
        let made_from = Arc::clone(contents);
        move || {
            let key = &made_from.issuer.key;
            card_verifiable_certificate(&issuer, &subject, key.as_public_key(), key)
        }
    };
    let (upper, below) = (certified(root, intermediate), certified(intermediate, lower));
    let bare = move || {
        let certificate = upper();
        tlv::read(&certificate).map_or_else(|_| Vec::new(), |(template, _)| template.value.to_vec())
    };
    let mut objects = vec![
        with_tag(0x0042, &root),
        with_tag(0x0045, &card_number(contents)),
        with_tag(0x0066, &RECOGNITION),
        with_tag(0x00F0, MUNICIPALITY.as_bytes()),
        with_tag(0x00F2, &expiry(contents)),
        with_tag(0x00F7, &intermediate),
        (0x7F21, Deferred::of(below)),
        (CONTACT_ATR, Deferred::from(atr.get(1..).unwrap_or_default().to_vec())),
    ];
    if contents.open_questions.level_certificate {
        objects.push((0x00F8, Deferred::of(bare)));
    }
    objects
}
