//! What taps between two products need: files that can be read, addresses that are free, peers that can be reached.

use std::sync::Arc;
use std::time::Duration;

use reports::model::Blame;
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Finding;
use crate::error::BenchError;
use crate::reverse::folder_seam::FOLDERS;
use crate::reverse::heard::name;
use crate::reverse::tapping::http_taps;
use crate::reverse::tls::Files;
use crate::sut::config::SutConfig;
use crate::sut::reverse::{End, HttpTap, TapPlaces};

/// How long a peer may take to be there.
const PATIENCE: Duration = Duration::from_secs(3);
const START: &str = "start it, or correct `to` of this seam under `taps` in madoguchi.yaml";

/// One thing to look at.
enum Look<'a> {
    Files(&'static str, &'a HttpTap),
    Address(&'static str, String),
    Peer(&'static str, &'a HttpTap),
    Folders(&'a std::path::Path),
    VirtualReader(&'a str),
}

/// What is looked at, in order.
fn looks(taps: &TapPlaces) -> Vec<Look<'_>> {
    let mut looks = Vec::new();
    for (place, tap) in http_taps(taps) {
        let seam = name(place.parties().0);
        looks.extend(tap.tls.as_ref().map(|_| Look::Files(seam, tap)));
        let listen = End::parse(&tap.listen).map(|end| end.address).unwrap_or_default();
        looks.extend([Look::Address(seam, listen), Look::Peer(seam, tap)]);
    }
    looks.extend(taps.folders.as_ref().map(|tap| Look::Folders(&tap.at)));
    if let Some(tap) = &taps.card {
        looks.extend([Look::Address("card", tap.listen.clone()), Look::VirtualReader(&tap.to)]);
    }
    looks
}

/// The names of what is looked at.
pub(super) fn checks(taps: &TapPlaces) -> Vec<String> {
    let named = |look: &Look<'_>| match look {
        Look::Files(seam, _) => format!("{seam}: files for TLS"),
        Look::Address(seam, _) => format!("{seam}: address to listen on"),
        Look::Peer(seam, _) => format!("{seam}: who answers there"),
        Look::Folders(_) => "folders: req, res and face".to_owned(),
        Look::VirtualReader(_) => "card: the virtual reader".to_owned(),
    };
    looks(taps).iter().map(named).collect()
}

/// Looks at everything; the first that is the matter is the last.
pub(super) async fn examine(sut: &SutConfig, taps: &TapPlaces) -> Vec<Result<(), Finding>> {
    let mut found = Vec::new();
    for look in looks(taps) {
        if found.iter().all(Result::is_ok) {
            found.push(at(sut, &look).await);
        }
    }
    found
}

async fn at(sut: &SutConfig, look: &Look<'_>) -> Result<(), Finding> {
    match look {
        Look::Files(_, tap) => files(sut, tap).map_err(Finding::from),
        Look::Address(seam, address) => free(seam, address).await,
        Look::Peer(seam, tap) => peer(sut, seam, tap).await,
        Look::Folders(at) => folders(&sut.folder.join(at)),
        Look::VirtualReader(to) => reach("virtual reader", to).await.map(drop),
    }
}

fn files(sut: &SutConfig, tap: &HttpTap) -> Result<(), BenchError> {
    let Some(tls) = &tap.tls else { return Ok(()) };
    let files = Files::open(tls, &sut.folder)?;
    if tls.server.is_some() {
        files.server()?;
    }
    files.client(None).map(drop)
}

async fn free(seam: &'static str, address: &str) -> Result<(), Finding> {
    let bound = TcpListener::bind(address).await;
    let taken = |source| BenchError::TapListen { seam, address: address.to_owned(), source };
    bound.map(drop).map_err(|source| taken(source).into())
}

async fn reach(who: &str, address: &str) -> Result<TcpStream, Finding> {
    let told = |why: &dyn std::fmt::Display| {
        Finding::new(Blame::Environment, format!("no {who} at {address}: {why}"), START)
    };
    match timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(reached) => reached.map_err(|error| told(&error)),
        Err(_) => Err(told(&"it does not answer")),
    }
}

async fn peer(sut: &SutConfig, seam: &str, tap: &HttpTap) -> Result<(), Finding> {
    let Some(to) = End::parse(&tap.to) else { return Ok(()) };
    let stream = reach(&format!("peer of the {seam} tap"), &to.address).await?;
    let (Some(tls), true) = (&tap.tls, to.tls) else { return Ok(()) };
    let config = Files::open(tls, &sut.folder).and_then(|files| files.client(None));
    let connector = TlsConnector::from(Arc::new(config.map_err(Finding::from)?));
    let told = |why: &dyn std::fmt::Display| {
        let what = format!("no TLS with {}: {why}", to.address);
        let next = "correct `tls` of this seam: `ca` must have signed what the peer shows, for the name in `to`";
        Finding::new(Blame::Configuration, what, next)
    };
    let name = ServerName::try_from(to.host.clone()).map_err(|error| told(&error))?;
    match timeout(PATIENCE, connector.connect(name, stream)).await {
        Ok(shaken) => shaken.map(drop).map_err(|error| told(&error)),
        Err(_) => Err(told(&"the handshake does not end")),
    }
}

fn folders(root: &std::path::Path) -> Result<(), Finding> {
    for folder in FOLDERS {
        let path = root.join(folder);
        std::fs::read_dir(&path).map_err(|error| {
            let next =
                "start the terminal first, or correct `folders: at` under `taps` in madoguchi.yaml";
            let what = format!("cannot look into {}: {error}", path.display());
            Finding::new(Blame::Configuration, what, next)
        })?;
    }
    Ok(())
}
