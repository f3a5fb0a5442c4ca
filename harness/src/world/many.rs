//! What the desk asks about many at once, and the reference numbers it registers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sim_reader::institution::protocol::{
    Bulk, BulkEntry as AskedEntry, BulkResult, Bulked, KnownLimit, Op, REFERENCE_NUMBER, Register,
    Registered, Registration as RegisteredEntry, Status, code,
};
use sim_reader::terminal::Encoding;
use sim_reader::terminal::messages::message;
use sim_reader::terminal::xml::{self, Element};

use super::actors::encoding;
use super::bulk_seam::BulkSeam;
use super::claiming::unreadable;
use super::desk::{body, failed, insurance};
use super::stage::Stage;
use super::{feeding, reading};
use crate::error::BenchError;
use crate::model::{
    BULK_SECONDS, BulkAnswer, BulkEntry, BulkOutcome, BulkQuery, Numbers, Outcome, Record,
    Registration, RegistrationOutcome, UnitOutcome,
};
use crate::taps::FileSeen;

/// How long the receipt computer waits for a result, in milliseconds. Long: a time-out is never a verdict.
const RESULT_LIMIT_MS: u64 = 10_000;

/// How long it waits before it asks for a result once more, in milliseconds. Short: the clock is the story's.
const PAUSE_MS: u64 = 1;

/// The bulk queries of a story.
#[derive(Debug)]
pub(super) struct BulkDesk {
    seam: BulkSeam,
    sent: u64,
    last: Option<Sent>,
}

/// A bulk query that was taken.
#[derive(Debug, Clone)]
struct Sent {
    reception_number: String,
    /// Of one of its entries; no other query of the story has it.
    identifier: String,
}

impl BulkDesk {
    pub fn new(seam: BulkSeam) -> Self {
        Self { seam, sent: 0, last: None }
    }
}

impl Stage {
    /// A bulk query: what the receipt computer made of the result, beside the result file itself.
    pub(super) async fn bulk_query(&mut self, query: &BulkQuery) -> Result<Outcome, BenchError> {
        if !self.world().institutions.contains_key(&query.institution) {
            return Ok(Outcome::Bulk(BulkOutcome::Refused));
        }
        let (mark, begin) = (self.taps().file_count(), self.clock().now());
        let encoding = encoding(self.encoding_of(&query.institution));
        self.bulk().sent += 1;
        let nth = self.bulk().sent;
        self.bulk().seam.set_trouble(query.trouble.clone());
        let counter = self.counter(&query.institution).await?;
        let op = Op::Bulk(Bulk {
            entries: query.entries.iter().map(|entry| asked(nth, entry)).collect(),
            date: query.date,
            file_identifier: counter.next_identifier(),
            encoding,
            pause_ms: PAUSE_MS,
            timeout_ms: RESULT_LIMIT_MS,
        });
        let reply = counter.try_perform(op).await;
        self.bulk().seam.set_trouble(None);
        let reply = reply?;
        self.time_was_taken(begin);
        let files = self.taps().files_since(mark);
        self.remember(nth, query, &files);
        let outcome = match reply.status {
            Status::Ok => BulkOutcome::Answered(answer(nth, query, &files, &body(&reply)?)?),
            Status::Rejected => BulkOutcome::Refused,
            Status::Error if reply.error_code.as_deref() == Some(code::WRONG_ANSWER) => {
                BulkOutcome::Alarm
            }
            Status::Error if reply.error_code.as_deref() == Some(code::NO_ANSWER) => {
                BulkOutcome::Silent
            }
            Status::Error | Status::Unsupported => return Err(failed(&reply)),
        };
        Ok(Outcome::Bulk(outcome))
    }

    /// A bulk request takes its time, whatever comes of it.
    pub(super) fn time_was_taken(&self, begin: Timestamp) {
        self.clock().advance(begin + SignedDuration::from_secs(BULK_SECONDS));
    }

    fn remember(&mut self, nth: u64, query: &BulkQuery, files: &[FileSeen]) {
        let taken = named(files, "OQSmuquc01res").next().and_then(parsed);
        let number = taken.as_ref().and_then(|root| root.anywhere("ReceptionNumber"));
        if let (Some(number), Some(entry)) = (number, query.entries.first()) {
            let identifier = wire(nth, &entry.identifier);
            self.bulk().last = Some(Sent { reception_number: number.to_owned(), identifier });
        }
    }

    /// Asks for the last result over the institution's own TLS, past every receipt computer.
    pub(super) async fn bulk_fetch(&mut self, institution: &str) -> Result<Outcome, BenchError> {
        let Some(last) = self.bulk().last.clone() else {
            return Ok(Outcome::BulkFetch { given: false });
        };
        if !self.world().institutions.contains_key(institution) {
            return Ok(Outcome::BulkFetch { given: false });
        }
        let request = message(
            vec![Element::leaf("MedicalInstitutionCode", institution)],
            vec![Element::leaf("ReceptionNumber", last.reception_number)],
        );
        let request = xml::write(&request, Encoding::Utf8)
            .map_err(|error| BenchError::setup("bulk result", error))?;
        let backend = self.counter(institution).await?.backend.clone();
        let answer = backend.send("OQSmuquc02req", request).await;
        let answer = answer.map_err(|error| BenchError::setup("backend seam", error))?.bytes;
        let (root, _) = xml::parse(&answer)
            .map_err(|error| BenchError::Reading { part: "backend", reason: error.to_string() })?;
        let identifiers = root.descendants("ArbitraryIdentifier");
        let given = identifiers.iter().any(|leaf| leaf.text == last.identifier);
        Ok(Outcome::BulkFetch { given })
    }

    /// Reference numbers, registered by the receipt computer.
    pub(super) async fn register(
        &mut self,
        registration: &Registration,
    ) -> Result<Outcome, BenchError> {
        if !self.world().institutions.contains_key(&registration.institution) {
            return Ok(Outcome::Register(RegistrationOutcome::Refused));
        }
        let begin = self.clock().now();
        let encoding = encoding(self.encoding_of(&registration.institution));
        let entries = registration.entries.iter().map(|entry| RegisteredEntry {
            reference_number: entry.reference_number.clone(),
            insurance: insurance(&entry.numbers),
        });
        let op = Op::Register(Register {
            entries: entries.collect(),
            bulk: registration.bulk,
            encoding,
            pause_ms: PAUSE_MS,
            timeout_ms: RESULT_LIMIT_MS,
        });
        let reply = self.counter(&registration.institution).await?.try_perform(op).await?;
        if registration.bulk {
            self.time_was_taken(begin);
        }
        let outcome = match reply.status {
            Status::Ok => {
                let results = body::<Registered>(&reply)?.results;
                RegistrationOutcome::Answered(results.iter().map(|one| one.accepted).collect())
            }
            Status::Rejected => RegistrationOutcome::Refused,
            Status::Error if reply.error_code.as_deref() == Some(code::NO_ANSWER) => {
                RegistrationOutcome::Silent
            }
            Status::Error | Status::Unsupported => return Err(failed(&reply)),
        };
        Ok(Outcome::Register(outcome))
    }
}

/// An identifier that no other query of the story has.
fn wire(nth: u64, identifier: &str) -> String {
    format!("B{nth}-{identifier}")
}

fn asked(nth: u64, entry: &BulkEntry) -> AskedEntry {
    AskedEntry {
        identifier: wire(nth, &entry.identifier),
        insurance: insurance(&entry.numbers),
        birthdate: entry.birthdate,
        known_limit: entry.known_limit.as_ref().map(|flag| KnownLimit {
            class: feeding::limit_class(flag).to_owned(),
            flag: flag.clone(),
        }),
        reference_number: entry.reference_number.clone(),
    }
}

fn named<'a>(files: &'a [FileSeen], family: &'a str) -> impl Iterator<Item = &'a FileSeen> {
    files.iter().filter(move |file| file.folder == "res" && file.name.starts_with(family))
}

fn parsed(file: &FileSeen) -> Option<Element> {
    xml::parse(&file.bytes).ok().map(|(root, _)| root)
}

/// The result file, with those fields in which the receipt computer read something else.
fn answer(
    nth: u64,
    query: &BulkQuery,
    files: &[FileSeen],
    bulked: &Bulked,
) -> Result<BulkAnswer, BenchError> {
    let taken = named(files, "OQSmuquc01res").next().and_then(parsed);
    let results: Vec<Element> = named(files, "OQSmuquc02res").filter_map(parsed).collect();
    let (Some(taken), Some((last, earlier))) = (taken, results.split_last()) else {
        let reason = "a bulk result without its files".to_owned();
        return Err(BenchError::Reading { part: "terminal", reason });
    };
    let in_process = |root: &Element| root.anywhere("SegmentOfResult") == Some("2");
    let count = |name: &str| last.anywhere(name).and_then(|text| text.parse().ok());
    let mut units = BTreeMap::new();
    for entry in &query.entries {
        let identifier = wire(nth, &entry.identifier);
        let told = bulked.results.iter().find(|result| result.identifier == identifier);
        let own = |unit: &&Element| unit.anywhere("ArbitraryIdentifier") == Some(&identifier);
        let unit = last.descendants("BulkConfirmUnit").into_iter().find(own);
        if let (Some(told), Some(unit)) = (told, unit) {
            units.insert(entry.identifier.clone(), outcome(told, unit)?);
        }
    }
    Ok(BulkAnswer {
        received_first: taken.anywhere("ReceptionNumber").is_some()
            && taken.descendants("BulkConfirmUnit").is_empty(),
        in_process_first: earlier.iter().any(in_process),
        normal: count("NumberOfNormalProcessing").unwrap_or_default(),
        errors: count("NumberOfError").unwrap_or_default(),
        units,
    })
}

fn outcome(told: &BulkResult, unit: &Element) -> Result<UnitOutcome, BenchError> {
    match (told.alarm.as_deref(), told.validity) {
        (Some(REFERENCE_NUMBER), _) => return Ok(UnitOutcome::Alarm),
        (Some(other), _) => return Err(unreadable(format!("`alarm` is `{other}`"))),
        (None, None) => return Ok(UnitOutcome::Refused),
        (None, Some(_)) => {}
    }
    let as_read = |record: Record| Record {
        numbers: Numbers {
            insurer_number: told.insurer_number.clone().unwrap_or_default(),
            symbol: told.symbol.clone(),
            number: told.number.clone().unwrap_or_default(),
            branch: told.branch.clone(),
        },
        name: told.name.clone().unwrap_or_default(),
        ..record
    };
    let (limit, consents) = reading::disclosed(unit);
    Ok(UnitOutcome::Answered {
        validity: told.validity.unwrap_or_default(),
        record: reading::record(unit)?.map(as_read),
        limit_changed: told.limit_changed,
        reference_number: told.reference_number.clone(),
        limit,
        consents,
    })
}
