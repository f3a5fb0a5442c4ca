//! What a run needs of the machine.

use jiff::{SignedDuration, Timestamp};
use reports::model::Blame;
use tokio::net::TcpListener;

use super::Finding;
use crate::clock::wall;

/// How far the clock of the temporary folder may be from ours: files are dated by it and taken in by their age.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The shared folders of every scenario are made there.
pub fn temporary_folder() -> Result<(), Finding> {
    let folder = std::env::temp_dir();
    let cannot = |error: std::io::Error| {
        Finding::new(
            Blame::Environment,
            format!("cannot write into the temporary folder {}: {error}", folder.display()),
            "free some space there, or name another folder in TMPDIR",
        )
    };
    let file = tempfile::Builder::new().prefix("madoguchi").tempfile().map_err(cannot)?;
    std::fs::write(file.path(), "架空").map_err(cannot)?;
    let dated = file.path().metadata().and_then(|file| file.modified()).map_err(cannot)?;
    let skew = Timestamp::try_from(dated).map(|dated| wall().duration_since(dated).abs());
    if skew.is_ok_and(|skew| skew <= SKEW) {
        return Ok(());
    }
    Err(Finding::new(
        Blame::Environment,
        format!("the clock of {} and that of this machine are apart", folder.display()),
        "set both clocks, or name a folder of this machine in TMPDIR",
    ))
}

/// Backend, authority and readers listen there.
pub async fn loopback_ports() -> Result<(), Finding> {
    let bound = TcpListener::bind("127.0.0.1:0").await;
    bound.map(drop).map_err(|error| crate::error::BenchError::Listen(error).into())
}
