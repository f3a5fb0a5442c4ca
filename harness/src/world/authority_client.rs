//! A product that asks the authority in the backend's place: the reference backend believes what it finds of a certificate.
//!
//! It reaches the bench's authority by the tapped door, so that what it asks, and that it asks, is evidence as ever.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use sim_backend::certificate::{
    BoxFuture, CertificateValidator, Findings, RefusalReason, StatusError, VerifyError,
};
use sim_card::pki::{Authority, CaKind, NamedList};
use sim_reader::institution::protocol::{Reply, Status};
use sim_reader::reader_link::Bytes;

use super::actors::{AuthoritySide, Setup};
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::authority_client::{Found, NO_STATUS, Op, Reset, Trusted};
use crate::sut::codes::RejectClass;
use crate::sut::config::SutConfig;
use crate::sut::product::{Product, brought};
use crate::sut::troubles::Troubles;

/// The longest a product may take for one certificate, whatever `timeout_ms` says: a terminal gives up by itself soon after.
const LONGEST: Duration = Duration::from_secs(9);

/// The product. It ends with the value.
pub struct AuthorityClient {
    product: tokio::sync::Mutex<Product>,
    name: String,
    limit: Duration,
    troubles: Troubles,
}

impl AuthorityClient {
    /// Starts the product and tells it of the world.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be started, or does not take the order.
    pub async fn start(
        setup: &Setup<'_>,
        side: &AuthoritySide,
        (sut, adapter): (&SutConfig, &Adapter),
    ) -> Result<Self, BenchError> {
        let mut product = Product::start(sut, adapter)?;
        let reset = {
            let authority = side.authority.lock().unwrap_or_else(PoisonError::into_inner);
            reset(&authority, &side.url(), setup.clock.now())
        };
        product.must::<_, serde_json::Value>(&Op::Reset(reset)).await?;
        Ok(Self {
            name: sut.product.name.clone(),
            limit: Duration::from_millis(adapter.timeout_ms()).min(LONGEST),
            product: product.into(),
            troubles: setup.troubles.clone(),
        })
    }

    async fn ask(&self, certificate: &[u8], now: Timestamp) -> Result<Findings, VerifyError> {
        let asked = tokio::time::timeout(self.limit, self.order(certificate, now)).await;
        let silent = || BenchError::ProductSilent {
            product: self.name.clone(),
            waited_ms: u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX),
        };
        match asked.unwrap_or_else(|_| Err(silent())).and_then(|reply| heard(&self.name, &reply)) {
            Ok(Heard::Found(found)) => {
                found.findings().ok_or_else(|| RefusalReason::UnknownIssuer.into())
            }
            Ok(Heard::NoStatus(what)) => Err(StatusError::Validator { what }.into()),
            Err(error) => Err(self.left_undone(error)),
        }
    }

    async fn order(&self, certificate: &[u8], now: Timestamp) -> Result<Reply, BenchError> {
        let certificate = Bytes(certificate.to_vec());
        self.product.lock().await.order(&Op::Validate { certificate, now }).await
    }

    /// The backend goes on as in an outage; why, is noted, and nobody is failed for it.
    fn left_undone(&self, error: BenchError) -> VerifyError {
        let what = error.to_string();
        self.troubles.note(error);
        StatusError::Validator { what }.into()
    }
}

impl CertificateValidator for AuthorityClient {
    fn validate<'a>(
        &'a self,
        certificate: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Findings, VerifyError>> {
        Box::pin(self.ask(certificate, now))
    }
}

/// What a reply to `validate` says.
pub enum Heard {
    /// What it found.
    Found(Found),
    /// No status could be had, and why.
    NoStatus(String),
}

/// Reads a reply to `validate`.
///
/// # Errors
/// [`BenchError`] when it says neither.
pub fn heard(product: &str, reply: &Reply) -> Result<Heard, BenchError> {
    let code = reply.error_code.as_deref().unwrap_or_default();
    let said = code == NO_STATUS || code == RejectClass::SystemError.word();
    match reply.status {
        Status::Error if said => Ok(Heard::NoStatus(reply.reason.clone().unwrap_or_default())),
        Status::Ok | Status::Rejected | Status::Unsupported | Status::Error => {
            brought(product, reply).map(Heard::Found)
        }
    }
}

/// The world as an authority client has to know it.
pub fn reset(authority: &Authority, url: &str, now: Timestamp) -> Reset {
    let trusted = |ca: CaKind| {
        let list = |list: NamedList| format!("{url}/crl/{}", list.file_name(ca));
        Trusted {
            certificate: Bytes(authority.certificate_of(ca).to_vec()),
            crl: list(NamedList::Full),
            base_crl: list(NamedList::Base),
            delta_crl: list(NamedList::Delta),
        }
    };
    let authorities = [CaKind::UserAuthentication, CaKind::MobileUserAuthentication];
    Reset { now, responder: url.to_owned(), authorities: authorities.map(trusted).into() }
}
