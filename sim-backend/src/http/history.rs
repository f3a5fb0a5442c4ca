//! What requests for medical information share: whom the numbers may mean, what each of them agreed to here, and on what ground
//! it is asked.

use jiff::Timestamp;

use super::fault::Fault;
use crate::{
    backend::Desk,
    defect::{self, Defect, owners},
    messages::{
        InstitutionCode, SimError, codes::MedicalTreatmentFlag, history::HistoryRequestHeader,
    },
    operator::{has_emergency_authority, is_disaster},
    service::{
        care::relation,
        consent::Consent,
        days::day_of,
        identify::Search,
        information::{Access, Candidate, Ground},
        records::PersonCode,
    },
    store::StoreError,
};

/// The numbers in the header. A birth date is not among them.
pub(super) fn search(header: &HistoryRequestHeader) -> Search {
    Search {
        insurer_number: header.insurer_number.clone(),
        symbol: header.insurance_card_symbol.clone(),
        number: header.insured_person_identification_number.clone(),
        branch: header.branch_number.clone(),
        birthdate: None,
    }
}

/// Everybody the numbers may mean, with the consents given for the occasion. An occasion that is not named is a visit.
pub(super) async fn candidates(
    desk: &Desk,
    institution: &InstitutionCode,
    search: &Search,
    occasion: Option<MedicalTreatmentFlag>,
) -> Result<Vec<Candidate>, Fault> {
    let occasion = occasion.unwrap_or(MedicalTreatmentFlag::Outpatient);
    let mut candidates = Vec::new();
    for state in desk.store.by_number(&search.insurer_number, &search.number).await? {
        let consents = consents(desk, institution, &state.person, occasion).await?;
        let consents = defect::agreed(desk.defect, consents, (desk.now)());
        let state = defect::known(desk.defect, state);
        let emergency_use = desk.store.emergency_use(institution, &state.person).await?;
        candidates.push(Candidate { state, consents, emergency_use });
    }
    Ok(candidates)
}

/// Row OQS-VISIT-03: outside the institution other consents count than inside it.
async fn consents(
    desk: &Desk,
    institution: &InstitutionCode,
    person: &PersonCode,
    occasion: MedicalTreatmentFlag,
) -> Result<Vec<Consent>, StoreError> {
    match occasion {
        MedicalTreatmentFlag::Outpatient | MedicalTreatmentFlag::Emergency => {
            let anybodys = desk.defect == Some(Defect::ConsentAnywhere);
            let mut consents = Vec::new();
            for owner in owners(anybodys, institution, &desk.institutions) {
                consents.extend(desk.store.consents(&owner, person).await?);
            }
            Ok(consents)
        }
        MedicalTreatmentFlag::HomeVisit | MedicalTreatmentFlag::Online => {
            let visits = desk.store.care_of(institution, person, occasion).await?;
            Ok(relation(&visits).map_or_else(Vec::new, |relation| relation.medical()))
        }
    }
}

/// On what grounds an institution asks, in the order they are tried. Rows OQS-CONS-01, OQS-DIS-03, OQS-DIS-06.
///
/// # Errors
/// [`SimError::NotAuthorised`] for emergency care without authority.
pub(super) async fn grounds(
    desk: &Desk,
    institution: &InstitutionCode,
    occasion: Option<MedicalTreatmentFlag>,
    now: Timestamp,
) -> Result<Vec<Access>, Fault> {
    let store = desk.store.as_ref();
    let grounds = match occasion {
        Some(MedicalTreatmentFlag::Emergency) => {
            if !has_emergency_authority(store, institution).await? {
                return Err(SimError::NotAuthorised.into());
            }
            vec![Ground::EmergencyCare]
        }
        Some(
            MedicalTreatmentFlag::Outpatient
            | MedicalTreatmentFlag::HomeVisit
            | MedicalTreatmentFlag::Online,
        )
        | None
            if defect::disaster(
                desk.defect,
                is_disaster(store, institution, day_of(now)).await?,
            ) =>
        {
            vec![Ground::Consent, Ground::Disaster]
        }
        Some(
            MedicalTreatmentFlag::Outpatient
            | MedicalTreatmentFlag::HomeVisit
            | MedicalTreatmentFlag::Online,
        )
        | None => vec![Ground::Consent],
    };
    Ok(grounds.into_iter().map(|ground| Access { ground, now }).collect())
}

/// What the first ground that opens anything gives.
pub(super) fn on_any<T>(
    grounds: &[Access],
    give: impl Fn(Access) -> Result<T, SimError>,
) -> Result<T, SimError> {
    let given = grounds.iter().find_map(|access| give(*access).ok());
    given.ok_or(SimError::ConsentMissing)
}
