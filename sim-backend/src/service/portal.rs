//! What a person sees of their own data at the portal (マイナポータル) on a day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    care_history::{Care, CareHistory, Drug, MedicalCost, Operation, Place, Prescription},
    consent::MedicalKind,
    functions::{Function, earliest},
    qualify::Standing,
    records::{Coverage, HealthCheck, Medicine, PersonState},
};
use crate::messages::YearMonth;

/// A person's own data, looked at on a day. Each list has the newest first; nothing of a later day is shown.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// What queries read too.
    pub state: &'a PersonState,
    /// What only the person and consented institutions see.
    pub history: &'a CareHistory,
    /// The day.
    pub today: Date,
}

/// One qualification and how it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodSeen {
    /// The qualification as the insurer registered it.
    #[serde(flatten)]
    pub coverage: Coverage,
    /// Where today lies.
    pub standing: Standing,
}

/// Where a medicine is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From a claim.
    Claim,
    /// From an electronic prescription, on the day of dispensing. Rows OQS-INFO-06, OQS-RX-02.
    Prescription,
}

/// One medicine that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MedicineSeen {
    /// The medicine.
    #[serde(flatten)]
    pub medicine: Medicine,
    /// Where it is known from.
    pub source: Source,
    /// The pharmacy, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pharmacy: Option<Place>,
}

/// Sums in whole yen; the three shares make up the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// 医療費の総額.
    pub total: u64,
    /// What insurers bear.
    pub insurer: u64,
    /// What public funds bear.
    pub public: u64,
    /// What the patient paid.
    pub paid: u64,
}

/// What care at one institution cost in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionMonth {
    /// 診療年月.
    pub month: YearMonth,
    /// Where.
    pub institution: Place,
    /// All reports of the month together.
    pub sums: Sums,
}

impl<'a> Own<'a> {
    /// All qualifications, the newest first. A limit that is withheld for arrears is not shown. Row OQS-LIM-08.
    #[must_use]
    pub fn periods(&self) -> Vec<PeriodSeen> {
        let seen = |coverage: &Coverage| {
            let mut coverage = coverage.clone();
            if std::mem::take(&mut coverage.certificates.limit_withheld) {
                coverage.certificates.limits.clear();
            }
            PeriodSeen { standing: coverage.standing(self.today), coverage }
        };
        self.state.coverages.iter().rev().map(seen).collect()
    }

    /// Medicines of claims and of electronic prescriptions. What both tell is shown once. Rows OQS-INFO-01, -04, -06.
    #[must_use]
    pub fn medicines(&self) -> Vec<MedicineSeen> {
        let first = earliest(MedicalKind::Drugs, self.today);
        let claimed = self.state.medicines.iter().map(|medicine| MedicineSeen {
            medicine: medicine.clone(),
            source: Source::Claim,
            pharmacy: None,
        });
        let known: BTreeSet<_> = self
            .state
            .medicines
            .iter()
            .map(|medicine| (medicine.dispensed, &medicine.code))
            .collect();
        let prescribed = self.prescriptions().into_iter().flat_map(dispensed);
        let fresh =
            prescribed.filter(|one| !known.contains(&(one.medicine.dispensed, &one.medicine.code)));
        let mut seen: Vec<_> = claimed
            .chain(fresh)
            .filter(|one| self.is_within(first, one.medicine.dispensed))
            .collect();
        seen.sort_by(|one, other| {
            let order = other.medicine.dispensed.cmp(&one.medicine.dispensed);
            order.then_with(|| one.medicine.cmp(&other.medicine))
        });
        seen
    }

    /// Specific health checks. Rows OQS-INFO-01, OQS-INFO-04.
    #[must_use]
    pub fn health_checks(self) -> Vec<&'a HealthCheck> {
        let first = earliest(MedicalKind::HealthCheck, self.today);
        let checks = self.state.health_checks.iter().rev();
        checks.filter(|check| self.is_within(first, check.made)).collect()
    }

    /// Care information, since the portal shows it. Rows OQS-INFO-01, OQS-INFO-03.
    #[must_use]
    pub fn care(self) -> Vec<&'a Care> {
        let seen = self.history.care.iter().rev();
        seen.filter(|care| self.is_care_seen(care.on)).collect()
    }

    /// Operations, with care information. Rows OQS-INFO-01, OQS-INFO-03.
    #[must_use]
    pub fn operations(self) -> Vec<&'a Operation> {
        let seen = self.history.operations.iter().rev();
        seen.filter(|operation| self.is_care_seen(operation.on)).collect()
    }

    /// Electronic prescriptions, today's at once. A dispensing of a later day is not told yet. Rows OQS-INFO-06, OQS-RX-02.
    #[must_use]
    pub fn prescriptions(&self) -> Vec<Prescription> {
        let first = Function::EPrescription.first_day();
        let issued = self.history.prescriptions.iter().rev();
        issued
            .filter(|prescription| self.is_within(first, prescription.issued))
            .cloned()
            .map(|prescription| Prescription {
                dispensed: prescription.dispensed.filter(|of| of.on <= self.today),
                ..prescription
            })
            .collect()
    }

    /// What care cost in a year, a row an institution and month, the oldest first. Row OQS-INFO-05.
    #[must_use]
    pub fn costs(&self, year: i16) -> Vec<InstitutionMonth> {
        let mut rows: BTreeMap<(YearMonth, &Place), Sums> = BTreeMap::new();
        for cost in self.costs_so_far().filter(|cost| cost.month.first_day().year() == year) {
            rows.entry((cost.month, &cost.institution)).or_default().add(cost);
        }
        let row = |((month, institution), sums): ((_, &Place), _)| InstitutionMonth {
            month,
            institution: institution.clone(),
            sums,
        };
        rows.into_iter().map(row).collect()
    }

    /// The sums of each year with costs, the newest year first.
    #[must_use]
    pub fn cost_years(&self) -> Vec<(i16, Sums)> {
        let mut years: BTreeMap<i16, Sums> = BTreeMap::new();
        for cost in self.costs_so_far() {
            years.entry(cost.month.first_day().year()).or_default().add(cost);
        }
        years.into_iter().rev().collect()
    }

    fn costs_so_far(&self) -> impl Iterator<Item = &MedicalCost> {
        self.history.costs.iter().filter(|cost| cost.month.first_day() <= self.today)
    }

    fn is_care_seen(&self, on: Date) -> bool {
        let first = earliest(MedicalKind::Care, self.today);
        Function::CareInPortal.is_open_on(self.today) && self.is_within(first, on)
    }

    fn is_within(&self, first: Date, day: Date) -> bool {
        first <= day && day <= self.today
    }
}

impl Sums {
    /// The sums of all rows.
    #[must_use]
    pub fn of(rows: &[InstitutionMonth]) -> Self {
        rows.iter().fold(Self::default(), |sums, row| Self {
            total: sums.total + row.sums.total,
            insurer: sums.insurer + row.sums.insurer,
            public: sums.public + row.sums.public,
            paid: sums.paid + row.sums.paid,
        })
    }

    fn add(&mut self, cost: &MedicalCost) {
        self.total += u64::from(cost.total);
        self.insurer += u64::from(cost.insurer);
        self.public += u64::from(cost.public);
        self.paid += u64::from(cost.paid);
    }
}

/// What a pharmacy handed out, in the words of a claim's medicine.
fn dispensed(prescription: Prescription) -> Vec<MedicineSeen> {
    let Prescription { issued, prescriber, dispensed, .. } = prescription;
    let Some(of) = dispensed else { return Vec::new() };
    let seen = |drug: &Drug| MedicineSeen {
        medicine: Medicine {
            dispensed: of.on,
            prescribed: Some(issued),
            code: drug.code.clone(),
            name: drug.name.clone(),
            ingredient: None,
            quantity: drug.quantity.clone(),
            unit: drug.unit.clone(),
            usage: drug.usage.clone(),
            times: drug.times,
            prescriber: Some(prescriber.code.clone()),
            prescriber_name: Some(prescriber.name.clone()),
        },
        source: Source::Prescription,
        pharmacy: Some(of.pharmacy.clone()),
    };
    of.drugs.iter().map(seen).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        messages::Digits,
        service::{
            care_history::Dispensing,
            samples::{coverage, day, person, text},
        },
    };

    fn place(code: &str) -> Place {
        Place { code: Digits::new(code).unwrap(), name: text("架空病院") }
    }

    fn care(on: &str) -> Care {
        Care {
            on: day(on),
            institution: place("1319999999"),
            code: Digits::new("990000001").unwrap(),
            name: text("架空診療"),
        }
    }

    fn drug(code: &str) -> Drug {
        Drug {
            code: Digits::new(code).unwrap(),
            name: text("架空錠10mg"),
            quantity: text("1"),
            unit: None,
            usage: None,
            times: None,
        }
    }

    fn prescription(number: &str, issued: &str, dispensed: Option<&str>) -> Prescription {
        Prescription {
            issued: day(issued),
            number: text(number),
            prescriber: place("1319999999"),
            drugs: vec![drug("990000001")],
            dispensed: dispensed.map(|on| Dispensing {
                on: day(on),
                pharmacy: place("1349999999"),
                drugs: vec![drug("990000001")],
            }),
        }
    }

    fn medicine(dispensed: &str, code: &str) -> Medicine {
        Medicine {
            dispensed: day(dispensed),
            prescribed: None,
            code: Digits::new(code).unwrap(),
            name: text("架空錠10mg"),
            ingredient: None,
            quantity: text("3"),
            unit: None,
            usage: None,
            times: None,
            prescriber: None,
            prescriber_name: None,
        }
    }

    fn seen<T>(history: &CareHistory, today: &str, look: impl Fn(Own<'_>) -> T) -> T {
        look(Own { state: &person("P-1", "1985-05-05", vec![]), history, today: day(today) })
    }

    #[test] // rows OQS-INFO-01, OQS-INFO-03
    fn care_is_seen_from_september_2022_and_reaches_back_to_june() {
        let history = CareHistory {
            care: ["2022-05-31", "2022-06-01", "2022-09-01", "2026-04-01"].map(care).into(),
            ..CareHistory::default()
        };
        for (today, expected) in [
            ("2022-08-31", vec![]),
            ("2022-09-01", vec!["2022-09-01", "2022-06-01"]),
            ("2026-03-31", vec!["2022-09-01", "2022-06-01"]),
            ("2026-04-01", vec!["2026-04-01", "2022-09-01", "2022-06-01"]),
        ] {
            let days = seen(&history, today, |own| {
                own.care().iter().map(|care| care.on.to_string()).collect::<Vec<_>>()
            });
            assert_eq!(days, expected, "on {today}");
        }
    }

    #[test] // row OQS-INFO-03: operations included
    fn operations_are_seen_with_care() {
        let Care { on, institution, code, name } = care("2022-08-31");
        let history = CareHistory {
            operations: vec![Operation { on, institution, code, name }],
            ..CareHistory::default()
        };
        for (today, count) in [("2022-08-31", 0), ("2022-09-01", 1)] {
            assert_eq!(seen(&history, today, |own| own.operations().len()), count, "on {today}");
        }
    }

    #[test] // rows OQS-INFO-06, OQS-RX-02
    fn a_prescription_of_today_is_seen_today_and_its_dispensing_on_its_own_day() {
        let history = CareHistory {
            prescriptions: vec![
                prescription("RX-0", "2022-12-31", None),
                prescription("RX-1", "2026-04-01", Some("2026-04-02")),
            ],
            ..CareHistory::default()
        };
        for (today, issued, medicines) in
            [("2022-12-31", 0, 0), ("2026-03-31", 0, 0), ("2026-04-01", 1, 0), ("2026-04-02", 1, 1)]
        {
            let counts =
                seen(&history, today, |own| (own.prescriptions().len(), own.medicines().len()));
            assert_eq!(counts, (issued, medicines), "on {today}");
        }
    }

    #[test] // rows OQS-INFO-01, OQS-INFO-04
    fn medicines_and_checks_have_the_reach_of_their_kind() {
        let mut state = person("P-1", "1985-05-05", vec![]);
        state.medicines = ["2023-03-31", "2023-04-01", "2026-04-01", "2026-04-02"]
            .map(|on| medicine(on, "990000001"))
            .into();
        state.health_checks = ["2021-03-31", "2021-04-01", "2026-04-01"]
            .map(|made| HealthCheck { made: day(made), items: vec![] })
            .into();
        let own = Own { state: &state, history: &CareHistory::default(), today: day("2026-04-01") };
        let medicines = own.medicines();
        let drugs: Vec<_> = medicines.iter().map(|one| one.medicine.dispensed).collect();
        assert_eq!(drugs, [day("2026-04-01"), day("2023-04-01")]);
        let checks: Vec<_> = own.health_checks().iter().map(|check| check.made).collect();
        assert_eq!(checks, [day("2026-04-01"), day("2021-04-01")]);
    }

    #[test]
    fn what_claim_and_prescription_both_tell_is_seen_once() {
        let mut state = person("P-1", "1985-05-05", vec![]);
        state.medicines = vec![medicine("2026-03-01", "990000001")];
        let history = CareHistory {
            prescriptions: vec![
                prescription("RX-1", "2026-03-01", Some("2026-03-01")),
                prescription("RX-2", "2026-03-01", Some("2026-03-02")),
            ],
            ..CareHistory::default()
        };
        let own = Own { state: &state, history: &history, today: day("2026-04-01") };
        let medicines = own.medicines();
        let sources: Vec<_> = medicines.iter().map(|one| one.source).collect();
        assert_eq!(sources, [Source::Prescription, Source::Claim]);
    }

    #[test] // row OQS-LIM-08
    fn a_limit_withheld_for_arrears_is_not_seen() {
        use crate::{
            messages::codes::{LimitCertificateClassification, LimitCertificateFlag},
            service::records::{Limit, Period},
        };
        let mut one = coverage("99990013", "2024-04-01", None);
        one.certificates.limits = vec![Limit {
            class: LimitCertificateClassification::from_code("01").unwrap(),
            flag: LimitCertificateFlag::from_code("A03").unwrap(),
            issued: None,
            long_term: None,
            period: Period { start: day("2026-01-01"), end: None },
        }];
        for (withheld, shown) in [(false, 1), (true, 0)] {
            one.certificates.limit_withheld = withheld;
            let state = person("P-1", "1985-05-05", vec![one.clone()]);
            let own =
                Own { state: &state, history: &CareHistory::default(), today: day("2026-04-01") };
            let periods = own.periods();
            assert_eq!(periods[0].coverage.certificates.limits.len(), shown);
            assert!(!periods[0].coverage.certificates.limit_withheld);
        }
    }

    fn costs() -> impl Strategy<Value = Vec<MedicalCost>> {
        let one = (2024i16..2027, 1i8..13, 0..3usize, 0..9_000u32, 0..9_000u32, 0..9_000u32);
        let cost = one.prop_map(|(year, month, where_, insurer, public, paid)| MedicalCost {
            month: YearMonth::new(year, month).unwrap(),
            institution: place(&format!("131999999{where_}")),
            total: insurer + public + paid,
            insurer,
            public,
            paid,
        });
        prop::collection::vec(cost, 0..40)
    }

    proptest! {
        #[test] // row OQS-INFO-05
        fn the_sums_of_the_years_are_the_sums_of_all_that_was_paid(costs in costs()) {
            let history = CareHistory { costs: costs.clone(), ..CareHistory::default() };
            let state = person("P-1", "1985-05-05", vec![]);
            let own = Own { state: &state, history: &history, today: day("2026-12-31") };
            let years = own.cost_years();
            let paid: u64 = costs.iter().map(|cost| u64::from(cost.paid)).sum();
            prop_assert_eq!(years.iter().map(|(_, sums)| sums.paid).sum::<u64>(), paid);
            for (year, sums) in years {
                let rows = own.costs(year);
                prop_assert_eq!(Sums::of(&rows), sums);
                prop_assert_eq!(sums.total, sums.insurer + sums.public + sums.paid);
                let keys: BTreeSet<_> = rows.iter().map(|row| (row.month, &row.institution)).collect();
                prop_assert_eq!(keys.len(), rows.len(), "one row an institution and month");
                prop_assert!(rows.is_sorted_by_key(|row| row.month));
            }
        }

        #[test]
        fn a_month_that_has_not_begun_costs_nothing_yet(costs in costs()) {
            let history = CareHistory { costs, ..CareHistory::default() };
            let state = person("P-1", "1985-05-05", vec![]);
            let own = Own { state: &state, history: &history, today: day("2025-06-30") };
            prop_assert!(own.costs(2026).is_empty());
            prop_assert!(own.costs(2025).iter().all(|row| row.month.first_day() <= day("2025-06-01")));
        }
    }
}
