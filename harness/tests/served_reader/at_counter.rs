//! The reference reader at one counter: an order becomes a visit of its own, and what came of it a reply.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use harness::model::VisitEnd;
use harness::sut::reader::protocol::{Consent, Placed, ReaderReset, VisitOrder, VisitTold, Way};
use jiff::Timestamp;
use sim_reader::card_client::{CardFront, PhoneKind};
use sim_reader::consent::{ConsentKind, Consents};
use sim_reader::face::{Builtin, Matcher, matcher};
use sim_reader::reader_link::HttpTerminalLink;
use sim_reader::session::{
    self, End, FaceFailures, ModeChoice, Patience, People, Question, Reader, ReaderConfig,
    ReplyFuture, Scripted, VisitReport, Visitor,
};

use super::Habit;
use super::card::InSlot;
use super::fittings::{Lens, Proving, credential};

pub struct AtCounter {
    reset: ReaderReset,
    door: TcpListener,
    clock: Arc<Mutex<Timestamp>>,
    failures: FaceFailures,
    habit: Habit,
}

impl AtCounter {
    pub fn new(reset: ReaderReset, habit: Habit) -> Self {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let clock = Arc::new(Mutex::new(reset.now));
        Self { reset, door, clock, failures: FaceFailures::new(), habit }
    }

    pub fn door(&self) -> String {
        self.door.local_addr().unwrap().to_string()
    }

    pub fn set_clock(&self, now: Timestamp) {
        *self.clock.lock().unwrap() = now;
    }

    /// Leads a visit from an empty reader to an empty reader.
    pub fn lead(&self, order: &VisitOrder) -> VisitTold {
        if self.habit == Habit::Dreams {
            std::thread::park_timeout(std::time::Duration::from_secs(60));
        }
        let card = (order.placed != Placed::Nothing).then(|| InSlot::take_in(&self.door));
        let approval = self.reset.approval.as_ref();
        let mut card = card.map(|card| Proving { card, approval, challenge: Vec::new() });
        let placed = match (card.as_mut(), order.placed) {
            (None, _) | (_, Placed::Nothing) => session::Placed::Nothing,
            (Some(channel), Placed::Card) => session::Placed::Card { channel, front: front(order) },
            (Some(channel), Placed::Android) => {
                session::Placed::Phone { phone: PhoneKind::Android, channel }
            }
            (Some(channel), Placed::Iphone) => {
                session::Placed::Phone { phone: PhoneKind::Iphone, channel }
            }
        };
        told(&self.visit(order, placed))
    }

    fn visit(&self, order: &VisitOrder, placed: session::Placed<'_>) -> VisitReport {
        let (config, clock) = (self.config(order), Arc::clone(&self.clock));
        let now: sim_reader::clock::Now = Arc::new(move || *clock.lock().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let link = HttpTerminalLink::new(&self.reset.terminal_url, http);
        let matcher: &dyn Matcher = &Builtin;
        let reader =
            Reader { config: &config, matcher, link: &link, failures: &self.failures, now: &now };
        let mut camera = Lens(self.reset.camera_url.clone());
        let visitor = self.visitor(order);
        let mut people: Box<dyn People> =
            if order.silent { Box::new(Silent) } else { Box::new(Scripted::new(&visitor)) };
        let visit = reader.visit(placed, &mut camera, people.as_mut());
        tokio::runtime::Handle::current().block_on(visit)
    }

    fn config(&self, order: &VisitOrder) -> ReaderConfig {
        let reset = &self.reset;
        let everybody = self.habit == Habit::KnowsEverybody;
        ReaderConfig {
            account: reset.account.clone(),
            institution: reset.institution.clone(),
            offers: reset.offers.iter().map(|Consent(kind)| *kind).collect(),
            electronic_prescriptions: reset.electronic_prescriptions,
            threshold: if everybody { 0.0 } else { matcher::THRESHOLD },
            terminal: reset.approval.as_ref().map(credential),
            phones: reset.phones,
            occasion: order.occasion,
            patience: Patience::default(),
        }
    }

    fn visitor(&self, order: &VisitOrder) -> Visitor {
        let any_medical = order.consents.iter().any(|Consent(kind)| kind.is_medical());
        let implied = self.habit == Habit::AssumesConsents && any_medical;
        let yes = |kind: ConsentKind| {
            order.consents.contains(&Consent(kind)) || (implied && kind.is_medical())
        };
        let mut ways = order.ways.iter().map(choice);
        let confirmed = |way: &Way| matches!(way, Way::Visual { confirmed: true });
        Visitor {
            mode: ways.next().unwrap(),
            then: ways.collect(),
            staff_confirms: order.ways.iter().any(confirmed),
            consents: Consents {
                limit: yes(ConsentKind::Limit),
                specific_diseases: yes(ConsentKind::SpecificDiseases),
                health_check: yes(ConsentKind::HealthCheck),
                drugs: yes(ConsentKind::Drugs),
                care: yes(ConsentKind::Care),
                operations: yes(ConsentKind::Operations),
                clinical: ConsentKind::ALL.into_iter().filter(|kind| yes(*kind)).collect(),
                prescription: order.prescription,
            },
            register: order.register,
            front: front(order),
        }
    }
}

/// They answer nothing, and take the card back.
struct Silent;

impl People for Silent {
    fn answer(&mut self, question: Question, _until: Timestamp) -> ReplyFuture<'_> {
        let back = question == Question::TakeCardBack;
        let reply = if back { session::Reply::CardTaken } else { session::Reply::Silent };
        Box::pin(std::future::ready(reply))
    }
}

fn front(order: &VisitOrder) -> Option<CardFront> {
    order.front.as_ref().map(|front| CardFront {
        birthdate: front.birthdate,
        expiry_year: front.expiry_year,
        security_code: front.security_code.clone(),
    })
}

fn choice(way: &Way) -> ModeChoice {
    match way {
        Way::Face => ModeChoice::Face,
        Way::Pin { entries } => ModeChoice::Pin(entries.clone()),
        Way::Visual { .. } => ModeChoice::Visual,
    }
}

fn told(report: &VisitReport) -> VisitTold {
    VisitTold {
        end: ending(&report.end),
        asked: report.asked.iter().map(|kind| Consent(*kind)).collect(),
        notices: report.notices.iter().copied().collect(),
    }
}

/// As `docs/reader-protocol.md` lists them.
fn ending(end: &End) -> VisitEnd {
    match end {
        End::Completed(_) => VisitEnd::Completed,
        End::NoCard => VisitEnd::NoCard,
        End::NotRecognised | End::NotMyNumberCard => VisitEnd::NotMyNumberCard,
        End::PhoneNotSupported => VisitEnd::PhoneNotTaken,
        End::CardRemoved { .. } => VisitEnd::CardRemoved,
        End::NoCertificate => VisitEnd::NoCertificate,
        End::GaveUp | End::ModeNotOffered => VisitEnd::ModeNotOffered,
        End::TimedOut { .. } => VisitEnd::TimedOut,
        End::NoPicture => VisitEnd::NoPicture,
        End::TamperedFace => VisitEnd::FaceRecordRefused,
        End::FaceMismatch | End::FaceLocked => VisitEnd::FaceMismatch,
        End::WrongPin { .. } => VisitEnd::WrongPin,
        End::PinLocked => VisitEnd::PinLocked,
        End::StaffRefused => VisitEnd::StaffRefused,
        End::TerminalNotApproved => VisitEnd::ReaderNotApproved,
        End::CertificateRefused => VisitEnd::CertificateRefused,
        End::SignatureRefused => VisitEnd::SignatureRefused,
        End::NotRegistered | End::RegistrationDeclined => VisitEnd::NotRegistered,
        End::PhoneLocked | End::CardUnreadable { .. } | End::Closed | End::SystemError { .. } => {
            VisitEnd::SystemError
        }
    }
}
