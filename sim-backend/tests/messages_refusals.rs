//! What is refused, and how the refusal says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod messages_support;

use std::sync::LazyLock;

use messages_support::{
    answer_header, by_numbers, face, full_record, medical_aid_record, query, refusal, samples,
};
use proptest::prelude::*;
use sim_backend::messages::codes::{
    ProcessingResultStatus, QualificationValidity, ReferenceClassification,
};
use sim_backend::messages::siquc::QualificationBody;
use sim_backend::messages::{
    Answer, Encoding, Family, MAX_BYTES, Message, MessageErrorKind, Outcome, Position, decode,
    encode,
};

fn string(message: &Message) -> String {
    String::from_utf8(encode(message, Encoding::Utf8).unwrap()).unwrap()
}

fn without(document: &str, element: &str) -> String {
    let (before, rest) = document.split_once(&format!("<{element}>")).unwrap();
    let (_, after) = rest.split_once(&format!("</{element}>")).unwrap();
    format!("{before}{after}")
}

#[test]
fn a_missing_required_element_is_named() {
    let table = [
        (
            query(),
            &[
                "MessageHeader",
                "MessageBody",
                "QualificationConfirmationDate",
                "MedicalInstitutionCode",
                "InsurerNumber",
                "InsuredIdentificationNumber",
                "Birthdate",
            ][..],
        ),
        (
            face(vec![full_record()]),
            &[
                "MessageHeader",
                "MessageBody",
                "ProcessExecutionTime",
                "MedicalInstitutionCode",
                "SegmentOfResult",
                "ProcessingResultStatus",
                "InsuredCardClassification",
                "Name",
                "Sex1",
                "Birthdate",
            ],
        ),
        (refusal(Some(Family::NumberQuery)), &["ErrorCode", "ErrorMessage"]),
    ];
    for (message, elements) in table {
        for name in elements {
            let error = decode(message.family(), without(&string(&message), name).as_bytes());
            let kind = error.unwrap_err().kind;
            assert!(
                matches!(kind, MessageErrorKind::Missing { element } if element == *name),
                "{name}: {kind}"
            );
        }
    }
}

#[test]
fn elements_that_depend_on_others_are_missed_too() {
    for (message, name) in [
        (face(vec![full_record()]), "QualificationValidity"),
        (face(vec![full_record()]), "ReferenceClassification"),
        (face(vec![full_record()]), "InsurerNumber"),
        (face(vec![full_record()]), "InsurerName"),
        (face(vec![medical_aid_record()]), "PublicExpenseNumber"),
        (face(vec![medical_aid_record()]), "WelfareOfficeName"),
        (face(vec![full_record()]), "PharmacistsInfoConsTime"),
        (face(vec![full_record()]), "PharmacistsInfoAvailableTime"),
        (face(vec![full_record()]), "LimitApplicationCertificateRelatedConsTime"),
        (face(vec![full_record()]), "ResultList"),
    ] {
        let document = without(&string(&message), name);
        let kind = decode(message.family(), document.as_bytes()).unwrap_err().kind;
        assert!(matches!(kind, MessageErrorKind::Rule { .. }), "{name}: {kind}");
    }
}

#[test]
fn values_are_refused_with_their_place_and_never_shown() {
    for (element, from, to) in [
        ("Birthdate", "19800217", "19800230"),
        ("QualificationConfirmationDate", "20260401", "20260431"),
        ("MedicalInstitutionCode", "1319999999", "131999999"),
        ("InsurerNumber", "  990001", "990001  "),
        ("InsuredBranchNumber", "02", "2"),
    ] {
        for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
            let document = encoding.decode(&encode(&query(), encoding).unwrap()).unwrap();
            let (from, to) = (format!("<{element}>{from}<"), format!("<{element}>{to}<"));
            let bytes = encoding.encode(&document.replace(&from, &to)).unwrap();
            let error = decode(Family::NumberQuery, &bytes).unwrap_err();
            let (before, _) = document.split_once(&from).unwrap();
            let position = Position {
                offset: encoding.encode(before).unwrap().len(),
                line: before.lines().count(),
                column: before.lines().last().unwrap().chars().count() + 1,
            };
            assert_eq!(error.position, Some(position), "{error}");
            assert!(error.to_string().starts_with(&format!("{element} is not")), "{error}");
            assert!(matches!(error.kind, MessageErrorKind::Value { .. }));
        }
    }
}

#[test]
fn places_count_characters_and_bytes_of_the_file() {
    let head = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><XmlMsg><a>髙ｱ</a>\n<b>架</b>&x;";
    let bytes = Encoding::ShiftJis.encode(head).unwrap();
    let error = decode(Family::NumberQuery, &bytes).unwrap_err();
    let position = Position { offset: bytes.len() - 3, line: 2, column: 9 };
    assert_eq!(error.position, Some(position));
    assert_eq!(error.kind, MessageErrorKind::Entity { name: "x".to_owned() });
}

#[test]
fn repeated_values_are_refused() {
    let document = string(&query());
    let doubled = document.replace("<Birthdate>", "<Birthdate>19800218</Birthdate><Birthdate>");
    let error = decode(Family::NumberQuery, doubled.as_bytes()).unwrap_err();
    assert_eq!(error.kind, MessageErrorKind::Repeated { element: "Birthdate" });
}

#[test]
fn another_root_and_another_family_are_refused() {
    let document = string(&query());
    let renamed = document.replace("XmlMsg", "Message");
    let kind = decode(Family::NumberQuery, renamed.as_bytes()).unwrap_err().kind;
    assert_eq!(kind, MessageErrorKind::Root { expected: "XmlMsg" });
    assert!(decode(Family::QualificationAnswer, document.as_bytes()).is_err());
    assert!(decode(Family::DrugRequest, document.as_bytes()).is_err());
}

#[test]
fn size_ends_at_the_limit() {
    let document = string(&query());
    let padding = |size: usize| [document.as_bytes(), &vec![b' '; size - document.len()]].concat();
    assert!(decode(Family::NumberQuery, &padding(MAX_BYTES)).is_ok());
    let kind = decode(Family::NumberQuery, &padding(MAX_BYTES + 1)).unwrap_err().kind;
    assert_eq!(kind, MessageErrorKind::TooLarge { limit: MAX_BYTES });
}

#[test]
fn an_error_answer_carries_no_person() {
    let message = refusal(Some(Family::NumberQuery));
    let document = string(&message);
    assert!(document.contains("<SegmentOfResult>9<") && document.contains("<MessageBody/>"));
    let body = "<MessageBody><Name>架空</Name></MessageBody>";
    let grown = document.replace("<MessageBody/>", body);
    assert!(decode(message.family(), grown.as_bytes()).is_err());
    let normal = string(&face(vec![full_record()]));
    let claimed = normal.replace("<SegmentOfResult>1<", "<SegmentOfResult>9<");
    assert!(decode(Family::QualificationAnswer, claimed.as_bytes()).is_err());
}

#[test]
fn validity_decides_about_records() {
    use QualificationValidity as V;
    for validity in V::ALL.iter().copied() {
        for found in [false, true] {
            let records = if found { vec![full_record()] } else { Vec::new() };
            let body = QualificationBody::normal(validity, records);
            let header = answer_header(Some(ReferenceClassification::Card));
            let answer = Answer { header, outcome: Outcome::Normal(body) };
            let message = Message::QualificationAnswer(Box::new(answer));
            let fits = match validity {
                V::Valid => found,
                V::NoMatch | V::SeveralMatch => !found,
                V::Invalid | V::InvalidNewerExists | V::ValidUnregistered => true,
            };
            let written = encode(&message, Encoding::Utf8);
            assert_eq!(written.is_ok(), fits, "{validity:?} {found}");
        }
    }
}

#[test]
fn nothing_is_written_that_would_be_refused() {
    let Message::QualificationAnswer(answer) = by_numbers(QualificationValidity::NoMatch) else {
        panic!("another message");
    };
    let header = answer_header(Some(ReferenceClassification::Card));
    let echo = Answer { header, ..(*answer).clone() };
    let mut failed = *answer;
    if let Outcome::Normal(body) = &mut failed.outcome {
        body.processing_result_status = ProcessingResultStatus::Error;
    }
    for broken in [echo, failed] {
        let message = Message::QualificationAnswer(Box::new(broken));
        let kind = encode(&message, Encoding::Utf8).unwrap_err().kind;
        assert!(matches!(kind, MessageErrorKind::Rule { .. }), "{kind}");
    }
}

static DOCUMENTS: LazyLock<Vec<(Family, Vec<u8>)>> = LazyLock::new(|| {
    let encodings = [Encoding::Utf8, Encoding::ShiftJis];
    let forms = samples().into_iter().flat_map(|message| {
        encodings.map(|encoding| (message.family(), encode(&message, encoding).unwrap()))
    });
    forms.collect()
});

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for family in Family::ALL {
            let _ = decode(*family, &bytes);
        }
    }

    #[test]
    fn no_damage_makes_the_reader_panic_and_what_is_read_is_written_again(
        which in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let (family, bytes) = which.get(&DOCUMENTS);
        let mut bytes = bytes.clone();
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        if let Ok((message, _)) = decode(*family, &bytes) {
            let again = encode(&message, Encoding::Utf8).unwrap();
            prop_assert_eq!(decode(*family, &again).unwrap().0, message);
        }
    }
}
