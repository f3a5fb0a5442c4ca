//! The authority as others see it: issue, revoke, hold, release, renew, and tell about what was issued.

use std::sync::Arc;

use der::Encode;
use jiff::{Timestamp, civil::Date, tz::Offset};
use rsa::RsaPublicKey;
use x509_cert::{name::Name, serial_number::SerialNumber};

use super::{
    ca::{Hierarchy, Order},
    crl::{self, RevocationReason},
    keys::KeyError,
    ledger::{Change, Ledger, StandingError},
    names::{self, CaKind, HolderFacts},
    ocsp::{OcspDraft, OcspQuestion},
    profile::CertificateKind,
    validity::regular_end,
};

/// Whose keys sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Generation {
    /// The hierarchy that verifiers trust.
    #[default]
    Current,
    /// Other keys under the very same names: who compares only names is fooled.
    Foreign,
}

/// How to set up an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityConfig {
    /// Whose keys sign.
    pub generation: Generation,
    /// OCSP URL written into user-authentication certificates.
    pub ocsp_url: String,
}

impl Default for AuthorityConfig {
    fn default() -> Self {
        let ocsp_url = String::from("http://ocsp.madoguchi.invalid");
        Self { generation: Generation::Current, ocsp_url }
    }
}

/// A certificate asked for.
#[derive(Debug, Clone)]
pub struct IssueRequest<'a> {
    /// Opaque person code; the link service tells it, no certificate shows it.
    pub holder: String,
    /// Decides the regular end.
    pub birthdate: Date,
    /// Moment of issue, notBefore.
    pub at: Timestamp,
    /// Last day of the card.
    pub card_expiry: Date,
    /// The card's public key.
    pub key: &'a RsaPublicKey,
    /// Another end than the regular one (bench profile).
    pub not_after: Option<Timestamp>,
}

/// A digital-signature certificate asked for.
#[derive(Debug, Clone)]
pub struct SignatureIssueRequest<'a> {
    /// What both kinds need.
    pub issue: IssueRequest<'a>,
    /// 氏名, parts separated by U+3000.
    pub name: String,
    /// 住所, at most 200 characters.
    pub address: String,
    /// 性別: `1` male, `2` female, `3` other.
    pub sex: char,
}

/// What a renewal needs beyond the old certificate.
#[derive(Debug, Clone)]
pub struct RenewRequest<'a> {
    /// Moment of renewal.
    pub at: Timestamp,
    /// Last day of the card.
    pub card_expiry: Date,
    /// The card's new public key.
    pub key: &'a RsaPublicKey,
    /// Another end than the regular one (bench profile).
    pub not_after: Option<Timestamp>,
}

/// A certificate given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Content bytes of the serial number's INTEGER, big-endian.
    pub serial: Vec<u8>,
    /// DER.
    pub certificate: Vec<u8>,
}

/// What the authority cannot do.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// An embedded key is damaged.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate or list could not be built.
    #[error("cannot build: {0}")]
    Build(#[from] x509_cert::builder::Error),
    /// A value does not fit into DER.
    #[error("cannot encode: {0}")]
    Encode(#[from] der::Error),
    /// A public key does not fit into a certificate.
    #[error("cannot encode the public key: {0}")]
    PublicKey(#[from] x509_cert::spki::Error),
    /// A time before 1970 or beyond the calendar.
    #[error("a date lies outside of what certificates can say")]
    DateOutOfRange,
    /// The certificate would end before it begins; the card has expired.
    #[error("the certificate would end at {not_after}, before its beginning at {not_before}")]
    ReversedPeriod {
        /// Moment of issue.
        not_before: Timestamp,
        /// End.
        not_after: Timestamp,
    },
    /// Nothing was issued under this serial number.
    #[error("no certificate has the serial number {serial}")]
    UnknownSerial {
        /// Hexadecimal.
        serial: String,
    },
    /// Only user-authentication certificates are renewed; the others are issued anew, since they carry name and address.
    #[error("certificate {serial} is not for user authentication")]
    NotForUserAuthentication {
        /// Hexadecimal.
        serial: String,
    },
    /// The change of standing is not allowed.
    #[error(transparent)]
    Standing(#[from] StandingError),
}

/// Both certification authorities, all they issued, and the standing of each certificate.
pub struct Authority {
    hierarchy: Arc<Hierarchy>,
    ocsp_url: String,
    ledger: Ledger,
}

impl Authority {
    /// Sets up an authority that has issued nothing.
    ///
    /// # Errors
    /// [`AuthorityError::Key`] when an embedded key is damaged.
    pub fn new(config: AuthorityConfig) -> Result<Self, AuthorityError> {
        let hierarchy = Hierarchy::of(config.generation)?;
        Ok(Self { hierarchy, ocsp_url: config.ocsp_url, ledger: Ledger::default() })
    }

    /// DER of the user-authentication CA's certificate.
    pub fn ca_certificate(&self) -> &[u8] {
        &self.hierarchy.user_authentication.der
    }

    /// DER of the digital-signature CA's certificate.
    pub fn signature_ca_certificate(&self) -> &[u8] {
        &self.hierarchy.digital_signature.der
    }

    /// Issues a 利用者証明用電子証明書.
    ///
    /// # Errors
    /// [`AuthorityError::ReversedPeriod`] for an expired card; dates out of range; a key that does not encode.
    pub fn issue_user_authentication(
        &mut self,
        request: IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let subject = names::user_subject(&request.holder, self.ledger.next_serial())?;
        let kind = CertificateKind::UserAuthentication { ocsp_url: self.ocsp_url.clone() };
        self.issue(CaKind::UserAuthentication, kind, subject, &request)
    }

    /// Issues a 署名用電子証明書.
    ///
    /// # Errors
    /// As [`Self::issue_user_authentication`].
    pub fn issue_digital_signature(
        &mut self,
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let SignatureIssueRequest { issue, name, address, sex } = request;
        let applied = Offset::constant(9).to_datetime(issue.at);
        let subject = names::signature_subject(applied, self.ledger.next_serial())?;
        let facts = HolderFacts { name, birthdate: issue.birthdate, sex, address };
        let alternative_names = facts.alternative_names()?;
        let kind = CertificateKind::DigitalSignature { alternative_names };
        self.issue(CaKind::DigitalSignature, kind, subject, &issue)
    }

    fn issue(
        &mut self,
        ca: CaKind,
        kind: CertificateKind,
        subject: Name,
        request: &IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let serial = self.ledger.next_serial();
        let IssueRequest { holder, birthdate, at, card_expiry, key, not_after } = request;
        let not_after = not_after.map_or_else(|| regular_end(*birthdate, *at, *card_expiry), Ok)?;
        if not_after < *at {
            return Err(AuthorityError::ReversedPeriod { not_before: *at, not_after });
        }
        let order = Order { kind, subject, serial, not_before: *at, not_after, key };
        let certificate = self.hierarchy.ca(ca).issue(&order)?.to_der()?;
        self.ledger.enter(serial, ca, holder, *birthdate, *at);
        Ok(Issued {
            serial: SerialNumber::<x509_cert::certificate::Rfc5280>::from(serial)
                .as_bytes()
                .to_vec(),
            certificate,
        })
    }

    /// Revokes for good; [`RevocationReason::CertificateHold`] is the same as [`Self::hold`].
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`]; [`AuthorityError::Standing`] when it is revoked already or `at` goes back in time.
    pub fn revoke(
        &mut self,
        serial: &[u8],
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<(), AuthorityError> {
        self.change(serial, Change::Revoke(reason), at)
    }

    /// Suspends (一時停止), as after a report of loss.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`]; [`AuthorityError::Standing`] when it is not good.
    pub fn hold(&mut self, serial: &[u8], at: Timestamp) -> Result<(), AuthorityError> {
        self.change(serial, Change::Hold, at)
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`]; [`AuthorityError::Standing`] when it is not held.
    pub fn release(&mut self, serial: &[u8], at: Timestamp) -> Result<(), AuthorityError> {
        self.change(serial, Change::Release, at)
    }

    fn change(
        &mut self,
        serial: &[u8],
        change: Change,
        at: Timestamp,
    ) -> Result<(), AuthorityError> {
        let record = self.ledger.find_mut(serial).ok_or_else(|| unknown(serial))?;
        Ok(record.change(change, at)?)
    }

    /// Issues the same person a new user-authentication certificate and revokes the old one as superseded unless it is revoked already.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`], [`AuthorityError::NotForUserAuthentication`], and those of issuing.
    pub fn renew(
        &mut self,
        serial: &[u8],
        request: RenewRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let old = self.ledger.find(serial).ok_or_else(|| unknown(serial))?;
        if old.ca != CaKind::UserAuthentication {
            let serial = hex::encode(serial);
            return Err(AuthorityError::NotForUserAuthentication { serial });
        }
        let RenewRequest { at, card_expiry, key, not_after } = request;
        let (holder, birthdate) = (old.holder.clone(), old.birthdate);
        let issued = self.issue_user_authentication(IssueRequest {
            holder,
            birthdate,
            at,
            card_expiry,
            key,
            not_after,
        })?;
        match self.revoke(serial, RevocationReason::Superseded, at) {
            Ok(()) | Err(AuthorityError::Standing(StandingError::AlreadyRevoked)) => Ok(issued),
            Err(other) => Err(other),
        }
    }

    /// The full revocation list of the user-authentication CA as of `this_update`.
    ///
    /// # Errors
    /// [`AuthorityError::DateOutOfRange`] before 1970.
    pub fn crl(
        &self,
        this_update: Timestamp,
        next_update: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        let ca = &self.hierarchy.user_authentication;
        crl::list(ca, &self.ledger, this_update, next_update)
    }

    /// The full revocation list of the digital-signature CA as of `this_update`.
    ///
    /// # Errors
    /// As [`Self::crl`].
    pub fn signature_crl(
        &self,
        this_update: Timestamp,
        next_update: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        let ca = &self.hierarchy.digital_signature;
        crl::list(ca, &self.ledger, this_update, next_update)
    }

    /// Answers a DER OCSPRequest with a DER OCSPResponse about user-authentication certificates; costs one RSA signature.
    ///
    /// Anything that is no OCSPRequest gets the answer `malformedRequest`. Certificates of other CAs are `unknown`.
    pub fn ocsp(&self, request: &[u8], at: Timestamp) -> Vec<u8> {
        self.ocsp_draft(request, at).sign()
    }

    /// As [`Self::ocsp`], but leaves the signature to the caller, who may release the authority before.
    pub fn ocsp_draft(&self, request: &[u8], at: Timestamp) -> OcspDraft {
        let answer = OcspQuestion::parse(request).and_then(|question| {
            self.hierarchy.responder.answer(question, at, |serial| {
                let record = self.ledger.find(serial)?;
                (record.ca == CaKind::UserAuthentication).then(|| record.standing(at)).flatten()
            })
        });
        OcspDraft { hierarchy: Arc::clone(&self.hierarchy), answer }
    }

    /// The person code behind a serial number (シリアル番号紐付け, bench profile).
    pub fn person_of(&self, serial: &[u8]) -> Option<&str> {
        self.ledger.find(serial).map(|record| record.holder.as_str())
    }
}

fn unknown(serial: &[u8]) -> AuthorityError {
    AuthorityError::UnknownSerial { serial: hex::encode(serial) }
}
