//! What the bench orders of a terminal that is the product, and what it replies. Bench profile: `docs/terminal-protocol.md`.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sim_reader::terminal::{Encoding, Folders};

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum TerminalOrder {
    /// Name product, version and positions.
    Hello,
    /// Forget everything and serve this institution.
    Reset(TerminalReset),
    /// The story's clock goes on.
    Clock {
        /// What time it is.
        now: Timestamp,
    },
    /// What nobody knows, and everybody has to answer with `unsupported`.
    NoSuchOperation,
}

/// See [`TerminalOrder::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalReset {
    /// Ten-digit code of the institution.
    pub institution: String,
    /// The face account of its one reader.
    pub account: String,
    /// Encoding of the files in `face`.
    pub encoding: Encoding,
    /// The shared folders; they exist.
    pub folders: Folders,
    /// The backend, and how to reach it.
    pub backend: BackendAccess,
    /// What time it is in the story.
    pub now: Timestamp,
}

/// Where the backend is, and what a terminal needs to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendAccess {
    /// `https://…`; messages go to `/oqs` below it.
    pub url: String,
    /// File with the certificate of the authority behind the backend's, PEM.
    pub ca: PathBuf,
    /// File with the institution's key and certificate, PEM.
    pub certificate: PathBuf,
}

/// Reply to [`TerminalOrder::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Where readers reach it, `http://…` without a path; it serves there until it ends or is reset.
    pub reader_url: String,
}
