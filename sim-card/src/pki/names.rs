//! Names of the test hierarchy. Order, repeated types and string types are those of real certificates, so names are built attribute by attribute:
//! `C` is a PrintableString, everything else a UTF8String.

use der::{
    Tag,
    asn1::{Any, ObjectIdentifier, Utf8StringRef},
};
use jiff::{civil::Date, civil::date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_cert::{
    attr::AttributeTypeAndValue,
    ext::pkix::name::{GeneralName, OtherName},
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use super::municipality::Municipality;

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Organization of the test hierarchy; production says `JPKI`.
pub const ORGANIZATION_NAME: &str = "JPKI-TEST";
const AGENCY: &str = "Japan Agency for Local Authority Information Systems";

/// Ends the common name of every certificate on a card.
const CARD_SUFFIX: &str = "003A";

/// Which of the authorities. As JSON it is its [`CaKind::slug`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaKind {
    /// 利用者証明用: proves who holds the card.
    UserAuthentication,
    /// 署名用: signs documents.
    DigitalSignature,
    /// スマートフォン用の利用者証明用 (bench profile: its public record gives neither names nor policies).
    MobileUserAuthentication,
    /// スマートフォン用の署名用 (bench profile).
    MobileDigitalSignature,
}

impl CaKind {
    /// Every authority.
    pub const ALL: [Self; 4] = [
        Self::UserAuthentication,
        Self::DigitalSignature,
        Self::MobileUserAuthentication,
        Self::MobileDigitalSignature,
    ];

    /// Whether its certificates carry name and address, so that a change of either ends them.
    pub fn tells_name_and_address(self) -> bool {
        match self {
            Self::DigitalSignature | Self::MobileDigitalSignature => true,
            Self::UserAuthentication | Self::MobileUserAuthentication => false,
        }
    }

    /// A name for files and paths.
    pub fn slug(self) -> &'static str {
        match self {
            Self::UserAuthentication => "user-authentication",
            Self::DigitalSignature => "digital-signature",
            Self::MobileUserAuthentication => "mobile-user-authentication",
            Self::MobileDigitalSignature => "mobile-digital-signature",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::UserAuthentication => "JPKI for user authentication",
            Self::DigitalSignature => "JPKI for digital signature",
            Self::MobileUserAuthentication => "JPKI for user authentication on smartphone",
            Self::MobileDigitalSignature => "JPKI for digital signature on smartphone",
        }
    }

    fn japanese_unit(self) -> &'static str {
        match self {
            Self::UserAuthentication => "公的個人認証サービス利用者証明用",
            Self::DigitalSignature => "公的個人認証サービス署名用",
            Self::MobileUserAuthentication => "公的個人認証サービススマートフォン用利用者証明用",
            Self::MobileDigitalSignature => "公的個人認証サービススマートフォン用署名用",
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
pub fn distribution_point(ca: CaKind, of: &Municipality) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, ca.unit()),
        (ORGANIZATIONAL_UNIT, "CRL Distribution Points"),
        (ORGANIZATIONAL_UNIT, &of.prefecture),
        (COMMON_NAME, &format!("{} CRLDP", of.name)),
    ])
}

/// Directory name of the list of changes since the last full one (bench profile).
///
/// # Errors
/// As [`ca_name`].
pub fn delta_point(ca: CaKind) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, ca.unit()),
        (ORGANIZATIONAL_UNIT, "CRL Distribution Points"),
        (COMMON_NAME, "Delta CRLDP"),
    ])
}

/// Name of the OCSP responder that a CA delegates to (bench profile).
///
/// # Errors
/// As [`ca_name`].
pub fn responder_name(ca: CaKind) -> der::Result<Name> {
    name(&[
        (COUNTRY, "JP"),
        (ORGANIZATION, ORGANIZATION_NAME),
        (ORGANIZATIONAL_UNIT, ca.unit()),
        (COMMON_NAME, "OCSP Responder"),
    ])
}

/// Subject of a user-authentication certificate: 14 opaque characters, municipality, suffix. Neither person nor older certificate shows through.
///
/// # Errors
/// As [`ca_name`].
pub fn user_subject(holder: &str, serial: u64, of: &Municipality) -> der::Result<Name> {
    let common_name = format!("{}{}{CARD_SUFFIX}", opaque(holder, serial), of.code);
    name(&[(COUNTRY, "JP"), (COMMON_NAME, &common_name)])
}

/// Subject of a digital-signature certificate: place, then time of application in Japanese time, counter, municipality, suffix.
///
/// # Errors
/// As [`ca_name`].
pub fn signature_subject(
    applied: jiff::civil::DateTime,
    serial: u64,
    of: &Municipality,
) -> der::Result<Name> {
    let moment = applied.strftime("%Y%m%d%H%M%S");
    let counter = serial % 100_000;
    let common_name = format!("{moment}{counter:05}{}{CARD_SUFFIX}", of.code);
    name(&[
        (COUNTRY, "JP"),
        (LOCALITY, &of.prefecture),
        (LOCALITY, &of.name),
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
    /// Which characters of both stand for others.
    pub substitutes: Substitutes,
}

/// Positions of substitute characters (代替文字), from 0: the registered character is outside of JIS levels 1 and 2 and the supplementary kanji, so
/// another one was written in its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Substitutes {
    /// In the name.
    pub name: Vec<usize>,
    /// In the address.
    pub address: Vec<usize>,
}

impl HolderFacts {
    /// The six otherNames of the subjectAltName, in their order: 氏名, 生年月日, 性別, 住所, and for 氏名 and 住所 which characters are
    /// substitutes.
    ///
    /// # Errors
    /// [`der::Error`] when a value is too long to encode.
    pub fn alternative_names(&self) -> der::Result<Vec<GeneralName>> {
        [
            ("1.2.392.200149.8.5.5.1", self.name.clone()),
            ("1.2.392.200149.8.5.5.4", era_date(self.birthdate)),
            ("1.2.392.200149.8.5.5.3", self.sex.to_string()),
            ("1.2.392.200149.8.5.5.5", self.address.clone()),
            ("1.2.392.200149.8.5.5.2", marks(&self.name, &self.substitutes.name)),
            ("1.2.392.200149.8.5.5.6", marks(&self.address, &self.substitutes.address)),
        ]
        .into_iter()
        .map(|(oid, value)| other_name(oid, &value))
        .collect()
    }
}

/// One digit a character: `1` for a substitute, `0` for the registered one.
fn marks(text: &str, substitutes: &[usize]) -> String {
    let mark = |(at, _)| if substitutes.contains(&at) { '1' } else { '0' };
    text.chars().enumerate().map(mark).collect()
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
        let place = Municipality::default();
        assert_eq!(cn(user_subject("person-1", 1001, &place).unwrap()), 23);
        assert_eq!(cn(signature_subject(applied, 134, &place).unwrap()), 28);
    }

    #[test]
    fn the_subject_does_not_link_two_certificates_of_one_person() {
        let subject = |serial| user_subject("person-1", serial, &Municipality::default()).unwrap();
        assert_ne!(subject(1), subject(2));
    }

    #[test]
    fn substitutes_are_marked_character_by_character() {
        assert_eq!(marks("架空　花子", &[]), "00000");
        assert_eq!(marks("架空　花子", &[0, 4, 9]), "10001");
        assert_eq!(marks("", &[0]), "");
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
