//! Requests about many persons, in two steps: a reception number first, the result when it is ready.

use std::time::Duration;

use super::Institution;
use super::exchange::{DeskError, Exchange, Outgoing};
use super::many_messages as messages;
use super::messages::text;
use super::protocol::{Bulk, Bulked, Register, Registered};
use crate::terminal::messages::{Problem, normal_body};
use crate::terminal::xml::Element;

impl Institution {
    /// Asks about many by their numbers. Like [`Institution::ask`], it confirms nothing for a claim.
    ///
    /// # Errors
    /// [`DeskError`]; no result in time is [`DeskError::NoAnswer`], a result under another reception number
    /// [`DeskError::WrongAnswer`].
    pub async fn bulk(&mut self, bulk: &Bulk) -> Result<Bulked, DeskError> {
        let request = Outgoing {
            family: "OQSmuquc01",
            message: messages::bulk_query(
                &self.code,
                &bulk.entries,
                bulk.date,
                &bulk.file_identifier,
            ),
            identifier: bulk.file_identifier.clone(),
            encoding: bulk.encoding,
        };
        let times = Times::new(bulk.pause_ms, bulk.timeout_ms);
        let result =
            in_two_steps(&self.code, &mut self.exchange, request, "OQSmuquc02", times).await?;
        Ok(Bulked { results: messages::bulk_results(&result, &bulk.entries)? })
    }

    /// Registers this institution's own numbers for persons. The charts are changed by staff only.
    ///
    /// # Errors
    /// As [`Institution::bulk`]; an entry that is refused is no error.
    pub async fn register(&mut self, register: &Register) -> Result<Registered, DeskError> {
        let identifier = self.exchange.identifier();
        let message = messages::registration(&self.code, &register.entries, &identifier);
        let times = Times::new(register.pause_ms, register.timeout_ms);
        let encoding = register.encoding;
        if register.bulk {
            let request = Outgoing { family: "OQSmuimm01", message, identifier, encoding };
            let result =
                in_two_steps(&self.code, &mut self.exchange, request, "OQSmuimm02", times).await?;
            return Ok(Registered {
                results: messages::registrations(&result, &register.entries)?,
            });
        }
        let [entry] = register.entries.as_slice() else {
            return Err(DeskError::Request("more than one number needs `bulk`".into()));
        };
        let request = Outgoing { family: "OQSsiimm01", message, identifier, encoding };
        let answer = self.exchange.send(&request, times.limit).await?;
        let body = normal_body(&answer).map_err(super::messages::ResultError::from)?;
        Ok(Registered { results: vec![messages::registering(body, entry)?] })
    }
}

/// How patient the receipt computer is.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// Between two questions for one result.
    pause: Duration,
    /// For everything.
    limit: Duration,
}

impl Times {
    fn new(pause_ms: u64, limit_ms: u64) -> Self {
        Self { pause: Duration::from_millis(pause_ms), limit: Duration::from_millis(limit_ms) }
    }
}

/// Row OQS-MSG-12: "in process" means to ask again, for as long as there is time.
async fn in_two_steps(
    institution: &str,
    exchange: &mut Exchange,
    request: Outgoing,
    result_family: &'static str,
    times: Times,
) -> Result<Element, DeskError> {
    let steps = async {
        let taken = exchange.send(&request, times.limit).await?;
        let number = reception_number(&taken)?;
        let question = Outgoing {
            family: result_family,
            message: messages::reception_request(institution, &number),
            ..request
        };
        loop {
            let answer = exchange.send(&question, times.limit).await?;
            if let Some(result) = ready(answer, &number)? {
                return Ok(result);
            }
            tokio::time::sleep(times.pause).await;
        }
    };
    tokio::time::timeout(times.limit, steps).await.unwrap_or(Err(DeskError::NoAnswer))
}

/// Row OQS-BULK-01.
fn reception_number(taken: &Element) -> Result<String, DeskError> {
    let body = normal_body(taken).map_err(super::messages::ResultError::from)?;
    let number = text(body, "ReceptionNumber").ok_or(Problem::Incomplete("ReceptionNumber"));
    Ok(number.map_err(super::messages::ResultError::from)?)
}

/// The result, `None` while it is in process. Row OQS-BULK-06: one under another number is not ours.
fn ready(answer: Element, ours: &str) -> Result<Option<Element>, DeskError> {
    let header = answer.child("MessageHeader");
    let theirs = header.and_then(|header| text(header, "ReceptionNumber"));
    let segment = header.and_then(|header| text(header, "SegmentOfResult"));
    let in_process = segment.as_deref() == Some("2");
    if !in_process {
        normal_body(&answer).map_err(super::messages::ResultError::from)?;
    }
    match theirs {
        Some(theirs) if theirs != ours => Err(DeskError::WrongAnswer),
        None if !in_process => Err(DeskError::WrongAnswer),
        Some(_) | None => Ok((!in_process).then_some(answer)),
    }
}
