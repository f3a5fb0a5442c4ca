//! `madoguchi backend serve`: the mock qualification backend by itself, all personas insured, on the wall clock.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use sim_backend::certificate::{OcspClient, TrustAnchors};
use sim_backend::person_link::HttpPersonLink;
use sim_backend::{Backend, BackendConfig, http};
use sim_card::pki::{ResponderBehaviour, router};

use super::{Failure, authority, block_on, listen, say, stopped, write};
use crate::catalogue::Catalogue;
use crate::clock::{jst_day, wall};
use crate::error::BenchError;
use crate::seed::Seed;
use crate::world::{Workshop, feeding, plain_client};

/// How long the backend waits for the status of a certificate.
const STATUS_LIMIT: Duration = Duration::from_secs(5);

/// Serves until Ctrl-C.
pub fn serve(address: &str, feed: &str, claims: &str, tls: &Path) -> Result<u8, Failure> {
    let workshop = Workshop::new(Seed(1), None)?;
    write_identities(&workshop, tls)?;
    block_on(async {
        let (institutions, insurers, agency) =
            (listen(address).await?, listen(feed).await?, listen(claims).await?);
        let backend = backend().await?;
        say(format_args!(
            "institutions  https://{address}/oqs    mutual TLS; certificates in {}",
            tls.display()
        ));
        say(format_args!("insurers      http://{feed}/feed/records"));
        say(format_args!("claims        http://{claims}/claims"));
        tokio::join!(
            http::serve_mtls(
                institutions,
                workshop.server_config(),
                backend.institution_router(),
                stopped()
            ),
            http::serve_plain(insurers, backend.insurer_router(), stopped()),
            http::serve_plain(agency, backend.claims_router(), stopped()),
        );
        backend.close().await;
        Ok(0)
    })
}

/// A backend with every persona's insurance, and the authority it asks, on a loopback port of its own.
pub(super) async fn backend() -> Result<Backend, Failure> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("backend", error);
    let authority = authority::shared()?;
    let anchor = authority::anchor(&authority);
    let listener = listen("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr().map_err(BenchError::Listen)?);
    let routes =
        router(authority, Arc::new(wall), Arc::new(Mutex::new(ResponderBehaviour::Answering)));
    tokio::spawn(http::serve_plain(listener, routes, std::future::pending()));
    let client = plain_client()?;
    let catalogue = Catalogue::embedded()?;
    let config = BackendConfig {
        store_url: "sqlite::memory:".to_owned(),
        institutions: catalogue.institutions.keys().cloned().collect(),
        trust: TrustAnchors::new(vec![anchor]).map_err(|error| failed(&error))?,
        status: Arc::new(OcspClient::new(
            client.clone(),
            url.clone(),
            STATUS_LIMIT,
            Seed(1).bytes("OCSP nonces"),
        )),
        link: Arc::new(HttpPersonLink::new(client, &url, STATUS_LIMIT)),
        now: Arc::new(wall),
        seed: Seed(1).bytes("backend"),
        trust_stated_institution: false,
    };
    let backend = Backend::open(config).await.map_err(|error| failed(&error))?;
    let today = jst_day(wall());
    let records: Vec<Value> = catalogue
        .personas
        .iter()
        .flat_map(|(slug, person)| feeding::before_story(slug, person, today))
        .collect();
    sim_backend::feed::deliver(backend.store().as_ref(), &records)
        .await
        .map_err(|error| failed(&error))?;
    Ok(backend)
}

fn write_identities(workshop: &Workshop, tls: &Path) -> Result<(), Failure> {
    write(&tls.join("ca.pem"), workshop.tls().root_pem().as_bytes())?;
    for code in Catalogue::embedded()?.institutions.keys() {
        write(&tls.join(format!("{code}.pem")), workshop.identity(code)?.pem.as_bytes())?;
    }
    Ok(())
}
