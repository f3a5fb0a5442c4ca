//! What a reader or a clerk asks: by card, by what stands on its front, without it.

use jiff::civil::date;
use sim_backend::messages::care::{RepeatRequest, RepeatRequestBody};
use sim_backend::messages::codes::{
    CertificateStateCode, IdentificationMode, MedicalTreatmentFlag, PrescriptionIssueSelect,
    QualificationValidity, Sex, SpecialFunction,
};
use sim_backend::messages::person::{PersonAnswer, PersonBody, PersonQuery, PersonQueryBody};
use sim_backend::messages::sim::{
    CertificateBody, CertificateRequest, CertificateRequestBody, ChallengeBody, ChallengeRequest,
    QualificationRequest, QualificationRequestBody,
};
use sim_backend::messages::{Answer, Message, Octets, Outcome};

use super::qualification::{full_record, search};
use super::{answer_header, query_header, request_header, text};

pub fn samples() -> Vec<Message> {
    vec![
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
    ]
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
