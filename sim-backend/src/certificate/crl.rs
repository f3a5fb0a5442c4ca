//! The revocation list as second source of status.
//!
//! Source: RFC 5280 §5 and §6.3, for complete lists of one authority.

use std::collections::BTreeMap;

use jiff::Timestamp;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};

use super::der;
use super::key::Algorithm;
use super::parsed::Parsed;
use super::path::{CRL_SIGN, key_usage};
use super::status::{
    AnswerFault, BoxFuture, CertificateStatus, RevocationReason, Status, StatusError, StatusQuery,
};

/// A verified list. It is as old as its day: the online status beats it (OQS-CERT-21).
#[derive(Debug, Clone)]
pub struct RevocationList {
    issuer: Vec<u8>,
    this_update: Timestamp,
    next_update: Timestamp,
    revoked: BTreeMap<Vec<u8>, (Option<RevocationReason>, Timestamp)>,
}

impl RevocationList {
    /// Verifies a DER list against the DER certificate of the authority. Lists that are not complete
    /// (delta lists, lists with a critical distribution point) are refused.
    ///
    /// # Errors
    /// [`AnswerFault`].
    pub fn verify(list: &[u8], issuer: &[u8]) -> Result<Self, AnswerFault> {
        let authority = Parsed::new(issuer).map_err(|_| AnswerFault::Issuer)?;
        let crl = parse(list)?;
        if crl.issuer().as_raw() != authority.x509.subject().as_raw() {
            return Err(AnswerFault::Issuer);
        }
        if key_usage(&authority).is_none_or(|usage| usage & CRL_SIGN == 0) {
            return Err(AnswerFault::Signer);
        }
        check_signature(list, &crl, &authority)?;
        check_extensions(crl.extensions())?;
        let next_update = crl.next_update().ok_or(AnswerFault::Time)?;
        Ok(Self {
            issuer: issuer.to_vec(),
            this_update: instant(crl.last_update().timestamp())?,
            next_update: instant(next_update.timestamp())?,
            revoked: crl.iter_revoked_certificates().map(entry).collect::<Result<_, _>>()?,
        })
    }

    /// Looks up a serial number (content octets of the INTEGER).
    pub fn lookup(&self, serial: &[u8]) -> Status {
        match self.revoked.get(serial) {
            Some((reason, time)) => Status::Revoked { reason: *reason, time: *time },
            None => Status::Good,
        }
    }

    /// Whether an instant lies between `thisUpdate` and `nextUpdate`, both belonging to it.
    pub fn is_current(&self, now: Timestamp) -> bool {
        (self.this_update..=self.next_update).contains(&now)
    }

    fn answer(&self, query: StatusQuery<'_>) -> Result<Status, StatusError> {
        if query.issuer != self.issuer {
            return Err(AnswerFault::Issuer.into());
        }
        if !self.is_current(query.now) {
            return Err(AnswerFault::Time.into());
        }
        Ok(self.lookup(query.serial))
    }
}

impl CertificateStatus for RevocationList {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        Box::pin(std::future::ready(self.answer(query)))
    }
}

fn parse(list: &[u8]) -> Result<CertificateRevocationList<'_>, AnswerFault> {
    match CertificateRevocationList::from_der(list) {
        Ok(([], crl)) => Ok(crl),
        Ok(_) | Err(_) => Err(AnswerFault::Malformed),
    }
}

fn check_signature(
    list: &[u8],
    crl: &CertificateRevocationList<'_>,
    authority: &Parsed<'_>,
) -> Result<(), AnswerFault> {
    let algorithm = Algorithm::from_identifier(&crl.signature_algorithm);
    let algorithm = algorithm.ok_or(AnswerFault::Algorithm)?;
    let (inside, signature) = (crl.tbs_cert_list.as_ref(), &crl.signature_value.data);
    let only_form = der::signed(inside, algorithm.der(), signature);
    if crl.signature_algorithm != crl.tbs_cert_list.signature || only_form != list {
        return Err(AnswerFault::Malformed);
    }
    let fits = algorithm.verifies(authority.x509.public_key(), inside, signature);
    fits.then_some(()).ok_or(AnswerFault::Signature)
}

fn check_extensions(extensions: &[X509Extension<'_>]) -> Result<(), AnswerFault> {
    let critical = extensions.iter().any(|extension| extension.critical);
    (!critical).then_some(()).ok_or(AnswerFault::CriticalExtension)
}

type Entry = (Vec<u8>, (Option<RevocationReason>, Timestamp));

fn entry(revoked: &RevokedCertificate<'_>) -> Result<Entry, AnswerFault> {
    let reasons = revoked.extensions().iter().map(|extension| {
        if let ParsedExtension::ReasonCode(code) = extension.parsed_extension() {
            return Ok(Some(RevocationReason::from_code(code.0)));
        }
        if extension.critical { Err(AnswerFault::CriticalExtension) } else { Ok(None) }
    });
    let reasons: Vec<_> = reasons.collect::<Result<_, _>>()?;
    let time = instant(revoked.revocation_date.timestamp())?;
    Ok((revoked.raw_serial().to_vec(), (reasons.into_iter().flatten().next(), time)))
}

fn instant(second: i64) -> Result<Timestamp, AnswerFault> {
    Timestamp::from_second(second).map_err(|_| AnswerFault::Malformed)
}
