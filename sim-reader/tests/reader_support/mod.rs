//! A personalised virtual card, a terminal that answers as told, and a channel that writes down.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rsa::RsaPrivateKey;
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::pki::keys::pooled_key;
use sim_card::{
    Card, CardContents, FaceIssuer, FaceRecord, Holder, KeyAndCertificate, OpenQuestions,
    OtherPins, Token,
};
use sim_reader::card_client::{CardFront, TerminalCredential};
use sim_reader::clock::Now;
use sim_reader::consent::{ConsentKind, Consents};
use sim_reader::face::portrait::draw;
use sim_reader::face::{Appearance, Builtin, CaptureCamera, Conditions, matcher};
use sim_reader::reader_link::{
    Bytes, CertificateState, Certified, CertifyAnswer, CertifyRequest, Challenge, ChallengeAnswer,
    ChallengeRequest, LinkError, LinkFuture, Qualified, QualifyAnswer, QualifyRequest, Refusal,
    RefusalKind, TerminalLink,
};
use sim_reader::session::{
    FaceFailures, ModeChoice, Patience, People, Placed, Question, Reader, ReaderConfig, Reply,
    ReplyFuture, Screen, State, VisitReport, Visitor, run_visit,
};
use sim_reader::{Camera, CardChannel, ChannelError};

pub const HOLDER: u64 = 11;
pub const STRANGER: u64 = 12;
pub const PIN: &str = "4031";
/// Its check digit is wrong, so that it is nobody's.
pub const NUMBER: &str = "999999000011";

/// What stands in for the certificate: the reader treats it as bytes of the length its head tells.
pub fn certificate() -> Vec<u8> {
    let mut der = vec![0x30, 0x82, 0x05, 0x00];
    der.extend((0..0x500u32).map(|i| i.to_le_bytes()[0]));
    der
}

pub fn photo(person: u64) -> Vec<u8> {
    let portrait = draw(&Appearance::from_seed(person));
    sim_card::photo::encode_photo(portrait.width, portrait.height, &portrait.pixels).unwrap()
}

static PHOTO: LazyLock<Vec<u8>> = LazyLock::new(|| photo(HOLDER));

fn key(index: usize) -> RsaPrivateKey {
    pooled_key(index).unwrap()
}

fn cvc(subject: &RsaPrivateKey, issuer: &RsaPrivateKey, who: &str) -> Vec<u8> {
    let (issuer_id, subject_id) = (key_id("9900001", "001"), key_id(who, "001"));
    card_verifiable_certificate(&issuer_id, &subject_id, subject.as_ref(), issuer)
}

pub fn contents() -> CardContents {
    let (user, face_issuer, authority) = (key(0), key(1), key(2));
    CardContents {
        token: Token::Card,
        user_authentication: Some(KeyAndCertificate {
            key: user.into(),
            certificate: certificate(),
            ca_certificate: Vec::new(),
        }),
        digital_signature: None,
        user_pin: Some(PIN.to_owned()),
        signature_password: None,
        face: FaceRecord {
            birthdate: date(1980, 2, 17),
            sex: '2',
            expiry: date(2035, 2, 17),
            security_code: "2285".to_owned(),
            photo: Some(PHOTO.clone().into()),
            images: None,
        },
        other_pins: OtherPins::all(Some(PIN)),
        holder: Holder {
            name: "架空　花子".to_owned(),
            kana: None,
            address: "架空県見本市".to_owned(),
        },
        individual_number: NUMBER.to_owned(),
        issuer: std::sync::Arc::new(FaceIssuer {
            certificate: cvc(&face_issuer, &authority, "9900023"),
            text_certificate: cvc(&face_issuer, &authority, "9900033"),
            key: face_issuer,
        }),
        terminal_authority: Some(authority.to_public_key()),
        challenge_seed: [7; 32],
        open_questions: OpenQuestions::default(),
    }
}

pub fn credential() -> TerminalCredential {
    TerminalCredential::new(key(3), cvc(&key(3), &key(2), "9900099"))
}

/// The same holder's card after another issue: another chip, the same in everything else.
pub fn reissued() -> CardContents {
    CardContents { challenge_seed: [8; 32], ..contents() }
}

/// The card as it lies on the reader; writes down every command and answer.
pub struct OnReader {
    pub card: Card,
    pub log: Vec<(Vec<u8>, Vec<u8>)>,
    /// The card is pulled instead of answering a command that begins like this.
    pub pulled_at: Option<Vec<u8>>,
    /// The card is pulled instead of answering the command of this number.
    pub pulled_after: Option<usize>,
}

impl OnReader {
    pub fn new(contents: CardContents) -> Self {
        let mut card = Card::new(contents);
        card.power_on();
        Self { card, log: Vec::new(), pulled_at: None, pulled_after: None }
    }

    /// Out of the reader and in again.
    pub fn again(&mut self) {
        self.card.power_off();
        self.card.power_on();
        self.log.clear();
    }

    pub fn sent(&self, head: &[u8]) -> usize {
        self.log.iter().filter(|(command, _)| command.starts_with(head)).count()
    }

    /// The place of the first command that begins like this.
    pub fn first(&self, head: &[u8]) -> Option<usize> {
        self.log.iter().position(|(command, _)| command.starts_with(head))
    }
}

impl CardChannel for OnReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let pulled = self.pulled_at.as_ref().is_some_and(|head| command.starts_with(head))
            || self.pulled_after.is_some_and(|count| self.log.len() >= count);
        if pulled {
            // Once out, it stays out.
            self.pulled_after = Some(0);
            return Err(ChannelError::Removed);
        }
        let answer = self.card.transmit(command);
        self.log.push((command.to_vec(), answer.clone()));
        Ok(answer)
    }
}

/// A terminal that answers as told and writes down what it was asked.
pub struct FakeLink {
    pub challenge: Result<ChallengeAnswer, LinkError>,
    pub certify: Result<CertifyAnswer, LinkError>,
    pub qualify: Result<QualifyAnswer, LinkError>,
    pub challenges: Mutex<u32>,
    pub certified: Mutex<Vec<CertifyRequest>>,
    pub qualified: Mutex<Vec<QualifyRequest>>,
}

pub fn accepted(certificate_state: CertificateState, registered: bool) -> CertifyAnswer {
    CertifyAnswer::Accepted(Certified { ticket: "ticket".into(), certificate_state, registered })
}

pub fn refusal(kind: RefusalKind) -> Refusal {
    Refusal { code: "SIM-E9999".into(), kind }
}

impl Default for FakeLink {
    fn default() -> Self {
        let challenge = Challenge { challenge_id: "c".into(), challenge: Bytes(vec![0x5A; 32]) };
        let answered = Qualified { validity: 1, notices: Vec::new(), file: "face.xml".into() };
        Self {
            challenge: Ok(ChallengeAnswer::Given(challenge)),
            certify: Ok(accepted(CertificateState::Valid, true)),
            qualify: Ok(QualifyAnswer::Answered(answered)),
            challenges: Mutex::default(),
            certified: Mutex::default(),
            qualified: Mutex::default(),
        }
    }
}

impl TerminalLink for FakeLink {
    fn challenge(&self, _request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer> {
        *self.challenges.lock().unwrap() += 1;
        Box::pin(async { self.challenge.clone() })
    }

    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer> {
        self.certified.lock().unwrap().push(request);
        Box::pin(async { self.certify.clone() })
    }

    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer> {
        self.qualified.lock().unwrap().push(request);
        Box::pin(async { self.qualify.clone() })
    }
}

pub fn config() -> ReaderConfig {
    ReaderConfig {
        account: "F0000001".into(),
        institution: "1319999999".into(),
        offers: BTreeSet::from(ConsentKind::ALL),
        electronic_prescriptions: false,
        threshold: matcher::THRESHOLD,
        terminal: Some(credential()),
        phones: false,
        occasion: None,
        patience: Patience::default(),
    }
}

pub fn visitor(mode: ModeChoice) -> Visitor {
    Visitor {
        mode,
        then: Vec::new(),
        staff_confirms: true,
        consents: Consents { limit: true, drugs: true, ..Consents::default() },
        register: true,
        front: Some(front()),
    }
}

pub fn front() -> CardFront {
    CardFront { birthdate: date(1980, 2, 17), expiry_year: 2035, security_code: "2285".into() }
}

/// The same, who tries these ways one after the other.
pub fn one_after_the_other(modes: &[ModeChoice]) -> Visitor {
    let (first, then) = modes.split_first().unwrap();
    Visitor { then: then.to_vec(), ..visitor(first.clone()) }
}

pub fn pin(entries: &[&str]) -> ModeChoice {
    ModeChoice::Pin(entries.iter().map(|&entry| entry.to_owned()).collect())
}

pub fn camera(person: u64) -> CaptureCamera {
    CaptureCamera::new(Appearance::from_seed(person), Conditions::clean(1))
}

/// A counter with one reader.
pub struct Counter {
    pub config: ReaderConfig,
    pub link: FakeLink,
    pub failures: Arc<FaceFailures>,
}

impl Default for Counter {
    fn default() -> Self {
        Self { config: config(), link: FakeLink::default(), failures: Arc::default() }
    }
}

impl Counter {
    pub fn visit(
        &self,
        card: &mut dyn CardChannel,
        camera: &mut dyn Camera,
        visitor: &Visitor,
    ) -> VisitReport {
        let (config, link, failures) = (&self.config, &self.link, &self.failures);
        let visit = run_visit(config, &Builtin, Some(card), camera, visitor, link, failures);
        block_on(visit)
    }
}

/// A clock that the test moves.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-04-01T00:30:00Z".parse().unwrap())))
    }

    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap() = to;
    }

    pub fn handle(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// People who answer by a function; what they were asked and shown is written down.
pub struct Asked<F> {
    pub clock: TestClock,
    pub answer: F,
    pub questions: Vec<Question>,
    pub states: Vec<State>,
    pub screens: Vec<Screen>,
}

impl<F: FnMut(&Question) -> Reply + Send> Asked<F> {
    pub fn new(answer: F) -> Self {
        let clock = TestClock::new();
        Self { clock, answer, questions: Vec::new(), states: Vec::new(), screens: Vec::new() }
    }

    /// One visit to a counter.
    pub fn visit(
        &mut self,
        counter: &Counter,
        placed: Placed<'_>,
        camera: &mut dyn Camera,
    ) -> VisitReport {
        let Counter { config, link, failures } = counter;
        let now = self.clock.handle();
        let reader = Reader { config, matcher: &Builtin, link, failures, now: &now };
        block_on(reader.visit(placed, camera, self))
    }
}

impl<F: FnMut(&Question) -> Reply + Send> People for Asked<F> {
    fn shown(&mut self, screen: Screen) {
        self.screens.push(screen);
    }

    fn entered(&mut self, state: State) {
        self.states.push(state);
    }

    fn answer(&mut self, question: Question, until: Timestamp) -> ReplyFuture<'_> {
        let reply = (self.answer)(&question);
        self.questions.push(question);
        if reply == Reply::Silent {
            self.clock.set(until + SignedDuration::from_secs(1));
        }
        Box::pin(std::future::ready(reply))
    }
}

/// On the reader, with its front to be read.
pub fn placed(channel: &mut dyn CardChannel) -> Placed<'_> {
    Placed::Card { channel, front: Some(front()) }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
