//! Messages there and back: encodings, orders, empties, strangers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as loudly as tests"
)]

mod messages_support;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use messages_support::{face, full_record, query, samples, text};
use proptest::prelude::*;
use sim_backend::messages::{
    Encoding, EncodingError, Family, Message, MessageErrorKind, Order, decode, encode,
    encode_ordered,
};

const ENCODINGS: [Encoding; 2] = [Encoding::Utf8, Encoding::ShiftJis];

fn string(message: &Message) -> String {
    String::from_utf8(encode(message, Encoding::Utf8).unwrap()).unwrap()
}

#[test]
fn the_samples_cover_every_family() {
    let covered: BTreeSet<_> = samples().iter().map(Message::family).collect();
    assert_eq!(covered, Family::ALL.iter().copied().collect());
}

#[test]
fn every_message_comes_back_in_every_form() {
    for message in samples() {
        for encoding in ENCODINGS {
            for order in [Order::Layout, Order::Shuffled(1), Order::Shuffled(2)] {
                let bytes = encode_ordered(&message, encoding, order).unwrap();
                let back = decode(message.family(), &bytes);
                assert_eq!(back, Ok((message.clone(), encoding)), "{order:?}");
            }
        }
    }
}

#[test]
fn layout_order_is_the_layouts() {
    let document = string(&face(vec![full_record()]));
    let place = |name: &str| document.find(&format!("<{name}>")).unwrap();
    let names = [
        "ProcessExecutionTime",
        "QualificationConfirmationDate",
        "MedicalInstitutionCode",
        "ArbitraryFileIdentifier",
        "ReferenceClassification",
        "SegmentOfResult",
        "CharacterCodeIdentifier",
        "PrescriptionIssueSelect",
        "ProcessingResultStatus",
        "QualificationValidity",
        "ResultList",
        "InsuredCardClassification",
        "InsurerNumber",
        "InsuredCardSymbol",
        "InsuredIdentificationNumber",
        "InsuredBranchNumber",
        "PersonalFamilyClassification",
        "InsuredName",
        "Name",
        "NameOfOther",
        "NameKana",
        "NameOfOtherKana",
        "Sex1",
        "Sex2",
        "Birthdate",
        "Address",
        "PostNumber",
        "QualificationDate",
        "DisqualificationDate",
        "InsuredCertificateIssuanceDate",
        "InsuredCardValidDate",
        "InsuredCardExpirationDate",
        "InsuredPartialContributionRatio",
        "PreschoolClassification",
        "ReasonOfLoss",
        "InsurerName",
        "ElderlyRecipientCertificateInfo",
        "LimitApplicationCertificateRelatedConsFlg",
        "LimitApplicationCertificateRelatedConsTime",
        "LimitApplicationCertificateRelatedInfo",
        "SpecificDiseasesCertificateRelatedConsFlg",
        "SpecificDiseasesCertificateRelatedConsTime",
        "SpecificDiseasesCertificateList",
        "SpecificHealthCheckupsInfoConsFlg",
        "PharmacistsInfoConsFlg",
        "PharmacistsInfoConsTime",
        "PharmacistsInfoAvailableTime",
        "DiagnosisInfoConsFlg",
        "OperationInfoConsFlg",
        "ReferenceNumber",
    ];
    assert!(names.map(place).is_sorted());
    assert!(
        document.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<XmlMsg>\n"
        )
    );
    assert!(document.contains("<InsurerNumber>  990001</InsurerNumber>"));
    assert!(!document.contains("SpecificHealthCheckupsInfoConsTime"));
}

#[test]
fn shuffling_scatters_but_loses_nothing() {
    let message = face(vec![full_record()]);
    let lines = |order| {
        let bytes = encode_ordered(&message, Encoding::Utf8, order).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (layout, one, again) =
        (lines(Order::Layout), lines(Order::Shuffled(7)), lines(Order::Shuffled(7)));
    assert_ne!(layout, one);
    assert_eq!(one, again);
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(layout), sorted(one));
}

#[test]
fn the_character_code_follows_the_encoding() {
    let message = face(vec![full_record()]);
    for (encoding, element) in [
        (Encoding::Utf8, "<CharacterCodeIdentifier>0</"),
        (Encoding::ShiftJis, "<CharacterCodeIdentifier>1</"),
    ] {
        let text = encoding.decode(&encode(&message, encoding).unwrap()).unwrap();
        assert!(text.contains(element));
        let wrong = text.replace(element, "<CharacterCodeIdentifier>2</");
        assert!(decode(message.family(), &encoding.encode(&wrong).unwrap()).is_err());
    }
    let swapped = string(&message).replace("Identifier>0</", "Identifier>1</");
    let error = decode(message.family(), swapped.as_bytes()).unwrap_err();
    assert!(matches!(
        error.kind,
        MessageErrorKind::Rule { element: "CharacterCodeIdentifier", .. }
    ));
}

#[test]
fn a_mark_before_the_declaration_is_read() {
    let bytes = [b"\xEF\xBB\xBF", string(&query()).as_bytes()].concat();
    assert_eq!(decode(Family::NumberQuery, &bytes), Ok((query(), Encoding::Utf8)));
}

#[test]
fn empty_and_missing_are_the_same() {
    let full = string(&query());
    for element in ["InsuredCardSymbol", "InsuredBranchNumber", "ArbitraryFileIdentifier"] {
        let (start, end) = (format!("<{element}>"), format!("</{element}>"));
        let (before, rest) = full.split_once(&start).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        let read = |middle: &str| {
            decode(Family::NumberQuery, format!("{before}{middle}{after}").as_bytes()).unwrap().0
        };
        let missing = read("");
        assert_ne!(missing, query());
        for empty in [format!("<{element}/>"), format!("{start}{end}"), format!("{start} \n {end}")]
        {
            assert_eq!(read(&empty), missing, "{empty}");
        }
    }
}

#[test]
fn unknown_elements_and_attributes_are_ignored() {
    let message = face(vec![full_record()]);
    let document = string(&message);
    let stranger = "<LaterInfoConsFlg>1</LaterInfoConsFlg><New><Name>架空</Name></New>";
    for place in ["<MessageHeader>", "<MessageBody>", "<ResultOfQualificationConfirmation>"] {
        let grown = document.replace(place, &format!("{place}{stranger}"));
        let dressed = grown.replace("<Sex1>", "<Sex1 note='a'><!-- a --><?a b?>");
        let back = decode(message.family(), dressed.as_bytes()).unwrap().0;
        assert_eq!(back, message, "{place}");
    }
}

#[test]
fn identifiers_are_echoed_with_their_edges() {
    let bytes = encode(&query(), Encoding::ShiftJis).unwrap();
    let (Message::NumberQuery(back), _) = decode(Family::NumberQuery, &bytes).unwrap() else {
        panic!("another message");
    };
    let info = back.body.qualification_confirm_search_info;
    assert_eq!(info.arbitrary_identifier, Some(text(" 予約 7 ")));
}

#[test]
fn characters_without_a_place_in_shift_jis_are_named() {
    let mut record = full_record();
    record.name = text("𠮷田　花子");
    let error = encode(&face(vec![record]), Encoding::ShiftJis).unwrap_err();
    let expected = EncodingError::Unmappable { character: '𠮷' };
    assert_eq!(error.kind, MessageErrorKind::Encoding(expected));
    assert!(error.to_string().contains("𠮷"));
}

#[test]
fn xmllint_accepts_what_is_written() {
    for message in samples() {
        for encoding in ENCODINGS {
            for order in [Order::Layout, Order::Shuffled(3)] {
                lint(&encode_ordered(&message, encoding, order).unwrap());
            }
        }
    }
}

/// The interface says Shift_JIS and means Windows-31J; iconv behind xmllint knows that as CP932.
fn lint(bytes: &[u8]) {
    let at = bytes.windows(9).position(|label| label == b"Shift_JIS");
    let bytes = &match at {
        Some(at) => [&bytes[..at], b"CP932", &bytes[at + 9..]].concat(),
        None => bytes.to_vec(),
    };
    let mut command = Command::new("xmllint");
    command.args(["--noout", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("xmllint is missing: install libxml2-utils");
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

proptest! {
    #[test]
    fn free_texts_survive_every_form(
        name in "[ -~　-ヿ一-龠ｦ-ﾟ]{1,40}",
        echo in "[ -~]{1,50}",
        seed in any::<u64>(),
    ) {
        prop_assume!(!name.trim().is_empty() && !echo.trim().is_empty());
        let mut record = full_record();
        record.name = text(&name);
        record.reference_number = Some(text(&echo));
        let message = face(vec![record]);
        for encoding in ENCODINGS {
            match encode_ordered(&message, encoding, Order::Shuffled(seed)) {
                Ok(bytes) => {
                    prop_assert_eq!(decode(message.family(), &bytes).unwrap().0, message.clone());
                }
                Err(error) => {
                    let unmappable = matches!(
                        error.kind,
                        MessageErrorKind::Encoding(EncodingError::Unmappable { character })
                            if name.contains(character)
                    );
                    prop_assert!(unmappable && encoding == Encoding::ShiftJis);
                }
            }
        }
    }
}
