//! The stage: a world whose actors are alive, on which one event after another is carried out.

mod lying;
mod phones;
mod products;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use sim_backend::messages::InstitutionCode;
use sim_backend::service::records::PersonCode;
use sim_backend::store::Visit as StoredVisit;
use sim_card::pki::{RenewRequest, ResponderBehaviour, RevocationReason};
use sim_card::{CardContents, Fault};
use sim_reader::card_client::TerminalCredential;
use sim_reader::institution::protocol::Decision;
use sim_reader::session::FaceFailures;
use sim_reader::terminal::Folders;

use self::lying::Lying;
use super::actors::{AuthoritySide, Counter, Counters, Setup, plain_client};
use super::backend::{BackendSide, Ours};
use super::calls::ReaderLink;
use super::cards::{CardPress, Order, Pressed};
use super::channels::MovesAfter;
use super::feeding;
use super::many::BulkDesk;
use super::plastic::{Plastic, USER_PIN};
use super::reader_product::ReaderAtCounter;
use super::workshop::{Comparison, Workshop};
use crate::clock::{VirtualClock, jst_day};
use crate::error::BenchError;
use crate::model::{
    AuthorityAct, Event, FeedRecord, FileEncoding, Numbers, Outcome, PhoneKind, World,
};
use crate::mutants::Planted;
use crate::seed::Seed;
use crate::sut::breaker::Attendance;
use crate::sut::middleware::Middleware;
use crate::sut::troubles::Troubles;
use crate::taps::{Canary, Taps};

/// Hours after such a renewal for which nobody knows the new serial: "about two days" in the row.
const GAP_HOURS: i64 = 48;

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

/// A card in somebody's pocket.
struct Held {
    /// `None` before it is first used, so that no product is started for a card that nobody uses.
    plastic: Option<Plastic>,
    serial: Option<Vec<u8>>,
    contents: CardContents,
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

    async fn before_story(&mut self) -> Result<(), BenchError> {
        let today = jst_day(self.world.now);
        let records: Vec<Value> = self
            .world
            .people
            .iter()
            .flat_map(|(slug, person)| feeding::before_story(slug, person, today))
            .collect();
        if records.is_empty() {
            return self.register_before_story().await;
        }
        let results = self.deliver(&Value::Array(records)).await?;
        if let Some(rejected) = results.iter().find(|result| !result.accepted()) {
            let reason = rejected.reason.clone().unwrap_or_default();
            return Err(BenchError::Scenario(format!(
                "the backend rejects what was fed before the story: {reason}"
            )));
        }
        self.register_before_story().await
    }

    /// Cards that were registered before the story, each with the certificate it had then: the link service leads from
    /// today's certificate to the same person.
    async fn register_before_story(&self) -> Result<(), BenchError> {
        let failed = |error: &dyn std::fmt::Display| {
            BenchError::setup("registration before the story", error)
        };
        if self.backend.is_product() {
            return Ok(());
        }
        let store = self.reference_backend("cards registered before the story")?.backend.store();
        let Some(institution) = self.world.institutions.keys().next() else { return Ok(()) };
        let institution = InstitutionCode::new(institution).map_err(|error| failed(&error))?;
        let registered = self.world.people.iter().enumerate().filter(|(_, (_, person))| {
            !person.disclosure_barred && person.card.as_ref().is_some_and(|card| card.registered)
        });
        for (place, (slug, person)) in registered {
            let at =
                person.card.as_ref().map_or(self.world.now, |card| card.issued.min(self.world.now));
            let visit = StoredVisit {
                institution: institution.clone(),
                person: PersonCode::new(slug).map_err(|error| failed(&error))?,
                registration: Some((format!("{place:04x}"), at)),
                consents: None,
                care: None,
                confirmation: None,
            };
            store.keep_visit(&visit).await.map_err(|error| failed(&error))?;
        }
        Ok(())
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

    // ---- cards and the authority -------------------------------------------------------------------------------

    /// Somebody's card, pressed at first need; `None` for somebody who has none.
    pub(super) fn card(&mut self, person: &str) -> Result<Option<Plastic>, BenchError> {
        let Some(held) = self.held(person)? else { return Ok(None) };
        if let Some(plastic) = &held.plastic {
            return Ok(Some(plastic.clone()));
        }
        let contents = held.contents.clone();
        let plastic = self.plastic(person, contents)?;
        if let Some(held) = self.cards.get_mut(person) {
            held.plastic = Some(plastic.clone());
        }
        Ok(Some(plastic))
    }

    fn held(&mut self, person: &str) -> Result<Option<&Held>, BenchError> {
        if !self.cards.contains_key(person) {
            let Some(held) = self.press_card(person)? else { return Ok(None) };
            self.cards.insert(person.to_owned(), held);
        }
        Ok(self.cards.get(person))
    }

    fn press_card(&mut self, slug: &str) -> Result<Option<Held>, BenchError> {
        let Some(person) = self.world.people.get(slug) else { return Ok(None) };
        let Some(facts) = &person.card else { return Ok(None) };
        let place = self.world.people.keys().position(|known| known == slug).unwrap_or_default();
        let order = Order { holder: slug, person, facts, place, seed: self.seed };
        if let Some(lying) = self.lying.as_ref().filter(|lying| lying.is_of(slug)) {
            return lying.held((&self.workshop, &mut self.press), &order).map(Some);
        }
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let Pressed { contents, serial } =
            self.press.press(&self.workshop, &mut authority, &order)?;
        Ok(Some(Held { plastic: None, serial, contents }))
    }

    pub(super) fn set_faults(
        &mut self,
        person: &str,
        faults: Vec<Fault>,
    ) -> Result<(), BenchError> {
        let Some(plastic) = self.card(person)? else { return Ok(()) };
        match plastic.ours() {
            Some(card) => {
                card.lock().unwrap_or_else(PoisonError::into_inner).set_faults(faults);
                Ok(())
            }
            None if faults.is_empty() => Ok(()),
            None => Err(self.not_of_a_product("a card that misbehaves")),
        }
    }

    /// What is left of a visit: no fault, no power.
    pub(super) fn after_visit(&mut self, visit: &crate::model::Visit) {
        self.visits += 1;
        self.sort_out(visit);
        let held = self.cards.values().chain(self.phones.values());
        for plastic in held.filter_map(|held| held.plastic.as_ref()) {
            plastic.with(|card| card.power_off());
            let Some(card) = plastic.ours() else { continue };
            let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
            card.set_faults(Vec::new());
            let left = card.tries_left(USER_PIN);
            card.set_tries_left(USER_PIN, self.planted.tries_after_visit(left));
        }
    }

    pub(super) fn pin_tries_left(&self, person: &str) -> Option<u8> {
        self.world.people.get(person)?.card.as_ref()?.pin.as_ref()?;
        self.cards.get(person)?.plastic.as_ref()?.tries_left()
    }

    fn authority_acts(&mut self, person: &str, act: AuthorityAct) -> Result<(), BenchError> {
        let now = self.clock.now();
        let Some(Held { serial: Some(serial), .. }) = self.held(person)? else { return Ok(()) };
        let serial = serial.clone();
        if act == AuthorityAct::RenewUnlinked {
            let gaps = &self.reference_backend("a gap after a renewal")?.gaps;
            let mut gaps = gaps.lock().unwrap_or_else(PoisonError::into_inner);
            gaps.insert(person.to_owned(), now + SignedDuration::from_hours(GAP_HOURS));
        }
        if act == AuthorityAct::Renew || act == AuthorityAct::RenewUnlinked {
            return self.renew(person, &serial, now);
        }
        self.act_on(&serial, act, now);
        self.act_on_phones(person, act, now);
        Ok(())
    }

    /// What the authority cannot do (revoke twice, release what is not held) changes nothing: its ledger refuses.
    fn act_on(&self, serial: &[u8], act: AuthorityAct, at: Timestamp) {
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = match act {
            AuthorityAct::Revoke => authority.revoke(serial, RevocationReason::KeyCompromise, at),
            AuthorityAct::Died => {
                authority.revoke(serial, RevocationReason::CessationOfOperation, at)
            }
            AuthorityAct::Hold => authority.hold(serial, at),
            AuthorityAct::Release => authority.release(serial, at),
            // The signature certificate falls; the user-authentication certificate stays as it is.
            AuthorityAct::Moved if self.planted.moving_revokes() => {
                authority.revoke(serial, RevocationReason::AffiliationChanged, at)
            }
            AuthorityAct::Moved | AuthorityAct::Renew | AuthorityAct::RenewUnlinked => Ok(()),
        };
    }

    /// A new certificate for the same key, put on the same card: its PIN counter stays.
    fn renew(&mut self, person: &str, serial: &[u8], at: Timestamp) -> Result<(), BenchError> {
        let expiry = self
            .world
            .people
            .get(person)
            .and_then(|person| person.card.as_ref())
            .map(|card| card.expiry);
        let (Some(card_expiry), Some(held)) = (expiry, self.cards.get_mut(person)) else {
            return Ok(());
        };
        let Some(user) = held.contents.user_authentication.as_mut() else { return Ok(()) };
        let key =
            user.key.rsa().ok_or_else(|| BenchError::setup("renewal", "the key is no RSA key"))?;
        let request = RenewRequest { at, card_expiry, key: &key.to_public_key(), not_after: None };
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        // A card past its end, or one of another authority, is not renewed: nothing changes.
        let Ok(issued) = authority.renew(serial, request) else { return Ok(()) };
        user.certificate = issued.certificate;
        held.serial = Some(issued.serial);
        drop(authority);
        self.rewrite(person)
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

    // ---- feed and replay ---------------------------------------------------------------------------------------

    async fn feed(&mut self, record: &FeedRecord) -> Result<Outcome, BenchError> {
        let person = self.world.people.get(&record.person);
        let results = self.deliver(&Value::Array(feeding::in_story(record, person))).await?;
        let accepted = results.last().is_some_and(Delivered::accepted);
        Ok(Outcome::Feed { accepted })
    }

    async fn deliver(&self, records: &Value) -> Result<Vec<Delivered>, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("feed seam", error);
        let answer =
            plain_client()?.post(self.feed_url()).json(records).send().await.map_err(failed)?;
        let delivery: DeliveryAnswer = answer.json().await.map_err(failed)?;
        Ok(delivery.results)
    }

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

#[derive(Debug, Deserialize)]
struct DeliveryAnswer {
    results: Vec<Delivered>,
}

#[derive(Debug, Deserialize)]
struct Delivered {
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
}

impl Delivered {
    fn accepted(&self) -> bool {
        self.outcome == "accepted"
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
