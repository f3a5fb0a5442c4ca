//! SIMqualif01req: registration, consents and the answer of a card visit. Bench profile; the answer is a face result.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    card::is_renewal_due,
    fault::Fault,
    numbers::{answer_header, confirmation},
    record::result_of,
};
use crate::{
    backend::{Desk, ProvenCard},
    messages::{
        Answer, Identifier, InstitutionCode, LongText, Message, Outcome, SimError,
        codes::{CertificateStateCode, MedicalTreatmentFlag, ReferenceClassification},
        sim::{QualificationRequest, QualificationRequestBody},
        siquc::QualificationBody,
    },
    operator::has_emergency_authority,
    service::{
        consent::{Consent, MedicalKind},
        days::day_of,
        disclose::{Answer as Given, CardConsents, Route, disclose},
        functions::Function,
        qualify::{Qualification, by_card},
        records::{PersonCode, PersonState},
        registration::{Registration, counts, decide},
    },
    store::{StoreError, Visit},
};

/// Code of the notice that the certificate ends soon or has ended. Not official. Row OQS-QUAL-33.
pub const RENEWAL_NOTICE: &str = "SIM-N1001";
/// Its words.
const RENEWAL_WORDS: &str = "利用者証明用電子証明書の更新時期です";

/// Answers a card visit and keeps what it leaves behind. Rows OQS-REG-01 to -07, OQS-CONS-01 to -13, OQS-QUAL-06.
pub(super) async fn answer(
    desk: &Desk,
    request: QualificationRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let QualificationRequest { header, body } = request;
    let institution = &header.medical_institution_code;
    let card = desk.tickets.take(&body.authentication_ticket, institution, now).await?;
    let card = card.ok_or(SimError::TicketUnknown)?;
    if is_emergency_care(&body)
        && !has_emergency_authority(desk.store.as_ref(), institution).await?
    {
        return Err(SimError::NotAuthorised.into());
    }
    let person = card.person.clone().ok_or(SimError::NotRegistered)?;
    let state = desk.store.person(&person).await?;
    let registration =
        registration(desk, &card, &person, state.as_ref(), body.registration, now).await?;
    let state = state.unwrap_or_else(|| PersonState::unknown(person.clone()));
    let day = header.qualification_confirmation_date;
    let found = by_card(&state, day);
    let given = disclose(&found, &Route::Card(consents(&body, card.state)), day, now);
    let visit = Visit {
        institution: institution.clone(),
        consents: left(desk, institution, &person, &body, &given).await?,
        person,
        registration: registration.map(|at| (card.serial, at)),
        confirmation: confirmation(&found, &header),
    };
    desk.store.keep_visit(&visit).await?;
    // Grace closes medical information on any ground. Row OQS-CERT-14.
    if is_emergency_care(&body) && card.state != CertificateStateCode::Grace {
        desk.store.keep_emergency_use(institution, &visit.person, now).await?;
    }
    warn_of_overlap(&found);
    let number = super::reference_number(desk, &header.medical_institution_code, &found).await?;
    let body = result(given, number, &body, card.state, now);
    let header = answer_header(header, ReferenceClassification::Card, now);
    Ok(Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) })))
}

/// The instant under which the serial is to be bound to the person; `None` when it is bound already. A renewed
/// certificate is bound under the old instant: it is the same registration. Row OQS-CERT-17.
async fn registration(
    desk: &Desk,
    card: &ProvenCard,
    person: &PersonCode,
    state: Option<&PersonState>,
    wanted: bool,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let before = desk.store.registered_person(person).await?;
    let registered = counts(before.map(day_of), state, day_of(now));
    match decide(registered, wanted, state)? {
        Registration::New => Ok(Some(now)),
        Registration::Stands if desk.store.registered_serial(&card.serial).await?.is_none() => {
            Ok(before)
        }
        Registration::Stands => Ok(None),
    }
}

/// Whether the card is used in emergency care. Row OQS-DIS-06.
fn is_emergency_care(body: &QualificationRequestBody) -> bool {
    body.medical_treatment_flag == Some(MedicalTreatmentFlag::Emergency)
}

/// The consents that stand after the visit: those just given, or, when the patient could not be asked, those from before. Rows
/// OQS-CONS-05, OQS-DIS-06.
async fn left(
    desk: &Desk,
    institution: &InstitutionCode,
    person: &PersonCode,
    body: &QualificationRequestBody,
    given: &Given,
) -> Result<Vec<Consent>, StoreError> {
    if is_emergency_care(body) {
        return desk.store.consents(institution, person).await;
    }
    let medical = given.record.iter().filter_map(|record| record.medical.clone());
    Ok(medical.flatten().collect())
}

/// What the patient agreed to; in emergency care nobody was asked.
fn consents(body: &QualificationRequestBody, state: CertificateStateCode) -> CardConsents {
    if is_emergency_care(body) {
        return CardConsents::default();
    }
    let medical = [
        (MedicalKind::HealthCheck, body.specific_health_checkups_info_cons_flg),
        (MedicalKind::Drugs, body.pharmacists_info_cons_flg),
        (MedicalKind::Care, body.diagnosis_info_cons_flg),
        (MedicalKind::Operations, body.operation_info_cons_flg),
    ];
    let agreed: BTreeSet<_> =
        medical.into_iter().filter(|(_, agreed)| *agreed).map(|(kind, _)| kind).collect();
    CardConsents {
        limit: body.limit_application_certificate_related_cons_flg,
        specific_diseases: body.specific_diseases_certificate_related_cons_flg,
        medical: agreed,
        grace: state == CertificateStateCode::Grace,
    }
}

/// The form of prescription is the one chosen at the reader, where it was asked. Rows OQS-RX-01, OQS-INFO-06.
fn result(
    given: Given,
    number: Option<Identifier>,
    asked: &QualificationRequestBody,
    state: CertificateStateCode,
    now: Timestamp,
) -> QualificationBody {
    let results = given.record.map(|record| result_of(record, number)).into_iter().collect();
    let mut body = QualificationBody::normal(given.validity, results);
    body.prescription_issue_select =
        asked.prescription_issue_select.filter(|_| Function::EPrescription.is_open(now));
    if is_renewal_due(state) {
        body.processing_result_code = Some(Identifier::lossy(RENEWAL_NOTICE));
        body.processing_result_message = Some(LongText::lossy(RENEWAL_WORDS));
    }
    body
}

/// Row OQS-QUAL-25: the newest start was answered, and that is not kept silent.
fn warn_of_overlap(found: &Qualification<'_>) {
    let Qualification::Valid(state, _) = *found else { return };
    for later in crate::service::qualify::overlaps(state) {
        tracing::warn!(insurer = later.insurer_number.as_str(), "qualifications overlap");
    }
}
