//! Whether a terminal means what it says: one that makes challenges up, or hands none on, cannot be judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use sim_reader::institution::protocol::Status;
use sim_reader::reader_link::{
    Challenge, ChallengeAnswer, ChallengeRequest, HttpTerminalLink, LinkError, TerminalLink as _,
};
use sim_reader::terminal::client::MESSAGE_HEADER;
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{Encoding, Folders, messages};
use tempfile::TempDir;

use super::Finding;
use super::line::{Patient, told};
use crate::catalogue::Position;
use crate::clock::wall;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::sut::terminal::{BackendAccess, Serving, TerminalOrder, TerminalReset};
use crate::world::{Served, Workshop, account, mutual_tls, plain_client};

const CONTRACT: &str =
    "docs/terminal-protocol.md shows each order with its reply, and the calls of readers";
const INSTITUTION: &str = "1319999999";
/// The challenge that the backend gives here, in base64.
const CHALLENGE: &str = "bWFkb2d1Y2hp";

/// What is looked at, in order.
pub(super) const CHECKS: [&str; 5] =
    ["greeting", "an echo", "a known-bad step", "an unknown step", "nothing from nothing"];

/// Looks at the product, in the order of [`CHECKS`]; the first that is the matter is the last.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    let mut counter = match Counter::admit(sut, adapter).await {
        Ok(counter) => counter,
        Err(finding) => return vec![Err(finding)],
    };
    let mut found = vec![counter.patient.greeting(sut).await];
    for step in [Step::Echo, Step::KnownBad, Step::Unknown, Step::Nothing] {
        if found.iter().all(Result::is_ok) {
            found.push(counter.take(step).await);
        }
    }
    found
}

enum Step {
    Echo,
    KnownBad,
    Unknown,
    Nothing,
}

/// The product before a backend that gives one challenge, or refuses it.
struct Counter {
    patient: Patient,
    link: Option<HttpTerminalLink>,
    refuses: Arc<AtomicBool>,
    backend: Served,
    workshop: Workshop,
    root: TempDir,
}

impl Counter {
    async fn admit(sut: &SutConfig, adapter: &Adapter) -> Result<Self, Finding> {
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("folders", error))?;
        let folders = Folders::under(root.path());
        folders.create().map_err(|error| BenchError::setup("folders", error))?;
        let workshop = Workshop::new(Seed(1), None)?;
        let refuses = Arc::new(AtomicBool::new(false));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&refuses));
        let backend = mutual_tls(router, workshop.server_config()).await?;
        let patient = Patient::admit(sut, (Position::Terminal, adapter), CONTRACT)?;
        Ok(Self { patient, link: None, refuses, backend, workshop, root })
    }

    async fn take(&mut self, step: Step) -> Result<(), Finding> {
        match step {
            Step::Echo => self.echo().await,
            Step::KnownBad => self.known_bad().await,
            Step::Unknown => self.patient.unknown().await,
            Step::Nothing => self.nothing_from_nothing(),
        }
    }

    /// It begins anew and hands the backend's challenge on: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding> {
        let reply = self.patient.ask(&TerminalOrder::Reset(self.reset()?)).await?;
        if reply.status != Status::Ok {
            let what = format!("refuses `reset`, which can be done{}", told(&reply));
            return Err(self.patient.fault(what));
        }
        let Serving { reader_url } = reply.body().map_err(|error| {
            self.patient.fault(format!("leaves something out of its reply to `reset`: {error}"))
        })?;
        self.link = Some(HttpTerminalLink::new(reader_url, plain_client()?));
        match self.challenge().await? {
            Ok(ChallengeAnswer::Given(challenge)) if is_ours(&challenge) => Ok(()),
            Ok(ChallengeAnswer::Given(_)) => {
                Err(self.patient.fault("hands on another challenge than the backend's"))
            }
            Ok(ChallengeAnswer::Refused { .. }) => {
                Err(self.patient.fault("refuses a challenge that the backend gives"))
            }
            Err(error) => {
                let what = format!("hands no challenge on that the backend gives: {error}");
                Err(self.patient.fault(what))
            }
        }
    }

    /// A challenge that the backend refuses is none: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        self.refuses.store(true, Ordering::SeqCst);
        match self.challenge().await? {
            Ok(ChallengeAnswer::Refused { .. }) => Ok(()),
            Ok(ChallengeAnswer::Given(_)) => Err(self
                .patient
                .fault("gives a challenge that the backend refused; its yes would mean nothing")),
            Err(error) => {
                let what = format!("has to hand the backend's refusal on as `refused`: {error}");
                Err(self.patient.fault(what))
            }
        }
    }

    /// Where no card was used and nothing asked, there is no file.
    fn nothing_from_nothing(&self) -> Result<(), Finding> {
        let Folders { req: _, res, face } = Folders::under(self.root.path());
        for (name, folder) in [("res", res), ("face", face)] {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            if files.filter(|entry| entry.path().is_file()).count() > 0 {
                let what = format!("puts a file into `{name}` although nothing was asked");
                return Err(self.patient.fault(what));
            }
        }
        Ok(())
    }

    async fn challenge(&self) -> Result<Result<ChallengeAnswer, LinkError>, Finding> {
        let link = self.link.as_ref().ok_or_else(|| BenchError::setup("reader", "no terminal"))?;
        Ok(link.challenge(ChallengeRequest { account: account(INSTITUTION) }).await)
    }

    fn reset(&self) -> Result<TerminalReset, BenchError> {
        let failed = |error: std::io::Error| BenchError::setup("TLS files", error);
        let root = self.root.path();
        let (ca, certificate) = (root.join("ca.pem"), root.join("terminal.pem"));
        std::fs::write(&ca, self.workshop.tls().root_pem()).map_err(failed)?;
        let pem = &self.workshop.identity(INSTITUTION)?.pem;
        std::fs::write(&certificate, pem).map_err(failed)?;
        let url = format!("https://{}", self.backend.address);
        Ok(TerminalReset {
            institution: INSTITUTION.to_owned(),
            account: account(INSTITUTION),
            encoding: Encoding::Utf8,
            folders: Folders::under(root),
            backend: BackendAccess { url, ca, certificate },
            now: wall(),
        })
    }
}

fn is_ours(challenge: &Challenge) -> bool {
    serde_json::to_value(&challenge.challenge).is_ok_and(|told| told == CHALLENGE)
}

/// A backend that knows one answer.
async fn answer(
    State(refuses): State<Arc<AtomicBool>>,
) -> ([(&'static str, &'static str); 1], Vec<u8>) {
    let (header, body) = if refuses.load(Ordering::SeqCst) {
        let header = [("SegmentOfResult", "9"), ("ErrorCode", "SIM-E3001"), ("ErrorMessage", "-")];
        (leaves(&header), Vec::new())
    } else {
        let body = [("ChallengeIdentifier", "M-1"), ("Challenge", CHALLENGE)];
        (leaves(&[("SegmentOfResult", "1")]), leaves(&body))
    };
    let bytes = xml::write(&messages::message(header, body), Encoding::Utf8).unwrap_or_default();
    ([(MESSAGE_HEADER, "SIMchalng01res")], bytes)
}

fn leaves(pairs: &[(&str, &str)]) -> Vec<Element> {
    pairs.iter().map(|(name, text)| Element::leaf(name, *text)).collect()
}
