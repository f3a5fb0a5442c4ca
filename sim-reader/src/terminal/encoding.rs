//! The two character encodings of the interface: UTF-8 and Shift_JIS, the latter as Windows-31J (CP932).

use encoding_rs::{SHIFT_JIS, UTF_8};
use serde::{Deserialize, Serialize};

/// The encoding of one file or message.
///
/// Source: public clients of the interface; requests in both encodings occur, answers state theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Encoding {
    /// `CharacterCodeIdentifier` 0.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// `CharacterCodeIdentifier` 1; Windows-31J in fact.
    #[serde(rename = "shift_jis")]
    ShiftJis,
}

/// Bytes that are not text in their encoding, or text that the encoding cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The bytes are not valid in the encoding they declare, or in neither when they declare none.
    #[error("the bytes are not valid {0}; save the file in the encoding its first line declares")]
    NotText(&'static str),
    /// The first line declares an encoding the interface does not know.
    #[error("the declared encoding is neither UTF-8 nor Shift_JIS")]
    Unknown,
    /// A character has no place in the encoding; nothing was replaced silently.
    #[error("the text holds a character that {0} cannot carry")]
    Unmappable(&'static str),
}

impl Encoding {
    /// The name written into an XML declaration.
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::ShiftJis => "Shift_JIS",
        }
    }

    /// `CharacterCodeIdentifier`: 0 UTF-8, 1 Shift_JIS (CD005).
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Utf8 => "0",
            Self::ShiftJis => "1",
        }
    }

    /// Text to bytes.
    ///
    /// # Errors
    /// [`EncodingError::Unmappable`] when a character would have to be replaced.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, EncodingError> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::ShiftJis => {
                let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
                if unmappable {
                    Err(EncodingError::Unmappable(self.label()))
                } else {
                    Ok(bytes.into_owned())
                }
            }
        }
    }

    /// Bytes to text, strictly; a UTF-8 byte order mark is dropped.
    ///
    /// # Errors
    /// [`EncodingError::NotText`] when a byte sequence is invalid.
    pub fn decode(self, bytes: &[u8]) -> Result<String, EncodingError> {
        let (text, malformed) = match self {
            Self::Utf8 => UTF_8.decode_with_bom_removal(bytes),
            Self::ShiftJis => SHIFT_JIS.decode_without_bom_handling(bytes),
        };
        if malformed { Err(EncodingError::NotText(self.label())) } else { Ok(text.into_owned()) }
    }
}

/// An XML file's text and the encoding it came in: the declared one, else whichever the bytes fit, UTF-8 first.
///
/// # Errors
/// [`EncodingError`] when the declaration names another encoding or the bytes do not fit it.
pub fn decode_xml(bytes: &[u8]) -> Result<(String, Encoding), EncodingError> {
    match declared(bytes) {
        Some(label) => {
            let encoding = from_label(&label).ok_or(EncodingError::Unknown)?;
            Ok((encoding.decode(bytes)?, encoding))
        }
        None => [Encoding::Utf8, Encoding::ShiftJis]
            .into_iter()
            .find_map(|encoding| Some((encoding.decode(bytes).ok()?, encoding)))
            .ok_or(EncodingError::NotText("UTF-8 or Shift_JIS")),
    }
}

/// The encoding a file wants its answer in, even when the file itself is broken.
pub fn wanted(bytes: &[u8]) -> Encoding {
    match declared(bytes) {
        Some(label) => from_label(&label).unwrap_or_default(),
        None => decode_xml(bytes).map_or_else(|_| Encoding::default(), |(_, encoding)| encoding),
    }
}

/// The value of `encoding` in the XML declaration, which is ASCII in both encodings.
fn declared(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(200))?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?.strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::to_owned)
}

/// Labels seen in the field; encoding_rs maps all Shift_JIS labels to Windows-31J.
fn from_label(label: &str) -> Option<Encoding> {
    match label.trim().to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Some(Encoding::Utf8),
        "shift_jis" | "shift-jis" | "sjis" | "x-sjis" | "windows-31j" | "ms932" | "cp932" => {
            Some(Encoding::ShiftJis)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_unmappable_character_is_an_error_and_not_a_replacement() {
        assert_eq!(
            Encoding::ShiftJis.encode("\u{20BB7}野"),
            Err(EncodingError::Unmappable("Shift_JIS"))
        );
    }

    #[test]
    fn the_vendor_extension_of_windows_31j_round_trips() {
        let bytes = Encoding::ShiftJis.encode("髙橋 ①").unwrap();
        assert_eq!(Encoding::ShiftJis.decode(&bytes).unwrap(), "髙橋 ①");
    }

    #[test]
    fn encoding_by_declaration_then_by_content() {
        let sjis = |text: &str| Encoding::ShiftJis.encode(text).unwrap();
        for (bytes, expected) in [
            (
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>花</a>".as_bytes().to_vec(),
                Encoding::Utf8,
            ),
            (sjis("<?xml version='1.0' encoding='Windows-31J'?><a>花</a>"), Encoding::ShiftJis),
            ("\u{feff}<?xml version=\"1.0\"?><a>花</a>".as_bytes().to_vec(), Encoding::Utf8),
            (sjis("<a>架空</a>"), Encoding::ShiftJis),
        ] {
            assert_eq!(decode_xml(&bytes).unwrap().1, expected);
        }
    }

    #[test]
    fn a_wrong_or_foreign_declaration_is_refused() {
        let mut lying = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>".to_vec();
        lying.extend(Encoding::ShiftJis.encode("架空</a>").unwrap());
        assert_eq!(decode_xml(&lying), Err(EncodingError::NotText("UTF-8")));
        let foreign = b"<?xml version=\"1.0\" encoding=\"EUC-JP\"?><a/>";
        assert_eq!(decode_xml(foreign), Err(EncodingError::Unknown));
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode_xml(&bytes);
            let _ = wanted(&bytes);
        }
    }
}
