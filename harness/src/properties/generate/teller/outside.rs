//! Tells what is asked without a card, at home, in a disaster, in an outage and at the portal.

use crate::model::{
    DisasterMode, EmergencyStep, Event, Finding, Mode, PersonQuery, PortalUse, Repeat, Whom,
};

use super::super::coverages::numbers_of;
use super::super::days::{day, days_on, months_on};
use super::super::details::mode;
use super::super::drafts::{EntryDraft, Holder, ModeDraft, Pick};
use super::super::outside::OutsideDraft;
use super::Teller;

impl Teller<'_> {
    pub(super) fn outside(&mut self, draft: &OutsideDraft) -> Option<Event> {
        let today = day(self.now);
        Some(match draft {
            OutsideDraft::Portal { holder, entry, register } => {
                Event::Portal(self.portal(*holder, *entry, *register)?)
            }
            OutsideDraft::Disaster { institution, from, days } => {
                let prefecture = self.institution(*institution)?.0.get(..2)?.to_owned();
                let from = days_on(today, *from);
                Event::Disaster(DisasterMode { prefecture, from, to: days_on(from, *days) })
            }
            OutsideDraft::Emergency { institution, act } => {
                let institution = self.institution(*institution)?.0.to_owned();
                Event::Emergency(EmergencyStep { institution, act: *act })
            }
            OutsideDraft::ByName { institution, person, function, other_address } => {
                let institution = self.institution(*institution)?.0.to_owned();
                let known = self.world.people.get(self.person(*person)?)?;
                let mut address = known.address.clone();
                if *other_address {
                    address.push('９');
                }
                Event::PersonQuery(PersonQuery {
                    institution,
                    function: *function,
                    name: known.name.clone(),
                    birthdate: known.birthdate,
                    sex: known.sex,
                    address,
                })
            }
            OutsideDraft::Repeat { institution, coverage, flaw, occasion } => {
                let institution = self.last_place(*institution)?;
                let place = self.spoken_of(*coverage)?;
                let (person, coverage) = self.coverages.get(place)?;
                Event::Repeat(Repeat {
                    institution,
                    numbers: flaw.spoil(numbers_of(coverage)),
                    birthdate: self.world.people.get(person)?.birthdate,
                    occasion: *occasion,
                })
            }
            OutsideDraft::CaredFor { institution, occasion, by, days: (from, more) } => {
                let from = days_on(today, *from);
                let to = days_on(from, *more);
                let whom = Whom::CaredFor { occasion: *occasion, by: *by, from, to };
                Event::Finding(Finding { institution: self.last_place(*institution)?, whom })
            }
            OutsideDraft::Ticketed { institution, months } => {
                let institution = self.institution(*institution)?.0.to_owned();
                let whom = Whom::Ticketed { month: months_on(today.first_of_month(), *months) };
                Event::Finding(Finding { institution, whom })
            }
        })
    }

    fn portal(&self, holder: Holder, entry: EntryDraft, register: bool) -> Option<PortalUse> {
        let &(person, card, _) = self.holder(holder)?;
        let Mode::Pin(entries) = mode(&ModeDraft::Pin(vec![entry]), false, card) else {
            return None;
        };
        Some(PortalUse { person: person.to_owned(), pin: entries.into_iter().next()?, register })
    }

    /// The institution of the last visit, or any.
    fn last_place(&self, any: Option<Pick>) -> Option<String> {
        match (any, self.last_visit.as_ref()) {
            (None, Some(last)) => Some(last.institution.clone()),
            (pick, _) => Some(self.institution(pick.unwrap_or(0))?.0.to_owned()),
        }
    }
}
