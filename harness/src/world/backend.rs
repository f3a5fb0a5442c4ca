//! What stands where the backend stands: ours, or the product; and the doors in front of it, with their taps.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use sim_backend::certificate::{CertificateValidator, OcspClient, TrustAnchors};
use sim_backend::person_link::{HttpPersonLink, PersonLink};
use sim_backend::{Backend, BackendConfig};
use sim_card::pki::CaKind;

use super::actors::{AuthoritySide, Setup, plain_client};
use super::authority_client::AuthorityClient;
use super::backend_product::BackendProduct;
use super::bulk_seam::BulkSeam;
use super::calls::{LinkByCall, Seams, StatusByCall};
use super::link::{GapLink, Gaps};
use super::serving::{Served, mutual_tls, plain};
use super::status::SwitchedStatus;
use super::witness;
use crate::error::BenchError;
use crate::mutants::{ClockOf, Seam};
use crate::taps::http;

/// How long the backend waits for the status of a certificate before it calls it a system error.
const STATUS_LIMIT: Duration = Duration::from_secs(5);
/// The same when the world says that the responder is silent: nobody needs to wait long for nothing.
const SILENT_LIMIT: Duration = Duration::from_millis(150);

/// A backend and the doors it is reached by.
pub struct BackendSide {
    behind: Behind,
    institutions: Served,
    door: Router,
    /// Where insurers send to.
    pub insurers: Served,
    /// What happens to bulk results on their way.
    pub bulk: BulkSeam,
}

/// Whose backend it is.
enum Behind {
    Ours(Box<Ours>),
    Product(BackendProduct),
}

/// The reference backend, with the doors that no product is asked at.
pub struct Ours {
    /// The backend.
    pub backend: Backend,
    /// Where claims go to.
    pub claims: Served,
    /// Where patients look at their own data.
    pub patients: Served,
    /// Whose new certificate nobody knows yet.
    pub gaps: Gaps,
}

impl BackendSide {
    /// Starts it.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn start(setup: &Setup<'_>, side: &AuthoritySide) -> Result<Self, BenchError> {
        let sut = setup.workshop.sut.as_ref();
        let Some((sut, adapter)) = sut.and_then(|sut| Some((sut, sut.positions.backend.as_ref()?)))
        else {
            return Self::ours(setup, side).await;
        };
        let product = BackendProduct::start(setup, side, (sut, adapter)).await?;
        let routers = (product.institution_router(), product.insurer_router());
        Self::behind_doors(setup, routers, Behind::Product(product)).await
    }

    async fn ours(setup: &Setup<'_>, side: &AuthoritySide) -> Result<Self, BenchError> {
        let gaps = Gaps::default();
        let validator = validator(setup, side).await?;
        let config = BackendConfig { validator, ..config(setup, side, &gaps)? };
        let backend = Backend::open(config).await;
        let backend = backend.map_err(|error| BenchError::setup("backend", error))?;
        let claims = tap(setup, backend.claims_router(), Seam::Claim, http::Place::Claim);
        let patients = tap(setup, backend.portal_router(), Seam::Portal, http::Place::Portal);
        let routers = (backend.institution_router(), backend.insurer_router());
        let (claims, patients) = (plain(claims).await?, plain(patients).await?);
        let ours = Box::new(Ours { backend, claims, patients, gaps });
        Self::behind_doors(setup, routers, Behind::Ours(ours)).await
    }

    async fn behind_doors(
        setup: &Setup<'_>,
        (institutions, insurers): (Router, Router),
        behind: Behind,
    ) -> Result<Self, BenchError> {
        let shown = witness::door(institutions, setup.workshop.witness());
        let bulk = BulkSeam::new(setup.clock.clone());
        let institutions = tap(setup, bulk.around(shown), Seam::Backend, http::Place::Backend);
        let door = institutions.clone();
        let institutions = mutual_tls(institutions, setup.workshop.server_config()).await?;
        let insurers = plain(tap(setup, insurers, Seam::Feed, http::Place::Feed)).await?;
        Ok(Self { behind, institutions, door, insurers, bulk })
    }

    /// Where institutions connect to.
    pub fn address(&self) -> SocketAddr {
        self.institutions.address
    }

    /// The institutions' door, for whoever calls it within the process.
    pub fn door(&self) -> Router {
        self.door.clone()
    }

    /// The reference backend; `what` is what is wanted of it.
    ///
    /// # Errors
    /// [`BenchError::ProductUnsupported`] where the backend is a product: its position has no such door.
    pub fn reference(&self, what: &str) -> Result<&Ours, BenchError> {
        match &self.behind {
            Behind::Ours(ours) => Ok(ours),
            Behind::Product(product) => Err(product.unsupported(what)),
        }
    }

    /// Whether the backend is a product, which was told by the order `reset` what was before the story.
    pub fn is_product(&self) -> bool {
        match &self.behind {
            Behind::Ours(_) => false,
            Behind::Product(_) => true,
        }
    }
}

/// A router with its tap, and the defect of either side.
fn tap(setup: &Setup<'_>, router: Router, seam: Seam, place: http::Place) -> Router {
    let tapped = |router| http::tapped(router, place, setup.taps.clone());
    setup.planted.around(router, seam, tapped)
}

/// Whoever validates certificates in the reference backend's place, if that is a product.
async fn validator(
    setup: &Setup<'_>,
    side: &AuthoritySide,
) -> Result<Option<Arc<dyn CertificateValidator>>, BenchError> {
    let sut = setup.workshop.sut.as_ref();
    let product = sut.and_then(|sut| Some((sut, sut.positions.authority_client.as_ref()?)));
    let Some(product) = product else { return Ok(None) };
    Ok(Some(Arc::new(AuthorityClient::start(setup, side, product).await?)))
}

/// What the backend asks the authority.
type Asked = (SwitchedStatus, Arc<dyn PersonLink>);

fn over_sockets(setup: &Setup<'_>, side: &AuthoritySide) -> Result<Asked, BenchError> {
    let client = plain_client()?;
    let nonces = setup.seed.bytes("OCSP nonces");
    let ask = |limit| Box::new(OcspClient::new(client.clone(), side.url(), limit, nonces));
    let status =
        SwitchedStatus::new(Arc::clone(&side.behaviour), ask(STATUS_LIMIT), ask(SILENT_LIMIT));
    Ok((status, Arc::new(HttpPersonLink::new(client.clone(), &side.url(), STATUS_LIMIT))))
}

fn by_calls(setup: &Setup<'_>, side: &AuthoritySide) -> Asked {
    let seed = setup.seed.derive("OCSP nonces");
    let ask = |limit| Box::new(StatusByCall::new(side.router(), limit, seed));
    let status =
        SwitchedStatus::new(Arc::clone(&side.behaviour), ask(STATUS_LIMIT), ask(SILENT_LIMIT));
    (status, Arc::new(LinkByCall { authority: side.router(), limit: STATUS_LIMIT }))
}

fn config(
    setup: &Setup<'_>,
    side: &AuthoritySide,
    gaps: &Gaps,
) -> Result<BackendConfig, BenchError> {
    let trust = {
        let authority = side.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let phones = authority.certificate_of(CaKind::MobileUserAuthentication).to_vec();
        let mut anchors = setup.planted.also_trusted();
        anchors.extend([authority.ca_certificate().to_vec(), phones]);
        TrustAnchors::new(anchors).map_err(|error| BenchError::setup("backend", error))?
    };
    let (status, link) = match setup.workshop.seams() {
        Seams::Sockets => over_sockets(setup, side)?,
        Seams::Calls => by_calls(setup, side),
    };
    let link = Arc::new(GapLink { link, gaps: Arc::clone(gaps), clock: setup.clock.clone() });
    Ok(BackendConfig {
        store_url: "sqlite::memory:".to_owned(),
        institutions: setup.world.institutions.keys().cloned().collect(),
        trust,
        status: setup.planted.status(Arc::new(status)),
        validator: None,
        link: setup.planted.link(link, setup.world),
        now: setup.planted.clock(ClockOf::Backend, setup.clock.handle()),
        seed: setup.seed.bytes("backend"),
        trust_stated_institution: false,
        form: setup.planted.form(setup.workshop.answers),
        defect: setup.planted.backend(),
    })
}
