//! Medical information: drugs, care and health checks.

use jiff::civil::date;
use sim_backend::messages::codes::{FileCategory, MedicalTreatmentFlag, PartShown, Sex};
use sim_backend::messages::history::{HistoryOutcome, HistoryRequestHeader};
use sim_backend::messages::tkk::{
    HealthCheckAnswer, HealthCheckHistory, HealthCheckRequest, HealthCheckRequestBody,
    HealthCheckupResultAndQuestionInfo, QualificationsInfo, SpecificHealthCheckupInfo,
};
use sim_backend::messages::yzk::{
    DiDateInf, DrugAnswer, DrugHistory, DrugInf, DrugRequest, DrugRequestBody, MeTrMonthInf,
    QuaInf, SimCareInf,
};
use sim_backend::messages::{Message, YearMonth};

use super::{insurer, now, number, text};

pub fn samples() -> Vec<Message> {
    vec![
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
    ]
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
