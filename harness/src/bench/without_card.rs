//! The words about what is asked without a card, each one call on the world of a scenario.

use super::{Bench, StepError};
use crate::model::{
    EmergencyAct, EmergencyStep, Event, Finding, Occasion, Person, PersonQuery, Repeat,
    SpecialFunction, Whom,
};
use crate::steps::params::Name;

impl Bench {
    /// A later visit of somebody, by the numbers of the certificate.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn repeat(
        &mut self,
        at: &Name,
        who: &Name,
        occasion: Occasion,
    ) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let person = self.person(who)?;
        let numbers = self.certificate_of(&person)?.numbers();
        let birthdate = self.known(&person)?.birthdate;
        self.happen(Event::Repeat(Repeat { institution, numbers, birthdate, occasion })).await
    }

    /// A query by what stands on the front of somebody's card, the address as it is or another.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn by_name(
        &mut self,
        at: &Name,
        who: &Name,
        function: SpecialFunction,
        address: Option<String>,
    ) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        let person = self.person(who)?;
        let known = self.known(&person)?;
        let Person { name, birthdate, sex, .. } = known.clone();
        let address = address.unwrap_or_else(|| known.address.clone());
        let query = PersonQuery { institution, function, name, birthdate, sex, address };
        self.happen(Event::PersonQuery(query)).await
    }

    /// A step about the emergency function of an institution.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn emergency(&mut self, at: &Name, act: EmergencyAct) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        self.happen(Event::Emergency(EmergencyStep { institution, act })).await
    }

    /// A search for whoever there is.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn find(&mut self, at: &Name, whom: Whom) -> Result<(), StepError> {
        let institution = self.institution(at)?;
        self.happen(Event::Finding(Finding { institution, whom })).await
    }

    /// 氏名 of somebody in this story.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn full_name(&self, who: &Name) -> Result<String, StepError> {
        Ok(self.known(&self.person(who)?)?.name.clone())
    }

    fn known(&self, person: &str) -> Result<&Person, StepError> {
        let found = self.world()?.people.get(person);
        found.ok_or_else(|| StepError(format!("{person} is not in this story")))
    }
}
