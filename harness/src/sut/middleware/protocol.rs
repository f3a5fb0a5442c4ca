//! What the bench's reader asks of card middleware, and what it replies: one JSON object each. Bench profile.

use serde::{Deserialize, Serialize};
use sim_reader::reader_link::Bytes;

/// What to do with the card that lies on the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Op {
    /// Forget every card, and tell where cards are awaited: [`Door`].
    Reset,
    /// Tell what kind of token lies there, and which: [`Token`].
    Recognise,
    /// Tell whether it says that it carries a user-authentication certificate: [`Presence`].
    HasCertificate,
    /// Read that certificate: [`Certificate`].
    Certificate,
    /// Tell how many tries the PIN has left, which costs none: [`Tries`].
    TriesLeft,
    /// Present the PIN: [`PinChecked`].
    VerifyPin {
        /// Four digits.
        pin: String,
    },
    /// Open the face record with 照合番号B and read it: [`Record`].
    FaceRecord {
        /// 照合番号B.
        reference_number: String,
    },
    /// Show the terminal's certificate to the card and bring its challenge: [`Challenge`].
    ShowTerminal {
        /// Card-verifiable.
        certificate: Bytes,
    },
    /// Bring the card what the terminal made of its challenge.
    ProveTerminal {
        /// The terminal's signature over the challenge.
        signature: Bytes,
    },
    /// Have the user-authentication key sign: [`Signature`].
    Sign {
        /// A SHA-256 value.
        digest: Bytes,
    },
    /// Make the JPKI application the current one again.
    Select,
    /// Tell an iPhone that nothing more is asked of it.
    EndSession,
}

/// Reply to [`Op::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// `HOST:PORT` of the product's virtual reader, which speaks as vpcd does.
    pub card: String,
}

/// Reply to [`Op::Recognise`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// What it is.
    pub token: TokenKind,
    /// Tells this token from every other one; of a token that is none of the known ones there is no need of it.
    pub serial: Option<String>,
}

/// What lies on the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A My Number Card.
    Card,
    /// An Android phone with a certificate.
    Android,
    /// An iPhone with a certificate.
    Iphone,
    /// Something else with a chip.
    Other,
}

/// Reply to [`Op::HasCertificate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether it says so; a card that says nothing is taken to carry one.
    pub present: bool,
}

/// Reply to [`Op::Certificate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// DER; absent when the file is empty.
    pub certificate: Option<Bytes>,
}

/// Reply to [`Op::TriesLeft`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// 0 when the PIN is blocked; absent when the card has none.
    pub tries_left: Option<u8>,
}

/// Reply to [`Op::VerifyPin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinChecked {
    /// Whether it was the PIN.
    pub right: bool,
    /// Tries left after a wrong one.
    pub tries_left: Option<u8>,
}

/// Reply to [`Op::FaceRecord`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// EF 0002 of 券面事項確認AP.
    pub record: Bytes,
    /// EF 0004 of it.
    pub issuer_certificate: Bytes,
}

/// Reply to [`Op::ShowTerminal`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// 16 bytes.
    pub challenge: Bytes,
}

/// Reply to [`Op::Sign`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// RSASSA-PKCS1-v1_5.
    pub signature: Bytes,
}

/// A reply of status `rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The card's status word, four hexadecimal digits.
    pub sw: String,
}

impl Refusal {
    /// The status word; `None` when the text is none.
    pub fn status_word(&self) -> Option<u16> {
        u16::from_str_radix(&self.sw, 16).ok().filter(|_| self.sw.len() == 4)
    }
}

/// Codes of a reply of status `error` that tell of the card and not of the product.
pub mod code {
    /// The card is gone.
    pub const REMOVED: &str = "removed";
    /// The card is there and says nothing.
    pub const MUTE: &str = "mute";
    /// What the card said cannot be made sense of.
    pub const UNREADABLE: &str = "unreadable";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_as_documented() {
        let line = |op: Op| serde_json::to_string(&op).unwrap();
        assert_eq!(line(Op::HasCertificate), r#"{"op":"has-certificate"}"#);
        assert_eq!(line(Op::Sign { digest: Bytes(vec![1]) }), r#"{"op":"sign","digest":"AQ=="}"#);
    }

    #[test]
    fn only_four_digits_are_a_status_word() {
        for (sw, expected) in
            [("6A82", Some(0x6A82)), ("6982", Some(0x6982)), ("82", None), ("6A8G", None)]
        {
            assert_eq!(Refusal { sw: sw.to_owned() }.status_word(), expected, "{sw}");
        }
    }
}
