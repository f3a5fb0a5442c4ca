//! What is asked about many persons at once, and reference numbers.

use jiff::civil::date;
use sim_backend::messages::bulk::{
    Counts, Reception, ReceptionRequest, ReceptionRequestBody, ReceptionRequestHeader,
};
use sim_backend::messages::care::CareSearchInfo;
use sim_backend::messages::codes::{
    LimitCertificateChange, LimitCertificateClassification, LimitCertificateFlag,
    MedicalTreatmentFlag, ProcessingResultStatus, QualificationValidity,
};
use sim_backend::messages::muhvq::{HomeVisitBody, HomeVisitQuery, HomeVisitQueryBody};
use sim_backend::messages::muonq::{OnlineCareBody, OnlineCareQuery, OnlineCareQueryBody};
use sim_backend::messages::muquc::{
    BulkConfirmBody, BulkConfirmUnit, BulkQuery, BulkQueryBody, BulkQueryResult, BulkSearchInfo,
    KnownLimitCertificate,
};
use sim_backend::messages::mutic::{
    FoundUnit, MedicalAidBody, MedicalAidQuery, MedicalAidQueryBody, MedicalAidSearchInfo,
};
use sim_backend::messages::record::ResultOfQualificationConfirmation;
use sim_backend::messages::siimm::{
    BulkReferenceNumberBody, BulkReferenceNumberRequest, BulkRegistrationBody, ReferenceNumberBody,
    ReferenceNumberRegistrationInfo, ReferenceNumberRequest, RegistrationResult,
};
use sim_backend::messages::{Answer, AnswerHeader, Lenient, Message, Outcome, SimError, YearMonth};

use super::qualification::{full_record, medical_aid_record};
use super::{DAY, answer_header, insurer, now, number, query_header, request_header, text};

pub fn samples() -> Vec<Message> {
    vec![
        Message::BulkQuery(bulk_query()),
        Message::BulkQueryReception(reception()),
        Message::BulkQueryResultRequest(reception_request()),
        Message::BulkQueryResult(bulk_query_result()),
        Message::ReferenceNumberRequest(ReferenceNumberRequest {
            header: request_header(),
            body: ReferenceNumberBody { reference_number_registration_info: registration() },
        }),
        Message::ReferenceNumberAnswer(Answer {
            header: answer_header(None),
            outcome: Outcome::Normal(registered()),
        }),
        Message::BulkReferenceNumberRequest(BulkReferenceNumberRequest {
            header: request_header(),
            body: BulkReferenceNumberBody { registrations: vec![registration(), registration()] },
        }),
        Message::BulkReferenceNumberReception(reception()),
        Message::BulkReferenceNumberResultRequest(reception_request()),
        Message::BulkReferenceNumberResult(Answer {
            header: bulk_header(Counts { normal: 1, error: 1 }),
            outcome: Outcome::Normal(BulkRegistrationBody {
                units: vec![registered(), not_registered()],
            }),
        }),
        Message::MedicalAidQuery(MedicalAidQuery {
            header: request_header(),
            body: MedicalAidQueryBody {
                qualification_confirm_search_info: MedicalAidSearchInfo {
                    medical_treatment_month: YearMonth::of(DAY),
                },
            },
        }),
        Message::MedicalAidReception(reception()),
        Message::MedicalAidResultRequest(reception_request()),
        Message::MedicalAidResult(Answer {
            header: bulk_header(Counts { normal: 1, error: 0 }),
            outcome: Outcome::Normal(MedicalAidBody {
                units: vec![found_unit(medical_aid_record())],
            }),
        }),
        Message::HomeVisitQuery(HomeVisitQuery {
            header: request_header(),
            body: HomeVisitQueryBody {
                qualification_confirm_search_info: care_search(MedicalTreatmentFlag::HomeVisit),
            },
        }),
        Message::HomeVisitReception(reception()),
        Message::HomeVisitResultRequest(reception_request()),
        Message::HomeVisitResult(Answer {
            header: bulk_header(Counts { normal: 1, error: 1 }),
            outcome: Outcome::Normal(HomeVisitBody {
                units: vec![found_unit(full_record()), failed_unit()],
            }),
        }),
        Message::OnlineCareQuery(OnlineCareQuery {
            header: request_header(),
            body: OnlineCareQueryBody {
                qualification_confirm_search_info: care_search(MedicalTreatmentFlag::Online),
            },
        }),
        Message::OnlineCareReception(reception()),
        Message::OnlineCareResultRequest(reception_request()),
        Message::OnlineCareResult(Answer {
            header: bulk_header(Counts { normal: 0, error: 0 }),
            outcome: Outcome::Normal(OnlineCareBody { units: Vec::new() }),
        }),
    ]
}

fn bulk_search() -> BulkSearchInfo {
    BulkSearchInfo {
        insurer_number: Lenient::Read(insurer("990001")),
        insured_card_symbol: Lenient::Read(text("記号０１")),
        insured_identification_number: Lenient::Read(text("0001234")),
        insured_branch_number: Lenient::Read(number("02")),
        birthdate: Lenient::Read(date(1980, 2, 17)),
        limit_application_certificate_related_info: Lenient::Read(KnownLimitCertificate {
            limit_application_certificate_classification: LimitCertificateClassification::Limit,
            limit_application_certificate_classification_flag: LimitCertificateFlag::A03,
        }),
        arbitrary_identifier: Lenient::Read(text("予約7")),
    }
}

fn bulk_query() -> BulkQuery {
    BulkQuery {
        header: query_header(),
        body: BulkQueryBody { queries: vec![bulk_search(), bulk_search()] },
    }
}

fn bulk_header(counts: Counts) -> AnswerHeader {
    AnswerHeader {
        reception_number: Some(text("0000000001")),
        counts: Some(counts),
        ..answer_header(None)
    }
}

fn bulk_query_result() -> BulkQueryResult {
    let found = BulkConfirmUnit {
        qualification_confirm_search_info: bulk_search(),
        processing_result_status: ProcessingResultStatus::Normal,
        processing_result_code: None,
        processing_result_message: None,
        qualification_validity: Some(QualificationValidity::Valid),
        result: Some(full_record()),
        limit_application_certificate_changed: Some(LimitCertificateChange::Unchanged),
        reference_number: Some(text("P-0001")),
    };
    let report = SimError::MalformedMessage.report();
    let malformed = BulkConfirmUnit {
        qualification_confirm_search_info: BulkSearchInfo {
            birthdate: Lenient::Absent,
            ..bulk_search()
        },
        processing_result_status: ProcessingResultStatus::Error,
        processing_result_code: Some(report.code),
        processing_result_message: Some(report.message),
        qualification_validity: None,
        result: None,
        limit_application_certificate_changed: None,
        reference_number: None,
    };
    Answer {
        header: bulk_header(Counts { normal: 1, error: 1 }),
        outcome: Outcome::Normal(BulkConfirmBody { units: vec![found, malformed] }),
    }
}

fn care_search(occasion: MedicalTreatmentFlag) -> CareSearchInfo {
    let days = (Some(DAY), Some(date(2026, 4, 30)));
    let (consent, examination) = match occasion {
        MedicalTreatmentFlag::Online => ((None, None), days),
        MedicalTreatmentFlag::Outpatient
        | MedicalTreatmentFlag::HomeVisit
        | MedicalTreatmentFlag::Emergency => (days, (None, None)),
    };
    CareSearchInfo {
        consent_date_from: consent.0,
        consent_date_to: consent.1,
        examination_date_from: examination.0,
        examination_date_to: examination.1,
        medical_treatment_flag: occasion,
    }
}

fn found_unit(record: ResultOfQualificationConfirmation) -> FoundUnit {
    let references = vec![text("P-0001"), text("P-0001-2")];
    FoundUnit::normal(QualificationValidity::Valid, vec![record], references)
}

fn failed_unit() -> FoundUnit {
    let report = SimError::NobodyFound.report();
    FoundUnit {
        processing_result_status: ProcessingResultStatus::Error,
        processing_result_code: Some(report.code),
        processing_result_message: Some(report.message),
        qualification_validity: None,
        ..FoundUnit::normal(QualificationValidity::NoMatch, Vec::new(), vec![text("P-0002")])
    }
}

fn reception() -> Answer<Reception> {
    Answer {
        header: answer_header(None),
        outcome: Outcome::Normal(Reception {
            reception_number: text("0000000001"),
            reception_date_time: now(),
        }),
    }
}

fn reception_request() -> ReceptionRequest {
    ReceptionRequest {
        header: ReceptionRequestHeader {
            medical_institution_code: number("1319999999"),
            arbitrary_file_identifier: Some(text("R-1")),
        },
        body: ReceptionRequestBody { reception_number: text("0000000001") },
    }
}

fn registration() -> ReferenceNumberRegistrationInfo {
    ReferenceNumberRegistrationInfo {
        reference_number: Lenient::Read(text("P-0001")),
        insurer_number: Lenient::Read(insurer("990001")),
        insured_card_symbol: Lenient::Read(text("記号０１")),
        insured_identification_number: Lenient::Read(text("0001234")),
        insured_branch_number: Lenient::Read(number("02")),
    }
}

fn registered() -> RegistrationResult {
    RegistrationResult {
        reference_number_registration_info: registration(),
        processing_result_status: ProcessingResultStatus::Normal,
        processing_result_code: None,
        processing_result_message: None,
    }
}

fn not_registered() -> RegistrationResult {
    let report = SimError::NobodyFound.report();
    RegistrationResult {
        processing_result_status: ProcessingResultStatus::Error,
        processing_result_code: Some(report.code),
        processing_result_message: Some(report.message),
        ..registered()
    }
}
