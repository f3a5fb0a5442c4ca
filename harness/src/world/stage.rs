//! The stage: a world whose actors are alive, on which one event after another is carried out.

mod fed;
mod lying;
mod phones;
mod pockets;
mod products;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use sim_card::pki::ResponderBehaviour;
use sim_reader::card_client::TerminalCredential;
use sim_reader::institution::protocol::Decision;
use sim_reader::session::FaceFailures;
use sim_reader::terminal::Folders;

use self::lying::Lying;
use self::pockets::Held;
use super::actors::{AuthoritySide, Counter, Counters, Setup};
use super::backend::{BackendSide, Ours};
use super::calls::ReaderLink;
use super::cards::CardPress;
use super::channels::MovesAfter;
use super::many::BulkDesk;
use super::reader_product::ReaderAtCounter;
use super::workshop::{Comparison, Workshop};
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::model::{AuthorityAct, Event, FileEncoding, Numbers, Outcome, PhoneKind, World};
use crate::mutants::Planted;
use crate::seed::Seed;
use crate::sut::breaker::Attendance;
use crate::sut::middleware::Middleware;
use crate::sut::troubles::Troubles;
use crate::taps::{Canary, Taps};

/// A world with living actors.
pub struct Stage {
    workshop: Arc<Workshop>,
    world: World,
    seed: Seed,
    clock: VirtualClock,
    taps: Taps,
    authority: AuthoritySide,
    backend: BackendSide,
    press: CardPress,
    cards: BTreeMap<String, Held>,
    phones: BTreeMap<(String, PhoneKind), Held>,
    acts: Vec<(String, AuthorityAct, Timestamp)>,
    counters: Counters,
    failures: FaceFailures,
    waiting: BTreeMap<String, Vec<(String, String)>>,
    early: Vec<Decision>,
    told: BTreeMap<(String, String), Numbers>,
    visits: u64,
    bulk: BulkDesk,
    planted: Planted,
    troubles: Troubles,
    comparison: Comparison,
    middleware: Option<Middleware>,
    readers: BTreeMap<String, ReaderAtCounter>,
    attendance: Arc<Attendance>,
    moves_after: MovesAfter,
    lying: Option<Lying>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Stage {
    /// Starts the actors and feeds what insurers had fed before the story.
    ///
    /// # Errors
    /// [`BenchError`] when an actor cannot be started.
    pub async fn start(workshop: Arc<Workshop>, world: World) -> Result<Self, BenchError> {
        let seed = Seed(world.seed);
        let clock = VirtualClock::new(world.now);
        let taps = Taps::new(clock.clone(), seed, canaries(&world));
        let authority = AuthoritySide::start(&clock, &taps).await?;
        let planted = Planted::new(workshop.plant(), &world);
        let troubles = Troubles::default();
        let attendance = Arc::new(Attendance::new(workshop.breaker()));
        if let Some(sut) = &workshop.sut {
            attendance.admit(&sut.product.name)?;
        }
        let comparison = workshop.comparison(&taps, &troubles)?;
        let setup = Setup {
            workshop: &workshop,
            world: &world,
            seed,
            clock: &clock,
            taps: &taps,
            planted: &planted,
            troubles: &troubles,
            attendance: &attendance,
        };
        let lying = Lying::take(&workshop, &world, &authority, &troubles).await?;
        let backend = BackendSide::start(&setup, &authority).await?;
        let mut stage = Self {
            press: CardPress::new()?,
            bulk: BulkDesk::new(backend.bulk.clone()),
            workshop,
            seed,
            clock,
            taps,
            authority,
            backend,
            cards: BTreeMap::new(),
            phones: BTreeMap::new(),
            acts: Vec::new(),
            counters: BTreeMap::new(),
            failures: FaceFailures::new(),
            waiting: BTreeMap::new(),
            early: Vec::new(),
            told: BTreeMap::new(),
            visits: 0,
            planted,
            troubles,
            attendance,
            comparison,
            middleware: None,
            readers: BTreeMap::new(),
            moves_after: MovesAfter::default(),
            lying,
            world,
        };
        stage.before_story().await?;
        Ok(stage)
    }

    /// The taps.
    pub fn taps(&self) -> &Taps {
        &self.taps
    }

    /// The virtual clock.
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// The world as it was before the story.
    pub fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn seed(&self) -> Seed {
        self.seed
    }

    pub(super) fn visits(&self) -> u64 {
        self.visits
    }

    pub(super) fn failures(&self) -> &FaceFailures {
        &self.failures
    }

    pub(super) fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    pub(super) fn planted(&self) -> &Planted {
        &self.planted
    }

    pub(super) fn terminal(&self) -> TerminalCredential {
        self.press.terminal()
    }

    pub(super) fn bulk(&mut self) -> &mut BulkDesk {
        &mut self.bulk
    }

    /// The reference backend, for what no product is asked in its place.
    pub(super) fn reference_backend(&self, what: &str) -> Result<&Ours, BenchError> {
        self.backend.reference(what)
    }

    pub(super) fn portal_url(&self) -> Result<String, BenchError> {
        Ok(self.reference_backend("the patients' portal")?.patients.url())
    }

    pub(super) fn feed_url(&self) -> String {
        format!("{}/feed/records", self.backend.insurers.url())
    }

    pub(super) fn claims_url(&self) -> Result<String, BenchError> {
        Ok(self.reference_backend("claims")?.claims.url())
    }

    /// Carries out one event and tells what an outsider can see of it.
    ///
    /// # Errors
    /// [`BenchError`] when the bench cannot carry it out or cannot see what came of it.
    pub async fn perform(&mut self, event: &Event) -> Result<Outcome, BenchError> {
        let came = self.carry_out(event).await;
        // What a product left undone is why it came so, whatever it looks like.
        let came = self.troubles.settle().and(came.map_err(|error| self.traced(error)));
        match &came {
            Ok(_) => self.attendance.went_on(self.workshop.sut.as_ref()),
            Err(error) => self.attendance.ended_by(error),
        }
        came
    }

    /// What cannot be read of a terminal's files is the product's where it is the terminal.
    fn traced(&self, error: BenchError) -> BenchError {
        let product = self.workshop.sut.as_ref().filter(|sut| sut.positions.terminal.is_some());
        match (error, product) {
            (BenchError::Reading { part, reason }, Some(sut)) => BenchError::ProductUnreadable {
                product: sut.product.name.clone(),
                reason: format!("{part}: {reason}"),
            },
            (error, _) => error,
        }
    }

    async fn carry_out(&mut self, event: &Event) -> Result<Outcome, BenchError> {
        match event {
            Event::Clock(to) => {
                self.clock.advance(*to);
                Ok(Outcome::Done)
            }
            Event::Authority { person, act } => {
                self.authority_acts(person, *act).map(|()| Outcome::Done)
            }
            Event::Responder { silent } => {
                let behaviour = if *silent {
                    ResponderBehaviour::Silent
                } else {
                    ResponderBehaviour::Answering
                };
                *self.authority.behaviour.lock().unwrap_or_else(PoisonError::into_inner) =
                    behaviour;
                Ok(Outcome::Done)
            }
            Event::Disaster(mode) => self.disaster(mode).await,
            Event::Emergency(step) => self.emergency(step).await,
            Event::Feed(record) => self.feed(record).await,
            Event::Visit(visit) => self.visit(visit).await,
            Event::Replay { institution } => self.replay(institution).await,
            Event::NumberQuery(query) => self.number_query(query).await,
            Event::Repeat(repeat) => self.repeat(repeat).await,
            Event::PersonQuery(query) => self.person_query(query).await,
            Event::Finding(finding) => self.finding(finding).await,
            Event::Information(request) => self.information(request).await,
            Event::BulkQuery(query) => self.bulk_query(query).await,
            Event::BulkFetch { institution } => self.bulk_fetch(institution).await,
            Event::Register(registration) => self.register(registration).await,
            Event::Collect { institution, waiting } => {
                self.collect(institution, waiting.as_deref()).await
            }
            Event::Oddity { institution, what } => self.oddity(institution, *what).await,
            Event::Claim(claim) => self.claim(claim).await,
            Event::Portal(used) => self.at_portal(used).await,
        }
    }

    // ---- counters ----------------------------------------------------------------------------------------------

    /// An institution's counter, opened at first need.
    pub(super) async fn counter(&mut self, code: &str) -> Result<&mut Counter, BenchError> {
        if !self.counters.contains_key(code) {
            let institution = self.world.institutions.get(code);
            let institution = institution.ok_or_else(|| {
                BenchError::Scenario(format!("no institution has the code {code}"))
            })?;
            let backend = (self.backend.address(), self.backend.door());
            let setup = Setup {
                workshop: &self.workshop,
                world: &self.world,
                seed: self.seed,
                clock: &self.clock,
                taps: &self.taps,
                planted: &self.planted,
                troubles: &self.troubles,
                attendance: &self.attendance,
            };
            let counter = Counter::open(&setup, code, institution, backend).await?;
            self.counters.insert(code.to_owned(), counter);
        }
        self.counters.get_mut(code).ok_or_else(|| BenchError::setup("counter", code))
    }

    pub(super) fn link(&self, code: &str) -> Result<ReaderLink, BenchError> {
        let counter = self.counters.get(code).ok_or_else(|| BenchError::setup("counter", code))?;
        Ok(counter.link.clone())
    }

    /// The shared folders of an institution whose counter is open: something has happened there.
    pub fn folders(&self, code: &str) -> Option<&Folders> {
        self.counters.get(code).map(|counter| &counter.terminal.folders)
    }

    pub(super) fn encoding_of(&self, code: &str) -> FileEncoding {
        self.world
            .institutions
            .get(code)
            .map(|institution| institution.encoding)
            .unwrap_or_default()
    }

    pub(super) fn result_waits(&mut self, institution: &str, file: String, person: String) {
        self.waiting.entry(institution.to_owned()).or_default().push((file, person));
    }

    /// The newest result that waits at an institution.
    pub(super) fn last_waiting(&self, institution: &str) -> Option<String> {
        self.waiting.get(institution)?.last().map(|(file, _)| file.clone())
    }

    /// What a receipt computer told of results before they were asked for.
    pub(super) fn told_early(&mut self, decisions: Vec<Decision>) {
        self.early.extend(decisions);
    }

    pub(super) fn take_early(&mut self) -> Vec<Decision> {
        std::mem::take(&mut self.early)
    }

    pub(super) fn take_waiting_results(&mut self, institution: &str) -> Vec<(String, String)> {
        self.waiting.remove(institution).unwrap_or_default()
    }

    /// An institution was told these numbers of a person.
    pub(super) fn numbers_told(&mut self, institution: &str, person: &str, numbers: Numbers) {
        self.told.insert((institution.to_owned(), person.to_owned()), numbers);
    }

    /// The numbers an institution asks the care history by: those it was told last, else the newest it could have seen.
    pub(super) fn numbers_on_file(&self, institution: &str, person: &str) -> Option<Numbers> {
        if let Some(told) = self.told.get(&(institution.to_owned(), person.to_owned())) {
            return Some(told.clone());
        }
        let coverages = &self.world.people.get(person)?.coverages;
        coverages.iter().max_by_key(|coverage| coverage.gained).map(crate::model::Coverage::numbers)
    }

    // ---- replay ---------------------------------------------------------------------------------------

    /// Sends the last proof again, over the institution's own TLS.
    async fn replay(&mut self, institution: &str) -> Result<Outcome, BenchError> {
        let Some(proof) = self.taps.last_proof() else {
            return Ok(Outcome::Replay { accepted: false });
        };
        let backend = self.counter(institution).await?.backend.clone();
        let answer = backend.send(&proof.family, proof.body).await;
        let answer = answer.map_err(|error| BenchError::setup("backend seam", error))?.bytes;
        let (root, _) = sim_reader::terminal::xml::parse(&answer)
            .map_err(|error| BenchError::Reading { part: "backend", reason: error.to_string() })?;
        Ok(Outcome::Replay { accepted: root.anywhere("SegmentOfResult") == Some("1") })
    }
}

/// The secrets of everybody in the world, planted to be searched for.
fn canaries(world: &World) -> Vec<Canary> {
    let of = |(slug, person): (&String, &crate::model::Person)| {
        let number = Canary {
            what: format!("12-digit number of {slug}"),
            secret: person.individual_number.clone(),
        };
        let pin = person.card.as_ref().and_then(|card| card.pin.clone());
        let pin = pin.map(|secret| Canary { what: format!("PIN of {slug}"), secret });
        [Some(number), pin].into_iter().flatten().collect::<Vec<_>>()
    };
    world.people.iter().flat_map(of).collect()
}
