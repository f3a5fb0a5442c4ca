//! SIMrepeat01req: a later visit at home or online, asked without card (再照会). Bench profile.

use jiff::Timestamp;

use super::{
    fault::Fault,
    numbers::{answer_header, confirmation, search},
    record::result_of,
};
use crate::{
    backend::Desk,
    messages::{
        Answer, InstitutionCode, Message, Outcome, SimError,
        care::RepeatRequest,
        codes::{MedicalTreatmentFlag, ReferenceClassification},
        siquc::QualificationBody,
    },
    service::{
        care::{CareVisit, Relation, lives_until, relation},
        disclose::{CardConsents, Route, disclose},
        qualify::by_numbers,
        records::PersonCode,
    },
    store::Visit,
};

/// Answers a later visit of somebody in whose care the institution is. Rows OQS-VISIT-02, OQS-VISIT-03.
pub(super) async fn answer(
    desk: &Desk,
    request: RepeatRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let RepeatRequest { header, body } = request;
    let (info, occasion) = (body.qualification_confirm_search_info, body.medical_treatment_flag);
    let institution = &header.medical_institution_code;
    let day = header.qualification_confirmation_date;
    let search = search(&info);
    let candidates = desk.store.by_number(&search.insurer_number, &search.number).await?;
    let found = by_numbers(&search, &candidates, day);
    // Nobody, several and somebody who is in nobody's care look alike from outside.
    let person = found.person().map(|state| state.person.clone());
    let person = person.ok_or(SimError::ConsentMissing)?;
    let relation = living(desk, institution, &person, occasion, now).await?;
    let relation = relation.filter(|relation| relation.reaches(day));
    let relation = relation.ok_or(SimError::ConsentMissing)?;
    let until = Some(relation.until.max(lives_until(day)));
    let consents = CardConsents { until, ..relation.at_the_reader() };
    let given = disclose(&found, &Route::Card(consents), day, relation.given);
    let care = CareVisit {
        institution: institution.clone(),
        person: person.clone(),
        occasion,
        examined: day,
        given: relation.given,
        consents: relation.consents,
    };
    let confirmation = confirmation(&found, &header);
    let institution = institution.clone();
    desk.store
        .keep_visit(&Visit {
            institution: institution.clone(),
            person,
            registration: None,
            consents: None,
            care: Some(care),
            confirmation,
        })
        .await?;
    let number = super::reference_number(desk, &institution, &found).await?;
    let result = |record| result_of(record, &institution, number.clone());
    let validity = given.validity;
    let mut body = QualificationBody::normal(validity, given.into_records().map(result).collect());
    body.qualification_confirm_search_info = Some(info);
    let header = answer_header(header, ReferenceClassification::Numbers, now);
    Ok(Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) })))
}

/// The institution's care for the person, if it goes on.
async fn living(
    desk: &Desk,
    institution: &InstitutionCode,
    person: &PersonCode,
    occasion: MedicalTreatmentFlag,
    now: Timestamp,
) -> Result<Option<Relation>, Fault> {
    let visits = desk.store.care_of(institution, person, occasion).await?;
    Ok(relation(&visits).filter(|relation| relation.lives(now)))
}
