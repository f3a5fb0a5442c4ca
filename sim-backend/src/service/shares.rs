//! Certificates that change what a patient pays: which of them hold on a day, and which of those are told.
//!
//! A holder of 特別療養費 (class 05) pays in full and asks the insurer afterwards, so none of them is told, nor any share: nobody can
//! then charge a normal share. Row OQS-QUAL-21; that they are left out is bench profile.

use jiff::{Timestamp, civil::Date};

use super::{
    days::{elderly_share_from, late_elderly_from, whole_second},
    disclose::{ByConsent, Route},
    insurer::is_late_elderly,
    qualify::Qualification,
    records::{Coverage, ElderlyShare, Holder, Limit, Period, SpecificDisease},
};
use crate::messages::codes::{
    InsuredCardClassification as CardClass, LimitCertificateChange, LimitCertificateClassification,
    LimitCertificateFlag as Flag,
};

/// The certificate whose period holds the day, from the elderly share's first day until late-elderly care.
pub(super) fn elderly(coverage: &Coverage, holder: &Holder, day: Date) -> Option<ElderlyShare> {
    let from = elderly_share_from(holder.birthdate)?;
    let until = late_elderly_from(holder.birthdate)?;
    let of_age = from <= day && day < until && has_normal_share(coverage.details.card_class);
    of_day(&coverage.certificates.elderly, |share| share.period, day).filter(|_| of_age).cloned()
}

/// Row OQS-QUAL-21.
#[must_use]
pub fn has_normal_share(class: CardClass) -> bool {
    match class {
        CardClass::SpecialMedicalExpense => false,
        CardClass::General
        | CardClass::Retired
        | CardClass::ShortTermGeneral
        | CardClass::ShortTermRetired
        | CardClass::SpecialRetired
        | CardClass::SelfDefenseForces
        | CardClass::MedicalAid => true,
    }
}

/// Rows OQS-LIM-01, -03, -04, -06, -07, -08.
pub(super) fn limit(
    coverage: &Coverage,
    route: &Route,
    valid: bool,
    day: Date,
    now: Timestamp,
) -> ByConsent<Option<Limit>> {
    let agreed = match route {
        Route::Card(consents) => consents.limit,
        Route::Numbers { limit } => *limit,
        Route::FourItems => false,
    };
    let shown = agreed && valid && !is_withheld(coverage);
    let held = of_day(&coverage.certificates.limits, |limit| limit.period, day);
    let content = held.filter(|_| shown).map(|limit| on_day(limit, day));
    ByConsent { given: agreed.then(|| whole_second(now)), content }
}

/// Whether the limit certificate of the day is another than the one the asker knows, or that cannot be told
/// (`LimitApplicationCertificateChanged` 1). Row OQS-BULK-07: nothing else of it is said.
#[must_use]
pub fn limit_changed(
    found: &Qualification<'_>,
    known: (LimitCertificateClassification, Flag),
    day: Date,
) -> LimitCertificateChange {
    let Qualification::Valid(_, coverage) = found else {
        return LimitCertificateChange::ChangedOrUndecidable;
    };
    let now = of_day(&coverage.certificates.limits, |limit| limit.period, day);
    let same = now.map(|limit| (limit.class, limit.flag)) == Some(known);
    match same && !is_withheld(coverage) {
        true => LimitCertificateChange::Unchanged,
        false => LimitCertificateChange::ChangedOrUndecidable,
    }
}

/// Rows OQS-LIM-08, OQS-QUAL-21.
fn is_withheld(coverage: &Coverage) -> bool {
    coverage.certificates.limit_withheld || !has_normal_share(coverage.details.card_class)
}

/// Row OQS-LIM-07: a long stay counts from its date, so an answer for an earlier day does not tell it.
fn on_day(limit: &Limit, day: Date) -> Limit {
    Limit { long_term: limit.long_term.filter(|from| *from <= day), ..limit.clone() }
}

/// The rules of a limit that need nothing but the limit. Row OQS-LIM-07: a long stay is of a low income class, and counts from the
/// first day of the month after the application.
///
/// # Errors
/// The rule that is broken, for the insurer.
pub fn check_limit(limit: &Limit) -> Result<(), &'static str> {
    match limit.long_term {
        Some(from) if from.day() != 1 => {
            Err("long_term is the first day of the month after the application")
        }
        Some(_) if !is_low_income(limit.flag) => {
            Err("long_term belongs to the classes A05, A06 and B05 to B08")
        }
        Some(_) | None => Ok(()),
    }
}

/// 区分オ and 低所得, by the words of the table.
fn is_low_income(flag: Flag) -> bool {
    match flag {
        Flag::A05 | Flag::A06 | Flag::B05 | Flag::B06 | Flag::B07 | Flag::B08 => true,
        Flag::A01
        | Flag::A02
        | Flag::A03
        | Flag::A04
        | Flag::B01
        | Flag::B02
        | Flag::B03
        | Flag::B04
        | Flag::B09
        | Flag::B10 => false,
    }
}

/// Whether a limit class fits the age on a day: A01–A06 until the elderly share begins, B01–B08 from then, B09 and B10
/// in late-elderly care, which knows no B04, B07 and B08. Row OQS-LIM-05.
#[must_use]
pub fn class_fits_age(flag: Flag, birthdate: Date, late_elderly: bool, day: Date) -> bool {
    let of_70 = late_elderly || elderly_share_from(birthdate).is_some_and(|from| from <= day);
    let of_75 = late_elderly || late_elderly_from(birthdate).is_some_and(|from| from <= day);
    match flag {
        Flag::A01 | Flag::A02 | Flag::A03 | Flag::A04 | Flag::A05 | Flag::A06 => !of_70,
        Flag::B01 | Flag::B02 | Flag::B03 | Flag::B05 | Flag::B06 => of_70,
        Flag::B04 | Flag::B07 | Flag::B08 => of_70 && !of_75,
        Flag::B09 | Flag::B10 => of_75,
    }
}

/// Whether a limit's class fits the holder's age from its first to its last day. Row OQS-LIM-05.
#[must_use]
pub fn fits_age(limit: &Limit, coverage: &Coverage, holder: &Holder) -> bool {
    let late = is_late_elderly(&coverage.insurer_number);
    let last = limit.period.end.unwrap_or(limit.period.start);
    [limit.period.start, last]
        .iter()
        .all(|day| class_fits_age(limit.flag, holder.birthdate, late, *day))
}

/// Row OQS-LIM-10. By numbers there is no such consent.
pub(super) fn specific_diseases(
    coverage: &Coverage,
    route: &Route,
    valid: bool,
    day: Date,
    now: Timestamp,
) -> ByConsent<Vec<SpecificDisease>> {
    let agreed = match route {
        Route::Card(consents) => consents.specific_diseases,
        Route::Numbers { .. } | Route::FourItems => false,
    };
    let holding = coverage
        .certificates
        .specific_diseases
        .iter()
        .filter(|disease| disease.period.contains(day));
    let shown = agreed && valid && has_normal_share(coverage.details.card_class);
    let content = if shown { holding.cloned().collect() } else { Vec::new() };
    ByConsent { given: agreed.then(|| whole_second(now)), content }
}

/// Of several that hold on the day, the newest start.
fn of_day<T>(all: &[T], period: impl Fn(&T) -> Period, day: Date) -> Option<&T> {
    all.iter().filter(|one| period(one).contains(day)).max_by_key(|one| period(one).start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::{Percent, codes::SpecificDiseaseCategory},
        service::{
            qualify::by_card,
            samples::{
                all, coverage, day, disease, given, limit as limit_of, period, person, rich,
                summary,
            },
        },
    };

    #[test] // row OQS-LIM-06
    fn a_limit_holds_in_its_period_only() {
        for (on, flag) in [
            ("2025-07-31", None),
            ("2025-08-01", Some("A03")),
            ("2026-07-31", Some("A03")),
            ("2026-08-01", Some("A04")),
        ] {
            assert_eq!(summary(&given(&rich(), Route::Card(all()), on)).0, flag, "{on}");
        }
    }

    #[test] // row OQS-LIM-08
    fn arrears_hide_the_limit() {
        let mut state = rich();
        state.coverages[0].certificates.limit_withheld = true;
        assert_eq!(summary(&given(&state, Route::Card(all()), "2026-04-01")).0, None);
    }

    #[test] // rows OQS-LIM-11, OQS-LIM-12
    fn the_elderly_share_follows_age_and_period() {
        let mut only = coverage("99990013", "2024-04-01", None);
        only.certificates.elderly = vec![
            ElderlyShare {
                ratio: Percent::new(20).unwrap(),
                issued: None,
                period: period("2025-08-01", "2026-07-31"),
            },
            ElderlyShare {
                ratio: Percent::new(30).unwrap(),
                issued: None,
                period: period("2026-08-01", "2027-07-31"),
            },
        ];
        for (born, on, ratio) in [
            ("1956-03-10", "2026-03-31", None),
            ("1956-03-10", "2026-04-01", Some(20)),
            ("1956-04-01", "2026-04-01", Some(20)),
            ("1955-01-01", "2026-07-31", Some(20)),
            ("1955-01-01", "2026-08-01", Some(30)),
            ("1951-04-01", "2026-04-01", None),
        ] {
            let state = person("P-1", born, vec![only.clone()]);
            let share =
                given(&state, Route::Card(all()), on).elderly.map(|share| share.ratio.value());
            assert_eq!(share, ratio, "born {born}, on {on}");
        }
    }

    #[test] // row OQS-LIM-10: 0, 1, 2 entries, each with its monthly self-pay
    fn specific_diseases_are_a_list() {
        let dialysis = disease(SpecificDiseaseCategory::RenalFailure, "2025-04-01", "2026-12-31");
        let mut blood = disease(SpecificDiseaseCategory::Haemophilia, "2026-04-01", "2027-03-31");
        blood.self_pay = 20_000;
        for (row, held, on, pays) in [
            ("none", vec![], "2026-04-01", vec![]),
            ("one", vec![dialysis.clone()], "2026-04-01", vec![10_000]),
            ("two", vec![dialysis.clone(), blood.clone()], "2026-04-01", vec![10_000, 20_000]),
            ("one of two ended", vec![dialysis, blood], "2027-01-01", vec![20_000]),
        ] {
            let mut state = rich();
            state.coverages[0].certificates.specific_diseases = held;
            let told = given(&state, Route::Card(all()), on).specific_diseases.content;
            let told: Vec<_> = told.iter().map(|disease| disease.self_pay).collect();
            assert_eq!(told, pays, "{row}");
        }
    }

    #[test] // row OQS-QUAL-21
    fn a_holder_of_special_medical_expense_has_no_normal_share() {
        let mut state = rich();
        let details = &mut state.coverages[0].details;
        (details.card_class, details.contribution_ratio) =
            (CardClass::SpecialMedicalExpense, Percent::new(30));
        let told = given(&state, Route::Card(all()), "2026-04-01");
        assert_eq!(summary(&told), (None, 0, Some(0)));
        assert_eq!(told.coverage.details.card_class, CardClass::SpecialMedicalExpense);
        assert_eq!(told.coverage.details.contribution_ratio, None);
        let found = by_card(&state, day("2026-04-01"));
        let known = (LimitCertificateClassification::Limit, Flag::A03);
        let changed = limit_changed(&found, known, day("2026-04-01"));
        assert_eq!(changed, LimitCertificateChange::ChangedOrUndecidable, "cannot be told");
    }

    #[test] // row OQS-LIM-07
    fn a_long_stay_counts_from_its_date() {
        let mut state = rich();
        let limit = &mut state.coverages[0].certificates.limits[0];
        (limit.flag, limit.long_term) = (Flag::A05, Some(day("2026-04-01")));
        for (on, told) in [("2026-03-31", None), ("2026-04-01", Some(day("2026-04-01")))] {
            let limit = given(&state, Route::Card(all()), on).limit.content.unwrap();
            assert_eq!(limit.long_term, told, "{on}");
        }
    }

    #[test] // row OQS-LIM-07: low income, and the first day of the month after the application
    fn a_long_stay_has_its_class_and_its_first_day() {
        for (flag, long_term, fits) in [
            (Flag::A05, Some("2026-04-01"), true),
            (Flag::B05, Some("2026-04-01"), true),
            (Flag::A05, Some("2026-04-02"), false),
            (Flag::A03, Some("2026-04-01"), false),
            (Flag::B09, Some("2026-04-01"), false),
            (Flag::A03, None, true),
        ] {
            let mut one = limit_of(flag, "2025-08-01", "2026-07-31");
            one.long_term = long_term.map(day);
            assert_eq!(check_limit(&one).is_ok(), fits, "{flag:?} {long_term:?}");
        }
    }

    #[test] // row OQS-LIM-05: A01–A06 below 70, B01–B08 from 70, B09–B10 for 75+; B04, B07, B08 not for 75+
    fn the_class_fits_the_age() {
        // Born on 10 March: the elderly share begins on 1 April of the year of the 70th birthday.
        let ages = [
            ("69", "1956-03-10", "2026-03-31"),
            ("70", "1956-03-10", "2026-04-01"),
            ("74", "1951-03-10", "2026-03-09"),
            ("75", "1951-03-10", "2026-03-10"),
        ];
        for (flags, fits) in [
            ("A01 A02 A03 A04 A05 A06", [true, false, false, false]),
            ("B01 B02 B03 B05 B06", [false, true, true, true]),
            ("B04 B07 B08", [false, true, true, false]),
            ("B09 B10", [false, false, false, true]),
        ] {
            for flag in flags.split(' ') {
                let class = Flag::from_code(flag).unwrap();
                for ((age, born, on), expected) in ages.into_iter().zip(fits) {
                    let actual = class_fits_age(class, day(born), false, day(on));
                    assert_eq!(actual, expected, "{flag} at {age}");
                }
            }
        }
        assert!(class_fits_age(Flag::B10, day("1960-03-10"), true, day("2026-04-01")), "39… at 66");
        assert!(!class_fits_age(Flag::A05, day("1960-03-10"), true, day("2026-04-01")));
    }

    #[test] // row OQS-LIM-05: a certificate ends with the class
    fn a_limit_fits_on_its_first_and_on_its_last_day() {
        let state = person("P-1", "1956-03-10", vec![coverage("99990013", "2024-04-01", None)]);
        let (held, holder) = (&state.coverages[0], state.holder.as_ref().unwrap());
        for (flag, start, end, fits) in [
            (Flag::A03, "2025-08-01", "2026-03-31", true),
            (Flag::A03, "2025-08-01", "2026-07-31", false),
            (Flag::B03, "2026-04-01", "2026-07-31", true),
            (Flag::B03, "2026-03-01", "2026-07-31", false),
        ] {
            assert_eq!(
                fits_age(&limit_of(flag, start, end), held, holder),
                fits,
                "{flag:?} {start}"
            );
        }
    }
}
