//! A terminal that is the product: started for one institution, told the time, and stood before at the reader seam, so that what
//! crosses is tapped as anywhere.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use sim_reader::reader_link::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertifyAnswer, ChallengeAnswer, QualifyAnswer,
};
use sim_reader::terminal::{Folders, INSTANCE_HEADER, Observer};
use tempfile::TempDir;
use tokio::sync::Mutex;

use super::actors::{Setup, account, encoding, plain_client};
use super::ferry::Ferry;
use super::fixed_folders::FixedFolders;
use super::terminal::{Place, fixed_desk};
use super::workshop::Workshop;
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::codes::VendorCodes;
use crate::sut::config::SutConfig;
use crate::sut::product::Product;
use crate::sut::relay::Behind;
use crate::sut::terminal::{BackendAccess, Serving, TerminalOrder, TerminalReset};
use crate::sut::troubles::Troubles;

/// The longest a product may take for one call, whatever `timeout_ms` says: a reader gives up by itself soon after.
const LONGEST: Duration = Duration::from_secs(12);

/// What a reader sends that the product may need.
const PASSED_ON: [HeaderName; 2] = [header::CONTENT_TYPE, HeaderName::from_static(INSTANCE_HEADER)];

/// A running product. Clones are the same.
#[derive(Clone)]
pub struct TerminalProduct(Arc<Inner>);

struct Inner {
    name: String,
    limit: Duration,
    reader_url: String,
    /// `None` of one that gets no orders.
    told: Mutex<Option<Told>>,
    clock: VirtualClock,
    desk: Folders,
    fixed: std::sync::Mutex<Fixed>,
    ferry: Ferry,
    troubles: Troubles,
    codes: VendorCodes,
    client: reqwest::Client,
    // After the product, which looks into it for as long as it lives.
    _root: TempDir,
}

/// What of the place stays as it is after the scenario; whoever opened the counter keeps it.
#[derive(Default)]
pub struct Fixed {
    /// The receipt computer's folders.
    pub desk: Option<FixedFolders>,
    /// The terminal's folders.
    pub own: Option<FixedFolders>,
    /// The backend's address.
    pub backend: Option<Behind>,
}

/// The product, and the time that it was told last.
struct Told {
    product: Product,
    now: Timestamp,
}

impl TerminalProduct {
    /// Starts the product for an institution, with folders of both sides and whoever observes what crosses between them.
    pub(super) async fn start(
        setup: &Setup<'_>,
        place: &Place<'_>,
        (sut, adapter): (&SutConfig, &Adapter),
        observer: Observer,
    ) -> Result<Self, BenchError> {
        let failed = |error: std::io::Error| BenchError::setup("folders", error);
        let kept = tempfile::tempdir().map_err(failed)?;
        let root = kept.path();
        let fixed = Fixed {
            desk: fixed_desk(setup)?,
            own: FixedFolders::claim(sut, adapter)?,
            backend: fixed_backend(setup, place, (sut, adapter))?,
        };
        let folders = |fixed: &Option<FixedFolders>, name| {
            let made = || Folders::under(&root.join(name));
            fixed.as_ref().map_or_else(made, |fixed| fixed.folders.clone())
        };
        let (desk, own) = (folders(&fixed.desk, "desk"), folders(&fixed.own, "own"));
        desk.create().map_err(failed)?;
        own.create().map_err(failed)?;
        let now = setup.clock.now();
        let reset = TerminalReset {
            institution: place.code.to_owned(),
            account: account(place.code),
            encoding: encoding(place.institution.encoding),
            folders: own.clone(),
            backend: access(setup, place, root)?,
            now,
        };
        let (told, reader_url) = match adapter {
            Adapter::Folder(of) => (None, of.reader_url.clone().unwrap_or_default()),
            Adapter::Process(_) | Adapter::Http(_) | Adapter::Human(_) | Adapter::Reverse(_) => {
                let mut product = Product::start(sut, adapter)?;
                let Serving { reader_url } = product.must(&TerminalOrder::Reset(reset)).await?;
                (Some(Told { product, now }), reader_url)
            }
        };
        Ok(Self(Arc::new(Inner {
            name: sut.product.name.clone(),
            limit: Duration::from_millis(adapter.timeout_ms()).min(LONGEST),
            reader_url: reader_url.trim_end_matches('/').to_owned(),
            told: Mutex::new(told),
            clock: setup.clock.clone(),
            ferry: Ferry::new(desk.clone(), own, observer),
            desk,
            fixed: std::sync::Mutex::new(fixed),
            troubles: setup.troubles.clone(),
            codes: sut.codes.clone(),
            client: plain_client()?,
            _root: kept,
        })))
    }

    /// The folders of the receipt computer.
    pub fn folders(&self) -> Folders {
        self.0.desk.clone()
    }

    /// What stays as it is after the scenario, once.
    pub fn fixed(&self) -> Fixed {
        std::mem::take(&mut *self.0.fixed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What carries files between them and the product's.
    pub fn ferry(&self) -> Ferry {
        self.0.ferry.clone()
    }

    /// The reader seam: whatever comes is passed on, and what the product put into `face` meanwhile lies there before its answer.
    pub fn door(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }

    async fn tell_time(&self) -> Result<(), BenchError> {
        let (now, mut told) = (self.0.clock.now(), self.0.told.lock().await);
        if let Some(told) = told.as_mut()
            && told.now != now
        {
            told.product.must::<_, serde_json::Value>(&TerminalOrder::Clock { now }).await?;
            told.now = now;
        }
        Ok(())
    }

    async fn call(&self, request: Request) -> Result<Response, BenchError> {
        if self.0.reader_url.is_empty() {
            return Err(self.without_readers());
        }
        self.tell_time().await?;
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes);
        let url = format!("{}{}", self.0.reader_url, parts.uri.path());
        let mut asked = self.0.client.request(parts.method, url).timeout(self.0.limit);
        for name in PASSED_ON {
            if let Some(value) = parts.headers.get(&name) {
                asked = asked.header(name, value);
            }
        }
        let answer = asked.body(body.unwrap_or_default()).send().await;
        let answer = answer.map_err(|error| self.failed(error))?;
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
        let bytes = answer.bytes().await.map_err(|error| self.failed(error))?;
        let bytes = if status.is_success() { self.read(parts.uri.path(), &bytes)? } else { bytes };
        let mut response = (status, Body::from(bytes)).into_response();
        if let Some(kind) = kind {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        Ok(response)
    }

    /// An answer as the reader takes it: the kind of a refusal by the vendor's code, and the shape of its call.
    fn read(&self, path: &str, bytes: &[u8]) -> Result<Bytes, BenchError> {
        let told = |error: serde_json::Error| BenchError::ProductUnreadable {
            product: self.0.name.clone(),
            // The parser's words may repeat the answer: only where it stopped is told.
            reason: format!("{path}, column {}", error.column()),
        };
        let answer = self.0.codes.refusal(serde_json::from_slice(bytes).map_err(told)?);
        let shape = match path {
            CHALLENGE_PATH => serde_json::from_value::<ChallengeAnswer>(answer.clone()).map(drop),
            CERTIFICATE_PATH => serde_json::from_value::<CertifyAnswer>(answer.clone()).map(drop),
            _ => serde_json::from_value::<QualifyAnswer>(answer.clone()).map(drop),
        };
        shape.map_err(told)?;
        serde_json::to_vec(&answer).map(Bytes::from).map_err(told)
    }

    fn without_readers(&self) -> BenchError {
        let what = "visits at a reader: madoguchi.yaml names no `reader_url`".to_owned();
        BenchError::ProductUnsupported { product: self.0.name.clone(), what }
    }

    fn failed(&self, source: reqwest::Error) -> BenchError {
        let product = self.0.name.clone();
        if source.is_timeout() {
            let waited_ms = u64::try_from(self.0.limit.as_millis()).unwrap_or(u64::MAX);
            return BenchError::ProductSilent { product, waited_ms };
        }
        if source.is_connect() || source.is_builder() {
            let url = self.0.reader_url.clone();
            return BenchError::ProductUnreachable { product, url, source };
        }
        BenchError::ProductGone { product, how: source.to_string() }
    }
}

async fn pass(State(product): State<TerminalProduct>, request: Request) -> Response {
    let answer = product.call(request).await;
    product.0.ferry.carry();
    answer.unwrap_or_else(|error| {
        product.0.troubles.note(error);
        StatusCode::GATEWAY_TIMEOUT.into_response()
    })
}

/// Puts the backend where a terminal with fixed folders looks for it, and lays the files for TLS ready; `None` for others.
fn fixed_backend(
    setup: &Setup<'_>,
    place: &Place<'_>,
    (sut, adapter): (&SutConfig, &Adapter),
) -> Result<Option<Behind>, BenchError> {
    let Adapter::Folder(of) = adapter else { return Ok(None) };
    if of.institution.as_deref() != Some(place.code) {
        let what = format!("the institution {}: its terminal is another's", place.code);
        return Err(BenchError::ProductUnsupported { product: sut.product.name.clone(), what });
    }
    let (Some(address), Some(tls)) = (of.backend, &of.tls) else { return Ok(None) };
    access(setup, place, &sut.folder.join(tls))?;
    Ok(Some(sut.desk.relay(address)?.lead_to(place.backend)))
}

/// The way to the backend, with the files of certificates under `root`.
fn access(setup: &Setup<'_>, place: &Place<'_>, root: &Path) -> Result<BackendAccess, BenchError> {
    let (ca, certificate) = tls_files(setup.workshop, place.code, root)?;
    Ok(BackendAccess { url: format!("https://{}", place.backend), ca, certificate })
}

/// Writes what an institution's terminal needs for TLS into a folder: the authority of the backend, and the institution's own.
///
/// # Errors
/// [`BenchError::Write`].
pub fn tls_files(
    workshop: &Workshop,
    institution: &str,
    folder: &Path,
) -> Result<(PathBuf, PathBuf), BenchError> {
    let write = |name: &str, pem: &str| {
        let path = folder.join(name);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, pem));
        written.map(|()| path.clone()).map_err(|source| BenchError::Write { path, source })
    };
    let ca = write("ca.pem", &workshop.tls().root_pem())?;
    Ok((ca, write("terminal.pem", &workshop.identity(institution)?.pem)?))
}
