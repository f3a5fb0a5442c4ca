//! What steers the service while it runs: how it behaves, and what happens to certificates and people (bench profile).

use axum::{
    Router,
    body::Bytes,
    extract::{
        Path, State,
        rejection::{BytesRejection, PathRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Service, lock,
    orders::{ActOrder, CertificateOrder, EventOrder, OrderError, RevokeOrder},
    problem,
};
use crate::pki::{
    authority::{Authority, AuthorityError, Issued, content, unknown},
    behaviour::ResponderBehaviour,
    crl::RevocationReason,
    ledger::Standing,
    municipality::Municipality,
};

type Body = Result<Bytes, BytesRejection>;
type Named = Result<Path<String>, PathRejection>;

/// The routes below `/control`; `docs/authority.md` has an example of each.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/control/behaviour", get(behaviour).put(behave))
        .route("/control/certificates", post(issue))
        .route("/control/certificates/{serial}", get(certificate))
        .route("/control/certificates/{serial}/hold", post(hold))
        .route("/control/certificates/{serial}/release", post(release))
        .route("/control/certificates/{serial}/revoke", post(revoke))
        .route("/control/certificates/{serial}/renew", post(renew))
        .route("/control/people/{person}", get(person))
        .route("/control/people/{person}/events", post(event))
}

/// Why an order is not carried out.
enum Refusal {
    /// The request cannot be taken.
    Request(StatusCode, String),
    /// The authority does not do it.
    Authority(AuthorityError),
}

impl From<AuthorityError> for Refusal {
    fn from(error: AuthorityError) -> Self {
        Self::Authority(error)
    }
}

impl From<OrderError> for Refusal {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Authority(refused) => Self::Authority(refused),
            OrderError::Pool(damaged) => Self::Authority(damaged.into()),
            OrderError::Member(_) | OrderError::PoolKey | OrderError::Key(_) => {
                unreadable(error.to_string())
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Request(status, detail) => problem(status, &detail),
            Self::Authority(error) => problem(status_of(&error), &error.to_string()),
        }
    }
}

fn status_of(error: &AuthorityError) -> StatusCode {
    match error {
        AuthorityError::UnknownSerial { .. } => StatusCode::NOT_FOUND,
        AuthorityError::Standing(_)
        | AuthorityError::NotForUserAuthentication { .. }
        | AuthorityError::NotForDigitalSignature { .. }
        | AuthorityError::NotOurs
        | AuthorityError::SerialTaken { .. }
        | AuthorityError::OtherPopulation => StatusCode::CONFLICT,
        AuthorityError::DateOutOfRange | AuthorityError::ReversedPeriod { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AuthorityError::Key(_)
        | AuthorityError::Build(_)
        | AuthorityError::Encode(_)
        | AuthorityError::PublicKey(_)
        | AuthorityError::RealResponder { .. }
        | AuthorityError::Write(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn behaviour(State(service): State<Service>) -> Response {
    axum::Json(service.behaviour()).into_response()
}

async fn behave(State(service): State<Service>, body: Body) -> Result<Response, Refusal> {
    let unknown = |error| {
        let known = ResponderBehaviour::names();
        unreadable(format!("{error}; write {{\"behaviour\":\"NAME\"}}, known are {known}"))
    };
    let wanted: ResponderBehaviour = serde_json::from_slice(&taken(body)?).map_err(unknown)?;
    *lock(&service.behaviour) = wanted;
    Ok(axum::Json(wanted).into_response())
}

async fn issue(State(service): State<Service>, body: Body) -> Result<Response, Refusal> {
    let order: CertificateOrder = order(body)?;
    let issued = service.carry_out(|authority| order.issue(authority, (service.now)()))?;
    Ok(told(&issued))
}

async fn renew(
    State(service): State<Service>,
    named: Named,
    body: Body,
) -> Result<Response, Refusal> {
    let (serial, order): (_, CertificateOrder) = (serial(named)?, order(body)?);
    let issued = service.carry_out(|authority| order.renew(&serial, authority, (service.now)()))?;
    Ok(told(&issued))
}

async fn hold(
    State(service): State<Service>,
    named: Named,
    body: Body,
) -> Result<Response, Refusal> {
    let order: ActOrder = order(body)?;
    service.change(named, order.at, |authority, serial, at| authority.hold(serial, at))
}

async fn release(
    State(service): State<Service>,
    named: Named,
    body: Body,
) -> Result<Response, Refusal> {
    let order: ActOrder = order(body)?;
    service.change(named, order.at, |authority, serial, at| authority.release(serial, at))
}

async fn revoke(
    State(service): State<Service>,
    named: Named,
    body: Body,
) -> Result<Response, Refusal> {
    let RevokeOrder { reason, at } = order(body)?;
    service.change(named, at, |authority, serial, at| authority.revoke(serial, reason, at))
}

async fn certificate(State(service): State<Service>, named: Named) -> Result<Response, Refusal> {
    service.describe(&serial(named)?)
}

async fn person(State(service): State<Service>, named: Named) -> Result<Response, Refusal> {
    let (authority, now) = (lock(&service.authority), (service.now)());
    let (person, held) = held(named, &authority)?;
    let described: Vec<Value> =
        held.iter().filter_map(|serial| described(&authority, serial, now)).collect();
    Ok(axum::Json(json!({ "person": person, "certificates": described })).into_response())
}

async fn event(
    State(service): State<Service>,
    named: Named,
    body: Body,
) -> Result<Response, Refusal> {
    let EventOrder { event, at } = order(body)?;
    let at = at.unwrap_or_else(|| (service.now)());
    let changed = service.carry_out(|authority| {
        let (person, _) = held(named, authority)?;
        authority.life_event(&person, event, at).map_err(Refusal::Authority)
    })?;
    let changed: Vec<String> = changed.iter().map(hex::encode).collect();
    Ok(axum::Json(json!({ "changed": changed })).into_response())
}

/// A person code and the serial numbers of all its certificates, of which there is at least one.
fn held(named: Named, authority: &Authority) -> Result<(String, Vec<Vec<u8>>), Refusal> {
    let person = named.map(|Path(text)| text).unwrap_or_default();
    let held: Vec<_> = authority.ledger.held_by(&person).into_iter().map(content).collect();
    let detail = "no certificate was issued to this person code";
    let nobody = || Refusal::Request(StatusCode::NOT_FOUND, detail.to_owned());
    (!held.is_empty()).then_some((person, held)).ok_or_else(nobody)
}

impl Service {
    fn change(
        &self,
        named: Named,
        at: Option<Timestamp>,
        change: impl Fn(&mut Authority, &[u8], Timestamp) -> Result<(), AuthorityError>,
    ) -> Result<Response, Refusal> {
        let serial = serial(named)?;
        let at = at.unwrap_or_else(|| (self.now)());
        self.carry_out(|authority| change(authority, &serial, at))?;
        self.describe(&serial)
    }

    fn describe(&self, serial: &[u8]) -> Result<Response, Refusal> {
        let described = described(&lock(&self.authority), serial, (self.now)());
        Ok(axum::Json(described.ok_or_else(|| unknown(serial))?).into_response())
    }
}

/// What the authority knows of a certificate.
fn described(authority: &Authority, serial: &[u8], now: Timestamp) -> Option<Value> {
    let record = authority.ledger.find(serial)?;
    let (issued, not_after) = record.valid();
    let refusal = record.standing(now).map(Standing::refusal);
    let standing = match refusal {
        None => "not-issued-yet",
        Some(None) => "good",
        Some(Some((_, RevocationReason::CertificateHold))) => "held",
        Some(Some(_)) => "revoked",
    };
    let (since, reason) = refusal.flatten().unzip();
    let Municipality { prefecture, name, code } = &record.municipality;
    Some(json!({
        "serial": hex::encode(serial),
        "ca": record.ca,
        "person": record.holder,
        "municipality": { "prefecture": prefecture, "name": name, "code": code },
        "issued": issued,
        "not_after": not_after,
        "standing": standing,
        "since": since,
        "reason": reason,
    }))
}

fn taken(body: Body) -> Result<Bytes, Refusal> {
    body.map_err(|refused| Refusal::Request(refused.status(), refused.body_text()))
}

fn unreadable(detail: String) -> Refusal {
    Refusal::Request(StatusCode::UNPROCESSABLE_ENTITY, detail)
}

/// The order in a body; no body is an order without wishes.
fn order<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let body = taken(body)?;
    let text = if body.is_empty() { b"{}".as_slice() } else { &body };
    serde_json::from_slice(text).map_err(|error| unreadable(error.to_string()))
}

fn serial(named: Named) -> Result<Vec<u8>, Refusal> {
    let bytes = named.ok().and_then(|Path(text)| hex::decode(text).ok());
    let detail = "the serial number in the path must be hexadecimal, two digits a byte";
    bytes.ok_or_else(|| Refusal::Request(StatusCode::BAD_REQUEST, detail.to_owned()))
}

fn told(issued: &Issued) -> Response {
    let certificate = pem(&issued.certificate);
    let told = json!({ "serial": hex::encode(&issued.serial), "certificate": certificate });
    (StatusCode::CREATED, axum::Json(told)).into_response()
}

/// The certificate as PEM.
fn pem(der: &[u8]) -> Option<String> {
    der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).ok()
}
