//! Synthetic charts and results for the tests of this room.

use super::chart::{Chart, Insurance};
use super::messages::FaceResult;
use crate::terminal::Encoding;
use crate::terminal::xml::{self, Element};

pub fn insurance() -> Insurance {
    Insurance {
        insurer_number: "999999".into(),
        symbol: Some("01".into()),
        number: "0001234".into(),
        branch: Some("02".into()),
    }
}

pub fn chart(id: &str) -> Chart {
    Chart {
        id: id.into(),
        name: "架空　花子".into(),
        kana: "ｶｸｳ ﾊﾅｺ".into(),
        birthdate: "1985-05-05".parse().unwrap(),
        sex: 2,
        insurance: Some(insurance()),
        reference_number: None,
    }
}

pub fn result() -> FaceResult {
    FaceResult::parse(&result_bytes(Encoding::Utf8, false)).unwrap()
}

/// A small face file; shuffled, it also has an unknown element.
pub fn result_bytes(encoding: Encoding, shuffled: bool) -> Vec<u8> {
    let leaves = |pairs: &[(&str, &str)]| -> Vec<Element> {
        pairs.iter().map(|(name, text)| Element::leaf(name, *text)).collect()
    };
    let record = leaves(&[
        ("InsuredCardClassification", "01"),
        ("InsurerNumber", "  999999"),
        ("InsuredCardSymbol", "01"),
        ("InsuredIdentificationNumber", "0001234"),
        ("InsuredBranchNumber", "02"),
        ("PersonalFamilyClassification", "2"),
        ("Name", "架空　花子"),
        ("NameKana", "ｶｸｳ ﾊﾅｺ"),
        ("Sex1", "2"),
        ("Birthdate", "19850505"),
        ("QualificationDate", "20240401"),
        ("InsurerName", "架空健康保険組合"),
        ("PharmacistsInfoConsFlg", "1"),
        ("PharmacistsInfoConsTime", "20260401093015"),
        ("PharmacistsInfoAvailableTime", "20260402093015"),
        ("DiagnosisInfoConsFlg", "0"),
    ]);
    let record = Element::group("ResultOfQualificationConfirmation", record);
    let mut body = leaves(&[("ProcessingResultStatus", "1"), ("QualificationValidity", "1")]);
    body.push(Element::group("ResultList", vec![record]));
    let header = leaves(&[
        ("ProcessExecutionTime", "20260401093015"),
        ("QualificationConfirmationDate", "20260401"),
        ("MedicalInstitutionCode", "1319999999"),
        ("ArbitraryFileIdentifier", "SIM0000000000001"),
        ("ReferenceClassification", "1"),
        ("SegmentOfResult", "1"),
    ]);
    let mut root = crate::terminal::messages::message(header, body);
    if shuffled {
        reverse(&mut root);
        root.children[0].children.push(Element::leaf("TestInfoConsFutureElement", "x"));
    }
    crate::terminal::messages::state_encoding(&mut root, encoding);
    xml::write(&root, encoding).unwrap()
}

fn reverse(element: &mut Element) {
    element.children.reverse();
    element.children.iter_mut().for_each(reverse);
}
