//! What the message tests share: one sample of every message, all synthetic.
#![allow(dead_code, reason = "each test file uses its own part")]

use jiff::civil::{Date, DateTime, date};
use sim_backend::messages::bulk::{
    Counts, Reception, ReceptionRequest, ReceptionRequestBody, ReceptionRequestHeader,
};
use sim_backend::messages::care::{CareSearchInfo, RepeatRequest, RepeatRequestBody};
use sim_backend::messages::codes::{
    CertificateStateCode, DesignatedInstitutionMatch, FileCategory, IdentificationMode,
    InsuredCardClassification, LimitCertificateChange, LimitCertificateClassification,
    LimitCertificateFlag, MedicalTreatmentFlag, MedicalTreatmentType, PartShown,
    PersonalFamilyClassification, PreschoolClassification, PrescriptionIssueSelect,
    ProcessingResultStatus, QualificationValidity, ReasonOfLoss, ReferenceClassification, Sex,
    SpecialFunction, SpecificDiseaseCategory, TicketType,
};
use sim_backend::messages::consent::{InformationConsent, RelatedConsent};
use sim_backend::messages::history::{HistoryOutcome, HistoryRequestHeader};
use sim_backend::messages::muhvq::{HomeVisitBody, HomeVisitQuery, HomeVisitQueryBody};
use sim_backend::messages::muonq::{OnlineCareBody, OnlineCareQuery, OnlineCareQueryBody};
use sim_backend::messages::muquc::{
    BulkConfirmBody, BulkConfirmUnit, BulkQuery, BulkQueryBody, BulkQueryResult, BulkSearchInfo,
    KnownLimitCertificate,
};
use sim_backend::messages::mutic::{
    FoundUnit, MedicalAidBody, MedicalAidQuery, MedicalAidQueryBody, MedicalAidSearchInfo,
};
use sim_backend::messages::person::{PersonAnswer, PersonBody, PersonQuery, PersonQueryBody};
use sim_backend::messages::record::{
    ElderlyRecipientCertificateInfo, LimitApplicationCertificateRelatedInfo,
    ResultOfQualificationConfirmation, SpecificDiseasesCertificateInfo,
};
use sim_backend::messages::siimm::{
    BulkReferenceNumberBody, BulkReferenceNumberRequest, BulkRegistrationBody, ReferenceNumberBody,
    ReferenceNumberRegistrationInfo, ReferenceNumberRequest, RegistrationResult,
};
use sim_backend::messages::sim::{
    CertificateBody, CertificateRequest, CertificateRequestBody, ChallengeBody, ChallengeRequest,
    QualificationRequest, QualificationRequestBody,
};
use sim_backend::messages::siquc::{
    NumberQuery, NumberQueryBody, QualificationBody, QualificationConfirmSearchInfo,
};
use sim_backend::messages::ticket::MedicalTicketInfo;
use sim_backend::messages::tkk::{
    HealthCheckAnswer, HealthCheckHistory, HealthCheckRequest, HealthCheckRequestBody,
    HealthCheckupResultAndQuestionInfo, QualificationsInfo, SpecificHealthCheckupInfo,
};
use sim_backend::messages::yzk::{
    DiDateInf, DrugAnswer, DrugHistory, DrugInf, DrugRequest, DrugRequestBody, MeTrMonthInf,
    QuaInf, SimCareInf,
};
use sim_backend::messages::{
    Answer, AnswerHeader, Digits, Family, InsurerNumber, Lenient, Message, Octets, Outcome,
    Percent, QueryHeader, RequestHeader, SimError, Text, YearMonth,
};

pub const DAY: Date = date(2026, 4, 1);

pub fn now() -> DateTime {
    DAY.at(9, 30, 15, 0)
}

pub fn text<const MAX: usize>(value: &str) -> Text<MAX> {
    Text::new(value).unwrap()
}

pub fn number<const COUNT: usize>(value: &str) -> Digits<COUNT> {
    Digits::new(value).unwrap()
}

pub fn insurer(value: &str) -> InsurerNumber {
    InsurerNumber::new(value).unwrap()
}

pub fn request_header() -> RequestHeader {
    RequestHeader {
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
    }
}

pub fn query_header() -> QueryHeader {
    QueryHeader {
        qualification_confirmation_date: DAY,
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
    }
}

pub fn answer_header(classification: Option<ReferenceClassification>) -> AnswerHeader {
    AnswerHeader {
        qualification_confirmation_date: Some(DAY),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
        reference_classification: classification,
        ..AnswerHeader::new(now(), number("1319999999"))
    }
}

pub fn search() -> QualificationConfirmSearchInfo {
    QualificationConfirmSearchInfo {
        insurer_number: insurer("990001"),
        insured_card_symbol: Some(text("記号０１")),
        insured_identification_number: text("0001234"),
        insured_branch_number: Some(number("02")),
        birthdate: date(1980, 2, 17),
        limit_application_certificate_related_cons_flg: Some(true),
        arbitrary_identifier: Some(text(" 予約 7 ")),
    }
}

/// A record with everything an insured person can have.
pub fn full_record() -> ResultOfQualificationConfirmation {
    let mut record = ResultOfQualificationConfirmation::new(
        InsuredCardClassification::General,
        text("架空　花子"),
        Sex::Female,
        date(1980, 2, 17),
    );
    record.insurer_number = Some(insurer("990001"));
    record.insured_card_symbol = Some(text("記号０１"));
    record.insured_identification_number = Some(text("0001234"));
    record.insured_branch_number = Some(number("02"));
    record.personal_family_classification = Some(PersonalFamilyClassification::Family);
    record.insured_name = Some(text("架空　太郎"));
    record.name_of_other = Some(text("髙﨑　花子"));
    record.name_kana = Some(text("ｶｸｳ ﾊﾅｺ"));
    record.name_of_other_kana = Some(text("ﾀｶｻｷ ﾊﾅｺ"));
    record.sex2 = Some(Sex::Unset);
    record.address = Some(text("架空県架空市１－２－３　<架空>＆コーポ①"));
    record.post_number = Some(text("999-9999"));
    record.qualification_date = Some(date(2020, 4, 1));
    record.disqualification_date = Some(date(2026, 4, 30));
    record.insured_certificate_issuance_date = Some(date(2020, 4, 10));
    record.insured_card_valid_date = Some(date(2020, 4, 1));
    record.insured_card_expiration_date = Some(date(2026, 3, 31));
    record.insured_partial_contribution_ratio = Percent::new(30);
    record.preschool_classification = Some(PreschoolClassification::Preschool);
    record.reason_of_loss = Some(ReasonOfLoss::OtherInsurance);
    record.insurer_name = Some(text("架空健康保険組合"));
    record.elderly_recipient_certificate_info = Some(ElderlyRecipientCertificateInfo {
        elderly_recipient_certificate_date: Some(date(2025, 8, 1)),
        elderly_recipient_valid_start_date: Some(date(2025, 8, 1)),
        elderly_recipient_valid_end_date: Some(date(2026, 7, 31)),
        elderly_recipient_contribution_ratio: Percent::new(20),
    });
    record.limit_application_certificate_related = Some(RelatedConsent::Given { cons_time: now() });
    record.limit_application_certificate_related_info =
        Some(LimitApplicationCertificateRelatedInfo {
            limit_application_certificate_classification: LimitCertificateClassification::Limit,
            limit_application_certificate_classification_flag: LimitCertificateFlag::A02,
            limit_application_certificate_date: Some(date(2025, 8, 1)),
            limit_application_certificate_valid_start_date: Some(date(2025, 8, 1)),
            limit_application_certificate_valid_end_date: Some(date(2026, 7, 31)),
            limit_application_certificate_long_term_date: None,
        });
    record.specific_diseases_certificate_related = Some(RelatedConsent::Given { cons_time: now() });
    record.specific_diseases_certificates = [10_000, 20_000]
        .map(|yen| SpecificDiseasesCertificateInfo {
            specific_diseases_disease_category: SpecificDiseaseCategory::RenalFailure,
            specific_diseases_certificate_date: Some(date(2025, 8, 1)),
            specific_diseases_valid_start_date: None,
            specific_diseases_valid_end_date: None,
            specific_diseases_self_pay: Some(yen),
        })
        .to_vec();
    record.specific_health_checkups_info = Some(InformationConsent::NotGiven);
    record.pharmacists_info = InformationConsent::given(now());
    record.diagnosis_info = InformationConsent::given(now());
    record.operation_info = Some(InformationConsent::NotGiven);
    record.allergy_info = InformationConsent::given(now());
    record.reference_number = Some(text("P-0001"));
    record
}

/// A record of medical aid with one ticket.
pub fn medical_aid_record() -> ResultOfQualificationConfirmation {
    let mut record = ResultOfQualificationConfirmation::new(
        InsuredCardClassification::MedicalAid,
        text("架空　次郎"),
        Sex::Male,
        date(1960, 2, 29),
    );
    record.public_expense_number = Some(insurer("12990001"));
    record.beneficiary_number = Some(text("9999999"));
    record.welfare_office_name = Some(text("架空福祉事務所"));
    record.medical_tickets = vec![MedicalTicketInfo {
        ticket_type: TicketType::Treatment,
        medical_ticket_valid_date: Some(DAY),
        medical_ticket_expiration_date: Some(date(2026, 4, 30)),
        issue_number: Some(text("0001")),
        medical_treatment_month: YearMonth::new(2026, 4),
        designated_medical_institution_code: Some(number("1319999999")),
        designated_medical_institution_flag: Some(DesignatedInstitutionMatch::Same),
        designated_medical_institution_name: Some(text("架空診療所")),
        prescription_issuer_medical_institution_code: None,
        prescription_issuer_medical_institution_name: None,
        injury_name1: Some(text("架空病")),
        injury_name2: None,
        injury_name3: None,
        medical_treatment_type: Some(MedicalTreatmentType::Outpatient),
        self_pay_amount: Some(0),
        district_contact_name: None,
        handling_contact_name: None,
        single_or_combined_use: None,
        status_of_social_insurance: None,
        consistency_flag: None,
        status_of_infecton: None,
        status_of_elderly_medical_care: None,
        status_of_prefectural_expenses: None,
        remarks1: Some(text("備考")),
        remarks2: None,
        remarks3: None,
    }];
    record
}

pub fn face(records: Vec<ResultOfQualificationConfirmation>) -> Message {
    let validity = QualificationValidity::Valid;
    let mut body = QualificationBody::normal(validity, records);
    body.prescription_issue_select = Some(PrescriptionIssueSelect::Electronic);
    let header = answer_header(Some(ReferenceClassification::Card));
    Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) }))
}

pub fn by_numbers(validity: QualificationValidity) -> Message {
    let mut body = QualificationBody::normal(validity, Vec::new());
    body.qualification_confirm_search_info = Some(search());
    let header = answer_header(Some(ReferenceClassification::Numbers));
    Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) }))
}

pub fn query() -> Message {
    let body = NumberQueryBody { qualification_confirm_search_info: search() };
    Message::NumberQuery(NumberQuery { header: query_header(), body })
}

/// At least one message of every family.
pub fn samples() -> Vec<Message> {
    let in_process = Answer { header: answer_header(None), outcome: Outcome::InProcess };
    let mut samples = vec![
        query(),
        face(vec![full_record(), medical_aid_record()]),
        by_numbers(QualificationValidity::NoMatch),
        Message::QualificationAnswer(Box::new(in_process)),
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
        Message::DrugRequest(drug_request()),
        Message::DrugAnswer(drug_answer()),
        Message::HealthCheckRequest(HealthCheckRequest {
            header: history_header(),
            body: HealthCheckRequestBody {
                file_category: FileCategory::Pdf,
                medical_treatment_flag: Some(MedicalTreatmentFlag::Online),
            },
        }),
        Message::HealthCheckAnswer(health_check_answer()),
        Message::PersonQuery(person_query()),
        Message::PersonAnswer(Box::new(person_answer())),
        Message::ChallengeRequest(ChallengeRequest { header: request_header() }),
        Message::ChallengeAnswer(Answer {
            header: answer_header(None),
            outcome: Outcome::Normal(ChallengeBody {
                challenge_identifier: text("C-0001"),
                challenge: [0x5A; 32],
            }),
        }),
        Message::CertificateRequest(CertificateRequest {
            header: request_header(),
            body: CertificateRequestBody {
                challenge_identifier: text("C-0001"),
                user_authentication_certificate: Octets(vec![0x30; 1590]),
                signature: Octets(vec![0xA5; 256]),
                identification_mode: IdentificationMode::Face,
            },
        }),
        Message::CertificateAnswer(Answer {
            header: answer_header(None),
            outcome: Outcome::Normal(CertificateBody {
                authentication_ticket: text("T-0001"),
                certificate_state: CertificateStateCode::ExpiresSoon,
                registered: true,
            }),
        }),
        Message::QualificationRequest(qualification_request()),
        Message::RepeatRequest(RepeatRequest {
            header: query_header(),
            body: RepeatRequestBody {
                qualification_confirm_search_info: search(),
                medical_treatment_flag: MedicalTreatmentFlag::HomeVisit,
            },
        }),
    ];
    let requests = Family::ALL.iter().filter(|family| family.answer().is_some());
    samples.extend(requests.map(|family| refusal(Some(*family))));
    samples.push(refusal(None));
    samples
}

pub fn refusal(family: Option<Family>) -> Message {
    Message::refusal(family, answer_header(None), SimError::CertificateRefused.report())
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

/// Days of consent for a home visit, days of examination for online care.
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

fn qualification_request() -> QualificationRequest {
    QualificationRequest {
        header: query_header(),
        body: QualificationRequestBody {
            authentication_ticket: text("T-0001"),
            registration: false,
            limit_application_certificate_related_cons_flg: true,
            specific_diseases_certificate_related_cons_flg: false,
            specific_health_checkups_info_cons_flg: true,
            pharmacists_info_cons_flg: true,
            diagnosis_info_cons_flg: false,
            operation_info_cons_flg: false,
            diagnosis_name_cons_flg: None,
            infectious_info_cons_flg: None,
            allergy_info_cons_flg: Some(true),
            contraindication_info_cons_flg: None,
            test_info_cons_flg: None,
            prescription_info_cons_flg: None,
            prescription_issue_select: Some(PrescriptionIssueSelect::Paper),
            medical_treatment_flag: Some(MedicalTreatmentFlag::HomeVisit),
            medical_aid_supported: Some(true),
        },
    }
}

fn person_query() -> PersonQuery {
    PersonQuery {
        header: query_header(),
        body: PersonQueryBody {
            special_function: SpecialFunction::Disaster,
            name: text("架空　花子"),
            birthdate: date(1980, 2, 17),
            sex1: Sex::Female,
            address: text("架空県架空市１－２－３"),
        },
    }
}

fn person_answer() -> PersonAnswer {
    Answer {
        header: answer_header(None),
        outcome: Outcome::Normal(PersonBody {
            qualification_validity: QualificationValidity::Valid,
            results: vec![full_record()],
        }),
    }
}

fn history_header() -> HistoryRequestHeader {
    HistoryRequestHeader {
        medical_institution_code: number("1319999999"),
        insurer_number: insurer("990001"),
        insurance_card_symbol: Some(text("記号０１")),
        insured_person_identification_number: text("0001234"),
        branch_number: Some(number("02")),
        arbitrary_file_identifier: Some(text("D-1")),
    }
}

fn health_check_answer() -> HealthCheckAnswer {
    let item = HealthCheckupResultAndQuestionInfo {
        item_code: text("9N001000000000001"),
        item_name: text("身長"),
        data_type: Some(text("PQ")),
        data_value: text("160.5"),
        unit: Some(text("cm")),
        oid: None,
        data_value_name: None,
    };
    HealthCheckAnswer {
        process_execution_time: now(),
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("D-1")),
        outcome: HistoryOutcome::History(HealthCheckHistory {
            person: QualificationsInfo {
                name: text("架空　花子"),
                kanas_name: Some(text("ｶｸｳ ﾊﾅｺ")),
                birthday: date(1980, 2, 17),
                administrative_gender_code: Sex::Female,
            },
            checks: vec![SpecificHealthCheckupInfo {
                effective_time: date(2025, 6, 3),
                items: vec![item.clone(), item],
            }],
        }),
    }
}

fn drug_request() -> DrugRequest {
    DrugRequest {
        header: history_header(),
        body: DrugRequestBody {
            start_date: YearMonth::new(2025, 4).unwrap(),
            end_date: YearMonth::new(2026, 3).unwrap(),
            file_category: FileCategory::Xml,
            pr_di_inf_classification: Some(PartShown::Shown),
            medical_treatment_flag: Some(MedicalTreatmentFlag::Outpatient),
        },
    }
}

fn drug_answer() -> DrugAnswer {
    let drug = |name: &str| DrugInf {
        drug_c: number("999999999"),
        drug_n: text(name),
        ingre_n: Some(text("架空成分")),
        qua1: Some(text("3")),
        unit: Some(text("錠")),
        usage_n: Some(text("１日３回毎食後")),
        sp_inst: None,
        times: Some(7),
        me_tr_id_cl: Some(text("21")),
    };
    let day = DiDateInf {
        di_date: date(2026, 3, 3),
        pr_date: Some(date(2026, 3, 2)),
        drugs: vec![drug("架空錠１０ｍｇ"), drug("架空散５％")],
    };
    let month = MeTrMonthInf {
        di_org: Some(text("2")),
        me_tr_di_h_cd: Some(number("1349999999")),
        prls_h_cd: Some(number("1319999999")),
        me_tr_di_h_nm: Some(text("架空薬局")),
        me_tr_month: YearMonth::new(2026, 3).unwrap(),
        prls_h_nm: Some(text("架空診療所")),
        pr_is_org: Some(text("1")),
        in_out: Some(text("2")),
        days: vec![day],
    };
    DrugAnswer {
        process_execution_time: now(),
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("D-1")),
        outcome: HistoryOutcome::History(DrugHistory {
            person: QuaInf {
                name: text("架空　花子"),
                kana_name: Some(text("ｶｸｳ ﾊﾅｺ")),
                birth: date(1980, 2, 17),
                adm_gend_code: Sex::Female,
            },
            months: vec![month.clone()],
            prescribed: vec![month.clone()],
            dispensed: vec![month],
            care: vec![act("診療")],
            operations: vec![act("手術"), act("別の手術")],
        }),
    }
}

fn act(name: &str) -> SimCareInf {
    SimCareInf {
        me_tr_date: date(2026, 3, 3),
        me_tr_di_h_cd: number("1319999999"),
        me_tr_di_h_nm: text("架空診療所"),
        sim_act_code: number("990000001"),
        sim_act_name: text(name),
    }
}
