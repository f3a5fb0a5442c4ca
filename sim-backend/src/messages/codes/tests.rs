//! The code tables beside the interface's own, row by row.

use std::collections::BTreeSet;

use super::*;
use crate::messages::element::Scalar;

/// Every code of a table, and each found by itself and by nothing else.
fn codes_of<T: Scalar + Copy + PartialEq + std::fmt::Debug>(all: &[T]) -> Vec<String> {
    for code in all {
        assert_eq!(T::parse(&code.text()), Some(*code));
        assert_eq!(T::parse(&format!("{}x", code.text())), None);
        assert_eq!(T::parse(""), None);
    }
    all.iter().map(Scalar::text).collect()
}

#[test] // transcribed from the interface's business codes; tables without a message here are left out
fn the_tables_have_the_codes_of_the_interface() {
    for (table, codes, expected) in [
        ("CD002", codes_of(ReferenceClassification::ALL), "1 2"),
        ("CD003", codes_of(SegmentOfResult::ALL), "1 2 9"),
        ("CD004", codes_of(ProcessingResultStatus::ALL), "1 2"),
        ("CD006", codes_of(QualificationValidity::ALL), "1 2 3 4 5 6"),
        ("CD007", codes_of(Sex::ALL), "1 2 3"),
        ("CD008", codes_of(ReasonOfLoss::ALL), "01 02 03 99"),
        ("CD009", codes_of(PersonalFamilyClassification::ALL), "1 2"),
        ("CD010", codes_of(InsuredCardClassification::ALL), "01 02 03 04 05 06 07 A1"),
        ("CD011", codes_of(LimitCertificateClassification::ALL), "01 02 03"),
        (
            "CD012",
            codes_of(LimitCertificateFlag::ALL),
            "A01 A02 A03 A04 A05 A06 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10",
        ),
        ("CD013", codes_of(SpecificDiseaseCategory::ALL), "1 2 3"),
        ("CD014", codes_of(LimitCertificateChange::ALL), "0 1"),
        ("CD015", codes_of(PreschoolClassification::ALL), "1"),
        ("CD016", codes_of(ConsentFlag::ALL), "0 1 2 3"),
        ("CD017", codes_of(PrescriptionIssueSelect::ALL), "1 2"),
        ("CD018", codes_of(TicketType::ALL), "01 02"),
        ("CD019", codes_of(MedicalTreatmentType::ALL), "01 02 03 04 05"),
        ("CD020", codes_of(SingleOrCombinedUse::ALL), "01 02"),
        ("CD021, CD023 to CD025", codes_of(SchemeStatus::ALL), "01 02"),
        ("CD022", codes_of(ConsistencyFlag::ALL), "1"),
        ("CD026", codes_of(DesignatedInstitutionMatch::ALL), "0 1"),
        ("CD028", codes_of(MedicalTreatmentFlag::ALL), "1 2 3 4"),
        ("CD030", codes_of(PartShown::ALL), "0 1"),
    ] {
        assert_eq!(codes.join(" "), expected, "{table}");
    }
}

#[test]
fn the_codes_that_decide_something_mean_what_the_interface_says() {
    for (actual, expected) in [
        (SegmentOfResult::Error.code(), "9"),
        (QualificationValidity::ValidUnregistered.code(), "6"),
        (QualificationValidity::ValidUnregistered.word(), "有効（未登録）"),
        (InsuredCardClassification::MedicalAid.code(), "A1"),
        (ConsentFlag::Expired.code(), "2"),
        (ConsentFlag::HardToObtain.code(), "3"),
        (TicketType::Dispensing.code(), "02"),
        (MedicalTreatmentType::HomeNursing.code(), "05"),
        (SchemeStatus::DoesNotApply.code(), "02"),
        (DesignatedInstitutionMatch::Different.code(), "1"),
        (MedicalTreatmentFlag::HomeVisit.code(), "2"),
        (MedicalTreatmentFlag::Online.code(), "3"),
        (LimitCertificateChange::ChangedOrUndecidable.code(), "1"),
        (Sex::Female.word(), "女"),
    ] {
        assert_eq!(actual, expected);
    }
}

#[test]
fn no_table_says_the_same_word_twice() {
    let words = |all: &[&'static str]| (all.len(), all.iter().collect::<BTreeSet<_>>().len());
    for (count, distinct) in [
        words(&LimitCertificateFlag::ALL.iter().map(|code| code.word()).collect::<Vec<_>>()),
        words(&MedicalTreatmentType::ALL.iter().map(|code| code.word()).collect::<Vec<_>>()),
        words(&InsuredCardClassification::ALL.iter().map(|code| code.word()).collect::<Vec<_>>()),
        words(&ConsentFlag::ALL.iter().map(|code| code.word()).collect::<Vec<_>>()),
    ] {
        assert_eq!(count, distinct);
    }
}
