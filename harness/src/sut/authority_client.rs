//! What the bench asks of an authority client, and what it finds: one JSON object each. Bench profile: `docs/authority-client-protocol.md`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sim_backend::certificate::{Findings, Period, RevocationReason, Status};
use sim_reader::reader_link::Bytes;

/// The code of an error that says: no status could be had. A system error, and no refusal of anybody.
pub const NO_STATUS: &str = "no-status";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Op {
    /// Forget everything; whom to trust and where to ask from now on.
    Reset(Reset),
    /// Validate a user-authentication certificate: [`Found`].
    Validate {
        /// DER.
        certificate: Bytes,
        /// What time it is in the story.
        now: Timestamp,
    },
}

/// All that an authority client has to know of a new world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reset {
    /// What time it is in the story.
    pub now: Timestamp,
    /// Where OCSP is asked (`POST`, RFC 6960), of every authority.
    pub responder: String,
    /// Whose user-authentication certificates are trusted: of cards, and of phones.
    pub authorities: Vec<Trusted>,
}

/// One authority that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trusted {
    /// Its self-signed certificate, DER.
    pub certificate: Bytes,
    /// Where its whole revocation list is.
    pub crl: String,
    /// Where the same list as of the last midnight in Japan is.
    pub base_crl: String,
    /// Where the list of what changed since that midnight is.
    pub delta_crl: String,
}

/// Reply to [`Op::Validate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "path", rename_all = "kebab-case")]
pub enum Found {
    /// No trusted authority issued it for user authentication.
    Untrusted,
    /// One did.
    Trusted {
        /// Where the day lies in its period.
        period: Where,
        /// What the authority says of it.
        #[serde(flatten)]
        revocation: Revocation,
    },
}

/// Where an instant lies in a certificate's period, which both ends belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Before it.
    NotYet,
    /// Within it.
    Current,
    /// After it; grace is the backend's affair.
    Ended,
}

/// What the authority says of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "revocation", rename_all = "kebab-case")]
pub enum Revocation {
    /// Not revoked.
    Good,
    /// Revoked or held.
    Revoked {
        /// Why, where it is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revocation_reason: Option<Reason>,
        /// Since when.
        revoked_at: Timestamp,
    },
    /// The authority does not know it.
    Unknown,
}

/// Why a certificate was revoked. Source: RFC 5280 §5.3.1, by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the source")]
pub enum Reason {
    Unspecified,
    KeyCompromise,
    #[serde(rename = "cACompromise")]
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    PrivilegeWithdrawn,
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

impl Found {
    /// As the backend takes it; `None` for a certificate that is not trusted.
    pub fn findings(&self) -> Option<Findings> {
        match self {
            Self::Untrusted => None,
            Self::Trusted { period, revocation } => {
                Some(Findings { period: period.known(), status: revocation.known() })
            }
        }
    }
}

impl Where {
    fn known(self) -> Period {
        match self {
            Self::NotYet => Period::NotYet,
            Self::Current => Period::Current,
            Self::Ended => Period::Ended,
        }
    }
}

impl Revocation {
    fn known(&self) -> Status {
        match *self {
            Self::Good => Status::Good,
            Self::Revoked { revocation_reason, revoked_at } => {
                Status::Revoked { reason: revocation_reason.map(Reason::known), time: revoked_at }
            }
            Self::Unknown => Status::Unknown,
        }
    }
}

impl Reason {
    fn known(self) -> RevocationReason {
        match self {
            Self::Unspecified => RevocationReason::Unspecified,
            Self::KeyCompromise => RevocationReason::KeyCompromise,
            Self::CaCompromise => RevocationReason::CaCompromise,
            Self::AffiliationChanged => RevocationReason::AffiliationChanged,
            Self::Superseded => RevocationReason::Superseded,
            Self::CessationOfOperation => RevocationReason::CessationOfOperation,
            Self::CertificateHold => RevocationReason::CertificateHold,
            Self::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
            Self::AaCompromise => RevocationReason::AaCompromise,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_found_is_flat() {
        let revoked = json!({"path": "trusted", "period": "ended", "revocation": "revoked",
            "revocation_reason": "cACompromise", "revoked_at": "1970-01-01T00:00:00Z"});
        let found: Found = serde_json::from_value(revoked.clone()).unwrap();
        let reason = Some(RevocationReason::CaCompromise);
        let status = Status::Revoked { reason, time: Timestamp::UNIX_EPOCH };
        assert_eq!(found.findings(), Some(Findings { period: Period::Ended, status }));
        assert_eq!(serde_json::to_value(found).unwrap(), revoked);
        let untrusted: Found = serde_json::from_value(json!({"path": "untrusted"})).unwrap();
        assert_eq!(untrusted.findings(), None);
    }

    #[test]
    fn half_of_a_finding_is_none() {
        for half in [
            json!({"path": "trusted"}),
            json!({"path": "trusted", "period": "current"}),
            json!({"path": "trusted", "revocation": "good"}),
            json!({"path": "trusted", "period": "current", "revocation": "revoked"}),
            json!({"path": "trusted", "period": "current", "revocation": "fine"}),
        ] {
            assert!(serde_json::from_value::<Found>(half.clone()).is_err(), "{half}");
        }
    }
}
