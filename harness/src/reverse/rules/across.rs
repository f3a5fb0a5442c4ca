//! What several seams tell together: statuses asked, refusals and challenges on their way to the reader, results and whom they tell of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reports::evidence::Seam;
use sim_backend::certificate::serial_of;
use sim_card::apps::jpki::USER_PIN;
use sim_reader::reader_link::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertifyAnswer, CertifyRequest, ChallengeAnswer,
    ChallengeRequest, Mode,
};

use super::authority::{Question, Said, hexadecimal, questions};
use super::reader::read;
use super::{Found, Material, Oqs, Rule, across, each};
use crate::checks::files::{decode, value};
use crate::reverse::card_log::{Application, CommandNote};
use crate::reverse::folder_seam::FileNote;

const BACKEND_AND_AUTHORITY: (Seam, Seam) = (Seam::Backend, Seam::ValidationAuthority);
const READER_AND_BACKEND: (Seam, Seam) = (Seam::Reader, Seam::Backend);

/// The rules of this file.
pub const RULES: &[Rule] = &[
    across(
        BACKEND_AND_AUTHORITY,
        "across/status-asked",
        &["OQS-CERT-22"],
        ("受け付けるごとに失効を確かめる", "the status of a certificate is asked for at each use"),
        status_asked,
    ),
    across(
        BACKEND_AND_AUTHORITY,
        "across/revoked-refused",
        &["OQS-CERT-07", "OQS-CERT-06"],
        ("失効した証明書を受け付けない", "a certificate that is said to be revoked is refused"),
        revoked_refused,
    ),
    across(
        BACKEND_AND_AUTHORITY,
        "across/unknown-not-accepted",
        &["OQS-CERT-19"],
        (
            "失効を確かめられなければ受け付けない",
            "a certificate of which nothing is said is not accepted",
        ),
        unknown_not_accepted,
    ),
    across(
        READER_AND_BACKEND,
        "across/challenge-handed-on",
        &["OQS-CERT-03"],
        ("チャレンジをそのまま渡す", "a reader is given a challenge of the backend, unchanged"),
        challenge_handed_on,
    ),
    across(
        READER_AND_BACKEND,
        "across/refusal-handed-on",
        &["OQS-CERT-04"],
        (
            "読み取り機は資格確認機関の判断を受け取る",
            "a reader is told acceptance only where the backend accepted",
        ),
        refusal_handed_on,
    ),
    across(
        (Seam::Backend, Seam::Folder),
        "across/one-result",
        &["OQS-MSG-02"],
        (
            "カードの回答ごとに結果のファイルが一つ現れる",
            "one result file appears for each card that was answered",
        ),
        one_result,
    ),
    across(
        (Seam::Backend, Seam::Folder),
        "across/as-answered",
        &["OQS-PRIV-09", "OQS-QUAL-07"],
        (
            "ファイルの人が資格確認機関の答えた人である",
            "a file tells of a person of whom the backend told",
        ),
        as_answered,
    ),
    across(
        (Seam::Card, Seam::Reader),
        "across/pin-in-its-mode",
        &["OQS-FACE-03"],
        ("顔認証では暗証番号を求めない", "in face mode no PIN is presented to the card"),
        pin_in_its_mode,
    ),
];

/// Certificates that were presented: the serial, whether accepted, and the evidence entries between which the backend decided.
struct Use {
    serial: String,
    accepted: bool,
    after: u64,
    until: u64,
}

fn uses(material: &Material) -> Vec<Use> {
    let mut before = 0;
    let mut uses = Vec::new();
    for oqs in material.oqs.iter().filter(|oqs| oqs.is("SIMcertif01")) {
        if let Some(serial) = serial(oqs) {
            let (after, until) = (before, oqs.call.seq);
            uses.push(Use { serial, accepted: oqs.is_normal(), after, until });
        }
        before = oqs.call.seq;
    }
    uses
}

fn serial(oqs: &Oqs) -> Option<String> {
    let text: String = oqs.asked("UserAuthenticationCertificate")?.split_whitespace().collect();
    let der = STANDARD.decode(text).ok()?;
    let serial = hex::decode(even(&serial_of(&der)?)).ok()?;
    Some(hexadecimal(&serial))
}

fn even(digits: &str) -> String {
    if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") }
}

/// What was said last of a certificate before the backend decided about it, since its last use.
fn said(questions: &[Question], used: &Use) -> Option<Said> {
    let mut asked = questions.iter().filter(|question| {
        question.serial == used.serial && (used.after..used.until).contains(&question.seq)
    });
    asked.next_back().map(|question| question.said.clone())
}

/// Pairs of a use and what was said of it. Where lists were fetched a status may come from one of them.
fn judged(material: &Material) -> Vec<(Use, Option<Said>)> {
    let questions: Vec<Question> = questions(material).collect();
    uses(material)
        .into_iter()
        .map(|used| {
            let said = said(&questions, &used);
            (used, said)
        })
        .collect()
}

fn status_asked(material: &Material) -> Found {
    let lists = material.calls(crate::taps::http::Place::ValidationAuthority);
    let by_lists = lists.into_iter().any(|call| call.request.target().1.contains("crl"));
    if by_lists {
        return Found::NotSeen(
            "revocation lists were fetched, so a status need not be asked for one by one",
        );
    }
    let accepted = judged(material).into_iter().filter(|(used, _)| used.accepted);
    let look = |(_, said): (Use, Option<Said>)| match said {
        Some(_) => Ok(()),
        None => Err("a certificate was accepted whose status was not asked for".to_owned()),
    };
    each(accepted.map(look), "no certificate was accepted")
}

/// Uses of which this was said, each of which must not be accepted.
fn not_accepted(material: &Material, wanted: &[Said], told: &str, lacking: &'static str) -> Found {
    let concerned = judged(material).into_iter();
    let concerned =
        concerned.filter(|(_, said)| said.as_ref().is_some_and(|it| wanted.contains(it)));
    each(
        concerned.map(|(used, _)| if used.accepted { Err(told.to_owned()) } else { Ok(()) }),
        lacking,
    )
}

fn revoked_refused(material: &Material) -> Found {
    not_accepted(
        material,
        &[Said::Revoked],
        "a certificate was accepted that the authority had called revoked",
        "no certificate was said to be revoked",
    )
}

fn unknown_not_accepted(material: &Material) -> Found {
    not_accepted(
        material,
        &[Said::Unknown, Said::Nothing],
        "a certificate was accepted of which the authority had said nothing",
        "something was said of every certificate",
    )
}

fn challenge_handed_on(material: &Material) -> Found {
    let given: Vec<&str> = material
        .oqs
        .iter()
        .filter(|oqs| oqs.is("SIMchalng01"))
        .filter_map(|oqs| oqs.answered("Challenge"))
        .collect();
    let handed = read::<ChallengeRequest, ChallengeAnswer>(material, CHALLENGE_PATH);
    let look = |(_, answer): (ChallengeRequest, ChallengeAnswer)| {
        let ChallengeAnswer::Given(challenge) = answer else { return None };
        let text = STANDARD.encode(&challenge.challenge.0);
        let told =
            || "a reader was given a challenge that the backend had not handed out".to_owned();
        Some(if given.contains(&text.as_str()) { Ok(()) } else { Err(told()) })
    };
    each(handed.into_iter().filter_map(look), "no reader was given a challenge")
}

fn refusal_handed_on(material: &Material) -> Found {
    let certified = |oqs: &&Oqs| oqs.is("SIMcertif01") && oqs.is_normal();
    let tickets = material.oqs.iter().filter(certified).filter_map(|oqs| oqs.asked("Signature"));
    let accepted: Vec<String> =
        tickets.map(|text| text.split_whitespace().collect::<String>()).collect();
    let told_reader = read::<CertifyRequest, CertifyAnswer>(material, CERTIFICATE_PATH);
    let look = |(request, answer): (CertifyRequest, CertifyAnswer)| {
        let signature = STANDARD.encode(&request.signature.0);
        let told =
            || "a reader was told acceptance where the backend had accepted nothing".to_owned();
        match answer {
            CertifyAnswer::Refused { .. } => None,
            CertifyAnswer::Accepted(_) if accepted.contains(&signature) => Some(Ok(())),
            CertifyAnswer::Accepted(_) => Some(Err(told())),
        }
    };
    each(told_reader.into_iter().filter_map(look), "no reader was told acceptance")
}

fn one_result(material: &Material) -> Found {
    let visits = material.oqs.iter().filter(|oqs| oqs.is("SIMqualif01") && oqs.is_normal());
    let visits = visits.count();
    let results = material.notes.files.iter().filter(|note| note.folder == "face").count();
    match (visits, results) {
        (0, 0) => Found::NotSeen("no card was answered"),
        (_, 0) => Found::NotSeen("the terminal puts no results out"),
        (visits, results) if visits == results => Found::Holds(results),
        (visits, results) if results > visits => Found::Broken {
            times: results - visits,
            of: results,
            first: format!("{visits} cards were answered, and {results} results appeared"),
        },
        (visits, results) => Found::Review(format!(
            "{visits} cards were answered, and {results} results seen: were the others taken away at once?"
        )),
    }
}

/// Who a text tells of.
fn person(text: &str) -> Option<[Option<&str>; 3]> {
    value(text, "Name")?;
    Some(["Name", "Birthdate", "InsuredIdentificationNumber"].map(|name| value(text, name)))
}

fn as_answered(material: &Material) -> Found {
    let told = |note: &FileNote| {
        let (text, _) =
            decode(&note.bytes).ok().filter(|_| note.name.starts_with("OQSsiquc01res"))?;
        let who = person(&text)?;
        let known = material.oqs.iter().any(|oqs| person(&oqs.answer) == Some(who));
        let words = || format!("{}: entry {} tells of somebody else", note.folder, note.seq);
        Some(if known { Ok(()) } else { Err(words()) })
    };
    let files = material.notes.files.iter().filter(|note| note.folder != "req");
    each(files.filter_map(told), "no record of a person appeared")
}

/// The card that made the signature which a reader handed over.
fn pin_in_its_mode(material: &Material) -> Found {
    let commands = &material.notes.commands;
    let by_face = read::<CertifyRequest, CertifyAnswer>(material, CERTIFICATE_PATH).into_iter();
    let by_face = by_face.filter(|(request, _)| request.mode == Mode::Face);
    let look = |(request, _): (CertifyRequest, CertifyAnswer)| {
        let is_its = |note: &&CommandNote| note.signature.as_ref() == Some(&request.signature.0);
        let signed = commands.iter().find(is_its)?;
        let in_session = |note: &&CommandNote| note.session == signed.session;
        let pin = commands.iter().filter(in_session).take_while(|note| note.seq < signed.seq);
        let mut pin = pin.filter(|note| note.presents() && note.file == Some(USER_PIN));
        let told = |note: &CommandNote| Err(format!("entry {}: a PIN in face mode", note.seq));
        Some(pin.find(|note| note.application == Application::Jpki).map_or(Ok(()), told))
    };
    each(by_face.filter_map(look), "no card was seen to sign for a visit by face")
}
