//! Whether a receipt computer means what it says: one that accepts all, or refuses all, cannot be judged.

use jiff::civil::date;
use sim_reader::institution::chart::Chart;
use sim_reader::institution::protocol::{Collect, Collected, Op, Reset, Status};
use sim_reader::terminal::Folders;
use tempfile::TempDir;

use super::Finding;
use super::line::{self, Patient, Placed, told};
use crate::catalogue::Position;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::world::FixedFolders;

const CONTRACT: &str = "docs/receipt-computer-protocol.md shows each request with its reply";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Desk::admit(sut, adapter)).await
}

/// The product with folders in which nothing lies.
struct Desk {
    patient: Patient,
    folders: Folders,
    _fixed: Option<FixedFolders>,
    _root: TempDir,
}

impl Placed for Desk {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
    }

    /// It begins anew and opens a chart that there is: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding> {
        let reset = Reset {
            institution: "1319999999".to_owned(),
            name: "架空医療機関".to_owned(),
            folders: self.folders.clone(),
            charts: vec![chart()],
        };
        for (name, op) in
            [("reset", Op::Reset(reset)), ("arrive", Op::Arrive { chart: "K-1".to_owned() })]
        {
            let reply = self.patient.ask(&op).await?;
            if reply.status != Status::Ok {
                let what = format!("refuses `{name}`, which can be done{}", told(&reply));
                return Err(self.patient.fault(what));
            }
        }
        Ok(())
    }

    /// It has no chart that there is not: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        let reply = self.patient.ask(&Op::Arrive { chart: "K-2".to_owned() }).await?;
        match reply.status {
            Status::Error => Ok(()),
            Status::Ok => Err(self.patient.fault(
                "says ok to `arrive` with a chart that there is not; its ok would mean nothing",
            )),
            Status::Rejected | Status::Unsupported => Err(self.patient.fault(format!(
                "has to answer `arrive` with a chart that there is not by the status error{}",
                told(&reply)
            ))),
        }
    }

    /// Where no file came, it has no result.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        let collect = Op::Collect(Collect { wait_files: 0, timeout_ms: 10 });
        let reply = self.patient.ask(&collect).await?;
        if reply.status != Status::Ok {
            let what = format!("cannot look into an empty folder{}", told(&reply));
            return Err(self.patient.fault(what));
        }
        let collected: Collected = reply.body().map_err(|error| {
            self.patient.fault(format!("leaves something out of its reply to `collect`: {error}"))
        })?;
        if collected.results.is_empty() && collected.duplicates == 0 {
            return Ok(());
        }
        Err(self.patient.fault("tells of results although the folder `face` is empty"))
    }
}

impl Desk {
    fn admit(sut: &SutConfig, adapter: &Adapter) -> Result<Self, Finding> {
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("folders", error))?;
        let fixed = FixedFolders::claim(sut, adapter)?;
        let made = || Folders::under(root.path());
        let folders = fixed.as_ref().map_or_else(made, |fixed| fixed.folders.clone());
        folders.create().map_err(|error| BenchError::setup("folders", error))?;
        let patient = Patient::admit(sut, (Position::ReceiptComputer, adapter), CONTRACT)?;
        Ok(Self { patient, folders, _fixed: fixed, _root: root })
    }
}

fn chart() -> Chart {
    Chart {
        id: "K-1".to_owned(),
        name: "架空　検査".to_owned(),
        kana: "カクウ　ケンサ".to_owned(),
        birthdate: date(1985, 5, 5),
        sex: 2,
        insurance: None,
        reference_number: None,
    }
}
