//! The bytes of the card seam: command APDU, response APDU, status word.

mod describe;
mod describer;
mod names;
mod status;

pub use describe::describe;
pub use describer::Describer;
pub use status::StatusWord;

/// Why bytes are no APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum ApduError {
    #[error("fewer than four header bytes")]
    NoHeader,
    #[error("{body} bytes after the header fit none of the seven length cases")]
    Length { body: usize },
    #[error("a response needs at least the two bytes of its status word")]
    NoStatus,
}

/// One command APDU as it came over the wire, borrowed: what the card works on.
///
/// Source: ISO/IEC 7816-3:2006 §12.1.3, the seven length cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandView<'a> {
    /// CLA INS P1 P2 as received.
    pub header: [u8; 4],
    /// Nc bytes, 0..=65 535.
    pub data: &'a [u8],
    /// Ne, 1..=65 536 bytes; `None` when there is no Le field.
    pub ne: Option<u32>,
    /// Whether the length fields were of the extended form.
    pub extended: bool,
}

impl<'a> CommandView<'a> {
    /// Reads exactly one APDU from a sender we do not trust.
    ///
    /// # Errors
    /// [`ApduError`] when the header is short or the lengths fit none of the seven cases.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ApduError> {
        let (&header, body) = bytes.split_first_chunk().ok_or(ApduError::NoHeader)?;
        let misfit = ApduError::Length { body: body.len() };
        let (data, ne, extended) = match body {
            [] => (body, None, false),                               // case 1
            [le] => (&[][..], Some(ne_short(*le)), false),           // case 2S
            [0, a, b] => (&[][..], Some(ne_extended(*a, *b)), true), // case 2E
            [0, a, b, rest @ ..] => match split_nc(u16::from_be_bytes([*a, *b]), rest) {
                Some((data, [])) => (data, None, true), // case 3E
                Some((data, [a, b])) => (data, Some(ne_extended(*a, *b)), true), // case 4E
                _ => return Err(misfit),
            },
            [lc, rest @ ..] => match split_nc(u16::from(*lc), rest) {
                Some((data, [])) => (data, None, false), // case 3S
                Some((data, [le])) => (data, Some(ne_short(*le)), false), // case 4S
                _ => return Err(misfit),
            },
        };
        Ok(Self { header, data, ne, extended })
    }
}

/// One command APDU, owned: what a client builds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CommandApdu {
    /// CLA INS P1 P2 as sent; what they mean is the application's affair.
    pub header: [u8; 4],
    /// Nc bytes, 0..=65 535.
    pub data: Vec<u8>,
    /// Ne, 1..=65 536 bytes; `None` when there is no Le field.
    pub ne: Option<u32>,
}

impl CommandApdu {
    /// A command from its parts.
    pub fn new(header: [u8; 4], data: impl Into<Vec<u8>>, ne: Option<u32>) -> Self {
        Self { header, data: data.into(), ne }
    }

    /// SELECT of an application by its AID, without FCI: the form nearly all clients send.
    pub fn select_application(aid: &[u8]) -> Self {
        Self::new([0x00, 0xA4, 0x04, 0x0C], aid, None)
    }

    /// SELECT of an EF under the current application.
    pub fn select_file(id: u16) -> Self {
        Self::new([0x00, 0xA4, 0x02, 0x0C], id.to_be_bytes(), None)
    }

    /// READ BINARY of the current EF; `offset` is 15 bits wide, higher bits are dropped.
    pub fn read_binary(offset: u16, ne: u32) -> Self {
        let [p1, p2] = (offset & 0x7FFF).to_be_bytes();
        Self::new([0x00, 0xB0, p1, p2], [], Some(ne))
    }

    /// VERIFY of the current EF; without data it asks for the tries left.
    pub fn verify(reference_data: &[u8]) -> Self {
        Self::new([0x00, 0x20, 0x00, 0x80], reference_data, None)
    }

    /// PSO: COMPUTE DIGITAL SIGNATURE with the current key over a finished DigestInfo.
    pub fn compute_signature(digest_info: &[u8]) -> Self {
        Self::new([0x80, 0x2A, 0x00, 0x80], digest_info, Some(256))
    }

    /// Reads exactly one APDU from a sender we do not trust.
    ///
    /// # Errors
    /// [`ApduError`] when the header is short or the lengths fit none of the seven cases.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let CommandView { header, data, ne, .. } = CommandView::parse(bytes)?;
        Ok(Self { header, data: data.to_vec(), ne })
    }

    /// The bytes to send: short lengths where they suffice, extended ones otherwise.
    ///
    /// Values no APDU can carry (more than 65 535 data bytes, Ne of 0 or above 65 536) are sent
    /// with their length field cut to its width, so that the bench can also send wrong bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4 + 3 + self.data.len() + 2);
        out.extend_from_slice(&self.header);
        if self.data.len() > 255 || self.ne.is_some_and(|ne| ne > 256) {
            self.put_extended(&mut out);
        } else {
            self.put_short(&mut out);
        }
        out
    }

    fn put_short(&self, out: &mut Vec<u8>) {
        if !self.data.is_empty() {
            out.push(low_byte(self.data.len()));
            out.extend_from_slice(&self.data);
        }
        if let Some(ne) = self.ne {
            let [.., le] = ne.to_be_bytes();
            out.push(le);
        }
    }

    fn put_extended(&self, out: &mut Vec<u8>) {
        out.push(0);
        if !self.data.is_empty() {
            out.push(low_byte(self.data.len() >> 8));
            out.push(low_byte(self.data.len()));
            out.extend_from_slice(&self.data);
        }
        if let Some(ne) = self.ne {
            let [_, _, high, low] = ne.to_be_bytes();
            out.extend_from_slice(&[high, low]);
        }
    }
}

/// One response APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseApdu {
    /// Nr bytes.
    pub data: Vec<u8>,
    /// SW1-SW2.
    pub sw: StatusWord,
}

impl ResponseApdu {
    /// Splits what came back from a card.
    ///
    /// # Errors
    /// [`ApduError::NoStatus`] when there are fewer than two bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let (data, &sw) = bytes.split_last_chunk().ok_or(ApduError::NoStatus)?;
        Ok(Self { data: data.to_vec(), sw: StatusWord(u16::from_be_bytes(sw)) })
    }

    /// Data followed by SW1-SW2.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.data.len() + 2);
        out.extend_from_slice(&self.data);
        out.extend_from_slice(&self.sw.0.to_be_bytes());
        out
    }
}

/// The body split after its Nc data bytes; an Lc of zero is no Lc.
fn split_nc(nc: u16, body: &[u8]) -> Option<(&[u8], &[u8])> {
    if nc == 0 { None } else { body.split_at_checked(usize::from(nc)) }
}

fn ne_short(le: u8) -> u32 {
    if le == 0 { 256 } else { u32::from(le) }
}

fn ne_extended(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        le => u32::from(le),
    }
}

fn low_byte(number: usize) -> u8 {
    let [.., low] = number.to_be_bytes();
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        hex::decode(text.replace(' ', "")).unwrap()
    }

    #[test]
    fn short_lc_followed_by_extended_le_is_refused() {
        let mixed = hex("00A4040C 01 AA 0100");
        assert_eq!(CommandApdu::parse(&mixed), Err(ApduError::Length { body: 4 }));
    }

    #[test]
    fn lc_of_zero_is_refused() {
        for body in ["00 00", "00 0000 0100", "00 0000 00"] {
            let bytes = hex(&format!("00A4040C {body}"));
            assert!(CommandApdu::parse(&bytes).is_err(), "{body}");
        }
    }

    #[test]
    fn the_seven_length_cases() {
        for (case, body, nc, ne, extended) in [
            ("1", "", 0, None, false),
            ("2S", "00", 0, Some(256), false),
            ("3S", "01 AA", 1, None, false),
            ("4S", "01 AA 10", 1, Some(16), false),
            ("2E", "00 0000", 0, Some(65_536), true),
            ("3E", "00 0001 AA", 1, None, true),
            ("4E", "00 0001 AA 0100", 1, Some(256), true),
        ] {
            let bytes = hex(&format!("00A4040C {body}"));
            let view = CommandView::parse(&bytes).unwrap();
            assert_eq!(
                (view.data.len(), view.ne, view.extended),
                (nc, ne, extended),
                "case {case}"
            );
        }
    }

    #[test]
    fn a_response_is_data_and_status_word() {
        let response = ResponseApdu::parse(&hex("AABB 9000")).unwrap();
        assert_eq!(response, ResponseApdu { data: vec![0xAA, 0xBB], sw: StatusWord::SUCCESS });
        assert_eq!(response.to_bytes(), hex("AABB9000"));
        assert_eq!(ResponseApdu::parse(&[0x90]), Err(ApduError::NoStatus));
    }

    proptest! {
        #[test]
        fn what_is_built_is_read_back(
            header: [u8; 4],
            data in prop::collection::vec(any::<u8>(), 0..700),
            ne in prop::option::of(1u32..=65_536),
        ) {
            let command = CommandApdu { header, data, ne };
            prop_assert_eq!(CommandApdu::parse(&command.to_bytes()), Ok(command));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = CommandApdu::parse(&bytes);
            let _ = ResponseApdu::parse(&bytes);
            let _ = describe(&bytes);
        }
    }
}
