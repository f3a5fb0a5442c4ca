//! Odd things in the shared folders: a result that is still being written, an answer under the name of another request.

use std::path::Path;

use sim_reader::institution::protocol::{Collect, Collected, Decision, Op, Verdict};

use super::desk::body;
use super::stage::Stage;
use crate::error::BenchError;
use crate::model::{FolderOddity, Outcome};

/// How long the receipt computer may look at half a file, in milliseconds.
const HALF_MS: u64 = 150;

/// The free part of a name that no request has.
pub(super) const STRAY: &str = "_0000000000_STRAY.xml";

impl Stage {
    /// Puts something odd into an institution's folders.
    pub(super) async fn oddity(
        &mut self,
        institution: &str,
        what: FolderOddity,
    ) -> Result<Outcome, BenchError> {
        self.counter(institution).await?;
        match what {
            FolderOddity::HalfResult => self.half_result(institution).await?,
            FolderOddity::StrayAnswer => self.stray_answer(institution)?,
        }
        Ok(Outcome::Done)
    }

    /// The receipt computer looks while half of the last result is there. One that takes files in as they arrive may have had it
    /// whole before, and tells so now: what it opened counts later.
    async fn half_result(&mut self, institution: &str) -> Result<(), BenchError> {
        let Some(file) = self.last_waiting(institution) else { return Ok(()) };
        let counter = self.counter(institution).await?;
        counter.terminal.carry();
        let path = counter.terminal.folders.face.join(&file);
        let whole =
            std::fs::read(&path).map_err(|error| BenchError::setup("face folder", error))?;
        write(&path, whole.get(..whole.len() / 2).unwrap_or_default())?;
        let collect = Collect { wait_files: 1, timeout_ms: HALF_MS };
        let collected: Collected = body(&counter.perform(Op::Collect(collect)).await?)?;
        write(&path, &whole)?;
        let opened = |decision: &Decision| decision.decision == Verdict::Opened;
        self.told_early(collected.results.into_iter().filter(opened).collect());
        Ok(())
    }

    /// The last answer once more, under a name that corresponds to no request.
    fn stray_answer(&self, institution: &str) -> Result<(), BenchError> {
        let seen = self.taps().files_since(0);
        let own =
            |file: &&crate::taps::FileSeen| file.folder == "res" && file.institution == institution;
        let Some(folders) = self.folders(institution) else { return Ok(()) };
        let Some(last) = seen.iter().rev().find(own) else { return Ok(()) };
        let family = last.name.split('_').next().unwrap_or_default();
        write(&folders.res.join(format!("{family}{STRAY}")), &last.bytes)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BenchError> {
    std::fs::write(path, bytes).map_err(|error| BenchError::setup("shared folder", error))
}
