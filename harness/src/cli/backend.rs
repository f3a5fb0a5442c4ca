//! `madoguchi backend serve`: the mock qualification backend by itself, on the wall clock.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use clap::{Args, Subcommand};
use sim_backend::certificate::{OcspClient, TrustAnchors};
use sim_backend::http::{Metrics, Server, Watch};
use sim_backend::messages::Form;
use sim_backend::person_link::HttpPersonLink;
use sim_backend::store::{SqlStore, StoreError};
use sim_backend::{Backend, BackendConfig, BackendError, http};
use sim_card::pki::{ResponderBehaviour, router};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::answers::Answers;
use super::backend_people::{Example, People};
use super::backend_tls::TlsFolder;
use super::service_log::ServiceLog;
use super::shutdown::Shutdown;
use super::{Failure, authority, block_on, listen, say, write};
use crate::catalogue::Catalogue;
use crate::clock::{jst_day, wall};
use crate::error::BenchError;
use crate::seed::Seed;
use crate::world::plain_client;

/// How long the backend waits for the status of a certificate.
const STATUS_LIMIT: Duration = Duration::from_secs(5);

const EXAMPLES: &str = "\
Examples:
  madoguchi backend serve                                           every persona is insured, nothing is kept
  madoguchi backend serve --population 1000000 --store people.db    a million citizens, kept for the next time
  madoguchi backend serve --store postgres://localhost/madoguchi    one of several that share a database (feature postgres)
  madoguchi backend serve --answers shuffled,empty-optionals        answers in the forms that real files come in
  madoguchi backend serve --log-format json 2>> requests.jsonl

Ctrl-C or SIGTERM finishes open requests; a second one ends at once. docs/backend.md has the whole of it.";

/// What can be done with the backend.
#[derive(Debug, Subcommand)]
pub enum BackendCommand {
    /// Serve the backend: mutual TLS for institutions, HTTP for insurers, claims and its operator
    #[command(after_help = EXAMPLES)]
    Serve(Box<ServeArgs>),
}

/// Arguments of `backend serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address for institutions (mutual TLS)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8443")]
    listen: String,
    /// Address for insurers' feed (HTTP, or mutual TLS with --feed-tls)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8444")]
    feed: String,
    /// Let insurers in by mutual TLS only, with insurers.pem of the TLS folder
    #[arg(long)]
    feed_tls: bool,
    /// Address for claims (HTTP)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8445")]
    claims: String,
    /// Address for patients: the portal's interface (HTTP)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8882")]
    portal: String,
    /// Address for the operator: metrics (HTTP). Everybody who reaches it sees how often each institution's kind of request is made
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8446")]
    operator: String,
    /// Folder for TLS: the authority, the server's and each institution's certificate and key
    #[arg(long, value_name = "DIR", default_value = "madoguchi-tls")]
    tls_dir: PathBuf,
    /// Store: a file, made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE, which several backends may share. Without it
    /// a temporary file
    #[arg(long, value_name = "FILE|URL")]
    store: Option<String>,
    #[command(flatten)]
    answers: Answers,
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    log: ServiceLog,
}

/// Does what is asked.
pub fn run(command: &BackendCommand) -> Result<u8, Failure> {
    match command {
        BackendCommand::Serve(arguments) => serve(arguments),
    }
}

/// Serves until a signal.
fn serve(arguments: &ServeArgs) -> Result<u8, Failure> {
    arguments.log.begin()?;
    let tls = TlsFolder::open(&arguments.tls_dir)?;
    block_on(async {
        let shutdown = Shutdown::at_signals()?;
        let (store, _kept) = store(arguments.store.as_deref())?;
        let doors = Doors::open(arguments).await?;
        let form = arguments.answers.form(1);
        let backend = backend(&store.url, &arguments.people, form).await?;
        say(format_args!("insuring      {}", arguments.people.words()));
        let insured = arguments.people.insure(backend.store(), jst_day(wall()));
        tokio::select! {
            insured = insured => insured?,
            () = shutdown.clone().begun() => return Ok(0),
        }
        tell(&doors, &store, &tls, &arguments.people.example()?)?;
        doors.serve(&backend, &tls, &shutdown).await;
        backend.close().await;
        Ok(0)
    })
}

/// What the backend listens on.
struct Doors {
    institutions: TcpListener,
    /// And whether by mutual TLS.
    insurers: (TcpListener, bool),
    claims: TcpListener,
    patients: TcpListener,
    operator: TcpListener,
}

impl Doors {
    async fn open(arguments: &ServeArgs) -> Result<Self, Failure> {
        Ok(Self {
            institutions: listen(&arguments.listen).await?,
            insurers: (listen(&arguments.feed).await?, arguments.feed_tls),
            claims: listen(&arguments.claims).await?,
            patients: listen(&arguments.portal).await?,
            operator: listen(&arguments.operator).await?,
        })
    }

    /// Serves all until the shutdown.
    async fn serve(self, backend: &Backend, tls: &TlsFolder, shutdown: &Shutdown) {
        let metrics = Arc::<Metrics>::default();
        let server = |listener, router: Router| {
            Server::new(router).watched(Watch::new(listener, Arc::clone(&metrics)))
        };
        let config = tls.workshop().server_config();
        let begun = || shutdown.clone().begun();
        tokio::join!(
            server("institutions", backend.institution_router()).mtls(
                self.institutions,
                config.clone(),
                begun()
            ),
            async {
                let insurers = server("insurers", backend.insurer_router());
                match self.insurers {
                    (listener, true) => insurers.mtls(listener, config.clone(), begun()).await,
                    (listener, false) => insurers.plain(listener, begun()).await,
                }
            },
            server("claims", backend.claims_router()).plain(self.claims, begun()),
            server("patients", backend.portal_router()).plain(self.patients, begun()),
            server("operator", backend.operator_router(&metrics)).plain(self.operator, begun()),
        );
    }
}

/// Where the store is.
struct StorePlace {
    url: String,
    words: String,
}

/// The store, and a folder that goes when it is dropped.
fn store(given: Option<&str>) -> Result<(StorePlace, Option<TempDir>), Failure> {
    if let Some(url) = given.filter(|given| given.contains("://")) {
        SqlStore::is_possible(url).map_err(|error| Failure::Usage(error.to_string()))?;
        let words = without_secrets(url);
        return Ok((StorePlace { url: url.to_owned(), words }, None));
    }
    let (path, kept) = match given {
        Some(path) => (PathBuf::from(path), None),
        None => {
            let folder = tempfile::tempdir().map_err(|error| BenchError::setup("store", error))?;
            (folder.path().join("store.db"), Some(folder))
        }
    };
    let words = match kept {
        Some(_) => "temporary; --store FILE keeps it".to_owned(),
        None => path.display().to_string(),
    };
    let url = format!("sqlite:{}?mode=rwc", path.display());
    Ok((StorePlace { url, words }, kept))
}

/// The address as far as it may be shown: neither user nor password, nor options.
fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{}", place.split('?').next().unwrap_or_default())
}

/// A store that cannot be opened is the operator's to look after.
fn unopened(error: &BackendError) -> Failure {
    match error {
        BackendError::Store(error @ (StoreError::NotBuiltIn | StoreError::Address(_))) => {
            Failure::Usage(error.to_string())
        }
        BackendError::Store(error @ StoreError::Database(_)) => Failure::told(
            super::INCOMPLETE,
            format!("cannot open the store: {error}"),
            "look whether --store names a file that can be written, or a database that is there and lets you in",
        ),
        BackendError::Store(error @ StoreError::FromTheFuture { .. }) => Failure::told(
            super::INCOMPLETE,
            error.to_string(),
            "use the version that wrote it or a later one, or another store",
        ),
        BackendError::Store(_) | BackendError::InstitutionCode(_) => {
            BenchError::setup("backend", error).into()
        }
    }
}

/// A backend, and the authority it asks, on a loopback port of its own.
pub(super) async fn backend(
    store_url: &str,
    people: &People,
    form: Form,
) -> Result<Backend, Failure> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("backend", error);
    let authority = authority::shared()?;
    if let Some(population) = people.population() {
        let mut authority = authority.lock().unwrap_or_else(PoisonError::into_inner);
        authority.introduce(population).map_err(|error| failed(&error))?;
    }
    let anchor = authority::anchor(&authority);
    let listener = listen("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr().map_err(BenchError::Listen)?);
    let routes =
        router(authority, Arc::new(wall), Arc::new(Mutex::new(ResponderBehaviour::Answering)));
    tokio::spawn(http::serve_plain(listener, routes, std::future::pending()));
    let client = plain_client()?;
    // Challenges, tickets and sessions that others could compute would let them in.
    let seed = Seed::fresh().map_err(|error| failed(&error))?;
    let nonces = seed.bytes("OCSP nonces");
    let config = BackendConfig {
        store_url: store_url.to_owned(),
        institutions: Catalogue::embedded()?.institutions.keys().cloned().collect(),
        trust: TrustAnchors::new(vec![anchor]).map_err(|error| failed(&error))?,
        status: Arc::new(OcspClient::new(client.clone(), url.clone(), STATUS_LIMIT, nonces)),
        validator: None,
        link: Arc::new(HttpPersonLink::new(client, &url, STATUS_LIMIT)),
        now: Arc::new(wall),
        seed: seed.bytes("backend"),
        trust_stated_institution: false,
        form,
        defect: None,
    };
    Backend::open(config).await.map_err(|error| unopened(&error))
}

/// Says what is where, and what to do next.
fn tell(
    doors: &Doors,
    store: &StorePlace,
    tls: &TlsFolder,
    example: &Example,
) -> Result<(), Failure> {
    let at = |door: &TcpListener| door.local_addr().map_err(BenchError::Listen);
    let catalogue = Catalogue::embedded()?;
    let institution = catalogue.institutions.keys().next().map_or("", String::as_str);
    write(&tls.query(), query(example, institution).as_bytes())?;
    let institutions = at(&doors.institutions)?;
    say(format_args!("institutions  https://{institutions}/oqs   mutual TLS 1.3"));
    let (insurers, by_tls) = &doors.insurers;
    let (scheme, remark) = if *by_tls { ("https", "   mutual TLS 1.3") } else { ("http", "") };
    say(format_args!("insurers      {scheme}://{}/feed/records{remark}", at(insurers)?));
    say(format_args!("claims        http://{}/claims", at(&doors.claims)?));
    say(format_args!("patients      http://{}/portal/…", at(&doors.patients)?));
    say(format_args!(
        "operator      http://{}/docs   /metrics /health /ready",
        at(&doors.operator)?
    ));
    say(format_args!("store         {}", store.words));
    say(format_args!("certificates  {} and for each institution:", tls.authority().display()));
    for (code, one) in &catalogue.institutions {
        say(format_args!("  {}  {}", tls.client(code).display(), one.name));
    }
    say(format_args!("\nAsk about {}:", example.who));
    say(format_args!(
        "  curl --cacert {} --cert {} -H 'content-type: application/xml' -H 'x-oqs-message: OQSsiquc01req' --data-binary @{} https://{institutions}/oqs",
        tls.authority().display(),
        tls.client(institution).display(),
        tls.query().display(),
    ));
    Ok(())
}

/// A number query for today, as an institution sends it.
fn query(example: &Example, institution: &str) -> String {
    let compact = |day: jiff::civil::Date| day.strftime("%Y%m%d").to_string();
    let element = |name: &str, value: &str| format!("<{name}>{value}</{name}>");
    let optional = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| element(name, value)).unwrap_or_default()
    };
    let search = [
        element("InsurerNumber", &example.insurer_number),
        optional("InsuredCardSymbol", &example.symbol),
        element("InsuredIdentificationNumber", &example.number),
        optional("InsuredBranchNumber", &example.branch),
        element("Birthdate", &compact(example.birthdate)),
    ];
    let header = [
        element("QualificationConfirmationDate", &compact(jst_day(wall()))),
        element("MedicalInstitutionCode", institution),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<XmlMsg><MessageHeader>{}</MessageHeader><MessageBody>\
         <QualificationConfirmSearchInfo>{}</QualificationConfirmSearchInfo></MessageBody></XmlMsg>\n",
        header.concat(),
        search.concat()
    )
}
