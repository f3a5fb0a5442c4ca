//! Whether a terminal means what it says: one that makes challenges up, or hands none on, cannot be judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use serde_json::Value;
use sim_reader::institution::protocol::Status;
use sim_reader::reader_link::{CHALLENGE_PATH, ChallengeRequest};
use sim_reader::terminal::client::MESSAGE_HEADER;
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{Encoding, Folders, messages};
use tempfile::TempDir;

use super::Finding;
use super::line::{self, Patient, Placed, told};
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
/// How long a reader waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The challenge that the backend gives here, in base64.
const CHALLENGE: &str = "bWFkb2d1Y2hp";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Counter::admit(sut, adapter).await).await
}

/// What a reader hears.
enum Heard {
    Challenge(String),
    Refusal,
    Nothing(String),
}

/// The product before a backend that gives one challenge, or refuses it.
struct Counter {
    patient: Patient,
    reader_url: String,
    refuses: Arc<AtomicBool>,
    backend: Served,
    workshop: Workshop,
    root: TempDir,
}

impl Placed for Counter {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
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
        self.reader_url = reader_url.trim_end_matches('/').to_owned();
        match self.challenge().await? {
            Heard::Challenge(challenge) if challenge == CHALLENGE => Ok(()),
            Heard::Challenge(_) => {
                Err(self.patient.fault("hands on another challenge than the backend's"))
            }
            Heard::Refusal => Err(self.patient.fault("refuses a challenge that the backend gives")),
            Heard::Nothing(why) => {
                let what = format!("hands no challenge on that the backend gives: {why}");
                Err(self.patient.fault(what))
            }
        }
    }

    /// A challenge that the backend refuses is none: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        self.refuses.store(true, Ordering::SeqCst);
        match self.challenge().await? {
            Heard::Refusal => Ok(()),
            Heard::Challenge(_) => Err(self
                .patient
                .fault("gives a challenge that the backend refused; its yes would mean nothing")),
            Heard::Nothing(why) => {
                let what = format!("has to hand the backend's refusal on as `refused`: {why}");
                Err(self.patient.fault(what))
            }
        }
    }

    /// Where no card was used and nothing asked, there is no file.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
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
        Ok(Self { patient, reader_url: String::new(), refuses, backend, workshop, root })
    }

    /// What a reader hears that asks for a challenge. A refusal may bear a code of the product's own.
    async fn challenge(&self) -> Result<Heard, Finding> {
        let request = ChallengeRequest { account: account(INSTITUTION) };
        let url = format!("{}{CHALLENGE_PATH}", self.reader_url);
        let asked = plain_client()?.post(url).json(&request).timeout(PATIENCE).send().await;
        let answer = match asked {
            Ok(answer) if answer.status().is_success() => answer.json::<Value>().await,
            Ok(answer) => return Ok(Heard::Nothing(format!("HTTP status {}", answer.status()))),
            Err(error) => Err(error),
        };
        let text =
            |answer: &Value, at| answer.pointer(at).and_then(Value::as_str).map(str::to_owned);
        Ok(match answer {
            Ok(answer) => match (text(&answer, "/challenge"), text(&answer, "/refused/code")) {
                (Some(challenge), None) => Heard::Challenge(challenge),
                (None, Some(_)) => Heard::Refusal,
                (None, None) | (Some(_), Some(_)) => {
                    Heard::Nothing("neither a challenge nor a refusal".to_owned())
                }
            },
            Err(error) => Heard::Nothing(error.to_string()),
        })
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
