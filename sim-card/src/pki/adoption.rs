//! Takes over a certificate that stands on a card already: the authority signed it in another run, and knows it from here on (bench profile).

use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use jiff::civil::Date;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::time::Time;

use super::authority::{Authority, AuthorityError};
use super::ledger::Record;
use super::municipality::Municipality;
use super::names::CaKind;

/// What a user-authentication certificate says, without asking who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCard {
    /// Content bytes of the serial number's INTEGER, big-endian.
    pub serial: Vec<u8>,
    /// Its first and last second.
    pub valid: (Timestamp, Timestamp),
    /// The card's public key.
    pub key: RsaPublicKey,
}

impl OnCard {
    /// Reads a certificate, DER; what follows it is filler.
    ///
    /// # Errors
    /// [`AuthorityError::Encode`] and [`AuthorityError::PublicKey`] when it is none, or its key no RSA key; dates out of range.
    pub fn read(certificate: &[u8]) -> Result<Self, AuthorityError> {
        let (certificate, _) = Certificate::from_der_partial(certificate)?;
        let stated = certificate.tbs_certificate();
        let validity = stated.validity();
        let key = stated.subject_public_key_info().to_der()?;
        Ok(Self {
            serial: stated.serial_number().as_bytes().to_vec(),
            valid: (instant(validity.not_before)?, instant(validity.not_after)?),
            key: RsaPublicKey::from_public_key_der(&key)?,
        })
    }
}

fn instant(time: Time) -> Result<Timestamp, AuthorityError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs());
    let seconds = seconds.map_err(|_| AuthorityError::DateOutOfRange)?;
    Timestamp::from_second(seconds).map_err(|_| AuthorityError::DateOutOfRange)
}

impl Authority {
    /// Takes a user-authentication certificate of its own making into its ledger, as the certificate of `holder`: good until something
    /// happens to it. Later serial numbers follow this one.
    ///
    /// # Errors
    /// [`AuthorityError::NotOurs`] when its keys did not sign it; [`AuthorityError::SerialTaken`]; those of [`OnCard::read`].
    pub fn adopt(
        &mut self,
        certificate: &[u8],
        (holder, birthdate): (&str, Date),
    ) -> Result<OnCard, AuthorityError> {
        let read = OnCard::read(certificate)?;
        if !self.has_signed(certificate)? {
            return Err(AuthorityError::NotOurs);
        }
        let taken = || AuthorityError::SerialTaken { serial: hex(&read.serial) };
        let number = read.serial.iter().try_fold(0_u64, |number, byte| {
            number.checked_mul(256).map(|number| number | u64::from(*byte))
        });
        let number =
            number.filter(|_| self.ledger.find(&read.serial).is_none()).ok_or_else(taken)?;
        let kind = CaKind::UserAuthentication;
        let record = Record::new(kind, holder, birthdate, Municipality::default(), read.valid);
        self.ledger.enter(number, record);
        Ok(read)
    }

    fn has_signed(&self, certificate: &[u8]) -> Result<bool, AuthorityError> {
        let (certificate, _) = Certificate::from_der_partial(certificate)?;
        let key = OnCard::read(self.ca_certificate())?.key;
        let hash = Sha256::digest(certificate.tbs_certificate().to_der()?);
        let signature = certificate.signature().raw_bytes();
        Ok(key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature).is_ok())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::authority::{AuthorityConfig, IssueRequest, Issued};
    use super::super::crl::RevocationReason;
    use super::super::generation::Generation;
    use super::super::keys::pooled_key;
    use super::*;

    fn authority(generation: Generation) -> Authority {
        Authority::new(AuthorityConfig { generation, ..AuthorityConfig::default() }).unwrap()
    }

    fn issued(authority: &mut Authority, holder: &str) -> Issued {
        let request = IssueRequest {
            holder: holder.to_owned(),
            birthdate: date(1990, 5, 15),
            at: "2023-06-01T01:00:00Z".parse().unwrap(),
            card_expiry: date(2033, 5, 15),
            key: &pooled_key(0).unwrap().to_public_key(),
            not_after: None,
        };
        authority.issue_user_authentication(request).unwrap()
    }

    #[test]
    fn an_adopted_certificate_is_known_and_later_ones_follow_it() {
        let mut before = authority(Generation::Current);
        issued(&mut before, "taro");
        let on_card = issued(&mut before, "hanako");
        let mut now = authority(Generation::Current);
        let at = "2026-04-01T00:00:00Z".parse().unwrap();
        assert!(now.revoke(&on_card.serial, RevocationReason::KeyCompromise, at).is_err());
        let read = now.adopt(&on_card.certificate, ("hanako", date(1990, 5, 15))).unwrap();
        assert_eq!(read.serial, on_card.serial);
        assert_eq!(read.key, pooled_key(0).unwrap().to_public_key());
        assert_eq!(read.valid.0, "2023-06-01T01:00:00Z".parse().unwrap());
        let next = issued(&mut now, "taro");
        assert!(next.serial > on_card.serial, "the next one is another");
        now.revoke(&on_card.serial, RevocationReason::KeyCompromise, at).unwrap();
        let again = now.adopt(&on_card.certificate, ("hanako", date(1990, 5, 15)));
        assert!(matches!(again, Err(AuthorityError::SerialTaken { .. })), "{again:?}");
    }

    #[test]
    fn what_other_keys_signed_is_not_adopted() {
        for generation in [Generation::Foreign, Generation::Former] {
            let foreign = issued(&mut authority(generation), "hanako");
            let mut ours = authority(Generation::Current);
            let adopted = ours.adopt(&foreign.certificate, ("hanako", date(1990, 5, 15)));
            assert!(matches!(adopted, Err(AuthorityError::NotOurs)), "{adopted:?}");
            assert_eq!(ours.records(), 0);
        }
        assert!(OnCard::read(b"no certificate").is_err());
    }
}
