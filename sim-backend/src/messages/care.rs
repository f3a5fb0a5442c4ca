//! What home visits (訪問診療等) and online care (オンライン診療等) share: which days are asked for, and the question that needs no card.
//!
//! Source: OQS messages, bulk variants; OQS-VISIT-02, OQS-VISIT-04. The layout of the interface's own repeat queries (再照会),
//! OQSsihvq and OQSsionq, is not public: SIMrepeat01req stands in for them (bench profile).

use jiff::civil::Date;

use super::codes::MedicalTreatmentFlag;
use super::element::group;
use super::error::Fault;
use super::header::QueryHeader;
use super::siquc::QualificationConfirmSearchInfo;

group! {
    /// Which days, 照会条件: those of consent or those of examination, both ends included.
    pub CareSearchInfo checked by one_span {
        "ConsentDateFrom" consent_date_from: Option<Date>, "同意日 from";
        "ConsentDateTo" consent_date_to: Option<Date>, "同意日 to";
        "ExaminationDateFrom" examination_date_from: Option<Date>, "受診日 from";
        "ExaminationDateTo" examination_date_to: Option<Date>, "受診日 to";
        "MedicalTreatmentFlag" medical_treatment_flag: MedicalTreatmentFlag, "診療区分";
    }
}

/// The days a request asks for; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Days on which the patient consented.
    Consent(Date, Date),
    /// Days of examination.
    Examination(Date, Date),
}

impl CareSearchInfo {
    /// The one span that is asked for; `None` when there is none, more than one, half a one, or one that ends before it begins.
    pub fn span(&self) -> Option<Span> {
        let ends = (
            (self.consent_date_from, self.consent_date_to),
            (self.examination_date_from, self.examination_date_to),
        );
        match ends {
            ((Some(from), Some(to)), (None, None)) if from <= to => Some(Span::Consent(from, to)),
            ((None, None), (Some(from), Some(to))) if from <= to => {
                Some(Span::Examination(from, to))
            }
            (_, _) => None,
        }
    }
}

fn one_span(info: &CareSearchInfo) -> Result<(), Fault> {
    let rule = "stands with ConsentDateTo in order, or ExaminationDateFrom with ExaminationDateTo, and not both";
    info.span().map(|_| ()).ok_or_else(|| Fault::rule("ConsentDateFrom", rule))
}

/// Refuses a request that asks one occasion's family about another occasion.
pub(super) fn is_of(occasion: MedicalTreatmentFlag, info: &CareSearchInfo) -> Result<(), Fault> {
    if info.medical_treatment_flag == occasion {
        return Ok(());
    }
    Err(Fault::rule("MedicalTreatmentFlag", "is not that of this message"))
}

group! {
    /// Body of SIMrepeat01req (bench profile).
    pub RepeatRequestBody checked by outside_the_institution {
        "QualificationConfirmSearchInfo" qualification_confirm_search_info: QualificationConfirmSearchInfo, "照会条件, as in OQSsiquc01req";
        "MedicalTreatmentFlag" medical_treatment_flag: MedicalTreatmentFlag, "診療区分, 2 or 3";
    }
}

fn outside_the_institution(body: &RepeatRequestBody) -> Result<(), Fault> {
    match body.medical_treatment_flag {
        MedicalTreatmentFlag::HomeVisit | MedicalTreatmentFlag::Online => Ok(()),
        MedicalTreatmentFlag::Outpatient | MedicalTreatmentFlag::Emergency => {
            Err(Fault::rule("MedicalTreatmentFlag", "is 2 or 3 here"))
        }
    }
}

group! {
    /// SIMrepeat01req (bench profile): a later visit, asked without card; the answer is an OQSsiquc01res.
    pub RepeatRequest {
        "MessageHeader" header: QueryHeader, "header";
        "MessageBody" body: RepeatRequestBody, "body";
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn exactly_one_span_is_asked_for() {
        let (one, two) = (Some(date(2026, 4, 1)), Some(date(2026, 4, 30)));
        let consent = Some(Span::Consent(date(2026, 4, 1), date(2026, 4, 30)));
        let examination = Some(Span::Examination(date(2026, 4, 1), date(2026, 4, 30)));
        let day = Some(Span::Consent(date(2026, 4, 1), date(2026, 4, 1)));
        for (row, ends, expected) in [
            ("consent", [one, two, None, None], consent),
            ("examination", [None, None, one, two], examination),
            ("one day", [one, one, None, None], day),
            ("neither", [None; 4], None),
            ("both", [one, two, one, two], None),
            ("half", [one, None, None, None], None),
            ("half of each", [one, None, None, two], None),
            ("whole and half", [one, two, one, None], None),
            ("reversed", [two, one, None, None], None),
        ] {
            let [consent_date_from, consent_date_to, examination_date_from, examination_date_to] =
                ends;
            let info = CareSearchInfo {
                consent_date_from,
                consent_date_to,
                examination_date_from,
                examination_date_to,
                medical_treatment_flag: MedicalTreatmentFlag::HomeVisit,
            };
            assert_eq!(info.span(), expected, "{row}");
            assert_eq!(one_span(&info).is_ok(), expected.is_some(), "{row}");
        }
    }
}
