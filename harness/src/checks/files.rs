//! Assertions on the files that crossed the folder seam: their names, their character code, their form. They read the bytes
//! for themselves and share nothing with what wrote or reads them.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use jiff::civil::{Date, DateTime};

use super::seams::Unseen;
use crate::taps::FileSeen;

/// Kinds of information that a consent opens for 24 hours; the others end with the visit.
const FOR_A_DAY: [&str; 4] =
    ["SpecificHealthCheckupsInfo", "PharmacistsInfo", "DiagnosisInfo", "OperationInfo"];

/// Elements that tell of a person.
pub const PERSONAL: [&str; 8] = [
    "Name",
    "NameKana",
    "Birthdate",
    "Address",
    "InsurerNumber",
    "InsuredCardSymbol",
    "InsuredIdentificationNumber",
    "ReferenceNumber",
];

/// Holds every file of a folder to something; at least one must be there.
fn each(
    files: &[FileSeen],
    folder: &str,
    holds: impl Fn(&FileSeen) -> Result<(), Unseen>,
) -> Result<(), Unseen> {
    let mut there = files.iter().filter(|file| file.folder == folder).peekable();
    if there.peek().is_none() {
        return Err(format!("no file in {folder}"));
    }
    there.try_for_each(|file| holds(file).map_err(|why| format!("{}: {why}", file.name)))
}

/// Each request has one answer, under its own name with `res` for `req`. Source: row OQS-MSG-01.
///
/// # Errors
/// Names the request, or the answer to none.
pub fn answered_by_name(requests: &[FileSeen], files: &[FileSeen]) -> Result<(), Unseen> {
    let mut answers: BTreeMap<(String, String), usize> = BTreeMap::new();
    for file in files.iter().filter(|file| file.folder == "res") {
        *answers.entry((file.institution.clone(), file.name.clone())).or_default() += 1;
    }
    if requests.is_empty() {
        return Err("there was no request".to_owned());
    }
    for request in requests {
        let name = request.name.replacen("req", "res", 1);
        match answers.remove(&(request.institution.clone(), name.clone())) {
            Some(1) => {}
            Some(times) => return Err(format!("{name} was written {times} times")),
            None => return Err(format!("{} has no answer {name}", request.name)),
        }
    }
    answers.keys().next().map_or(Ok(()), |(_, name)| Err(format!("{name} answers no request")))
}

/// Each result's name ends in fourteen digits. Source: row OQS-MSG-03.
///
/// # Errors
/// Names the file.
pub fn named_by_moment(files: &[FileSeen]) -> Result<(), Unseen> {
    each(files, "face", |file| {
        let stem = file.name.strip_suffix(".xml").unwrap_or_default();
        let digits = stem.chars().rev().take_while(char::is_ascii_digit).count();
        if digits == 14 { Ok(()) } else { Err(format!("ends in {digits} digits")) }
    })
}

/// Each file is written in the character code that it states. Source: row OQS-MSG-06.
///
/// # Errors
/// Says what it states and what it is.
pub fn coded_as_stated(files: &[FileSeen]) -> Result<(), Unseen> {
    every(files, |_, text, encoding| {
        let stated = value(text, "CharacterCodeIdentifier");
        match (stated, encoding == SHIFT_JIS) {
            (None | Some("0"), false) | (None | Some("1"), true) => Ok(()),
            (Some(stated), _) => {
                Err(format!("CharacterCodeIdentifier {stated} in {}", encoding.name()))
            }
        }
    })
}

/// Every date has eight digits and every time fourteen, and both are in the calendar. Source: row OQS-MSG-16.
///
/// # Errors
/// Names the element, never its value.
pub fn real_dates(files: &[FileSeen]) -> Result<(), Unseen> {
    every(files, |_, text, _| {
        for (element, value) in leaves(text) {
            let real = if element.ends_with("Time") {
                value.len() == 14 && DateTime::strptime("%Y%m%d%H%M%S", value).is_ok()
            } else if element.ends_with("Date") || element == "Birthdate" {
                value.len() == 8 && Date::strptime("%Y%m%d", value).is_ok()
            } else {
                continue;
            };
            if !real {
                return Err(format!("{element} is no moment of the calendar"));
            }
        }
        Ok(())
    })
}

/// A consent that was given has its time, and its end a day later if it opens information; one refused has neither.
/// Source: row OQS-CONS-08.
///
/// # Errors
/// Names the element.
pub fn consents_with_times(files: &[FileSeen]) -> Result<(), Unseen> {
    each(files, "face", |file| {
        let (text, _) = decoded(file)?;
        let mut asked = BTreeSet::new();
        for (element, flag) in leaves(&text) {
            let Some(kind) = element.strip_suffix("ConsFlg") else { continue };
            asked.insert(kind);
            times_fit(kind, flag, &text)?;
        }
        if asked.is_empty() { Err("no consent is told".to_owned()) } else { Ok(()) }
    })
}

fn times_fit(kind: &str, flag: &str, text: &str) -> Result<(), Unseen> {
    let given = value(text, &format!("{kind}ConsTime"));
    let ends = value(text, &format!("{kind}AvailableTime"));
    let moment = |text: &str| DateTime::strptime("%Y%m%d%H%M%S", text).ok();
    let a_day_later = || {
        let day = jiff::Span::new().hours(24);
        let due = moment(given?)?.checked_add(day).ok()?;
        Some(moment(ends?)? == due)
    };
    let fit = match (flag, FOR_A_DAY.contains(&kind)) {
        ("0", _) => given.is_none() && ends.is_none(),
        ("1", true) => a_day_later() == Some(true),
        ("1", false) => given.is_some() && ends.is_none(),
        _ => false,
    };
    if fit { Ok(()) } else { Err(format!("{kind}: the times do not fit the flag")) }
}

/// An answer that reports an error bears its code and no data of a person. Source: row OQS-MSG-11.
///
/// # Errors
/// Names the element, never its value.
pub fn errors_without_people(files: &[FileSeen]) -> Result<(), Unseen> {
    let mut errors = 0;
    for file in files.iter().filter(|file| file.folder == "res") {
        let (text, _) = decoded(file)?;
        // Health checks and their like have elements of their own for it.
        let code = match (value(&text, "SegmentOfResult"), value(&text, "MessageContents")) {
            (Some("9"), _) => "ErrorCode",
            (None, Some(_)) => "ResultCode",
            _ => continue,
        };
        errors += 1;
        if value(&text, code).is_none() {
            return Err(format!("{}: no {code}", file.name));
        }
        if let Some((element, _)) = leaves(&text).find(|(element, _)| PERSONAL.contains(element)) {
            return Err(format!("{}: holds {element}", file.name));
        }
    }
    if errors == 0 { Err("no answer reports an error".to_owned()) } else { Ok(()) }
}

/// Answers to numbers say that they rest on numbers, results of a card that they rest on the card. Source: row OQS-QUAL-04.
///
/// # Errors
/// Says what a file states.
pub fn grounds_told(files: &[FileSeen]) -> Result<(), Unseen> {
    every(files, |file, text, _| {
        let expected = if file.folder == "face" { "1" } else { "2" };
        match value(text, "ReferenceClassification") {
            Some(found) if found == expected => Ok(()),
            found => Err(format!("ReferenceClassification {}", found.unwrap_or("absent"))),
        }
    })
}

/// Every record tells the sex. Source: row OQS-QUAL-30.
///
/// # Errors
/// Says how many records and how many of these.
pub fn sex_told(files: &[FileSeen]) -> Result<(), Unseen> {
    every(files, |_, text, _| {
        let named = leaves(text).filter(|(element, _)| *element == "Name").count();
        let told = leaves(text)
            .filter(|(element, value)| *element == "Sex1" && ["1", "2", "3"].contains(value))
            .count();
        if named > 0 && named == told {
            Ok(())
        } else {
            Err(format!("{named} records, {told} tell the sex"))
        }
    })
}

/// Every answer marks a preschool child, or none does. Source: row OQS-QUAL-20.
///
/// # Errors
/// Says which it is.
pub fn preschool_told(files: &[FileSeen], wanted: bool) -> Result<(), Unseen> {
    every(files, |_, text, _| match (value(text, "PreschoolClassification"), wanted) {
        (Some("1"), true) | (None, false) => Ok(()),
        (Some(_), _) => Err("marks a preschool child".to_owned()),
        (None, true) => Err("marks no preschool child".to_owned()),
    })
}

/// Holds every result and answer to something; at least one must be there.
fn every(
    files: &[FileSeen],
    holds: impl Fn(&FileSeen, &str, &'static Encoding) -> Result<(), Unseen>,
) -> Result<(), Unseen> {
    if files.is_empty() {
        return Err("there was no file".to_owned());
    }
    files.iter().try_for_each(|file| {
        let (text, encoding) = decoded(file)?;
        holds(file, &text, encoding).map_err(|why| format!("{}: {why}", file.name))
    })
}

/// The text of a file, in the code that its XML declaration names.
fn decoded(file: &FileSeen) -> Result<(String, &'static Encoding), Unseen> {
    decode(&file.bytes).map_err(|why| format!("{}: {why}", file.name))
}

/// A text in the code that its XML declaration names.
///
/// # Errors
/// Says why it cannot be read.
pub fn decode(bytes: &[u8]) -> Result<(String, &'static Encoding), Unseen> {
    let told = str::to_owned;
    let head = bytes.split(|byte| *byte == b'>').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let named = head.split("encoding=").nth(1).unwrap_or_default();
    let label = named.split(['"', '\'']).nth(1).unwrap_or("UTF-8");
    let encoding = Encoding::for_label(label.as_bytes())
        .filter(|it| *it == UTF_8 || *it == SHIFT_JIS)
        .ok_or_else(|| told("declares another character code"))?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or_else(|| told("is not in the character code it declares"))?;
    Ok((text.into_owned(), encoding))
}

/// Elements that hold a text and no element, in order: name and text.
pub fn leaves(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let after = text.split('<').skip(1);
    after.clone().zip(after.skip(1)).filter_map(|(open, close)| {
        let (name, value) = open.split_once('>')?;
        let closes = close.strip_prefix('/')?.strip_prefix(name)?.starts_with('>');
        (closes && !value.trim().is_empty()).then_some((name, value))
    })
}

/// The text of the first element of this name that has one.
pub fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    leaves(text).find(|(element, _)| *element == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &'static str, name: &str, text: &str) -> FileSeen {
        FileSeen {
            institution: "1319999999".into(),
            folder,
            name: name.into(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    /// A file with these elements behind its declaration.
    fn with(folder: &'static str, elements: &str) -> Vec<FileSeen> {
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg>{elements}</XmlMsg>");
        vec![file(folder, "OQSsiquc01res_20260401093000.xml", &text)]
    }

    #[test]
    fn each_request_has_one_answer_of_its_name() {
        let request = |name: &str| file("req", name, "");
        let answer = |name: &str| file("res", name, "");
        let (one, two) = ("OQSsiquc01req_1.xml", "OQSsiquc01req_2.xml");
        let (yes, also) = ("OQSsiquc01res_1.xml", "OQSsiquc01res_2.xml");
        let seen = |requests: &[&str], answers: &[&str]| {
            let requests: Vec<_> = requests.iter().map(|name| request(name)).collect();
            let answers: Vec<_> = answers.iter().map(|name| answer(name)).collect();
            answered_by_name(&requests, &answers).is_ok()
        };
        assert!(seen(&[one, two], &[also, yes]));
        for (requests, answers) in [
            (vec![], vec![]),
            (vec![one], vec![]),
            (vec![one], vec![also]),
            (vec![one], vec![yes, also]),
            (vec![one], vec![yes, yes]),
        ] {
            assert!(!seen(&requests, &answers), "{requests:?} {answers:?}");
        }
    }

    #[test]
    fn a_result_ends_in_fourteen_digits() {
        for (name, holds) in [
            ("OQSsiquc01res_face_20260401093000.xml", true),
            ("anything20260401093000.xml", true),
            ("OQSsiquc01res_face_2026040109300.xml", false),
            ("OQSsiquc01res_face_202604010930000.xml", false),
            ("OQSsiquc01res_face_20260401093000.XML", false),
        ] {
            assert_eq!(named_by_moment(&[file("face", name, "")]).is_ok(), holds, "{name}");
        }
        assert!(named_by_moment(&[]).is_err());
    }

    #[test]
    fn the_code_is_the_one_stated() {
        let text = |encoding: &str, stated: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"{encoding}\"?><X><CharacterCodeIdentifier>{stated}</CharacterCodeIdentifier><Name>架空</Name></X>"
            )
        };
        let shift_jis = |text: &str| {
            vec![FileSeen { bytes: SHIFT_JIS.encode(text).0.into_owned(), ..file("res", "a", "") }]
        };
        let utf_8 = |text: &str| vec![file("res", "a", text)];
        assert!(coded_as_stated(&utf_8(&text("UTF-8", "0"))).is_ok());
        assert!(coded_as_stated(&shift_jis(&text("Shift_JIS", "1"))).is_ok());
        assert!(coded_as_stated(&utf_8(&text("UTF-8", "1"))).is_err());
        assert!(coded_as_stated(&shift_jis(&text("Shift_JIS", "0"))).is_err());
        assert!(coded_as_stated(&shift_jis(&text("UTF-8", "0"))).is_err());
        assert!(coded_as_stated(&utf_8(&text("EUC-JP", "0"))).is_err());
    }

    #[test]
    fn moments_are_of_the_calendar_and_of_fixed_width() {
        for (elements, holds) in [
            ("<Birthdate>19800229</Birthdate>", true),
            ("<Birthdate>19810229</Birthdate>", false),
            ("<QualificationDate>2026041</QualificationDate>", false),
            ("<QualificationDate/><QualificationDate></QualificationDate>", true),
            ("<ProcessExecutionTime>20260401093000</ProcessExecutionTime>", true),
            ("<ProcessExecutionTime>20260401243000</ProcessExecutionTime>", false),
            ("<ProcessExecutionTime>202604010930</ProcessExecutionTime>", false),
        ] {
            assert_eq!(real_dates(&with("res", elements)).is_ok(), holds, "{elements}");
        }
    }

    #[test]
    fn times_stand_where_consent_was_given() {
        let drugs = |flag: &str, more: &str| {
            format!("<PharmacistsInfoConsFlg>{flag}</PharmacistsInfoConsFlg>{more}")
        };
        let time = "<PharmacistsInfoConsTime>20260401093000</PharmacistsInfoConsTime>";
        let end = "<PharmacistsInfoAvailableTime>20260402093000</PharmacistsInfoAvailableTime>";
        let late = end.replace("0930", "0931");
        for (elements, holds) in [
            (drugs("0", ""), true),
            (drugs("1", &format!("{time}{end}")), true),
            (drugs("0", time), false),
            (drugs("1", ""), false),
            (drugs("1", time), false),
            (drugs("1", end), false),
            (drugs("1", &format!("{time}{late}")), false),
            (drugs("2", ""), false),
            (String::new(), false),
        ] {
            assert_eq!(consents_with_times(&with("face", &elements)).is_ok(), holds, "{elements}");
        }
    }

    #[test]
    fn an_error_tells_its_code_and_nobody() {
        let error = "<SegmentOfResult>9</SegmentOfResult>";
        let code = "<ErrorCode>E001</ErrorCode>";
        for (elements, holds) in [
            (format!("{error}{code}"), true),
            (error.to_owned(), false),
            (format!("{error}{code}<Name>架空</Name>"), false),
            ("<ResultCode>E1</ResultCode><MessageContents>x</MessageContents>".to_owned(), true),
            ("<MessageContents>x</MessageContents>".to_owned(), false),
            ("<SegmentOfResult>1</SegmentOfResult>".to_owned(), false),
        ] {
            assert_eq!(errors_without_people(&with("res", &elements)).is_ok(), holds, "{elements}");
        }
    }

    #[test]
    fn the_grounds_and_the_sex_are_told() {
        let rests_on =
            |code: &str| format!("<ReferenceClassification>{code}</ReferenceClassification>");
        assert!(grounds_told(&with("res", &rests_on("2"))).is_ok());
        assert!(grounds_told(&with("face", &rests_on("1"))).is_ok());
        assert!(grounds_told(&with("res", &rests_on("1"))).is_err());
        assert!(grounds_told(&with("res", "")).is_err());
        let child = with("face", "<PreschoolClassification>1</PreschoolClassification>");
        assert!(preschool_told(&child, true).is_ok() && preschool_told(&child, false).is_err());
        let grown = with("face", "<PreschoolClassification/>");
        assert!(preschool_told(&grown, false).is_ok() && preschool_told(&grown, true).is_err());
        for (elements, holds) in [
            ("<Name>架空</Name><Sex1>2</Sex1>", true),
            ("<Name>架空</Name>", false),
            ("<Name>架空</Name><Sex1>4</Sex1>", false),
            ("", false),
        ] {
            assert_eq!(sex_told(&with("res", elements)).is_ok(), holds, "{elements}");
        }
    }
}
