//! Stage: from what was fed to QualificationValidity (CD006) and the coverage that is told. Table §3.3, rows OQS-QUAL.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::model::{Coverage, NumberQuery, World};

use super::state::State;
use super::{aid, numbers};

/// A validity, and the coverage told with it: always with 1, 2, 3 and 6, never with 4 and 5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Qualification<'a> {
    /// QualificationValidity.
    pub validity: u8,
    /// Whose coverage it is and which.
    pub told: Option<(&'a str, &'a Coverage)>,
}

impl<'a> Qualification<'a> {
    const fn without_record(validity: u8) -> Self {
        Self { validity, told: None }
    }

    const fn of(validity: u8, person: &'a str, coverage: &'a Coverage) -> Self {
        Self { validity, told: Some((person, coverage)) }
    }
}

/// By card, on the day of the visit (§3.3, column "by card").
///
/// Active ones first, the one with the newest start of them (OQS-QUAL-06, 08, 25); else medical aid, which is 6 as long as no
/// ticket of the month is registered (OQS-AID-03); else the newest that had begun, as lost (OQS-QUAL-09); else nothing
/// (OQS-QUAL-11). Before a new insurer's feed the answer is thus 2 or 4, never the old as valid (OQS-INS-06). That an insurance
/// goes before medical aid is a bench choice.
pub(super) fn by_card<'a>(state: &'a State, holder: &'a str, day: Date) -> Qualification<'a> {
    let insured = insured_by_card(state, holder, day);
    match aid::of(state, holder, day) {
        Some((aid, usable)) if insured.validity != 1 => {
            Qualification::of(if usable { 1 } else { 6 }, holder, aid)
        }
        Some(_) | None => insured,
    }
}

/// The same at a terminal that can show no medical aid: it is told of none (OQS-AID-02).
pub(super) fn insured_by_card<'a>(
    state: &'a State,
    holder: &'a str,
    day: Date,
) -> Qualification<'a> {
    let held = held(state, holder);
    let active = held.iter().filter(|coverage| is_active(coverage, day));
    let begun = held.iter().filter(|coverage| coverage.gained <= day);
    if let Some(coverage) = newest(active) {
        Qualification::of(1, holder, coverage)
    } else if let Some(coverage) = newest(begun) {
        Qualification::of(2, holder, coverage)
    } else {
        Qualification::without_record(4)
    }
}

/// By numbers, on the day asked for, which may be past (§3.3, column "by numbers"; OQS-QUAL-15).
///
/// A coverage that has not begun on that day is no match (bench choice). Numbers are asked without the card, so 自己情報提供不可
/// does not stand in their way (OQS-REG-10 closes the card only).
pub(super) fn by_numbers<'a>(
    world: &World,
    state: &'a State,
    query: &NumberQuery,
) -> Qualification<'a> {
    let matches: Vec<_> = state
        .coverages
        .iter()
        .filter(|(name, _)| can_be_asked_about(world, name, query))
        .flat_map(|(name, held)| held.iter().map(move |coverage| (name.as_str(), coverage)))
        .filter(|(_, coverage)| coverage.gained <= query.date)
        .filter(|(_, coverage)| numbers::answers(&query.numbers, &numbers::of(coverage)))
        .collect();
    match matches.as_slice() {
        [] => Qualification::without_record(4), // OQS-QUAL-11
        [(person, _), rest @ ..] if rest.iter().all(|(other, _)| other == person) => {
            of_one_person(state, person, matches.iter().map(|(_, coverage)| *coverage), query.date)
        }
        [..] => Qualification::without_record(5), // OQS-QUAL-12
    }
}

/// Active → 1 (OQS-QUAL-08); a successor that is active → 3 with the old one (OQS-QUAL-10); else 2 (OQS-QUAL-09).
fn of_one_person<'a>(
    state: &'a State,
    person: &'a str,
    matches: impl Iterator<Item = &'a Coverage>,
    date: Date,
) -> Qualification<'a> {
    let matches: Vec<&Coverage> = matches.collect();
    let active = matches.iter().copied().filter(|coverage| is_active(coverage, date));
    if let Some(coverage) = newest(active) {
        return Qualification::of(1, person, coverage);
    }
    let Some(lost) = newest(matches.into_iter()) else { return Qualification::without_record(4) };
    let is_successor = |other: &Coverage| other.gained > lost.gained && is_active(other, date);
    let validity = if held(state, person).iter().any(is_successor) { 3 } else { 2 };
    Qualification::of(validity, person, lost)
}

/// A wrong birth date is no match (OQS-QUAL-14).
fn can_be_asked_about(world: &World, name: &str, query: &NumberQuery) -> bool {
    world.people.get(name).is_some_and(|person| person.birthdate == query.birthdate)
}

/// The day of gain is covered, the day of loss is not (OQS-QUAL-16); a short-term certificate covers its last day (OQS-QUAL-22).
pub(super) fn is_active(coverage: &Coverage, day: Date) -> bool {
    coverage.gained <= day
        && coverage.lost.is_none_or(|lost| day < lost)
        && coverage.valid_until.is_none_or(|last| day <= last)
}

/// The newest start (OQS-QUAL-25). Of several on one day the one whose insurer number comes first as text, then whose number
/// does, so that the order of the feed never decides (OQS-INS-11; bench choice).
fn newest<'a>(coverages: impl Iterator<Item = &'a Coverage>) -> Option<&'a Coverage> {
    coverages.max_by_key(|coverage| {
        (coverage.gained, Reverse(&coverage.insurer_number), Reverse(&coverage.number))
    })
}

fn held<'a>(state: &'a State, person: &str) -> &'a [Coverage] {
    state.coverages.get(person).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{CLINIC, HANAKO, TARO, coverage, query, world};
    use super::*;

    fn lost(number: &str, gained: Date, lost: Date) -> Coverage {
        Coverage { lost: Some(lost), ..coverage(number, gained) }
    }

    /// A state in which Hanako holds exactly these coverages.
    fn holding(coverages: &[Coverage]) -> (World, State) {
        let mut world = world();
        world.people.get_mut(HANAKO).unwrap().coverages = coverages.to_vec();
        let state = State::before(&world);
        (world, state)
    }

    fn told(qualification: Qualification<'_>) -> (u8, Option<String>) {
        (qualification.validity, qualification.told.map(|(_, coverage)| coverage.number.clone()))
    }

    #[test]
    fn by_card_row_by_row() {
        let day = date(2026, 5, 10);
        let (april, may) = (date(2026, 4, 1), date(2026, 5, 10));
        for (case, coverages, validity, number) in [
            ("one active", vec![coverage("a", april)], 1, Some("a")),
            ("old lost, new active", vec![lost("a", april, may), coverage("b", may)], 1, Some("b")),
            (
                "the same, fed in the other order",
                vec![coverage("b", may), lost("a", april, may)],
                1,
                Some("b"),
            ),
            ("old lost, nothing new", vec![lost("a", april, may)], 2, Some("a")),
            ("nothing", vec![], 4, None),
            ("only one to come", vec![coverage("a", date(2026, 5, 11))], 4, None),
            (
                "two active, newest start",
                vec![coverage("b", may), coverage("a", april)],
                1,
                Some("b"),
            ),
            (
                "two active, one start, smaller number",
                vec![coverage("b", april), coverage("a", april)],
                1,
                Some("a"),
            ),
            (
                "two active, one start, smaller insurer number",
                vec![
                    coverage("a", april),
                    Coverage { insurer_number: "99990012".into(), ..coverage("b", april) },
                ],
                1,
                Some("b"),
            ),
            (
                "newer one lost, older one active",
                vec![coverage("a", april), lost("b", date(2026, 5, 1), may)],
                1,
                Some("a"),
            ),
            (
                "both lost",
                vec![lost("b", date(2026, 5, 1), may), lost("a", april, date(2026, 5, 5))],
                2,
                Some("b"),
            ),
            (
                "gap before the new one",
                vec![lost("a", april, date(2026, 5, 1)), coverage("b", date(2026, 5, 11))],
                2,
                Some("a"),
            ),
        ] {
            let (_, state) = holding(&coverages);
            assert_eq!(
                told(by_card(&state, HANAKO, day)),
                (validity, number.map(Into::into)),
                "{case}"
            );
        }
    }

    #[test]
    fn borders_of_a_coverage() {
        let short = Coverage {
            valid_until: Some(date(2026, 4, 20)),
            ..lost("a", date(2026, 4, 1), date(2026, 4, 30))
        };
        let long = Coverage { valid_until: None, ..short.clone() };
        for (day, short_active, long_active) in [
            (date(2026, 3, 31), false, false),
            (date(2026, 4, 1), true, true),
            (date(2026, 4, 20), true, true),
            (date(2026, 4, 21), false, true),
            (date(2026, 4, 29), false, true),
            (date(2026, 4, 30), false, false),
        ] {
            assert_eq!(
                (is_active(&short, day), is_active(&long, day)),
                (short_active, long_active),
                "{day}"
            );
        }
    }

    #[test]
    fn by_numbers_row_by_row() {
        let (april, may) = (date(2026, 4, 1), date(2026, 5, 1));
        for (case, coverages, date, validity, number) in [
            ("active", vec![coverage("a", april)], may, 1, Some("a")),
            (
                "old lost, new active",
                vec![lost("a", april, may), coverage("b", may)],
                may,
                3,
                Some("a"),
            ),
            (
                "the day before",
                vec![lost("a", april, may), coverage("b", may)],
                date(2026, 4, 30),
                1,
                Some("a"),
            ),
            ("old lost, nothing new", vec![lost("a", april, may)], may, 2, Some("a")),
            (
                "new one lost too",
                vec![lost("a", april, may), lost("b", may, date(2026, 5, 2))],
                date(2026, 5, 2),
                2,
                Some("a"),
            ),
            (
                "an older one is active",
                vec![coverage("b", date(2026, 3, 1)), lost("a", april, may)],
                may,
                2,
                Some("a"),
            ),
            ("nothing", vec![], may, 4, None),
            ("not begun", vec![coverage("a", may)], date(2026, 4, 30), 4, None),
            (
                "two active, the one asked",
                vec![coverage("a", april), coverage("b", may)],
                may,
                1,
                Some("a"),
            ),
            (
                "same numbers twice, newest",
                vec![lost("a", april, date(2026, 4, 5)), coverage("a", may)],
                may,
                1,
                Some("a"),
            ),
            (
                "same numbers twice, the older one never ended",
                vec![coverage("a", april), lost("a", date(2026, 4, 10), date(2026, 4, 20))],
                may,
                1,
                Some("a"),
            ),
        ] {
            let (world, state) = holding(&coverages);
            let query = NumberQuery { date, ..query(CLINIC, HANAKO, "a") };
            assert_eq!(
                told(by_numbers(&world, &state, &query)),
                (validity, number.map(Into::into)),
                "{case}"
            );
        }
    }

    #[test]
    fn matching_by_numbers() {
        let (world, state) = holding(&[coverage("a", date(2026, 4, 1))]);
        let asked = query(CLINIC, HANAKO, "a");
        let mut padded = asked.clone();
        padded.numbers.insurer_number = format!("  {}", padded.numbers.insurer_number);
        let mut without_branch = asked.clone();
        without_branch.numbers.branch = None;
        let mut other_branch = asked.clone();
        other_branch.numbers.branch = Some("99".into());
        let birthdate = NumberQuery { birthdate: date(1990, 1, 1), ..asked.clone() };
        for (case, query, validity) in [
            ("as held", asked.clone(), 1),
            ("padded", padded, 1),
            ("without branch", without_branch, 1),
            ("other branch", other_branch, 4),
            ("wrong birth date", birthdate, 4),
        ] {
            assert_eq!(by_numbers(&world, &state, &query).validity, validity, "{case}");
        }
        let mut barred = world;
        barred.people.get_mut(HANAKO).unwrap().disclosure_barred = true;
        assert_eq!(by_numbers(&barred, &state, &asked).validity, 1); // OQS-REG-10 is about the card
    }

    #[test]
    fn twins_without_branch_are_several_and_with_it_one() {
        let mut world = world();
        let hanako = world.people[HANAKO].clone();
        let taro = world.people.get_mut(TARO).unwrap();
        taro.birthdate = hanako.birthdate;
        taro.coverages =
            vec![Coverage { branch: Some("02".into()), ..hanako.coverages[0].clone() }];
        let state = State::before(&world);
        let mut asked = query(CLINIC, HANAKO, "1001");
        assert_eq!(by_numbers(&world, &state, &asked).told.unwrap().0, HANAKO);
        asked.numbers.branch = Some("02".into());
        assert_eq!(by_numbers(&world, &state, &asked).told.unwrap().0, TARO);
        asked.numbers.branch = None;
        assert_eq!(by_numbers(&world, &state, &asked), Qualification::without_record(5));
    }
}
