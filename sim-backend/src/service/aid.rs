//! Medical aid (医療扶助): a qualification whose use depends on the tickets of the month. Rows OQS-AID-01 to OQS-AID-05.

use jiff::civil::Date;

use super::{
    qualify::Standing,
    records::{Coverage, PersonState},
    ticket::Ticket,
};
use crate::messages::{
    InstitutionCode, YearMonth,
    codes::{InsuredCardClassification as CardClass, SchemeStatus},
};

/// One ticket with the month it is for and what its holder's other data say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownTicket {
    /// `MedicalTreatmentMonth`.
    pub month: YearMonth,
    /// The ticket.
    pub ticket: Ticket,
    /// `ConsistencyFlag` 1: the ticket says another thing about social insurance than the insurers do.
    pub inconsistent: bool,
}

impl Coverage {
    /// Whether this is medical aid and no insurance.
    #[must_use]
    pub fn is_medical_aid(&self) -> bool {
        self.details.card_class == CardClass::MedicalAid
    }

    /// The tickets of a month.
    fn tickets_of(&self, month: YearMonth) -> impl Iterator<Item = &Ticket> {
        let of_month = self.tickets.iter().filter(move |of| of.month == month);
        of_month.flat_map(|of| &of.tickets)
    }

    /// Whether a ticket holds on the day. Until the welfare office has registered the month there is none. Row OQS-AID-03.
    #[must_use]
    pub fn is_entrusted(&self, day: Date) -> bool {
        self.tickets_of(YearMonth::of(day)).any(|ticket| ticket.holds(day))
    }
}

impl PersonState {
    /// What a terminal without support for medical aid can be told. Row OQS-AID-02.
    #[must_use]
    pub fn without_medical_aid(mut self) -> Self {
        self.coverages.retain(|coverage| !coverage.is_medical_aid());
        self
    }

    /// Whether an insurance covers the day.
    fn is_insured(&self, day: Date) -> bool {
        let covers = |coverage: &Coverage| coverage.standing(day) == Standing::Active;
        self.coverages.iter().any(|coverage| !coverage.is_medical_aid() && covers(coverage))
    }
}

/// The tickets that hold on a day, whichever institution they name. Row OQS-AID-01.
#[must_use]
pub fn tickets_on(state: &PersonState, coverage: &Coverage, day: Date) -> Vec<ShownTicket> {
    let month = YearMonth::of(day);
    let holding = coverage.tickets_of(month).filter(|ticket| ticket.holds(day));
    holding.map(|ticket| shown(state, ticket, month, day)).collect()
}

/// The tickets of a month that name the institution: nobody is present, so those of others are not told (bench profile).
#[must_use]
pub fn tickets_for(
    state: &PersonState,
    coverage: &Coverage,
    institution: &InstitutionCode,
    (month, day): (YearMonth, Date),
) -> Vec<ShownTicket> {
    let named = coverage.tickets_of(month).filter(|ticket| ticket.institution == *institution);
    named.map(|ticket| shown(state, ticket, month, day)).collect()
}

fn shown(state: &PersonState, ticket: &Ticket, month: YearMonth, day: Date) -> ShownTicket {
    let insured = state.is_insured(day);
    let inconsistent = ticket.social_insurance.is_some_and(|stated| match stated {
        SchemeStatus::Applies => !insured,
        SchemeStatus::DoesNotApply => insured,
    });
    ShownTicket { month, ticket: ticket.clone(), inconsistent }
}

/// Medical aid that runs beside the insurance of an answer (併用).
#[must_use]
pub fn beside<'a>(state: &'a PersonState, told: &Coverage, day: Date) -> Option<&'a Coverage> {
    let running = |coverage: &&Coverage| {
        coverage.is_medical_aid() && coverage.standing(day) == Standing::Active
    };
    let newest = state.coverages.iter().filter(running).max_by_key(|aid| aid.details.gained);
    newest.filter(|_| !told.is_medical_aid())
}

/// The day a month's qualification is looked at: today, or the nearest day of the month. Bench profile.
#[must_use]
pub fn day_in(month: YearMonth, today: Date) -> Date {
    let first = month.first_day();
    today.clamp(first, first.last_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::samples::{aid, coverage, day, person, ticket};

    const HERE: &str = "1319999999";
    const ELSEWHERE: &str = "1319999998";

    fn month(text: &str) -> YearMonth {
        YearMonth::of(day(text))
    }

    #[test] // row OQS-AID-03
    fn a_ticket_holds_in_its_month_and_within_its_days() {
        let mut late = ticket(HERE);
        late.valid_from = Some(day("2026-04-10"));
        late.expires = Some(day("2026-04-20"));
        for (row, tickets, on, entrusted) in [
            ("no ticket", vec![], "2026-04-01", false),
            ("whole month", vec![ticket(HERE)], "2026-04-01", true),
            ("whole month, last day", vec![ticket(HERE)], "2026-04-30", true),
            ("the month before", vec![ticket(HERE)], "2026-03-31", false),
            ("the month after", vec![ticket(HERE)], "2026-05-01", false),
            ("before its first day", vec![late.clone()], "2026-04-09", false),
            ("first day", vec![late.clone()], "2026-04-10", true),
            ("last day", vec![late.clone()], "2026-04-20", true),
            ("after its last day", vec![late], "2026-04-21", false),
        ] {
            let aid = aid("2026-04-01", tickets);
            let state = person("P-1", "1985-05-05", vec![aid.clone()]);
            assert_eq!(aid.is_entrusted(day(on)), entrusted, "{row}");
            assert_eq!(!tickets_on(&state, &aid, day(on)).is_empty(), entrusted, "{row}");
        }
    }

    #[test]
    fn in_bulk_an_institution_is_told_its_own_tickets_only() {
        let aid = aid("2026-04-01", vec![ticket(HERE), ticket(ELSEWHERE)]);
        let state = person("P-1", "1985-05-05", vec![aid.clone()]);
        let asked = |code: &str, on| {
            let institution = InstitutionCode::new(code).unwrap();
            tickets_for(&state, &aid, &institution, (month(on), day(on))).len()
        };
        assert_eq!(asked(HERE, "2026-04-01"), 1);
        assert_eq!(asked("1319999997", "2026-04-01"), 0);
        assert_eq!(asked(HERE, "2026-05-01"), 0);
        assert_eq!(tickets_on(&state, &aid, day("2026-04-01")).len(), 2);
    }

    #[test] // CD022 beside CD021
    fn a_ticket_that_contradicts_the_insurers_is_marked() {
        let applies = Some(SchemeStatus::Applies);
        let not = Some(SchemeStatus::DoesNotApply);
        for (stated, insured, inconsistent) in [
            (None, true, false),
            (None, false, false),
            (applies, true, false),
            (applies, false, true),
            (not, true, true),
            (not, false, false),
        ] {
            let mut of = ticket(HERE);
            of.social_insurance = stated;
            let mut coverages = vec![aid("2026-04-01", vec![of])];
            coverages.extend(insured.then(|| coverage("99990013", "2024-04-01", None)));
            let state = person("P-1", "1985-05-05", coverages);
            let shown = tickets_on(&state, &state.coverages[0], day("2026-04-01"));
            assert_eq!(shown[0].inconsistent, inconsistent, "{stated:?}, insured {insured}");
        }
    }

    #[test]
    fn a_month_is_looked_at_on_its_nearest_day() {
        for (today, nearest) in [
            ("2026-03-15", "2026-04-01"),
            ("2026-04-01", "2026-04-01"),
            ("2026-04-18", "2026-04-18"),
            ("2026-06-01", "2026-04-30"),
        ] {
            assert_eq!(day_in(month("2026-04-01"), day(today)), day(nearest), "{today}");
        }
    }

    #[test]
    fn aid_stands_beside_an_insurance_and_never_beside_itself() {
        let insurance = coverage("99990013", "2024-04-01", None);
        let running = aid("2026-02-01", vec![]);
        let state = person("P-1", "1985-05-05", vec![insurance.clone(), running.clone()]);
        assert_eq!(beside(&state, &insurance, day("2026-02-01")), Some(&state.coverages[1]));
        assert_eq!(beside(&state, &insurance, day("2026-01-31")), None);
        assert_eq!(beside(&state, &running, day("2026-02-01")), None);
        assert_eq!(state.without_medical_aid().coverages, [insurance]);
    }
}
