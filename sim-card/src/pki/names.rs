//! Names of the test hierarchy. Order, repeated types and string types are those of real certificates, so names are built attribute by attribute:
//! `C` is a PrintableString, everything else a UTF8String.

use der::{
    Tag,
    asn1::{Any, ObjectIdentifier, Utf8StringRef},
};
use jiff::{civil::Date, civil::date};
use sha2::{Digest, Sha256};
use x509_cert::{
    attr::AttributeTypeAndValue,
    ext::pkix::name::{GeneralName, OtherName},
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Organization of the test hierarchy; production says `JPKI`.
pub const ORGANIZATION_NAME: &str = "JPKI-TEST";
const AGENCY: &str = "Japan Agency for Local Authority Information Systems";

/// Fictitious place of every synthetic citizen: prefecture, municipality, and a municipality code no prefecture has.
const PREFECTURE: &str = "Mihon-to";
const MUNICIPALITY: &str = "Mihon-shi";
const MUNICIPALITY_CODE: &str = "99999";
/// Ends the common name of every certificate on a card.
const CARD_SUFFIX: &str = "003A";

/// Which of the two authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaKind {
    /// 利用者証明用: proves who holds the card.
    UserAuthentication,
    /// 署名用: signs documents.
    DigitalSignature,
}

impl CaKind {
    fn unit(self) -> &'static str {
        match self {
            Self::UserAuthentication => "JPKI for user authentication",
            Self::DigitalSignature => "JPKI for digital signature",
        }
    }

    fn japanese_unit(self) -> &'static str {
        match self {
            Self::UserAuthentication => "公的個人認証サービス利用者証明用",
            Self::DigitalSignature => "公的個人認証サービス署名用",
        }
    }
}

/// Distinguished name of a CA; all generations share it.
///
/// # Errors
/// Never with the constants of this file; the encoder's signature says so.
pub fn ca_name(ca: CaKind) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, ca.unit()),
        (ORGANIZATIONAL_UNIT, AGENCY),
    ])
}

/// The CA's Japanese name: its subjectAltName, and the issuerAltName of what it issues.
///
/// # Errors
/// As [`ca_name`].
pub fn ca_japanese_name(ca: CaKind) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, "公的個人認証サービス"),
        (ORGANIZATIONAL_UNIT, ca.japanese_unit()),
        (ORGANIZATIONAL_UNIT, "地方公共団体情報システム機構"),
    ])
}

/// Directory name of the revocation list of the citizen's municipality.
///
/// # Errors
/// As [`ca_name`].
pub fn distribution_point(ca: CaKind) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, ca.unit()),
        (ORGANIZATIONAL_UNIT, "CRL Distribution Points"),
        (ORGANIZATIONAL_UNIT, PREFECTURE),
        (COMMON_NAME, &format!("{MUNICIPALITY} CRLDP")),
    ])
}

/// Name of the delegated OCSP responder (bench profile).
///
/// # Errors
/// As [`ca_name`].
pub fn responder_name() -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, CaKind::UserAuthentication.unit()),
        (COMMON_NAME, "OCSP Responder"),
    ])
}

/// Subject of a user-authentication certificate: 14 opaque characters, municipality, suffix. Neither person nor older certificate shows through.
///
/// # Errors
/// As [`ca_name`].
pub fn user_subject(holder: &str, serial: u64) -> der::Result<Name> {
    let common_name = format!("{}{MUNICIPALITY_CODE}{CARD_SUFFIX}", opaque(holder, serial));
    name(&[(COUNTRY, "JP"), (COMMON_NAME, &common_name)])
}

/// Subject of a digital-signature certificate: place, then time of application in Japanese time, counter, municipality, suffix.
///
/// # Errors
/// As [`ca_name`].
pub fn signature_subject(applied: jiff::civil::DateTime, serial: u64) -> der::Result<Name> {
    let moment = applied.strftime("%Y%m%d%H%M%S");
    let counter = serial % 100_000;
    let common_name = format!("{moment}{counter:05}{MUNICIPALITY_CODE}{CARD_SUFFIX}");
    name(&[
        (COUNTRY, "JP"),
        (LOCALITY, PREFECTURE),
        (LOCALITY, MUNICIPALITY),
        (COMMON_NAME, &common_name),
    ])
}

fn opaque(holder: &str, serial: u64) -> String {
    const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digest = Sha256::new().chain_update(holder).chain_update(serial.to_be_bytes()).finalize();
    digest
        .iter()
        .take(14)
        .filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()))
        .map(|letter| char::from(*letter))
        .collect()
}

/// What a digital-signature certificate tells about its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderFacts {
    /// 氏名, parts separated by U+3000.
    pub name: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別: 1 male, 2 female, 3 other.
    pub sex: char,
    /// 住所, at most 200 characters.
    pub address: String,
}

impl HolderFacts {
    /// The six otherNames of the subjectAltName, in their order: 氏名, 生年月日, 性別, 住所, and for 氏名 and 住所 which characters are
    /// substitutes (none here).
    ///
    /// # Errors
    /// [`der::Error`] when a value is too long to encode.
    pub fn alternative_names(&self) -> der::Result<Vec<GeneralName>> {
        [
            ("1.2.392.200149.8.5.5.1", self.name.clone()),
            ("1.2.392.200149.8.5.5.4", era_date(self.birthdate)),
            ("1.2.392.200149.8.5.5.3", self.sex.to_string()),
            ("1.2.392.200149.8.5.5.5", self.address.clone()),
            ("1.2.392.200149.8.5.5.2", no_substitutes(&self.name)),
            ("1.2.392.200149.8.5.5.6", no_substitutes(&self.address)),
        ]
        .into_iter()
        .map(|(oid, value)| other_name(oid, &value))
        .collect()
    }
}

fn no_substitutes(text: &str) -> String {
    text.chars().map(|_| '0').collect()
}

/// Era digit and Gregorian date: 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.
fn era_date(day: Date) -> String {
    let era = match day {
        _ if day >= date(2019, 5, 1) => '5',
        _ if day >= date(1989, 1, 8) => '4',
        _ if day >= date(1926, 12, 25) => '3',
        _ if day >= date(1912, 7, 30) => '2',
        _ => '1',
    };
    format!("{era}{}", day.strftime("%Y%m%d"))
}

fn other_name(type_id: &str, text: &str) -> der::Result<GeneralName> {
    let value = Any::from(Utf8StringRef::new(text)?);
    let type_id = ObjectIdentifier::new(type_id)?;
    Ok(GeneralName::OtherName(OtherName { type_id, value }))
}

fn name(attributes: &[(ObjectIdentifier, &str)]) -> der::Result<Name> {
    let rdns: der::Result<Vec<_>> =
        attributes.iter().map(|(oid, text)| single_attribute(*oid, text)).collect();
    Ok(Name::hazmat_from_rdn_sequence(RdnSequence::from(rdns?)))
}

fn single_attribute(oid: ObjectIdentifier, text: &str) -> der::Result<RelativeDistinguishedName> {
    let tag = if oid == COUNTRY { Tag::PrintableString } else { Tag::Utf8String };
    let value = Any::new(tag, text.as_bytes())?;
    RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_units_survive_in_order() {
        let shown = ca_name(CaKind::UserAuthentication).unwrap().to_string();
        assert_eq!(
            shown,
            "OU=Japan Agency for Local Authority Information Systems,\
             OU=JPKI for user authentication,O=JPKI-TEST,C=JP"
        );
    }

    #[test]
    fn common_names_have_their_fixed_lengths() {
        let cn = |name: Name| {
            name.to_string().trim_start_matches("CN=").split(',').next().unwrap().len()
        };
        let applied = date(2025, 10, 16).at(17, 26, 0, 0);
        assert_eq!(cn(user_subject("person-1", 1001).unwrap()), 23);
        assert_eq!(cn(signature_subject(applied, 134).unwrap()), 28);
    }

    #[test]
    fn the_subject_does_not_link_two_certificates_of_one_person() {
        assert_ne!(user_subject("person-1", 1).unwrap(), user_subject("person-1", 2).unwrap());
    }

    #[test]
    fn birthdates_carry_their_era() {
        for (day, text) in [
            (date(1912, 7, 29), "119120729"),
            (date(1912, 7, 30), "219120730"),
            (date(1926, 12, 24), "219261224"),
            (date(1926, 12, 25), "319261225"),
            (date(1980, 2, 17), "319800217"),
            (date(1989, 1, 7), "319890107"),
            (date(1989, 1, 8), "419890108"),
            (date(2019, 4, 30), "420190430"),
            (date(2019, 5, 1), "520190501"),
        ] {
            assert_eq!(era_date(day), text);
        }
    }
}
