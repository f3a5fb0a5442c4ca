//! Draws institutions and their charts, right and wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::model::{Chart, ConsentKind, Coverage, FileEncoding, Institution, Numbers, Person};

use super::coverages::numbers_of;
use super::days::days_on;

/// Every kind of consent there is.
pub(super) const KINDS: [ConsentKind; 6] = [
    ConsentKind::Limit,
    ConsentKind::SpecificDiseases,
    ConsentKind::HealthCheck,
    ConsentKind::Drugs,
    ConsentKind::Care,
    ConsentKind::Operations,
];

/// Most people of a world.
pub(super) const MOST_PEOPLE: usize = 5;

/// An institution before it is known who exists.
#[derive(Debug, Clone)]
pub(super) struct InstitutionDraft {
    offers: BTreeSet<ConsentKind>,
    electronic_prescriptions: bool,
    encoding: FileEncoding,
    /// The chart of each person there may be; `None` for whoever was never here.
    charts: Vec<Option<ChartDraft>>,
    /// Charts too many, and whose.
    others: Vec<(usize, ChartDraft)>,
}

/// With which of the person's coverages, and what is wrong with it.
#[derive(Debug, Clone)]
struct ChartDraft {
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
    OtherReading,
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
    let charts = (
        prop::collection::vec(prop::option::weighted(0.85, chart()), MOST_PEOPLE),
        prop::collection::vec((0..MOST_PEOPLE, chart()), 0..=1),
    );
    let one = (kinds(), any::<bool>(), encoding, charts).prop_map(
        |(offers, electronic_prescriptions, encoding, (charts, others))| InstitutionDraft {
            offers,
            electronic_prescriptions,
            encoding,
            charts,
            others,
        },
    );
    prop::collection::vec(one, 1..=2).boxed()
}

fn chart() -> BoxedStrategy<ChartDraft> {
    let flaw = prop_oneof![
        12 => Just(Flaw::None),
        1 => Just(Flaw::OtherWidths),
        1 => Just(Flaw::NoInsurance),
        1 => Just(Flaw::NoBranch),
        1 => Just(Flaw::OldNumber),
        1 => Just(Flaw::OtherName),
        1 => Just(Flaw::OtherReading),
        1 => Just(Flaw::OtherBirthdate),
        1 => Just(Flaw::OtherSex),
    ];
    (0..3_usize, flaw).prop_map(|(coverage, flaw)| ChartDraft { coverage, flaw }).boxed()
}

impl InstitutionDraft {
    /// The institution in a world of these people. A person's chart bears the person's name as its id, as claims expect.
    pub fn among(&self, name: &str, people: &BTreeMap<String, Person>) -> Institution {
        let own = people.iter().zip(&self.charts).filter_map(|((slug, person), chart)| {
            Some(chart.as_ref()?.of(person, format!("chart-{slug}")))
        });
        let others = self.others.iter().zip(1..).filter_map(|((person, chart), nth)| {
            let person = people.values().cycle().nth(*person)?;
            Some(chart.of(person, format!("other-{nth}")))
        });
        Institution {
            name: name.to_owned(),
            offers: self.offers.clone(),
            electronic_prescriptions: self.electronic_prescriptions,
            // Where one can be chosen, the other can be used: no draw of its own.
            phones: self.electronic_prescriptions,
            approved: true,
            medical_aid: true,
            charts: own.chain(others).collect(),
            encoding: self.encoding,
        }
    }
}

impl ChartDraft {
    fn of(&self, person: &Person, id: String) -> Chart {
        let coverage = person.coverages.iter().cycle().nth(self.coverage);
        let right = Chart {
            id,
            name: person.name.clone(),
            kana: person.kana.clone(),
            birthdate: person.birthdate,
            sex: person.sex,
            insurance: coverage.map(numbers_of),
        };
        self.flaw.spoil(right, coverage)
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
            Self::OtherReading => {
                Chart { kana: "ﾚｲｼﾞ ﾍﾞﾂﾆﾝ".to_owned(), ..right }
            }
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
