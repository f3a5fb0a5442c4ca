//! A certificate taken apart and checked for form; trust is not decided here.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Version;

use super::der;
use super::key::Algorithm;
use super::refusal::RefusalReason;

/// Longest serial number, in octets. Source: RFC 5280 §4.1.2.2.
const MAX_SERIAL: usize = 20;

/// A well-formed version 3 certificate with an accepted signature algorithm.
pub(super) struct Parsed<'a> {
    pub x509: X509Certificate<'a>,
    algorithm: Algorithm,
}

impl<'a> Parsed<'a> {
    /// Takes a DER certificate apart.
    pub fn new(certificate: &'a [u8]) -> Result<Self, RefusalReason> {
        let malformed = RefusalReason::Malformed;
        let (rest, x509) = X509Certificate::from_der(certificate).map_err(|_| malformed.clone())?;
        let algorithm = Algorithm::from_identifier(&x509.signature_algorithm)
            .ok_or(RefusalReason::Algorithm)?;
        let inside = x509.tbs_certificate.as_ref();
        let only_form = der::signed(inside, algorithm.der(), &x509.signature_value.data);
        let sound = rest.is_empty()
            && only_form == certificate
            && x509.signature_algorithm == x509.tbs_certificate.signature
            && x509.version() == X509Version::V3
            && serial_is_sound(x509.raw_serial())
            && extensions_are_sound(&x509);
        if sound { Ok(Self { x509, algorithm }) } else { Err(malformed) }
    }

    /// Whether the key of `issuer` made the signature.
    pub fn is_signed_by(&self, issuer: &Parsed<'_>) -> bool {
        let inside = self.x509.tbs_certificate.as_ref();
        let signature = &self.x509.signature_value.data;
        self.algorithm.verifies(issuer.x509.public_key(), inside, signature)
    }

    /// Whether the certificate names `issuer` as its issuer, octet by octet.
    pub fn names(&self, issuer: &Parsed<'_>) -> bool {
        self.x509.issuer().as_raw() == issuer.x509.subject().as_raw()
    }

    /// Refuses a critical extension that is not in the list.
    pub fn only_known_critical(&self, known: &[&str]) -> Result<(), RefusalReason> {
        let critical = self.x509.extensions().iter().filter(|extension| extension.critical);
        let mut unknown = critical.map(|extension| extension.oid.to_id_string());
        match unknown.find(|oid| !known.contains(&oid.as_str())) {
            Some(oid) => Err(RefusalReason::CriticalExtension { oid }),
            None => Ok(()),
        }
    }

    /// The extension of a kind, if there is one.
    pub fn extension<T>(&self, pick: impl Fn(&'_ ParsedExtension<'a>) -> Option<T>) -> Option<T> {
        self.x509.extensions().iter().find_map(|extension| pick(extension.parsed_extension()))
    }
}

/// Positive and not too long.
fn serial_is_sound(serial: &[u8]) -> bool {
    let positive = serial.first().is_some_and(|first| *first < 0x80);
    positive && serial.len() <= MAX_SERIAL && serial.iter().any(|byte| *byte != 0)
}

/// None twice, none broken.
fn extensions_are_sound(x509: &X509Certificate<'_>) -> bool {
    let broken = |parsed: &ParsedExtension<'_>| parsed.error().is_some();
    x509.tbs_certificate.extensions_map().is_ok()
        && !x509.extensions().iter().any(|extension| broken(extension.parsed_extension()))
}
