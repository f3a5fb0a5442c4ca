//! Home visits (訪問診療等) and online care (オンライン診療等): who may be identified how, and consents that live while care goes on.
//! Rows OQS-VISIT-01 to OQS-VISIT-04.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    consent::{Consent, MedicalKind},
    days::{day_of, end_of},
    disclose::CardConsents,
    records::PersonCode,
};
use crate::messages::{
    InstitutionCode,
    codes::{IdentificationMode, MedicalTreatmentFlag},
};

/// How many months after the last examination a relation (継続的な訪問診療等) counts as over, to the day. Bench profile: how long
/// the system lets consents live while care goes on is not public.
pub const RELATION_MONTHS: i64 = 6;

/// Whether the holder may be identified this way on this occasion. Row OQS-VISIT-01: at home by PIN or by eye, and through the
/// web by PIN alone.
#[must_use]
pub fn may_identify(occasion: MedicalTreatmentFlag, mode: IdentificationMode) -> bool {
    match (occasion, mode) {
        (MedicalTreatmentFlag::Outpatient | MedicalTreatmentFlag::Emergency, _)
        | (MedicalTreatmentFlag::HomeVisit, IdentificationMode::Pin | IdentificationMode::Visual)
        | (MedicalTreatmentFlag::Online, IdentificationMode::Pin) => true,
        (MedicalTreatmentFlag::HomeVisit, IdentificationMode::Face)
        | (MedicalTreatmentFlag::Online, IdentificationMode::Face | IdentificationMode::Visual) => {
            false
        }
    }
}

/// What a patient agreed to outside the institution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CareConsents {
    /// Limit information.
    pub limit: bool,
    /// Specific-disease certificates.
    pub specific_diseases: bool,
    /// Medical information, by kind, as far as it was open to the patient.
    pub medical: BTreeSet<MedicalKind>,
}

/// One examination outside the institution, with the consents it was made under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CareVisit {
    /// Who examined.
    pub institution: InstitutionCode,
    /// Whom.
    pub person: PersonCode,
    /// At home or online.
    pub occasion: MedicalTreatmentFlag,
    /// 受診日.
    pub examined: Date,
    /// When the patient consented; a visit without card stands under the consent before it.
    pub given: Timestamp,
    /// To what.
    pub consents: CareConsents,
}

/// Which visits are asked for; both ends belong to it. Row OQS-VISIT-04.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CareSpan {
    /// By the day of the consent.
    Consented(Date, Date),
    /// By the day of the examination.
    Examined(Date, Date),
}

/// An institution's care for one person on one kind of occasion: the newest consent, and until when it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// When the patient last consented.
    pub given: Timestamp,
    /// The last instant of the relation.
    pub until: Timestamp,
    /// To what the patient consented then.
    pub consents: CareConsents,
}

/// The relation that these visits make up; all are of one institution, person and occasion.
#[must_use]
pub fn relation(visits: &[CareVisit]) -> Option<Relation> {
    let newest = visits.iter().max_by_key(|visit| (visit.given, visit.examined))?;
    let last = visits.iter().map(|visit| visit.examined).max()?;
    Some(Relation {
        given: newest.given,
        until: lives_until(last),
        consents: newest.consents.clone(),
    })
}

/// Until when consents live that are given at an examination.
#[must_use]
pub fn lives_until(examined: Date) -> Timestamp {
    let last = examined.checked_add(RELATION_MONTHS.months()).ok();
    last.and_then(end_of).unwrap_or(Timestamp::MAX)
}

impl Relation {
    /// Whether care goes on now.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        self.given <= now && now <= self.until
    }

    /// Whether a visit of that day belongs to the relation. Row OQS-VISIT-02.
    #[must_use]
    pub fn reaches(&self, day: Date) -> bool {
        day_of(self.given) <= day && day <= day_of(self.until)
    }

    /// The consents to medical information. Row OQS-VISIT-03: as long as the relation lasts.
    #[must_use]
    pub fn medical(&self) -> Vec<Consent> {
        let consent =
            |kind: &MedicalKind| Consent { kind: *kind, given: self.given, until: self.until };
        self.consents.medical.iter().map(consent).collect()
    }

    /// The consents as if they were given at a reader now.
    #[must_use]
    pub fn at_the_reader(&self) -> CardConsents {
        CardConsents {
            limit: self.consents.limit,
            specific_diseases: self.consents.specific_diseases,
            medical: self.consents.medical.clone(),
            grace: false,
            until: Some(self.until),
        }
    }
}

/// The newest of each person's visits, in the order of the persons.
#[must_use]
pub fn newest_each(visits: Vec<CareVisit>) -> Vec<CareVisit> {
    let mut visits = visits;
    visits.sort_by(|one, other| {
        let key = |visit: &CareVisit| (visit.examined, visit.given);
        one.person.cmp(&other.person).then(key(other).cmp(&key(one)))
    });
    visits.dedup_by(|later, first| later.person == first.person);
    visits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::day;

    use IdentificationMode::{Face, Pin, Visual};
    use MedicalTreatmentFlag::{Emergency, HomeVisit, Online, Outpatient};

    #[test] // row OQS-VISIT-01
    fn the_occasion_decides_how_a_holder_may_be_identified() {
        for (occasion, face, pin, visual) in [
            (Outpatient, true, true, true),
            (HomeVisit, false, true, true),
            (Online, false, true, false),
            (Emergency, true, true, true),
        ] {
            let may = [Face, Pin, Visual].map(|mode| may_identify(occasion, mode));
            assert_eq!(may, [face, pin, visual], "{occasion:?}");
        }
    }

    fn visit(person: &str, examined: &str, given: &str, kinds: &[MedicalKind]) -> CareVisit {
        CareVisit {
            institution: InstitutionCode::new("1319999999").unwrap(),
            person: PersonCode::new(person).unwrap(),
            occasion: HomeVisit,
            examined: day(examined),
            given: given.parse().unwrap(),
            consents: CareConsents {
                medical: kinds.iter().copied().collect(),
                ..CareConsents::default()
            },
        }
    }

    const FIRST: &str = "2026-04-01T00:30:00Z";

    #[test] // row OQS-VISIT-03
    fn a_relation_lives_six_months_from_its_last_examination() {
        let one = visit("P-1", "2026-04-01", FIRST, &[]);
        let again = visit("P-1", "2026-05-15", FIRST, &[]);
        for (row, visits, now, lives) in [
            ("at once", vec![one.clone()], FIRST, true),
            ("before", vec![one.clone()], "2026-04-01T00:29:59Z", false),
            ("a day and more", vec![one.clone()], "2026-04-03T00:00:00Z", true),
            ("last second", vec![one.clone()], "2026-10-01T14:59:59Z", true),
            ("over", vec![one.clone()], "2026-10-01T15:00:00Z", false),
            ("another examination", vec![again.clone(), one.clone()], "2026-10-01T15:00:00Z", true),
            ("its last second", vec![again.clone(), one.clone()], "2026-11-15T14:59:59Z", true),
            ("its end", vec![again, one], "2026-11-15T15:00:00Z", false),
        ] {
            let relation = relation(&visits).unwrap();
            assert_eq!(relation.lives(now.parse().unwrap()), lives, "{row}");
        }
        assert_eq!(relation(&[]), None);
    }

    #[test] // row OQS-CONS-05: a new card check takes the place of what was agreed to before
    fn the_newest_consent_counts_whatever_the_order() {
        let old = visit("P-1", "2026-06-01", FIRST, &[MedicalKind::Drugs]);
        let new = visit("P-1", "2026-05-01", "2026-05-01T00:00:00Z", &[MedicalKind::Care]);
        for visits in [[old.clone(), new.clone()], [new, old]] {
            let relation = relation(&visits).unwrap();
            let kinds: Vec<_> = relation.medical().iter().map(|consent| consent.kind).collect();
            assert_eq!(kinds, [MedicalKind::Care]);
            assert_eq!(relation.until, "2026-12-01T14:59:59Z".parse().unwrap());
        }
    }

    #[test] // row OQS-VISIT-02
    fn a_later_visit_lies_within_the_relation() {
        let relation = relation(&[visit("P-1", "2026-04-01", FIRST, &[])]).unwrap();
        for (on, within) in [
            ("2026-03-31", false),
            ("2026-04-01", true),
            ("2026-10-01", true),
            ("2026-10-02", false),
        ] {
            assert_eq!(relation.reaches(day(on)), within, "{on}");
        }
    }

    #[test]
    fn of_each_person_the_newest_visit_is_told() {
        let visits = vec![
            visit("P-2", "2026-04-02", FIRST, &[]),
            visit("P-1", "2026-04-01", FIRST, &[]),
            visit("P-1", "2026-04-03", FIRST, &[]),
            visit("P-1", "2026-04-02", FIRST, &[]),
        ];
        let told: Vec<_> = newest_each(visits)
            .iter()
            .map(|visit| format!("{} {}", visit.person.as_str(), visit.examined))
            .collect();
        assert_eq!(told, ["P-1 2026-04-03", "P-2 2026-04-02"]);
    }
}
