//! Draws bulk queries and registrations of reference numbers, and scenes in which numbers come back or must not.

use proptest::prelude::*;

use super::coverages::coverage;
use super::drafts::{
    DayDraft, Draft, FeedDraft, Holder, NumbersFlaw, Pick, QueryDraft, Which, any_day, flaw, pick,
};
use super::scenes::own_visit;

#[derive(Debug, Clone)]
pub(super) struct BulkDraft {
    pub institution: Pick,
    pub day: DayDraft,
    pub entries: Vec<BulkEntryDraft>,
    pub trouble: Option<Pick>,
}

#[derive(Debug, Clone)]
pub(super) struct BulkEntryDraft {
    pub coverage: Which,
    pub flaw: NumbersFlaw,
    /// Without a number nobody can be searched for.
    pub blank: bool,
    pub wrong_birthdate: bool,
    /// A limit class that is known; `None` within: the one the coverage really has.
    pub known_limit: Option<Option<Pick>>,
    /// Compare with the number registered last, or with one that never was.
    pub on_file: Option<OnFile>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum OnFile {
    Registered,
    Never,
}

#[derive(Debug, Clone)]
pub(super) struct RegistrationDraft {
    pub institution: Pick,
    pub bulk: bool,
    /// Never empty; without `bulk` the first one counts.
    pub entries: Vec<(Which, NumbersFlaw, NumberDraft)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum NumberDraft {
    Short(Pick),
    /// So many characters, none of them ASCII.
    Wide(usize),
}

pub(super) fn bulk() -> BoxedStrategy<BulkDraft> {
    let entries = prop::collection::vec(entry(), 1..=4);
    let trouble = prop::option::weighted(0.3, pick());
    (pick(), any_day(), entries, trouble)
        .prop_map(|(institution, day, entries, trouble)| BulkDraft {
            institution,
            day,
            entries,
            trouble,
        })
        .boxed()
}

fn entry() -> impl Strategy<Value = BulkEntryDraft> {
    let coverage = prop_oneof![3 => pick().prop_map(Which::Any), 1 => Just(Which::Last)];
    let known = prop::option::of(prop_oneof![2 => Just(None), 1 => pick().prop_map(Some)]);
    let on_file = prop_oneof![
        2 => Just(None),
        3 => Just(Some(OnFile::Registered)),
        1 => Just(Some(OnFile::Never)),
    ];
    let flawed = (flaw(), prop::bool::weighted(0.1), prop::bool::weighted(0.08));
    (coverage, flawed, known, on_file).prop_map(
        |(coverage, (flaw, blank, wrong_birthdate), known_limit, on_file)| BulkEntryDraft {
            coverage,
            flaw,
            blank,
            wrong_birthdate,
            known_limit,
            on_file,
        },
    )
}

pub(super) fn registration() -> BoxedStrategy<RegistrationDraft> {
    let number = prop_oneof![
        6 => pick().prop_map(NumberDraft::Short),
        1 => (49..=51_usize).prop_map(NumberDraft::Wide),
    ];
    let entry = (pick().prop_map(Which::Any), flaw(), number);
    (pick(), any::<bool>(), prop::collection::vec(entry, 1..=3))
        .prop_map(|(institution, bulk, entries)| RegistrationDraft { institution, bulk, entries })
        .boxed()
}

/// A number is registered, the insurer changes perhaps, and somebody asks: by card, by numbers, in bulk; here or elsewhere.
pub(super) fn number_comes_back() -> BoxedStrategy<Vec<Draft>> {
    let next = prop::option::of((coverage(), -3..=0_i32));
    let today = || DayDraft::FromToday(0);
    let by_numbers = pick().prop_map(move |institution| {
        Draft::Query(QueryDraft {
            institution,
            coverage: Which::Last,
            day: today(),
            flaw: NumbersFlaw::None,
            wrong_birthdate: false,
            limit_consent: false,
        })
    });
    let in_bulk = pick().prop_map(move |institution| {
        let entry = BulkEntryDraft {
            coverage: Which::Last,
            flaw: NumbersFlaw::None,
            blank: false,
            wrong_birthdate: false,
            known_limit: None,
            on_file: Some(OnFile::Registered),
        };
        let entries = vec![entry];
        Draft::Bulk(BulkDraft { institution, day: today(), entries, trouble: None })
    });
    let by_card =
        pick().prop_flat_map(|institution| own_visit(Holder::OfLastCoverage, Some(institution)));
    let asked = prop_oneof![by_numbers, in_bulk, by_card];
    (pick(), pick(), any::<bool>(), next, asked)
        .prop_map(|(institution, whose, bulk, next, asked)| {
            let entry = (Which::Any(whose), NumbersFlaw::None, NumberDraft::Short(whose));
            let entries = vec![entry];
            let register = Draft::Register(RegistrationDraft { institution, bulk, entries });
            let next = next.map(|(coverage, gained)| {
                let coverage = coverage.starting(gained);
                Draft::Feed(FeedDraft::Successor { of: Which::Last, coverage })
            });
            std::iter::once(register).chain(next).chain([asked]).collect()
        })
        .boxed()
}

/// A result is asked for by its number, by anybody.
pub(super) fn result_is_fetched() -> BoxedStrategy<Vec<Draft>> {
    (bulk(), pick())
        .prop_map(|(bulk, institution)| vec![Draft::Bulk(bulk), Draft::BulkFetch { institution }])
        .boxed()
}
