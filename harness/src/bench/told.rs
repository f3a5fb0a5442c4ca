//! The words in which drawn stories are told, each one call on the world of a scenario: whoever tells people or institutions of
//! its own has no others.

use cucumber::gherkin::Step;
use reports::model::{Check, Level, Verdict};
use serde_json::Value;

use super::{Bench, StepError};
use crate::model::{
    BulkQuery, Change, Claim, Event, FeedRecord, Institution, Mode, NumberQuery, Occasion,
    PersonQuery, Presented, Registration, Repeat, World,
};
use crate::steps::params::Name;
use crate::yaml;

impl From<serde_yaml::Error> for StepError {
    fn from(error: serde_yaml::Error) -> Self {
        Self(format!("the lines under the step: {error}"))
    }
}

/// The lines under a step.
fn data(step: &Step) -> Result<&str, StepError> {
    let needed = "the step needs its data in the lines below it, between two lines of \"\"\"";
    step.docstring().map(String::as_str).ok_or_else(|| StepError(needed.to_owned()))
}

impl Bench {
    /// The world of a scenario that tells its own.
    fn own_world(&mut self) -> Result<&mut World, StepError> {
        let is_first = !std::mem::replace(&mut self.tells_its_own, true);
        let world = self.shapable()?;
        if is_first {
            world.people.clear();
            world.institutions.clear();
        }
        Ok(world)
    }

    /// Somebody of this scenario alone, written as in `scenarios/personas`.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn tell_person(&mut self, slug: &Name, step: &Step) -> Result<(), StepError> {
        let person = yaml::read_person(&slug.0, data(step)?)?;
        self.own_world()?.people.insert(slug.0.clone(), person);
        Ok(())
    }

    /// An institution of this scenario alone, with all of its charts, written as in `scenarios/institutions.yaml`.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn tell_institution(&mut self, code: &Name, step: &Step) -> Result<(), StepError> {
        let institution: Institution = yaml::read(data(step)?, &[])?;
        self.own_world()?.institutions.insert(code.0.clone(), institution);
        Ok(())
    }

    /// A visit with anything on the reader and any way of proving identity, anywhere.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn visit_in_full(
        &mut self,
        who: &Name,
        at: &Name,
        presented: Presented,
        way: (Mode, Option<Occasion>),
    ) -> Result<(), StepError> {
        let presented = match presented {
            Presented::CardOf(holder) => Presented::CardOf(self.person(&Name(holder))?),
            Presented::PhoneOf { holder, phone } => {
                Presented::PhoneOf { holder: self.person(&Name(holder))?, phone }
            }
            nobodys @ (Presented::Nothing | Presented::ForeignCard) => nobodys,
        };
        self.stand_at(who, at, presented, way.0, way.1).await
    }

    /// Any change under any record id.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn feed_in_full(
        &mut self,
        record_id: String,
        who: &Name,
        step: &Step,
    ) -> Result<(), StepError> {
        let change: Change = yaml::read(data(step)?, &[])?;
        let person = self.person(who)?;
        self.happen(Event::Feed(FeedRecord { record_id, person, change })).await
    }

    /// A query by any numbers.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn query_in_full(&mut self, at: &Name, step: &Step) -> Result<(), StepError> {
        let query: NumberQuery = self.of_institution(at, step)?;
        self.happen(Event::NumberQuery(query)).await
    }

    /// A later visit by any numbers.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn repeat_in_full(&mut self, at: &Name, step: &Step) -> Result<(), StepError> {
        let repeat: Repeat = self.of_institution(at, step)?;
        self.happen(Event::Repeat(repeat)).await
    }

    /// A query by whatever might stand on a card.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn by_name_in_full(&mut self, at: &Name, step: &Step) -> Result<(), StepError> {
        let query: PersonQuery = self.of_institution(at, step)?;
        self.happen(Event::PersonQuery(query)).await
    }

    /// A bulk query by any numbers.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn query_many_in_full(&mut self, at: &Name, step: &Step) -> Result<(), StepError> {
        let query: BulkQuery = self.of_institution(at, step)?;
        self.happen(Event::BulkQuery(query)).await
    }

    /// Reference numbers for any numbers.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn register_in_full(&mut self, at: &Name, step: &Step) -> Result<(), StepError> {
        let registration: Registration = self.of_institution(at, step)?;
        self.happen(Event::Register(registration)).await
    }

    /// Any claim.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_in_full(
        &mut self,
        at: &Name,
        who: &Name,
        step: &Step,
    ) -> Result<(), StepError> {
        let (institution, person) = (self.institution(at)?, self.person(who)?);
        let known = [("institution", institution.as_str()), ("person", person.as_str())];
        let claim: Claim = yaml::read(data(step)?, &known)?;
        self.happen(Event::Claim(claim)).await
    }

    fn of_institution<T: serde::de::DeserializeOwned>(
        &self,
        at: &Name,
        step: &Step,
    ) -> Result<T, StepError> {
        let institution = self.institution(at)?;
        Ok(yaml::read(data(step)?, &[("institution", &institution)])?)
    }

    /// The results are taken in while this chart is open.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn collect_with(&mut self, at: &Name, chart: String) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        self.happen(Event::Collect { institution, waiting: Some(chart) }).await
    }

    /// Holds one place of the last outcome, named by a JSON pointer, against `wanted`. The assertion bears no requirement.
    ///
    /// # Errors
    /// [`StepError`] when nothing has happened yet.
    pub fn expect_at(&mut self, step: &Step, pointer: &str, wanted: &str) -> Result<(), StepError> {
        let last = self.left.judgements.last();
        let last = last.ok_or_else(|| StepError("nothing has happened yet".to_owned()))?;
        let at = |outcome: &Value| outcome.pointer(pointer).cloned().unwrap_or(Value::Null);
        let (expected, actual) = (at(&last.expected), at(&last.actual));
        let wanted: Value = serde_json::from_str(wanted).unwrap_or_else(|_| wanted.into());
        let contradicted = expected != wanted;
        let verdict = if contradicted {
            Verdict::BenchError
        } else if actual == wanted {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        let note = format!("the scenario disagrees with the oracle, which expects {expected}");
        self.left.checks.push(Check {
            requirement: Vec::new(),
            level: Level::Must,
            step: step.value.clone(),
            verdict,
            expected: wanted.to_string(),
            actual: actual.to_string(),
            note: contradicted.then_some(note),
        });
        Ok(())
    }
}
