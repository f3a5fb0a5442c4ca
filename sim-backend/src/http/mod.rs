//! The backend over HTTP: one route for all institution traffic, JSON for insurers and claims.
//!
//! The messages are the interface's own; that they travel as the body of `POST /oqs` with the family in a header is the
//! bench's. Bench profile.

mod bulk;
mod bulk_query;
pub(crate) mod card;
mod care;
pub(crate) mod credential;
mod crowd;
mod drugs;
pub(crate) mod fault;
mod guard;
mod health_checks;
mod history;
mod lending;
mod limits;
mod medical_aid;
mod metrics;
mod numbers;
mod observe;
mod operator;
mod oqs;
mod peer;
mod person;
mod problem;
mod qualification;
mod record;
mod reference_numbers;
mod repeat;
mod reported;
mod serve;
mod taking;
mod web_api;

use jiff::{Timestamp, civil::DateTime};

use crate::{
    backend::Desk,
    defect::{Defect, owners},
    messages::{Identifier, InstitutionCode},
    service::qualify::Qualification,
    store::StoreError,
};

pub use limits::HttpLimits;
pub use metrics::{METRICS_TYPE, Metrics};
pub(crate) use observe::remember_route;
pub use observe::{FeedCounter, REQUEST_ID, Told, Watch};
pub(crate) use operator::{common, operator};
pub use oqs::MESSAGE_HEADER;
pub(crate) use oqs::router as institution_router;
pub use peer::{PeerInstitution, TlsError, server_config};
pub(crate) use problem::explained;
pub use problem::{Problem, must_be};
pub use qualification::RENEWAL_NOTICE;
pub use serve::{Server, serve_mtls, serve_plain};
pub(crate) use web_api::router as web_api_router;

/// The asking institution's own number for the person of an answer. Rows OQS-REF-01, OQS-REF-02, OQS-REF-06.
async fn reference_number(
    desk: &Desk,
    institution: &InstitutionCode,
    found: &Qualification<'_>,
) -> Result<Option<Identifier>, StoreError> {
    let Some(state) = found.person() else { return Ok(None) };
    let anybodys = desk.defect == Some(Defect::ReferenceOfAnybody);
    let mut number = None;
    for owner in owners(anybodys, institution, &desk.institutions) {
        number = number.or(desk.store.reference_number(&owner, &state.person).await?);
    }
    Ok(number)
}

/// `ProcessExecutionTime`.
fn execution_time(now: Timestamp) -> DateTime {
    crate::messages::japanese_time(now)
}
