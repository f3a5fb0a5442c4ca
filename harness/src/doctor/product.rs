//! Whether a product speaks the protocol and means what it says: one that accepts all, or refuses all, cannot be judged.

use jiff::civil::date;
use reports::model::Blame;
use sim_reader::institution::chart::Chart;
use sim_reader::institution::protocol::{
    Collect, Collected, Hello, Op, Reply, Request, Reset, Status,
};
use sim_reader::terminal::Folders;
use tempfile::TempDir;

use super::Finding;
use crate::error::BenchError;
use crate::sut::config::{Adapter, SutConfig};
use crate::sut::{ReceiptComputer, receipt_computer};

const POSITION: &str = "receipt-computer";
const BY_HAND: &str =
    "run `command` of madoguchi.yaml by hand, in the folder of that file, and look at what it says";
const FLUSH: &str =
    "flush standard output after each reply; if the start takes long, raise `timeout_ms`";
const ONE_LINE: &str = "write nothing but replies to standard output, one JSON object a line in UTF-8; logs belong on standard error";
const ONE_OBJECT: &str = "answer each POST to `url` with status 200 and one JSON object; check that `url` is the product's";
const PROTOCOL: &str = "docs/receipt-computer-protocol.md shows each request with its reply";

/// Looks at the product, in the order of the last five of [`super::CHECKS`]; the first that is the matter is the last.
pub async fn examine(sut: &SutConfig) -> Vec<Result<(), Finding>> {
    let mut found = Vec::new();
    let mut patient = match Patient::admit(sut).await {
        Ok(patient) => patient,
        Err(finding) => return vec![Err(finding)],
    };
    found.push(patient.greeting(sut).await);
    for step in [Step::Echo, Step::KnownBad, Step::Unknown, Step::Nothing] {
        if found.iter().all(Result::is_ok) {
            found.push(patient.take(step).await);
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

/// The product while it is looked at.
struct Patient {
    product: Box<dyn ReceiptComputer>,
    name: String,
    is_process: bool,
    requests: u64,
    root: TempDir,
}

impl Patient {
    async fn admit(sut: &SutConfig) -> Result<Self, Finding> {
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("folders", error))?;
        let folders = Folders::under(root.path());
        folders.create().map_err(|error| BenchError::setup("folders", error))?;
        let is_process = matches!(sut.positions.receipt_computer, Adapter::Process(_));
        let (name, product) = (sut.product.name.clone(), receipt_computer(sut)?);
        Ok(Self { product, name, is_process, requests: 0, root })
    }

    async fn ask(&mut self, op: Op) -> Result<Reply, BenchError> {
        self.requests += 1;
        self.product.perform(Request { id: self.requests, op }).await
    }

    /// It says who it is, and that is whom the configuration names.
    async fn greeting(&mut self, sut: &SutConfig) -> Result<(), Finding> {
        let reply = self.ask(Op::Hello).await.map_err(|error| self.speechless(error))?;
        if reply.status != Status::Ok {
            return Err(self.fault(format!("refuses the greeting `hello`{}", told(&reply))));
        }
        let hello: Hello = reply.body().map_err(|error| {
            self.fault(format!("leaves something out of its reply to `hello`: {error}"))
        })?;
        if !hello.positions.iter().any(|position| position == POSITION) {
            return Err(self.fault(format!("does not name the position {POSITION} in `positions`")));
        }
        for (what, named, said) in [
            ("name", &sut.product.name, &hello.product),
            ("version", &sut.product.version, &hello.version),
        ] {
            if named != said {
                return Err(Finding::new(
                    Blame::Configuration,
                    format!("madoguchi.yaml gives the {what} {named}, the product {said}"),
                    "start the product that is meant, or correct `product` in madoguchi.yaml",
                ));
            }
        }
        Ok(())
    }

    /// Why there is no first word, as far as it can be told from outside.
    fn speechless(&self, error: BenchError) -> Finding {
        let is_gone = matches!(error, BenchError::ProductGone { .. });
        let is_silent = matches!(error, BenchError::ProductSilent { .. });
        let is_unreadable = matches!(error, BenchError::ProductUnreadable { .. });
        let (what, found) = (error.to_string(), Finding::from(error));
        if is_gone && self.is_process {
            // Mostly it never began: a wrong path, a missing module.
            return Finding::new(
                Blame::Configuration,
                format!("{what}, before its first word"),
                BY_HAND,
            );
        }
        let next = match (self.is_process, is_silent, is_unreadable) {
            (true, true, _) => FLUSH,
            (true, _, true) => ONE_LINE,
            (false, _, true) => ONE_OBJECT,
            (_, _, false) => return found,
        };
        Finding { next: next.to_owned(), ..found }
    }

    async fn take(&mut self, step: Step) -> Result<(), Finding> {
        match step {
            Step::Echo => self.echo().await,
            Step::KnownBad => self.known_bad().await,
            Step::Unknown => self.unknown().await,
            Step::Nothing => self.nothing_from_nothing().await,
        }
    }

    /// It begins anew and opens a chart that there is: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding> {
        let reset = Reset {
            institution: "1319999999".to_owned(),
            name: "架空医療機関".to_owned(),
            folders: Folders::under(self.root.path()),
            charts: vec![chart()],
        };
        for (name, op) in
            [("reset", Op::Reset(reset)), ("arrive", Op::Arrive { chart: "K-1".to_owned() })]
        {
            let reply = self.ask(op).await?;
            if reply.status != Status::Ok {
                let what = format!("refuses `{name}`, which can be done{}", told(&reply));
                return Err(self.fault(what));
            }
        }
        Ok(())
    }

    /// It has no chart that there is not: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        let reply = self.ask(Op::Arrive { chart: "K-2".to_owned() }).await?;
        match reply.status {
            Status::Error => Ok(()),
            Status::Ok => Err(self.fault(
                "says ok to `arrive` with a chart that there is not; its ok would mean nothing",
            )),
            Status::Rejected | Status::Unsupported => Err(self.fault(format!(
                "has to answer `arrive` with a chart that there is not by the status error{}",
                told(&reply)
            ))),
        }
    }

    /// It says that it does not do what it does not know.
    async fn unknown(&mut self) -> Result<(), Finding> {
        let reply = self.ask(Op::NoSuchOperation).await?;
        match reply.status {
            Status::Unsupported => Ok(()),
            Status::Ok => Err(self.fault("says ok to an operation that nobody knows")),
            Status::Rejected | Status::Error => Err(self.fault(format!(
                "has to answer an operation that it does not know by the status unsupported{}",
                told(&reply)
            ))),
        }
    }

    /// Where no file came, it has no result.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        let reply = self.ask(Op::Collect(Collect { wait_files: 0, timeout_ms: 10 })).await?;
        if reply.status != Status::Ok {
            return Err(self.fault(format!("cannot look into an empty folder{}", told(&reply))));
        }
        let collected: Collected = reply.body().map_err(|error| {
            self.fault(format!("leaves something out of its reply to `collect`: {error}"))
        })?;
        if collected.results.is_empty() && collected.duplicates == 0 {
            return Ok(());
        }
        Err(self.fault("tells of results although the folder `face` is empty"))
    }

    fn fault(&self, what: impl std::fmt::Display) -> Finding {
        Finding::new(Blame::Product, format!("{} {what}", self.name), PROTOCOL)
    }
}

/// What the product said to it, if anything.
fn told(reply: &Reply) -> String {
    let said = reply.reason.as_deref().or(reply.error_code.as_deref());
    said.map(|said| format!(": {said}")).unwrap_or_default()
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
