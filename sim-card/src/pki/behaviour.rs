//! How the responder behaves: the right way, and each wrong way that a verifier must survive.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One behaviour of the status service. Whether an answer is good, revoked or unknown is decided by what the authority knows, not by this.
///
/// As JSON it is `{"behaviour":"stale"}` or `{"behaviour":"delayed","milliseconds":250}`; as text `stale` or `delayed:250`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "behaviour", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ResponderBehaviour {
    /// Signs every answer when it is asked.
    #[default]
    Answering,
    /// Signs once per certificate and period of 15 minutes, for the beginning of the period and without nonce.
    PreSigned,
    /// Takes the request and never answers: the client leaves first. A server that waits for open requests before it ends waits as long.
    Silent,
    /// Answers rightly, but late; so do the lists.
    Delayed {
        /// How late.
        milliseconds: u32,
    },
    /// Answers `tryLater`; the list is 503.
    TryLater,
    /// Answers `internalError`; the list is 500.
    InternalError,
    /// The answer is cut off in the middle.
    Malformed,
    /// The signature is empty.
    Unsigned,
    /// The signature is of other bytes.
    BadSignature,
    /// Signed by a responder of other keys under the same names.
    WrongSigner,
    /// The responder's certificate has ended.
    ExpiredResponder,
    /// An answer of two days ago; the list is as old.
    Stale,
    /// The nonce is not given back.
    NonceDropped,
    /// Another nonce is given back.
    NonceWrong,
}

/// A text that names no behaviour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no behaviour is called `{found}`; known are {known}", known = ResponderBehaviour::names())]
pub struct UnknownBehaviour {
    /// As given.
    pub found: String,
}

impl ResponderBehaviour {
    /// Every behaviour; the delay is an example.
    pub const ALL: [Self; 14] = [
        Self::Answering,
        Self::PreSigned,
        Self::Silent,
        Self::Delayed { milliseconds: 250 },
        Self::TryLater,
        Self::InternalError,
        Self::Malformed,
        Self::Unsigned,
        Self::BadSignature,
        Self::WrongSigner,
        Self::ExpiredResponder,
        Self::Stale,
        Self::NonceDropped,
        Self::NonceWrong,
    ];

    /// Every behaviour's name, for people.
    pub fn names() -> String {
        Self::ALL.map(|behaviour| behaviour.to_string()).join(", ")
    }

    fn word(self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::PreSigned => "pre-signed",
            Self::Silent => "silent",
            Self::Delayed { .. } => "delayed",
            Self::TryLater => "try-later",
            Self::InternalError => "internal-error",
            Self::Malformed => "malformed",
            Self::Unsigned => "unsigned",
            Self::BadSignature => "bad-signature",
            Self::WrongSigner => "wrong-signer",
            Self::ExpiredResponder => "expired-responder",
            Self::Stale => "stale",
            Self::NonceDropped => "nonce-dropped",
            Self::NonceWrong => "nonce-wrong",
        }
    }
}

impl fmt::Display for ResponderBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        if let Self::Delayed { milliseconds } = self {
            write!(f, ":{milliseconds}")?;
        }
        Ok(())
    }
}

impl FromStr for ResponderBehaviour {
    type Err = UnknownBehaviour;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownBehaviour { found: text.to_owned() };
        if let Some(milliseconds) = text.strip_prefix("delayed:") {
            let milliseconds = milliseconds.parse().map_err(|_| unknown())?;
            return Ok(Self::Delayed { milliseconds });
        }
        Self::ALL.into_iter().find(|known| known.to_string() == text).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_and_json_name_the_same_behaviours() {
        for behaviour in ResponderBehaviour::ALL {
            assert_eq!(behaviour.to_string().parse(), Ok(behaviour));
            let json = serde_json::to_value(behaviour).unwrap();
            assert_eq!(json["behaviour"], behaviour.word());
            assert_eq!(serde_json::from_value::<ResponderBehaviour>(json).unwrap(), behaviour);
        }
    }

    #[test]
    fn what_is_unknown_is_told_with_what_is_known() {
        for text in ["", "asleep", "delayed", "delayed:", "delayed:-1", "delayed:soon"] {
            let told = text.parse::<ResponderBehaviour>().unwrap_err().to_string();
            assert!(told.contains("delayed:250") && told.contains("nonce-wrong"), "{told}");
        }
        assert!("delayed:0".parse::<ResponderBehaviour>().is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            if let Ok(read) = text.parse::<ResponderBehaviour>() {
                prop_assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
