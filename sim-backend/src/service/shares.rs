//! Certificates that change what a patient pays: which of them hold on a day, and which of those are told.

use jiff::{Timestamp, civil::Date};

use super::{
    days::{elderly_share_from, late_elderly_from, whole_second},
    disclose::{ByConsent, Route},
    qualify::Qualification,
    records::{Coverage, ElderlyShare, Holder, Limit, Period, SpecificDisease},
};
use crate::messages::codes::{LimitCertificateClassification, LimitCertificateFlag};

/// The certificate whose period holds the day, from the elderly share's first day until late-elderly care.
pub(super) fn elderly(coverage: &Coverage, holder: &Holder, day: Date) -> Option<ElderlyShare> {
    let from = elderly_share_from(holder.birthdate)?;
    let until = late_elderly_from(holder.birthdate)?;
    let of_age = from <= day && day < until;
    of_day(&coverage.certificates.elderly, |share| share.period, day).filter(|_| of_age).cloned()
}

/// Rows OQS-LIM-01, -03, -04, -06, -08.
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
    };
    let certificates = &coverage.certificates;
    let shown = agreed && valid && !certificates.limit_withheld;
    let content =
        of_day(&certificates.limits, |limit| limit.period, day).filter(|_| shown).cloned();
    ByConsent { given: agreed.then(|| whole_second(now)), content }
}

/// Whether the limit certificate of the day is another than the one the asker knows, or that cannot be told
/// (`LimitApplicationCertificateChanged` 1). Row OQS-BULK-07: nothing else of it is said.
#[must_use]
pub fn limit_changed(
    found: &Qualification<'_>,
    known: (LimitCertificateClassification, LimitCertificateFlag),
    day: Date,
) -> bool {
    let Qualification::Valid(_, coverage) = found else { return true };
    let certificates = &coverage.certificates;
    let now = of_day(&certificates.limits, |limit| limit.period, day);
    certificates.limit_withheld || now.map(|limit| (limit.class, limit.flag)) != Some(known)
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
        Route::Numbers { .. } => false,
    };
    let holding = coverage
        .certificates
        .specific_diseases
        .iter()
        .filter(|disease| disease.period.contains(day));
    let content = if agreed && valid { holding.cloned().collect() } else { Vec::new() };
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
        messages::Percent,
        service::samples::{all, coverage, given, period, person, rich, summary},
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
}
