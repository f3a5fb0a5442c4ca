//! VERIFY, CHANGE REFERENCE DATA, GET CHALLENGE.

use rand_chacha::rand_core::Rng;

use super::machine::{Done, Machine, Target};
use super::read::expected;
use crate::apdu::{CommandView, StatusWord};
use crate::contents::MalformedValue;
use crate::faults::Fault;
use crate::files::{Content, File, Right};
use crate::pin::PinName;

impl Machine<'_> {
    /// `00 20`: with data one try, without data the number of tries left, whatever was verified before.
    ///
    /// Source: ISO/IEC 7816-4:2020 §11.5.6; JICSAP IC card specification v1.1 §5.2.2, §6.4.9 for 1 to 16 bytes.
    pub(super) fn verify(&mut self, view: &CommandView<'_>) -> Done {
        let name = self.named_reference(view, 0x00)?;
        // The five-byte form and any other Le is refused.
        if view.ne.is_some() || view.data.len() > 16 {
            return Err(StatusWord::WRONG_LENGTH);
        }
        if view.data.is_empty() {
            return Err(self.reference(name)?.query());
        }
        if self.breaks_off {
            self.reference(name)?.take_try();
            return Err(StatusWord::NO_DIAGNOSIS);
        }
        let before = self.reference(name)?.query();
        let status = self.reference(name)?.verify(view.data);
        let right = Right::Verified(name);
        if status.is_success() {
            self.volatile.rights.grant(right);
            return Ok(());
        }
        if !self.layout.questions.wrong_verify_keeps_right {
            self.volatile.rights.revoke(right);
        }
        let stale = status.tries().is_some() && self.faults.has(Fault::StaleCounter);
        Err(if stale { before } else { status })
    }

    /// `00 24 01`: the new value alone; the old one was verified before.
    ///
    /// Source: ISO/IEC 7816-4:2020 §11.5.7.
    pub(super) fn change_reference_data(&mut self, view: &CommandView<'_>) -> Done {
        let name = self.named_reference(view, 0x01)?;
        // The 住民基本台帳用 PINs are changed with CHANGE KEY.
        if matches!(name, PinName::Common | PinName::Resident) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        self.new_value(name, view)
    }

    /// `80 32 00`: CHANGE KEY, the same for the PINs of 共通カードAP and 住基AP.
    pub(super) fn change_key(&mut self, view: &CommandView<'_>) -> Done {
        let name = self.named_reference(view, 0x00)?;
        if !matches!(name, PinName::Common | PinName::Resident) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        self.new_value(name, view)
    }

    fn new_value(&mut self, name: PinName, view: &CommandView<'_>) -> Done {
        if view.ne.is_some() || view.data.is_empty() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        if !self.volatile.rights.holds(Right::Verified(name)) {
            return Err(StatusWord::SECURITY_NOT_SATISFIED);
        }
        let malformed = match self.layout.questions.malformed_new_value {
            MalformedValue::Always(status) => status,
            MalformedValue::ByKind => {
                name.format().refusal(view.data).unwrap_or(StatusWord::WRONG_DATA)
            }
        };
        match self.reference(name)?.change(view.data) {
            StatusWord::SUCCESS => Ok(()),
            StatusWord::WRONG_LENGTH | StatusWord::WRONG_DATA => Err(malformed),
            refusal => Err(refusal),
        }
    }

    /// `00 84`: 1 to 256 bytes at any time; an extended Le is refused.
    ///
    /// Sixteen bytes asked for are kept for EXTERNAL AUTHENTICATE (bench profile).
    pub(super) fn get_challenge(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let [_, _, p1, p2] = view.header;
        if (p1, p2) != (0x00, 0x00) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        let ne = expected(view)?;
        if view.extended {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        out.resize(ne, 0);
        self.random.fill_bytes(out);
        self.volatile.challenge = out.as_slice().try_into().ok();
        Ok(())
    }

    /// The reference P2 points at, if P1 is what the command wants.
    fn named_reference(&mut self, view: &CommandView<'_>, p1: u8) -> Result<PinName, StatusWord> {
        let [_, _, sent_p1, p2] = view.header;
        if sent_p1 != p1 {
            return Err(StatusWord::WRONG_P1_P2);
        }
        match self.target(Target::of(p2)?)? {
            File { content: Content::Reference(name), .. } => Ok(*name),
            _ => Err(self.layout.questions.wrong_kind_of_file),
        }
    }
}
