//! Makes a story of drafts: gives every pointer a name and every border a date, and keeps what that needs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{
    CardFacts, CardFault, Change, Chart, Claim, Coverage, Event, FeedRecord, InformationKind,
    InformationRequest, Institution, NumberQuery, Occasion, Presented, Registration, Trouble,
    Visit, World,
};

use super::coverages::{CoverageDraft, numbers_of};
use super::days::{day, days_on, instant, later};
use super::details::{
    certificate_border, chosen_day, clash, coverage_border, mode, nobodys_numbers,
};
use super::drafts::{
    ClaimDraft, ClockDraft, DayDraft, Draft, FeedDraft, Holder, Pick, PresentedDraft, QueryDraft,
    TroubleDraft, VisitDraft, Which,
};
use super::names::{LOSS_REASONS, pick};

mod many;
mod outside;

/// Certificates of the bench are good until 2032; no story goes on so long.
const LAST_INSTANT: Timestamp = Timestamp::constant(1_975_000_000, 0); // 2032-08-02

/// Faults of a card that name nobody.
static CARD_FAULTS: [CardFault; 13] = [
    CardFault::Mute,
    CardFault::CutAnswers,
    CardFault::WrongStatus,
    CardFault::FirstCommandFails,
    CardFault::PutBack,
    CardFault::TornInVerify,
    CardFault::StaleCounter,
    CardFault::CertificateGarbled,
    CardFault::CertificateForged,
    CardFault::WrongKey,
    CardFault::OpenKey,
    CardFault::Slow,
    CardFault::Stalled,
];

/// What has been told so far.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    world: &'a World,
    now: Timestamp,
    /// Everybody with a card that holds a certificate, and its last day. Never empty.
    holders: Vec<(&'a str, &'a CardFacts, Date)>,
    /// Coverages by person, as they were last fed.
    coverages: Vec<(String, Coverage)>,
    /// Place of the coverage spoken of last.
    last_coverage: usize,
    records: Vec<FeedRecord>,
    last_visit: Option<LastVisit>,
    /// Who used a card where since the clock moved.
    at_once: Vec<(String, String)>,
    /// Reference numbers by institution and person, taken or not.
    registered: BTreeMap<(String, String), String>,
}

#[derive(Debug, Clone)]
struct LastVisit {
    at: Timestamp,
    institution: String,
    holder: String,
    occasion: Option<Occasion>,
}

impl<'a> Teller<'a> {
    /// Before the first event. `last_days` tells when each certificate ends.
    pub fn new(world: &'a World, last_days: &[(String, Date)]) -> Self {
        let holders = last_days.iter().filter_map(|(name, last_day)| {
            let (name, person) = world.people.get_key_value(name)?;
            Some((name.as_str(), person.card.as_ref()?, *last_day))
        });
        let coverages = world.people.iter().flat_map(|(name, person)| {
            person.coverages.iter().map(move |coverage| (name.clone(), coverage.clone()))
        });
        Self {
            world,
            now: world.now,
            holders: holders.collect(),
            coverages: coverages.collect(),
            last_coverage: 0,
            records: Vec::new(),
            last_visit: None,
            at_once: Vec::new(),
            registered: BTreeMap::new(),
        }
    }

    /// The next event, unless there is nobody for it to happen to; before it a minute passes where it needs time.
    pub fn tell(&mut self, draft: &Draft) -> Vec<Event> {
        let Some(event) = self.event(draft) else { return Vec::new() };
        let pause = self.needs_time(&event).then(|| Event::Clock(self.pass(None)));
        if let Event::Visit(visit) = &event {
            self.visited(visit);
        }
        if matches!(
            &event,
            Event::BulkQuery(_)
                | Event::Finding(_)
                | Event::Register(Registration { bulk: true, .. })
        ) {
            self.bulk_takes_time();
        }
        pause.into_iter().chain([event]).collect()
    }

    /// Nobody comes back to a reader within the second.
    fn needs_time(&self, event: &Event) -> bool {
        matches!(event, Event::Visit(visit) if self.at_once.contains(&place_of(visit)))
    }

    fn visited(&mut self, visit: &Visit) {
        let (institution, holder) = place_of(visit);
        self.at_once.push((institution.clone(), holder.clone()));
        let occasion = visit.occasion;
        self.last_visit = Some(LastVisit { at: self.now, institution, holder, occasion });
    }

    /// The clock moves to an instant ahead, or on by a minute.
    fn pass(&mut self, wish: Option<Timestamp>) -> Timestamp {
        let ahead = wish.filter(|&wish| self.now < wish && wish <= LAST_INSTANT);
        self.now = ahead.unwrap_or_else(|| later(self.now, 60));
        self.at_once.clear();
        self.now
    }

    fn event(&mut self, draft: &Draft) -> Option<Event> {
        Some(match draft {
            Draft::Clock(draft) => Event::Clock(self.clock(draft)),
            Draft::Visit(draft) => Event::Visit(self.visit(draft)?),
            Draft::Feed(draft) => Event::Feed(self.feed(draft)?),
            Draft::Authority { person, act } => {
                Event::Authority { person: one_of(&self.holders, *person)?.0.to_owned(), act: *act }
            }
            Draft::Responder { silent } => Event::Responder { silent: *silent },
            Draft::Query(draft) => Event::NumberQuery(self.query(draft)?),
            Draft::Information { of_last_visit, institution, person, kind } => {
                let (institution, person) = self.place(*of_last_visit, *institution, *person)?;
                let last = self.last_visit.as_ref().filter(|_| *of_last_visit);
                // Only medicines are asked for outside the institution.
                let occasion = last.filter(|_| *kind == InformationKind::Drugs);
                let occasion = occasion.and_then(|visit| visit.occasion);
                Event::Information(InformationRequest {
                    institution,
                    person,
                    kind: *kind,
                    occasion,
                })
            }
            Draft::Bulk(draft) => Event::BulkQuery(self.bulk(draft)?),
            Draft::BulkFetch { institution } => {
                Event::BulkFetch { institution: self.institution(*institution)?.0.to_owned() }
            }
            Draft::Register(draft) => Event::Register(self.register(draft)?),
            Draft::Collect { institution, chart } => {
                let (code, institution) = self.institution(*institution)?;
                let waiting =
                    chart.and_then(|chart| institution.charts.iter().cycle().nth(chart % 8));
                Event::Collect {
                    institution: code.to_owned(),
                    waiting: waiting.map(|chart| chart.id.clone()),
                }
            }
            Draft::Claim(draft) => Event::Claim(self.claim(draft)?),
            Draft::Replay { institution } => {
                Event::Replay { institution: self.institution(*institution)?.0.to_owned() }
            }
            Draft::Outside(draft) => self.outside(draft)?,
        })
    }

    fn clock(&mut self, draft: &ClockDraft) -> Timestamp {
        let wish = match draft {
            ClockDraft::Step(seconds) => Some(later(self.now, *seconds)),
            ClockDraft::Midnight(around) => Some(instant(days_on(day(self.now), 1), *around)),
            ClockDraft::EndOfConsent(around) => {
                self.last_visit.as_ref().map(|visit| later(visit.at, 86_400 + around))
            }
            ClockDraft::Certificate { person, border, around } => one_of(&self.holders, *person)
                .map(|(_, _, last_day)| instant(certificate_border(*last_day, *border), *around)),
            ClockDraft::Coverage { coverage, border, around } => {
                let coverage = self.spoken_of(*coverage).and_then(|at| self.coverages.get(at));
                coverage.map(|(_, coverage)| instant(coverage_border(coverage, *border), *around))
            }
        };
        self.pass(wish)
    }

    /// Place of a coverage, which from now on is the one spoken of last.
    fn spoken_of(&mut self, which: Which) -> Option<usize> {
        let place = match which {
            Which::Any(pick) => pick.checked_rem(self.coverages.len())?,
            Which::Last => self.last_coverage,
            Which::OfLastVisit(pick) => {
                let holder = &self.last_visit.as_ref()?.holder;
                let all = self.coverages.iter().enumerate();
                let own: Vec<_> = all.filter(|(_, (name, _))| name == holder).collect();
                one_of(&own, pick)?.0
            }
        };
        self.last_coverage = place;
        (place < self.coverages.len()).then_some(place)
    }

    fn holder(&self, holder: Holder) -> Option<&(&'a str, &'a CardFacts, Date)> {
        let (name, pick) = match holder {
            Holder::Any(pick) => (None, pick),
            Holder::OfLastVisit => (self.last_visit.as_ref().map(|visit| visit.holder.as_str()), 0),
            Holder::OfLastCoverage => {
                (self.coverages.get(self.last_coverage).map(|(name, _)| name.as_str()), 0)
            }
        };
        let named = self.holders.iter().find(|(holder, ..)| Some(*holder) == name);
        named.or_else(|| one_of(&self.holders, pick))
    }

    /// The first with another face.
    fn stranger_to(&self, holder: &str) -> Option<&'a str> {
        let face = self.world.people.get(holder)?.face;
        let stranger = self.world.people.iter().find(|(_, person)| person.face != face);
        stranger.map(|(name, _)| name.as_str())
    }

    fn visit(&self, draft: &VisitDraft) -> Option<Visit> {
        let &(holder, card, _) = self.holder(draft.holder)?;
        let last = self.last_visit.as_ref().map(|visit| visit.institution.as_str());
        let institution = match (draft.institution, last) {
            (None, Some(last)) => last,
            (pick, _) => self.institution(pick.unwrap_or(0))?.0,
        };
        Some(Visit {
            person: match draft.presented {
                PresentedDraft::By(person) => self.person(person)?.to_owned(),
                PresentedDraft::ByStranger => self.stranger_to(holder)?.to_owned(),
                PresentedDraft::Own
                | PresentedDraft::Phone(_)
                | PresentedDraft::Nothing
                | PresentedDraft::Foreign => holder.to_owned(),
            },
            institution: institution.to_owned(),
            presented: match draft.presented {
                PresentedDraft::Own | PresentedDraft::By(_) | PresentedDraft::ByStranger => {
                    Presented::CardOf(holder.to_owned())
                }
                PresentedDraft::Phone(phone) => {
                    Presented::PhoneOf { holder: holder.to_owned(), phone }
                }
                PresentedDraft::Nothing => Presented::Nothing,
                PresentedDraft::Foreign => Presented::ForeignCard,
            },
            mode: mode(&draft.mode, draft.fitting, card),
            then: draft.then.iter().map(|next| mode(next, false, card)).collect(),
            occasion: draft.occasion,
            consents: draft.consents.clone(),
            register: draft.register,
            prescription: draft.prescription,
            // What goes wrong with cards is not drawn for phones.
            trouble: draft
                .trouble
                .filter(|_| !matches!(draft.presented, PresentedDraft::Phone(_)))
                .and_then(|trouble| self.trouble(trouble, holder)),
        })
    }

    fn trouble(&self, draft: TroubleDraft, holder: &str) -> Option<Trouble> {
        Some(match draft {
            TroubleDraft::PulledBeforeCertificate => Trouble::PulledBeforeCertificate,
            TroubleDraft::PulledBeforeSignature => Trouble::PulledBeforeSignature,
            TroubleDraft::PhotoTampered => Trouble::PhotoTampered,
            TroubleDraft::CameraDead => Trouble::CameraDead,
            TroubleDraft::NoAnswer => Trouble::NoAnswer,
            TroubleDraft::SignedByCardOf(other) => {
                Trouble::SignedByCardOf(self.other_holder(holder, other)?)
            }
            TroubleDraft::Card(fault) => Trouble::Card(one_of(&CARD_FAULTS, fault)?.clone()),
            TroubleDraft::SwappedFor(other) => {
                Trouble::Card(CardFault::SwappedFor(self.other_holder(holder, other)?))
            }
        })
    }

    fn other_holder(&self, holder: &str, other: Pick) -> Option<String> {
        let others: Vec<_> = self.holders.iter().filter(|(name, ..)| *name != holder).collect();
        Some(one_of(&others, other)?.0.to_owned())
    }

    fn feed(&mut self, draft: &FeedDraft) -> Option<FeedRecord> {
        let record = match draft {
            FeedDraft::Gain { person, coverage } => {
                let person = self.person(*person)?.to_owned();
                self.last_coverage = self.coverages.len();
                self.gain(&person, coverage)
            }
            FeedDraft::Successor { of, coverage } => {
                let of = self.spoken_of(*of)?;
                let person = self.coverages.get(of)?.0.clone();
                self.gain(&person, coverage)
            }
            FeedDraft::Again { coverage, day } => self.again(*coverage, day)?,
            FeedDraft::Correction { coverage, draft } => self.correction(*coverage, draft)?,
            FeedDraft::Loss { coverage, day, reason } => self.loss(*coverage, day, *reason)?,
            FeedDraft::StrayLoss { person } => {
                let change =
                    Change::Loss { numbers: nobodys_numbers(), date: day(self.now), reason: None };
                self.record(self.person(*person)?, change)
            }
            FeedDraft::Limit { coverage, limit } => {
                let (place, limit) = (self.spoken_of(*coverage)?, limit.on(day(self.now)));
                let (person, coverage) = self.coverages.get_mut(place)?;
                coverage.limit = Some(limit.clone()); // so that later borders hug it
                let (person, numbers) = (person.clone(), numbers_of(coverage));
                self.record(&person, Change::Limit { numbers, limit })
            }
            FeedDraft::Repeat { record } => one_of(&self.records, *record)?.clone(),
            FeedDraft::Clash { record } => clash(one_of(&self.records, *record)?),
        };
        self.records.push(record.clone());
        Some(record)
    }

    fn gain(&mut self, person: &str, draft: &CoverageDraft) -> FeedRecord {
        let coverage = draft.on(day(self.now), &format!("09{}", self.records.len()), 1);
        self.gained(person, coverage)
    }

    /// A gain tells neither loss nor limit: these are changes of their own.
    fn gained(&mut self, person: &str, coverage: Coverage) -> FeedRecord {
        let coverage = Coverage { lost: None, loss_reason: None, limit: None, ..coverage };
        self.coverages.push((person.to_owned(), coverage.clone()));
        self.record(person, Change::Gain(coverage))
    }

    fn again(&mut self, coverage: Which, draft: &DayDraft) -> Option<FeedRecord> {
        let place = self.spoken_of(coverage)?;
        let (person, known) = self.coverages.get(place)?.clone();
        let gained = chosen_day(draft, Some(&known), day(self.now));
        let valid_until = known.valid_until.filter(|last| gained <= *last);
        Some(self.gained(&person, Coverage { gained, valid_until, ..known }))
    }

    /// Same numbers, same day of gain, another name of the insurer and another kind of certificate.
    fn correction(&mut self, coverage: Which, draft: &CoverageDraft) -> Option<FeedRecord> {
        let place = self.spoken_of(coverage)?;
        let today = day(self.now);
        let (person, known) = self.coverages.get_mut(place)?;
        let drawn = draft.on(today, &known.number, 1);
        known.valid_until = drawn.valid_until.map(|last| last.max(known.gained));
        let told = Coverage {
            insurer_name: "見本健康保険組合".to_owned(),
            lost: None,
            loss_reason: None,
            limit: None,
            ..known.clone()
        };
        let person = person.clone();
        Some(self.record(&person, Change::Gain(told)))
    }

    fn loss(&mut self, coverage: Which, draft: &DayDraft, reason: Pick) -> Option<FeedRecord> {
        let today = day(self.now);
        let index = self.spoken_of(coverage)?;
        let (person, coverage) = self.coverages.get_mut(index)?;
        let date = chosen_day(draft, Some(coverage), today);
        if coverage.gained <= date {
            coverage.lost = Some(date); // so that later borders hug it
        }
        let reason = pick(&LOSS_REASONS, reason).map(str::to_owned);
        let (person, numbers) = (person.clone(), numbers_of(coverage));
        Some(self.record(&person, Change::Loss { numbers, date, reason }))
    }

    fn record(&self, person: &str, change: Change) -> FeedRecord {
        FeedRecord {
            record_id: format!("R{:03}", self.records.len()),
            person: person.to_owned(),
            change,
        }
    }

    fn query(&mut self, draft: &QueryDraft) -> Option<NumberQuery> {
        let place = self.spoken_of(draft.coverage);
        let asked = place.and_then(|place| self.coverages.get(place));
        let person = match asked {
            Some((person, _)) => self.world.people.get(person)?,
            None => self.world.people.values().next()?,
        };
        let coverage = asked.map(|(_, coverage)| coverage);
        Some(NumberQuery {
            institution: self.institution(draft.institution)?.0.to_owned(),
            numbers: draft.flaw.spoil(coverage.map_or_else(nobodys_numbers, numbers_of)),
            birthdate: if draft.wrong_birthdate {
                days_on(person.birthdate, 1)
            } else {
                person.birthdate
            },
            date: chosen_day(&draft.day, coverage, day(self.now)),
            limit_consent: draft.limit_consent,
        })
    }

    fn claim(&self, draft: &ClaimDraft) -> Option<Claim> {
        let (institution, person) =
            self.place(draft.of_last_visit, draft.institution, draft.person)?;
        let has_chart = |charts: &[Chart]| {
            let id = format!("chart-{person}");
            charts.iter().any(|chart| chart.id == id)
        };
        // Nobody claims for a patient of whom there is no chart.
        self.world.institutions.get(&institution).filter(|known| has_chart(&known.charts))?;
        let own: Vec<_> = self.coverages.iter().filter(|(name, _)| *name == person).collect();
        let coverage = one_of(&own, draft.coverage).map(|(_, coverage)| coverage);
        let visited =
            self.last_visit.as_ref().filter(|_| draft.of_last_visit).map(|visit| day(visit.at));
        let typed =
            draft.typed.map(|flaw| flaw.spoil(coverage.map_or_else(nobodys_numbers, numbers_of)));
        Some(Claim {
            institution,
            person,
            day: visited.unwrap_or_else(|| chosen_day(&draft.day, coverage, day(self.now))),
            also: Vec::new(),
            typed,
            unclear: None,
            on_paper: false,
        })
    }

    /// Institution and person of the last visit, or any.
    fn place(
        &self,
        of_last_visit: bool,
        institution: Pick,
        person: Pick,
    ) -> Option<(String, String)> {
        match self.last_visit.as_ref().filter(|_| of_last_visit) {
            Some(visit) => Some((visit.institution.clone(), visit.holder.clone())),
            None => {
                Some((self.institution(institution)?.0.to_owned(), self.person(person)?.to_owned()))
            }
        }
    }

    fn person(&self, pick: Pick) -> Option<&'a str> {
        let index = pick.checked_rem(self.world.people.len())?;
        self.world.people.keys().nth(index).map(String::as_str)
    }

    fn institution(&self, pick: Pick) -> Option<(&'a str, &'a Institution)> {
        let index = pick.checked_rem(self.world.institutions.len())?;
        self.world
            .institutions
            .iter()
            .nth(index)
            .map(|(code, institution)| (code.as_str(), institution))
    }
}

fn one_of<T>(all: &[T], pick: Pick) -> Option<&T> {
    all.get(pick.checked_rem(all.len())?)
}

/// Where a visit takes place, and whose card is used there or would be.
fn place_of(visit: &Visit) -> (String, String) {
    let holder = match &visit.presented {
        Presented::CardOf(holder) | Presented::PhoneOf { holder, .. } => holder,
        Presented::Nothing | Presented::ForeignCard => &visit.person,
    };
    (visit.institution.clone(), holder.clone())
}
