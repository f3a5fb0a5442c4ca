//! What the model says of secure messaging.

use sim_card::apdu::CommandView;

use super::tables::{APPLICATIONS, COMMON, FACE, TEXT};
use super::{Done, Model, Refused, RefusedWith, Saying};
use crate::laws::Book;
use crate::session::{DELIVERIES, decrypt, object, secured_length};
use crate::support;

impl Model {
    /// SET SESSION KEY. Nobody but the tests knows a message that opens a session.
    pub(super) fn session_key(&mut self, view: &CommandView<'_>) -> Saying {
        match self.application {
            COMMON | FACE => return RefusedWith(0x66F1),
            TEXT if self.rights.contains(&0x11) => (),
            _ => return RefusedWith(0x6982),
        }
        let right = CommandView::parse(&DELIVERIES[0]).expect("a command");
        if (view.header, view.data, view.ne) != (right.header, right.data, right.ne) {
            return Refused;
        }
        self.session = Some(1);
        Done
    }

    /// A command of class 08: its data are decrypted, and what it does is what it would do in the clear.
    pub(super) fn secured(
        &mut self,
        book: &mut Book,
        view: &CommandView<'_>,
        answer: &[u8],
        inside: &mut Option<Vec<u8>>,
    ) -> Saying {
        let Some(number) = self.session.take() else { return RefusedWith(0x69FC) };
        if view.data.is_empty() {
            return RefusedWith(0x6987);
        }
        let [_, ins, p1, p2] = view.header;
        let (data, ne) = match (ins, object(view.data)) {
            (0xB0, Some((0x96, &[0x00, high, low]))) => {
                let asked = u32::from(u16::from_be_bytes([high, low]));
                (Vec::new(), Some(if asked == 0 { 65_536 } else { asked }))
            }
            (0xB0, _) => return RefusedWith(0x6988),
            (_, Some((0x86, [0x01, cryptogram @ ..]))) => match decrypt(number, cryptogram) {
                Some(data) => (data, None),
                None => return RefusedWith(0x6988),
            },
            _ => return RefusedWith(0x6988),
        };
        let plain = CommandView { header: [0x00, ins, p1, p2], data: &data, ne, extended: false };
        // Leaving the application ends the session; a refusal counts as a command.
        self.session = Some(number + 1);
        let saying = match ins {
            0xA4 => match self.select(p1, p2, &data) {
                Done if (p1, p2) == (0x04, 0x00) => {
                    let fci = 4 + support::bytes(APPLICATIONS[self.application]).len();
                    secured_answer(view, number, answer, fci, None)
                }
                saying => saying,
            },
            0xB0 => match self.read(&plain) {
                Ok(wanted) => secured_answer(view, number, answer, wanted.len(), Some(wanted)),
                Err(refusal) => refusal,
            },
            0x20 => self.verify(book, &plain),
            _ => {
                self.session = None;
                RefusedWith(0x6882)
            }
        };
        *inside = Some(data);
        saying
    }
}

/// An answer of so many bytes, these ones if given, fits Le only with all its padding.
fn secured_answer(
    view: &CommandView<'_>,
    number: u32,
    answer: &[u8],
    length: usize,
    wanted: Option<&[u8]>,
) -> Saying {
    if view.ne.is_none_or(|ne| (ne as usize) < secured_length(length)) {
        return RefusedWith(0x6700);
    }
    let Some((0x86, [0x01, cryptogram @ ..])) = object(answer) else { return Refused };
    let plain = decrypt(number, cryptogram).expect("the answer can be decrypted");
    assert_eq!(plain.len(), length, "the answer has another length");
    assert!(wanted.is_none_or(|wanted| wanted == plain), "an EF was read wrongly");
    Done
}
