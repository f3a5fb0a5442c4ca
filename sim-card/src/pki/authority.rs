//! The authority as others see it: issue, revoke, hold, release, renew, and tell about what was issued.

use std::sync::Arc;

use der::Encode;
use jiff::{Timestamp, civil::Date, tz::Offset};
use rsa::RsaPublicKey;
use x509_cert::{name::Name, serial_number::SerialNumber};

pub use super::authority_error::AuthorityError;
use super::{
    ca::Order,
    crl::{self, ListKind, ListOrder, RevocationReason},
    crl_stream::{self, Entry},
    generation::{Generation, Hierarchy},
    ledger::{Change, Ledger, Record},
    municipality::Municipality,
    names::{self, CaKind, HolderFacts},
    ocsp::{OcspDraft, OcspQuestion},
    office::Office,
    profile::CertificateKind,
    validity::regular_end,
};
use crate::population::Population;

/// Hosts of the real service.
const REAL_SERVICE: &str = "jpki.go.jp";

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

/// Both certification authorities, all they issued, and the standing of each certificate.
pub struct Authority {
    hierarchy: Arc<Hierarchy>,
    ocsp_url: String,
    pub(crate) ledger: Ledger,
}

impl Authority {
    /// Sets up an authority that has issued nothing.
    ///
    /// # Errors
    /// [`AuthorityError::Key`] when an embedded key is damaged; [`AuthorityError::RealResponder`].
    pub fn new(config: AuthorityConfig) -> Result<Self, AuthorityError> {
        if config.ocsp_url.to_ascii_lowercase().contains(REAL_SERVICE) {
            return Err(AuthorityError::RealResponder { url: config.ocsp_url });
        }
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

    /// DER of the self-signed certificate of any of the authorities.
    pub fn certificate_of(&self, ca: CaKind) -> &[u8] {
        &self.hierarchy.ca(ca).der
    }

    /// The counter of a municipality, where certificates are applied for.
    pub fn office(&mut self, municipality: Municipality) -> Office<'_> {
        Office::new(self, municipality)
    }

    /// Lets the authority know a population: it answers for every certificate of every citizen, opened or not, without a record of any.
    ///
    /// # Errors
    /// [`AuthorityError::OtherPopulation`] when it knows another one.
    pub fn introduce(&mut self, population: Population) -> Result<(), AuthorityError> {
        self.ledger.introduce(population).then_some(()).ok_or(AuthorityError::OtherPopulation)
    }

    /// How many certificates the authority keeps a record of: all but those of its population, and of these the ones that something happened to.
    pub fn records(&self) -> usize {
        self.ledger.written()
    }

    /// Issues a 利用者証明用電子証明書 at the counter of the fictitious default municipality.
    ///
    /// # Errors
    /// [`AuthorityError::ReversedPeriod`] for an expired card; dates out of range; a key that does not encode.
    pub fn issue_user_authentication(
        &mut self,
        request: IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.office(Municipality::default()).issue_user_authentication(request)
    }

    /// Issues a 署名用電子証明書 at the counter of the fictitious default municipality.
    ///
    /// # Errors
    /// As [`Self::issue_user_authentication`].
    pub fn issue_digital_signature(
        &mut self,
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.office(Municipality::default()).issue_digital_signature(request)
    }

    pub(crate) fn issue_at(
        &mut self,
        (ca, municipality): (CaKind, &Municipality),
        serial: Option<u64>,
        request: &IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let number = serial.unwrap_or_else(|| self.ledger.next_serial());
        let subject = names::user_subject(&request.holder, number, municipality)?;
        let kind = CertificateKind::UserAuthentication { ocsp_url: self.ocsp_url.clone() };
        self.issue((ca, municipality), serial, (kind, subject), request)
    }

    pub(crate) fn issue_named_at(
        &mut self,
        (ca, municipality): (CaKind, &Municipality),
        serial: Option<u64>,
        facts: &HolderFacts,
        request: &IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let applied = Offset::constant(9).to_datetime(request.at);
        let number = serial.unwrap_or_else(|| self.ledger.next_serial());
        let subject = names::signature_subject(applied, number, municipality)?;
        let alternative_names = facts.alternative_names()?;
        let kind = CertificateKind::DigitalSignature { alternative_names };
        self.issue((ca, municipality), serial, (kind, subject), request)
    }

    /// Signs, and makes a record unless the certificate is one of the population, whose serial number is told.
    fn issue(
        &mut self,
        (ca, municipality): (CaKind, &Municipality),
        computed: Option<u64>,
        (kind, subject): (CertificateKind, Name),
        request: &IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let serial = computed.unwrap_or_else(|| self.ledger.next_serial());
        let IssueRequest { holder, birthdate, at, card_expiry, key, not_after } = request;
        let not_after = not_after.map_or_else(|| regular_end(*birthdate, *at, *card_expiry), Ok)?;
        if not_after < *at {
            return Err(AuthorityError::ReversedPeriod { not_before: *at, not_after });
        }
        let municipality = municipality.clone();
        let valid = (*at, not_after);
        let record = Record::new(ca, holder, *birthdate, municipality.clone(), valid);
        let order = Order { kind, subject, serial, not_before: *at, not_after, key, municipality };
        let certificate = self.hierarchy.ca(ca).issue(&order)?.to_der()?;
        if computed.is_none() {
            self.ledger.enter(serial, record);
        }
        Ok(Issued { serial: content(serial), certificate })
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

    pub(crate) fn change(
        &mut self,
        serial: &[u8],
        change: Change,
        at: Timestamp,
    ) -> Result<(), AuthorityError> {
        let (serial, record) = self.changed(serial, change, at)?;
        self.ledger.enter(serial, record);
        Ok(())
    }

    /// The record after a change that is not entered yet.
    pub(crate) fn changed(
        &self,
        serial: &[u8],
        change: Change,
        at: Timestamp,
    ) -> Result<(u64, Record), AuthorityError> {
        Ok(self.ledger.changed(serial, change, at).ok_or_else(|| unknown(serial))??)
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
        let (ca, kind) = (CaKind::UserAuthentication, ListKind::Full);
        self.list(&ListOrder { ca, kind, this_update, next_update })
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
        let (ca, kind) = (CaKind::DigitalSignature, ListKind::Full);
        self.list(&ListOrder { ca, kind, this_update, next_update })
    }

    /// Any list.
    ///
    /// # Errors
    /// As [`Self::crl`].
    pub fn list(&self, order: &ListOrder) -> Result<Vec<u8>, AuthorityError> {
        let mut list = Vec::new();
        let entries = crl::entries(&self.ledger, order);
        self.write_list_of(order, entries, &mut list)?;
        Ok(list)
    }

    /// As [`Self::list`], but signed by other keys under the same name: a verifier must not believe it.
    ///
    /// # Errors
    /// As [`Self::crl`].
    pub fn list_by_stranger(&self, order: &ListOrder) -> Result<Vec<u8>, AuthorityError> {
        let stranger = self.stranger()?;
        let ca = stranger.ca(order.ca);
        let mut list = Vec::new();
        let entries = crl::entries(&self.ledger, order);
        crl_stream::write(ca, &crl::frame(ca, order)?, entries, &mut list)?;
        Ok(list)
    }

    pub(crate) fn hierarchy(&self) -> Arc<Hierarchy> {
        Arc::clone(&self.hierarchy)
    }

    /// Other keys under the same names.
    pub(crate) fn stranger(&self) -> Result<Arc<Hierarchy>, AuthorityError> {
        Hierarchy::of(self.hierarchy.generation.stranger())
    }

    /// The entries of a list, by rising serial number.
    pub(crate) fn entries(&self, order: &ListOrder) -> Vec<Entry> {
        crl::entries(&self.ledger, order).collect()
    }

    /// A list of any entries, by rising serial number, written out while it is made; memory does not grow with it.
    ///
    /// # Errors
    /// As [`Self::crl`], and [`AuthorityError::Write`].
    pub fn write_list_of(
        &self,
        order: &ListOrder,
        entries: impl Iterator<Item = Entry> + Clone,
        out: impl std::io::Write,
    ) -> Result<(), AuthorityError> {
        let ca = self.hierarchy.ca(order.ca);
        crl_stream::write(ca, &crl::frame(ca, order)?, entries, out)
    }

    /// Answers a DER OCSPRequest with a DER OCSPResponse; costs one RSA signature.
    ///
    /// The responder of the authority that is asked about signs. One answer has one signer, so certificates of other authorities in the same request
    /// are `unknown`. Anything that is no OCSPRequest gets the answer `malformedRequest`.
    pub fn ocsp(&self, request: &[u8], at: Timestamp) -> Vec<u8> {
        self.ocsp_draft(request, at).sign()
    }

    /// As [`Self::ocsp`], but leaves the signature to the caller, who may release the authority before.
    pub fn ocsp_draft(&self, request: &[u8], at: Timestamp) -> OcspDraft {
        let hierarchy = Arc::clone(&self.hierarchy);
        let question = OcspQuestion::parse(request);
        let ca =
            question.as_ref().map_or(CaKind::UserAuthentication, |asked| hierarchy.asked(asked));
        let answer = question.and_then(|question| {
            hierarchy.responder(ca).answer(question, at, |serial| {
                let record = self.ledger.find(serial)?;
                (record.ca == ca).then(|| record.standing(at)).flatten()
            })
        });
        OcspDraft { hierarchy, ca, answer }
    }

    /// The person code behind a serial number (シリアル番号紐付け, bench profile).
    pub fn person_of(&self, serial: &[u8]) -> Option<String> {
        self.ledger.find(serial).map(|record| record.holder.clone())
    }
}

/// Content bytes of the INTEGER.
pub(crate) fn content(serial: u64) -> Vec<u8> {
    SerialNumber::<x509_cert::certificate::Rfc5280>::from(serial).as_bytes().to_vec()
}

pub(crate) fn unknown(serial: &[u8]) -> AuthorityError {
    AuthorityError::UnknownSerial { serial: hex::encode(serial) }
}
