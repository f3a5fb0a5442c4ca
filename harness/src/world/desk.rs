//! What happens at the desk behind the reader: queries by numbers, care history, results taken in.

use jiff::ToSpan as _;
use jiff::civil::Date;
use sim_reader::institution::protocol::{
    Ask, Asked, Collect, Collected, Decision, Information, Informed, Op, Reply, Status, Verdict,
    code,
};
use sim_reader::institution::{Chart as DeskChart, Insurance, Search};

use super::actors::encoding;
use super::reading;
use super::stage::Stage;
use crate::clock::jst_day;
use crate::error::BenchError;
use crate::model::{
    Chart, InboxDecision, InformationKind, InformationOutcome, InformationRequest, NumberQuery,
    Numbers, Occasion, Outcome, QueryOutcome, Record,
};

/// How long the receipt computer waits for a file, in milliseconds. Long: a time-out is never a verdict.
const FILE_LIMIT_MS: u64 = 4_000;
/// How long an answer to a request may take. Longer than a product's own limit for one operation, so that a machine which is
/// busy makes a product silent, and never wrong.
pub(super) const ANSWER_LIMIT_MS: u64 = 20_000;

/// A chart as the receipt computer takes it.
pub fn chart(chart: &Chart) -> DeskChart {
    DeskChart {
        id: chart.id.clone(),
        name: chart.name.clone(),
        kana: chart.kana.clone(),
        birthdate: chart.birthdate,
        sex: chart.sex,
        insurance: chart.insurance.as_ref().map(insurance),
        reference_number: None,
    }
}

pub(super) fn insurance(numbers: &Numbers) -> Insurance {
    Insurance {
        insurer_number: numbers.insurer_number.clone(),
        symbol: numbers.symbol.clone(),
        number: numbers.number.clone(),
        branch: numbers.branch.clone(),
    }
}

pub(super) fn body<T: serde::de::DeserializeOwned>(reply: &Reply) -> Result<T, BenchError> {
    let unreadable = |error: serde_json::Error| BenchError::ProductUnreadable {
        product: "the receipt computer".to_owned(),
        reason: error.to_string(),
    };
    reply.body().map_err(unreadable)
}

/// Why a reply is no answer. What a product leaves out is not held against it.
pub(super) fn failed(reply: &Reply) -> BenchError {
    let reason = reply.reason.clone().or_else(|| reply.error_code.clone()).unwrap_or_default();
    let product = "the receipt computer".to_owned();
    if reply.status == Status::Unsupported {
        return BenchError::ProductUnsupported { product, what: reason };
    }
    BenchError::ProductError { product, reason }
}

impl Stage {
    /// A query by numbers: what the receipt computer made of the answer, beside the answer file itself.
    pub(super) async fn number_query(
        &mut self,
        query: &NumberQuery,
    ) -> Result<Outcome, BenchError> {
        if !self.world().institutions.contains_key(&query.institution) {
            return Ok(Outcome::Query(QueryOutcome::Refused));
        }
        let mark = self.taps().file_count();
        let encoding = encoding(self.encoding_of(&query.institution));
        let counter = self.counter(&query.institution).await?;
        let ask = Ask {
            search: Search {
                insurance: insurance(&query.numbers),
                birthdate: query.birthdate,
                limit_consent: query.limit_consent,
            },
            date: query.date,
            file_identifier: counter.next_identifier(),
            encoding,
            timeout_ms: ANSWER_LIMIT_MS,
        };
        let reply = counter.try_perform(Op::Ask(ask)).await?;
        let outcome = match reply.status {
            Status::Ok => self.answered(mark, &body::<Asked>(&reply)?)?,
            Status::Rejected => QueryOutcome::Refused,
            Status::Error if reply.error_code.as_deref() == Some(code::NO_ANSWER) => {
                QueryOutcome::Silent
            }
            Status::Error | Status::Unsupported => return Err(failed(&reply)),
        };
        Ok(Outcome::Query(outcome))
    }

    /// The answer file, with those fields in which the receipt computer read something else.
    fn answered(&self, mark: usize, asked: &Asked) -> Result<QueryOutcome, BenchError> {
        let files = self.taps().files_since(mark);
        let file = files.iter().find(|file| file.folder == "res").ok_or(BenchError::Reading {
            part: "terminal",
            reason: "an answer without an answer file".to_owned(),
        })?;
        let QueryOutcome::Answered { record, .. } = reading::answer(&file.bytes)? else {
            return Ok(QueryOutcome::Refused);
        };
        let as_read = |record: Record| Record {
            numbers: Numbers {
                insurer_number: asked.insurer_number.clone().unwrap_or_default(),
                symbol: asked.symbol.clone(),
                number: asked.number.clone().unwrap_or_default(),
                branch: asked.branch.clone(),
            },
            name: asked.name.clone().unwrap_or_default(),
            ..record
        };
        Ok(QueryOutcome::Answered {
            validity: asked.validity,
            record: record.map(as_read),
            limit: asked.limit.clone(),
        })
    }

    /// A request for the care history: drugs of this and the last three months, or all health checks.
    pub(super) async fn information(
        &mut self,
        request: &InformationRequest,
    ) -> Result<Outcome, BenchError> {
        let today = jst_day(self.clock().now());
        let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
        let first = today.checked_sub(3.months()).unwrap_or(today);
        let kind = match request.kind {
            InformationKind::Drugs => "drugs",
            InformationKind::DrugsDocument => "drugs-document",
            InformationKind::Care => "care",
            InformationKind::HealthChecks => "health-checks",
        };
        let Some(numbers) = self.numbers_on_file(&request.institution, &request.person) else {
            return Ok(Outcome::Information(InformationOutcome::Refused));
        };
        let op = Op::Information(Information {
            kind: kind.to_owned(),
            insurance: insurance(&numbers),
            from: month(first),
            to: month(today),
            medical_treatment_flag: flag(request.occasion).to_owned(),
            timeout_ms: ANSWER_LIMIT_MS,
        });
        let mark = self.taps().file_count();
        let reply = self.counter(&request.institution).await?.try_perform(op).await?;
        let outcome = match reply.status {
            Status::Ok => self.informed(mark, request.kind, body(&reply)?),
            Status::Rejected => InformationOutcome::Refused,
            Status::Error if reply.error_code.as_deref() == Some(code::NO_ANSWER) => {
                InformationOutcome::Silent
            }
            Status::Error | Status::Unsupported => return Err(failed(&reply)),
        };
        Ok(Outcome::Information(outcome))
    }

    /// A document is one where the file that the receipt computer names holds one.
    fn informed(
        &self,
        mark: usize,
        kind: InformationKind,
        informed: Informed,
    ) -> InformationOutcome {
        let files = self.taps().files_since(mark);
        let is_document = |name: &String| {
            let mut named = files.iter().filter(|file| file.folder == "res" && file.name == *name);
            named.any(|file| file.bytes.starts_with(b"%PDF-"))
        };
        if informed.document.as_ref().is_some_and(is_document) {
            return InformationOutcome::Document;
        }
        InformationOutcome::Given(given(kind, informed))
    }

    /// The receipt computer takes in every result that waits at an institution.
    pub(super) async fn collect(
        &mut self,
        institution: &str,
        waiting: Option<&str>,
    ) -> Result<Outcome, BenchError> {
        let expected = self.take_waiting_results(institution);
        let early = self.take_early();
        let counter = self.counter(institution).await?;
        if let Some(chart) = waiting {
            counter.perform(Op::Arrive { chart: chart.to_owned() }).await?;
        }
        let known = |decision: &&Decision| expected.iter().any(|(file, _)| *file == decision.file);
        let wait_files = expected.len() - early.iter().filter(known).count();
        let collect = Collect { wait_files, timeout_ms: FILE_LIMIT_MS };
        let collected: Collected = body(&counter.perform(Op::Collect(collect)).await?)?;
        let mut decisions = std::collections::BTreeMap::new();
        for (file, person) in expected {
            let mut told = collected.results.iter().chain(&early);
            let found = told.find(|decision| decision.file == file);
            let decision = match found.map(|decision| (decision.decision, &decision.chart)) {
                Some((Verdict::Opened, Some(chart))) => InboxDecision::Opened(chart.clone()),
                Some((Verdict::AskStaff, _)) => InboxDecision::AskStaff,
                Some((Verdict::Unknown | Verdict::Opened, _)) | None => InboxDecision::Unknown,
            };
            decisions.insert(person, decision);
        }
        Ok(Outcome::Inbox(decisions))
    }
}

/// MedicalTreatmentFlag (CD028).
pub(super) const fn flag(occasion: Option<Occasion>) -> &'static str {
    match occasion {
        None => "1",
        Some(Occasion::HomeVisit) => "2",
        Some(Occasion::Online) => "3",
    }
}

/// The names of what was given, in order.
fn given(kind: InformationKind, informed: Informed) -> Vec<String> {
    match kind {
        InformationKind::Drugs | InformationKind::DrugsDocument => informed.medicines,
        InformationKind::Care => {
            let Informed { care, operations, .. } = informed;
            care.into_iter().chain(operations).collect()
        }
        InformationKind::HealthChecks => {
            let items = informed.checks.into_iter().flat_map(|check| check.items);
            items.map(|item| item.name).collect()
        }
    }
}
