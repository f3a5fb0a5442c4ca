//! Stage: what is told beside a qualification of what the patient pays. Rows OQS-LIM-07, 10, 11, 12, OQS-AID-01.

use jiff::civil::Date;

use crate::model::{Certificates, Change, Coverage, Numbers, World};

use super::calendar::{birthday, end_of_month_after};
use super::qualification::Qualification;
use super::state::State;
use super::{aid, feed, numbers};

/// How old one is when the elderly share begins, and when late-elderly care takes its place.
const ELDERLY: i16 = 70;
const LATE_ELDERLY: i16 = 75;

/// What was agreed to of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreed {
    /// 限度額情報.
    pub limit: bool,
    /// 特定疾病.
    pub diseases: bool,
}

/// What is told with a qualification on a day. Certificates go with the number, so every coverage of the number has them (bench
/// choice).
pub(super) fn told(
    world: &World,
    state: &State,
    qualification: Qualification<'_>,
    agreed: Agreed,
    day: Date,
) -> Certificates {
    let Some((name, coverage)) = qualification.told else { return Certificates::default() };
    let valid = qualification.validity == 1;
    let born = world.people.get(name).map(|person| person.birthdate);
    let tickets = if aid::is_aid(state, name, coverage) {
        aid::tickets(state, name, coverage, day)
    } else {
        Vec::new()
    };
    Certificates {
        elderly: born.and_then(|born| elderly(state, name, coverage, born, day)),
        long_stay: long_stay(coverage, day).filter(|_| valid && agreed.limit),
        diseases: if valid && agreed.diseases {
            diseases(state, name, coverage, day)
        } else {
            Vec::new()
        },
        tickets,
    }
}

/// The share whose period the day lies in (OQS-LIM-12), from the month after the 70th birthday, or from that month for those born
/// on the first (OQS-LIM-11), until late-elderly care begins with the 75th (bench choice).
fn elderly(state: &State, name: &str, coverage: &Coverage, born: Date, day: Date) -> Option<u8> {
    if day < first_day(born) || birthday(born, born.year() + LATE_ELDERLY) <= day {
        return None;
    }
    let shares = last(state, name, |change| {
        let Change::ElderlyShares { numbers, shares } = change else { return None };
        is_of(numbers, coverage).then_some(shares)
    })?;
    let holding = shares.iter().filter(|share| share.from <= day && day <= share.to);
    holding.max_by_key(|share| share.from).map(|share| share.percent)
}

fn first_day(born: Date) -> Date {
    let seventieth = birthday(born, born.year() + ELDERLY);
    if born.day() == 1 {
        return seventieth;
    }
    end_of_month_after(seventieth, 0).tomorrow().unwrap_or(Date::MAX)
}

/// Each certificate that holds on the day, with its monthly limit (OQS-LIM-10).
fn diseases(state: &State, name: &str, coverage: &Coverage, day: Date) -> Vec<(u8, u32)> {
    let all = last(state, name, |change| {
        let Change::Diseases { numbers, certificates } = change else { return None };
        is_of(numbers, coverage).then_some(certificates)
    });
    let holding = all.into_iter().flatten().filter(|one| one.from <= day && day <= one.to);
    holding.map(|one| (one.category, one.self_pay)).collect()
}

/// From when a long stay counts, once that day has come and while the limit it belongs to holds (OQS-LIM-07).
fn long_stay(coverage: &Coverage, day: Date) -> Option<Date> {
    let limit = coverage.limit.as_ref().filter(|limit| limit.from <= day && day <= limit.to)?;
    limit.long_stay.filter(|from| *from <= day)
}

fn is_of(numbers: &Numbers, coverage: &Coverage) -> bool {
    numbers::same_number(numbers, &numbers::of(coverage))
}

fn last<'a, T>(state: &'a State, person: &str, of: impl Fn(&'a Change) -> Option<T>) -> Option<T> {
    feed::standing(state, person).filter_map(of).last()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{HANAKO, coverage, world};
    use super::*;
    use crate::model::{DiseaseCertificate, ElderlyShare, FeedRecord, Limit};

    fn fed(change: Change) -> State {
        let world = world();
        let mut state = State::before(&world);
        let record = FeedRecord { record_id: "r1".into(), person: HANAKO.into(), change };
        feed::record(&world, &mut state, &record);
        state
    }

    fn held() -> Coverage {
        world().people[HANAKO].coverages[0].clone()
    }

    #[test] // rows OQS-LIM-11, OQS-LIM-12
    fn the_share_of_an_elderly_recipient() {
        let share = |percent, from, to| ElderlyShare { percent, from, to };
        let state = fed(Change::ElderlyShares {
            numbers: numbers::of(&held()),
            shares: vec![
                share(20, date(2025, 8, 1), date(2026, 7, 31)),
                share(30, date(2026, 8, 1), date(2027, 7, 31)),
            ],
        });
        for (born, day, expected) in [
            (date(1956, 3, 10), date(2026, 3, 31), None),
            (date(1956, 3, 10), date(2026, 4, 1), Some(20)),
            (date(1956, 4, 1), date(2026, 3, 31), None),
            (date(1956, 4, 1), date(2026, 4, 1), Some(20)),
            (date(1956, 4, 2), date(2026, 4, 30), None),
            (date(1955, 1, 1), date(2026, 7, 31), Some(20)),
            (date(1955, 1, 1), date(2026, 8, 1), Some(30)),
            (date(1955, 1, 1), date(2027, 8, 1), None),
            (date(1951, 4, 2), date(2026, 4, 1), Some(20)),
            (date(1951, 4, 2), date(2026, 4, 2), None),
        ] {
            let told = elderly(&state, HANAKO, &held(), born, day);
            assert_eq!(told, expected, "born {born}, on {day}");
        }
        let other = coverage("9009", date(2020, 1, 1));
        assert_eq!(elderly(&state, HANAKO, &other, date(1955, 1, 1), date(2026, 7, 31)), None);
    }

    #[test] // row OQS-LIM-10
    fn diseases_are_a_list_of_those_that_hold() {
        let one =
            |category, self_pay, from, to| DiseaseCertificate { category, self_pay, from, to };
        let state = fed(Change::Diseases {
            numbers: numbers::of(&held()),
            certificates: vec![
                one(1, 10_000, date(2026, 4, 1), date(2026, 4, 30)),
                one(2, 20_000, date(2026, 4, 30), date(2027, 3, 31)),
            ],
        });
        for (day, expected) in [
            (date(2026, 3, 31), vec![]),
            (date(2026, 4, 1), vec![(1, 10_000)]),
            (date(2026, 4, 30), vec![(1, 10_000), (2, 20_000)]),
            (date(2026, 5, 1), vec![(2, 20_000)]),
        ] {
            assert_eq!(diseases(&state, HANAKO, &held(), day), expected, "{day}");
        }
    }

    #[test] // row OQS-LIM-07
    fn a_long_stay_counts_from_its_day_within_the_limit() {
        let limit = Limit {
            flag: "A05".into(),
            from: date(2026, 1, 1),
            to: date(2026, 7, 31),
            long_stay: Some(date(2026, 4, 1)),
        };
        let coverage = Coverage { limit: Some(limit), ..held() };
        for (day, told) in [
            (date(2026, 3, 31), None),
            (date(2026, 4, 1), Some(date(2026, 4, 1))),
            (date(2026, 7, 31), Some(date(2026, 4, 1))),
            (date(2026, 8, 1), None),
        ] {
            assert_eq!(long_stay(&coverage, day), told, "{day}");
        }
    }

    #[test]
    fn each_needs_its_own_consent_and_a_valid_qualification() {
        let disease = DiseaseCertificate {
            category: 1,
            self_pay: 10_000,
            from: date(2026, 1, 1),
            to: date(2026, 12, 31),
        };
        let state =
            fed(Change::Diseases { numbers: numbers::of(&held()), certificates: vec![disease] });
        let coverage = held();
        for (validity, limit, diseases, expected) in
            [(1, false, true, 1), (1, true, false, 0), (2, true, true, 0), (3, true, true, 0)]
        {
            let told = told(
                &world(),
                &state,
                Qualification { validity, told: Some((HANAKO, &coverage)) },
                Agreed { limit, diseases },
                date(2026, 5, 1),
            );
            assert_eq!(told.diseases.len(), expected, "{validity} {limit} {diseases}");
        }
    }
}
