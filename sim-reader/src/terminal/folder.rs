//! The polling loop over `req`: what a careless client drops is answered, waited for or left alone.
//!
//! | file in `req` | what happens |
//! | --- | --- |
//! | complete request of a forwarded family | forwarded, answered in `res`, removed |
//! | complete request for a document, given as PDF | handed through under the answer's name with `.pdf`, removed |
//! | complete request of another family | answered `SIM-E1003` (not simulated), removed |
//! | half, empty or otherwise unreadable | waited for; unchanged for `patience` sweeps: answered `SIM-E1001`, removed |
//! | name written aside (`.…`, `~…`, `.tmp`, `.part`, `.bak`) | left alone silently |
//! | any other name | left alone, logged once: no answer name can be derived from it |
//! | the same name again | a new request; its answer replaces the one before |
//! | withdrawn or replaced while it is asked | no answer to it; what is there now is a request of its own |
//! | log-in ended by idle time | answered `SIM-E1004` (not logged in), removed (OQS-OPS-05) |
//! | backend silent, closed, unreachable, or a planned stop | no answer file; the request stays and is asked again (OQS-FALL-14, OQS-OPS-06) |
//!
//! Looking is all there is: on a network share events of the file system get lost, so none are listened to. That each request is
//! answered exactly once, also by a terminal that is killed, is the business of `once`.
//!
//! Answers come in the request's encoding. An answer with a character that Shift_JIS lacks stays in UTF-8 and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::client::BackendError;
use super::encoding::{Encoding, wanted};
use super::messages::{error_answer, state_encoding};
use super::names::{NoRequest, RequestName};
use super::once::Handed;
use super::stay::Stay;
use super::store::Folder;
use super::xml::{self, Element, XmlError};
use super::{Terminal, render};

/// What one look at `req` brought, by file name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Answered and removed.
    pub answered: Vec<String>,
    /// Not complete yet, or not answered by the backend.
    pub waiting: Vec<String>,
    /// No request; stays for good.
    pub left_alone: Vec<String>,
    /// The backend gave no answer, so the rest of the files was not tried.
    pub outage: bool,
}

/// Serves `req` and `res` of one terminal.
pub struct FolderService {
    terminal: Terminal,
    patience: u32,
    unreadable: BTreeMap<String, Unreadable>,
    logged: BTreeSet<String>,
    failed: Option<String>,
    /// Why the backend gave no answer last, until it does.
    silence: Option<String>,
    stay: Stay,
}

/// A file that was no message at the last look; its digest only, since careless clients may leave many.
struct Unreadable {
    digest: [u8; 32],
    sweeps: u32,
}

/// What became of one request in one sweep.
enum Step {
    Answered,
    Waiting,
    Outage,
}

impl FolderService {
    /// A service that gives an unreadable file `patience` sweeps without change before it answers with an error.
    pub fn new(terminal: Terminal, patience: u32) -> Self {
        let (unreadable, logged) = (BTreeMap::new(), BTreeSet::new());
        let (failed, silence, stay) = (None, None, Stay::default());
        Self { terminal, patience, unreadable, logged, failed, silence, stay }
    }

    /// Looks at `req` every `interval` until `stop` resolves. A file system error is logged and tried again.
    pub async fn run(mut self, interval: Duration, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let mut logged = None;
        loop {
            let trouble = self.sweep().await.err().map(|error| error.to_string());
            // Once and not at every look.
            if trouble != logged
                && let Some(error) = &trouble
            {
                tracing::error!(
                    error,
                    "the folders cannot be served; check that they exist and are writable"
                );
            }
            logged = trouble;
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(interval) => {}
            }
        }
    }

    /// Looks at `req` once, in the order of the names, a file the backend was silent about last.
    ///
    /// # Errors
    /// When `req` cannot be listed or an answer cannot be written; the request stays.
    pub async fn sweep(&mut self) -> io::Result<Sweep> {
        self.terminal.store().resume()?;
        let (store, settings) = (self.terminal.store(), self.terminal.settings());
        self.stay.clear(store, settings, self.terminal.now())?;
        let swept = self.serve_all().await;
        self.terminal.store().tidy_up();
        swept
    }

    async fn serve_all(&mut self) -> io::Result<Sweep> {
        let names = self.terminal.store().waiting()?;
        self.unreadable.retain(|name, _| names.contains(name));
        self.logged.retain(|name| names.contains(name));
        let mut sweep = Sweep::default();
        for name in self.in_turn(names) {
            match RequestName::parse(&name) {
                Err(NoRequest::Aside) => {}
                Err(NoRequest::Foreign) => self.leave_alone(name, &mut sweep),
                Ok(_) if sweep.outage => sweep.waiting.push(name),
                Ok(request) => match self.serve(&request).await? {
                    Step::Answered => sweep.answered.push(name),
                    Step::Waiting => sweep.waiting.push(name),
                    Step::Outage => {
                        sweep.outage = true;
                        self.failed = Some(name.clone());
                        sweep.waiting.push(name);
                    }
                },
            }
        }
        Ok(sweep)
    }

    /// One request on which the backend hangs must not keep the others from being asked.
    fn in_turn(&mut self, names: BTreeSet<String>) -> Vec<String> {
        let failed = self.failed.take();
        let (last, mut first): (Vec<_>, Vec<_>) = names
            .into_iter()
            .partition(|name| failed.as_ref().is_some_and(|failed| name <= failed));
        first.extend(last);
        first
    }

    fn leave_alone(&mut self, name: String, sweep: &mut Sweep) {
        if self.logged.insert(name.clone()) {
            tracing::warn!(file = name, "not a request name; expected <family>req<suffix>.xml");
        }
        sweep.left_alone.push(name);
    }

    async fn serve(&mut self, request: &RequestName) -> io::Result<Step> {
        let bytes = match self.terminal.store().read(&request.file) {
            Ok(bytes) => bytes,
            // Taken back by the client, or still locked by it.
            Err(error) => {
                tracing::debug!(file = request.file, %error, "request not readable now");
                return Ok(Step::Waiting);
            }
        };
        match xml::parse(&bytes) {
            Ok((root, encoding)) => {
                self.unreadable.remove(&request.file);
                self.forward(request, bytes, (root, encoding)).await
            }
            Err(error) if self.patient_with(request, &bytes, &error) => Ok(Step::Waiting),
            Err(error) => {
                self.unreadable.remove(&request.file);
                self.give_up(request, bytes, &error)
            }
        }
    }

    /// Counts sweeps without change. A file over the size limit will not become a request by waiting.
    fn patient_with(&mut self, request: &RequestName, bytes: &[u8], error: &XmlError) -> bool {
        if matches!(error, XmlError::TooLarge(_)) {
            return false;
        }
        let digest = Sha256::digest(bytes).into();
        let fresh = || Unreadable { digest, sweeps: 0 };
        let seen = self.unreadable.entry(request.file.clone()).or_insert_with(fresh);
        if seen.digest != digest {
            *seen = fresh();
        }
        seen.sweeps += 1;
        seen.sweeps <= self.patience
    }

    fn give_up(&self, request: &RequestName, bytes: Vec<u8>, error: &XmlError) -> io::Result<Step> {
        if !request.simulated() {
            return self.not_simulated(request, bytes, None);
        }
        let message = format!("The request cannot be read: {error}");
        self.refuse(request, bytes, None, ("SIM-E1001", &message))
    }

    async fn forward(
        &mut self,
        request: &RequestName,
        bytes: Vec<u8>,
        (root, encoding): (Element, Encoding),
    ) -> io::Result<Step> {
        if !request.simulated() {
            return self.not_simulated(request, bytes, Some(&root));
        }
        if !self.terminal.is_logged_in() {
            let message = "The terminal's log-in has ended by idle time; log it in and ask again";
            return self.refuse(request, bytes, Some(&root), ("SIM-E1004", message));
        }
        let answer = match self.terminal.ask(&request.message(), bytes.clone()).await {
            Ok(answer) => answer,
            Err(error) => return Ok(self.no_answer(&request.file, &error)),
        };
        self.silence = None;
        if answer.is_document() {
            return self.finish(request, bytes, &request.document(), answer.bytes);
        }
        match xml::parse(&answer.bytes) {
            Ok((parsed, given)) => {
                let answer = in_encoding(answer.bytes, parsed, given, encoding);
                self.finish(request, bytes, &request.answer(), answer)
            }
            Err(error) => {
                tracing::error!(file = request.file, %error, "the backend's answer is no message");
                Ok(Step::Waiting)
            }
        }
    }

    /// Without an answer the request waits; a silent backend is not asked again in this sweep.
    fn no_answer(&mut self, file: &str, error: &BackendError) -> Step {
        let words = error.to_string();
        if self.silence.as_ref() == Some(&words) {
            tracing::debug!(file, error = words, "still no answer from the backend");
        } else {
            tracing::warn!(file, error = words, "no answer from the backend");
            self.silence = Some(words);
        }
        match error {
            BackendError::Silent | BackendError::Unreachable(_) | BackendError::Closed => {
                Step::Outage
            }
            BackendError::Status { .. } | BackendError::TooLarge => Step::Waiting,
        }
    }

    fn not_simulated(
        &self,
        request: &RequestName,
        bytes: Vec<u8>,
        root: Option<&Element>,
    ) -> io::Result<Step> {
        let message = format!("{} is not simulated; use another message family", request.message());
        self.refuse(request, bytes, root, ("SIM-E1003", &message))
    }

    fn refuse(
        &self,
        request: &RequestName,
        bytes: Vec<u8>,
        root: Option<&Element>,
        problem: (&str, &str),
    ) -> io::Result<Step> {
        let about = (request.family.as_str(), self.terminal.institution());
        let answer = error_answer(root, about, problem, self.terminal.now());
        let answer = render(answer, wanted(&bytes));
        self.finish(request, bytes, &request.answer(), answer)
    }

    fn finish(
        &self,
        request: &RequestName,
        bytes: Vec<u8>,
        name: &str,
        answer: Vec<u8>,
    ) -> io::Result<Step> {
        let (name, answer) = self.terminal.sealed(Folder::Res, name, answer)?;
        let store = self.terminal.store();
        Ok(match store.hand_over(&request.file, bytes, (&name, answer))? {
            Handed::Over | Handed::Blocked => Step::Answered,
            Handed::Withdrawn => Step::Waiting,
        })
    }
}

/// The answer byte for byte where the encoding fits, else written anew.
fn in_encoding(bytes: Vec<u8>, mut root: Element, given: Encoding, wanted: Encoding) -> Vec<u8> {
    if given == wanted {
        return bytes;
    }
    state_encoding(&mut root, wanted);
    xml::write(&root, wanted).unwrap_or(bytes)
}
