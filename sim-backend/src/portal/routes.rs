//! The routes of the portal, each about who is logged in.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    PortalDesk,
    answers::{
        CareSeen, CostYears, CostsOfYear, HealthChecks, Medicines, Operations, Prescriptions,
        QualificationScreen, RegistrationSeen, SessionSeen, instant,
    },
    costs_file,
    login::{Challenge, LoggedIn, Proof, challenge, log_in},
    refusal::Refusal,
    session::Session,
};
use crate::defect;
use crate::service::{
    care_history::CareHistory,
    days::day_of,
    functions::Function,
    portal::Own,
    records::PersonState,
    registration::{Registration, counts, decide, ends},
};

/// Largest body of a request, bytes: a certificate in Base64 needs a tenth.
const BODY_LIMIT: usize = 32 * 1024;

type Served = State<Arc<PortalDesk>>;

/// The patient's side of the backend.
pub(crate) fn router(desk: Arc<PortalDesk>) -> Router {
    Router::new()
        .route("/portal/challenges", post(ask_challenge))
        .route("/portal/sessions", post(open_session))
        .route("/portal/session", get(session).delete(close_session))
        .route("/portal/registration", get(registration).post(register).delete(cancel))
        .route("/portal/qualifications", get(qualifications))
        .route("/portal/medicines", get(medicines))
        .route("/portal/health-checks", get(health_checks))
        .route("/portal/care", get(care))
        .route("/portal/operations", get(operations))
        .route("/portal/prescriptions", get(prescriptions))
        .route("/portal/costs", get(cost_years))
        .route("/portal/costs/{year}", get(costs))
        .route("/portal/costs/{year}/file", get(costs_as_file))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response(unkept))
        .with_state(desk)
}

/// Nothing of an answer is kept on the way or in the browser.
async fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn ask_challenge(State(desk): Served) -> (StatusCode, Json<Challenge>) {
    (StatusCode::CREATED, Json(challenge(&desk, (desk.desk.now)())))
}

async fn open_session(
    State(desk): Served,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let body = body.map_err(|rejection| Refusal::Body(rejection.status()))?;
    let proof: Proof =
        serde_json::from_slice(&body).map_err(|error| Refusal::unreadable(&error))?;
    let now = (desk.desk.now)();
    let (token, session) = log_in(&desk, proof, now).await?;
    let registered = standing(&desk, &session, now).await?.registered();
    let seen = SessionSeen::new(&session, registered).with(token);
    Ok((StatusCode::CREATED, Json(seen)))
}

async fn session(State(desk): Served, by: LoggedIn) -> Result<Json<SessionSeen>, Refusal> {
    let registered = standing(&desk, &by.session, by.now).await?.registered();
    Ok(Json(SessionSeen::new(&by.session, registered)))
}

async fn close_session(State(desk): Served, by: LoggedIn) -> StatusCode {
    desk.sessions().close(&by.token);
    StatusCode::NO_CONTENT
}

/// What is known of a person and of the registration, now.
struct Standing {
    state: Option<PersonState>,
    since: Option<Timestamp>,
    now: Timestamp,
}

impl Standing {
    fn registered(&self) -> bool {
        counts(self.since.map(day_of), self.state.as_ref(), day_of(self.now))
    }

    fn seen(&self) -> RegistrationSeen {
        RegistrationSeen {
            registered: self.registered(),
            since: self.since.map(instant),
            cancelled_from: self.since.and_then(|since| ends(day_of(since), self.state.as_ref())),
        }
    }
}

async fn standing(
    desk: &PortalDesk,
    session: &Session,
    now: Timestamp,
) -> Result<Standing, Refusal> {
    let store = &desk.desk.store;
    let since = store.registered_person(&session.person).await?;
    let state = store.person(&session.person).await?;
    let state = state.map(|state| defect::known(desk.desk.defect, state));
    Ok(Standing { state, since, now })
}

async fn registration(
    State(desk): Served,
    by: LoggedIn,
) -> Result<Json<RegistrationSeen>, Refusal> {
    Ok(Json(standing(&desk, &by.session, by.now).await?.seen()))
}

/// Registers the card as insurance card (健康保険証利用登録): 201 when it is new, 200 when it stands already. The PIN was
/// asked at log-in. Rows OQS-REG-02, OQS-REG-06, OQS-REG-10.
async fn register(
    State(desk): Served,
    by: LoggedIn,
) -> Result<(StatusCode, Json<RegistrationSeen>), Refusal> {
    let before = standing(&desk, &by.session, by.now).await?;
    let decided = decide(before.registered(), true, before.state.as_ref());
    match decided.map_err(|_| Refusal::Barred)? {
        Registration::Stands => Ok((StatusCode::OK, Json(before.seen()))),
        Registration::New => {
            let Session { serial, person, .. } = &by.session;
            desk.desk.store.register(serial, person, by.now).await?;
            let after = standing(&desk, &by.session, by.now).await?;
            Ok((StatusCode::CREATED, Json(after.seen())))
        }
    }
}

/// Row OQS-REG-08: not offered here.
async fn cancel(_: LoggedIn) -> Refusal {
    Refusal::CancelAtInsurer
}

/// The data of who is logged in.
struct Opened {
    state: PersonState,
    history: CareHistory,
    now: Timestamp,
}

impl Opened {
    fn own(&self) -> Own<'_> {
        Own { state: &self.state, history: &self.history, today: day_of(self.now) }
    }
}

/// Opens the data of a registered person. Without registration nothing is tied to the card. Rows OQS-REG-05, OQS-REG-10.
async fn open(desk: &PortalDesk, by: &LoggedIn) -> Result<Opened, Refusal> {
    let standing = standing(desk, &by.session, by.now).await?;
    if standing.state.as_ref().is_some_and(PersonState::is_barred) {
        return Err(Refusal::Barred);
    }
    if !standing.registered() {
        return Err(Refusal::NotRegistered);
    }
    let person = &by.session.person;
    let history = desk.desk.store.care_history(person).await?;
    let state = standing.state.unwrap_or_else(|| PersonState::unknown(person.clone()));
    Ok(Opened { state, history, now: by.now })
}

async fn qualifications(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    Ok(told(&QualificationScreen::new(opened.own(), by.now)))
}

async fn medicines(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    Ok(told(&Medicines { medicines: opened.own().medicines() }))
}

async fn health_checks(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    Ok(told(&HealthChecks { health_checks: opened.own().health_checks() }))
}

async fn care(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    let care = opened.own().care();
    Ok(told(&CareSeen { available_from: Function::CareInPortal.first_day(), care }))
}

async fn operations(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    let operations = opened.own().operations();
    Ok(told(&Operations { available_from: Function::CareInPortal.first_day(), operations }))
}

async fn prescriptions(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    let prescriptions = opened.own().prescriptions();
    Ok(told(&Prescriptions { available_from: Function::EPrescription.first_day(), prescriptions }))
}

async fn cost_years(State(desk): Served, by: LoggedIn) -> Result<Response, Refusal> {
    let opened = open(&desk, &by).await?;
    Ok(told(&CostYears::new(opened.own())))
}

async fn costs(
    State(desk): Served,
    by: LoggedIn,
    Path(year): Path<String>,
) -> Result<Response, Refusal> {
    let year = year_of(&year)?;
    let opened = open(&desk, &by).await?;
    Ok(told(&CostsOfYear::new(year, &opened.own().costs(year))))
}

/// Row OQS-INFO-05.
async fn costs_as_file(
    State(desk): Served,
    by: LoggedIn,
    Path(year): Path<String>,
) -> Result<Response, Refusal> {
    let year = year_of(&year)?;
    let opened = open(&desk, &by).await?;
    let file = costs_file::write(year, &opened.own().costs(year)).map_err(|error| {
        tracing::error!(%error, "the cost file cannot be written");
        Refusal::File
    })?;
    let name = format!("attachment; filename=\"medical-costs-{year}-bench.xml\"");
    let kind = "application/xml; charset=utf-8".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

fn year_of(text: &str) -> Result<i16, Refusal> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(Refusal::NoYear)
}

fn told(answer: &impl Serialize) -> Response {
    Json(answer).into_response()
}
