//! Events that belong together, because only together they lead to where a rule turns.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::coverages::{coverage, limit};
use super::days::around;
use super::drafts::{
    ClaimDraft, ClockDraft, CoverageBorder, DayDraft, Draft, EntryDraft, FeedDraft, Holder,
    ModeDraft, NumbersFlaw, Pick, PresentedDraft, QueryDraft, VisitDraft, Which, any_day,
    certificate_border, coverage_border, draft, flaw, information_kind, pick, query, visit,
};
use super::institutions::{KINDS, kinds};
use super::many::{number_comes_back, result_is_fetched};
use super::outside::{care_goes_on, in_a_disaster, in_an_outage};

/// Single events most often.
pub(super) fn scene() -> BoxedStrategy<Vec<Draft>> {
    prop_oneof![
        30 => draft().prop_map(|one| vec![one]),
        1 => face_failures(),
        2 => pin_tries(),
        3 => end_of_consent(),
        3 => border_of_a_certificate(),
        3 => border_of_a_coverage(),
        2 => midnight(),
        3 => backdated_loss(),
        2 => typed_again(),
        3 => successor(),
        2 => same_numbers_again(),
        3 => days_of_a_limit(),
        2 => without_branch(),
        2 => registration(),
        2 => number_comes_back(),
        1 => result_is_fetched(),
        2 => in_a_disaster(),
        1 => in_an_outage(),
        3 => care_goes_on(),
    ]
    .boxed()
}

/// A visit that nothing hinders but the world.
pub(super) fn own_visit(holder: Holder, institution: Option<Pick>) -> BoxedStrategy<Draft> {
    let mode = prop_oneof![
        Just(ModeDraft::Face),
        Just(ModeDraft::Pin(vec![EntryDraft::Right])),
        Just(ModeDraft::Visual(true))
    ];
    let consents = prop_oneof![2 => Just(BTreeSet::from(KINDS)), 1 => kinds()];
    (mode, consents)
        .prop_map(move |(mode, consents)| VisitDraft {
            consents,
            ..with_mode(holder, institution, mode)
        })
        .prop_map(Draft::Visit)
        .boxed()
}

fn with_mode(holder: Holder, institution: Option<Pick>, mode: ModeDraft) -> VisitDraft {
    VisitDraft {
        holder,
        institution,
        presented: PresentedDraft::Own,
        mode,
        then: Vec::new(),
        fitting: true,
        consents: BTreeSet::from(KINDS),
        register: true,
        prescription: None,
        trouble: None,
        occasion: None,
    }
}

/// Somebody else before the camera, again and again, at times the holder in between; then the holder.
fn face_failures() -> BoxedStrategy<Vec<Draft>> {
    (pick(), pick(), 9..=11_usize, prop::option::weighted(0.3, 0..10_usize))
        .prop_map(|(holder, institution, times, own)| {
            let by = |presented| {
                let face = with_mode(Holder::Any(holder), Some(institution), ModeDraft::Face);
                Draft::Visit(VisitDraft { presented, fitting: false, ..face })
            };
            let mut visits = vec![by(PresentedDraft::ByStranger); times];
            if let Some(own) = own {
                visits.insert(own, by(PresentedDraft::Own));
            }
            visits.push(by(PresentedDraft::Own));
            visits
        })
        .boxed()
}

/// Wrong entries over several visits, at any institution, then the right one.
fn pin_tries() -> BoxedStrategy<Vec<Draft>> {
    let entry = prop_oneof![4 => Just(EntryDraft::Wrong), 1 => Just(EntryDraft::Right)];
    let attempts = prop::collection::vec((pick(), prop::collection::vec(entry, 1..=2)), 1..=3);
    (pick(), attempts)
        .prop_map(|(holder, mut attempts)| {
            attempts.push((0, vec![EntryDraft::Right]));
            let attempt = |(institution, entries)| {
                let mode = ModeDraft::Pin(entries);
                Draft::Visit(with_mode(Holder::Any(holder), Some(institution), mode))
            };
            attempts.into_iter().map(attempt).collect()
        })
        .boxed()
}

/// A day after a visit the care history is asked for.
fn end_of_consent() -> BoxedStrategy<Vec<Draft>> {
    let information =
        |kind| Draft::Information { of_last_visit: true, institution: 0, person: 0, kind };
    (pick(), pick())
        .prop_flat_map(|(holder, institution)| own_visit(Holder::Any(holder), Some(institution)))
        .prop_flat_map(move |visit| {
            (around(), information_kind()).prop_map(move |(around, kind)| {
                let clock = Draft::Clock(ClockDraft::EndOfConsent(around));
                vec![visit.clone(), clock, information(kind)]
            })
        })
        .boxed()
}

fn border_of_a_certificate() -> BoxedStrategy<Vec<Draft>> {
    (pick(), certificate_border(), around(), pick())
        .prop_flat_map(|(person, border, around, institution)| {
            let clock = Draft::Clock(ClockDraft::Certificate { person, border, around });
            own_visit(Holder::Any(person), Some(institution))
                .prop_map(move |visit| vec![clock.clone(), visit])
        })
        .boxed()
}

fn border_of_a_coverage() -> BoxedStrategy<Vec<Draft>> {
    (pick(), coverage_border(), around(), pick())
        .prop_flat_map(|(coverage, border, around, institution)| {
            let coverage = Which::Any(coverage);
            let clock = Draft::Clock(ClockDraft::Coverage { coverage, border, around });
            own_visit(Holder::OfLastCoverage, Some(institution))
                .prop_map(move |visit| vec![clock.clone(), visit])
        })
        .boxed()
}

/// Something begins or ends tomorrow, and somebody comes around midnight.
fn midnight() -> BoxedStrategy<Vec<Draft>> {
    let tomorrow = || DayDraft::FromToday(1);
    let change = prop_oneof![
        pick().prop_map(move |coverage| FeedDraft::Loss {
            coverage: Which::Any(coverage),
            day: tomorrow(),
            reason: 0
        }),
        (pick(), coverage()).prop_map(|(of, coverage)| FeedDraft::Successor {
            of: Which::Any(of),
            coverage: coverage.starting(1)
        }),
    ];
    (change, around(), own_visit(Holder::OfLastCoverage, Some(0)))
        .prop_map(|(change, around, visit)| {
            vec![Draft::Feed(change), Draft::Clock(ClockDraft::Midnight(around)), visit]
        })
        .boxed()
}

fn claim_of_last_visit(institution: Pick, coverage: Pick, typed: Option<NumbersFlaw>) -> Draft {
    Draft::Claim(ClaimDraft {
        of_last_visit: true,
        institution,
        person: 0,
        coverage,
        day: DayDraft::FromToday(0),
        typed,
    })
}

/// A visit is claimed after the insurer has taken the insurance back for days past.
fn backdated_loss() -> BoxedStrategy<Vec<Draft>> {
    let typed = prop_oneof![3 => Just(None), 1 => Just(Some(NumbersFlaw::None))];
    (pick(), pick(), pick(), -40..=0_i32, typed)
        .prop_flat_map(|(holder, institution, coverage, days, typed)| {
            let loss = FeedDraft::Loss {
                coverage: Which::OfLastVisit(coverage),
                day: DayDraft::FromToday(days),
                reason: coverage,
            };
            let claim = claim_of_last_visit(institution, coverage, typed);
            own_visit(Holder::Any(holder), Some(institution))
                .prop_map(move |visit| vec![visit, Draft::Feed(loss.clone()), claim.clone()])
        })
        .boxed()
}

/// A visit is confirmed, and staff type the numbers all the same.
fn typed_again() -> BoxedStrategy<Vec<Draft>> {
    (pick(), pick(), pick(), flaw())
        .prop_flat_map(|(holder, institution, coverage, flaw)| {
            let claim = claim_of_last_visit(institution, coverage, Some(flaw));
            own_visit(Holder::Any(holder), Some(institution))
                .prop_map(move |visit| vec![visit, claim.clone()])
        })
        .boxed()
}

/// An insurance ends, perhaps another follows, and somebody asks by the old numbers.
fn successor() -> BoxedStrategy<Vec<Draft>> {
    let next = (coverage(), -3..=1_i32).prop_map(|(coverage, gained)| coverage.starting(gained));
    let asked = prop_oneof![
        (-1..=1_i32).prop_map(DayDraft::FromToday),
        (-1..=1_i32).prop_map(|days| DayDraft::FromBorder(CoverageBorder::Lost, days)),
    ];
    (pick(), -3..=1_i32, prop::option::weighted(0.7, next), asked, pick())
        .prop_map(|(old, lost, next, day, institution)| {
            let loss = FeedDraft::Loss {
                coverage: Which::Any(old),
                day: DayDraft::FromToday(lost),
                reason: 2,
            };
            let next = next.map(|coverage| FeedDraft::Successor { of: Which::Last, coverage });
            let feeds = std::iter::once(loss).chain(next).map(Draft::Feed);
            feeds.chain([Draft::Query(asking(institution, day))]).collect()
        })
        .boxed()
}

/// All the numbers of the coverage spoken of last, and the right birth date.
fn asking(institution: Pick, day: DayDraft) -> QueryDraft {
    QueryDraft {
        institution,
        coverage: Which::Last,
        day,
        flaw: NumbersFlaw::None,
        wrong_birthdate: false,
        limit_consent: true,
    }
}

/// Numbers come back after a gap or before they were gone, and end once more.
fn same_numbers_again() -> BoxedStrategy<Vec<Draft>> {
    let day = || (-3..=2_i32).prop_map(DayDraft::FromToday);
    let asked = prop_oneof![
        own_visit(Holder::OfLastCoverage, Some(0)),
        any_day().prop_map(|day| Draft::Query(asking(0, day)))
    ];
    (pick(), day(), day(), asked)
        .prop_map(|(coverage, again, lost, asked)| {
            let again = FeedDraft::Again { coverage: Which::Any(coverage), day: again };
            let loss = FeedDraft::Loss { coverage: Which::Last, day: lost, reason: coverage };
            vec![Draft::Feed(again), Draft::Feed(loss), asked]
        })
        .boxed()
}

fn days_of_a_limit() -> BoxedStrategy<Vec<Draft>> {
    let border = || prop_oneof![Just(CoverageBorder::LimitFrom), Just(CoverageBorder::LimitTo)];
    let asked = (border(), -1..=1_i32)
        .prop_map(|(border, days)| Draft::Query(asking(0, DayDraft::FromBorder(border, days))))
        .prop_map(|query| vec![query]);
    let clock = (border(), around()).prop_map(|(border, around)| {
        Draft::Clock(ClockDraft::Coverage { coverage: Which::Last, border, around })
    });
    let visited = (pick(), clock).prop_flat_map(|(institution, clock)| {
        own_visit(Holder::OfLastCoverage, Some(institution))
            .prop_map(move |visit| vec![clock.clone(), visit])
    });
    (pick(), limit(), prop_oneof![asked, visited])
        .prop_map(|(coverage, limit, mut rest)| {
            rest.insert(0, Draft::Feed(FeedDraft::Limit { coverage: Which::Any(coverage), limit }));
            rest
        })
        .boxed()
}

fn without_branch() -> BoxedStrategy<Vec<Draft>> {
    let flaw = prop_oneof![2 => Just(NumbersFlaw::NoBranch), 1 => Just(NumbersFlaw::OtherBranch)];
    (query(), flaw)
        .prop_map(|(query, flaw)| {
            vec![Draft::Query(QueryDraft { flaw, wrong_birthdate: false, ..query })]
        })
        .boxed()
}

/// Twice the same card: who declines once may agree later, and who agreed is not asked again.
fn registration() -> BoxedStrategy<Vec<Draft>> {
    (visit(), pick(), any::<bool>(), any::<bool>())
        .prop_map(|(visit, institution, first, second)| {
            let first = VisitDraft { register: first, trouble: None, ..visit };
            let second = VisitDraft {
                register: second,
                ..with_mode(Holder::OfLastVisit, Some(institution), ModeDraft::Face)
            };
            vec![Draft::Visit(first), Draft::Visit(second)]
        })
        .boxed()
}
