//! What personalisation puts on a card. Plain data; all of it fictitious.

mod deferred;
mod keys;
mod questions;

use std::sync::Arc;

use jiff::civil::Date;
use rsa::{RsaPrivateKey, RsaPublicKey};

pub use deferred::Deferred;
pub use keys::CardKey;
pub use questions::{ContactAtr, FileControlInformation, MalformedValue, OpenQuestions};

/// Which kind of token EF 0006 of the JPKI application says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// 個人番号カード.
    Card,
    /// A phone with an Android secure element.
    Android,
    /// An iPhone.
    Iphone,
    /// The former 住民基本台帳カード.
    OldResident,
    /// Outlook, bench profile: the announced next card, with keys on elliptic curves. Its label is made up.
    NextGeneration,
}

impl Token {
    /// The label, before it is padded to 32 bytes.
    pub fn label(self) -> &'static str {
        match self {
            Self::Card => "JPKIAPICCTOKEN2",
            Self::Android => "JPKIAPGPSETOKEN",
            Self::Iphone => "JPKIAPIOSTOKEN",
            Self::OldResident => "JPKIAPICCTOKEN",
            Self::NextGeneration => "JPKIAPICCTOKEN-NEXT",
        }
    }
}

/// A key pair with its certificate and its issuer's.
#[derive(Clone)]
pub struct KeyAndCertificate {
    /// The private key.
    pub key: CardKey,
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// DER of the issuing CA's certificate.
    pub ca_certificate: Vec<u8>,
}

/// What is printed on the front, as far as the chip knows it.
#[derive(Clone)]
pub struct FaceRecord {
    /// Date of birth.
    pub birthdate: Date,
    /// Sex, one digit: 1 male, 2 female, 9 not applicable, 0 unknown (JIS X 0303).
    pub sex: char,
    /// Last day of the card's validity.
    pub expiry: Date,
    /// Four-digit security code.
    pub security_code: String,
    /// The photo as stored: a JP2 file of at most some 30 kB. `None` on cards issued without one.
    pub photo: Option<Deferred<Vec<u8>>>,
    /// PNG images of what is printed; `None`: the card draws them when they are first read.
    pub images: Option<Deferred<FaceImages>>,
}

/// PNG images of the card's face.
#[derive(Clone)]
pub struct FaceImages {
    /// The name as printed.
    pub name: Vec<u8>,
    /// The address as printed.
    pub address: Vec<u8>,
    /// The security code as printed.
    pub security_code: Vec<u8>,
    /// The 個人番号 as printed on the back.
    pub number: Vec<u8>,
}

/// Who holds the card, in letters, for 券面入力補助.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// 氏名, U+3000 between family and given name.
    pub name: String,
    /// 振り仮名; no public encoding, so it is kept in an object of its own after the four attributes (bench profile).
    pub kana: Option<String>,
    /// 住所.
    pub address: String,
}

/// First values of the other four-digit PINs; `None`: delivered blocked.
#[derive(Clone, Default)]
pub struct OtherPins {
    /// 券面入力補助用.
    pub text_input: Option<String>,
    /// 共通カードAP, EF 001C.
    pub common: Option<String>,
    /// 住基AP, EF 001C.
    pub resident: Option<String>,
}

impl OtherPins {
    /// One value for all three, as most people choose it.
    pub fn all(pin: Option<&str>) -> Self {
        let pin = pin.map(str::to_owned);
        Self { text_input: pin.clone(), common: pin.clone(), resident: pin }
    }
}

/// Who vouches for the card-face files.
#[derive(Clone)]
pub struct FaceIssuer {
    /// The key that signs them.
    pub key: RsaPrivateKey,
    /// Its card-verifiable certificate, 568 bytes: EF 0004 of 券面事項確認AP.
    pub certificate: Vec<u8>,
    /// The same key certified for 券面入力補助AP, 568 bytes: EF 0004 there. One key for both is bench profile.
    pub text_certificate: Vec<u8>,
}

/// Everything one card is made from. Its `Debug` form tells none of the secrets.
#[derive(Clone)]
pub struct CardContents {
    /// Kind of token.
    pub token: Token,
    /// 利用者証明用 key and certificate.
    pub user_authentication: Option<KeyAndCertificate>,
    /// 署名用 key and certificate.
    pub digital_signature: Option<KeyAndCertificate>,
    /// Four digits; `None` makes a 「顔認証」 card, whose PIN is delivered blocked (bench profile).
    pub user_pin: Option<String>,
    /// 署名用パスワード; stored in upper case. `None`: delivered blocked.
    pub signature_password: Option<String>,
    /// 券面入力補助用 and 住民基本台帳用 PINs.
    pub other_pins: OtherPins,
    /// The card's front.
    pub face: FaceRecord,
    /// The holder in letters.
    pub holder: Holder,
    /// 個人番号, 12 digits; keep its check digit wrong so that nobody can own it.
    pub individual_number: String,
    /// Who vouches for the card-face files.
    pub issuer: Arc<FaceIssuer>,
    /// EF 0016: the key terminals' certificates are checked with (bench profile). `None`: no terminal is approved.
    pub terminal_authority: Option<RsaPublicKey>,
    /// Seed of GET CHALLENGE and of PSS salts.
    pub challenge_seed: [u8; 32],
    /// What the public record leaves open.
    pub open_questions: OpenQuestions,
}

impl std::fmt::Debug for CardContents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardContents")
            .field("token", &self.token)
            .field("user_authentication", &self.user_authentication.is_some())
            .field("digital_signature", &self.digital_signature.is_some())
            .field("user_pin", &self.user_pin.is_some())
            .field("photo", &self.face.photo.is_some())
            .finish_non_exhaustive()
    }
}

/// 照合番号B: date of birth as YYMMDD in era years, expiry year, security code; 14 digits.
pub fn reference_number_b(birthdate: Date, expiry_year: i16, security_code: &str) -> String {
    format!("{}{expiry_year:04}{security_code}", era_birth_key(birthdate))
}

/// 生年月日 key: YYMMDD, YY being the era year without the era's letter.
pub fn era_birth_key(birthdate: Date) -> String {
    format!("{:02}{:02}{:02}", era_year(birthdate), birthdate.month(), birthdate.day())
}

/// The year within the Japanese era of a day, modulo 100; days before 大正 count as 明治.
///
/// Each era begins with the day of accession; that day already carries the new era's year 1.
fn era_year(date: Date) -> i16 {
    const ERAS: [(Date, i16); 4] = [
        (Date::constant(2019, 5, 1), 2018),   // 令和
        (Date::constant(1989, 1, 8), 1988),   // 平成
        (Date::constant(1926, 12, 25), 1925), // 昭和
        (Date::constant(1912, 7, 30), 1911),  // 大正
    ];
    let year_zero = ERAS.iter().find(|(first, _)| date >= *first).map_or(1867, |(_, zero)| *zero);
    (date.year() - year_zero).rem_euclid(100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_published_example() {
        assert_eq!(reference_number_b(date(1980, 2, 17), 2035, "2285"), "55021720352285");
    }

    #[test]
    fn era_boundaries() {
        for (day, key) in [
            (date(1912, 7, 29), "450729"),
            (date(1912, 7, 30), "010730"),
            (date(1926, 12, 24), "151224"),
            (date(1926, 12, 25), "011225"),
            (date(1989, 1, 7), "640107"),
            (date(1989, 1, 8), "010108"),
            (date(2019, 4, 30), "310430"),
            (date(2019, 5, 1), "010501"),
            (date(2026, 11, 24), "081124"),
        ] {
            assert_eq!(era_birth_key(day), key);
        }
    }
}
