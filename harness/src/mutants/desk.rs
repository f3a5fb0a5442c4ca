//! Defects of the receipt computer: a wrapper that misunderstands orders and results as a bad product would.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};
use sim_reader::institution::Chart;
use sim_reader::institution::protocol::{Claim, Op, Reply, Request, Status, code};
use sim_reader::terminal::xml;

use super::edit::{Seam, Way};
use super::plant::{Plant, Planted};
use super::seam::Editing;
use crate::sut::{Performing, ReceiptComputer};

/// What the receipt computer does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskDefect {
    /// Each result is the waiting patient's, or the first chart's where nobody waits.
    NewestFile,
    /// Where staff should be asked, the chart at hand is opened.
    NobodyAsked,
    /// Results that are taken in together change charts, and units of a bulk result change entries.
    MixedUp,
    /// No result opens a chart.
    NothingOpened,
    /// Claims are made on the chart's insurance instead of the confirmed one.
    ClaimsOnChart,
    /// Where nothing was confirmed, the chart's insurance is claimed on.
    ClaimsUnconfirmed,
    /// What was confirmed is forgotten before it is claimed.
    ConfirmedForgotten,
    /// The first present insurance of an unclear case is overlooked.
    PresentOverlooked,
    /// The old insurance of an unclear case is overlooked.
    OldOverlooked,
    /// Whatever lies in `face` is taken in at once, complete or not.
    HalfTakenIn,
    /// In a disaster the claim is made as if the patient had declared something.
    DisasterOverlooked,
}

impl Planted {
    /// The receipt computer with the defect around it.
    pub fn receipt_computer(&self, right: Box<dyn ReceiptComputer>) -> Box<dyn ReceiptComputer> {
        let defect = if let Some(&Plant::Desk(defect)) = self.get() { Some(defect) } else { None };
        let asks = self.editing(Seam::Desk, Way::Request);
        let answers = self.editing(Seam::Desk, Way::Answer);
        if defect.is_none() && asks.is_none() && answers.is_none() {
            return right;
        }
        Box::new(Mistaken {
            right,
            defect,
            asks,
            answers,
            charts: Vec::new(),
            waiting: None,
            face: None,
            halves: BTreeSet::new(),
        })
    }
}

/// A receipt computer with a defect.
struct Mistaken {
    right: Box<dyn ReceiptComputer>,
    defect: Option<DeskDefect>,
    asks: Option<Editing>,
    answers: Option<Editing>,
    charts: Vec<Chart>,
    waiting: Option<String>,
    face: Option<PathBuf>,
    halves: BTreeSet<String>,
}

impl ReceiptComputer for Mistaken {
    fn perform(&mut self, request: Request) -> Performing<'_> {
        Box::pin(async move {
            let name = name(&request.op);
            let request = self.understood(edited(self.asks.as_ref(), name, request));
            let claim = if let Op::Claim(claim) = &request.op { Some(claim.clone()) } else { None };
            let id = request.id;
            let mut reply = self.right.perform(request).await?;
            if let Some(claim) = claim.filter(|_| self.claims_anyway(&reply)) {
                let op = Op::Claim(Box::new(self.on_chart(*claim)));
                reply = self.right.perform(Request { id, op }).await?;
            }
            self.decide(&mut reply);
            Ok(edited(self.answers.as_ref(), name, reply))
        })
    }
}

impl Mistaken {
    /// The order as it is understood.
    fn understood(&mut self, request: Request) -> Request {
        let Request { id, op } = request;
        let op = match op {
            Op::Reset(reset) => {
                self.charts.clone_from(&reset.charts);
                self.face = Some(reset.folders.face.clone());
                Op::Reset(reset)
            }
            Op::Arrive { chart } => {
                self.waiting = Some(chart.clone());
                Op::Arrive { chart }
            }
            Op::Claim(claim) => Op::Claim(Box::new(self.claim(*claim))),
            Op::Collect(collect) => {
                self.take_halves();
                Op::Collect(collect)
            }
            op @ (Op::Hello
            | Op::Ask(_)
            | Op::Information(_)
            | Op::Bulk(_)
            | Op::Register(_)
            | Op::NoSuchOperation) => op,
        };
        Request { id, op }
    }

    /// Remembers what is only half there, so that nothing of it is looked at again.
    fn take_halves(&mut self) {
        let Some(face) =
            self.face.as_ref().filter(|_| self.defect == Some(DeskDefect::HalfTakenIn))
        else {
            return;
        };
        let files = std::fs::read_dir(face).into_iter().flatten().flatten();
        let half = files.filter(|file| {
            std::fs::read(file.path()).is_ok_and(|bytes| xml::parse(&bytes).is_err())
        });
        self.halves.extend(half.filter_map(|file| file.file_name().into_string().ok()));
    }

    fn claim(&self, mut claim: Claim) -> Claim {
        let Some(defect) = self.defect else { return claim };
        if let Some(unclear) = &mut claim.unclear {
            if defect == DeskDefect::PresentOverlooked {
                unclear.current = None;
            } else if defect == DeskDefect::OldOverlooked {
                unclear.old = None;
            } else if defect == DeskDefect::DisasterOverlooked {
                let declared = json!({"address": "不明", "employer": "不明", "contact": "不明"});
                unclear.declared = serde_json::from_value(declared).ok();
            }
        }
        if defect == DeskDefect::ClaimsOnChart && claim.typed.is_none() && claim.unclear.is_none() {
            return self.on_chart(claim);
        }
        claim
    }

    fn on_chart(&self, claim: Claim) -> Claim {
        let chart = self.charts.iter().find(|chart| chart.id == claim.chart);
        Claim { typed: chart.and_then(|chart| chart.insurance.clone()), ..claim }
    }

    fn claims_anyway(&self, reply: &Reply) -> bool {
        self.defect == Some(DeskDefect::ClaimsUnconfirmed)
            && reply.error_code.as_deref() == Some(code::NOTHING_CONFIRMED)
    }

    /// The decisions about results as it tells them.
    fn decide(&self, reply: &mut Reply) {
        if self.defect == Some(DeskDefect::ConfirmedForgotten)
            && reply.body.contains_key("claim_base64")
        {
            reply.status = Status::Rejected;
            reply.error_code = Some(code::NOTHING_CONFIRMED.to_owned());
        }
        let Some(Value::Array(results)) = reply.body.get_mut("results") else { return };
        results.retain(|one| {
            let file = one.get("file").and_then(Value::as_str);
            file.is_none_or(|file| !self.halves.contains(file))
        });
        if self.defect == Some(DeskDefect::MixedUp) {
            turn(results, "chart");
            turn(results, "identifier");
        }
        let at_hand =
            self.waiting.clone().or_else(|| self.charts.first().map(|one| one.id.clone()));
        for result in results {
            let asked = result.get("decision").and_then(Value::as_str) == Some("ask-staff");
            let opened = match self.defect {
                Some(DeskDefect::NewestFile) => at_hand.is_some(),
                Some(DeskDefect::NobodyAsked) => asked && at_hand.is_some(),
                Some(_) | None => false,
            };
            if opened {
                result["decision"] = json!("opened");
                result["chart"] = json!(at_hand);
            }
            if self.defect == Some(DeskDefect::NothingOpened) {
                result["decision"] = json!("unknown");
                result["chart"] = Value::Null;
            }
        }
    }
}

/// Gives what the first has under a name to the last, and so on.
fn turn(results: &mut [Value], name: &str) {
    let held: Vec<Value> = results.iter().rev().filter_map(|one| one.get(name)).cloned().collect();
    for (result, other) in results.iter_mut().zip(held) {
        result[name] = other;
    }
}

fn name(op: &Op) -> &'static str {
    match op {
        Op::Hello => "hello",
        Op::Reset(_) => "reset",
        Op::Arrive { .. } => "arrive",
        Op::Collect(_) => "collect",
        Op::Ask(_) => "ask",
        Op::Information(_) => "information",
        Op::Bulk(_) => "bulk",
        Op::Register(_) => "register",
        Op::Claim(_) => "claim",
        Op::NoSuchOperation => "no-such-operation",
    }
}

/// The line as it goes on; one that would not be a line any more stays as it was.
fn edited<T>(editing: Option<&Editing>, name: &str, line: T) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let Some(editing) = editing else { return line };
    let changed = serde_json::to_vec(&line).map(|bytes| editing.changed(name, &bytes));
    let read = changed.and_then(|bytes| serde_json::from_slice(&bytes));
    read.unwrap_or(line)
}
