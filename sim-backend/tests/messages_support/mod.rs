//! What the message tests share: one sample of every message, all synthetic.
#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

mod counter;
mod history;
mod many;
mod qualification;

use jiff::civil::{Date, DateTime, date};
use sim_backend::messages::codes::ReferenceClassification;
use sim_backend::messages::{
    AnswerHeader, Digits, Family, InsurerNumber, Message, QueryHeader, RequestHeader, SimError,
    Text,
};

pub use qualification::{by_numbers, face, full_record, medical_aid_record, query, search};

pub const DAY: Date = date(2026, 4, 1);

pub fn now() -> DateTime {
    DAY.at(9, 30, 15, 0)
}

pub fn text<const MAX: usize>(value: &str) -> Text<MAX> {
    Text::new(value).unwrap()
}

pub fn number<const COUNT: usize>(value: &str) -> Digits<COUNT> {
    Digits::new(value).unwrap()
}

pub fn insurer(value: &str) -> InsurerNumber {
    InsurerNumber::new(value).unwrap()
}

pub fn request_header() -> RequestHeader {
    RequestHeader {
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
    }
}

pub fn query_header() -> QueryHeader {
    QueryHeader {
        qualification_confirmation_date: DAY,
        medical_institution_code: number("1319999999"),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
    }
}

pub fn answer_header(classification: Option<ReferenceClassification>) -> AnswerHeader {
    AnswerHeader {
        qualification_confirmation_date: Some(DAY),
        arbitrary_file_identifier: Some(text("SIM0000000000001")),
        reference_classification: classification,
        ..AnswerHeader::new(now(), number("1319999999"))
    }
}

/// At least one message of every family.
pub fn samples() -> Vec<Message> {
    let kinds = [qualification::samples(), many::samples(), history::samples(), counter::samples()];
    let mut samples: Vec<Message> = kinds.into_iter().flatten().collect();
    let requests = Family::ALL.iter().filter(|family| family.answer().is_some());
    samples.extend(requests.map(|family| refusal(Some(*family))));
    samples.push(refusal(None));
    samples
}

pub fn refusal(family: Option<Family>) -> Message {
    Message::refusal(family, answer_header(None), SimError::CertificateRefused.report())
}
