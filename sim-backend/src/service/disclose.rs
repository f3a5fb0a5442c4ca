//! What of the found record is given, by route and consent.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{
    consent::{Consent, MedicalKind},
    days::{elderly_share_from, late_elderly_from, preschool_until, whole_second},
    qualify::Qualification,
    records::{Coverage, ElderlyShare, Holder, Limit, Loss, Period, PersonState, SpecificDisease},
};
use crate::messages::{
    InsurerNumber,
    codes::{
        InsuredCardClassification as CardClass, LimitCertificateChange,
        LimitCertificateClassification, LimitCertificateFlag, QualificationValidity as Validity,
    },
};

/// How the answer was asked for. Rows OQS-QUAL-01, OQS-QUAL-04.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A card with an identity check; the patient consented at the reader.
    Card(CardConsents),
    /// Numbers typed by staff.
    Numbers {
        /// The patient agreed orally that the limit is given. Row OQS-LIM-04.
        limit: bool,
    },
}

/// What the patient agreed to at the reader. Rows OQS-CONS-02, OQS-CONS-13.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardConsents {
    /// Limit information.
    pub limit: bool,
    /// Specific-disease certificates.
    pub specific_diseases: bool,
    /// Medical information, by kind.
    pub medical: BTreeSet<MedicalKind>,
    /// The certificate is in its grace: medical information stays closed. Row OQS-CERT-14.
    pub grace: bool,
}

/// Something that is given only by consent, with the time of the consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByConsent<T> {
    /// `…ConsTime`; `None` is flag 0. Row OQS-CONS-08.
    pub given: Option<Timestamp>,
    /// What there is to give; empty without consent.
    pub content: T,
}

/// One record of the answer: nothing in it that the asker may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The person, without address when that is withheld.
    pub holder: Holder,
    /// The coverage, without its certificates.
    pub coverage: Coverage,
    /// The loss as registered, also when it lies ahead of the day. Row OQS-QUAL-17.
    pub loss: Option<Loss>,
    /// `PreschoolClassification` 1. Row OQS-QUAL-20.
    pub preschool: bool,
    /// `ElderlyRecipientCertificateInfo` of the day. Rows OQS-LIM-11, OQS-LIM-12.
    pub elderly: Option<ElderlyShare>,
    /// `LimitApplicationCertificateRelatedInfo` of the day.
    pub limit: ByConsent<Option<Limit>>,
    /// `SpecificDiseasesCertificateList` of the day.
    pub specific_diseases: ByConsent<Vec<SpecificDisease>>,
    /// Consents to medical information; `None` by numbers, where no such flag exists. Row OQS-QUAL-32.
    pub medical: Option<Vec<Consent>>,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `QualificationValidity`.
    pub validity: Validity,
    /// The record; absent for 4 and 5. Rows OQS-QUAL-11, OQS-QUAL-12.
    pub record: Option<Record>,
}

/// What is given of a qualification on a day, asked now. Table "what is given".
#[must_use]
pub fn disclose(found: &Qualification<'_>, route: &Route, day: Date, now: Timestamp) -> Answer {
    let (validity, source) = match *found {
        Qualification::Valid(state, coverage) => (Validity::Valid, Some((state, coverage))),
        Qualification::Invalid(state, coverage) => (Validity::Invalid, Some((state, coverage))),
        Qualification::Superseded(state, coverage) => {
            (Validity::InvalidNewerExists, Some((state, coverage)))
        }
        Qualification::Nothing => (Validity::NoMatch, None),
        Qualification::Several => (Validity::SeveralMatch, None),
    };
    let record =
        source.and_then(|(state, coverage)| record(state, coverage, validity, route, day, now));
    Answer { validity, record }
}

fn record(
    state: &PersonState,
    coverage: &Coverage,
    validity: Validity,
    route: &Route,
    day: Date,
    now: Timestamp,
) -> Option<Record> {
    let holder = state.holder.as_ref()?;
    let valid = validity == Validity::Valid;
    Some(Record {
        holder: shown_holder(holder),
        coverage: shown_coverage(coverage),
        loss: coverage.lost,
        preschool: preschool_until(holder.birthdate).is_some_and(|last| day <= last),
        elderly: elderly(coverage, holder, day),
        limit: limit(coverage, route, valid, day, now),
        specific_diseases: specific_diseases(coverage, route, valid, day, now),
        medical: medical(state, coverage, route, now),
    })
}

/// Row OQS-PRIV-08: with the flag 不開示 the address is left out.
fn shown_holder(holder: &Holder) -> Holder {
    let mut shown = holder.clone();
    if holder.address_withheld {
        (shown.address, shown.post_number) = (None, None);
    }
    shown
}

/// Row OQS-QUAL-19: late-elderly care has neither symbol nor branch. Certificates have their own rules.
fn shown_coverage(coverage: &Coverage) -> Coverage {
    let mut shown = coverage.clone();
    shown.certificates = super::records::Certificates::default();
    if is_late_elderly(&coverage.insurer_number) {
        (shown.details.symbol, shown.details.branch) = (None, None);
    }
    shown
}

/// Whether the insurer number is one of late-elderly care (後期高齢者医療, 法別番号 39).
#[must_use]
pub fn is_late_elderly(insurer: &InsurerNumber) -> bool {
    insurer.as_str().len() == InsurerNumber::WIDTH && insurer.as_str().starts_with("39")
}

/// The certificate whose period holds the day, from the elderly share's first day until late-elderly care.
fn elderly(coverage: &Coverage, holder: &Holder, day: Date) -> Option<ElderlyShare> {
    let from = elderly_share_from(holder.birthdate)?;
    let until = late_elderly_from(holder.birthdate)?;
    let of_age = from <= day && day < until;
    of_day(&coverage.certificates.elderly, |share| share.period, day).filter(|_| of_age).cloned()
}

/// Rows OQS-LIM-01, -03, -04, -06, -08.
fn limit(
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
) -> LimitCertificateChange {
    let Qualification::Valid(_, coverage) = found else {
        return LimitCertificateChange::ChangedOrUndecidable;
    };
    let certificates = &coverage.certificates;
    let now = of_day(&certificates.limits, |limit| limit.period, day);
    let same = now.map(|limit| (limit.class, limit.flag)) == Some(known);
    match same && !certificates.limit_withheld {
        true => LimitCertificateChange::Unchanged,
        false => LimitCertificateChange::ChangedOrUndecidable,
    }
}

/// Row OQS-LIM-10. By numbers there is no such consent.
fn specific_diseases(
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

/// Rows OQS-CERT-14, OQS-CONS-06, -08, -10, OQS-INS-07, OQS-QUAL-32, OQS-PRIV-10. A lost qualification does not close
/// what the patient agreed to.
fn medical(
    state: &PersonState,
    coverage: &Coverage,
    route: &Route,
    now: Timestamp,
) -> Option<Vec<Consent>> {
    let Route::Card(consents) = route else { return None };
    let open = !consents.grace
        && may_have_medical_view(state)
        && has_medical_history(coverage.details.card_class);
    let given = consents.medical.iter().filter(|_| open);
    Some(given.map(|kind| Consent::given_at(*kind, now)).collect())
}

/// Row OQS-CONS-10: groups outside the history service.
fn has_medical_history(class: CardClass) -> bool {
    match class {
        CardClass::SpecialMedicalExpense | CardClass::SelfDefenseForces | CardClass::MedicalAid => {
            false
        }
        CardClass::General
        | CardClass::Retired
        | CardClass::ShortTermGeneral
        | CardClass::ShortTermRetired
        | CardClass::SpecialRetired => true,
    }
}

/// Row OQS-INS-07: a mismatch with the resident register hides the medical view until the insurer confirms.
#[must_use]
pub fn may_have_medical_view(state: &PersonState) -> bool {
    state.holder.as_ref().is_some_and(|holder| !holder.identity_unconfirmed)
}

/// Of several that hold on the day, the newest start.
fn of_day<T>(all: &[T], period: impl Fn(&T) -> Period, day: Date) -> Option<&T> {
    all.iter().filter(|one| period(one).contains(day)).max_by_key(|one| period(one).start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Percent;
    use crate::messages::codes::{
        LimitCertificateClassification, LimitCertificateFlag, SpecificDiseaseCategory,
    };
    use crate::service::{
        qualify::by_card,
        samples::{coverage, day, person},
    };

    const INSURER: &str = "99990013";

    fn now() -> Timestamp {
        "2026-04-01T00:30:15.25Z".parse().unwrap()
    }

    fn period(start: &str, end: &str) -> Period {
        Period { start: day(start), end: Some(day(end)) }
    }

    fn rich() -> PersonState {
        let mut only = coverage(INSURER, "2024-04-01", None);
        only.certificates.limits = vec![
            Limit {
                class: LimitCertificateClassification::Limit,
                flag: LimitCertificateFlag::A03,
                issued: None,
                long_term: None,
                period: period("2025-08-01", "2026-07-31"),
            },
            Limit {
                class: LimitCertificateClassification::Limit,
                flag: LimitCertificateFlag::A04,
                issued: None,
                long_term: None,
                period: period("2026-08-01", "2027-07-31"),
            },
        ];
        only.certificates.specific_diseases = vec![SpecificDisease {
            category: SpecificDiseaseCategory::RenalFailure,
            issued: None,
            self_pay: 10_000,
            period: period("2025-04-01", "2026-12-31"),
        }];
        person("P-1", "1985-05-05", vec![only])
    }

    fn all() -> CardConsents {
        CardConsents {
            limit: true,
            specific_diseases: true,
            medical: MedicalKind::ALL.into(),
            grace: false,
        }
    }

    fn given(state: &PersonState, route: Route, on: &str) -> Record {
        disclose(&by_card(state, day(on)), &route, day(on), now()).record.unwrap()
    }

    /// limit, specific diseases, medical kinds
    fn summary(record: &Record) -> (Option<&'static str>, usize, Option<usize>) {
        let limit = record.limit.content.as_ref().map(|limit| limit.flag.code());
        (limit, record.specific_diseases.content.len(), record.medical.as_ref().map(Vec::len))
    }

    #[test] // the table "what is given"
    fn route_and_consent_decide_what_is_given() {
        let grace = CardConsents { grace: true, ..all() };
        for (row, route, expected) in [
            ("card, all consents", Route::Card(all()), (Some("A03"), 1, Some(4))),
            (
                "card, none: OQS-CONS-06, OQS-LIM-03",
                Route::Card(CardConsents::default()),
                (None, 0, Some(0)),
            ),
            ("card in grace: OQS-CERT-14", Route::Card(grace), (Some("A03"), 1, Some(0))),
            ("numbers: OQS-QUAL-32", Route::Numbers { limit: false }, (None, 0, None)),
            (
                "numbers, limit agreed: OQS-LIM-04",
                Route::Numbers { limit: true },
                (Some("A03"), 0, None),
            ),
        ] {
            assert_eq!(summary(&given(&rich(), route, "2026-04-01")), expected, "{row}");
        }
    }

    #[test] // row OQS-CONS-02: all sixteen combinations
    fn each_kind_is_opened_by_its_own_consent() {
        for bits in 0..16_u8 {
            let wanted: BTreeSet<_> = MedicalKind::ALL
                .into_iter()
                .enumerate()
                .filter(|(place, _)| bits >> place & 1 == 1)
                .map(|(_, kind)| kind)
                .collect();
            let record = given(
                &rich(),
                Route::Card(CardConsents { medical: wanted.clone(), ..CardConsents::default() }),
                "2026-04-01",
            );
            let opened: BTreeSet<_> =
                record.medical.unwrap().iter().map(|consent| consent.kind).collect();
            assert_eq!(opened, wanted);
        }
    }

    #[test] // row OQS-CONS-08
    fn a_flag_of_one_has_its_time_and_a_flag_of_zero_has_none() {
        let record = given(&rich(), Route::Card(all()), "2026-04-01");
        assert_eq!(record.limit.given, "2026-04-01T00:30:15Z".parse().ok());
        assert_eq!(
            given(&rich(), Route::Card(CardConsents::default()), "2026-04-01").limit.given,
            None
        );
    }

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

    #[test] // row OQS-CONS-10
    fn groups_without_history_service_get_no_medical_information() {
        for (class, kinds) in [
            (CardClass::SelfDefenseForces, 0),
            (CardClass::SpecialMedicalExpense, 0),
            (CardClass::Retired, 4),
        ] {
            let mut state = rich();
            state.coverages[0].details.card_class = class;
            assert_eq!(
                summary(&given(&state, Route::Card(all()), "2026-04-01")).2,
                Some(kinds),
                "{class:?}"
            );
        }
    }

    #[test] // row OQS-INS-07
    fn a_mismatch_with_the_register_hides_the_medical_view() {
        let mut state = rich();
        state.holder.as_mut().unwrap().identity_unconfirmed = true;
        assert_eq!(summary(&given(&state, Route::Card(all()), "2026-04-01")).2, Some(0));
    }

    #[test] // row OQS-PRIV-08
    fn a_withheld_address_stays_here() {
        let mut state = rich();
        let open = given(&state, Route::Card(all()), "2026-04-01").holder;
        assert!(open.address.is_some() && open.post_number.is_some());
        state.holder.as_mut().unwrap().address_withheld = true;
        let closed = given(&state, Route::Card(all()), "2026-04-01").holder;
        assert!(closed.address.is_none() && closed.post_number.is_none());
    }

    #[test] // row OQS-QUAL-17
    fn a_record_tells_its_loss_also_ahead_of_the_day() {
        let lost = coverage(INSURER, "2024-04-01", Some("2026-04-01"));
        let state = person("P-1", "1985-05-05", vec![lost]);
        for on in ["2026-04-01", "2026-03-31"] {
            let loss = given(&state, Route::Card(all()), on).loss.unwrap();
            assert_eq!(loss.on, day("2026-04-01"), "{on}");
        }
    }

    #[test] // rows OQS-LIM-01, OQS-CONS-06: the limit belongs to the qualification, the consents to the patient
    fn a_lost_qualification_has_no_limit_and_keeps_the_consents() {
        let mut state = rich();
        state.coverages[0].lost = Some(Loss { on: day("2026-04-01"), reason: None });
        let record = given(&state, Route::Card(all()), "2026-04-01");
        assert_eq!(summary(&record), (None, 0, Some(4)));
        assert!(record.limit.given.is_some());
    }

    #[test] // row OQS-QUAL-19
    fn late_elderly_records_have_neither_symbol_nor_branch() {
        let mut late = coverage("39999999", "2024-04-01", None);
        late.details.contribution_ratio = Percent::new(10);
        let shown =
            given(&person("P-1", "1945-05-05", vec![late]), Route::Card(all()), "2026-04-01")
                .coverage
                .details;
        assert_eq!(
            (shown.symbol, shown.branch, shown.contribution_ratio),
            (None, None, Percent::new(10))
        );
    }

    #[test] // row OQS-QUAL-20
    fn preschool_children_are_marked() {
        for (born, marked) in [("2020-04-01", false), ("2020-04-02", true)] {
            let state = person("P-1", born, vec![coverage(INSURER, "2024-04-01", None)]);
            assert_eq!(given(&state, Route::Card(all()), "2026-04-01").preschool, marked, "{born}");
        }
    }

    #[test] // rows OQS-LIM-11, OQS-LIM-12
    fn the_elderly_share_follows_age_and_period() {
        let mut only = coverage(INSURER, "2024-04-01", None);
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
