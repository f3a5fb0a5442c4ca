//! Draws institutions and their charts, right and wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::model::{Chart, ConsentKind, Coverage, FileEncoding, Institution, Numbers};

use super::coverages::numbers_of;
use super::days::days_on;
use super::people::Drawn;

/// Every kind of consent there is.
pub(super) const KINDS: [ConsentKind; 6] = [
    ConsentKind::Limit,
    ConsentKind::SpecificDiseases,
    ConsentKind::HealthCheck,
    ConsentKind::Drugs,
    ConsentKind::Care,
    ConsentKind::Operations,
];

/// An institution before it is known who exists.
#[derive(Debug, Clone)]
pub(super) struct InstitutionDraft {
    offers: BTreeSet<ConsentKind>,
    electronic_prescriptions: bool,
    encoding: FileEncoding,
    charts: Vec<ChartDraft>,
}

/// Whose chart, with which of their coverages, and what is wrong with it.
#[derive(Debug, Clone)]
struct ChartDraft {
    person: usize,
    coverage: usize,
    flaw: Flaw,
}

#[derive(Debug, Clone, Copy)]
enum Flaw {
    None,
    OtherWidths,
    NoInsurance,
    NoBranch,
    OldNumber,
    OtherName,
    OtherBirthdate,
    OtherSex,
}

/// A set of consents in which drugs are likely.
pub(super) fn kinds() -> BoxedStrategy<BTreeSet<ConsentKind>> {
    prop_oneof![
        2 => Just(BTreeSet::from(KINDS)),
        2 => prop::collection::btree_set(prop::sample::select(KINDS.to_vec()), 0..=5),
        1 => prop::sample::subsequence(vec![ConsentKind::Limit, ConsentKind::Drugs], 0..=2)
            .prop_map(|kinds| kinds.into_iter().collect()),
    ]
    .boxed()
}

/// One or two.
pub(super) fn institutions() -> BoxedStrategy<Vec<InstitutionDraft>> {
    let encoding = prop_oneof![3 => Just(FileEncoding::Utf8), 2 => Just(FileEncoding::ShiftJis)];
    let one = (kinds(), any::<bool>(), encoding, prop::collection::vec(chart(), 0..=4)).prop_map(
        |(offers, electronic_prescriptions, encoding, charts)| InstitutionDraft {
            offers,
            electronic_prescriptions,
            encoding,
            charts,
        },
    );
    prop::collection::vec(one, 1..=2).boxed()
}

fn chart() -> BoxedStrategy<ChartDraft> {
    let flaw = prop_oneof![
        5 => Just(Flaw::None),
        1 => Just(Flaw::OtherWidths),
        1 => Just(Flaw::NoInsurance),
        1 => Just(Flaw::NoBranch),
        1 => Just(Flaw::OldNumber),
        1 => Just(Flaw::OtherName),
        1 => Just(Flaw::OtherBirthdate),
        1 => Just(Flaw::OtherSex),
    ];
    (0..5_usize, 0..3_usize, flaw)
        .prop_map(|(person, coverage, flaw)| ChartDraft { person, coverage, flaw })
        .boxed()
}

impl InstitutionDraft {
    /// The institution in a world of these people.
    pub fn among(&self, name: &str, people: &[Drawn]) -> Institution {
        Institution {
            name: name.to_owned(),
            offers: self.offers.clone(),
            electronic_prescriptions: self.electronic_prescriptions,
            charts: self
                .charts
                .iter()
                .zip(1..)
                .filter_map(|(chart, id)| chart.among(id, people))
                .collect(),
            encoding: self.encoding,
        }
    }
}

impl ChartDraft {
    fn among(&self, id: usize, people: &[Drawn]) -> Option<Chart> {
        let person = &people.iter().cycle().nth(self.person)?.person;
        let coverage = person.coverages.iter().cycle().nth(self.coverage);
        let right = Chart {
            id: format!("C{id:03}"),
            name: person.name.clone(),
            kana: person.kana.clone(),
            birthdate: person.birthdate,
            sex: person.sex,
            insurance: coverage.map(numbers_of),
        };
        Some(self.flaw.spoil(right, coverage))
    }
}

impl Flaw {
    fn spoil(self, right: Chart, coverage: Option<&Coverage>) -> Chart {
        match self {
            Self::None => right,
            Self::OtherWidths => Chart {
                name: right.name.replace('\u{3000}', " "),
                kana: right.kana.replace(' ', "\u{3000}"),
                ..right
            },
            Self::NoInsurance => Chart { insurance: None, ..right },
            Self::NoBranch => with_numbers(right, coverage, |numbers| numbers.branch = None),
            Self::OldNumber => {
                with_numbers(right, coverage, |numbers| numbers.number = "8888".to_owned())
            }
            Self::OtherName => Chart { name: "例示　別人".to_owned(), ..right },
            Self::OtherBirthdate => Chart { birthdate: days_on(right.birthdate, 1), ..right },
            Self::OtherSex => Chart { sex: 3 - right.sex.clamp(1, 2), ..right },
        }
    }
}

fn with_numbers(chart: Chart, coverage: Option<&Coverage>, change: fn(&mut Numbers)) -> Chart {
    let insurance = coverage.map(numbers_of).map(|mut numbers| {
        change(&mut numbers);
        numbers
    });
    Chart { insurance, ..chart }
}
