//! Each rule with a good exchange and its twin, which differs in one property; and that none holds by silence.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::SHIFT_JIS;
use jiff::SignedDuration;

use super::*;
use crate::catalogue::Catalogue;
use crate::reverse::card_log::CardLog;
use crate::reverse::folder_seam::FileNote;
use crate::reverse::wire::Message;

/// What is heard: the good story, or its twin.
type Twin = fn(bool) -> Notes;

const ASKED: &str = "<MedicalInstitutionCode>1319999999</MedicalInstitutionCode>";
const NORMAL: &str = "<MedicalInstitutionCode>1319999999</MedicalInstitutionCode><SegmentOfResult>1</SegmentOfResult>";

fn xml(elements: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg>{elements}</XmlMsg>").into_bytes()
}

fn message(start: &str, family: Option<&str>, body: Vec<u8>) -> Message {
    let named = family.map(|family| ("x-oqs-message".to_owned(), family.to_owned()));
    Message { start: start.to_owned(), headers: named.into_iter().collect(), body, cut: false }
}

fn call(place: Place, request: Message, answer: Message) -> Call {
    Call { place, peer: None, request, answer, waited: SignedDuration::ZERO, seq: 0 }
}

/// An exchange of the backend seam.
fn oqs(family: &str, asked: &str, answer: &str) -> Call {
    let given = match family {
        "SIMqualif01" => "OQSsiquc01res".to_owned(),
        other => format!("{other}res"),
    };
    call(
        Place::Backend,
        message(
            "POST /oqs HTTP/1.1",
            Some(&format!("{family}req")),
            xml(&format!("{ASKED}{asked}")),
        ),
        message("HTTP/1.1 200 OK", Some(&given), xml(&format!("{NORMAL}{answer}"))),
    )
}

fn refused(family: &str, asked: &str, more: &str) -> Call {
    let mut call = oqs(family, asked, "");
    let error = "<SegmentOfResult>9</SegmentOfResult><ErrorCode>E</ErrorCode><ErrorMessage>e</ErrorMessage>";
    call.answer.body = xml(&format!("{ASKED}{error}{more}"));
    call
}

/// A call of a reader.
fn read(path: &str, asked: &str, answer: &str) -> Call {
    let request = message(&format!("POST {path} HTTP/1.1"), None, asked.as_bytes().to_vec());
    call(Place::Reader, request, message("HTTP/1.1 200 OK", None, answer.as_bytes().to_vec()))
}

/// Numbered as they passed.
fn notes(calls: impl IntoIterator<Item = Call>) -> Notes {
    let numbered = (1..).zip(calls).map(|(seq, call)| Call { seq, ..call });
    Notes { calls: numbered.collect(), ..Notes::default() }
}

fn file(folder: &'static str, name: &str, bytes: Vec<u8>) -> FileNote {
    FileNote { folder, name: name.to_owned(), bytes, grew: false, gone: folder == "req", seq: 1 }
}

fn files(files: impl IntoIterator<Item = FileNote>) -> Notes {
    Notes { files: files.into_iter().collect(), ..Notes::default() }
}

/// Commands and answers in hexadecimal, of one card since it got power.
fn card(script: &[(&str, &str)]) -> Notes {
    let mut log = CardLog::new(1);
    let bytes = |text: &str| hex::decode(text.replace(' ', "")).unwrap();
    let note = |(seq, (command, answer)): (u64, &(&str, &str))| {
        log.note(&bytes(command), &bytes(answer), seq)
    };
    Notes { commands: (1..).zip(script).map(note).collect(), ..Notes::default() }
}

const JPKI: (&str, &str) = ("00A4040C 0A D392F000260100000001", "9000");
const CARD_FACE: (&str, &str) = ("00A4040C 0A D3921000310001010402", "9000");
const TEXT_INPUT: (&str, &str) = ("00A4040C 0A D3921000310001010408", "9000");
const PIN: (&str, &str) = ("00A4020C 02 0018", "9000");
const RIGHT: (&str, &str) = ("00200080 04 31323334", "9000");
const WRONG: &str = "00200080 04 31323335";
const SIGN: (&str, &str) = ("802A0080 02 0102 00", "0102 9000");

/// One or the other.
fn either<T>(bad: bool, good: T, twin: T) -> T {
    if bad { twin } else { good }
}

/// Elements of an answer about somebody.
fn somebody(validity: &str, more: &str) -> String {
    format!(
        "<ReferenceClassification>2</ReferenceClassification><QualificationValidity>{validity}</QualificationValidity>{more}"
    )
}

fn qualified(ticket: &str, answer: &str) -> Call {
    oqs("SIMqualif01", &format!("<AuthenticationTicket>{ticket}</AuthenticationTicket>"), answer)
}

fn certified(challenge: &str, ticket: &str) -> Call {
    let asked = format!(
        "<ChallengeIdentifier>{challenge}</ChallengeIdentifier><Signature>AQI=</Signature>"
    );
    oqs(
        "SIMcertif01",
        &asked,
        &format!(
            "<AuthenticationTicket>{ticket}</AuthenticationTicket><CertificateState>3</CertificateState>"
        ),
    )
}

const CERTIFY: &str =
    r#"{"account":"F","challenge_id":"C","certificate":"AQI=","signature":"AQI=","mode":"face"}"#;
const ACCEPTED: &str = r#"{"ticket":"t","certificate_state":"valid","registered":true}"#;
const REFUSED: &str = r#"{"refused":{"code":"E","kind":"certificate_refused"}}"#;
const NO_CONSENT: &str = r#"{"limit":false,"specific_diseases":false,"health_check":false,"drugs":false,"care":false,"operations":false}"#;

fn qualify(ticket: &str) -> Call {
    let asked = format!(
        r#"{{"account":"F","ticket":"{ticket}","register":false,"consents":{NO_CONSENT}}}"#
    );
    read("/reader/qualification", &asked, r#"{"validity":1,"notices":[],"file":"f"}"#)
}

fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => vec![short],
        Ok(long) => vec![0x81, long],
        Err(_) => panic!("too long for a test"),
    };
    [vec![tag], length, content].concat()
}

/// A question about a serial, and an answer about a serial. Source: RFC 6960 §4.1.1, §4.2.1.
fn asked_status(serial: u8, about: u8, status: &[u8]) -> Call {
    let id = |serial| {
        let algorithm = tlv(0x30, &[vec![0x06, 5, 0x2B, 0x0E, 3, 2, 0x1A], vec![5, 0]]);
        let hash = tlv(0x04, &[vec![0; 20]]);
        tlv(0x30, &[algorithm, hash.clone(), hash, vec![0x02, 1, serial]])
    };
    let request = tlv(0x30, &[tlv(0x30, &[tlv(0x30, &[tlv(0x30, &[id(serial)])])])]);
    let time = tlv(0x18, &[b"20260401000000Z".to_vec()]);
    let single = tlv(0x30, &[id(about), status.to_vec(), time.clone()]);
    let responder = tlv(0xA2, &[tlv(0x04, &[vec![0; 20]])]);
    let data = tlv(0x30, &[responder, time, tlv(0x30, &[single])]);
    let signed = tlv(0x30, &[vec![0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11]]);
    let basic = tlv(0x30, &[data, signed, vec![0x03, 2, 0, 0]]);
    let kind = vec![0x06, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
    let bytes = tlv(0xA0, &[tlv(0x30, &[kind, tlv(0x04, &[basic])])]);
    let answer = tlv(0x30, &[vec![0x0A, 1, 0], bytes]);
    call(
        Place::ValidationAuthority,
        message("POST / HTTP/1.1", None, request),
        message("HTTP/1.1 200 OK", None, answer),
    )
}

const GOOD: &[u8] = &[0x80, 0];
const UNKNOWN: &[u8] = &[0x82, 0];

fn revoked() -> Vec<u8> {
    tlv(0xA1, &[tlv(0x18, &[b"20260301000000Z".to_vec()])])
}

/// A certificate of this serial is presented, and accepted or refused.
fn presented(serial: u8, accepted: bool) -> Call {
    let mut params = rcgen::CertificateParams::default();
    params.serial_number = Some(rcgen::SerialNumber::from(vec![serial]));
    let key = rcgen::KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap();
    let asked = format!(
        "<UserAuthenticationCertificate>{}</UserAuthenticationCertificate>",
        STANDARD.encode(der.der())
    );
    if accepted { oqs("SIMcertif01", &asked, "") } else { refused("SIMcertif01", &asked, "") }
}

fn result(elements: &str) -> FileNote {
    file("face", "OQSsiquc01res_face_x_20260401093000.xml", xml(elements))
}

const HANAKO: &str = "<Name>架空　花子</Name><Birthdate>19850505</Birthdate>";

/// Every rule, by its name.
const TWINS: &[(&str, Twin)] = &[
    ("reader/layout", |bad| {
        let answer =
            either(bad, r#"{"challenge_id":"1","challenge":"AQI="}"#, r#"{"challenge_id":"1"}"#);
        notes([read("/reader/challenge", r#"{"account":"F"}"#, answer)])
    }),
    ("reader/nothing-after-refusal", |bad| {
        let other = read("/reader/certificate", CERTIFY, ACCEPTED);
        notes([
            read("/reader/certificate", CERTIFY, REFUSED),
            other,
            qualify(either(bad, "t", "made-up")),
        ])
    }),
    ("reader/challenge-once", |bad| {
        let again = CERTIFY.replace("\"C\"", either(bad, "\"D\"", "\"C\""));
        notes([
            read("/reader/certificate", CERTIFY, ACCEPTED),
            read("/reader/certificate", &again, ACCEPTED),
        ])
    }),
    ("reader/no-number", |bad| {
        notes([read("/x", either(bad, r#"{"n":"123456789010"}"#, r#"{"n":"123456789018"}"#), "")])
    }),
    ("reader/no-photo", |bad| {
        notes([read("/x", either(bad, "{}", r#"{"p":"AAAADGpQICAN"}"#), "")])
    }),
    ("reader/no-pin", |bad| {
        notes([read("/x", either(bad, r#"{"p":"1234"}"#, r#"{"pin":"1234"}"#), "")])
    }),
    ("backend/layout", |bad| {
        let header = |code| {
            format!(
                "<MessageHeader><MedicalInstitutionCode>{code}</MedicalInstitutionCode></MessageHeader><MessageBody/>"
            )
        };
        let mut call = oqs("SIMchalng01", "", "");
        call.request.body = xml(&header(either(bad, "1319999999", "131999999")));
        call.answer.headers.clear();
        notes([call])
    }),
    ("backend/answer-fits", |bad| {
        let mut call = oqs("OQSsiquc01", "", "");
        let named = either(bad, "OQSsiquc01res", "YZKsiquc01res").to_owned();
        call.answer.headers.insert("x-oqs-message".to_owned(), named);
        notes([call])
    }),
    ("backend/identifiers", |bad| {
        let id = |it| format!("<ArbitraryFileIdentifier>{it}</ArbitraryFileIdentifier>");
        notes([oqs("OQSsiquc01", &id("a"), &id(either(bad, "a", "b")))])
    }),
    ("backend/institution", |bad| {
        let mut call = oqs("OQSsiquc01", "", "");
        call.peer = Some(either(bad, "1319999999", "1349999997").to_owned());
        notes([call])
    }),
    ("backend/errors", |bad| notes([refused("OQSsiquc01", "", either(bad, "", HANAKO))])),
    ("backend/dates", |bad| {
        let day = either(bad, "20240229", "20230229");
        notes([oqs("OQSsiquc01", "", &format!("<Birthdate>{day}</Birthdate>"))])
    }),
    ("backend/character-code", |bad| {
        let code = either(bad, "0", "1");
        let stated = format!("<CharacterCodeIdentifier>{code}</CharacterCodeIdentifier>");
        notes([oqs("OQSsiquc01", "", &stated)])
    }),
    ("backend/challenges-differ", |bad| {
        let challenge = |it| oqs("SIMchalng01", "", &format!("<Challenge>{it}</Challenge>"));
        notes([challenge("AAAA"), challenge(either(bad, "BBBB", "AAAA"))])
    }),
    ("backend/proof-once", |bad| {
        notes([certified("1", "s"), certified(either(bad, "2", "1"), "t")])
    }),
    ("backend/ticket-once", |bad| {
        notes([qualified("1", ""), qualified(either(bad, "2", "1"), "")])
    }),
    ("backend/refusal-is-one", |bad| {
        let ticket = "<AuthenticationTicket>t</AuthenticationTicket>";
        notes([refused("SIMcertif01", "", either(bad, "", ticket))])
    }),
    ("backend/nothing-after-refusal", |bad| {
        let later = certified("2", "t");
        notes([refused("SIMcertif01", "", ""), later, qualified(either(bad, "t", "made-up"), "")])
    }),
    ("backend/grounds", |bad| {
        let answer = somebody("1", HANAKO);
        let answer = answer.replace(">2</Ref", either(bad, ">2</Ref", ">1</Ref"));
        notes([oqs("OQSsiquc01", "", &answer)])
    }),
    ("backend/valid-with-record", |bad| {
        notes([oqs("OQSsiquc01", "", &somebody("1", either(bad, HANAKO, "")))])
    }),
    ("backend/nobody-without-data", |bad| {
        notes([oqs("OQSsiquc01", "", &somebody("4", either(bad, "", HANAKO)))])
    }),
    ("backend/lost-with-day", |bad| {
        let day = "<DisqualificationDate>20260331</DisqualificationDate>";
        notes([oqs("OQSsiquc01", "", &somebody("2", &format!("{HANAKO}{}", either(bad, day, ""))))])
    }),
    ("backend/sex-told", |bad| {
        let sex = either(bad, "<Sex1>2</Sex1>", "");
        notes([oqs("OQSsiquc01", "", &somebody("1", &format!("{HANAKO}{sex}")))])
    }),
    ("backend/bulk-by-number", |bad| {
        let more = either(bad, "", HANAKO);
        let body = format!("<MessageBody><ReceptionNumber>1</ReceptionNumber>{more}</MessageBody>");
        notes([oqs("OQSmuquc01", "", &body)])
    }),
    ("backend/bulk-without-class", |bad| {
        let class = "<LimitApplicationCertificateClassificationFlag>A01</LimitApplicationCertificateClassificationFlag>";
        let record = format!(
            "<ResultOfQualificationConfirmation>{HANAKO}{}</ResultOfQualificationConfirmation>",
            either(bad, "", class)
        );
        notes([oqs("OQSmuquc02", "", &record)])
    }),
    ("backend/consents-of-this-visit", |bad| {
        let flag = |it| format!("<PharmacistsInfoConsFlg>{it}</PharmacistsInfoConsFlg>");
        notes([oqs("SIMqualif01", &flag(either(bad, "1", "0")), &flag("1"))])
    }),
    ("backend/consent-times", |bad| {
        let time = "<PharmacistsInfoConsTime>20260401093000</PharmacistsInfoConsTime>";
        let flag = "<PharmacistsInfoConsFlg>0</PharmacistsInfoConsFlg>";
        notes([oqs("SIMqualif01", "", &format!("{flag}{}", either(bad, "", time)))])
    }),
    ("backend/limit-upon-consent", |bad| {
        let class = "<LimitApplicationCertificateClassificationFlag>A01</LimitApplicationCertificateClassificationFlag>";
        notes([oqs("OQSsiquc01", "", either(bad, "", class))])
    }),
    ("backend/grace-without-medical", |bad| {
        let flag =
            format!("<PharmacistsInfoConsFlg>{}</PharmacistsInfoConsFlg>", either(bad, "0", "1"));
        notes([certified("1", "t"), qualified("t", &flag)])
    }),
    ("backend/numbers-without-medical", |bad| {
        let flag =
            format!("<DiagnosisInfoConsFlg>{}</DiagnosisInfoConsFlg>", either(bad, "0", "1"));
        notes([oqs("OQSsiquc01", "", &flag)])
    }),
    ("backend/no-number", |bad| {
        let number = either(bad, "123456789010", "123456789018");
        notes([oqs("OQSsiquc01", &format!("<Number>{number}</Number>"), "")])
    }),
    ("backend/no-photo", |bad| {
        notes([oqs("OQSsiquc01", either(bad, "", "<P>AAAADGpQICAN</P>"), "")])
    }),
    ("backend/no-pin", |bad| notes([oqs("OQSsiquc01", either(bad, "", "<Pin>1234</Pin>"), "")])),
    ("authority/question-answered", |bad| notes([asked_status(7, either(bad, 7, 8), GOOD)])),
    ("across/status-asked", |bad| {
        notes([asked_status(either(bad, 7, 8), 7, GOOD), presented(7, true)])
    }),
    ("across/revoked-refused", |bad| notes([asked_status(7, 7, &revoked()), presented(7, bad)])),
    ("across/unknown-not-accepted", |bad| notes([asked_status(7, 7, UNKNOWN), presented(7, bad)])),
    ("across/challenge-handed-on", |bad| {
        let given = oqs("SIMchalng01", "", "<Challenge>AQI=</Challenge>");
        let text = either(
            bad,
            r#"{"challenge_id":"1","challenge":"AQI="}"#,
            r#"{"challenge_id":"1","challenge":"AQM="}"#,
        );
        notes([given, read("/reader/challenge", r#"{"account":"F"}"#, text)])
    }),
    ("across/refusal-handed-on", |bad| {
        let asked = "<Signature>AQI=</Signature>";
        let decided =
            if bad { refused("SIMcertif01", asked, "") } else { oqs("SIMcertif01", asked, "") };
        notes([decided, read("/reader/certificate", CERTIFY, ACCEPTED)])
    }),
    ("across/one-result", |bad| {
        let results = std::iter::repeat_n(result(HANAKO), if bad { 2 } else { 1 });
        Notes { files: results.collect(), ..notes([qualified("t", HANAKO)]) }
    }),
    ("across/as-answered", |bad| {
        let who = HANAKO.replace("19850505", either(bad, "19850505", "19850506"));
        Notes { files: vec![result(&who)], ..notes([qualified("t", HANAKO)]) }
    }),
    ("across/pin-in-its-mode", |bad| {
        let proof = either(bad, ("00820080 01 00", "9000"), RIGHT);
        let commands = card(&[JPKI, PIN, proof, SIGN]).commands;
        Notes { commands, ..notes([read("/reader/certificate", CERTIFY, ACCEPTED)]) }
    }),
    ("folders/answered-by-name", |bad| {
        let answer = either(bad, "OQSsiquc01res_1.xml", "OQSsiquc01res_2.xml");
        files([file("req", "OQSsiquc01req_1.xml", vec![]), file("res", answer, vec![])])
    }),
    ("folders/result-name", |bad| {
        let name = either(
            bad,
            "OQSsiquc01res_face_20260401093000.xml",
            "OQSsiquc01res_face_2026040109300.xml",
        );
        files([file("face", name, xml(""))])
    }),
    ("folders/character-code", |bad| {
        let text = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><X><CharacterCodeIdentifier>1</CharacterCodeIdentifier><N>架空</N></X>";
        let text = text.replace(">1<", either(bad, ">1<", ">0<"));
        files([file("face", "a.xml", SHIFT_JIS.encode(&text).0.into_owned())])
    }),
    ("folders/dates", |bad| {
        let day = either(bad, "20240229", "20230229");
        files([result(&format!("<QualificationDate>{day}</QualificationDate>"))])
    }),
    ("folders/errors", |bad| {
        let error = "<SegmentOfResult>9</SegmentOfResult><ErrorCode>E</ErrorCode>";
        files([file(
            "res",
            "OQSsiquc01res_1.xml",
            xml(&format!("{error}{}", either(bad, "", HANAKO))),
        )])
    }),
    ("folders/grounds", |bad| {
        let grounds = either(bad, "1", "2");
        files([result(&format!(
            "{HANAKO}<ReferenceClassification>{grounds}</ReferenceClassification>"
        ))])
    }),
    ("folders/sex-told", |bad| {
        files([result(&format!("{HANAKO}{}", either(bad, "<Sex1>2</Sex1>", "")))])
    }),
    ("folders/consent-times", |bad| {
        let time = "<PharmacistsInfoConsTime>20260401093000</PharmacistsInfoConsTime>";
        let flag = "<PharmacistsInfoConsFlg>0</PharmacistsInfoConsFlg>";
        files([result(&format!("{flag}{}", either(bad, "", time)))])
    }),
    ("folders/one-institution", |bad| {
        let other = ASKED.replace("1319999999", either(bad, "1319999999", "1349999997"));
        files([result(ASKED), result(&other)])
    }),
    ("folders/whole", |bad| files([FileNote { grew: bad, ..result("") }])),
    ("folders/no-number", |bad| {
        let number = either(bad, "123456789010", "123456789018");
        files([result(&format!("<Number>{number}</Number>"))])
    }),
    ("folders/no-photo", |bad| files([result(either(bad, "", "<P>AAAADGpQICAN</P>"))])),
    ("card/four-digits", |bad| {
        card(&[JPKI, PIN, either(bad, RIGHT, ("00200080 05 3132333435", "6A80"))])
    }),
    ("card/one-try-each", |bad| {
        card(&[JPKI, PIN, (WRONG, "63C2"), (WRONG, either(bad, "63C1", "63C2"))])
    }),
    ("card/locked-stays-locked", |bad| {
        card(&[JPKI, PIN, (WRONG, "63C0"), (RIGHT.0, either(bad, "6984", "9000"))])
    }),
    ("card/locked-left-alone", |bad| {
        let again = either(bad, ("00200080", "63C0"), (WRONG, "6984"));
        card(&[JPKI, PIN, (WRONG, "63C0"), again])
    }),
    ("card/asking-is-free", |bad| {
        card(&[JPKI, PIN, (WRONG, "63C2"), ("00200080", either(bad, "63C2", "63C1"))])
    }),
    ("card/number-untouched", |bad| {
        card(&[TEXT_INPUT, (either(bad, "00A4020C 02 0004", "00A4020C 02 0001"), "9000")])
    }),
    ("card/own-certificate", |bad| {
        let other = ("00A4020C 02 0001", either(bad, "6A82", "9000"));
        card(&[JPKI, ("00A4020C 02 000A", "9000"), ("00B0000004", "30820600 9000"), other])
    }),
    ("card/face-by-b", |bad| {
        let key = either(bad, "00A4020C 02 0012", "00A4020C 02 0013");
        let verify = ("00200080 04 31323334", "9000");
        card(&[
            CARD_FACE,
            (key, "9000"),
            verify,
            ("00A4020C 02 0002", "9000"),
            ("00B0000001", "00 9000"),
        ])
    }),
    ("card/signs-after-proof", |bad| {
        card(&[JPKI, PIN, (WRONG, "63C2"), either(bad, RIGHT, PIN), SIGN])
    }),
];

fn found(id: &str, notes: Notes) -> Found {
    let rule = all().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"));
    (rule.judge)(&Material::new(notes))
}

#[test]
fn every_rule_tells_a_good_exchange_from_its_twin() {
    for (id, twin) in TWINS {
        let good = found(id, twin(false));
        assert!(matches!(good, Found::Holds(1..)), "{id}: {good:?}");
        let bad = found(id, twin(true));
        assert!(matches!(bad, Found::Broken { times: 1.., .. }), "{id}: {bad:?}");
    }
}

#[test]
fn every_rule_has_its_twins() {
    let twins: BTreeSet<&str> = TWINS.iter().map(|(id, _)| *id).collect();
    let rules: BTreeSet<&str> = all().map(|rule| rule.id).collect();
    assert_eq!(twins, rules);
    assert_eq!((TWINS.len(), all().count()), (twins.len(), rules.len()));
}

#[test]
fn no_rule_holds_by_silence() {
    for rule in all() {
        let found = (rule.judge)(&Material::default());
        let Found::NotSeen(why) = found else { panic!("{}: {found:?}", rule.id) };
        assert!(!why.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_row_that_a_rule_bears_is_in_the_catalogue() {
    let rows = &Catalogue::embedded().unwrap().requirements;
    for rule in all() {
        assert!(rule.bears.iter().all(|id| rows.contains_key(*id)), "{}", rule.id);
    }
}

#[test]
fn what_chance_explains_is_for_a_person_to_look_at() {
    let by_chance = "<ReferenceNumber>123456789018</ReferenceNumber>";
    for (id, notes) in [
        ("backend/no-number", notes([oqs("OQSsiquc01", "", by_chance)])),
        ("reader/no-number", notes([read("/x/123456789018?a", "", "")])),
        ("folders/no-number", files([result(by_chance)])),
        ("folders/answered-by-name", files([file("req", "OQSsiquc01req_1.xml", vec![])])),
        (
            "across/one-result",
            Notes { files: vec![result("")], ..notes([qualified("s", ""), qualified("t", "")]) },
        ),
    ] {
        let found = found(id, notes);
        assert!(matches!(found, Found::Review(_)), "{id}: {found:?}");
    }
}

#[test]
fn what_is_broken_repeats_no_value() {
    for (id, twin) in TWINS {
        let Found::Broken { first, .. } = found(id, twin(true)) else { continue };
        for secret in ["1234", "19850505", "花子", "made-up", "20230229"] {
            assert!(!first.contains(secret), "{id}: {first}");
        }
    }
}
