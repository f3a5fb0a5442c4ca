//! Secrets told by their form, since nobody knows the real ones of a foreign pair: 個人番号 by its check digit, pictures by how
//! such a file begins, PINs by the name they are given under.

use std::collections::BTreeSet;

use sim_card::population::has_valid_check_digit;

use crate::taps::words::holds_photo;

/// What the form of bytes tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// Twelve digits with the check digit of a 個人番号, where no number of anybody's own choice stands.
    Number,
    /// The same where somebody may have chosen such digits: one in eleven has the right check digit by chance.
    MaybeNumber,
    /// A picture of the chip's format.
    Photo,
    /// Four digits under a name like PIN.
    Pin,
}

/// Elements and members whose content an institution, an insurer or a product chooses.
const CHOSEN: [&str; 17] = [
    "ReferenceNumber",
    "ArbitraryFileIdentifier",
    "ArbitraryIdentifier",
    "ReceptionNumber",
    "InsuredIdentificationNumber",
    "InsuredCardSymbol",
    "BeneficiaryNumber",
    "TicketNumber",
    "ChallengeIdentifier",
    "AuthenticationTicket",
    "QualificationConfirmationKey",
    "challenge_id",
    "ticket",
    "account",
    "file",
    "id",
    "request_id",
];

/// Names under which a PIN is written.
const PIN_NAMES: [&str; 8] =
    ["pin", "pincode", "pin_code", "userpin", "user_pin", "passcode", "暗証番号", "password"];

impl Secret {
    /// What it is, as reports may say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "12-digit number",
            Self::MaybeNumber => "12 digits like a 12-digit number",
            Self::Photo => "photo",
            Self::Pin => "PIN",
        }
    }
}

/// The secrets in these bytes.
pub fn secrets(bytes: &[u8]) -> BTreeSet<Secret> {
    let text = ascii_digits(&String::from_utf8_lossy(bytes));
    let mut found: BTreeSet<Secret> = numbers(&text).collect();
    if holds_photo(bytes) {
        found.insert(Secret::Photo);
    }
    if runs(&text).any(|(at, run)| run.len() == 4 && is_pin_name(label(before(&text, at)))) {
        found.insert(Secret::Pin);
    }
    found
}

/// A text that may be shown: runs of twelve digits are left out, and what is long is cut.
pub fn shown(text: &str) -> String {
    const LONG: usize = 100;
    let mut shown = text.to_owned();
    for run in ascii_digits(text).split(|sign: char| !sign.is_ascii_digit()) {
        if run.len() == 12 {
            shown = ascii_digits(&shown).replace(run, "(12 digits)");
        }
    }
    shown.chars().filter(|sign| !sign.is_control()).take(LONG).collect()
}

fn numbers(text: &str) -> impl Iterator<Item = Secret> {
    let like = runs(text).filter(|(_, run)| has_valid_check_digit(run));
    like.map(|(at, run)| {
        let name = label(before(text, at));
        let chosen = name.is_some_and(|name| CHOSEN.contains(&name));
        // In a name of a file or a path digits stand after a sign, under no name of their own.
        if chosen || name.is_none() || is_moment(run) {
            Secret::MaybeNumber
        } else {
            Secret::Number
        }
    })
}

/// Full-width digits count as well.
fn ascii_digits(text: &str) -> String {
    let ascii = |sign: char| match sign {
        '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10).unwrap_or(sign),
        other => other,
    };
    text.chars().map(ascii).collect()
}

/// Runs of digits that stand alone, and where.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let joined = |sign: char| sign.is_ascii_alphanumeric() || "+/=".contains(sign);
    let words = text.split(move |sign: char| !joined(sign));
    let place = move |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    words
        .filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(move |word| (place(word), word))
}

fn before(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or_default()
}

/// The element or member that a value which follows this text stands under.
fn label(before: &str) -> Option<&str> {
    let before = before.trim_end_matches(['"', ' ', '\'']);
    if let Some(tag) = before.strip_suffix('>') {
        let name = tag.rsplit_once('<')?.1;
        return name.split_whitespace().next().filter(|name| !name.starts_with('/'));
    }
    let member = before.trim_end().strip_suffix(':')?.trim_end().strip_suffix('"')?;
    member.rsplit_once('"').map(|(_, name)| name)
}

fn is_pin_name(name: Option<&str>) -> bool {
    name.is_some_and(|name| PIN_NAMES.contains(&name.to_ascii_lowercase().as_str()))
}

/// `yyyyMMddHHmm`.
fn is_moment(run: &str) -> bool {
    jiff::civil::DateTime::strptime("%Y%m%d%H%M", run)
        .is_ok_and(|moment| (1900..2100).contains(&moment.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_form() {
        for (text, expected) in [
            ("<PersonalNumber>123456789018</PersonalNumber>", Some(Secret::Number)),
            ("<PersonalNumber>１２３４５６７８９０１８</PersonalNumber>", Some(Secret::Number)),
            ("{\"my_number\": \"123456789018\"}", Some(Secret::Number)),
            ("{\"n\":123456789018}", Some(Secret::Number)),
            ("<PersonalNumber>123456789010</PersonalNumber>", None),
            ("<PersonalNumber>1123456789018</PersonalNumber>", None),
            ("<Signature>AB123456789018CD</Signature>", None),
            ("<ReferenceNumber>123456789018</ReferenceNumber>", Some(Secret::MaybeNumber)),
            ("OQSsiquc01req_123456789018.xml", Some(Secret::MaybeNumber)),
            ("{\"pin\":\"1234\"}", Some(Secret::Pin)),
            ("<Pin>1234</Pin>", Some(Secret::Pin)),
            ("{\"pin\":\"12345\"}", None),
            ("{\"year\":\"1234\"}", None),
            ("{\"picture\":\"AAAADGpQICANCocK\"}", Some(Secret::Photo)),
        ] {
            let found: Vec<Secret> = secrets(text.as_bytes()).into_iter().collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_twelve_digits() {
        assert_eq!(shown("a_123456789012.xml"), "a_(12 digits).xml");
        assert_eq!(shown("/x/１23456789012"), "/x/(12 digits)");
        assert_eq!(shown("face_20260401093000.xml\n"), "face_20260401093000.xml");
    }
}
