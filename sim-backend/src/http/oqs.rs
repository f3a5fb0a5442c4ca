//! `POST /oqs`: from bytes to a message, to a handler, and back.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::Timestamp;

use super::{
    PeerInstitution, Problem, Told, bulk, bulk_query, card, care, drugs, fault::Fault,
    health_checks, medical_aid, must_be, numbers, person, qualification, reference_numbers, repeat,
};
use crate::{
    backend::Desk,
    messages::{
        AnswerHeader, Encoding, ErrorReport, Family, Identifier, InstitutionCode, LongText,
        MAX_BYTES, Message, MessageError, Named, Sender, SimError, decode, encode, identify,
        muhvq::HomeVisitBody, muonq::OnlineCareBody, muquc::BulkConfirmBody, mutic::MedicalAidBody,
        siimm::BulkRegistrationBody,
    },
};

/// The header that names the message family, in requests and answers.
pub const MESSAGE_HEADER: &str = "x-oqs-message";

/// What a message may be said to be. Bench profile.
const CONTENT_TYPES: [&str; 3] = ["application/xml", "text/xml", "application/octet-stream"];

/// The institutions' side of the backend.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/oqs", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(desk)
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    peer: Option<Extension<PeerInstitution>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    must_be(&headers, &CONTENT_TYPES)?;
    let body = body.map_err(|rejection| Problem::body(&rejection))?;
    let name = headers.get(MESSAGE_HEADER).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let now = (desk.now)();
    let peer = peer.map(|Extension(PeerInstitution(code))| code);
    let (answer, encoding, refused) = converse(&desk, peer, name, &body, now).await?;
    let mut response = reply(&answer, encoding)?;
    response.extensions_mut().insert(Told {
        family: requested(name).map_or("unknown", Family::name),
        outcome: refused.map_or("answered".to_owned(), |code| code.to_string()),
    });
    Ok(response)
}

/// The answer to the bytes of one request, the encoding it goes out in, the request's own, and the code of a refusal.
async fn converse(
    desk: &Desk,
    peer: Option<InstitutionCode>,
    name: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(Message, Encoding, Option<Identifier>), Problem> {
    let refuse = |family, asker: Asker, report: ErrorReport| {
        let (encoding, code) = (asker.encoding, report.code.clone());
        let header = asker.header(desk, peer.clone(), now);
        (Message::refusal(family, header, report), encoding, Some(code))
    };
    let family = match requested(name) {
        Ok(family) => family,
        Err(report) => return Ok(refuse(None, Asker::unknown(), report)),
    };
    let (message, encoding) = match decode(family, body) {
        Ok(read) => read,
        Err(error) => return Ok(refuse(Some(family), Asker::unknown(), malformed(&error))),
    };
    let asker = Asker::of(&message, encoding);
    if !may_ask(desk, peer.as_ref(), asker.institution.as_ref()) {
        return Ok(refuse(Some(family), asker, SimError::InstitutionRefused.report()));
    }
    match handle(desk, message, now).await {
        Ok(answer) => Ok((answer, encoding, None)),
        Err(Fault::Refused(refusal)) => Ok(refuse(Some(family), asker, refusal.report())),
        Err(Fault::Store(error)) => Err(Problem::store(&error)),
    }
}

/// The family of a request that is simulated, or why there is none. Answers are no requests.
fn requested(name: &str) -> Result<Family, ErrorReport> {
    let unknown = SimError::UnknownFamily.report();
    match identify(name) {
        Named::Simulated(family) => family.answer().map(|_| family).ok_or(unknown),
        Named::KnownByName(base) => {
            let message = format!("{base}: 電文の仕様が公開されていないため模擬していません");
            Err(ErrorReport { message: LongText::lossy(&message), ..unknown })
        }
        Named::Unknown => Err(unknown),
    }
}

async fn handle(desk: &Desk, message: Message, now: Timestamp) -> Result<Message, Fault> {
    match message {
        Message::NumberQuery(query) => numbers::answer(desk, query, now).await,
        Message::BulkQuery(query) => bulk_query::receive(desk, query, now).await,
        Message::BulkQueryResultRequest(request) => {
            bulk::give::<BulkConfirmBody>(desk, request, now).await
        }
        Message::ReferenceNumberRequest(request) => {
            reference_numbers::answer(desk, request, now).await
        }
        Message::BulkReferenceNumberRequest(request) => {
            reference_numbers::receive(desk, request, now).await
        }
        Message::BulkReferenceNumberResultRequest(request) => {
            bulk::give::<BulkRegistrationBody>(desk, request, now).await
        }
        Message::MedicalAidQuery(query) => medical_aid::receive(desk, query, now).await,
        Message::MedicalAidResultRequest(request) => {
            bulk::give::<MedicalAidBody>(desk, request, now).await
        }
        Message::HomeVisitQuery(query) => care::receive_home_visits(desk, query, now).await,
        Message::HomeVisitResultRequest(request) => {
            bulk::give::<HomeVisitBody>(desk, request, now).await
        }
        Message::OnlineCareQuery(query) => care::receive_online_care(desk, query, now).await,
        Message::OnlineCareResultRequest(request) => {
            bulk::give::<OnlineCareBody>(desk, request, now).await
        }
        Message::RepeatRequest(request) => repeat::answer(desk, request, now).await,
        Message::DrugRequest(request) => drugs::answer(desk, request, now).await,
        Message::HealthCheckRequest(request) => health_checks::answer(desk, request, now).await,
        Message::ChallengeRequest(request) => card::challenge(desk, request, now).await,
        Message::CertificateRequest(request) => card::certificate(desk, request, now).await,
        Message::QualificationRequest(request) => qualification::answer(desk, request, now).await,
        Message::PersonQuery(query) => person::answer(desk, query, now).await,
        Message::QualificationAnswer(_)
        | Message::BulkQueryReception(_)
        | Message::BulkQueryResult(_)
        | Message::ReferenceNumberAnswer(_)
        | Message::BulkReferenceNumberReception(_)
        | Message::BulkReferenceNumberResult(_)
        | Message::MedicalAidReception(_)
        | Message::MedicalAidResult(_)
        | Message::HomeVisitReception(_)
        | Message::HomeVisitResult(_)
        | Message::OnlineCareReception(_)
        | Message::OnlineCareResult(_)
        | Message::DrugAnswer(_)
        | Message::HealthCheckAnswer(_)
        | Message::ChallengeAnswer(_)
        | Message::CertificateAnswer(_)
        | Message::PersonAnswer(_)
        | Message::ErrorAnswer(_) => Err(SimError::UnknownFamily.into()),
    }
}

/// Row OQS-QUAL-26. The body names the institution of the connection, and the backend knows it.
fn may_ask(desk: &Desk, peer: Option<&InstitutionCode>, stated: Option<&InstitutionCode>) -> bool {
    let Some(stated) = stated else { return false };
    let vouched = peer.map_or(desk.trust_stated_institution, |peer| peer == stated);
    vouched && desk.institutions.contains(stated)
}

/// Who asked, as far as the message could be read: what a refusal echoes.
struct Asker {
    institution: Option<InstitutionCode>,
    file: Option<Identifier>,
    encoding: Encoding,
}

impl Asker {
    fn unknown() -> Self {
        Self { institution: None, file: None, encoding: Encoding::Utf8 }
    }

    fn of(message: &Message, encoding: Encoding) -> Self {
        match message.sender() {
            Some(Sender { institution, file }) => {
                Self { institution: Some(institution), file, encoding }
            }
            None => Self { encoding, ..Self::unknown() },
        }
    }

    /// The header of a refusal: to the institution of the connection if there is one, for only that is sure.
    fn header(self, desk: &Desk, peer: Option<InstitutionCode>, now: Timestamp) -> AnswerHeader {
        let institution = peer.or(self.institution).unwrap_or_else(|| desk.nobody.clone());
        let start = AnswerHeader::new(super::execution_time(now), institution);
        AnswerHeader { arbitrary_file_identifier: self.file, ..start }
    }
}

fn malformed(error: &MessageError) -> ErrorReport {
    let report = SimError::MalformedMessage.report();
    ErrorReport { message: LongText::lossy(&format!("{}: {error}", report.message)), ..report }
}

/// Writes the answer in the request's encoding, or in UTF-8 when Shift_JIS lacks a character of it.
fn reply(answer: &Message, encoding: Encoding) -> Result<Response, Problem> {
    let written = encode(answer, encoding).map(|bytes| (bytes, encoding));
    let written =
        written.or_else(|_| encode(answer, Encoding::Utf8).map(|bytes| (bytes, Encoding::Utf8)));
    let (bytes, encoding) = written.map_err(|error| Problem::answer(&error))?;
    let content_type = match encoding {
        Encoding::Utf8 => "application/xml; charset=UTF-8",
        Encoding::ShiftJis => "application/xml; charset=Shift_JIS",
    };
    Ok((
        [
            (header::CONTENT_TYPE, content_type),
            (header::HeaderName::from_static(MESSAGE_HEADER), answer.family().name()),
        ],
        bytes,
    )
        .into_response())
}
