//! Draws what is asked without a card, at home, in a disaster, in an outage and at the portal, and scenes in which these belong together.

use proptest::prelude::*;

use super::drafts::{
    Draft, EntryDraft, Holder, NumbersFlaw, Pick, VisitDraft, Which, flaw, pick, visit,
};
use super::scenes::own_visit;
use crate::model::{CareDay, EmergencyAct, InformationKind, Occasion, SpecialFunction};

#[derive(Debug, Clone)]
pub(super) enum OutsideDraft {
    /// The own card at home.
    Portal { holder: Holder, entry: EntryDraft, register: bool },
    /// Disaster mode where an institution is, for so many days from so many days on.
    Disaster { institution: Pick, from: i32, days: i32 },
    /// A step about the emergency function.
    Emergency { institution: Pick, act: EmergencyAct },
    /// A person by what stands on the front of the card, at times with another address.
    ByName { institution: Pick, person: Pick, function: SpecialFunction, other_address: bool },
    /// A later visit by numbers on file, at the institution of the last visit or at any.
    Repeat { institution: Option<Pick>, coverage: Which, flaw: NumbersFlaw, occasion: Occasion },
    /// Whoever was cared for outside, in days around today.
    CaredFor { institution: Option<Pick>, occasion: Occasion, by: CareDay, days: (i32, i32) },
    /// Whoever has a ticket, in a month around this one.
    Ticketed { institution: Pick, months: i32 },
}

pub(super) fn outside() -> BoxedStrategy<OutsideDraft> {
    let cared_for = (prop::option::of(pick()), occasion(), care_day(), (-2..=1_i32, 0..=2_i32));
    prop_oneof![
        3 => portal(),
        2 => (pick(), -1..=1_i32, 0..=2_i32).prop_map(|(institution, from, days)| OutsideDraft::Disaster { institution, from, days }),
        1 => (pick(), emergency_act()).prop_map(|(institution, act)| OutsideDraft::Emergency { institution, act }),
        3 => (pick(), function()).prop_flat_map(|(institution, function)| by_name(institution, function)),
        3 => (prop::option::of(pick()), pick(), flaw(), occasion())
            .prop_map(|(institution, whose, flaw, occasion)| OutsideDraft::Repeat { institution, coverage: Which::Any(whose), flaw, occasion }),
        1 => cared_for.prop_map(|(institution, occasion, by, days)| OutsideDraft::CaredFor { institution, occasion, by, days }),
        1 => (pick(), -1..=1_i32).prop_map(|(institution, months)| OutsideDraft::Ticketed { institution, months }),
    ]
    .boxed()
}

pub(super) fn occasion() -> impl Strategy<Value = Occasion> + Clone {
    prop_oneof![Just(Occasion::HomeVisit), Just(Occasion::Online)]
}

fn care_day() -> impl Strategy<Value = CareDay> {
    prop_oneof![Just(CareDay::Consent), Just(CareDay::Examination)]
}

fn function() -> impl Strategy<Value = SpecialFunction> {
    prop_oneof![Just(SpecialFunction::Disaster), Just(SpecialFunction::Emergency)]
}

fn emergency_act() -> impl Strategy<Value = EmergencyAct> {
    prop_oneof![
        Just(EmergencyAct::Request),
        Just(EmergencyAct::CallBack),
        Just(EmergencyAct::Release),
        Just(EmergencyAct::Close),
        (0..3_u32).prop_map(EmergencyAct::Report),
    ]
}

fn portal() -> BoxedStrategy<OutsideDraft> {
    let entry = prop_oneof![5 => Just(EntryDraft::Right), 1 => Just(EntryDraft::Wrong)];
    let holder = prop_oneof![2 => pick().prop_map(Holder::Any), 1 => Just(Holder::OfLastVisit)];
    (holder, entry, any::<bool>())
        .prop_map(|(holder, entry, register)| OutsideDraft::Portal { holder, entry, register })
        .boxed()
}

fn by_name(institution: Pick, function: SpecialFunction) -> BoxedStrategy<OutsideDraft> {
    (pick(), prop::bool::weighted(0.15))
        .prop_map(move |(person, other_address)| OutsideDraft::ByName {
            institution,
            person,
            function,
            other_address,
        })
        .boxed()
}

/// Disaster mode is open today, and somebody is asked for by name there, or the medicines of somebody.
pub(super) fn in_a_disaster() -> BoxedStrategy<Vec<Draft>> {
    let medicines = |institution| {
        let kind = InformationKind::Drugs;
        pick().prop_map(move |person| Draft::Information {
            of_last_visit: false,
            institution,
            person,
            kind,
        })
    };
    (pick(), 0..=1_i32, 0..=2_i32)
        .prop_flat_map(move |(institution, ago, days)| {
            let open = OutsideDraft::Disaster { institution, from: -ago, days };
            let asked = prop_oneof![
                by_name(institution, SpecialFunction::Disaster).prop_map(Draft::Outside),
                medicines(institution),
            ];
            asked.prop_map(move |asked| vec![Draft::Outside(open.clone()), asked])
        })
        .boxed()
}

/// The emergency function is released, used, and closed; at times a step is missing.
pub(super) fn in_an_outage() -> BoxedStrategy<Vec<Draft>> {
    let missing = prop::option::weighted(0.3, 0..5_usize);
    (pick(), missing)
        .prop_flat_map(|(institution, missing)| {
            let act = move |act| Draft::Outside(OutsideDraft::Emergency { institution, act });
            by_name(institution, SpecialFunction::Emergency).prop_map(move |asked| {
                let mut all = vec![
                    act(EmergencyAct::Request),
                    act(EmergencyAct::CallBack),
                    act(EmergencyAct::Release),
                    Draft::Outside(asked),
                    act(EmergencyAct::Close),
                    act(EmergencyAct::Report(1)),
                ];
                if let Some(missing) = missing {
                    all.remove(missing);
                }
                all
            })
        })
        .boxed()
}

/// A visit at home or online, and what is asked after it without the card.
pub(super) fn care_goes_on() -> BoxedStrategy<Vec<Draft>> {
    let later = |occasion| {
        let repeat = (pick(), flaw()).prop_map(move |(whose, flaw)| OutsideDraft::Repeat {
            institution: None,
            coverage: Which::OfLastVisit(whose),
            flaw,
            occasion,
        });
        let found = care_day().prop_map(move |by| OutsideDraft::CaredFor {
            institution: None,
            occasion,
            by,
            days: (0, 0),
        });
        let medicines = Just(Draft::Information {
            of_last_visit: true,
            institution: 0,
            person: 0,
            kind: InformationKind::Drugs,
        });
        prop_oneof![
            3 => repeat.prop_map(Draft::Outside),
            1 => found.prop_map(Draft::Outside),
            1 => medicines
        ]
    };
    (pick(), pick(), occasion(), any::<bool>())
        .prop_flat_map(move |(holder, institution, occasion, own)| {
            let plain = own_visit(Holder::Any(holder), Some(institution));
            let first = if own { plain } else { visit().prop_map(Draft::Visit).boxed() };
            (first, prop::collection::vec(later(occasion), 1..=2)).prop_map(
                move |(first, later)| std::iter::once(at(first, occasion)).chain(later).collect(),
            )
        })
        .boxed()
}

/// The same visit, on an occasion outside.
fn at(draft: Draft, occasion: Occasion) -> Draft {
    let Draft::Visit(visit) = draft else { return draft };
    Draft::Visit(VisitDraft { occasion: Some(occasion), ..visit })
}
