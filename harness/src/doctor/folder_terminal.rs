//! Whether a terminal that gets no orders works through its folders: a question reaches the backend, and what that says comes back.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use reports::model::Blame;
use sim_reader::terminal::client::MESSAGE_HEADER;
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{Encoding, messages};

use super::Finding;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::sut::config::SutConfig;
use crate::sut::folder::FolderAdapter;
use crate::sut::relay::Behind;
use crate::world::{FixedFolders, Served, Workshop, mutual_tls, tls_files};

/// What is looked at, in order.
pub(super) const CHECKS: [&str; 4] =
    ["shared folders", "an echo", "a known-bad step", "an answer in Shift_JIS"];

const CONTRACT: &str =
    "docs/human.md tells what a terminal with fixed folders needs; look at the terminal's own log";
/// How long a terminal may take for a question where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(20);

/// The terminal before a backend that gives one answer, or refuses.
struct Counter {
    product: String,
    institution: String,
    patience: Duration,
    folders: FixedFolders,
    says: Arc<Mutex<Says>>,
    _behind: Behind,
    _backend: Served,
}

/// What the backend says to everything.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    Valid,
    Refused,
    InShiftJis,
}

/// Who is told of in Shift_JIS: what a terminal that reads bytes as UTF-8 would not bring back.
const NAME: &str = "架空　花子";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, of: &FolderAdapter) -> Vec<Result<(), Finding>> {
    let counter = match Counter::open(sut, of).await {
        Ok(counter) => counter,
        Err(error) => return vec![Err(error.into())],
    };
    let mut found = vec![Ok(()), counter.echo().await];
    if found.iter().all(Result::is_ok) {
        found.push(counter.known_bad().await);
    }
    if found.iter().all(Result::is_ok) {
        found.push(counter.in_shift_jis().await);
    }
    found
}

impl Counter {
    async fn open(sut: &SutConfig, of: &FolderAdapter) -> Result<Self, BenchError> {
        let missing = || BenchError::setup("terminal", "its place is not configured");
        let adapter = crate::sut::adapter::Adapter::Folder(of.clone());
        let folders = FixedFolders::claim(sut, &adapter)?.ok_or_else(missing)?;
        let (institution, address) = of.institution.clone().zip(of.backend).ok_or_else(missing)?;
        let workshop = Workshop::new(Seed(1), None)?;
        let tls = sut.folder.join(of.tls.as_ref().ok_or_else(missing)?);
        tls_files(&workshop, &institution, &tls)?;
        let says = Arc::new(Mutex::new(Says::Valid));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&says));
        let backend = mutual_tls(router, workshop.server_config()).await?;
        Ok(Self {
            product: sut.product.name.clone(),
            institution,
            patience: of.timeout_ms.map_or(PATIENCE, Duration::from_millis),
            folders,
            says,
            _behind: sut.desk.relay(address)?.lead_to(backend.address),
            _backend: backend,
        })
    }

    /// What the backend answers comes back: a terminal that reaches nobody fails here.
    async fn echo(&self) -> Result<(), Finding> {
        let (answer, _) = self.ask("DOCTOR1").await?;
        if answer.anywhere("QualificationValidity") == Some("1") {
            return Ok(());
        }
        Err(self.fault("puts another answer into res than the backend's"))
    }

    /// A refusal of the backend's comes back as one: a terminal that makes answers up fails here.
    async fn known_bad(&self) -> Result<(), Finding> {
        self.let_say(Says::Refused);
        let (answer, _) = self.ask("DOCTOR2").await?;
        if answer.anywhere("ErrorCode") == Some("SIM-E3001") {
            return Ok(());
        }
        Err(self.fault("does not hand on that the backend refused; its answers would mean nothing"))
    }

    /// The bytes come back as they are: a terminal that takes every answer for UTF-8 spoils names here.
    async fn in_shift_jis(&self) -> Result<(), Finding> {
        self.let_say(Says::InShiftJis);
        let (answer, encoding) = self.ask("DOCTOR3").await?;
        if (answer.anywhere("Name"), encoding) == (Some(NAME), Encoding::ShiftJis) {
            return Ok(());
        }
        Err(self.fault("does not lay an answer in Shift_JIS into res as it came"))
    }

    fn let_say(&self, says: Says) {
        *self.says.lock().unwrap_or_else(PoisonError::into_inner) = says;
    }

    /// Lays a question into `req` and takes the answer out of `res`.
    async fn ask(&self, name: &str) -> Result<(Element, Encoding), Finding> {
        let end = format!("_{}_{name}.xml", self.institution);
        let request = self.folders.folders.req.join(format!("OQSsiquc01req{end}"));
        let reply = self.folders.folders.res.join(format!("OQSsiquc01res{end}"));
        let question = xml::write(&self.question(name), Encoding::Utf8)
            .map_err(|error| BenchError::setup("message", error))?;
        let part = request.with_extension("part");
        let laid = fs::write(&part, question).and_then(|()| fs::rename(&part, &request));
        laid.map_err(|source| BenchError::Write { path: request.clone(), source })?;
        let read = tokio::time::timeout(self.patience, whole(&reply)).await;
        // Both are the bench's: one it wrote, the other answers it.
        drop(fs::remove_file(&request));
        drop(fs::remove_file(&reply));
        read.map_err(|_| {
            self.fault(format!("lays no answer into res within {} ms", self.patience.as_millis()))
        })
    }

    fn question(&self, name: &str) -> Element {
        let header = [
            ("QualificationConfirmationDate", "20260401"),
            ("MedicalInstitutionCode", &self.institution),
            ("ArbitraryFileIdentifier", name),
        ];
        let search = [
            ("InsurerNumber", "99990013"),
            ("InsuredIdentificationNumber", "0001234"),
            ("Birthdate", "19850505"),
        ];
        let body = Element::group("QualificationConfirmSearchInfo", leaves(&search));
        messages::message(leaves(&header), vec![body])
    }

    fn fault(&self, what: impl std::fmt::Display) -> Finding {
        Finding::new(Blame::Product, format!("{} {what}", self.product), CONTRACT)
    }
}

/// The message in a file, once it is whole.
async fn whole(path: &PathBuf) -> (Element, Encoding) {
    loop {
        let read = fs::read(path).ok().and_then(|bytes| xml::parse(&bytes).ok());
        match read {
            Some(read) => return read,
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

/// A backend that knows one answer.
async fn answer(
    State(says): State<Arc<Mutex<Says>>>,
) -> ([(&'static str, &'static str); 1], Vec<u8>) {
    let says = *says.lock().unwrap_or_else(PoisonError::into_inner);
    let valid = [("ProcessingResultStatus", "1"), ("QualificationValidity", "1")];
    let (header, body, encoding) = match says {
        Says::Valid => (vec![("SegmentOfResult", "1")], valid.to_vec(), Encoding::Utf8),
        Says::Refused => {
            let header =
                [("SegmentOfResult", "9"), ("ErrorCode", "SIM-E3001"), ("ErrorMessage", "-")];
            (header.to_vec(), Vec::new(), Encoding::Utf8)
        }
        Says::InShiftJis => {
            let body = valid.into_iter().chain([("Name", NAME)]).collect();
            (vec![("SegmentOfResult", "1")], body, Encoding::ShiftJis)
        }
    };
    let message = messages::message(leaves(&header), leaves(&body));
    let bytes = xml::write(&message, encoding).unwrap_or_default();
    ([(MESSAGE_HEADER, "OQSsiquc01res")], bytes)
}

fn leaves(pairs: &[(&str, &str)]) -> Vec<Element> {
    pairs.iter().map(|(name, text)| Element::leaf(name, *text)).collect()
}
