//! What requests for medical information share: whom the numbers may mean, and what each of them agreed to here.

use super::fault::Fault;
use crate::{
    backend::Desk,
    messages::{InstitutionCode, history::HistoryRequestHeader},
    service::{identify::Search, information::Candidate},
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

/// Everybody the numbers may mean.
pub(super) async fn candidates(
    desk: &Desk,
    institution: &InstitutionCode,
    search: &Search,
) -> Result<Vec<Candidate>, Fault> {
    let mut candidates = Vec::new();
    for state in desk.store.by_number(&search.insurer_number, &search.number).await? {
        let consents = desk.store.consents(institution, &state.person).await?;
        candidates.push(Candidate { state, consents });
    }
    Ok(candidates)
}
