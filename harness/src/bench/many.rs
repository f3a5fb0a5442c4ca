//! The words about many at once, about reference numbers and about health checks, each one call on the world of a scenario.

use super::{Bench, StepError};
use crate::clock::jst_day;
use crate::model::{
    AnswerTrouble, BulkEntry, BulkQuery, Event, NumberQuery, ReferenceEntry, Registration,
};
use crate::steps::params::{Name, Names};

/// How a bulk query differs from one with all the numbers of the certificates, for today.
#[derive(Debug, Clone, Default)]
pub struct AskingMany {
    /// The limit class that is known of everybody.
    pub known_limit: Option<String>,
    /// Whose number is left out.
    pub blank: Option<Name>,
}

impl Bench {
    /// A bulk query by the certificates of these people. What the institution registered for them is on file.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn query_many(
        &mut self,
        at: &Name,
        whom: &Names,
        asking: AskingMany,
    ) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let blank = asking.blank.as_ref().map(|who| self.person(who)).transpose()?;
        let mut entries = Vec::new();
        for who in &whom.0 {
            let person = self.person(who)?;
            let mut numbers = self.certificate_of(&person)?.numbers();
            if blank.as_ref() == Some(&person) {
                numbers.number.clear();
            }
            let facts = self.world()?.people.get(&person);
            entries.push(BulkEntry {
                birthdate: facts.map(|facts| facts.birthdate).unwrap_or_default(),
                reference_number: self.registered(&institution, &person)?,
                known_limit: asking.known_limit.clone(),
                identifier: person,
                numbers,
            });
        }
        let date = jst_day(self.now()?);
        let trouble = self.bulk_trouble.take();
        self.happen(Event::BulkQuery(BulkQuery { institution, date, entries, trouble })).await
    }

    /// What happens to the next bulk result on its way.
    pub fn spoil_bulk_result(&mut self, trouble: AnswerTrouble) {
        self.bulk_trouble = Some(trouble);
    }

    /// The number that an institution registered last for the certificate of a person.
    fn registered(&self, institution: &str, person: &str) -> Result<Option<String>, StepError> {
        let numbers = self.certificate_of(person)?.numbers();
        let found = self.story.iter().rev().find_map(|event| {
            let Event::Register(registration) = event else { return None };
            let mut own = registration.entries.iter().filter(|entry| entry.numbers == numbers);
            own.next_back().filter(|_| registration.institution == institution)
        });
        Ok(found.map(|entry| entry.reference_number.clone()))
    }

    /// The last bulk result, asked for by its reception number.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn fetch_bulk_result(&mut self, at: &Name) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        self.happen(Event::BulkFetch { institution }).await
    }

    /// A reference number for the certificate of each of these people; `None` is nobody's certificate.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn register_numbers(
        &mut self,
        at: &Name,
        bulk: bool,
        numbers: &[(Option<&Name>, &str)],
    ) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let mut entries = Vec::new();
        for (who, reference_number) in numbers {
            let known = who.or_else(|| numbers.iter().find_map(|(who, _)| *who));
            let known = known.ok_or_else(|| StepError("the step names nobody".to_owned()))?;
            let mut numbers = self.certificate_of(&self.person(known)?)?.numbers();
            if who.is_none() {
                numbers.number = NOBODYS_NUMBER.to_owned();
            }
            entries
                .push(ReferenceEntry { reference_number: (*reference_number).to_owned(), numbers });
        }
        self.happen(Event::Register(Registration { institution, bulk, entries })).await
    }

    /// A query in which a reference number stands where the number of the certificate should.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn query_by_reference(
        &mut self,
        at: &Name,
        who: &Name,
        number: String,
    ) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let person = self.person(who)?;
        let mut numbers = self.certificate_of(&person)?.numbers();
        numbers.number = number;
        let birthdate = self.world()?.people.get(&person).map(|facts| facts.birthdate);
        let query = NumberQuery {
            institution,
            numbers,
            birthdate: birthdate.unwrap_or_default(),
            date: jst_day(self.now()?),
            limit_consent: false,
        };
        self.happen(Event::NumberQuery(query)).await
    }
}

/// 番号 that no certificate bears.
const NOBODYS_NUMBER: &str = "9999999";
