//! The form of the messages between terminal and backend: layout, names, identifiers, character code, dates, errors.

use reports::evidence::Seam;
use sim_backend::messages::{Named, decode, identify};

use super::{Found, Material, Oqs, Rule, at, each};
use crate::checks::files::{PERSONAL, leaves, value};
use crate::reverse::form::shown;
use crate::taps::FileSeen;

/// What a rule lacks when no XML message passed.
const NO_MESSAGE: &str = "no XML message passed between terminal and backend";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Backend,
        "backend/layout",
        &[],
        ("電文が型のとおりである", "each message has the layout of its family"),
        layout,
    ),
    at(
        Seam::Backend,
        "backend/answer-fits",
        &[],
        ("回答の種類が依頼に対応する", "the family of an answer corresponds to its request's"),
        answer_fits,
    ),
    at(
        Seam::Backend,
        "backend/identifiers",
        &["OQS-MSG-10"],
        ("依頼の識別子がそのまま返る", "the identifiers of a request come back unchanged"),
        identifiers,
    ),
    at(
        Seam::Backend,
        "backend/institution",
        &["OQS-QUAL-07"],
        ("尋ねた機関にだけ答える", "only the institution that asked is answered"),
        institution,
    ),
    at(
        Seam::Backend,
        "backend/errors",
        &["OQS-MSG-11"],
        (
            "異常の回答に符号があり、人の情報がない",
            "an answer that reports an error bears its code and no data of a person",
        ),
        errors,
    ),
    at(
        Seam::Backend,
        "backend/dates",
        &["OQS-MSG-16"],
        ("日付と時刻が暦にある", "dates and times are of the calendar"),
        dates,
    ),
    at(
        Seam::Backend,
        "backend/character-code",
        &["OQS-MSG-06"],
        ("文字コードの表示が合う", "the stated character code is the one used"),
        character_code,
    ),
];

/// Both messages of every exchange whose family is known here.
fn layout(material: &Material) -> Found {
    let sides = |oqs: &Oqs| {
        let Oqs { call, family, given, .. } = oqs;
        let both = [(family.clone(), &call.request.body), (given.clone(), &call.answer.body)];
        both.map(|(family, bytes)| of_family(&family, bytes))
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    };
    each(material.oqs.iter().flat_map(sides), "no message of a family that is known here passed")
}

/// `None`: the layout of this family is not known here.
fn of_family(family: &str, bytes: &[u8]) -> Option<Result<(), String>> {
    let Named::Simulated(known) = identify(family) else { return None };
    Some(decode(known, bytes).map(drop).map_err(|error| format!("{family}: {error}")))
}

/// Where requests are named in the header, which is bench profile: another pair may do without.
fn answer_fits(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let due = match oqs.family.strip_suffix("req")? {
            "SIMqualif01" | "SIMrepeat01" => "OQSsiquc01res".to_owned(),
            base => format!("{base}res"),
        };
        // An error may come under the name of no family, and the result of a card under either of its names.
        let others = ["SIMerrorm01res", "SIMqualif01res"];
        let fits = oqs.given == due || others.contains(&oqs.given.as_str());
        let told = || format!("{} is answered by {:?}", shown(&oqs.family), shown(&oqs.given));
        Some(if fits { Ok(()) } else { Err(told()) })
    };
    each(material.oqs.iter().filter_map(look), "no request bore its family in x-oqs-message")
}

/// The identifier of the file, and those of the entries.
fn identifiers(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        let asked = value(&oqs.asked, "ArbitraryFileIdentifier")?;
        let given = value(&oqs.answer, "ArbitraryFileIdentifier");
        let told = || format!("{}: ArbitraryFileIdentifier comes back otherwise", oqs.given);
        Some(if given == Some(asked) { Ok(()) } else { Err(told()) })
    };
    each(material.oqs.iter().filter_map(look), "no request bore an identifier")
}

/// Header and certificate name one institution; an error may refuse another's name.
fn institution(material: &Material) -> Found {
    const CODE: &str = "MedicalInstitutionCode";
    each(
        material.oqs.iter().map(|oqs| {
            let (asked, given) = (value(&oqs.asked, CODE), value(&oqs.answer, CODE));
            let is_answered = value(&oqs.answer, "SegmentOfResult") != Some("9");
            let came_as = oqs.call.peer.as_deref();
            if is_answered && came_as.is_some() && came_as != asked {
                return Err(format!("{}: answered under another certificate", oqs.family));
            }
            let told = || format!("{}: {CODE} is not the one that asked", oqs.given);
            if !is_answered || asked == given { Ok(()) } else { Err(told()) }
        }),
        NO_MESSAGE,
    )
}

fn errors(material: &Material) -> Found {
    let look = |oqs: &Oqs| {
        (value(&oqs.answer, "SegmentOfResult") == Some("9")).then(|| {
            for element in ["ErrorCode", "ErrorMessage"] {
                if value(&oqs.answer, element).is_none() {
                    return Err(format!("{}: no {element}", oqs.given));
                }
            }
            let personal = leaves(&oqs.answer).find(|(name, _)| PERSONAL.contains(name));
            personal.map_or(Ok(()), |(name, _)| Err(format!("{}: holds {name}", oqs.given)))
        })
    };
    each(material.oqs.iter().filter_map(look), "no answer reported an error")
}

/// Both messages as the checks of files take them.
fn as_files(oqs: &Oqs) -> [FileSeen; 2] {
    let file = |name: &str, bytes: &[u8]| FileSeen {
        institution: String::new(),
        folder: "res",
        name: name.to_owned(),
        bytes: bytes.to_vec(),
    };
    [file(&oqs.family, &oqs.call.request.body), file(&oqs.given, &oqs.call.answer.body)]
}

fn dates(material: &Material) -> Found {
    // The row binds who answers.
    let answers = material.oqs.iter().map(|oqs| as_files(oqs).into_iter().skip(1).collect());
    each(answers.map(|file: Vec<FileSeen>| crate::checks::files::real_dates(&file)), NO_MESSAGE)
}

fn character_code(material: &Material) -> Found {
    let stated =
        |file: &FileSeen| String::from_utf8_lossy(&file.bytes).contains("CharacterCodeIdentifier");
    let messages = material.oqs.iter().flat_map(as_files).filter(stated);
    let look = |file| crate::checks::files::coded_as_stated(&[file]);
    each(messages.map(look), "no message stated its character code")
}
