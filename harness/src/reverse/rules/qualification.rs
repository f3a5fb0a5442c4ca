//! What an answer about a qualification says, held against itself and its request.

use reports::evidence::Seam;

use super::{Found, Material, Oqs, Rule, at, each};
use crate::checks::files::{leaves, value};

const NO_ANSWER: &str = "no qualification was answered";
/// Elements that stand in a record only, and never in the echo of a query.
const OF_A_RECORD: [&str; 5] = ["Name", "NameKana", "Address", "QualificationDate", "InsurerName"];

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Backend,
        "backend/grounds",
        &["OQS-QUAL-04"],
        (
            "カードと番号のどちらによる回答かを示す",
            "an answer says whether it rests on a card or on numbers",
        ),
        grounds,
    ),
    at(
        Seam::Backend,
        "backend/valid-with-record",
        &["OQS-QUAL-08"],
        ("有効な資格を記録とともに答える", "a valid qualification comes with its record"),
        valid_with_record,
    ),
    at(
        Seam::Backend,
        "backend/nobody-without-data",
        &["OQS-QUAL-11", "OQS-QUAL-12"],
        (
            "該当なしと複数該当では人の情報がない",
            "nobody found and several found come without data of a person",
        ),
        nobody_without_data,
    ),
    at(
        Seam::Backend,
        "backend/lost-with-day",
        &["OQS-QUAL-17"],
        ("喪失した資格に喪失日がある", "a lost qualification bears the day of loss"),
        lost_with_day,
    ),
    at(
        Seam::Backend,
        "backend/sex-told",
        &["OQS-QUAL-30"],
        ("性別が必ずある", "every record tells the sex"),
        sex_told,
    ),
    at(
        Seam::Backend,
        "backend/bulk-by-number",
        &["OQS-BULK-01"],
        (
            "一括照会にまず受付番号だけを答える",
            "a bulk request is answered first by a reception number alone",
        ),
        bulk_by_number,
    ),
    at(
        Seam::Backend,
        "backend/bulk-without-class",
        &["OQS-BULK-07", "OQS-LIM-09"],
        (
            "一括照会では区分も同意も答えない",
            "a bulk result tells neither the limit class nor a consent",
        ),
        bulk_without_class,
    ),
];

/// Normal answers of one person's qualification.
fn answers(material: &Material) -> impl Iterator<Item = &Oqs> {
    let about = |oqs: &&Oqs| oqs.is("OQSsiquc01") || oqs.is("SIMqualif01");
    material.oqs.iter().filter(|oqs| oqs.is_normal()).filter(about)
}

fn grounds(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let due = if oqs.is("SIMqualif01") { "1" } else { "2" };
        let found = oqs.answered("ReferenceClassification");
        let told = || format!("{}: ReferenceClassification is not {due}", oqs.family);
        if found == Some(due) { Ok(()) } else { Err(told()) }
    };
    each(answers(material).map(look), NO_ANSWER)
}

/// Answers of these values of `QualificationValidity`.
fn valued<'a>(material: &'a Material, values: &'a [&str]) -> impl Iterator<Item = &'a Oqs> {
    let valued = |oqs: &&Oqs| {
        oqs.answered("QualificationValidity").is_some_and(|value| values.contains(&value))
    };
    answers(material).filter(valued)
}

fn valid_with_record(material: &Material) -> Found {
    let look = |oqs: &Oqs| match oqs.answered("Name") {
        Some(_) => Ok(()),
        None => Err("a valid qualification comes without a record".to_owned()),
    };
    each(valued(material, &["1"]).map(look), "no valid qualification was answered")
}

fn nobody_without_data(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let told = leaves(&oqs.answer).find(|(name, _)| OF_A_RECORD.contains(name));
        told.map_or(Ok(()), |(name, _)| Err(format!("holds {name}")))
    };
    each(valued(material, &["4", "5"]).map(look), "nobody was asked about who was not found")
}

fn lost_with_day(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        oqs.answered("Name")?;
        let told = || "an invalid qualification bears no DisqualificationDate".to_owned();
        // A short-term certificate ends by its own last day.
        let ends = ["DisqualificationDate", "InsuredCardExpirationDate"];
        let has = ends.iter().any(|name| oqs.answered(name).is_some());
        Some(if has { Ok(()) } else { Err(told()) })
    };
    each(valued(material, &["2", "3"]).filter_map(look), "no lost qualification was answered")
}

fn sex_told(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let count = |wanted: &str| leaves(&oqs.answer).filter(|(name, _)| *name == wanted).count();
        let (records, told) = (count("Name"), count("Sex1"));
        (records > 0).then(|| {
            let words = || format!("{records} records, {told} tell the sex");
            if records == told { Ok(()) } else { Err(words()) }
        })
    };
    each(answers(material).filter_map(look), "no record was answered")
}

fn bulk_by_number(material: &Material) -> Found {
    let first = |oqs: &&Oqs| oqs.family.contains("mu") && oqs.family.ends_with("01req");
    let look = |oqs: &Oqs| {
        let body = oqs.answer.split("<MessageBody").nth(1).unwrap_or_default();
        if value(body, "ReceptionNumber").is_none() {
            return Err(format!("{}: no ReceptionNumber", oqs.given));
        }
        let told = leaves(body).find(|(name, _)| OF_A_RECORD.contains(name));
        told.map_or(Ok(()), |(name, _)| Err(format!("{}: holds {name}", oqs.given)))
    };
    let taken = material.oqs.iter().filter(first).filter(|oqs| oqs.is_normal());
    each(taken.map(look), "no bulk request was taken in")
}

fn bulk_without_class(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        // What was asked stands in the answer too, with the class that the institution knows.
        let told =
            oqs.answer.split("<ResultOfQualificationConfirmation>").skip(1).find_map(|record| {
                let record = record.split("</ResultOfQualificationConfirmation>").next()?;
                let told = |name: &str| {
                    name == "LimitApplicationCertificateClassificationFlag"
                        || name.ends_with("ConsFlg")
                };
                leaves(record).map(|(name, _)| name).find(|name| told(name))
            });
        told.map_or(Ok(()), |name| Err(format!("holds {name}")))
    };
    let results = material.oqs.iter().filter(|oqs| oqs.is("OQSmuquc02") && oqs.is_normal());
    each(results.map(look), "no bulk result was given")
}
