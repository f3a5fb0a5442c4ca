//! What can be judged of a pair that works: one rule for each thing, with the rows of the catalogue that it bears, on the
//! messages and files alone.
//!
//! A rule that needs something which did not pass is not applicable and says what it lacks; it never holds by silence.

mod across;
mod authority;
mod card;
mod consents;
mod folders;
mod messages;
mod proof;
mod qualification;
mod reader;
mod secrets;

use reports::evidence::Seam;

use super::heard::Notes;
use crate::checks::files::{decode, value};
use crate::reverse::heard::{Call, family};
use crate::taps::http::Place;

/// Where a rule looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// At one seam.
    At(Seam),
    /// At two at once.
    Across(Seam, Seam),
}

/// One rule.
pub struct Rule {
    /// Its name, for tests and the report: `seam/what`.
    pub id: &'static str,
    /// Where it looks.
    pub at: Where,
    /// The rows that it bears; none for the form of a contract.
    pub bears: &'static [&'static str],
    /// What must hold, Japanese and English.
    pub text: (&'static str, &'static str),
    /// Looks.
    pub judge: fn(&Material) -> Found,
}

/// A rule at one seam.
const fn at(
    seam: Seam,
    id: &'static str,
    bears: &'static [&'static str],
    text: (&'static str, &'static str),
    judge: fn(&Material) -> Found,
) -> Rule {
    Rule { id, at: Where::At(seam), bears, text, judge }
}

/// A rule at two seams.
const fn across(
    (one, other): (Seam, Seam),
    id: &'static str,
    bears: &'static [&'static str],
    text: (&'static str, &'static str),
    judge: fn(&Material) -> Found,
) -> Rule {
    Rule { id, at: Where::Across(one, other), bears, text, judge }
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It held, so many times.
    Holds(usize),
    /// It did not hold; the first time in words, which never repeat a value.
    Broken {
        /// How often.
        times: usize,
        /// Of how many.
        of: usize,
        /// The first time.
        first: String,
    },
    /// What it needs did not pass.
    NotSeen(&'static str),
    /// Somebody must look: why.
    Review(String),
}

/// What the rules look at.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// As it was noted.
    pub notes: Notes,
    /// The exchanges of the backend seam whose two messages can be read as XML.
    pub oqs: Vec<Oqs>,
}

/// An exchange of the backend seam.
#[derive(Debug, Clone)]
pub struct Oqs {
    /// The exchange.
    pub call: Call,
    /// Family of the request, as its header names it.
    pub family: String,
    /// Family of the answer.
    pub given: String,
    /// The request's text.
    pub asked: String,
    /// The answer's text.
    pub answer: String,
}

impl Material {
    /// Reads what was noted.
    pub fn new(notes: Notes) -> Self {
        let oqs = notes.calls.iter().filter(|call| call.place == Place::Backend);
        let oqs = oqs.filter_map(Oqs::read).collect();
        Self { notes, oqs }
    }

    /// The exchanges of one place.
    pub fn calls(&self, place: Place) -> impl Iterator<Item = &Call> {
        self.notes.calls.iter().filter(move |call| call.place == place)
    }
}

impl Oqs {
    fn read(call: &Call) -> Option<Self> {
        let named = |message| family(message).unwrap_or_default().to_owned();
        let (asked, _) = decode(&call.request.body).ok()?;
        let (answer, _) = decode(&call.answer.body).ok()?;
        let is_xml = |text: &str| text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
        (is_xml(&asked) && is_xml(&answer)).then(|| Self {
            family: named(&call.request),
            given: named(&call.answer),
            call: call.clone(),
            asked,
            answer,
        })
    }

    /// Whether it is of this family, without the `req`.
    pub fn is(&self, base: &str) -> bool {
        self.family.strip_suffix("req") == Some(base)
    }

    /// An element of the request.
    pub fn asked(&self, element: &str) -> Option<&str> {
        value(&self.asked, element)
    }

    /// An element of the answer.
    pub fn answered(&self, element: &str) -> Option<&str> {
        value(&self.answer, element)
    }

    /// Whether the answer is a normal one: neither an error nor "in process".
    pub fn is_normal(&self) -> bool {
        self.answered("SegmentOfResult") == Some("1")
    }

    /// Whether the answer reports an error.
    pub fn is_error(&self) -> bool {
        self.answered("SegmentOfResult") == Some("9")
    }
}

/// What came of looking at each of several; nothing to look at is not seen.
pub fn each(looked: impl IntoIterator<Item = Result<(), String>>, lacking: &'static str) -> Found {
    let looked: Vec<Result<(), String>> = looked.into_iter().collect();
    let of = looked.len();
    let mut broken = looked.into_iter().filter_map(Result::err);
    match (broken.next(), of) {
        (_, 0) => Found::NotSeen(lacking),
        (None, _) => Found::Holds(of),
        (Some(first), _) => Found::Broken { times: 1 + broken.count(), of, first },
    }
}

/// All rules, in the order of the report.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let by_file = [
        card::RULES,
        reader::RULES,
        messages::RULES,
        proof::RULES,
        qualification::RULES,
        consents::RULES,
        authority::RULES,
        folders::RULES,
        secrets::RULES,
        across::RULES,
    ];
    by_file.into_iter().flatten()
}

#[cfg(test)]
mod tests;
