//! The reception: one world, what has happened in it, and the visits that were made.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use reports::evidence::EvidenceEntry;
use reports::model::{Divergence, Judgement};
use serde::Serialize;
use serde_json::Value;
use sim_reader::session::{End, Patience};
use tokio::sync::{mpsc, oneshot};

use super::retold::{Attempts, Retold};
use super::session::{Begun, Cast, CounterCamera, LivePeople, PacedLink, Session};
use crate::bench::{STORY_BEGINS, chart};
use crate::catalogue::Catalogue;
use crate::clock::{VirtualClock, at_jst, rfc3339};
use crate::error::BenchError;
use crate::model::{Event, Mode, Outcome, PhoneKind, Presented, Visit, VisitOutcome, World};
use crate::taps::Taps;
use crate::world::{Stage, Workshop};
use crate::{judge, oracle};

/// Visits that can still be looked at; older ones are forgotten.
const KEPT: usize = 100;

/// Jobs that may wait; whoever brings more waits at the door.
const QUEUE: usize = 16;

/// What comes back from a job.
pub type Reply<T> = oneshot::Sender<Result<T, BenchError>>;

/// What can be asked of the reception.
#[derive(Debug)]
pub enum Job {
    /// Somebody uses a reader.
    Visit(Visit, Reply<Arc<VisitTold>>),
    /// Somebody uses a reader, and acts while the visit goes on.
    Attend(Box<Attendance>),
    /// Anything else happens.
    Other(Box<Event>, Reply<Value>),
}

/// A visit in which people act while it goes on.
#[derive(Debug)]
pub struct Attendance {
    /// Where, and what is placed; the rest is theirs to do.
    pub visit: Visit,
    /// The session that shows it.
    pub session: Session,
    /// What it is run with.
    pub begun: Begun,
}

/// A visit of a session that is over.
#[derive(Debug)]
pub struct Done {
    /// Under which number it can be looked at.
    pub number: Option<usize>,
    /// How it ended.
    pub end: End,
}

/// A world with everybody in it. It does one job after the other, each to its end: a client that goes away leaves no visit
/// half made. It stays on the thread that runs it, since the actors may not be looked at by two at once.
#[derive(Debug)]
pub struct Reception {
    stage: Stage,
    story: Vec<Event>,
    made: usize,
    visits: Visits,
    jobs: mpsc::Receiver<Job>,
    patience: Option<Patience>,
}

/// The visits that were made, newest last, as far as they are remembered. Clones share the memory.
#[derive(Debug, Clone, Default)]
pub struct Visits(Arc<Mutex<VecDeque<Arc<VisitTold>>>>);

impl Visits {
    fn keep(&self, visit: Arc<VisitTold>) {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        visits.push_back(visit);
        if visits.len() > KEPT {
            visits.pop_front();
        }
    }

    /// The visit of this number.
    pub fn get(&self, number: usize) -> Option<Arc<VisitTold>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|visit| visit.number == number)
            .cloned()
    }
}

/// The way to a reception. Clones lead to the same.
#[derive(Debug, Clone)]
pub struct Door {
    jobs: mpsc::Sender<Job>,
    /// Visits that were made.
    pub visits: Visits,
    /// The virtual clock, which can be read while something happens.
    pub clock: VirtualClock,
    /// What crosses the seams, also while something happens.
    pub taps: Taps,
}

impl Door {
    /// Brings a job that answers nobody.
    ///
    /// # Errors
    /// Nobody is there to do it.
    pub async fn send(&self, job: Job) -> Result<(), BenchError> {
        let gone = |_| BenchError::setup("reception", "it has ended");
        self.jobs.send(job).await.map_err(gone)
    }

    /// Has a job done.
    ///
    /// # Errors
    /// [`BenchError`] of the job, or that nobody is there to do it.
    pub async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, BenchError> {
        let gone = || BenchError::setup("reception", "it has ended");
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A visit as the interface tells it. What was typed on the keypad is left out.
#[derive(Debug, Serialize)]
pub struct VisitTold {
    /// Counted from 1.
    pub number: usize,
    /// Virtual time, RFC 3339 with the Japanese offset.
    pub at: String,
    person: String,
    institution: String,
    card: String,
    phone: Option<PhoneKind>,
    mode: &'static str,
    /// What the actors did ([`crate::model::VisitOutcome`]).
    outcome: Value,
    /// What the oracle expects; of a visit that no event of the model tells exactly, nothing.
    expected: Option<Value>,
    agrees: Option<bool>,
    divergence: Option<Divergence>,
    evidence: Vec<EvidenceEntry>,
}

impl Reception {
    /// Starts the actors, with every persona and institution of the catalogue and a chart of everybody everywhere.
    ///
    /// # Errors
    /// [`BenchError`] when an actor cannot be started.
    pub async fn open(workshop: Arc<Workshop>) -> Result<(Self, Door), BenchError> {
        let stage = Stage::start(Arc::clone(&workshop), everybody(&workshop)?).await?;
        let (sender, jobs) = mpsc::channel(QUEUE);
        let visits = Visits::default();
        let door = Door {
            jobs: sender,
            visits: visits.clone(),
            clock: stage.clock().clone(),
            taps: stage.taps().clone(),
        };
        let patience = Some(Patience::default());
        Ok((Self { stage, story: Vec::new(), made: 0, visits, jobs, patience }, door))
    }

    /// Waits so long for the people of a session; `None`: as long as it takes.
    #[must_use]
    pub fn with_patience(self, patience: Option<Patience>) -> Self {
        Self { patience, ..self }
    }

    /// Does what is asked until every door is closed. Who no longer waits for the answer misses it.
    pub async fn run(mut self) {
        while let Some(job) = self.jobs.recv().await {
            match job {
                Job::Visit(visit, reply) => drop(reply.send(self.visit(visit).await)),
                Job::Attend(attendance) => self.attend(*attendance).await,
                Job::Other(event, reply) => {
                    let outcome = self.happen(*event).await.map(|judgement| judgement.actual);
                    drop(reply.send(outcome));
                }
            }
        }
    }

    /// Lets one thing happen, by the actors and by the oracle.
    async fn happen(&mut self, event: Event) -> Result<Judgement, BenchError> {
        let actual = self.stage.perform(&event).await?;
        let expected = oracle::judge(self.stage.world(), &self.story, &event);
        let judgement = judge::compare(&event, &expected, &actual, self.stage.taps().last_seq());
        self.story.push(event);
        Ok(judgement)
    }

    async fn visit(&mut self, visit: Visit) -> Result<Arc<VisitTold>, BenchError> {
        let before = self.stage.taps().last_seq().unwrap_or_default();
        let judgement = self.happen(Event::Visit(visit.clone())).await?;
        Ok(self.keep(visit, judgement, true, before))
    }

    /// Runs a visit of a session to its end. What the bench cannot do ends the session's visit too.
    async fn attend(&mut self, attendance: Attendance) {
        let session = attendance.session.clone();
        let done = self.attended(attendance).await;
        session.ended(done.map_err(|error| tracing::error!(%error, "the visit broke off")).ok());
    }

    async fn attended(&mut self, attendance: Attendance) -> Result<Done, BenchError> {
        let Attendance { visit, session, begun: Begun { orders, hand, pace } } = attendance;
        let before = self.stage.taps().last_seq().unwrap_or_default();
        let guided = session.told().guide.is_some();
        let cast = Cast {
            faces: self.faces(),
            holder: visit.presented.holder().map(str::to_owned),
            patience: self.patience.filter(|_| !guided),
            taps: self.stage.taps().clone(),
        };
        let camera = CounterCamera::new(before);
        let mut people = LivePeople::new(session.clone(), orders, camera.clone(), cast);
        let beside = |link, offers| PacedLink::new(link, session, pace, offers);
        let (report, outcome) =
            self.stage.attend(&visit, &mut people, camera, &hand, beside).await?;
        let number = self.retell(people.attempts, &visit, outcome, before);
        Ok(Done { number: Some(number), end: report.end })
    }

    /// Tells the oracle what happened in a session, and has it judge where it can.
    fn retell(
        &mut self,
        attempts: Attempts,
        visit: &Visit,
        outcome: VisitOutcome,
        before: u64,
    ) -> usize {
        let Retold { before: earlier, visit, exact } = attempts.retold(visit, self.other(visit));
        // Of a card without a chip the model knows nothing.
        let exact = exact && visit.presented != Presented::Nothing;
        self.story.extend(earlier);
        let event = Event::Visit(visit.clone());
        let expected = oracle::judge(self.stage.world(), &self.story, &event);
        let actual = Outcome::Visit(outcome);
        let judgement = judge::compare(&event, &expected, &actual, self.stage.taps().last_seq());
        self.story.push(event);
        self.keep(visit, judgement, exact, before).number
    }

    fn faces(&self) -> BTreeMap<String, u64> {
        let people = &self.stage.world().people;
        people.iter().map(|(slug, person)| (slug.clone(), person.face)).collect()
    }

    /// Somebody whose face is not that of whoever visits.
    fn other(&self, visit: &Visit) -> &str {
        let people = &self.stage.world().people;
        let face = people.get(&visit.person).map(|person| person.face);
        let other = people.iter().find(|(_, person)| Some(person.face) != face);
        other.map_or("", |(slug, _)| slug.as_str())
    }

    fn keep(
        &mut self,
        visit: Visit,
        judgement: Judgement,
        exact: bool,
        before: u64,
    ) -> Arc<VisitTold> {
        let evidence =
            self.stage.taps().entries().into_iter().filter(|entry| entry.seq > before).collect();
        self.made += 1;
        let told = Arc::new(VisitTold {
            number: self.made,
            at: rfc3339(self.stage.clock().now()),
            phone: visit.presented.phone(),
            card: card(visit.presented),
            mode: mode(&visit.mode),
            person: visit.person,
            institution: visit.institution,
            agrees: exact.then_some(judgement.agrees),
            divergence: judgement.divergence.filter(|_| exact).map(within),
            outcome: of_visit(judgement.actual),
            expected: exact.then(|| of_visit(judgement.expected)),
            evidence,
        });
        self.visits.keep(Arc::clone(&told));
        told
    }
}

/// The world in which the stories of the bench begin, with everybody in it.
fn everybody(workshop: &Workshop) -> Result<World, BenchError> {
    let catalogue = Catalogue::embedded()?;
    let mut institutions = catalogue.institutions.clone();
    for institution in institutions.values_mut() {
        institution.charts =
            catalogue.personas.iter().map(|(slug, person)| chart(slug, person)).collect();
    }
    let now = at_jst(STORY_BEGINS).map_err(|error| BenchError::setup("clock", error))?;
    Ok(World {
        seed: workshop.seed_of("reception").0,
        now,
        people: catalogue.personas.clone(),
        institutions,
    })
}

/// The visit's part of an outcome as JSON.
fn of_visit(mut outcome: Value) -> Value {
    outcome.get_mut("visit").map(Value::take).unwrap_or(outcome)
}

/// The divergence as seen from within the visit's part.
fn within(divergence: Divergence) -> Divergence {
    let pointer = divergence.pointer.strip_prefix("/visit").map(str::to_owned);
    Divergence { pointer: pointer.unwrap_or(divergence.pointer), ..divergence }
}

fn card(presented: Presented) -> String {
    match presented {
        Presented::Nothing => "none".to_owned(),
        Presented::ForeignCard => "foreign".to_owned(),
        Presented::CardOf(holder) | Presented::PhoneOf { holder, .. } => holder,
    }
}

fn mode(mode: &Mode) -> &'static str {
    match mode {
        Mode::Face => "face",
        Mode::Pin(_) => "pin",
        Mode::Visual(_) => "visual",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_divergence_points_into_the_visit() {
        let divergence = |pointer: &str| Divergence {
            pointer: pointer.to_owned(),
            expected: String::new(),
            actual: String::new(),
            evidence_seq: None,
        };
        assert_eq!(within(divergence("/visit/answer/validity")).pointer, "/answer/validity");
        assert_eq!(of_visit(json!({"visit": {"end": "completed"}})), json!({"end": "completed"}));
    }
}
