//! Orders to the authority as JSON, and how each is carried out (bench profile). Times that are left out are now.

use jiff::{Timestamp, civil::Date};
use rsa::{RsaPublicKey, pkcs8::DecodePublicKey};
use serde::Deserialize;

use crate::pki::{
    authority::{Authority, AuthorityError, IssueRequest, Issued, SignatureIssueRequest, unknown},
    crl::RevocationReason,
    keys::{KeyError, POOL_SIZE, pooled_key},
    ledger::Record,
    life::LifeEvent,
    municipality::Municipality,
    names::{CaKind, Substitutes},
};

/// Most characters of an address in a certificate; names are held to the same.
const LONGEST_TEXT: usize = 200;
/// Most characters of a name attribute. Source: RFC 5280 appendix A.1, ub-locality-name is 128, ub-organizational-unit-name 64.
const LONGEST_ATTRIBUTE: usize = 56;

/// Holds or releases a certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActOrder {
    /// When.
    pub at: Option<Timestamp>,
}

/// Revokes a certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeOrder {
    /// Why, as RFC 5280 names it.
    #[serde(default = "unspecified")]
    pub reason: RevocationReason,
    /// When.
    pub at: Option<Timestamp>,
}

fn unspecified() -> RevocationReason {
    RevocationReason::Unspecified
}

/// Something happens to a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventOrder {
    /// What.
    pub event: LifeEvent,
    /// When.
    pub at: Option<Timestamp>,
}

/// Asks for a certificate: to issue one, or to renew one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateOrder {
    /// Who issues. A renewal knows this and the next three from the old certificate.
    ca: Option<CaKind>,
    /// Person code.
    person: Option<String>,
    birthdate: Option<Date>,
    municipality: Option<Place>,
    /// Last day of the card.
    card_expiry: Date,
    at: Option<Timestamp>,
    /// Another end than the regular one.
    not_after: Option<Timestamp>,
    /// SubjectPublicKeyInfo as PEM; without it a key of the pool is taken.
    public_key: Option<String>,
    /// Which key of the pool.
    pool_key: Option<usize>,
    /// What only certificates for signing tell.
    name: Option<String>,
    address: Option<String>,
    sex: Option<char>,
    /// One digit a character, 1 where it stands for another.
    name_substitutes: Option<String>,
    address_substitutes: Option<String>,
}

/// A municipality.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    prefecture: String,
    name: String,
    code: String,
}

/// What is wrong with an order.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The order itself.
    #[error("{0}")]
    Member(&'static str),
    /// No such key in the pool.
    #[error("pool_key must be 0 to {}", POOL_SIZE - 1)]
    PoolKey,
    /// The key.
    #[error("public_key must be an RSA key as PEM (BEGIN PUBLIC KEY): {0}")]
    Key(rsa::pkcs8::spki::Error),
    /// An embedded key is damaged.
    #[error(transparent)]
    Pool(#[from] KeyError),
    /// Nobody is behind the serial number, or the authority cannot issue.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// Whose certificate it is to be.
struct For {
    ca: CaKind,
    person: String,
    birthdate: Date,
    municipality: Municipality,
}

impl CertificateOrder {
    /// Issues the certificate.
    ///
    /// # Errors
    /// [`OrderError`] for members that do not fit together; what the authority refuses.
    pub fn issue(
        mut self,
        authority: &mut Authority,
        now: Timestamp,
    ) -> Result<Issued, OrderError> {
        let whose = (self.ca.take(), self.person.take(), self.birthdate.take());
        let (Some(ca), Some(person), Some(birthdate)) = whose else {
            return Err(OrderError::Member("to issue, tell ca, person and birthdate"));
        };
        if person.trim().is_empty() || person.chars().count() > LONGEST_TEXT {
            return Err(OrderError::Member("person must have 1 to 200 characters"));
        }
        let place = self.municipality.take().map(Place::read).transpose()?;
        let municipality = place.unwrap_or_default();
        self.sign(For { ca, person, birthdate, municipality }, authority, now)
    }

    /// Issues the same person a new certificate of the same authority and ends the old one as superseded.
    ///
    /// # Errors
    /// As [`Self::issue`], and an unknown serial number.
    pub fn renew(
        self,
        serial: &[u8],
        authority: &mut Authority,
        now: Timestamp,
    ) -> Result<Issued, OrderError> {
        let whose = self.ca.is_some() || self.person.is_some() || self.birthdate.is_some();
        if whose || self.municipality.is_some() {
            let detail = "a renewal keeps ca, person, birthdate and municipality; leave them out";
            return Err(OrderError::Member(detail));
        }
        let at = self.at.unwrap_or(now);
        let old = authority.ledger.find(serial).ok_or_else(|| unknown(serial))?.into_owned();
        let Record { ca, holder: person, birthdate, municipality, .. } = old;
        let to = For { ca, person, birthdate, municipality };
        authority.replace(serial, at, |authority| self.sign(to, authority, now))
    }

    fn sign(
        self,
        to: For,
        authority: &mut Authority,
        now: Timestamp,
    ) -> Result<Issued, OrderError> {
        let (key, substitutes) = (self.key()?, self.substitutes()?);
        let issue = IssueRequest {
            holder: to.person,
            birthdate: to.birthdate,
            at: self.at.unwrap_or(now),
            card_expiry: self.card_expiry,
            key: &key,
            not_after: self.not_after,
        };
        let mut office = authority.office(to.municipality).with_substitutes(substitutes);
        if !to.ca.tells_name_and_address() {
            let silent = self.name.is_none() && self.address.is_none() && self.sex.is_none();
            let detail = "a certificate for user authentication tells no name, address or sex; leave them out";
            return if silent {
                Ok(office.issue(to.ca, &issue)?)
            } else {
                Err(OrderError::Member(detail))
            };
        }
        let (Some(name), Some(address), Some(sex @ '1'..='3')) =
            (self.name, self.address, self.sex)
        else {
            let detail = "a certificate for signing needs name, address and sex (\"1\" male, \"2\" female, \"3\" other)";
            return Err(OrderError::Member(detail));
        };
        if [&name, &address].iter().any(|text| text.chars().count() > LONGEST_TEXT) {
            return Err(OrderError::Member("name and address have at most 200 characters"));
        }
        Ok(office.issue_named(to.ca, SignatureIssueRequest { issue, name, address, sex })?)
    }

    fn substitutes(&self) -> Result<Substitutes, OrderError> {
        let places = |marks: &Option<String>, text: &Option<String>| {
            marked(marks.as_deref().unwrap_or_default(), text.as_deref().unwrap_or_default())
        };
        Ok(Substitutes {
            name: places(&self.name_substitutes, &self.name)?,
            address: places(&self.address_substitutes, &self.address)?,
        })
    }

    fn key(&self) -> Result<RsaPublicKey, OrderError> {
        match (&self.public_key, self.pool_key) {
            (Some(_), Some(_)) => Err(OrderError::Member("give public_key or pool_key, not both")),
            (Some(pem), None) => RsaPublicKey::from_public_key_pem(pem).map_err(OrderError::Key),
            (None, Some(index)) if index >= POOL_SIZE => Err(OrderError::PoolKey),
            (None, index) => Ok(pooled_key(index.unwrap_or_default())?.to_public_key()),
        }
    }
}

impl Place {
    fn read(self) -> Result<Municipality, OrderError> {
        let plain = |text: &str| {
            let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !text.is_empty() && text.len() <= LONGEST_ATTRIBUTE && text.chars().all(letters)
        };
        let code = self.code.len() == 5 && self.code.bytes().all(|byte| byte.is_ascii_digit());
        if !code || !plain(&self.prefecture) || !plain(&self.name) {
            return Err(OrderError::Member(
                "municipality needs prefecture and name in Latin letters (Mihon-to, Mihon-shi) and a code of five digits",
            ));
        }
        Ok(Municipality {
            prefecture: self.prefecture.into(),
            name: self.name.into(),
            code: self.code.into(),
        })
    }
}

/// Where marks say 1; no marks are none.
fn marked(marks: &str, text: &str) -> Result<Vec<usize>, OrderError> {
    let digits = marks.chars().all(|mark| mark == '0' || mark == '1');
    if !digits || !marks.is_empty() && marks.len() != text.chars().count() {
        let detail = "substitutes need one digit, 0 or 1, for each character of the text";
        return Err(OrderError::Member(detail));
    }
    let marked = marks.chars().enumerate().filter(|(_, mark)| *mark == '1');
    Ok(marked.map(|(at, _)| at).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pki::AuthorityConfig;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = serde_json::from_str::<CertificateOrder>(&text);
            let _ = serde_json::from_str::<RevokeOrder>(&text);
            let _ = serde_json::from_str::<EventOrder>(&text);
        }

        #[test]
        fn any_member_is_taken_or_refused(
            text in "\\PC{0,20}", marks in "[01x]{0,6}", pool in 0..POOL_SIZE + 9, year in -9999_i16..=9999,
            kind in prop::sample::select(CaKind::ALL.to_vec()),
        ) {
            let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
            let order = serde_json::json!({
                "ca": kind, "person": text, "birthdate": jiff::civil::date(year, 2, 28),
                "municipality": { "prefecture": text, "name": "Mihon-shi", "code": "99999" },
                "card_expiry": "2035-02-28", "pool_key": pool,
                "name": text, "address": text, "sex": "1", "name_substitutes": marks,
            });
            let order: CertificateOrder = serde_json::from_value(order).unwrap();
            let issued = usize::from(order.issue(&mut authority, Timestamp::UNIX_EPOCH).is_ok());
            let signs = kind.tells_name_and_address();
            let old = serde_json::json!({
                "ca": kind, "person": "p", "birthdate": "1980-02-17", "card_expiry": "2035-02-17",
                "name": signs.then_some("架空"), "address": signs.then_some("見本都"), "sex": signs.then_some("1"),
            });
            let old: CertificateOrder = serde_json::from_value(old).unwrap();
            let old = old.issue(&mut authority, Timestamp::UNIX_EPOCH).unwrap().serial;
            let renewal = serde_json::json!({
                "card_expiry": jiff::civil::date(year, 2, 28), "pool_key": pool, "name": signs.then_some(&text),
                "address": signs.then_some(&text), "sex": signs.then_some("1"), "name_substitutes": marks,
            });
            let renewal: CertificateOrder = serde_json::from_value(renewal).unwrap();
            let renewed = renewal.renew(&old, &mut authority, Timestamp::UNIX_EPOCH);
            prop_assert_eq!(authority.ledger.written(), 1 + issued + usize::from(renewed.is_ok()));
        }
    }
}
