//! SIMchalng01req and SIMcertif01req: whose card is this, and is its certificate good today? Bench profile.

use jiff::Timestamp;

use super::fault::Fault;
use crate::{
    backend::{Desk, ProvenCard},
    defect,
    messages::{
        Answer, AnswerHeader, InstitutionCode, Message, Outcome, RequestHeader, SimError,
        codes::CertificateStateCode,
        sim::{CertificateBody, CertificateRequest, ChallengeBody, ChallengeRequest, Token},
    },
    service::{
        days::day_of,
        records::{PersonCode, PersonState},
        registration::counts,
    },
    store::StoreError,
};

/// Hands out a fresh challenge. Row OQS-CERT-03.
pub(super) async fn challenge(
    desk: &Desk,
    request: ChallengeRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let header = request.header;
    let mut challenge = [0; 32];
    let make = |random| {
        challenge = random;
        random
    };
    let identifier = desk.challenges.issue(&header.medical_institution_code, now, make).await?;
    let body = ChallengeBody { challenge_identifier: Token::lossy(&identifier), challenge };
    Ok(Message::ChallengeAnswer(Answer {
        header: answer_header(header, now),
        outcome: Outcome::Normal(body),
    }))
}

/// Checks signature and certificate and hands out a ticket. Rows OQS-CERT-03 to -07, OQS-CERT-13 to -22.
pub(super) async fn certificate(
    desk: &Desk,
    request: CertificateRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let CertificateRequest { header, body } = request;
    let institution = &header.medical_institution_code;
    let challenge = desk.challenges.take(&body.challenge_identifier, institution, now).await?;
    let challenge = challenge.ok_or(SimError::SignatureRefused)?;
    let der = &body.user_authentication_certificate.0;
    let verified = super::credential::check(desk, der, &challenge, &body.signature.0, now).await?;
    let (serial, state) = (verified.serial, super::credential::state_code(verified.state));
    let person = person(desk, &serial, verified.not_after).await?;
    let registered = is_registered(desk, person.as_ref(), now).await?;
    tracing::debug!(mode = body.identification_mode.word(), registered, "certificate accepted");
    let proven = ProvenCard { serial, state, mode: body.identification_mode, person };
    let ticket = ticket(desk, institution, proven, now).await?;
    let body =
        CertificateBody { authentication_ticket: ticket, certificate_state: state, registered };
    Ok(Message::CertificateAnswer(Answer {
        header: answer_header(header, now),
        outcome: Outcome::Normal(body),
    }))
}

/// The person of a serial: registered before, or known to the authority. Rows OQS-REG-05, OQS-CERT-17. With the first use it is kept
/// when the certificate ends. Row OQS-CERT-23.
pub(crate) async fn person(
    desk: &Desk,
    serial: &str,
    ends: Timestamp,
) -> Result<Option<PersonCode>, Fault> {
    if let Some(registered) = desk.store.registered_serial(serial).await? {
        return Ok(Some(registered.person));
    }
    let person = desk.link.person(serial).await.map_err(|error| {
        tracing::warn!(%error, "no answer about a serial");
        SimError::StatusUnavailable
    })?;
    if let Some(person) = &person {
        desk.store.keep_certificate(serial, person, ends).await?;
    }
    Ok(person)
}

/// Whether the person has a registration that counts today, by this or an earlier certificate. Row OQS-CERT-17.
///
/// A person who can never use one is refused here, before anything is asked of them. Row OQS-REG-10.
async fn is_registered(
    desk: &Desk,
    person: Option<&PersonCode>,
    now: Timestamp,
) -> Result<bool, Fault> {
    let Some(person) = person else { return Ok(false) };
    let state = desk.store.person(person).await?.map(|state| defect::known(desk.defect, state));
    if state.as_ref().is_some_and(PersonState::is_barred) {
        return Err(SimError::NotRegistered.into());
    }
    let Some(at) = desk.store.registered_person(person).await? else { return Ok(false) };
    Ok(counts(Some(day_of(at)), state.as_ref(), day_of(now)))
}

async fn ticket(
    desk: &Desk,
    institution: &InstitutionCode,
    card: ProvenCard,
    now: Timestamp,
) -> Result<Token, StoreError> {
    Ok(Token::lossy(&desk.tickets.issue(institution, now, |_| card).await?))
}

pub(super) fn answer_header(asked: RequestHeader, now: Timestamp) -> AnswerHeader {
    AnswerHeader {
        arbitrary_file_identifier: asked.arbitrary_file_identifier,
        ..AnswerHeader::new(super::execution_time(now), asked.medical_institution_code)
    }
}

/// Whether the holder is to be told to renew. Rows OQS-CERT-12, OQS-CERT-13.
pub(super) fn is_renewal_due(state: CertificateStateCode) -> bool {
    match state {
        CertificateStateCode::ExpiresSoon | CertificateStateCode::Grace => true,
        CertificateStateCode::Valid => false,
    }
}
