//! Random visits, two at one reader: people who answer anything or nothing, cards that are pulled, swapped, torn off, mute or put
//! back at any command, cameras that fail, terminals that refuse. Whatever happens, these laws hold:
//!
//! - no state is stuck: the visit comes to its end, and to one end;
//! - nothing of a visit reaches the next;
//! - the number's files are never opened, and the signature certificate is never read;
//! - a PIN is neither asked for nor presented but where the patient has chosen it;
//! - nothing of the certificate is read before the person is identified.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and names the answers that matter to it"
)]

mod reader_support;

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reader_support::*;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier as _;
use sim_card::apdu::CommandApdu;
use sim_card::pki::keys::pooled_key;
use sim_card::{Card, CardContents, Fault, KeyAndCertificate, Token};
use sim_reader::card_client::PhoneKind;
use sim_reader::consent::{ConsentKind, flags};
use sim_reader::face::{GreyImage, Matcher, NoScore};
use sim_reader::reader_link::{
    Bytes, CertificateState, Certified, CertifyAnswer, CertifyRequest, Challenge, ChallengeAnswer,
    ChallengeRequest, LinkError, LinkFuture, Mode, Qualified, QualifyAnswer, QualifyRequest,
    RefusalKind, TerminalLink,
};
use sim_reader::session::{
    End, Entry, FaceFailures, People, Placed, Question, Reader, ReaderConfig, Reply, ReplyFuture,
    State, VisitReport,
};
use sim_reader::{Camera, CameraFault, CardChannel, ChannelError};

/// What a visit is made of.
#[derive(Debug, Clone)]
struct Plan {
    object: Object,
    fault: Option<Fault>,
    photo: bool,
    front: bool,
    pin: bool,
    tries: u8,
    replies: Vec<(Reply, bool)>,
    camera_dead: bool,
    scores: Vec<bool>,
    registered: bool,
    refuses: Option<RefusalKind>,
    at_challenge: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Object {
    Nothing,
    Card,
    Old,
    NoCertificate,
    PhoneOnCardReader,
    Android,
    Iphone,
}

fn object() -> impl Strategy<Value = Object> {
    prop_oneof![
        12 => Just(Object::Card),
        2 => Just(Object::Android),
        2 => Just(Object::Iphone),
        1 => prop::sample::select(vec![
            Object::Nothing, Object::Old, Object::NoCertificate, Object::PhoneOnCardReader,
        ]),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let commands = 0u32..90;
    prop_oneof![
        commands.clone().prop_map(|commands| Fault::PulledAfter { commands }),
        commands.clone().prop_map(|commands| Fault::SwappedAfter { commands }),
        commands.clone().prop_map(|commands| Fault::MuteAfter { commands }),
        (commands, 0u32..3).prop_map(|(commands, missed)| Fault::PutBackAfter { commands, missed }),
        (prop::sample::select(vec![0x20u8, 0x2A, 0x82, 0xA2, 0xA4]), any::<bool>())
            .prop_map(|(ins, written)| Fault::TornInside { ins, written }),
        (prop::sample::select(vec![0x20u8, 0x2A, 0x82, 0xB0]), 0usize..200)
            .prop_map(|(ins, keep)| Fault::Truncated { ins, keep }),
        Just(Fault::StaleCounter),
        Just(Fault::FirstCommandFails),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let typed = prop_oneof![
        3 => Just(PIN.to_owned()),
        3 => Just("0000".to_owned()),
        1 => Just("12345".to_owned()),
    ];
    prop_oneof![
        4 => Just(Reply::Face),
        4 => Just(Reply::Pin),
        6 => typed.prop_map(|entry| Reply::Typed(Entry(entry))),
        4 => Just(Reply::Done),
        4 => Just(Reply::Yes),
        2 => Just(Reply::No),
        1 => Just(Reply::Electronic),
        1 => Just(Reply::GiveUp),
        1 => Just(Reply::CardTaken),
        3 => Just(Reply::StaffStart),
        3 => Just(Reply::StaffConfirm),
        1 => Just(Reply::StaffRefuse),
        1 => Just(Reply::Silent),
    ]
}

/// Half of the answers fit the question, so that visits come far; see [`Crowd::answer`].
fn plan() -> impl Strategy<Value = Plan> {
    let refusal = prop::sample::select(vec![
        RefusalKind::CertificateRefused,
        RefusalKind::SignatureRefused,
        RefusalKind::NotRegistered,
        RefusalKind::Closed,
        RefusalKind::SystemError,
    ]);
    let card = (object(), prop::option::weighted(0.4, fault()), any::<[bool; 5]>(), 0u8..4);
    let people = (
        prop::collection::vec((reply(), prop::bool::weighted(0.03)), 0..24),
        prop::collection::vec(any::<bool>(), 0..4),
    );
    (card, people, prop::option::weighted(0.2, refusal), prop::bool::weighted(0.1)).prop_map(
        |((object, fault, flags, tries), (replies, scores), refuses, camera_dead)| Plan {
            object,
            fault,
            photo: flags[0] || flags[1],
            front: flags[1] || flags[2],
            pin: flags[2] || flags[3],
            tries,
            replies,
            camera_dead,
            scores,
            registered: flags[3],
            refuses,
            at_challenge: flags[4],
        },
    )
}

/// What is seen of one visit.
#[derive(Default)]
struct Seen {
    state: Option<State>,
    chosen: Option<Mode>,
    identified: bool,
    broken: Vec<String>,
    challenges: Vec<Vec<u8>>,
    certified: Vec<CertifyRequest>,
    qualified: Vec<QualifyRequest>,
    consents: Vec<ConsentKind>,
    registered: bool,
    confirmed: bool,
    matched: bool,
}

type Witness = Arc<Mutex<Seen>>;

/// The card seam under watch.
struct Watched {
    card: Card,
    witness: Witness,
    application: Vec<u8>,
    file: u16,
}

impl Watched {
    /// Holds one command against the laws of the card seam.
    fn watch(&mut self, command: &[u8]) {
        let apdu = CommandApdu::parse(command).expect("a command that can be read");
        let mut seen = self.witness.lock().unwrap();
        let state = seen.state.unwrap_or(State::Idle);
        let mut law = |holds: bool, what: &str| {
            if !holds {
                seen.broken.push(format!("{what}: {} in {state:?}", hex::encode_upper(command)));
            }
        };
        match apdu.header {
            [0x00, 0xA4, 0x04, 0x0C] => self.application.clone_from(&apdu.data),
            [0x00, 0xA4, 0x02, 0x0C] => {
                self.file = u16::from_be_bytes([apdu.data[0], apdu.data[1]]);
            }
            // What follows works on the file that was selected, so no file is reached by a short identifier.
            [0x00, 0xB0, high, _] => law(high < 0x80, "no short identifier in READ BINARY"),
            [0x00, 0x20, 0x00, 0x80] | [0x80, 0x2A, 0x00, 0x80] => {}
            [0x80, 0xA2, 0x00, 0x80] | [0x00, 0x84, 0, 0] | [0x00, 0x82, 0x00, 0x80] => {
                law(state == State::Authorising, "terminal authentication in its place");
            }
            [0x80, 0xFC, 0, 0] => {}
            _ => law(false, "a command of the reader's few"),
        }
        let application = self.application.get(..10).map(hex::encode_upper).unwrap_or_default();
        let jpki = application == "D392F000260100000001";
        let face = application == "D3921000310001010402";
        law(application.is_empty() || jpki || face, "no other application");
        let on_file = matches!(apdu.header, [_, 0xA4, 0x02, _] | [_, 0xB0 | 0x20 | 0x2A, ..]);
        let file = if on_file { self.file } else { 0 };
        match (jpki, file) {
            (true, 0x0001) => law(false, "no signature certificate"),
            (false, 0x0001 | 0x0005 | 0x0013) => law(false, "no file of the number, no 照合番号A"),
            (true, 0x0018) => {
                let places = [State::AskingCounter, State::CheckingPin, State::CheckingPhonePin];
                law(places.contains(&state), "the PIN in its place");
            }
            (true, 0x000A) => {
                law(state == State::ReadingCertificate, "the certificate in its place")
            }
            (true, 0x0017) => law(state == State::Signing, "the signature in its place"),
            _ => {}
        }
        let presents_pin = jpki && file == 0x0018 && apdu.header[1] == 0x20;
        let (chosen, identified) = (seen.chosen, seen.identified);
        let mut law = |holds: bool, what: &str| {
            if !holds {
                seen.broken.push(format!("{what}: {} in {state:?}", hex::encode_upper(command)));
            }
        };
        law(!presents_pin || chosen == Some(Mode::Pin), "no VERIFY on the PIN in another mode");
        law(!(jpki && file == 0x000A) || identified, "identity before the certificate");
    }
}

impl CardChannel for Watched {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.watch(command);
        let answer = self.card.exchange(command).map_err(|silence| match silence {
            sim_card::Silence::Removed => ChannelError::Removed,
            sim_card::Silence::Mute | sim_card::Silence::NoPower => ChannelError::Mute,
        })?;
        let right = command.starts_with(&[0x00, 0x20]) && answer == [0x90, 0x00];
        if right && self.file == 0x0018 && command.len() > 5 {
            self.witness.lock().unwrap().identified = true;
        }
        Ok(answer)
    }
}

/// People who answer by the plan; when it has run out they turn away.
struct Crowd {
    witness: Witness,
    clock: TestClock,
    replies: std::vec::IntoIter<(Reply, bool)>,
    asked: usize,
}

impl Crowd {
    /// The planned reply, or one that fits if it is the turn of one that does.
    fn choose(&mut self, question: &Question) -> (Reply, bool) {
        let (reply, late) = self.replies.next().unwrap_or((Reply::GiveUp, false));
        if self.asked.is_multiple_of(3) {
            return (reply, late);
        }
        let fits = match question {
            Question::Mode { .. } if !matches!(reply, Reply::Face | Reply::Pin) => {
                Reply::StaffStart
            }
            Question::Pin { .. } | Question::PhonePin if !matches!(reply, Reply::Typed(_)) => {
                Reply::Typed(Entry(PIN.to_owned()))
            }
            Question::Look | Question::HoldPhone { .. } => Reply::Done,
            Question::StaffCheck => Reply::StaffConfirm,
            Question::Registration => Reply::Yes,
            _ => reply,
        };
        (fits, false)
    }
}

impl People for Crowd {
    fn entered(&mut self, state: State) {
        let mut seen = self.witness.lock().unwrap();
        match state {
            State::OpeningFace => seen.chosen = Some(Mode::Face),
            State::StaffChecking => seen.chosen = Some(Mode::Visual),
            State::AskingCounter | State::EnteringPhonePin => seen.chosen = Some(Mode::Pin),
            State::Idle
            | State::HoldingPhone
            | State::RecognisingPhone
            | State::CheckingPhonePin
            | State::Recognising
            | State::ChoosingMode
            | State::TakingPicture
            | State::Comparing
            | State::EnteringPin
            | State::CheckingPin
            | State::Authorising
            | State::ReadingCertificate
            | State::FetchingChallenge
            | State::Signing
            | State::Certifying
            | State::OfferingRegistration
            | State::AskingConsents
            | State::Qualifying
            | State::ReturningCard
            | State::Done => {}
        }
        seen.state = Some(state);
    }

    fn answer(&mut self, question: Question, until: Timestamp) -> ReplyFuture<'_> {
        self.asked += 1;
        assert!(self.asked < 200, "a visit that does not end");
        let (reply, late) = self.choose(&question);
        if late || reply == Reply::Silent {
            self.clock.set(until + SignedDuration::from_secs(1));
            return Box::pin(std::future::ready(reply));
        }
        let mut seen = self.witness.lock().unwrap();
        match (&question, &reply) {
            (Question::StaffCheck, Reply::StaffConfirm) => {
                (seen.confirmed, seen.identified) = (true, true);
            }
            (Question::Registration, Reply::Yes) => seen.registered = true,
            (Question::Consent { kind }, Reply::Yes) => seen.consents.push(*kind),
            _ => {}
        }
        drop(seen);
        Box::pin(std::future::ready(reply))
    }
}

/// Scores by the plan: what is compared is not the affair of this test.
struct Scores {
    witness: Witness,
    matches: Mutex<std::vec::IntoIter<bool>>,
}

impl Matcher for Scores {
    fn score(&self, _photo: &GreyImage, _capture: &GreyImage) -> Result<f64, NoScore> {
        let matches = self.matches.lock().unwrap().next().unwrap_or(false);
        let mut seen = self.witness.lock().unwrap();
        (seen.matched, seen.identified) = (matches, seen.identified || matches);
        Ok(if matches { 1.0 } else { 0.0 })
    }
}

struct Eye(bool);

impl Camera for Eye {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let pixels = vec![0; 16];
        if self.0 { Err(CameraFault) } else { Ok(GreyImage { width: 4, height: 4, pixels }) }
    }
}

/// The terminal: numbers its challenges and tickets over both visits.
struct Terminal {
    witness: Mutex<Witness>,
    plan: Mutex<Plan>,
    count: Mutex<u8>,
}

impl Terminal {
    fn number(&self) -> u8 {
        let mut count = self.count.lock().unwrap();
        *count += 1;
        *count
    }

    fn refusal(&self, at_challenge: bool) -> Option<sim_reader::reader_link::Refusal> {
        let plan = self.plan.lock().unwrap();
        plan.refuses.filter(|_| plan.at_challenge == at_challenge).map(refusal)
    }

    fn seen(&self) -> Witness {
        Arc::clone(&self.witness.lock().unwrap())
    }
}

impl TerminalLink for Terminal {
    fn challenge(&self, _request: ChallengeRequest) -> LinkFuture<'_, ChallengeAnswer> {
        let bytes = vec![self.number(); 32];
        self.seen().lock().unwrap().challenges.push(bytes.clone());
        let answer = match self.refusal(true) {
            Some(refused) => ChallengeAnswer::Refused { refused },
            None => ChallengeAnswer::Given(Challenge {
                challenge_id: format!("c{}", bytes[0]),
                challenge: Bytes(bytes),
            }),
        };
        Box::pin(async { Ok(answer) })
    }

    fn certify(&self, request: CertifyRequest) -> LinkFuture<'_, CertifyAnswer> {
        self.seen().lock().unwrap().certified.push(request);
        let registered = self.plan.lock().unwrap().registered;
        let answer = match self.refusal(false) {
            Some(refused) => CertifyAnswer::Refused { refused },
            None => CertifyAnswer::Accepted(Certified {
                ticket: format!("t{}", self.number()),
                certificate_state: CertificateState::ExpiresSoon,
                registered,
            }),
        };
        Box::pin(async { Ok(answer) })
    }

    fn qualify(&self, request: QualifyRequest) -> LinkFuture<'_, QualifyAnswer> {
        self.seen().lock().unwrap().qualified.push(request);
        let number = self.number();
        if number.is_multiple_of(11) {
            return Box::pin(async { Err(LinkError::Silent) });
        }
        let file = format!("face{number}.xml");
        let answered = Qualified { validity: 1, notices: Vec::new(), file };
        Box::pin(async { Ok(QualifyAnswer::Answered(answered)) })
    }
}

/// Two holders, each with a key and a certificate of their own.
fn holder(which: usize, plan: &Plan) -> CardContents {
    let mut contents = contents();
    contents.token = match plan.object {
        Object::Nothing | Object::Card | Object::NoCertificate => Token::Card,
        Object::Old => Token::OldResident,
        Object::PhoneOnCardReader | Object::Android => Token::Android,
        Object::Iphone => Token::Iphone,
    };
    contents.challenge_seed = [u8::try_from(which).unwrap() + 40; 32];
    contents.user_authentication =
        (plan.object != Object::NoCertificate).then(|| KeyAndCertificate {
            key: pooled_key(4 + which).unwrap().into(),
            certificate: holders_certificate(which),
            ca_certificate: Vec::new(),
        });
    contents.face.photo = contents.face.photo.filter(|_| plan.photo);
    contents.user_pin = contents.user_pin.filter(|_| plan.pin);
    contents
}

fn holders_certificate(which: usize) -> Vec<u8> {
    let mut certificate = certificate();
    *certificate.last_mut().unwrap() = u8::try_from(which).unwrap() + 100;
    certificate
}

/// One visit, and what was seen of it.
fn visit(
    which: usize,
    plan: &Plan,
    config: &ReaderConfig,
    terminal: &Terminal,
    failures: &FaceFailures,
) -> (VisitReport, Witness) {
    let witness = Witness::default();
    terminal.witness.lock().unwrap().clone_from(&witness);
    terminal.plan.lock().unwrap().clone_from(plan);
    let mut card = Card::new(holder(which, plan));
    card.set_tries_left(sim_card::PinName::UserAuthentication, plan.tries);
    card.lay_under(Card::new(holder(2, plan)).persistent().clone());
    card.set_faults(plan.fault.into_iter().collect());
    card.power_on();
    card.checks_its_holder();
    if plan.object == Object::Iphone {
        witness.lock().unwrap().identified = true;
    }
    let mut channel =
        Watched { card, witness: Arc::clone(&witness), application: Vec::new(), file: 0 };
    let placed = match plan.object {
        Object::Nothing => Placed::Nothing,
        Object::Android => Placed::Phone { phone: PhoneKind::Android, channel: &mut channel },
        Object::Iphone => Placed::Phone { phone: PhoneKind::Iphone, channel: &mut channel },
        Object::Card | Object::Old | Object::NoCertificate | Object::PhoneOnCardReader => {
            Placed::Card { channel: &mut channel, front: plan.front.then(front) }
        }
    };
    let matcher = Scores {
        witness: Arc::clone(&witness),
        matches: Mutex::new(plan.scores.clone().into_iter()),
    };
    let clock = TestClock::new();
    let now = clock.handle();
    let replies = plan.replies.clone().into_iter();
    let mut people = Crowd { witness: Arc::clone(&witness), clock, replies, asked: 0 };
    let reader = Reader { config, matcher: &matcher, link: terminal, failures, now: &now };
    let report = block_on(reader.visit(placed, &mut Eye(plan.camera_dead), &mut people));
    (report, witness)
}

/// The laws of one visit, seen from behind it.
fn hold(which: usize, report: &VisitReport, seen: &Seen) -> Result<(), TestCaseError> {
    prop_assert!(seen.broken.is_empty(), "{:?}", seen.broken);
    prop_assert_eq!(report.steps.last(), Some(&State::Done));
    prop_assert_eq!(report.queried, !seen.certified.is_empty());
    prop_assert!(seen.challenges.len() <= 1 && seen.certified.len() <= 1);
    let completed = matches!(report.end, End::Completed(_));
    prop_assert!(!completed || seen.qualified.len() == 1);
    if let Some(request) = seen.certified.first() {
        prop_assert!(seen.identified, "nobody was identified");
        prop_assert_eq!(&request.certificate.0, &holders_certificate(which));
        prop_assert_eq!(&request.challenge_id, &format!("c{}", seen.challenges[0][0]));
        let key = VerifyingKey::<sha2::Sha256>::new(pooled_key(4 + which).unwrap().to_public_key());
        let signature = Signature::try_from(request.signature.0.as_slice()).unwrap();
        prop_assert!(key.verify(&seen.challenges[0], &signature).is_ok(), "this visit's challenge");
        match request.mode {
            Mode::Face => prop_assert!(seen.matched),
            Mode::Visual => prop_assert!(seen.confirmed, "staff have not confirmed"),
            Mode::Pin => prop_assert_eq!(seen.chosen.or(Some(Mode::Pin)), Some(Mode::Pin)),
        }
    }
    if let Some(request) = seen.qualified.first() {
        let ticket: u8 = request.ticket[1..].parse().unwrap();
        prop_assert_eq!(ticket, seen.challenges[0][0] + 1, "the ticket of this visit");
        prop_assert_eq!(request.consents, flags(&seen.consents.iter().copied().collect()));
        prop_assert_eq!(request.register, seen.registered);
    }
    let told = format!("{report:?} {:?}", seen.certified);
    prop_assert!(!told.contains(PIN) && !told.contains(NUMBER));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48, failure_persistence: None, ..ProptestConfig::default()
    })]
    #[test]
    fn whatever_happens_the_laws_of_a_visit_hold(first in plan(), second in plan()) {
        let (mut config, failures) = (config(), FaceFailures::new());
        (config.phones, config.threshold) = (true, 0.5);
        let terminal = Terminal {
            witness: Mutex::default(), plan: Mutex::new(first.clone()), count: Mutex::new(0),
        };
        for (which, plan) in [first, second].iter().enumerate() {
            let (report, witness) = visit(which, plan, &config, &terminal, &failures);
            hold(which, &report, &witness.lock().unwrap())?;
        }
    }
}
