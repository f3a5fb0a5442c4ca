//! The institution behind the counter: its inbox, its charts and its claims.
//!
//! [`Institution`] is the bench's reference receipt computer (レセコン). It knows the terminal through the shared folders
//! only, like any product, and answers the operations of [`protocol`]. It never takes "the newest file" for the waiting
//! patient, keeps nothing of a patient but charts and confirmed numbers, and times out without an answer file.

mod basis;
pub mod chart;
pub mod claim;
mod exchange;
mod health_checks;
mod history;
pub mod inbox;
mod kana;
mod many;
mod many_messages;
pub mod messages;
pub mod protocol;
#[cfg(test)]
mod samples;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime};

use basis::Basis;
pub use chart::{Chart, Doubt, Insurance, Match, match_result};
use claim::Claimant;
pub use exchange::DeskError;
use exchange::{Exchange, Outgoing};
use inbox::{Content, Inbox};
pub use messages::{FaceResult, ResultRecord, Search};
use protocol::{
    Ask, Asked, Claim, Claimed, Collect, Collected, Decision, Hello, Op, Reply, Request, Reset,
    Verdict,
};

/// Time between two looks into a folder.
const POLL: Duration = Duration::from_millis(20);

/// The reference receipt computer of one institution.
#[derive(Debug)]
pub struct Institution {
    code: String,
    name: String,
    charts: Vec<Chart>,
    waiting: Option<String>,
    exchange: Exchange,
    inbox: Inbox,
    /// Decisions that `collect` has not told yet.
    untold: Collected,
    confirmations: Vec<Confirmation>,
}

/// A valid insurance that was told for a chart and a day.
#[derive(Debug, Clone)]
struct Confirmation {
    chart: String,
    day: Option<Date>,
    time: Option<DateTime>,
    insurance: Insurance,
    relation: Option<u8>,
}

impl Institution {
    /// An institution with its folders and charts.
    pub fn new(start: Reset) -> Self {
        Self {
            exchange: Exchange::new(start.institution.clone(), start.folders),
            code: start.institution,
            name: start.name,
            charts: start.charts,
            waiting: None,
            inbox: Inbox::default(),
            untold: Collected::default(),
            confirmations: Vec::new(),
        }
    }

    /// Performs one operation of the protocol.
    pub async fn perform(&mut self, request: Request) -> Reply {
        let id = request.id;
        let done = match request.op {
            Op::Hello => Ok(Reply::ok(id, hello())),
            Op::Reset(start) => {
                *self = Self::new(start);
                Ok(Reply::ok(id, ()))
            }
            Op::Arrive { chart } => self.arrive(&chart).map(|()| Reply::ok(id, ())),
            Op::Collect(collect) => self.collect(collect).await.map(|body| Reply::ok(id, body)),
            Op::Ask(ask) => self.ask(&ask).await.map(|body| Reply::ok(id, body)),
            Op::Information(asked) => {
                self.information(&asked).await.map(|body| Reply::ok(id, body))
            }
            Op::Bulk(bulk) => self.bulk(&bulk).await.map(|body| Reply::ok(id, body)),
            Op::Register(register) => {
                self.register(&register).await.map(|body| Reply::ok(id, body))
            }
            Op::Claim(claim) => self.claim(&claim).map(|body| Reply::ok(id, body)),
            Op::NoSuchOperation => {
                let reason = "there is no such operation".to_owned();
                Ok(Reply::not_ok(id, protocol::Status::Unsupported, None, reason))
            }
        };
        done.unwrap_or_else(|error| error.reply(id))
    }

    /// Notes whose chart is open at the counter. It decides nothing: results are matched by their content.
    ///
    /// # Errors
    /// [`DeskError::NoChart`].
    pub fn arrive(&mut self, chart: &str) -> Result<(), DeskError> {
        self.waiting = Some(self.chart(chart)?.id.clone());
        Ok(())
    }

    /// The chart that is open at the counter.
    pub fn waiting(&self) -> Option<&str> {
        self.waiting.as_deref()
    }

    /// Takes in new face files until there are enough or the time is over, and tells each decision once.
    ///
    /// # Errors
    /// [`DeskError::Folder`] when `face` cannot be listed.
    pub async fn collect(&mut self, collect: Collect) -> Result<Collected, DeskError> {
        let limit = Duration::from_millis(collect.timeout_ms);
        let enough = async {
            loop {
                self.take_in()?;
                if self.untold.results.len() + self.untold.duplicates >= collect.wait_files {
                    return Ok::<(), DeskError>(());
                }
                tokio::time::sleep(POLL).await;
            }
        };
        tokio::time::timeout(limit, enough).await.unwrap_or(Ok(()))?;
        Ok(std::mem::take(&mut self.untold))
    }

    /// Asks by numbers. The answer tells validity only, not who stands there: it confirms nothing for a claim.
    ///
    /// # Errors
    /// [`DeskError`]; no answer file in time is [`DeskError::NoAnswer`].
    pub async fn ask(&mut self, ask: &Ask) -> Result<Asked, DeskError> {
        let outgoing = Outgoing {
            family: "OQSsiquc01",
            message: messages::number_query(
                &self.code,
                &ask.search,
                ask.date,
                &ask.file_identifier,
            ),
            identifier: ask.file_identifier.clone(),
            encoding: ask.encoding,
        };
        let answer = self.exchange.send(&outgoing, Duration::from_millis(ask.timeout_ms)).await?;
        Ok(asked(&FaceResult::read(&answer)?))
    }

    /// Writes the claims of one visit or of several in a month: on the confirmed numbers, one claim for each qualification
    /// (OQS-CLM-10); in the old flow on typed ones without SN record; in an unclear case on the best that is known (OQS-CLM-12).
    /// Results that wait in `face` are taken in first.
    ///
    /// # Errors
    /// [`DeskError::NothingConfirmed`] when there is none of it; the others as they say.
    pub fn claim(&mut self, claim: &Claim) -> Result<Claimed, DeskError> {
        self.take_in()?;
        let month = exchange::six_digits(&claim.month)?;
        let mut days: Vec<Date> = claim.also.iter().copied().chain([claim.day]).collect();
        days.sort();
        days.dedup();
        if days.iter().any(|day| month != day.strftime("%Y%m").to_string()) {
            return Err(DeskError::Request("the days do not lie in the month claimed".into()));
        }
        let chart = self.chart(&claim.chart)?;
        let bases = self.bases(claim, days)?;
        let by = Claimant { institution: &self.code, name: &self.name };
        let lines: Vec<_> = bases.iter().map(|basis| basis.lines(by, chart)).collect();
        let known = self.confirmed(&claim.chart, claim.day);
        let differences = claim
            .typed
            .as_ref()
            .zip(known)
            .map(|(typed, known)| typed.differences(&known.insurance));
        Ok(Claimed {
            claim_base64: STANDARD.encode(claim::write(&lines)?),
            differences: differences.into_iter().flatten().map(str::to_owned).collect(),
        })
    }

    /// What is claimed on, for which days.
    fn bases(&self, claim: &Claim, days: Vec<Date>) -> Result<Vec<Basis>, DeskError> {
        let relation = self.confirmed(&claim.chart, claim.day).and_then(|known| known.relation);
        match (&claim.typed, &claim.unclear) {
            (Some(typed), _) => Ok(vec![Basis::typed(typed, relation, days)]),
            (None, Some(unclear)) => Ok(vec![Basis::unclear(unclear, days)]),
            (None, None) => {
                let told = days.into_iter().map(|day| {
                    let known = self.confirmed(&claim.chart, day);
                    known.map(|known| (day, known)).ok_or(DeskError::NothingConfirmed)
                });
                told.collect::<Result<Vec<_>, _>>().map(basis::by_qualification)
            }
        }
    }

    fn take_in(&mut self) -> Result<(), DeskError> {
        for arrival in self.inbox.scan(&self.exchange.folders().face)? {
            let decided = match arrival.content {
                Content::Duplicate => {
                    self.untold.duplicates += 1;
                    continue;
                }
                Content::Result(result) => self.decide(arrival.file, &result),
                Content::Unusable(error) => {
                    tracing::warn!(file = arrival.file, %error, "a face file holds no result");
                    decision(arrival.file, (Verdict::AskStaff, None, None), None)
                }
            };
            self.untold.results.push(decided);
        }
        Ok(())
    }

    fn decide(&mut self, file: String, result: &FaceResult) -> Decision {
        // A result of another institution has no business here (OQS-QUAL-07).
        let matched = if result.institution == self.code {
            match_result(&self.charts, result)
        } else {
            Match::Unknown
        };
        self.accept(&matched, result);
        let said = match matched {
            Match::Opened { chart } => (Verdict::Opened, Some(chart), None),
            Match::AskStaff { why, .. } => (Verdict::AskStaff, None, Some(why)),
            Match::Unknown => (Verdict::Unknown, None, None),
        };
        decision(file, said, Some(result.validity))
    }

    /// A valid result of an opened chart is kept for the claim (OQS-CLM-01). The chart itself is changed by staff only.
    fn accept(&mut self, matched: &Match, result: &FaceResult) {
        let Match::Opened { chart: id } = matched else { return };
        let Some(person) = result.person().filter(|_| result.validity == 1) else { return };
        let Some(insurance) = person.insurance.clone() else { return };
        let (day, time, relation) = (result.confirmation_date, result.time, person.relation);
        self.confirmations.push(Confirmation { chart: id.clone(), day, time, insurance, relation });
    }

    /// What was confirmed last for that day.
    fn confirmed(&self, chart: &str, day: Date) -> Option<&Confirmation> {
        let usable = |known: &&Confirmation| known.chart == chart && known.day == Some(day);
        self.confirmations.iter().filter(usable).max_by_key(|known| known.time)
    }

    fn chart(&self, id: &str) -> Result<&Chart, DeskError> {
        self.charts
            .iter()
            .find(|chart| chart.id == id)
            .ok_or_else(|| DeskError::NoChart(id.to_owned()))
    }
}

fn hello() -> Hello {
    Hello {
        product: "madoguchi reference institution".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        positions: vec!["receipt-computer".into()],
    }
}

fn decision(
    file: String,
    (decision, chart, why): (Verdict, Option<String>, Option<Doubt>),
    validity: Option<u8>,
) -> Decision {
    Decision { file, decision, chart, validity, why }
}

fn asked(result: &FaceResult) -> Asked {
    let person = result.person();
    let numbers = person.and_then(|person| person.insurance.clone());
    Asked {
        validity: result.validity,
        name: person.map(|person| person.name.clone()),
        insurer_number: numbers.as_ref().map(|numbers| numbers.insurer_number.clone()),
        symbol: numbers.as_ref().and_then(|numbers| numbers.symbol.clone()),
        number: numbers.as_ref().map(|numbers| numbers.number.clone()),
        branch: numbers.and_then(|numbers| numbers.branch),
        limit: person.and_then(|person| person.limit.clone()),
    }
}
