//! Defects that a mutation run plants: one wrong view of what is known, asked or agreed to, before a rule reads it. Bench profile.
//!
//! A backend is opened without one, and then nothing here changes anything.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Deserialize;

use crate::{
    certificate::SignatureError,
    messages::{InstitutionCode, codes::InsuredCardClassification},
    service::{
        consent::{Consent, MedicalKind},
        identify::Search,
        records::{Coverage, Holder, PersonState},
    },
};

/// One mistake in what the backend takes its data for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// A loss is not looked at.
    LossOverlooked,
    /// The day of loss counts as covered.
    LossDayCovered,
    /// The day before the loss counts as not covered.
    LossDayEarly,
    /// The reason of a loss is lost.
    LossReasonForgotten,
    /// The day of gain counts as not covered.
    GainDayUncovered,
    /// The newest qualification is overlooked where there are several.
    NewestOverlooked,
    /// A short-term certificate never ends.
    ShortTermEndless,
    /// A short-term certificate ends a day early.
    ShortTermDayEarly,
    /// Every certificate is taken for a short-term one that has ended.
    EveryCertificateEnds,
    /// Limit certificates hold on every day.
    LimitAlways,
    /// Limit certificates begin a day late.
    LimitDayLate,
    /// Limit certificates are not found.
    LimitForgotten,
    /// A withheld address counts as open.
    AddressOpen,
    /// Addresses are lost.
    AddressForgotten,
    /// Cancelled registrations stand.
    CancellationOverlooked,
    /// A cancellation takes effect with the month of the request.
    CancellationAtOnce,
    /// 自己情報提供不可 is not looked at.
    BarOverlooked,
    /// Names are kept without their space.
    NameSqueezed,
    /// Medicines are not found.
    MedicinesForgotten,
    /// Health checks are not found.
    HealthChecksForgotten,
    /// Health checks that have passed out of reach count as a year younger.
    HealthChecksYounger,
    /// A signature over the challenge is not looked at.
    SignatureUnchecked,
    /// Where several persons fit, the first is taken.
    FirstOfSeveral,
    /// The birth date of a query is not looked at.
    BirthdateIgnored,
    /// The branch of a query is not looked at.
    BranchIgnored,
    /// Disaster mode is never open.
    DisasterOverlooked,
    /// Disaster mode is open everywhere, always.
    DisasterEverywhere,
    /// Consents never end.
    ConsentEndless,
    /// Consents end after half a day.
    ConsentHalfDay,
    /// A consent to anything opens every kind of medical information.
    ConsentForAll,
    /// Medical information is given without any consent.
    ConsentPresumed,
    /// No consent is ever found.
    ConsentForgotten,
    /// A consent to one institution counts toward every other.
    ConsentAnywhere,
    /// Elderly shares are not found.
    ElderlyForgotten,
    /// The elderly share begins a month early.
    ElderlyMonthEarly,
    /// The first elderly share holds for ever.
    ElderlyShareStays,
    /// Of several specific diseases the first alone is found.
    FirstDiseaseOnly,
    /// Specific diseases never end.
    DiseaseEndless,
    /// A long stay counts from the first day of the limit.
    LongStayAtOnce,
    /// What the resident register says is not looked at.
    RegisterOverlooked,
    /// The address is not looked at where a person is asked for by name.
    AddressIgnored,
    /// The emergency function of an outage is open without any call.
    EmergencyOpen,
    /// A reception number is good for whoever names it.
    ReceptionOfAnybody,
    /// Reference numbers of every institution are shown to each.
    ReferenceOfAnybody,
}

/// What is known of a person, as a backend with this defect takes it.
pub(crate) fn known(defect: Option<Defect>, state: PersonState) -> PersonState {
    let Some(defect) = defect else { return state };
    let mut state = state;
    match defect {
        Defect::LossOverlooked => each(&mut state, |coverage| coverage.lost = None),
        Defect::LossDayCovered => each(&mut state, |coverage| move_loss(coverage, 1)),
        Defect::LossDayEarly => each(&mut state, |coverage| move_loss(coverage, -1)),
        Defect::LossReasonForgotten => each(&mut state, |coverage| {
            if let Some(loss) = &mut coverage.lost {
                loss.reason = None;
            }
        }),
        Defect::GainDayUncovered => each(&mut state, |coverage| {
            coverage.details.gained = moved(coverage.details.gained, 1);
        }),
        Defect::NewestOverlooked => {
            if state.coverages.len() > 1 {
                state.coverages.pop();
            }
        }
        Defect::ShortTermEndless => each(&mut state, |coverage| coverage.details.expires = None),
        Defect::ShortTermDayEarly => each(&mut state, |coverage| {
            coverage.details.expires = coverage.details.expires.map(|last| moved(last, -1));
        }),
        Defect::EveryCertificateEnds => each(&mut state, end),
        Defect::LimitAlways => each(&mut state, |coverage| {
            for limit in &mut coverage.certificates.limits {
                (limit.period.start, limit.period.end) = (coverage.details.gained, None);
            }
        }),
        Defect::LimitDayLate => each(&mut state, |coverage| {
            for limit in &mut coverage.certificates.limits {
                limit.period.start = moved(limit.period.start, 1);
            }
        }),
        Defect::LimitForgotten => each(&mut state, |coverage| coverage.certificates.limits.clear()),
        Defect::AddressOpen => holder(&mut state, |holder| holder.address_withheld = false),
        Defect::AddressForgotten => holder(&mut state, |holder| holder.address = None),
        Defect::BarOverlooked => {
            holder(&mut state, |holder| holder.self_information_refused = false)
        }
        Defect::CancellationOverlooked => state.cancelled_from.clear(),
        Defect::CancellationAtOnce => {
            let early = |day: &Date| day.saturating_sub(2.months());
            state.cancelled_from = state.cancelled_from.iter().map(early).collect();
        }
        Defect::NameSqueezed => holder(&mut state, |holder| {
            holder.name = crate::messages::Name::lossy(&holder.name.replace('　', ""));
        }),
        Defect::MedicinesForgotten => state.medicines.clear(),
        Defect::HealthChecksForgotten => state.health_checks.clear(),
        Defect::HealthChecksYounger => {
            for check in &mut state.health_checks {
                check.made = check.made.saturating_add(1.year());
            }
        }
        Defect::ElderlyForgotten => {
            each(&mut state, |coverage| coverage.certificates.elderly.clear())
        }
        Defect::ElderlyMonthEarly => {
            holder(&mut state, |holder| {
                holder.birthdate = holder.birthdate.saturating_sub(1.month())
            });
        }
        Defect::ElderlyShareStays => each(&mut state, |coverage| {
            coverage.certificates.elderly.truncate(1);
            for share in &mut coverage.certificates.elderly {
                share.period.end = None;
            }
        }),
        Defect::FirstDiseaseOnly => {
            each(&mut state, |coverage| coverage.certificates.specific_diseases.truncate(1));
        }
        Defect::DiseaseEndless => each(&mut state, |coverage| {
            for disease in &mut coverage.certificates.specific_diseases {
                disease.period.end = None;
            }
        }),
        Defect::LongStayAtOnce => each(&mut state, |coverage| {
            for limit in &mut coverage.certificates.limits {
                limit.long_term = limit.long_term.map(|_| limit.period.start);
            }
        }),
        Defect::RegisterOverlooked => state.register_mismatch.clear(),
        Defect::AddressIgnored
        | Defect::EmergencyOpen
        | Defect::SignatureUnchecked
        | Defect::FirstOfSeveral
        | Defect::BirthdateIgnored
        | Defect::BranchIgnored
        | Defect::DisasterOverlooked
        | Defect::DisasterEverywhere
        | Defect::ConsentEndless
        | Defect::ConsentHalfDay
        | Defect::ConsentForAll
        | Defect::ConsentPresumed
        | Defect::ConsentForgotten
        | Defect::ConsentAnywhere
        | Defect::ReceptionOfAnybody
        | Defect::ReferenceOfAnybody => {}
    }
    state
}

/// The same of several persons.
pub(crate) fn all_known(defect: Option<Defect>, states: Vec<PersonState>) -> Vec<PersonState> {
    let all = if defect == Some(Defect::FirstOfSeveral) { 1 } else { states.len() };
    states.into_iter().take(all).map(|state| known(defect, state)).collect()
}

/// What is searched by, as a backend with this defect takes it.
pub(crate) fn asked(defect: Option<Defect>, search: Search) -> Search {
    let is = |planted| defect == Some(planted);
    Search {
        birthdate: search.birthdate.filter(|_| !is(Defect::BirthdateIgnored)),
        branch: search.branch.filter(|_| !is(Defect::BranchIgnored)),
        ..search
    }
}

/// Who somebody is, as a backend with this defect holds it against an address that was asked for.
pub(crate) fn addressed(
    defect: Option<Defect>,
    holder: &Holder,
    address: &crate::messages::LongText,
) -> Holder {
    let mut held = holder.clone();
    if defect == Some(Defect::AddressIgnored) {
        held.address = Some(address.clone());
    }
    held
}

/// Consents on file, as a backend with this defect takes them.
pub(crate) fn agreed(
    defect: Option<Defect>,
    consents: Vec<Consent>,
    now: Timestamp,
) -> Vec<Consent> {
    let is = |planted| defect == Some(planted);
    let of_all_kinds = |consent: Consent| {
        MedicalKind::HISTORY.into_iter().map(move |kind| Consent { kind, ..consent })
    };
    let ending = |end: fn(Consent) -> Timestamp| {
        let changed = |consent: &Consent| Consent { until: end(*consent), ..*consent };
        consents.iter().map(changed).collect()
    };
    if is(Defect::ConsentEndless) {
        ending(|_| Timestamp::MAX)
    } else if is(Defect::ConsentHalfDay) {
        ending(|consent| consent.given.checked_add(12.hours()).unwrap_or(consent.until))
    } else if is(Defect::ConsentForAll) {
        consents.into_iter().flat_map(of_all_kinds).collect()
    } else if is(Defect::ConsentPresumed) {
        of_all_kinds(Consent::given_at(MedicalKind::Drugs, now)).collect()
    } else if is(Defect::ConsentForgotten) {
        Vec::new()
    } else {
        consents
    }
}

/// Whether disaster mode is open, as a backend with this defect takes it.
pub(crate) fn disaster(defect: Option<Defect>, open: bool) -> bool {
    defect != Some(Defect::DisasterOverlooked)
        && (open || defect == Some(Defect::DisasterEverywhere))
}

/// Whose things are given to an institution: its own, and with this defect those of all.
pub(crate) fn owners(
    mistaken: bool,
    institution: &InstitutionCode,
    all: &BTreeSet<InstitutionCode>,
) -> Vec<InstitutionCode> {
    let others = all.iter().filter(|other| mistaken && *other != institution);
    std::iter::once(institution).chain(others).cloned().collect()
}

/// What the check of a signature said, as a backend with this defect takes it.
pub(crate) fn signed(
    defect: Option<Defect>,
    signed: Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    if defect == Some(Defect::SignatureUnchecked) { Ok(()) } else { signed }
}

fn each(state: &mut PersonState, change: impl Fn(&mut Coverage)) {
    state.coverages.iter_mut().for_each(change);
}

fn holder(state: &mut PersonState, change: impl Fn(&mut Holder)) {
    state.holder.iter_mut().for_each(change);
}

fn move_loss(coverage: &mut Coverage, days: i64) {
    if let Some(loss) = &mut coverage.lost {
        loss.on = moved(loss.on, days);
    }
}

fn end(coverage: &mut Coverage) {
    coverage.details.card_class = InsuredCardClassification::ShortTermGeneral;
    coverage.details.expires = Some(coverage.details.gained);
}

fn moved(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}
