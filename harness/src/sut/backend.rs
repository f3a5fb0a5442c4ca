//! What the bench orders of a backend that is the product: to begin a new world, and what time it is there. Bench profile.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

#[cfg(test)]
mod tests {
    use super::*;

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
