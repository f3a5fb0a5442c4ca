//! UTF-8 and Shift_JIS (Windows-31J): which one a file is in, and the way there and back.
//!
//! Source: OQS messages, form of files; both encodings occur, the answer states its own in
//! `CharacterCodeIdentifier` (code table CD005).

use encoding_rs::{DecoderResult, SHIFT_JIS};

/// Character code of a file (CD005).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// `0` UTF-8.
    #[default]
    Utf8,
    /// `1` Shift_JIS, in the reach of Windows-31J.
    ShiftJis,
}

/// Bytes that are not the text they claim to be, or text that has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum EncodingError {
    #[error("encoding `{label}` is neither UTF-8 nor Shift_JIS")]
    Unsupported { label: String },
    #[error("the byte order mark says UTF-8, the declaration says Shift_JIS")]
    Contradiction,
    #[error("byte {offset} does not belong to {encoding} text")]
    Malformed { encoding: &'static str, offset: usize },
    #[error("character `{character}` (U+{:04X}) does not exist in Shift_JIS", *character as u32)]
    Unmappable { character: char },
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A declaration is looked for in this many first bytes.
const DECLARATION_REACH: usize = 256;

impl Encoding {
    /// The name for the XML declaration.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::ShiftJis => "Shift_JIS",
        }
    }

    /// The digit for `CharacterCodeIdentifier`.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Utf8 => "0",
            Self::ShiftJis => "1",
        }
    }

    /// Reads the names in use for the two encodings, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        match label.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "shift_jis" | "shift-jis" | "sjis" | "x-sjis" | "windows-31j" | "cp932" | "ms932"
            | "csshiftjis" | "cswindows31j" => Some(Self::ShiftJis),
            _ => None,
        }
    }

    /// Decides by byte order mark, then by declaration; without either XML means UTF-8.
    ///
    /// # Errors
    /// [`EncodingError::Unsupported`] for other encodings, [`EncodingError::Contradiction`] when mark
    /// and declaration disagree.
    pub fn of_xml(bytes: &[u8]) -> Result<Self, EncodingError> {
        if bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE") {
            return Err(EncodingError::Unsupported { label: "UTF-16".to_owned() });
        }
        let marked = bytes.strip_prefix(UTF8_MARK);
        let declared = match declared_label(marked.unwrap_or(bytes)) {
            Some(label) => match Self::from_label(&label) {
                Some(encoding) => Some(encoding),
                None => return Err(EncodingError::Unsupported { label }),
            },
            None => None,
        };
        match (marked, declared) {
            (Some(_), Some(Self::ShiftJis)) => Err(EncodingError::Contradiction),
            (_, declared) => Ok(declared.unwrap_or_default()),
        }
    }

    /// Decodes bytes, dropping a UTF-8 byte order mark.
    ///
    /// # Errors
    /// [`EncodingError::Malformed`] with the offset of the first byte that does not fit.
    pub fn decode(self, bytes: &[u8]) -> Result<String, EncodingError> {
        match self {
            Self::Utf8 => decode_utf8(bytes),
            Self::ShiftJis => decode_shift_jis(bytes),
        }
    }

    /// Encodes text. In Shift_JIS only characters that come back unchanged are written: no
    /// substitutes, no `&#…;`, no yen sign that turns into a backslash.
    ///
    /// # Errors
    /// [`EncodingError::Unmappable`] naming the first character without a place in the encoding.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, EncodingError> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::ShiftJis => encode_shift_jis(text),
        }
    }

    /// The number of bytes a character takes in the encoding.
    pub(crate) fn width(self, character: char) -> usize {
        match (self, character) {
            (Self::Utf8, _) => character.len_utf8(),
            (Self::ShiftJis, '\0'..='\u{80}' | '\u{FF61}'..='\u{FF9F}') => 1,
            (Self::ShiftJis, _) => 2,
        }
    }

    /// The length of a byte order mark at the start of the bytes.
    pub(crate) fn mark_length(self, bytes: &[u8]) -> usize {
        if self == Self::Utf8 && bytes.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 }
    }
}

fn declared_label(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..DECLARATION_REACH).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head);
    let declaration = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value.strip_prefix(quote)?.split_once(quote)?.0.to_owned())
}

fn decode_utf8(bytes: &[u8]) -> Result<String, EncodingError> {
    let body = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    let start = bytes.len() - body.len();
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(EncodingError::Malformed {
            encoding: Encoding::Utf8.label(),
            offset: start + error.valid_up_to(),
        }),
    }
}

fn decode_shift_jis(bytes: &[u8]) -> Result<String, EncodingError> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len()));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(bad, after) => Err(EncodingError::Malformed {
            encoding: Encoding::ShiftJis.label(),
            offset: read.saturating_sub(usize::from(bad) + usize::from(after)),
        }),
        DecoderResult::OutputFull => {
            Err(EncodingError::Malformed { encoding: Encoding::ShiftJis.label(), offset: read })
        }
    }
}

fn encode_shift_jis(text: &str) -> Result<Vec<u8>, EncodingError> {
    let (bytes, _, _) = SHIFT_JIS.encode(text);
    let back = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
    if back.is_some_and(|back| back == text) {
        return Ok(bytes.into_owned());
    }
    let character = text.chars().find(|c| !survives(*c)).unwrap_or(char::REPLACEMENT_CHARACTER);
    Err(EncodingError::Unmappable { character })
}

/// Whether Shift_JIS gives the character back as it was.
fn survives(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    let (bytes, _, lost) = SHIFT_JIS.encode(text);
    let back = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
    !lost && back.is_some_and(|back| back == text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn declaration_and_mark_decide() {
        for (bytes, expected) in [
            (&b"<XmlMsg/>"[..], Ok(Encoding::Utf8)),
            (b"<?xml version=\"1.0\"?>", Ok(Encoding::Utf8)),
            (b"<?xml version=\"1.0\" encoding=\"utf-8\"?>", Ok(Encoding::Utf8)),
            (
                b"<?xml version='1.0' encoding = 'Shift_JIS' standalone='no'?>",
                Ok(Encoding::ShiftJis),
            ),
            (b"<?xml version=\"1.0\" encoding=\"Windows-31J\"?>", Ok(Encoding::ShiftJis)),
            (b"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>", Ok(Encoding::Utf8)),
            (
                b"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>",
                Err(EncodingError::Contradiction),
            ),
            (
                b"<?xml version=\"1.0\" encoding=\"EUC-JP\"?>",
                Err(EncodingError::Unsupported { label: "EUC-JP".to_owned() }),
            ),
            (b"\xFF\xFE<\0", Err(EncodingError::Unsupported { label: "UTF-16".to_owned() })),
        ] {
            assert_eq!(Encoding::of_xml(bytes), expected);
        }
    }

    #[test]
    fn names_of_people_reach_windows_31j() {
        let text = "髙﨑①㈱～ｱﾎﾟ";
        let bytes = Encoding::ShiftJis.encode(text).unwrap();
        assert_eq!(Encoding::ShiftJis.decode(&bytes).unwrap(), text);
    }

    #[test]
    fn characters_outside_are_named_and_never_replaced() {
        for character in ['𠮷', '¥', '‾', '−', 'é', '\u{E000}'] {
            let text = format!("架空{character}");
            assert_eq!(
                Encoding::ShiftJis.encode(&text),
                Err(EncodingError::Unmappable { character })
            );
        }
    }

    #[test]
    fn malformed_bytes_are_placed() {
        for (encoding, bytes, place) in [
            (Encoding::Utf8, &b"ab\xFFc"[..], 2),
            (Encoding::Utf8, b"\xEF\xBB\xBFa\xFF", 4),
            (Encoding::ShiftJis, b"ab\xFD\x40", 2),
            (Encoding::ShiftJis, b"ab\x81", 2),
        ] {
            let Err(EncodingError::Malformed { offset, .. }) = encoding.decode(bytes) else {
                panic!("{bytes:?} decoded");
            };
            assert_eq!(offset, place, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn shift_jis_gives_back_what_it_takes(text in any::<String>()) {
            if let Ok(bytes) = Encoding::ShiftJis.encode(&text) {
                prop_assert_eq!(Encoding::ShiftJis.decode(&bytes).unwrap(), text);
            }
        }

        #[test]
        fn any_bytes_decode_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
                if let Ok(text) = encoding.decode(&bytes) {
                    let counted: usize = text.chars().map(|c| encoding.width(c)).sum();
                    prop_assert_eq!(counted + encoding.mark_length(&bytes), bytes.len());
                }
            }
            let _ = Encoding::of_xml(&bytes);
        }
    }
}
