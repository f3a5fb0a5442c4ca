//! Events before it is known who exists and what time it is. They point by number; the teller makes names and dates of it.
//!
//! A number points by remainder, so every draft fits every world, and dropping people or events never breaks a story.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::model::{AuthorityAct, ConsentKind, InformationKind, Occasion, PhoneKind, Prescription};

use super::coverages::{CoverageDraft, LimitDraft, coverage, limit};
use super::days::{around, offset_in_days};
use super::institutions::kinds;
use super::many::{BulkDraft, RegistrationDraft, bulk, registration};
use super::outside::{OutsideDraft, occasion, outside};

/// A pointer into whatever there will be.
pub(super) type Pick = usize;

/// Whose card is used.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holder {
    Any(Pick),
    /// The one whose card was used last.
    OfLastVisit,
    /// The one whose coverage was spoken of last.
    OfLastCoverage,
}

/// A coverage to speak of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    Any(Pick),
    /// The one spoken of last.
    Last,
    /// One of the person whose card was used last.
    OfLastVisit(Pick),
}

/// One event to tell.
#[derive(Debug, Clone)]
pub(super) enum Draft {
    Clock(ClockDraft),
    Visit(VisitDraft),
    Feed(FeedDraft),
    Authority {
        person: Pick,
        act: AuthorityAct,
    },
    Responder {
        silent: bool,
    },
    Query(QueryDraft),
    /// After the last visit, or of anybody anywhere.
    Information {
        of_last_visit: bool,
        institution: Pick,
        person: Pick,
        kind: InformationKind,
    },
    Bulk(BulkDraft),
    BulkFetch {
        institution: Pick,
    },
    Register(RegistrationDraft),
    Collect {
        institution: Pick,
        chart: Option<Pick>,
    },
    Claim(ClaimDraft),
    Replay {
        institution: Pick,
    },
    Outside(OutsideDraft),
}

/// Where the clock goes. What lies behind becomes a minute from now.
#[derive(Debug, Clone)]
pub(super) enum ClockDraft {
    /// So many seconds on.
    Step(i64),
    /// The next midnight in Japan, give or take a second.
    Midnight(i64),
    /// 24 hours after the last visit, give or take a second.
    EndOfConsent(i64),
    /// A border in the life of somebody's certificate, give or take a second.
    Certificate { person: Pick, border: CertificateBorder, around: i64 },
    /// The midnight at which a coverage or its limit begins or ends, give or take a second.
    Coverage { coverage: Which, border: CoverageBorder, around: i64 },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum CertificateBorder {
    Notice,
    End,
    EndOfGrace,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum CoverageBorder {
    Gained,
    Lost,
    ValidUntil,
    LimitFrom,
    LimitTo,
}

/// A day to ask about.
#[derive(Debug, Clone)]
pub(super) enum DayDraft {
    FromToday(i32),
    /// Days from a border of the coverage that is asked about.
    FromBorder(CoverageBorder, i32),
}

#[derive(Debug, Clone)]
pub(super) struct VisitDraft {
    pub holder: Holder,
    /// `None`: where the last visit was.
    pub institution: Option<Pick>,
    pub presented: PresentedDraft,
    pub mode: ModeDraft,
    /// What is tried when that does not succeed.
    pub then: Vec<ModeDraft>,
    /// Take another mode when the card does not offer the drawn one.
    pub fitting: bool,
    pub consents: BTreeSet<ConsentKind>,
    pub register: bool,
    pub prescription: Option<Prescription>,
    pub trouble: Option<TroubleDraft>,
    pub occasion: Option<Occasion>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum PresentedDraft {
    Own,
    /// Brought by anybody.
    By(Pick),
    /// Brought by somebody with another face.
    ByStranger,
    /// The own phone.
    Phone(PhoneKind),
    Nothing,
    Foreign,
}

#[derive(Debug, Clone)]
pub(super) enum ModeDraft {
    Face,
    Pin(Vec<EntryDraft>),
    Visual(bool),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum EntryDraft {
    Right,
    Wrong,
    NotFourDigits(Pick),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum TroubleDraft {
    PulledBeforeCertificate,
    PulledBeforeSignature,
    SignedByCardOf(Pick),
    PhotoTampered,
    CameraDead,
    NoAnswer,
    /// One of the faults that name nobody.
    Card(Pick),
    SwappedFor(Pick),
}

#[derive(Debug, Clone)]
pub(super) enum FeedDraft {
    /// A coverage with numbers of its own.
    Gain {
        person: Pick,
        coverage: CoverageDraft,
    },
    /// A coverage with numbers of its own, of the person whose coverage is spoken of.
    Successor {
        of: Which,
        coverage: CoverageDraft,
    },
    /// The same numbers from another day on.
    Again {
        coverage: Which,
        day: DayDraft,
    },
    /// A known coverage once more, changed.
    Correction {
        coverage: Which,
        draft: CoverageDraft,
    },
    Loss {
        coverage: Which,
        day: DayDraft,
        reason: Pick,
    },
    /// Of a coverage nobody has.
    StrayLoss {
        person: Pick,
    },
    Limit {
        coverage: Which,
        limit: LimitDraft,
    },
    /// An earlier record, byte for byte.
    Repeat {
        record: Pick,
    },
    /// An earlier record's id with another content.
    Clash {
        record: Pick,
    },
}

#[derive(Debug, Clone)]
pub(super) struct QueryDraft {
    pub institution: Pick,
    pub coverage: Which,
    pub day: DayDraft,
    pub flaw: NumbersFlaw,
    pub wrong_birthdate: bool,
    pub limit_consent: bool,
}

#[derive(Debug, Clone)]
pub(super) struct ClaimDraft {
    pub of_last_visit: bool,
    pub institution: Pick,
    pub person: Pick,
    pub coverage: Pick,
    pub day: DayDraft,
    /// `None`: from confirmed data.
    pub typed: Option<NumbersFlaw>,
}

/// How typed numbers differ from the card's.
#[derive(Debug, Clone, Copy)]
pub(super) enum NumbersFlaw {
    None,
    NoBranch,
    OtherBranch,
    NoLeadZeros,
    Padded,
    Typo,
}

/// Any event; visits most often.
pub(super) fn draft() -> BoxedStrategy<Draft> {
    prop_oneof![
        5 => clock().prop_map(Draft::Clock),
        12 => visit().prop_map(Draft::Visit),
        4 => feed().prop_map(Draft::Feed),
        2 => (pick(), act()).prop_map(|(person, act)| Draft::Authority { person, act }),
        1 => prop::bool::weighted(0.4).prop_map(|silent| Draft::Responder { silent }),
        3 => query().prop_map(Draft::Query),
        4 => (prop::bool::weighted(0.75), pick(), pick(), information_kind())
            .prop_map(|(of_last_visit, institution, person, kind)| Draft::Information { of_last_visit, institution, person, kind }),
        2 => bulk().prop_map(Draft::Bulk),
        1 => registration().prop_map(Draft::Register),
        1 => pick().prop_map(|institution| Draft::BulkFetch { institution }),
        2 => (pick(), prop::option::of(pick())).prop_map(|(institution, chart)| Draft::Collect { institution, chart }),
        2 => claim().prop_map(Draft::Claim),
        1 => pick().prop_map(|institution| Draft::Replay { institution }),
        4 => outside().prop_map(Draft::Outside),
    ].boxed()
}

pub(super) fn information_kind() -> impl Strategy<Value = InformationKind> {
    prop_oneof![
        3 => Just(InformationKind::Drugs),
        3 => Just(InformationKind::HealthChecks),
        1 => Just(InformationKind::Care),
        1 => Just(InformationKind::DrugsDocument),
    ]
}

pub(super) fn pick() -> impl Strategy<Value = Pick> {
    0..60_usize // divisible by every number of people and institutions
}

fn clock() -> BoxedStrategy<ClockDraft> {
    prop_oneof![
        3 => (1..7200_i64).prop_map(ClockDraft::Step),
        2 => around().prop_map(ClockDraft::Midnight),
        4 => around().prop_map(ClockDraft::EndOfConsent),
        2 => (pick(), certificate_border(), around())
            .prop_map(|(person, border, around)| ClockDraft::Certificate { person, border, around }),
        2 => (which(), coverage_border(), around())
            .prop_map(|(coverage, border, around)| ClockDraft::Coverage { coverage, border, around }),
    ].boxed()
}

fn which() -> impl Strategy<Value = Which> {
    pick().prop_map(Which::Any)
}

pub(super) fn certificate_border() -> impl Strategy<Value = CertificateBorder> {
    prop_oneof![
        1 => Just(CertificateBorder::Notice),
        1 => Just(CertificateBorder::End),
        2 => Just(CertificateBorder::EndOfGrace)
    ]
}

pub(super) fn coverage_border() -> impl Strategy<Value = CoverageBorder> {
    prop_oneof![
        2 => Just(CoverageBorder::Gained),
        4 => Just(CoverageBorder::Lost),
        2 => Just(CoverageBorder::ValidUntil),
        1 => Just(CoverageBorder::LimitFrom),
        1 => Just(CoverageBorder::LimitTo),
    ]
}

pub(super) fn any_day() -> BoxedStrategy<DayDraft> {
    prop_oneof![
        3 => Just(DayDraft::FromToday(0)),
        1 => offset_in_days().prop_map(DayDraft::FromToday),
        3 => (coverage_border(), -1..=1_i32).prop_map(|(border, days)| DayDraft::FromBorder(border, days)),
    ].boxed()
}

/// Any visit; with the own card most often.
pub(super) fn visit() -> BoxedStrategy<VisitDraft> {
    let presented = prop_oneof![
        20 => Just(PresentedDraft::Own),
        2 => pick().prop_map(PresentedDraft::By),
        1 => Just(PresentedDraft::Phone(PhoneKind::Android)),
        1 => Just(PresentedDraft::Phone(PhoneKind::Iphone)),
        1 => Just(PresentedDraft::Nothing),
        1 => Just(PresentedDraft::Foreign),
    ];
    let prescription = prop_oneof![
        Just(None),
        Just(Some(Prescription::Electronic)),
        Just(Some(Prescription::Paper)),
    ];
    let trouble = prop_oneof![9 => Just(None), 1 => trouble().prop_map(Some)];
    let place = (pick(), pick(), presented);
    let then = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(mode(), 1..4)];
    let check = (mode(), then, prop::bool::weighted(0.85), trouble);
    let wishes = (kinds(), prescription, prop::option::weighted(0.08, occasion()));
    (place, check, wishes, prop::bool::weighted(0.8))
        .prop_map(
            |(
                (holder, institution, presented),
                (mode, then, fitting, trouble),
                (consents, prescription, occasion),
                register,
            )| VisitDraft {
                holder: Holder::Any(holder),
                institution: Some(institution),
                presented,
                mode,
                then,
                fitting,
                consents,
                register,
                prescription,
                trouble,
                occasion,
            },
        )
        .boxed()
}

fn mode() -> BoxedStrategy<ModeDraft> {
    let entry = prop_oneof![
        3 => Just(EntryDraft::Wrong),
        2 => Just(EntryDraft::Right),
        1 => pick().prop_map(EntryDraft::NotFourDigits),
    ];
    prop_oneof![
        8 => Just(ModeDraft::Face),
        6 => Just(ModeDraft::Pin(vec![EntryDraft::Right])),
        3 => prop::collection::vec(entry, 1..=5).prop_map(ModeDraft::Pin),
        5 => prop::bool::weighted(0.85).prop_map(ModeDraft::Visual),
    ]
    .boxed()
}

fn trouble() -> BoxedStrategy<TroubleDraft> {
    prop_oneof![
        1 => Just(TroubleDraft::PulledBeforeCertificate),
        1 => Just(TroubleDraft::PulledBeforeSignature),
        1 => pick().prop_map(TroubleDraft::SignedByCardOf),
        1 => Just(TroubleDraft::PhotoTampered),
        1 => Just(TroubleDraft::CameraDead),
        1 => Just(TroubleDraft::NoAnswer),
        4 => pick().prop_map(TroubleDraft::Card),
        1 => pick().prop_map(TroubleDraft::SwappedFor),
    ]
    .boxed()
}

fn act() -> BoxedStrategy<AuthorityAct> {
    prop_oneof![
        2 => Just(AuthorityAct::Moved),
        3 => Just(AuthorityAct::Renew),
        2 => Just(AuthorityAct::Release),
        2 => Just(AuthorityAct::Hold),
        1 => Just(AuthorityAct::Revoke),
        1 => Just(AuthorityAct::Died),
    ]
    .boxed()
}

fn feed() -> BoxedStrategy<FeedDraft> {
    prop_oneof![
        3 => (pick(), coverage()).prop_map(|(person, coverage)| FeedDraft::Gain { person, coverage }),
        1 => (which(), coverage()).prop_map(|(of, coverage)| FeedDraft::Successor { of, coverage }),
        1 => (which(), any_day()).prop_map(|(coverage, day)| FeedDraft::Again { coverage, day }),
        1 => (which(), coverage()).prop_map(|(coverage, draft)| FeedDraft::Correction { coverage, draft }),
        4 => (which(), any_day(), pick()).prop_map(|(coverage, day, reason)| FeedDraft::Loss { coverage, day, reason }),
        1 => pick().prop_map(|person| FeedDraft::StrayLoss { person }),
        2 => (which(), limit()).prop_map(|(coverage, limit)| FeedDraft::Limit { coverage, limit }),
        2 => pick().prop_map(|record| FeedDraft::Repeat { record }),
        1 => pick().prop_map(|record| FeedDraft::Clash { record }),
    ].boxed()
}

pub(super) fn flaw() -> BoxedStrategy<NumbersFlaw> {
    prop_oneof![
        6 => Just(NumbersFlaw::None),
        2 => Just(NumbersFlaw::NoBranch),
        1 => Just(NumbersFlaw::OtherBranch),
        1 => Just(NumbersFlaw::NoLeadZeros),
        1 => Just(NumbersFlaw::Padded),
        1 => Just(NumbersFlaw::Typo),
    ]
    .boxed()
}

pub(super) fn query() -> BoxedStrategy<QueryDraft> {
    (pick(), which(), any_day(), flaw(), prop::bool::weighted(0.08), any::<bool>())
        .prop_map(|(institution, coverage, day, flaw, wrong_birthdate, limit_consent)| QueryDraft {
            institution,
            coverage,
            day,
            flaw,
            wrong_birthdate,
            limit_consent,
        })
        .boxed()
}

fn claim() -> BoxedStrategy<ClaimDraft> {
    let typed = prop_oneof![Just(None), flaw().prop_map(Some)];
    (prop::bool::weighted(0.7), pick(), pick(), pick(), any_day(), typed)
        .prop_map(|(of_last_visit, institution, person, coverage, day, typed)| ClaimDraft {
            of_last_visit,
            institution,
            person,
            coverage,
            day,
            typed,
        })
        .boxed()
}
