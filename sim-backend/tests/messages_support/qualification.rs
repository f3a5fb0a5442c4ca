//! The eligibility query for one person, and the records of its answer.

use jiff::civil::date;
use sim_backend::messages::codes::{
    DesignatedInstitutionMatch, InsuredCardClassification, LimitCertificateClassification,
    LimitCertificateFlag, MedicalTreatmentType, PersonalFamilyClassification,
    PreschoolClassification, PrescriptionIssueSelect, QualificationValidity, ReasonOfLoss,
    ReferenceClassification, Sex, SpecificDiseaseCategory, TicketType,
};
use sim_backend::messages::consent::{InformationConsent, RelatedConsent};
use sim_backend::messages::record::{
    ElderlyRecipientCertificateInfo, LimitApplicationCertificateRelatedInfo,
    ResultOfQualificationConfirmation, SpecificDiseasesCertificateInfo,
};
use sim_backend::messages::siquc::{
    NumberQuery, NumberQueryBody, QualificationBody, QualificationConfirmSearchInfo,
};
use sim_backend::messages::ticket::MedicalTicketInfo;
use sim_backend::messages::{Answer, Family, Message, Outcome, Percent, YearMonth};

use super::{DAY, answer_header, insurer, now, number, query_header, text};

pub fn samples() -> Vec<Message> {
    let in_process = Answer { header: answer_header(None), outcome: Outcome::InProcess };
    vec![
        query(),
        face(vec![full_record(), medical_aid_record()]),
        by_numbers(QualificationValidity::NoMatch),
        Message::QualificationAnswer(Box::new(in_process)),
    ]
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
