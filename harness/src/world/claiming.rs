//! Claims: written by the receipt computer, judged by the review and payment agency, and read as an outsider reads both.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use serde::Deserialize;
use sim_reader::institution::protocol::{
    Claim as ClaimOp, Claimed, Declared as DeskDeclared, Op, Status, Unclear as DeskUnclear, code,
};
use sim_reader::terminal::Encoding;

use super::actors::plain_client;
use super::desk::{body, failed, insurance};
use super::stage::Stage;
use crate::error::BenchError;
use crate::model::{Claim, ClaimEnd, ClaimOutcome, NumberName, Outcome, Unclear};

/// A page of a scan, as far as it matters: no records. Row OQS-CLM-09.
const SCAN: (&str, &[u8]) = ("application/pdf", b"%PDF-1.7\n%%EOF\n");

impl Stage {
    /// A claim: written by the receipt computer, judged by the review and payment agency.
    pub(super) async fn claim(&mut self, claim: &Claim) -> Result<Outcome, BenchError> {
        // On confirmed data: what came in must have been taken in.
        if claim.typed.is_none() && claim.unclear.is_none() {
            self.collect(&claim.institution, None).await?;
        }
        let counter = self.counter(&claim.institution).await?;
        let reply = counter.try_perform(Op::Claim(Box::new(order(claim)))).await?;
        match reply.status {
            Status::Ok => self.written(claim, &body::<Claimed>(&reply)?).await.map(Outcome::Claim),
            Status::Rejected | Status::Error
                if reply.error_code.as_deref() == Some(code::NOTHING_CONFIRMED) =>
            {
                Ok(Outcome::Claim(ClaimOutcome {
                    end: ClaimEnd::NothingConfirmed,
                    further: Vec::new(),
                    insurers: Vec::new(),
                    reported: BTreeSet::new(),
                }))
            }
            Status::Rejected | Status::Error | Status::Unsupported => Err(failed(&reply)),
        }
    }

    async fn written(&self, claim: &Claim, claimed: &Claimed) -> Result<ClaimOutcome, BenchError> {
        let reported = reported(&claimed.differences)?;
        let records = STANDARD
            .decode(&claimed.claim_base64)
            .map_err(|error| unreadable(error.to_string()))?;
        let insurers = insurers(&records)?;
        let mut ends = if claim.on_paper {
            vec![self.send_scan().await?]
        } else {
            self.submit(records).await?
        }
        .into_iter();
        let end = ends.next().ok_or_else(|| unreadable("the claim file holds no claim".into()))?;
        Ok(ClaimOutcome { end, further: ends.collect(), insurers, reported })
    }

    async fn submit(&self, records: Vec<u8>) -> Result<Vec<ClaimEnd>, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("claim seam", error);
        let url = format!("{}/claims", self.claims_url()?);
        let answer = plain_client()?.post(url).body(records).send().await.map_err(failed)?;
        let judged: Judged = answer.json().await.map_err(failed)?;
        Ok(judged.results.iter().map(JudgedClaim::end).collect())
    }

    async fn send_scan(&self) -> Result<ClaimEnd, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("claim seam", error);
        let url = format!("{}/claims", self.claims_url()?);
        let (kind, page) = SCAN;
        let request = plain_client()?.post(url).header("content-type", kind).body(page);
        let answer = request.send().await.map_err(failed)?;
        if answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            return Ok(ClaimEnd::NotRecords);
        }
        if answer.status().is_success() {
            return Ok(ClaimEnd::Accepted);
        }
        let reason = format!("a scan was answered with HTTP {}", answer.status().as_u16());
        Err(BenchError::Reading { part: "claim seam", reason })
    }
}

fn order(claim: &Claim) -> ClaimOp {
    ClaimOp {
        chart: crate::bench::Bench::chart_id(&claim.person),
        month: format!("{:04}-{:02}", claim.day.year(), claim.day.month()),
        day: claim.day,
        also: claim.also.clone(),
        typed: claim.typed.as_ref().map(insurance),
        unclear: claim.unclear.as_ref().map(unclear),
    }
}

fn unclear(unclear: &Unclear) -> DeskUnclear {
    DeskUnclear {
        current: unclear.current.as_ref().map(insurance),
        old: unclear.old.as_ref().map(insurance),
        declared: unclear.declared.as_ref().map(|declared| DeskDeclared {
            address: declared.address.clone(),
            employer: declared.employer.clone(),
            contact: declared.contact.clone(),
        }),
    }
}

/// The insurer numbers of the HO records, read from the claim itself.
fn insurers(records: &[u8]) -> Result<Vec<String>, BenchError> {
    let text = Encoding::ShiftJis.decode(records).map_err(|error| unreadable(error.to_string()))?;
    let numbers = text.lines().filter_map(|line| line.strip_prefix("HO,"));
    Ok(numbers
        .map(|rest| rest.split(',').next().unwrap_or_default().trim_matches(' ').to_owned())
        .collect())
}

pub(super) fn unreadable(reason: String) -> BenchError {
    BenchError::ProductUnreadable { product: "the receipt computer".to_owned(), reason }
}

/// The numbers that the receipt computer names as different.
fn reported(differences: &[String]) -> Result<BTreeSet<NumberName>, BenchError> {
    let name = |name: &String| match name.as_str() {
        "insurer_number" => Ok(NumberName::InsurerNumber),
        "symbol" => Ok(NumberName::Symbol),
        "number" => Ok(NumberName::Number),
        "branch" => Ok(NumberName::Branch),
        other => Err(unreadable(format!(
            "`differences` names `{other}`; it may name insurer_number, symbol, number and branch"
        ))),
    };
    differences.iter().map(name).collect()
}

/// The agency's answer.
#[derive(Debug, Deserialize)]
struct Judged {
    results: Vec<JudgedClaim>,
}

#[derive(Debug, Deserialize)]
struct JudgedClaim {
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
}

impl JudgedClaim {
    fn end(&self) -> ClaimEnd {
        match (self.outcome.as_str(), self.reason.as_deref()) {
            ("accepted", _) => ClaimEnd::Accepted,
            ("transferred", _) => ClaimEnd::Transferred,
            ("split", _) => ClaimEnd::Split,
            (
                _,
                Some(
                    "qualification_lost" | "not_yet_qualified" | "lost_after_return"
                    | "lost_by_death",
                ),
            ) => ClaimEnd::ReturnedNotQualified,
            (
                _,
                Some(
                    "payer_missing"
                    | "number_not_padded"
                    | "check_record_filled"
                    | "fill_value_wrong"
                    | "remark_missing",
                ),
            ) => ClaimEnd::ReturnedForm,
            _ => ClaimEnd::ReturnedUnknown,
        }
    }
}
