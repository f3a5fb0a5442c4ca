//! The backend as a whole: opened once, served through routers.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    middleware::{from_fn, map_response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    certificate::{CertificateStatus, CertificateValidator, TrustAnchors},
    claims,
    clock::Now,
    config::BackendConfig,
    defect::Defect,
    error::BackendError,
    feed,
    handing::Handing,
    http::{self, Metrics, Problem},
    messages::{
        Form, InstitutionCode,
        codes::{CertificateStateCode, IdentificationMode},
    },
    openapi, operator,
    person_link::PersonLink,
    portal,
    service::{
        coded,
        pending::{CHALLENGE_LIFE, TICKET_LIFE},
        records::PersonCode,
        sessions::Sessions,
    },
    store::{SqlStore, Store, StoreError},
};

/// Stands in an answer to nobody known: there is no prefecture 00.
const NOBODY: &str = "0000000000";

/// The qualification backend. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Backend {
    desk: Arc<Desk>,
    portal: Arc<portal::PortalDesk>,
    sql: Arc<SqlStore>,
}

/// What the handlers work with.
pub(crate) struct Desk {
    pub store: Arc<dyn Store>,
    pub trust: TrustAnchors,
    pub status: Arc<dyn CertificateStatus>,
    pub validator: Option<Arc<dyn CertificateValidator>>,
    pub link: Arc<dyn PersonLink>,
    pub now: Now,
    pub institutions: BTreeSet<InstitutionCode>,
    pub trust_stated_institution: bool,
    pub nobody: InstitutionCode,
    pub form: Form,
    pub defect: Option<Defect>,
    /// Acts of the emergency function one after the other.
    pub acting: Arc<tokio::sync::Mutex<()>>,
    pub challenges: Handing<[u8; 32]>,
    pub tickets: Handing<ProvenCard>,
    sessions: Mutex<Sessions>,
}

/// A card whose certificate and signature were found good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProvenCard {
    pub serial: String,
    #[serde(with = "coded")]
    pub state: CertificateStateCode,
    #[serde(with = "coded")]
    pub mode: IdentificationMode,
    pub person: Option<PersonCode>,
}

impl Backend {
    /// Opens the store and makes ready to serve. Challenges and tickets of an earlier run are void, unless the store is shared:
    /// then those of all processes are good at each.
    ///
    /// # Errors
    /// [`BackendError`] when the store cannot be opened or an institution code is not ten digits.
    pub async fn open(config: BackendConfig) -> Result<Self, BackendError> {
        let sql = Arc::new(SqlStore::open(&config.store_url).await?);
        let code = |text: &String| {
            InstitutionCode::new(text).map_err(|_| BackendError::InstitutionCode(text.clone()))
        };
        let store: Arc<dyn Store> = Arc::<SqlStore>::clone(&sql);
        let seed = own_seed(&config.seed, store.as_ref()).await?;
        let desk = Desk {
            challenges: Handing::new(
                "challenge",
                derive(&seed, "challenges"),
                CHALLENGE_LIFE,
                &store,
            ),
            tickets: Handing::new("ticket", derive(&seed, "tickets"), TICKET_LIFE, &store),
            store,
            trust: config.trust,
            status: config.status,
            validator: config.validator,
            link: config.link,
            now: config.now,
            institutions: config.institutions.iter().map(code).collect::<Result<_, _>>()?,
            trust_stated_institution: config.trust_stated_institution,
            nobody: code(&NOBODY.to_owned())?,
            form: config.form,
            defect: config.defect,
            acting: Arc::default(),
            sessions: Mutex::new(Sessions::new(derive(&seed, "sessions"))),
        };
        let desk = Arc::new(desk);
        let seeds = [derive(&seed, "portal challenges"), derive(&seed, "portal sessions")];
        let portal = Arc::new(portal::PortalDesk::new(Arc::clone(&desk), seeds));
        Ok(Self { desk, portal, sql })
    }

    /// What institutions talk to: `POST /oqs`, the Web API's login and query, and what each interface has (`GET /health`, `/ready`,
    /// `/openapi.json`, `/docs`). Whoever serves it puts the extension [`http::PeerInstitution`] into each request, as
    /// [`http::serve_mtls`] does.
    pub fn institution_router(&self) -> Router {
        let routes = http::institution_router(Arc::clone(&self.desk));
        self.whole(routes.merge(http::web_api_router(Arc::clone(&self.desk))))
    }

    /// What insurers talk to: `POST /feed/records`, lists for them, and what each interface has.
    pub fn insurer_router(&self) -> Router {
        self.whole(feed::router(Arc::clone(&self.desk.store)))
    }

    /// What the review and payment agency talks to: `POST /claims`, and what each interface has.
    pub fn claims_router(&self) -> Router {
        self.whole(claims::router(Arc::clone(&self.desk.store)))
    }

    /// What the operator of the backend talks to, on a listener that nobody else reaches: `GET /metrics`, for an institution has
    /// no business with how often others ask, and orders under `/operator`.
    pub fn operator_router(&self, metrics: &Arc<Metrics>) -> Router {
        let store = &self.desk.store;
        let orders = operator::router(Arc::clone(store), Arc::clone(&self.desk.acting));
        self.whole(http::operator(Arc::clone(store), Arc::clone(metrics)).merge(orders))
    }

    /// The routes of an interface with those that each interface has.
    fn whole(&self, routes: Router) -> Router {
        routes
            .merge(http::common(Arc::clone(&self.desk.store)))
            .merge(openapi::router())
            .fallback(|| async { Problem::no_route() })
            .method_not_allowed_fallback(|| async { Problem::no_method() })
            .layer(map_response(http::explained))
            .layer(from_fn(http::remember_route))
    }

    /// What patients talk to, each about their own data: `/portal/…`, and what each interface has. Bench profile.
    pub fn portal_router(&self) -> Router {
        self.whole(portal::router(Arc::clone(&self.portal)))
    }

    /// The store, for a bench that looks behind the counter.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.desk.store)
    }

    /// Closes the store.
    pub async fn close(self) {
        self.sql.close().await;
    }
}

impl Desk {
    pub fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The seed, and of several processes behind one store another for each: what one hands out no other does.
async fn own_seed(seed: &[u8; 32], store: &dyn Store) -> Result<[u8; 32], StoreError> {
    if !store.is_shared() {
        return Ok(*seed);
    }
    let number = store.process_number().await?;
    Ok(derive(seed, &format!("process {number}")))
}

/// One seed for each use, so that a challenge tells nothing about a ticket.
fn derive(seed: &[u8; 32], label: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(label).finalize().into()
}
