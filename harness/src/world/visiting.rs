//! One use of a reader: who stands there, what lies on it, what goes wrong, and what an outsider can see of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sim_card::Fault;
use sim_reader::card_client::{CardFront, PhoneKind as ReaderPhone};
use sim_reader::consent::{ConsentKind as ReaderConsent, Consents};
use sim_reader::face::{Appearance, CaptureCamera, Conditions};
use sim_reader::reader_link::{Notice as ReaderNotice, Prescription as ReaderPrescription};
use sim_reader::session::{
    End, FaceFailures, ModeChoice, Patience, People, Placed, Question, Reader, ReaderConfig, Reply,
    ReplyFuture, Scripted, VisitReport, Visitor,
};
use sim_reader::{CardChannel, reader_link};

use super::actors::account;
use super::channels::{OnReader, OtherCard, PullAt, Pulled, SignedByOther};
use super::reading;
use super::stage::Stage;
use crate::checks::seams::Sighting;
use crate::clock::VirtualClock;
use crate::error::BenchError;
use crate::model::{
    ConsentKind, Mode, Notice, Occasion, Outcome, PhoneKind, Prescription, Presented, Trouble,
    Visit, VisitEnd, VisitOutcome,
};
use crate::sut::middleware::Seated;
use crate::taps::camera::TappedCamera;
use crate::taps::card::TappedCard;

/// What was seen before a visit began.
pub(super) struct Before {
    files: usize,
    asked: usize,
}

/// What of a visit only the reader can tell: what it showed to those who stood before it.
pub(super) struct Told {
    pub end: VisitEnd,
    pub asked: BTreeSet<ConsentKind>,
    pub notice: Option<Notice>,
}

impl From<&VisitReport> for Told {
    fn from(report: &VisitReport) -> Self {
        Self {
            end: ending(&report.end),
            asked: report.asked.iter().map(|kind| consent(*kind)).collect(),
            notice: notice(&report.notices),
        }
    }
}

impl Stage {
    /// Runs one visit.
    pub(super) async fn visit(&mut self, visit: &Visit) -> Result<Outcome, BenchError> {
        let before = self.before(visit).await?;
        let told = match self.take_reader(&visit.institution).await? {
            Some(product) => self.at_product(visit, product).await?,
            None => Told::from(&self.at_reader(visit).await?),
        };
        self.came_of(visit, told, &before).map(Outcome::Visit)
    }

    /// Opens the counter and marks what was seen so far.
    pub(super) async fn before(&mut self, visit: &Visit) -> Result<Before, BenchError> {
        let files = self.taps().file_count();
        let asked = self.taps().count(Sighting::CertificateSent);
        self.counter(&visit.institution).await?;
        Ok(Before { files, asked })
    }

    /// What an outsider could see of a visit that is over.
    pub(super) fn came_of(
        &mut self,
        visit: &Visit,
        told: Told,
        before: &Before,
    ) -> Result<VisitOutcome, BenchError> {
        self.after_visit(visit);
        let results: Vec<_> = self
            .taps()
            .files_since(before.files)
            .into_iter()
            .filter(|file| file.folder == "face")
            .collect();
        let answer = results.first().map(|file| reading::result(&file.bytes)).transpose()?;
        let holder = holder(visit);
        if let (Some(holder), Some(record)) =
            (&holder, answer.as_ref().and_then(|answer| answer.record.as_ref()))
        {
            self.numbers_told(&visit.institution, holder, record.numbers.clone());
        }
        for file in &results {
            self.result_waits(
                &visit.institution,
                file.name.clone(),
                holder.clone().unwrap_or_default(),
            );
        }
        Ok(VisitOutcome {
            end: told.end,
            asked_backend: self.taps().count(Sighting::CertificateSent) > before.asked,
            // Of the card, which a phone does not touch.
            pin_tries_left: holder
                .as_deref()
                .filter(|_| phone_kind(visit).is_none())
                .and_then(|holder| self.pin_tries_left(holder)),
            consents_asked: told.asked,
            notice: told.notice,
            result_files: u32::try_from(results.len()).unwrap_or(u32::MAX),
            answer,
        })
    }

    async fn at_reader(&mut self, visit: &Visit) -> Result<VisitReport, BenchError> {
        let planted = self.planted().clone();
        let visit = &planted.noticed(visit);
        let mut channel = self.channel(visit)?;
        let mut middleware = self.take_middleware()?;
        let goes = match middleware {
            Some(_) => self.goes_once_recognised(visit)?,
            None => None,
        };
        let mut tapped =
            channel.as_mut().map(|channel| TappedCard::new(channel.as_mut(), self.taps().clone()));
        let mut handled = tapped.as_mut().map(|tapped| planted.channel(tapped));
        let mut camera = planted.camera(TappedCamera::new(self.camera(visit), self.taps().clone()));
        let config = planted.reader_config(self.reader_config(visit)?, || self.terminal());
        let visitor = self.visitor(visit);
        let link = self.link(&visit.institution)?;
        let (mut seated, front) = (None, visitor.front.clone());
        let placed = match (handled.as_mut(), middleware.as_mut(), phone_kind(visit)) {
            (Some(channel), Some(middleware), phone) => {
                let seat = middleware.seat(channel.as_mut()).await?.telling(goes);
                Placed::Through { middleware: seated.insert(seat), front, phone }
            }
            (Some(channel), None, Some(phone)) => {
                Placed::Phone { phone, channel: channel.as_mut() }
            }
            (Some(channel), None, None) => Placed::Card { channel: channel.as_mut(), front },
            (None, _, _) => Placed::Nothing,
        };
        let (forgotten, now) = (FaceFailures::new(), &self.clock().handle());
        let failures = if planted.forgets_failures() { &forgotten } else { self.failures() };
        let defective = planted.matcher();
        let matcher = defective.as_deref().unwrap_or(&*self.comparison().matcher);
        let reader = Reader { config: &config, matcher, link: &link, failures, now };
        let people: Box<dyn People> = match visit.trouble {
            Some(Trouble::NoAnswer) => Box::new(Lost(self.clock().clone())),
            _ => Box::new(Scripted::new(&visitor)),
        };
        let mut people = planted.people(people);
        let report = reader.visit(placed, camera.as_mut(), people.as_mut()).await;
        match seated.and_then(Seated::trouble) {
            Some(error) => Err(error),
            None => {
                self.keep_middleware(middleware);
                Ok(report)
            }
        }
    }

    /// What lies on the reader, with what goes wrong built in.
    pub(super) fn channel(
        &mut self,
        visit: &Visit,
    ) -> Result<Option<Box<dyn CardChannel>>, BenchError> {
        let holder = match &visit.presented {
            Presented::Nothing => return Ok(None),
            Presented::ForeignCard => return Ok(Some(Box::new(OtherCard))),
            Presented::PhoneOf { holder, phone } => {
                let phone = self.phone(holder, *phone)?;
                let clock = self.clock();
                return Ok(phone.map(|phone| Box::new(OnReader::hold(&phone, clock)) as Box<_>));
            }
            Presented::CardOf(holder) => holder,
        };
        let Some(card) = self.card(holder)? else { return Ok(None) };
        self.set_faults(holder, self.planted().card_faults())?;
        if let Some(Trouble::Card(fault)) = &visit.trouble {
            self.spoil(&card, fault)?;
        }
        let on_reader = OnReader::place(&card, self.clock());
        Ok(Some(match &visit.trouble {
            Some(Trouble::PulledBeforeCertificate) => {
                Box::new(Pulled::new(on_reader, PullAt::Certificate))
            }
            Some(Trouble::PulledBeforeSignature) => {
                Box::new(Pulled::new(on_reader, PullAt::Signature))
            }
            Some(Trouble::SignedByCardOf(other)) if other != holder => match self.card(other)? {
                Some(other) => Box::new(SignedByOther::new(
                    on_reader,
                    OnReader::place(&other, self.clock()),
                    self.terminal(),
                )),
                None => Box::new(on_reader),
            },
            Some(Trouble::PhotoTampered) => {
                self.set_faults(holder, vec![Fault::FlippedPhotoByte { index: 1_000 }])?;
                Box::new(on_reader)
            }
            Some(Trouble::Card(fault)) => self.moved(on_reader, fault)?,
            Some(Trouble::SignedByCardOf(_) | Trouble::CameraDead | Trouble::NoAnswer) | None => {
                Box::new(on_reader)
            }
        }))
    }

    pub(super) fn camera(&self, visit: &Visit) -> CaptureCamera {
        if visit.trouble == Some(Trouble::CameraDead) {
            return CaptureCamera::dead();
        }
        let face = self.world().people.get(&visit.person).map_or(0, |person| person.face);
        let seed = self.seed().number(&format!("capture {}", self.visits()));
        CaptureCamera::new(Appearance::from_seed(face), Conditions::steady(seed))
    }

    pub(super) fn reader_config(&self, visit: &Visit) -> Result<ReaderConfig, BenchError> {
        let code = visit.institution.as_str();
        let institution = self.world().institutions.get(code);
        let institution = institution
            .ok_or_else(|| BenchError::Scenario(format!("no institution has the code {code}")))?;
        Ok(ReaderConfig {
            account: account(code),
            institution: code.to_owned(),
            offers: institution.offers.iter().map(|kind| reader_consent(*kind)).collect(),
            electronic_prescriptions: institution.electronic_prescriptions,
            threshold: self.comparison().threshold,
            terminal: institution.approved.then(|| self.terminal()),
            phones: institution.phones,
            occasion: visit.occasion.map(reader_occasion),
            patience: Patience::default(),
        })
    }

    fn visitor(&self, visit: &Visit) -> Visitor {
        let wants = |kind| visit.consents.contains(&kind);
        let mut checks = std::iter::once(&visit.mode).chain(&visit.then);
        Visitor {
            mode: choice(&visit.mode),
            then: visit.then.iter().map(choice).collect(),
            // The first check by sight decides.
            staff_confirms: checks
                .find_map(|mode| if let Mode::Visual(yes) = mode { Some(*yes) } else { None })
                .unwrap_or(false),
            consents: Consents {
                limit: wants(ConsentKind::Limit),
                specific_diseases: wants(ConsentKind::SpecificDiseases),
                health_check: wants(ConsentKind::HealthCheck),
                drugs: wants(ConsentKind::Drugs),
                care: wants(ConsentKind::Care),
                operations: wants(ConsentKind::Operations),
                clinical: visit.consents.iter().map(|kind| reader_consent(*kind)).collect(),
                prescription: visit.prescription.map(reader_prescription),
            },
            register: visit.register,
            front: self.front(visit),
        }
    }

    pub(super) fn front(&self, visit: &Visit) -> Option<CardFront> {
        let person = self.world().people.get(holder(visit)?.as_str())?;
        let card = person.card.as_ref()?;
        Some(CardFront {
            birthdate: person.birthdate,
            expiry_year: card.expiry.year(),
            security_code: card.security_code.clone(),
        })
    }
}

fn choice(mode: &Mode) -> ModeChoice {
    match mode {
        Mode::Face => ModeChoice::Face,
        Mode::Pin(entries) => ModeChoice::Pin(entries.clone()),
        Mode::Visual(_) => ModeChoice::Visual,
    }
}

/// Somebody who answers nothing, so that time passes, and takes the card back when told to.
struct Lost(VirtualClock);

impl People for Lost {
    fn answer(&mut self, question: Question, until: Timestamp) -> ReplyFuture<'_> {
        let reply = if question == Question::TakeCardBack {
            Reply::CardTaken
        } else {
            self.0.advance(until);
            Reply::Silent
        };
        Box::pin(std::future::ready(reply))
    }
}

/// Whose card or phone is at the reader.
fn holder(visit: &Visit) -> Option<String> {
    visit.presented.holder().map(str::to_owned)
}

pub(super) fn phone_kind(visit: &Visit) -> Option<ReaderPhone> {
    match &visit.presented {
        Presented::PhoneOf { phone: PhoneKind::Android, .. } => Some(ReaderPhone::Android),
        Presented::PhoneOf { phone: PhoneKind::Iphone, .. } => Some(ReaderPhone::Iphone),
        Presented::Nothing | Presented::ForeignCard | Presented::CardOf(_) => None,
    }
}

fn ending(end: &End) -> VisitEnd {
    match end {
        End::Completed(_) => VisitEnd::Completed,
        End::NoCard => VisitEnd::NoCard,
        End::NotRecognised | End::NotMyNumberCard => VisitEnd::NotMyNumberCard,
        End::PhoneNotSupported => VisitEnd::PhoneNotTaken,
        End::TerminalNotApproved => VisitEnd::ReaderNotApproved,
        End::CardRemoved { .. } => VisitEnd::CardRemoved,
        End::NoCertificate => VisitEnd::NoCertificate,
        End::ModeNotOffered | End::GaveUp => VisitEnd::ModeNotOffered,
        End::NoPicture => VisitEnd::NoPicture,
        End::TamperedFace => VisitEnd::FaceRecordRefused,
        End::FaceMismatch | End::FaceLocked => VisitEnd::FaceMismatch,
        End::TimedOut { .. } => VisitEnd::TimedOut,
        End::WrongPin { .. } => VisitEnd::WrongPin,
        End::PinLocked => VisitEnd::PinLocked,
        End::StaffRefused => VisitEnd::StaffRefused,
        End::CertificateRefused => VisitEnd::CertificateRefused,
        End::SignatureRefused => VisitEnd::SignatureRefused,
        End::NotRegistered | End::RegistrationDeclined => VisitEnd::NotRegistered,
        End::CardUnreadable { .. } | End::PhoneLocked | End::Closed | End::SystemError { .. } => {
            VisitEnd::SystemError
        }
    }
}

pub(super) fn consent(kind: ReaderConsent) -> ConsentKind {
    match kind {
        ReaderConsent::Limit => ConsentKind::Limit,
        ReaderConsent::SpecificDiseases => ConsentKind::SpecificDiseases,
        ReaderConsent::HealthCheck => ConsentKind::HealthCheck,
        ReaderConsent::Drugs => ConsentKind::Drugs,
        ReaderConsent::Care => ConsentKind::Care,
        ReaderConsent::Operations => ConsentKind::Operations,
        ReaderConsent::DiagnosisNames => ConsentKind::DiagnosisNames,
        ReaderConsent::Infections => ConsentKind::Infections,
        ReaderConsent::Allergies => ConsentKind::Allergies,
        ReaderConsent::Contraindications => ConsentKind::Contraindications,
        ReaderConsent::Tests => ConsentKind::Tests,
        ReaderConsent::Prescriptions => ConsentKind::Prescriptions,
    }
}

pub(super) fn reader_consent(kind: ConsentKind) -> ReaderConsent {
    match kind {
        ConsentKind::Limit => ReaderConsent::Limit,
        ConsentKind::SpecificDiseases => ReaderConsent::SpecificDiseases,
        ConsentKind::HealthCheck => ReaderConsent::HealthCheck,
        ConsentKind::Drugs => ReaderConsent::Drugs,
        ConsentKind::Care => ReaderConsent::Care,
        ConsentKind::Operations => ReaderConsent::Operations,
        ConsentKind::DiagnosisNames => ReaderConsent::DiagnosisNames,
        ConsentKind::Infections => ReaderConsent::Infections,
        ConsentKind::Allergies => ReaderConsent::Allergies,
        ConsentKind::Contraindications => ReaderConsent::Contraindications,
        ConsentKind::Tests => ReaderConsent::Tests,
        ConsentKind::Prescriptions => ReaderConsent::Prescriptions,
    }
}

pub(super) fn reader_occasion(occasion: Occasion) -> reader_link::Occasion {
    match occasion {
        Occasion::HomeVisit => reader_link::Occasion::HomeVisit,
        Occasion::Online => reader_link::Occasion::Online,
    }
}

pub(super) fn reader_prescription(form: Prescription) -> ReaderPrescription {
    match form {
        Prescription::Electronic => ReaderPrescription::Electronic,
        Prescription::Paper => ReaderPrescription::Paper,
    }
}

pub(super) fn notice(notices: &BTreeSet<reader_link::Notice>) -> Option<Notice> {
    if notices.contains(&ReaderNotice::Grace) {
        Some(Notice::Grace)
    } else {
        notices.contains(&ReaderNotice::RenewCertificate).then_some(Notice::ExpiresSoon)
    }
}
