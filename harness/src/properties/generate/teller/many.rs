//! Tells what is asked about many, and which numbers are registered.

use crate::model::{
    AnswerTrouble, BULK_SECONDS, BulkEntry, BulkQuery, Coverage, Numbers, Person, ReferenceEntry,
    Registration,
};

use super::super::coverages::numbers_of;
use super::super::days::{day, days_on, later};
use super::super::details::{chosen_day, nobodys_numbers};
use super::super::drafts::Which;
use super::super::many::{BulkDraft, BulkEntryDraft, NumberDraft, OnFile, RegistrationDraft};
use super::super::names::{LIMIT_FLAGS, pick};
use super::Teller;

impl<'a> Teller<'a> {
    pub(super) fn bulk(&mut self, draft: &BulkDraft) -> Option<BulkQuery> {
        let institution = self.institution(draft.institution)?.0.to_owned();
        let today = day(self.now);
        let mut date = None;
        let mut entries = Vec::new();
        for (entry, nth) in draft.entries.iter().zip(1..) {
            let (name, person, coverage) = self.whose(entry.coverage)?;
            date = date.or_else(|| Some(chosen_day(&draft.day, coverage.as_ref(), today)));
            let on_file = self.on_file(&institution, name, entry.on_file);
            let identifier = format!("E{nth}");
            entries.push(bulk_entry(entry, identifier, (person, coverage.as_ref()), on_file));
        }
        let trouble = draft.trouble.map(|pick| match pick % 3 {
            0 => AnswerTrouble::UnitsReversed,
            1 => AnswerTrouble::OtherReceptionNumber,
            _ => AnswerTrouble::OtherReferenceNumber("P-OTHER".to_owned()),
        });
        Some(BulkQuery { institution, date: date?, entries, trouble })
    }

    fn whose(&mut self, which: Which) -> Option<(&'a str, &'a Person, Option<Coverage>)> {
        let place = self.spoken_of(which);
        let asked = place.and_then(|place| self.coverages.get(place)).cloned();
        let (name, coverage) = asked.unzip();
        let found = match name {
            Some(name) => self.world.people.get_key_value(&name)?,
            None => self.world.people.iter().next()?,
        };
        Some((found.0, found.1, coverage))
    }

    fn on_file(&self, institution: &str, person: &str, draft: Option<OnFile>) -> Option<String> {
        match draft? {
            OnFile::Registered => {
                self.registered.get(&(institution.to_owned(), person.to_owned())).cloned()
            }
            OnFile::Never => Some("P-NEVER".to_owned()),
        }
    }

    pub(super) fn register(&mut self, draft: &RegistrationDraft) -> Option<Registration> {
        let institution = self.institution(draft.institution)?.0.to_owned();
        let most = if draft.bulk { draft.entries.len() } else { 1 };
        let mut entries = Vec::new();
        for (coverage, flaw, number) in draft.entries.iter().take(most) {
            let (name, _, coverage) = self.whose(*coverage)?;
            let reference_number = match number {
                NumberDraft::Short(pick) => format!("P-{pick:03}"),
                NumberDraft::Wide(length) => "患".repeat(*length),
            };
            let key = (institution.clone(), name.to_owned());
            self.registered.insert(key, reference_number.clone());
            let numbers = flaw.spoil(coverage.as_ref().map_or_else(nobodys_numbers, numbers_of));
            entries.push(ReferenceEntry { reference_number, numbers });
        }
        Some(Registration { institution, bulk: draft.bulk, entries })
    }

    /// The clock goes on while a bulk request is in process.
    pub(super) fn bulk_takes_time(&mut self) {
        self.now = later(self.now, BULK_SECONDS);
        self.at_once.clear();
    }
}

fn bulk_entry(
    draft: &BulkEntryDraft,
    identifier: String,
    (person, coverage): (&Person, Option<&Coverage>),
    reference_number: Option<String>,
) -> BulkEntry {
    let numbers = draft.flaw.spoil(coverage.map_or_else(nobodys_numbers, numbers_of));
    let own_limit = || coverage.and_then(|coverage| Some(coverage.limit.as_ref()?.flag.clone()));
    let known_limit = draft.known_limit.and_then(|known| match known {
        Some(flag) => pick(&LIMIT_FLAGS, flag).map(str::to_owned),
        None => own_limit(),
    });
    BulkEntry {
        identifier,
        numbers: if draft.blank { Numbers { number: String::new(), ..numbers } } else { numbers },
        birthdate: days_on(person.birthdate, i32::from(draft.wrong_birthdate)),
        known_limit,
        reference_number,
    }
}
