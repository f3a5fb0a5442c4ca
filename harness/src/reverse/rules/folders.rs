//! The files of the shared folders: names, pairs, character code, dates, contents.

use reports::evidence::Seam;

use super::{Found, Material, Rule, at, each};
use crate::checks::files;
use crate::checks::seams::Unseen;
use crate::reverse::folder_seam::FileNote;
use crate::taps::FileSeen;

const NO_FILE: &str = "no file appeared in res or face";
const NO_RESULT: &str = "no result appeared in face";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Folder,
        "folders/answered-by-name",
        &["OQS-MSG-01"],
        ("回答の名前が依頼に対応する", "an answer bears the name of its request"),
        answered_by_name,
    ),
    at(
        Seam::Folder,
        "folders/result-name",
        &["OQS-MSG-03"],
        ("結果の名前が十四桁の数字で終わる", "the name of a result ends in fourteen digits"),
        |it| in_folder(it, "face", files::named_by_moment, NO_RESULT),
    ),
    at(
        Seam::Folder,
        "folders/character-code",
        &["OQS-MSG-06"],
        ("文字コードの表示が合う", "the stated character code is the one used"),
        |it| written(it, files::coded_as_stated, NO_FILE),
    ),
    at(
        Seam::Folder,
        "folders/dates",
        &["OQS-MSG-16"],
        ("日付と時刻が暦にある", "dates and times are of the calendar"),
        |it| written(it, files::real_dates, NO_FILE),
    ),
    at(
        Seam::Folder,
        "folders/errors",
        &["OQS-MSG-11"],
        (
            "異常の回答に符号があり、人の情報がない",
            "an answer that reports an error bears its code and no data of a person",
        ),
        errors,
    ),
    at(
        Seam::Folder,
        "folders/grounds",
        &["OQS-QUAL-04"],
        (
            "カードと番号のどちらによる回答かを示す",
            "a file says whether it rests on a card or on numbers",
        ),
        |it| qualified(it, files::grounds_told),
    ),
    at(
        Seam::Folder,
        "folders/sex-told",
        &["OQS-QUAL-30"],
        ("性別が必ずある", "every record tells the sex"),
        |it| qualified(it, files::sex_told),
    ),
    at(
        Seam::Folder,
        "folders/consent-times",
        &["OQS-CONS-08"],
        ("同意の時刻と期限が同意の有無に合う", "times stand where consent was given"),
        consent_times,
    ),
    at(
        Seam::Folder,
        "folders/one-institution",
        &["OQS-QUAL-07"],
        ("一つの機関の回答だけが現れる", "only answers to one institution appear"),
        one_institution,
    ),
    at(
        Seam::Folder,
        "folders/whole",
        &["OQS-MSG-13"],
        ("ファイルが書き終わってから現れる", "a file appears whole"),
        whole,
    ),
];

/// As the checks of files take them.
fn as_seen(note: &FileNote) -> FileSeen {
    FileSeen {
        institution: String::new(),
        folder: note.folder,
        name: note.name.clone(),
        bytes: note.bytes.clone(),
    }
}

/// Messages in `res` and `face`: documents and encrypted files cannot be read, and a notice of removal is none.
fn messages(material: &Material) -> impl Iterator<Item = FileSeen> {
    let readable = |note: &&FileNote| note.folder != "req" && note.name.ends_with(".xml");
    material.notes.files.iter().filter(readable).map(as_seen)
}

/// Each file by itself.
fn written(
    material: &Material,
    holds: fn(&[FileSeen]) -> Result<(), Unseen>,
    lacking: &'static str,
) -> Found {
    each(messages(material).map(|file| holds(&[file])), lacking)
}

fn in_folder(
    material: &Material,
    folder: &str,
    holds: fn(&[FileSeen]) -> Result<(), Unseen>,
    lacking: &'static str,
) -> Found {
    let files = messages(material).filter(|file| file.folder == folder);
    each(files.map(|file| holds(&[file])), lacking)
}

/// Answers about one person's qualification that are no error.
fn qualified(material: &Material, holds: fn(&[FileSeen]) -> Result<(), Unseen>) -> Found {
    let about = |file: &FileSeen| {
        let text = files::decode(&file.bytes).map(|(text, _)| text).unwrap_or_default();
        file.name.starts_with("OQSsiquc01res") && files::value(&text, "Name").is_some()
    };
    let files = messages(material).filter(about);
    each(files.map(|file| holds(&[file])), "no record of a person appeared")
}

fn errors(material: &Material) -> Found {
    let is_error = |file: &FileSeen| {
        let text = files::decode(&file.bytes).map(|(text, _)| text).unwrap_or_default();
        let by_body = files::value(&text, "MessageContents").is_some();
        match files::value(&text, "SegmentOfResult") {
            Some(segment) => segment == "9",
            None => by_body,
        }
    };
    let files = messages(material).filter(|file| file.folder == "res").filter(is_error);
    each(files.map(|file| files::errors_without_people(&[file])), "no answer reported an error")
}

fn consent_times(material: &Material) -> Found {
    let tells = |file: &FileSeen| String::from_utf8_lossy(&file.bytes).contains("ConsFlg>");
    let files = messages(material).filter(|file| file.folder == "face").filter(tells);
    each(files.map(|file| files::consents_with_times(&[file])), "no result told a consent")
}

/// Without its ending: a document or an encrypted file answers under the same name.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A request and an answer that have no counterpart are one pair under two names. Either alone may be the work of somebody who was
/// quicker than the tap's eye.
fn answered_by_name(material: &Material) -> Found {
    let of = |folder: &'static str| {
        material.notes.files.iter().filter(move |note| note.folder == folder)
    };
    let answers: Vec<&str> =
        of("res").map(|note| stem(&note.name)).filter(|name| !name.starts_with("DEL")).collect();
    let due: Vec<(String, bool)> =
        of("req").map(|note| (stem(&note.name).replacen("req", "res", 1), note.gone)).collect();
    let met = due.iter().filter(|(name, _)| answers.contains(&name.as_str())).count();
    let left = due.iter().filter(|(name, gone)| *gone && !answers.contains(&name.as_str())).count();
    let known = |name: &&&str| due.iter().any(|(due, _)| due == **name);
    let strange = answers.iter().filter(|name| !known(name)).count();
    match (met, left.min(strange), left) {
        (_, 1.., _) => Found::Broken {
            times: left.min(strange),
            of: due.len(),
            first: "a request was taken, and an answer to no request appeared".to_owned(),
        },
        (_, _, 1..) => Found::Review(format!(
            "{left} requests were taken and no answer was seen: was it taken away at once, or the request withdrawn?"
        )),
        (0, _, _) => Found::NotSeen("no request was seen with its answer"),
        (met, _, _) => Found::Holds(met),
    }
}

/// The folders belong to whomever the first file names.
fn one_institution(material: &Material) -> Found {
    let code = |file: FileSeen| {
        let (text, _) = files::decode(&file.bytes).ok()?;
        files::value(&text, "MedicalInstitutionCode").map(str::to_owned)
    };
    let codes: Vec<String> = messages(material).filter_map(code).collect();
    let told = || "a file names another institution than the first one".to_owned();
    let look = |code: &String| if Some(code) == codes.first() { Ok(()) } else { Err(told()) };
    each(codes.iter().map(look), "no file named an institution")
}

fn whole(material: &Material) -> Found {
    let look = |note: &FileNote| {
        let told = || format!("{}: a file was seen while it was being written", note.folder);
        if note.grew { Err(told()) } else { Ok(()) }
    };
    each(material.notes.files.iter().map(look), "no file appeared")
}
