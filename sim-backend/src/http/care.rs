//! OQSmuhvq01req and OQSmuonq01req: who consented at home visits and in online care of this institution?

use jiff::Timestamp;

use super::{bulk, card, fault::Fault, record::result_of};
use crate::{
    backend::Desk,
    messages::{
        Answer, InstitutionCode, Message, Outcome, SimError,
        care::{CareSearchInfo, Span},
        consent::{InformationConsent, RelatedConsent},
        muhvq::{HomeVisitBody, HomeVisitQuery},
        muonq::{OnlineCareBody, OnlineCareQuery},
        mutic::FoundUnit,
        record::ResultOfQualificationConfirmation,
    },
    service::{
        care::{CareSpan, CareVisit, newest_each, relation},
        disclose::{Route, disclose},
        qualify::by_card,
    },
};

/// Takes a query for consents at home. Rows OQS-VISIT-04, OQS-VISIT-05.
pub(super) async fn receive_home_visits(
    desk: &Desk,
    query: HomeVisitQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let HomeVisitQuery { header, body } = query;
    let info = &body.qualification_confirm_search_info;
    let units = units(desk, &header.medical_institution_code, info, now).await?;
    let header = card::answer_header(header, now);
    let taken = bulk::take_in(desk, header.clone(), HomeVisitBody { units }, now).await?;
    Ok(Message::HomeVisitReception(Answer { header, outcome: Outcome::Normal(taken) }))
}

/// Takes a query for consents to online care. Rows OQS-VISIT-04, OQS-VISIT-05.
pub(super) async fn receive_online_care(
    desk: &Desk,
    query: OnlineCareQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let OnlineCareQuery { header, body } = query;
    let info = &body.qualification_confirm_search_info;
    let units = units(desk, &header.medical_institution_code, info, now).await?;
    let header = card::answer_header(header, now);
    let taken = bulk::take_in(desk, header.clone(), OnlineCareBody { units }, now).await?;
    Ok(Message::OnlineCareReception(Answer { header, outcome: Outcome::Normal(taken) }))
}

/// One unit a person whom the institution examined in the span; of several examinations the newest counts (bench profile).
async fn units(
    desk: &Desk,
    institution: &InstitutionCode,
    info: &CareSearchInfo,
    now: Timestamp,
) -> Result<Vec<FoundUnit>, Fault> {
    let span = match info.span().ok_or(SimError::MalformedMessage)? {
        Span::Consent(first, last) => CareSpan::Consented(first, last),
        Span::Examination(first, last) => CareSpan::Examined(first, last),
    };
    let occasion = info.medical_treatment_flag;
    let visits = desk.store.care_between(institution, occasion, span).await?;
    let mut units = Vec::new();
    for visit in newest_each(visits) {
        units.extend(unit(desk, &visit, now).await?);
    }
    Ok(units)
}

/// The qualification of the day of examination with what the patient consented to; nothing about somebody who may not be told of.
async fn unit(desk: &Desk, visit: &CareVisit, now: Timestamp) -> Result<Option<FoundUnit>, Fault> {
    let CareVisit { institution, person, occasion, examined, .. } = visit;
    let state = desk.store.person(person).await?.filter(|state| !state.is_barred());
    let all = desk.store.care_of(institution, person, *occasion).await?;
    let (Some(state), Some(relation)) = (state, relation(&all)) else { return Ok(None) };
    let consents = relation.at_the_reader();
    let found = by_card(&state, *examined);
    let given = disclose(&found, &Route::Card(consents), *examined, relation.given);
    let validity = given.validity;
    let result = |record| {
        let result = result_of(record, institution, None);
        if relation.lives(now) { result } else { over(result) }
    };
    let results = given.into_records().map(result).collect();
    let numbers = desk.store.reference_numbers(institution, person).await?;
    Ok(Some(FoundUnit::normal(validity, results, numbers)))
}

/// The relation is over: the qualification of that day stands, and what was given by consent is closed again (CD016: 2).
fn over(result: ResultOfQualificationConfirmation) -> ResultOfQualificationConfirmation {
    let information = |consent: Option<InformationConsent>| match consent {
        Some(InformationConsent::Given { .. }) => Some(InformationConsent::Expired),
        Some(
            InformationConsent::NotGiven
            | InformationConsent::Expired
            | InformationConsent::HardToObtain,
        )
        | None => consent,
    };
    let related = |consent: Option<RelatedConsent>| match consent {
        Some(RelatedConsent::Given { .. }) => Some(RelatedConsent::Expired),
        Some(RelatedConsent::NotGiven | RelatedConsent::Expired | RelatedConsent::HardToObtain)
        | None => consent,
    };
    ResultOfQualificationConfirmation {
        limit_application_certificate_related: related(
            result.limit_application_certificate_related,
        ),
        limit_application_certificate_related_info: None,
        specific_diseases_certificate_related: related(
            result.specific_diseases_certificate_related,
        ),
        specific_diseases_certificates: Vec::new(),
        specific_health_checkups_info: information(result.specific_health_checkups_info),
        pharmacists_info: information(result.pharmacists_info),
        diagnosis_info: information(result.diagnosis_info),
        operation_info: information(result.operation_info),
        diagnosis_name: information(result.diagnosis_name),
        infectious_info: information(result.infectious_info),
        allergy_info: information(result.allergy_info),
        contraindication_info: information(result.contraindication_info),
        test_info: information(result.test_info),
        prescription_info: information(result.prescription_info),
        ..result
    }
}
