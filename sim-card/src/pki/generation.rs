//! Generations of the hierarchy: which keys sign under the one name, and the link certificates between them.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rsa::RsaPrivateKey;
use serde::{Deserialize, Serialize};

use super::{
    authority::AuthorityError,
    ca::{CA_NOT_AFTER, CA_NOT_BEFORE, Ca, FORMER_NOT_AFTER, FORMER_NOT_BEFORE, Order},
    keys::{FixtureKey, fixture_key},
    municipality::Municipality,
    names::{self, CaKind},
    ocsp::{OcspQuestion, Responder},
    profile::CertificateKind,
};
use crate::rsa_signing::RsaSigner;

/// Serial number of the responder's certificate; cards start well above.
const RESPONDER_SERIAL: u64 = 2;
/// Serial number of the responder's certificate that has ended.
const EXPIRED_RESPONDER_SERIAL: u64 = 3;
/// The Japanese year 2023, long over in every story.
const EXPIRED_NOT_AFTER: Timestamp = Timestamp::constant(1_704_034_799, 0);

/// Whose keys sign. All generations share their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Generation {
    /// The hierarchy that verifiers trust.
    #[default]
    Current,
    /// The keys before the last change of key; link certificates lead from and to [`Self::Current`].
    Former,
    /// Other keys under the very same names: who compares only names is fooled.
    Foreign,
}

impl Generation {
    fn key(self, ca: CaKind) -> FixtureKey {
        match (self, ca) {
            (Self::Current, CaKind::UserAuthentication) => FixtureKey::UserAuthenticationCa,
            (Self::Current, CaKind::DigitalSignature) => FixtureKey::DigitalSignatureCa,
            (Self::Former, CaKind::UserAuthentication) => FixtureKey::FormerUserAuthenticationCa,
            (Self::Former, CaKind::DigitalSignature) => FixtureKey::FormerDigitalSignatureCa,
            // Smartphones have known one generation only, so the two hierarchies that are ours hold the same keys.
            (Self::Current | Self::Former, CaKind::MobileUserAuthentication) => {
                FixtureKey::MobileUserAuthenticationCa
            }
            (Self::Current | Self::Former, CaKind::MobileDigitalSignature) => {
                FixtureKey::MobileDigitalSignatureCa
            }
            (Self::Foreign, CaKind::UserAuthentication | CaKind::MobileUserAuthentication) => {
                FixtureKey::ForeignUserAuthenticationCa
            }
            (Self::Foreign, CaKind::DigitalSignature | CaKind::MobileDigitalSignature) => {
                FixtureKey::ForeignDigitalSignatureCa
            }
        }
    }

    /// A hierarchy whose signature nobody expects under this one's name.
    pub(crate) fn stranger(self) -> Self {
        match self {
            Self::Current | Self::Former => Self::Foreign,
            Self::Foreign => Self::Current,
        }
    }
}

/// The authorities and responders of one generation: everything that does not change while a bench runs.
pub(crate) struct Hierarchy {
    pub(crate) generation: Generation,
    pub(crate) user_authentication: Ca,
    pub(crate) digital_signature: Ca,
    mobile_user_authentication: Ca,
    mobile_digital_signature: Ca,
    responders: [Responders; CaKind::ALL.len()],
}

/// Who answers about the certificates of one authority.
struct Responders {
    ca: CaKind,
    valid: Responder,
    /// The same key under a certificate that has ended.
    expired: Responder,
}

impl Hierarchy {
    /// The hierarchy of a generation, made once per process.
    pub(crate) fn of(generation: Generation) -> Result<Arc<Self>, AuthorityError> {
        static CURRENT: OnceLock<Arc<Hierarchy>> = OnceLock::new();
        static FORMER: OnceLock<Arc<Hierarchy>> = OnceLock::new();
        static FOREIGN: OnceLock<Arc<Hierarchy>> = OnceLock::new();
        let cell = match generation {
            Generation::Current => &CURRENT,
            Generation::Former => &FORMER,
            Generation::Foreign => &FOREIGN,
        };
        if let Some(made) = cell.get() {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(Self::make(generation)?);
        Ok(Arc::clone(cell.get_or_init(|| made)))
    }

    fn make(generation: Generation) -> Result<Self, AuthorityError> {
        let ca = |kind| Ca::new(kind, generation, generation.key(kind));
        let user_authentication = ca(CaKind::UserAuthentication)?;
        let digital_signature = ca(CaKind::DigitalSignature)?;
        let mobile_user_authentication = ca(CaKind::MobileUserAuthentication)?;
        let mobile_digital_signature = ca(CaKind::MobileDigitalSignature)?;
        // One key for all, decoded once: that costs as much as signing.
        let key = fixture_key(FixtureKey::OcspResponder)?;
        let responders = [
            Responders::of(&user_authentication, &key)?,
            Responders::of(&digital_signature, &key)?,
            Responders::of(&mobile_user_authentication, &key)?,
            Responders::of(&mobile_digital_signature, &key)?,
        ];
        Ok(Self {
            generation,
            user_authentication,
            digital_signature,
            mobile_user_authentication,
            mobile_digital_signature,
            responders,
        })
    }

    pub(crate) fn ca(&self, kind: CaKind) -> &Ca {
        match kind {
            CaKind::UserAuthentication => &self.user_authentication,
            CaKind::DigitalSignature => &self.digital_signature,
            CaKind::MobileUserAuthentication => &self.mobile_user_authentication,
            CaKind::MobileDigitalSignature => &self.mobile_digital_signature,
        }
    }

    /// Who answers for an authority.
    pub(crate) fn responder(&self, ca: CaKind) -> &Responder {
        &self.responders_of(ca).valid
    }

    /// Who answers for an authority with a certificate that has ended.
    pub(crate) fn expired_responder(&self, ca: CaKind) -> &Responder {
        &self.responders_of(ca).expired
    }

    fn responders_of(&self, ca: CaKind) -> &Responders {
        let [user, rest @ ..] = &self.responders;
        rest.iter().find(|responders| responders.ca == ca).unwrap_or(user)
    }

    /// The authority that a question names first. Who names none of them is answered by that for user authentication.
    pub(crate) fn asked(&self, question: &OcspQuestion) -> CaKind {
        let answers = |id| self.responders.iter().find(|of| of.valid.answers_for(id));
        let found = question.certificates().iter().find_map(answers);
        found.map_or(CaKind::UserAuthentication, |responders| responders.ca)
    }
}

impl Responders {
    fn of(ca: &Ca, key: &RsaPrivateKey) -> Result<Self, AuthorityError> {
        let responder = |serial, end| responder(ca, key.clone(), serial, end);
        let valid = responder(RESPONDER_SERIAL, CA_NOT_AFTER)?;
        let expired = responder(EXPIRED_RESPONDER_SERIAL, EXPIRED_NOT_AFTER)?;
        Ok(Self { ca: ca.kind, valid, expired })
    }
}

fn responder(
    ca: &Ca,
    key: RsaPrivateKey,
    serial: u64,
    not_after: Timestamp,
) -> Result<Responder, AuthorityError> {
    let certificate = ca.issue(&Order {
        kind: CertificateKind::OcspResponder,
        subject: names::responder_name(ca.kind)?,
        serial,
        not_before: CA_NOT_BEFORE,
        not_after,
        key: key.as_public_key(),
        municipality: Municipality::default(),
    })?;
    Responder::new(RsaSigner::new(key), certificate, &ca.certificate)
}

/// The certificates that lead a verifier from one generation's key to the other's. Source: RFC 4210 §4.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// DER: the current key under the former one, for verifiers that still trust the former certificate.
    pub new_with_old: Vec<u8>,
    /// DER: the former key under the current one, for verifiers that only trust the current certificate.
    pub old_with_new: Vec<u8>,
}

impl Links {
    /// The links of one of the card's two authorities; smartphones have one generation and no link.
    ///
    /// # Errors
    /// [`AuthorityError`] when an embedded key is damaged.
    pub fn of(kind: CaKind) -> Result<Option<Self>, AuthorityError> {
        match kind {
            CaKind::UserAuthentication | CaKind::DigitalSignature => Self::between(kind).map(Some),
            CaKind::MobileUserAuthentication | CaKind::MobileDigitalSignature => Ok(None),
        }
    }

    fn between(kind: CaKind) -> Result<Self, AuthorityError> {
        let (old, new) = (Hierarchy::of(Generation::Former)?, Hierarchy::of(Generation::Current)?);
        let (old, new) = (old.ca(kind), new.ca(kind));
        Ok(Self {
            new_with_old: old.link(new, (CA_NOT_BEFORE, FORMER_NOT_AFTER))?,
            old_with_new: new.link(old, (FORMER_NOT_BEFORE, FORMER_NOT_AFTER))?,
        })
    }
}
