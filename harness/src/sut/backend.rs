//! What the bench orders of a backend that is the product: to begin a new world, and what time it is there. Bench profile.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sim_reader::terminal::xml;

use super::codes::{RejectClass, VendorCodes};

/// The code by which a backend says that it does not serve a message family. No refusal of anybody.
pub const NOT_SIMULATED: &str = "SIM-E1003";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Op {
    /// Forget everything, open the doors and tell where they are: [`Doors`].
    Reset(Box<Reset>),
    /// The story's clock goes on.
    Clock {
        /// What time it is.
        now: Timestamp,
    },
}

/// All that a backend has to know of a new world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reset {
    /// What time it is in the story.
    pub now: Timestamp,
    /// PEM file with TLS key and certificate of the institutions' door.
    pub identity: PathBuf,
    /// PEM file with the authority of the institutions' TLS certificates.
    pub client_ca: PathBuf,
    /// PEM files, each with one authority of user-authentication certificates that is trusted.
    pub trust: Vec<PathBuf>,
    /// Where OCSP is asked (`POST`), and whose certificate a serial is (`GET …/link/{serial}`).
    pub authority: String,
    /// Codes of the institutions that there are.
    pub institutions: Vec<String>,
    /// Whose cards are registered as insurance cards.
    pub registered: Vec<Registered>,
}

/// A card that was registered before the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Opaque person code, as insurers and the authority use it.
    pub person: String,
    /// Since when.
    pub at: Timestamp,
}

/// Reply to [`Op::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doors {
    /// `HOST:PORT` of mutual TLS 1.3, for `POST /oqs`.
    pub institutions: String,
    /// `http://HOST:PORT`, for `POST /feed/records`.
    pub insurers: String,
}

/// An answer with the code that terminals know in the place of the product's own, which moves into the message; `None` where there is
/// nothing to understand.
pub fn understood(codes: &VendorCodes, answer: &[u8]) -> Option<Vec<u8>> {
    let (mut root, encoding) = xml::parse(answer).ok()?;
    let header = root.children.iter_mut().find(|child| child.name == "MessageHeader")?;
    let own = header.text_of("ErrorCode")?.trim().to_owned();
    let known = known(codes.class(&own)?)?;
    let words = header.text_of("ErrorMessage").unwrap_or_default();
    let words = format!("{own}: {words}");
    header.set("ErrorMessage", &words);
    header.set("ErrorCode", known);
    xml::write(&root, encoding).ok()
}

/// The bench's code of a class that a backend can refuse by.
fn known(class: RejectClass) -> Option<&'static str> {
    match class {
        RejectClass::CertificateRefused => Some("SIM-E2001"),
        RejectClass::SignatureRefused => Some("SIM-E2002"),
        RejectClass::NotRegistered => Some("SIM-E2003"),
        RejectClass::SystemError => Some("SIM-E3001"),
        RejectClass::Closed
        | RejectClass::NoAnswer
        | RejectClass::WrongAnswer
        | RejectClass::NothingConfirmed
        | RejectClass::NoChart => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_products_own_becomes_the_one_of_its_class() {
        let codes: VendorCodes =
            serde_yaml::from_str("{V-17: certificate-refused, V-99: no-chart}").unwrap();
        let answer = |code: &str, words: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<XmlMsg><MessageHeader><SegmentOfResult>9</SegmentOfResult><ErrorCode>{code}</ErrorCode><ErrorMessage>{words}</ErrorMessage></MessageHeader></XmlMsg>"
            )
        };
        let told = understood(&codes, answer("V-17", "失効").as_bytes()).unwrap();
        let (root, _) = xml::parse(&told).unwrap();
        assert_eq!(root.anywhere("ErrorCode"), Some("SIM-E2001"));
        assert_eq!(root.anywhere("ErrorMessage"), Some("V-17: 失効"));
        for code in ["V-18", "V-99", "SIM-E2001"] {
            assert!(understood(&codes, answer(code, "-").as_bytes()).is_none(), "{code}");
        }
        assert!(understood(&codes, b"<XmlMsg/>").is_none());
    }

    #[test]
    fn the_order_is_flat() {
        let reset = Reset {
            now: Timestamp::UNIX_EPOCH,
            identity: "a.pem".into(),
            client_ca: "b.pem".into(),
            trust: vec!["c.pem".into()],
            authority: "http://127.0.0.1:1".to_owned(),
            institutions: vec!["1319999999".to_owned()],
            registered: vec![Registered { person: "P-1".to_owned(), at: Timestamp::UNIX_EPOCH }],
        };
        assert_eq!(
            serde_json::to_string(&Op::Reset(Box::new(reset))).unwrap(),
            r#"{"op":"reset","now":"1970-01-01T00:00:00Z","identity":"a.pem","client_ca":"b.pem","trust":["c.pem"],"authority":"http://127.0.0.1:1","institutions":["1319999999"],"registered":[{"person":"P-1","at":"1970-01-01T00:00:00Z"}]}"#
        );
    }
}
