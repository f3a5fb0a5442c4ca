//! All taps of one `madoguchi.yaml`: opened together, so that a wrong address is told before anything passes, and ended together.

use std::path::Path;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use reports::evidence::Seam;

use super::card_seam::CardSeam;
use super::folder_seam::FolderSeam;
use super::heard::Heard;
use super::http_seam::HttpSeam;
use crate::error::BenchError;
use crate::sut::reverse::{HttpTap, TapPlaces};
use crate::taps::http::Place;

/// Taps that listen already and pass nothing on yet.
pub struct Tapping {
    http: Vec<(HttpSeam, TcpListener)>,
    card: Option<(CardSeam, TcpListener)>,
    folders: Option<FolderSeam>,
}

impl Tapping {
    /// Opens every tap.
    ///
    /// # Errors
    /// [`BenchError::TapFile`], [`BenchError::TapListen`].
    pub async fn open(taps: &TapPlaces, folder: &Path, heard: &Heard) -> Result<Self, BenchError> {
        let mut http = Vec::new();
        for (place, tap) in http_taps(taps) {
            http.push(HttpSeam::open(place, (tap, folder), heard.clone()).await?);
        }
        let card = match &taps.card {
            Some(tap) => Some(CardSeam::open(tap, heard.clone()).await?),
            None => None,
        };
        let folders = taps.folders.as_ref();
        let folders = folders.map(|tap| FolderSeam::open(tap, folder, heard.clone()));
        Ok(Self { http, card, folders })
    }

    /// Serves all of them until `stop` is told.
    pub async fn serve(self, stop: watch::Receiver<bool>) {
        let mut seams = JoinSet::new();
        for (seam, listener) in self.http {
            seams.spawn(seam.serve(listener, stop.clone()));
        }
        if let Some((seam, listener)) = self.card {
            seams.spawn(seam.serve(listener, stop.clone()));
        }
        if let Some(seam) = self.folders {
            seams.spawn(seam.serve(stop));
        }
        while seams.join_next().await.is_some() {}
    }
}

/// The taps in HTTP, each with its place.
pub fn http_taps(taps: &TapPlaces) -> impl Iterator<Item = (Place, &HttpTap)> {
    let all = [
        (Place::Reader, &taps.reader),
        (Place::Backend, &taps.backend),
        (Place::ValidationAuthority, &taps.authority),
    ];
    all.into_iter().filter_map(|(place, tap)| Some((place, tap.as_ref()?)))
}

/// The seams that are tapped, in the order of the report.
pub fn seams(taps: &TapPlaces) -> Vec<Seam> {
    let card = taps.card.as_ref().map(|_| Seam::Card);
    let http = http_taps(taps).map(|(place, _)| place.parties().0);
    let folders = taps.folders.as_ref().map(|_| Seam::Folder);
    card.into_iter().chain(http).chain(folders).collect()
}
