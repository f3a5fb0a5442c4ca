//! A terminal that lets one visit through or refuses its certificate, and remembers what a reader said to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use sim_reader::reader_link::{
    Bytes, CERTIFICATE_PATH, CHALLENGE_PATH, CertificateState, Certified, CertifyAnswer,
    CertifyRequest, Challenge, ChallengeAnswer, QUALIFICATION_PATH, Qualified, QualifyAnswer,
    QualifyRequest, Refusal, RefusalKind,
};

use crate::error::BenchError;
use crate::world::{Served, plain};

/// What every card is asked to sign here.
pub(super) const CHALLENGE: [u8; 32] = [0x6D; 32];
const TICKET: &str = "T-1";

/// A terminal at a counter where nobody is.
pub(super) struct Desk {
    said: Arc<Mutex<Said>>,
    served: Served,
}

/// What a reader said, and what it is answered.
#[derive(Default)]
pub(super) struct Said {
    /// Whether certificates are refused from now on.
    pub refuses: bool,
    /// The last certificate with its signature.
    pub certificate: Option<CertifyRequest>,
    /// The last consents.
    pub consents: Option<QualifyRequest>,
}

impl Desk {
    /// Opens it.
    ///
    /// # Errors
    /// [`BenchError::Listen`].
    pub async fn open() -> Result<Self, BenchError> {
        let said = Arc::new(Mutex::new(Said::default()));
        let router = Router::new()
            .route(CHALLENGE_PATH, post(challenge))
            .route(CERTIFICATE_PATH, post(certify))
            .route(QUALIFICATION_PATH, post(qualify))
            .with_state(Arc::clone(&said));
        Ok(Self { said, served: plain(router).await? })
    }

    /// Where readers reach it.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// What was said so far.
    pub fn said(&self) -> MutexGuard<'_, Said> {
        of(&self.said)
    }

    /// Forgets what was said.
    pub fn forget(&self) {
        let mut said = self.said();
        (said.certificate, said.consents) = (None, None);
    }
}

type Memory = Arc<Mutex<Said>>;

fn of(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn challenge() -> Json<ChallengeAnswer> {
    let challenge = Challenge { challenge_id: "C-1".into(), challenge: Bytes(CHALLENGE.to_vec()) };
    Json(ChallengeAnswer::Given(challenge))
}

async fn certify(
    State(said): State<Memory>,
    Json(request): Json<CertifyRequest>,
) -> Json<CertifyAnswer> {
    let mut said = of(&said);
    said.certificate = Some(request);
    if said.refuses {
        let (code, kind) = ("SIM-E2001".to_owned(), RefusalKind::CertificateRefused);
        return Json(CertifyAnswer::Refused { refused: Refusal { code, kind } });
    }
    let (ticket, certificate_state) = (TICKET.to_owned(), CertificateState::Valid);
    Json(CertifyAnswer::Accepted(Certified { ticket, certificate_state, registered: true }))
}

async fn qualify(
    State(said): State<Memory>,
    Json(request): Json<QualifyRequest>,
) -> Json<QualifyAnswer> {
    of(&said).consents = Some(request);
    let file = "OQSsiquc01res_face_example.xml".to_owned();
    Json(QualifyAnswer::Answered(Qualified { validity: 1, notices: Vec::new(), file }))
}
