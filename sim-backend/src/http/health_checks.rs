//! TKKsiquc01req: specific health checks (特定健診) of a patient who agreed here.

use jiff::Timestamp;

use super::{
    fault::Fault,
    history::{candidates, grounds, on_any, search},
};
use crate::{
    backend::Desk,
    messages::{
        Message,
        history::HistoryOutcome,
        tkk::{
            HealthCheckAnswer, HealthCheckHistory, HealthCheckRequest,
            HealthCheckupResultAndQuestionInfo, QualificationsInfo, SpecificHealthCheckupInfo,
        },
    },
    service::{
        information::health_checks,
        records::{HealthCheck, HealthCheckItem, Holder},
    },
};

/// Answers a request for health checks. Whoever writes the answer makes a document of it when that was asked for.
pub(super) async fn answer(
    desk: &Desk,
    request: HealthCheckRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let HealthCheckRequest { header, body } = request;
    let search = search(&header);
    let institution = &header.medical_institution_code;
    let candidates = candidates(desk, institution, &search, body.medical_treatment_flag).await?;
    let grounds = grounds(desk, institution, body.medical_treatment_flag, now).await?;
    let given = on_any(&grounds, |access| health_checks(&search, &candidates, access))?;
    let history = HealthCheckHistory {
        person: person(given.holder),
        checks: given.checks.into_iter().map(check).collect(),
    };
    Ok(Message::HealthCheckAnswer(HealthCheckAnswer {
        process_execution_time: super::execution_time(now),
        medical_institution_code: header.medical_institution_code,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
        outcome: HistoryOutcome::History(history),
    }))
}

fn person(holder: &Holder) -> QualificationsInfo {
    QualificationsInfo {
        name: holder.name.clone(),
        kanas_name: holder.name_kana.clone(),
        birthday: holder.birthdate,
        administrative_gender_code: holder.sex1,
    }
}

fn check(check: &HealthCheck) -> SpecificHealthCheckupInfo {
    SpecificHealthCheckupInfo {
        effective_time: check.made,
        items: check.items.iter().map(item).collect(),
    }
}

fn item(item: &HealthCheckItem) -> HealthCheckupResultAndQuestionInfo {
    HealthCheckupResultAndQuestionInfo {
        item_code: item.code.clone(),
        item_name: item.name.clone(),
        data_type: None,
        data_value: item.value.clone(),
        unit: item.unit.clone(),
        oid: None,
        data_value_name: None,
    }
}
