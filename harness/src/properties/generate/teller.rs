//! Makes a story of drafts: gives every pointer a name and every border a date, and keeps what that needs.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{
    CardFacts, Change, Claim, Coverage, Event, FeedRecord, InformationRequest, Institution, Mode,
    NumberQuery, Numbers, Presented, Trouble, Visit, World,
};

use super::coverages::{CoverageDraft, numbers_of};
use super::days::{day, days_on, instant, later, months_on};
use super::drafts::{
    CertificateBorder, ClaimDraft, ClockDraft, CoverageBorder, DayDraft, Draft, EntryDraft,
    FeedDraft, ModeDraft, NumbersFlaw, Pick, PresentedDraft, QueryDraft, TroubleDraft, VisitDraft,
};
use super::names::{LOSS_REASONS, NO_PINS, pick};

/// The day of a coverage nobody has been given yet, for queries in a world without any.
const NUMBERS_OF_NOBODY: (&str, &str) = ("99990099", "7777");

/// What has been told so far.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    world: &'a World,
    now: Timestamp,
    /// Everybody with a card that holds a certificate, and its last day. Never empty.
    holders: Vec<(&'a str, &'a CardFacts, Date)>,
    /// Coverages by person, as they were last fed.
    coverages: Vec<(String, Coverage)>,
    records: Vec<FeedRecord>,
    last_visit: Option<LastVisit>,
}

#[derive(Debug, Clone)]
struct LastVisit {
    at: Timestamp,
    institution: String,
    holder: String,
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
            records: Vec::new(),
            last_visit: None,
        }
    }

    /// The next event, unless there is nobody for it to happen to.
    pub fn tell(&mut self, draft: &Draft) -> Option<Event> {
        Some(match draft {
            Draft::Clock(draft) => Event::Clock(self.clock(draft)),
            Draft::Visit(draft) => Event::Visit(self.visit(draft)?),
            Draft::Feed(draft) => Event::Feed(self.feed(draft)?),
            Draft::Authority { person, act } => {
                Event::Authority { person: one_of(&self.holders, *person)?.0.to_owned(), act: *act }
            }
            Draft::Responder { silent } => Event::Responder { silent: *silent },
            Draft::Query(draft) => Event::NumberQuery(self.query(draft)?),
            Draft::Information { of_last_visit, institution, person } => {
                let (institution, person) = self.place(*of_last_visit, *institution, *person)?;
                Event::Information(InformationRequest { institution, person })
            }
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
            ClockDraft::Coverage { coverage, border, around } => one_of(&self.coverages, *coverage)
                .map(|(_, coverage)| instant(coverage_border(coverage, *border), *around)),
        };
        self.now = wish.filter(|&wish| wish > self.now).unwrap_or_else(|| later(self.now, 60));
        self.now
    }

    fn visit(&mut self, draft: &VisitDraft) -> Option<Visit> {
        let &(holder, card, _) = one_of(&self.holders, draft.holder)?;
        let (institution, _) = self.institution(draft.institution)?;
        let visit = Visit {
            person: match draft.presented {
                PresentedDraft::By(person) => self.person(person)?.to_owned(),
                PresentedDraft::Own | PresentedDraft::Nothing | PresentedDraft::Foreign => {
                    holder.to_owned()
                }
            },
            institution: institution.to_owned(),
            presented: match draft.presented {
                PresentedDraft::Own | PresentedDraft::By(_) => Presented::CardOf(holder.to_owned()),
                PresentedDraft::Nothing => Presented::Nothing,
                PresentedDraft::Foreign => Presented::ForeignCard,
            },
            mode: mode(draft, card),
            consents: draft.consents.clone(),
            register: draft.register,
            prescription: draft.prescription,
            trouble: draft.trouble.and_then(|trouble| self.trouble(trouble, holder)),
        };
        self.last_visit = Some(LastVisit {
            at: self.now,
            institution: visit.institution.clone(),
            holder: holder.to_owned(),
        });
        Some(visit)
    }

    fn trouble(&self, draft: TroubleDraft, holder: &str) -> Option<Trouble> {
        Some(match draft {
            TroubleDraft::PulledBeforeCertificate => Trouble::PulledBeforeCertificate,
            TroubleDraft::PulledBeforeSignature => Trouble::PulledBeforeSignature,
            TroubleDraft::PhotoTampered => Trouble::PhotoTampered,
            TroubleDraft::CameraDead => Trouble::CameraDead,
            TroubleDraft::SignedByCardOf(other) => {
                let others: Vec<_> =
                    self.holders.iter().filter(|(name, ..)| *name != holder).collect();
                Trouble::SignedByCardOf(one_of(&others, other)?.0.to_owned())
            }
        })
    }

    fn feed(&mut self, draft: &FeedDraft) -> Option<FeedRecord> {
        let record = match draft {
            FeedDraft::Gain { person, coverage } => self.gain(*person, coverage)?,
            FeedDraft::Correction { coverage, draft } => self.correction(*coverage, draft)?,
            FeedDraft::Loss { coverage, day, reason } => self.loss(*coverage, day, *reason)?,
            FeedDraft::StrayLoss { person } => {
                let change =
                    Change::Loss { numbers: nobodys_numbers(), date: day(self.now), reason: None };
                self.record(self.person(*person)?, change)
            }
            FeedDraft::Limit { coverage, limit } => {
                let (person, coverage) = one_of(&self.coverages, *coverage)?;
                let change =
                    Change::Limit { numbers: numbers_of(coverage), limit: limit.on(day(self.now)) };
                self.record(person, change)
            }
            FeedDraft::Repeat { record } => one_of(&self.records, *record)?.clone(),
            FeedDraft::Clash { record } => clash(one_of(&self.records, *record)?),
        };
        self.records.push(record.clone());
        Some(record)
    }

    fn gain(&mut self, person: Pick, draft: &CoverageDraft) -> Option<FeedRecord> {
        let person = self.person(person)?.to_owned();
        let coverage = draft.on(day(self.now), &format!("09{}", self.records.len()), 1);
        self.coverages.push((person.clone(), coverage.clone()));
        Some(self.record(&person, Change::Gain(coverage)))
    }

    /// Same numbers, same day of gain, everything else as in the draft.
    fn correction(&mut self, coverage: Pick, draft: &CoverageDraft) -> Option<FeedRecord> {
        let (person, known) = one_of(&self.coverages, coverage)?.clone();
        let drawn = draft.on(day(self.now), &known.number, 1);
        let coverage = Coverage {
            insurer_name: "見本健康保険組合".to_owned(),
            lost: drawn.lost.map(|lost| lost.max(known.gained)),
            loss_reason: drawn.loss_reason,
            valid_until: drawn.valid_until.map(|last| last.max(known.gained)),
            limit: drawn.limit,
            ..known
        };
        Some(self.record(&person, Change::Gain(coverage)))
    }

    fn loss(&mut self, coverage: Pick, draft: &DayDraft, reason: Pick) -> Option<FeedRecord> {
        let today = day(self.now);
        let index = coverage.checked_rem(self.coverages.len())?;
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

    fn query(&self, draft: &QueryDraft) -> Option<NumberQuery> {
        let asked = one_of(&self.coverages, draft.coverage);
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
            typed,
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

impl NumbersFlaw {
    fn spoil(self, mut numbers: Numbers) -> Numbers {
        match self {
            Self::None => {}
            Self::NoBranch => numbers.branch = None,
            Self::OtherBranch => numbers.branch = Some("09".to_owned()),
            Self::NoLeadZeros => numbers.number = numbers.number.trim_start_matches('0').to_owned(),
            Self::Padded => numbers.insurer_number = format!("{:>8}", numbers.insurer_number),
            Self::Typo => numbers.number.push('7'),
        }
        numbers
    }
}

fn one_of<T>(all: &[T], pick: Pick) -> Option<&T> {
    all.get(pick.checked_rem(all.len())?)
}

fn nobodys_numbers() -> Numbers {
    let (insurer_number, number) = NUMBERS_OF_NOBODY;
    Numbers {
        insurer_number: insurer_number.to_owned(),
        symbol: None,
        number: number.to_owned(),
        branch: None,
    }
}

/// The same id, another content.
fn clash(record: &FeedRecord) -> FeedRecord {
    let change = match &record.change {
        Change::Gain(coverage) => {
            Change::Gain(Coverage { gained: days_on(coverage.gained, -1), ..coverage.clone() })
        }
        Change::Loss { numbers, date, reason } => Change::Loss {
            numbers: numbers.clone(),
            date: days_on(*date, 1),
            reason: reason.clone(),
        },
        Change::Limit { numbers, limit } => {
            let date = days_on(limit.to, 1);
            Change::Loss { numbers: numbers.clone(), date, reason: None }
        }
    };
    FeedRecord { change, ..record.clone() }
}

/// The midnight at which a certificate's standing turns.
fn certificate_border(last_day: Date, border: CertificateBorder) -> Date {
    match border {
        CertificateBorder::Notice => months_on(last_day, -3),
        CertificateBorder::End => days_on(last_day, 1),
        CertificateBorder::EndOfGrace => months_on(last_day.first_of_month(), 4),
    }
}

/// The midnight at which a coverage begins or ends; its beginning when it has no such end.
fn coverage_border(coverage: &Coverage, border: CoverageBorder) -> Date {
    match border {
        CoverageBorder::Gained => coverage.gained,
        CoverageBorder::Lost => coverage.lost.unwrap_or(coverage.gained),
        CoverageBorder::ValidUntil => {
            coverage.valid_until.map_or(coverage.gained, |last| days_on(last, 1))
        }
    }
}

fn chosen_day(draft: &DayDraft, coverage: Option<&Coverage>, today: Date) -> Date {
    match (draft, coverage) {
        (DayDraft::FromToday(days), _) => days_on(today, *days),
        (DayDraft::FromBorder(border, days), Some(coverage)) => {
            days_on(coverage_border(coverage, *border), *days)
        }
        (DayDraft::FromBorder(_, days), None) => days_on(today, *days),
    }
}

/// The mode drawn, or one that the card offers.
fn mode(draft: &VisitDraft, card: &CardFacts) -> Mode {
    match &draft.mode {
        ModeDraft::Face if draft.fitting && !card.photo => {
            pin_or_visual(&[EntryDraft::Right], card)
        }
        ModeDraft::Face => Mode::Face,
        ModeDraft::Pin(entries) if draft.fitting => pin_or_visual(entries, card),
        ModeDraft::Pin(entries) => Mode::Pin(typed(entries, card)),
        ModeDraft::Visual(confirmed) => Mode::Visual(*confirmed),
    }
}

fn pin_or_visual(entries: &[EntryDraft], card: &CardFacts) -> Mode {
    if card.pin.is_some() { Mode::Pin(typed(entries, card)) } else { Mode::Visual(true) }
}

fn typed(entries: &[EntryDraft], card: &CardFacts) -> Vec<String> {
    let right = card.pin.as_deref().unwrap_or("1111");
    let wrong = if right == "5555" { "6666" } else { "5555" };
    let entry = |entry: &EntryDraft| match *entry {
        EntryDraft::Right => right,
        EntryDraft::Wrong => wrong,
        EntryDraft::NotFourDigits(index) => pick(&NO_PINS, index).unwrap_or_default(),
    };
    entries.iter().map(|draft| entry(draft).to_owned()).collect()
}
