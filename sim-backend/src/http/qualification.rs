//! SIMqualif01req: registration, consents and the answer of a card visit. Bench profile; the answer is a face result.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{
    card::is_renewal_due,
    fault::Fault,
    numbers::{answer_header, confirmation},
    record::result_of,
};
use crate::{
    backend::{Desk, ProvenCard},
    defect,
    messages::{
        Answer, Identifier, InstitutionCode, LongText, Message, Outcome, SimError,
        codes::{CertificateStateCode, MedicalTreatmentFlag, ReferenceClassification},
        sim::{QualificationRequest, QualificationRequestBody},
        siquc::QualificationBody,
    },
    operator::has_emergency_authority,
    service::{
        care::{CareConsents, CareVisit, lives_until, may_identify},
        consent::MedicalKind,
        days::{day_of, whole_second},
        disclose::{Answer as Given, CardConsents, Route, disclose},
        functions::Function,
        qualify::{Qualification, by_card},
        records::{PersonCode, PersonState},
        registration::{Registration, counts, decide},
    },
    store::Visit,
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
    let occasion = body.medical_treatment_flag.unwrap_or(MedicalTreatmentFlag::Outpatient);
    if is_emergency_care(&body)
        && !has_emergency_authority(desk.store.as_ref(), institution).await?
    {
        return Err(SimError::NotAuthorised.into());
    }
    if !may_identify(occasion, card.mode) {
        return Err(SimError::IdentificationRefused.into());
    }
    let person = card.person.clone().ok_or(SimError::NotRegistered)?;
    let state = desk.store.person(&person).await?.map(|state| defect::known(desk.defect, state));
    let registration =
        registration(desk, &card, &person, state.as_ref(), body.registration, now).await?;
    let state = shown(state.unwrap_or_else(|| PersonState::unknown(person)), &body);
    let day = header.qualification_confirmation_date;
    let found = by_card(&state, day);
    let agreed = consents(&body, card.state, occasion, day);
    let given = disclose(&found, &Route::Card(agreed.clone()), day, now);
    let left = Left { given: &given, agreed, occasion, now };
    let visit = Visit {
        registration: registration.map(|at| (card.serial, at)),
        confirmation: confirmation(&found, &header),
        ..left.visit(institution, &state.person, day)
    };
    desk.store.keep_visit(&visit).await?;
    // Grace closes medical information on any ground. Row OQS-CERT-14.
    if is_emergency_care(&body) && card.state != CertificateStateCode::Grace {
        desk.store.keep_emergency_use(institution, &visit.person, now).await?;
    }
    warn_of_overlap(&found);
    let number = super::reference_number(desk, institution, &found).await?;
    let body = result(given, (institution, number), &body, (card.state, now));
    let header = answer_header(header, ReferenceClassification::Card, now);
    Ok(Message::QualificationAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) })))
}

/// Row OQS-AID-02: a terminal that cannot show medical aid is not told of it.
fn shown(state: PersonState, body: &QualificationRequestBody) -> PersonState {
    if body.medical_aid_supported == Some(false) { state.without_medical_aid() } else { state }
}

/// What was given and agreed to, as far as it outlives the visit.
struct Left<'a> {
    given: &'a Given,
    agreed: CardConsents,
    occasion: MedicalTreatmentFlag,
    now: Timestamp,
}

impl Left<'_> {
    /// Inside the institution consents for a day, outside it an examination under consents that last; in emergency care, where the
    /// patient was not asked, those from before stand. Rows OQS-CONS-05, OQS-DIS-06, OQS-VISIT-03.
    fn visit(self, institution: &InstitutionCode, person: &PersonCode, day: Date) -> Visit {
        let opened = self.given.record.iter().filter_map(|record| record.medical.clone());
        let opened: Vec<_> = opened.flatten().collect();
        let (consents, care) = match self.occasion {
            MedicalTreatmentFlag::Outpatient => (Some(opened), None),
            MedicalTreatmentFlag::Emergency => (None, None),
            MedicalTreatmentFlag::HomeVisit | MedicalTreatmentFlag::Online => {
                let consents = CareConsents {
                    limit: self.agreed.limit,
                    specific_diseases: self.agreed.specific_diseases,
                    medical: opened.iter().map(|consent| consent.kind).collect(),
                };
                let care = CareVisit {
                    institution: institution.clone(),
                    person: person.clone(),
                    occasion: self.occasion,
                    examined: day,
                    given: whole_second(self.now),
                    consents,
                };
                (None, self.given.record.is_some().then_some(care))
            }
        };
        Visit {
            institution: institution.clone(),
            person: person.clone(),
            registration: None,
            consents,
            care,
            confirmation: None,
        }
    }
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

/// What the patient agreed to; in emergency care nobody was asked.
fn consents(
    body: &QualificationRequestBody,
    state: CertificateStateCode,
    occasion: MedicalTreatmentFlag,
    day: Date,
) -> CardConsents {
    if is_emergency_care(body) {
        return CardConsents::default();
    }
    let medical = [
        (MedicalKind::HealthCheck, body.specific_health_checkups_info_cons_flg),
        (MedicalKind::Drugs, body.pharmacists_info_cons_flg),
        (MedicalKind::Care, body.diagnosis_info_cons_flg),
        (MedicalKind::Operations, body.operation_info_cons_flg),
    ];
    let clinical = [
        (MedicalKind::DiagnosisNames, body.diagnosis_name_cons_flg),
        (MedicalKind::Infections, body.infectious_info_cons_flg),
        (MedicalKind::Allergies, body.allergy_info_cons_flg),
        (MedicalKind::Contraindications, body.contraindication_info_cons_flg),
        (MedicalKind::Tests, body.test_info_cons_flg),
        (MedicalKind::Prescriptions, body.prescription_info_cons_flg),
    ];
    let clinical = clinical.into_iter().map(|(kind, agreed)| (kind, agreed == Some(true)));
    let asked = medical.into_iter().chain(clinical);
    let agreed: BTreeSet<_> = asked.filter(|(_, agreed)| *agreed).map(|(kind, _)| kind).collect();
    CardConsents {
        limit: body.limit_application_certificate_related_cons_flg,
        specific_diseases: body.specific_diseases_certificate_related_cons_flg,
        medical: agreed,
        grace: state == CertificateStateCode::Grace,
        until: match occasion {
            MedicalTreatmentFlag::Outpatient | MedicalTreatmentFlag::Emergency => None,
            MedicalTreatmentFlag::HomeVisit | MedicalTreatmentFlag::Online => {
                Some(lives_until(day))
            }
        },
    }
}

/// The form of prescription is the one chosen at the reader, where it was asked. Rows OQS-RX-01, OQS-INFO-06.
fn result(
    given: Given,
    (institution, number): (&InstitutionCode, Option<Identifier>),
    asked: &QualificationRequestBody,
    (state, now): (CertificateStateCode, Timestamp),
) -> QualificationBody {
    let validity = given.validity;
    let result = |record| result_of(record, institution, number.clone());
    let mut body = QualificationBody::normal(validity, given.into_records().map(result).collect());
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
