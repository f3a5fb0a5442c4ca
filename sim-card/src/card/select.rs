//! SELECT: applications by AID or the beginning of one, EFs by identifier.

use super::machine::{Done, Machine};
use crate::apdu::{CommandView, StatusWord};
use crate::contents::FileControlInformation;
use crate::files::ApplicationName;
use crate::tlv;

impl Machine<'_> {
    /// `00 A4`.
    ///
    /// Source: ISO/IEC 7816-4:2020 §11.2.2; JICSAP IC card specification v1.1 §4.2 for the part of an AID.
    pub(super) fn select(&mut self, view: &CommandView<'_>, out: &mut Vec<u8>) -> Done {
        let [_, _, p1, p2] = view.header;
        match (p1, p2) {
            (0x04, 0x00 | 0x0C) => {
                self.select_application(view.data, p2 == 0x00, out)?;
                // Clients ask for the FCI with and without Le; a short Le gets its beginning.
                let most = view.ne.and_then(|ne| usize::try_from(ne).ok()).unwrap_or(usize::MAX);
                out.truncate(most);
                Ok(())
            }
            (0x02, 0x00 | 0x0C) => self.select_file(view.data),
            (0x00, _) => self.select_master_file(view.data),
            _ => Err(StatusWord::WRONG_P1_P2),
        }
    }

    fn select_application(&mut self, aid: &[u8], fci: bool, out: &mut Vec<u8>) -> Done {
        if aid.len() > 16 {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let layout = self.layout;
        let place = layout.applications.iter().position(|one| one.aid.starts_with(aid));
        let place = place.ok_or(StatusWord::NOT_FOUND)?;
        self.volatile.enter(place);
        if layout.questions.reselect_ends_session {
            self.volatile.session = None;
        }
        if fci {
            let mut name = Vec::new();
            if layout.questions.file_control_information == FileControlInformation::DfName {
                tlv::write(&mut name, 0x84, self.application()?.aid);
            }
            tlv::write(out, 0x6F, &name);
        }
        Ok(())
    }

    fn select_file(&mut self, id: &[u8]) -> Done {
        let &[high, low] = id else {
            return Err(StatusWord::WRONG_LENGTH);
        };
        self.open(u16::from_be_bytes([high, low]), StatusWord::NOT_FOUND).map(drop)
    }

    /// There is no MF: with data nothing is found; without, an application stays as it is.
    fn select_master_file(&self, data: &[u8]) -> Done {
        match (data, self.here()?) {
            ([], ApplicationName::IssuerSecurityDomain) => Err(StatusWord::WRONG_P1_P2),
            ([], _) => Ok(()),
            _ => Err(StatusWord::NOT_FOUND),
        }
    }
}
