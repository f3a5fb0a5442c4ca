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
        MAX_BYTES, Message, MessageError, Named, Sender, SimError, Syntax, codes::FileCategory,
        decode, decode_json, encode_as, identify, muhvq::HomeVisitBody, muonq::OnlineCareBody,
        muquc::BulkConfirmBody, mutic::MedicalAidBody, siimm::BulkRegistrationBody,
    },
    pdf,
};

/// The header that names the message family, in requests and answers.
pub const MESSAGE_HEADER: &str = "x-oqs-message";

/// What a message may be said to be. Bench profile.
const CONTENT_TYPES: [&str; 4] =
    ["application/xml", "text/xml", "application/octet-stream", "application/json"];

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
    let stated = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = Asked {
        peer: peer.map(|Extension(PeerInstitution(code))| code),
        name: stated(header::HeaderName::from_static(MESSAGE_HEADER)),
        body: &body,
        json: is_json(stated(header::CONTENT_TYPE)),
    };
    let now = (desk.now)();
    let family = requested(asked.name).map_or("unknown", Family::name);
    answer(&desk, asked, family, now).await
}

/// Answers one request, and tells what became of it to whoever counts.
pub(super) async fn answer(
    desk: &Desk,
    asked: Asked<'_>,
    family: &'static str,
    now: Timestamp,
) -> Result<Response, Problem> {
    let answered = converse(desk, asked, now).await?;
    let outcome = answered.refused.as_ref().map_or("answered".to_owned(), |code| code.to_string());
    let mut response = reply(desk, answered)?;
    response.extensions_mut().insert(Told { family, outcome });
    Ok(response)
}

/// Whether a content type says JSON. Families beyond the Web API's have no JSON in public: bench profile.
fn is_json(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}

/// One request as it came.
pub(super) struct Asked<'a> {
    pub peer: Option<InstitutionCode>,
    /// The family's name.
    pub name: &'a str,
    pub body: &'a [u8],
    pub json: bool,
}

/// One answer before it is written.
struct Answered {
    message: Message,
    /// How the request came, and so the answer goes.
    syntax: Syntax,
    /// Whether a document to look at was asked for (row OQS-INFO-07).
    document: bool,
    /// The code of a refusal.
    refused: Option<Identifier>,
}

/// The answer to the bytes of one request.
async fn converse(desk: &Desk, asked: Asked<'_>, now: Timestamp) -> Result<Answered, Problem> {
    let Asked { peer, name, body, json } = asked;
    let unread = || Asker::unknown(if json { Syntax::Json } else { Syntax::Xml(Encoding::Utf8) });
    let refuse = |family, asker: Asker, report: ErrorReport| {
        let (syntax, refused) = (asker.syntax, Some(report.code.clone()));
        let message = Message::refusal(family, asker.header(desk, peer.clone(), now), report);
        Answered { message, syntax, document: false, refused }
    };
    let family = match requested(name) {
        Ok(family) => family,
        Err(report) => return Ok(refuse(None, unread(), report)),
    };
    let (message, syntax) = match read(family, body, json) {
        Ok(read) => read,
        Err(error) => return Ok(refuse(Some(family), unread(), malformed(&error))),
    };
    let asker = Asker::of(&message, syntax);
    if !may_ask(desk, peer.as_ref(), asker.institution.as_ref()) {
        return Ok(refuse(Some(family), asker, SimError::InstitutionRefused.report()));
    }
    let document = wants_document(&message);
    match handle(desk, message, now).await {
        Ok(message) => Ok(Answered { message, syntax, document, refused: None }),
        Err(Fault::Refused(refusal)) => Ok(refuse(Some(family), asker, refusal.report())),
        Err(Fault::Store(error)) => Err(Problem::store(&error)),
    }
}

fn read(family: Family, body: &[u8], json: bool) -> Result<(Message, Syntax), MessageError> {
    match json {
        true => decode_json(family, body).map(|message| (message, Syntax::Json)),
        false => decode(family, body).map(|(message, encoding)| (message, Syntax::Xml(encoding))),
    }
}

/// Whether the request asks for PDF.
fn wants_document(message: &Message) -> bool {
    let category = if let Message::DrugRequest(request) = message {
        Some(request.body.file_category)
    } else if let Message::HealthCheckRequest(request) = message {
        Some(request.body.file_category)
    } else {
        None
    };
    category == Some(FileCategory::Pdf)
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
    syntax: Syntax,
}

impl Asker {
    fn unknown(syntax: Syntax) -> Self {
        Self { institution: None, file: None, syntax }
    }

    fn of(message: &Message, syntax: Syntax) -> Self {
        match message.sender() {
            Some(Sender { institution, file }) => {
                Self { institution: Some(institution), file, syntax }
            }
            None => Self::unknown(syntax),
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

/// Writes the answer in the backend's form: as the request came, in UTF-8 when Shift_JIS lacks a character of it, and as PDF when
/// that was asked for and there is something to show.
fn reply(desk: &Desk, answered: Answered) -> Result<Response, Problem> {
    let Answered { message, syntax, document, refused: _ } = answered;
    let family = message.family();
    let sheets = if document { pdf::render(&message) } else { None };
    if let Some(sheets) = sheets {
        return Ok(response("application/pdf", family, sheets));
    }
    let syntax = match syntax {
        Syntax::Xml(asked) => Syntax::Xml(desk.form.encoding.unwrap_or(asked)),
        Syntax::Json => Syntax::Json,
    };
    let write = |syntax| encode_as(&message, syntax, &desk.form).map(|bytes| (bytes, syntax));
    let plain = match syntax {
        Syntax::Xml(_) => Syntax::Xml(Encoding::Utf8),
        Syntax::Json => Syntax::Json,
    };
    let written = write(syntax).or_else(|_| write(plain));
    let (bytes, syntax) = written.map_err(|error| Problem::answer(&error))?;
    let content_type = match syntax {
        Syntax::Xml(Encoding::Utf8) => "application/xml; charset=UTF-8",
        Syntax::Xml(Encoding::ShiftJis) => "application/xml; charset=Shift_JIS",
        Syntax::Json => "application/json; charset=UTF-8",
    };
    Ok(response(content_type, family, bytes))
}

fn response(content_type: &'static str, family: Family, bytes: Vec<u8>) -> Response {
    let named = (header::HeaderName::from_static(MESSAGE_HEADER), family.name());
    ([(header::CONTENT_TYPE, content_type), named], bytes).into_response()
}
