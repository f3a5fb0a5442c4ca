//! One use of a reader: who stands there, what lies on it, what goes wrong, and what an outsider can see of it.

use std::collections::BTreeSet;

use sim_card::{Fault, PinName};
use sim_reader::card_client::CardFront;
use sim_reader::consent::{ConsentKind as ReaderConsent, Consents};
use sim_reader::face::matcher::THRESHOLD;
use sim_reader::face::{Appearance, Builtin, CaptureCamera, Conditions};
use sim_reader::reader_link::{Notice as ReaderNotice, Prescription as ReaderPrescription};
use sim_reader::session::{End, ModeChoice, ReaderConfig, VisitReport, Visitor, run_visit};
use sim_reader::{CardChannel, reader_link};

use super::actors::account;
use super::channels::{OnReader, OtherCard, PullAt, Pulled, SignedByOther};
use super::reading;
use super::stage::Stage;
use crate::checks::seams::Sighting;
use crate::error::BenchError;
use crate::model::{
    ConsentKind, Mode, Notice, Outcome, Prescription, Presented, Trouble, Visit, VisitEnd,
    VisitOutcome,
};
use crate::taps::camera::TappedCamera;
use crate::taps::card::TappedCard;

impl Stage {
    /// Runs one visit.
    pub(super) async fn visit(&mut self, visit: &Visit) -> Result<Outcome, BenchError> {
        let files = self.taps().file_count();
        let asked_before = self.taps().count(Sighting::CertificateSent);
        self.counter(&visit.institution).await?;
        let report = self.at_reader(visit).await?;
        self.after_visit(visit);
        let results: Vec<_> = self
            .taps()
            .files_since(files)
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
        let outcome = VisitOutcome {
            end: ending(&report.end),
            asked_backend: self.taps().count(Sighting::CertificateSent) > asked_before,
            pin_tries_left: holder.as_deref().and_then(|holder| self.pin_tries_left(holder)),
            consents_asked: report.asked.iter().map(|kind| consent(*kind)).collect(),
            notice: notice(&report.notices),
            result_files: u32::try_from(results.len()).unwrap_or(u32::MAX),
            answer,
        };
        Ok(Outcome::Visit(outcome))
    }

    async fn at_reader(&mut self, visit: &Visit) -> Result<VisitReport, BenchError> {
        let mut channel = self.channel(visit)?;
        let mut tapped =
            channel.as_mut().map(|channel| TappedCard::new(channel.as_mut(), self.taps().clone()));
        let mut camera = TappedCamera::new(self.camera(visit), self.taps().clone());
        let config = self.reader_config(&visit.institution)?;
        let visitor = self.visitor(visit);
        let link = self.link(&visit.institution)?;
        let card = tapped.as_mut().map(|card| card as &mut dyn CardChannel);
        Ok(run_visit(&config, &Builtin, card, &mut camera, &visitor, &link, self.failures()).await)
    }

    /// What lies on the reader, with what goes wrong built in.
    fn channel(&mut self, visit: &Visit) -> Result<Option<Box<dyn CardChannel>>, BenchError> {
        let holder = match &visit.presented {
            Presented::Nothing => return Ok(None),
            Presented::ForeignCard => return Ok(Some(Box::new(OtherCard))),
            Presented::CardOf(holder) => holder,
        };
        let Some(card) = self.card(holder)? else { return Ok(None) };
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
            Some(Trouble::SignedByCardOf(_) | Trouble::CameraDead | Trouble::Card(_)) | None => {
                Box::new(on_reader)
            }
        }))
    }

    fn camera(&self, visit: &Visit) -> CaptureCamera {
        if visit.trouble == Some(Trouble::CameraDead) {
            return CaptureCamera::dead();
        }
        let face = self.world().people.get(&visit.person).map_or(0, |person| person.face);
        let seed = self.seed().number(&format!("capture {}", self.visits()));
        CaptureCamera::new(Appearance::from_seed(face), Conditions::steady(seed))
    }

    fn reader_config(&self, code: &str) -> Result<ReaderConfig, BenchError> {
        let institution = self.world().institutions.get(code);
        let institution = institution
            .ok_or_else(|| BenchError::Scenario(format!("no institution has the code {code}")))?;
        Ok(ReaderConfig {
            account: account(code),
            institution: code.to_owned(),
            offers: institution.offers.iter().map(|kind| reader_consent(*kind)).collect(),
            electronic_prescriptions: institution.electronic_prescriptions,
            threshold: THRESHOLD,
            terminal: Some(self.terminal()),
        })
    }

    fn visitor(&self, visit: &Visit) -> Visitor {
        let wants = |kind| visit.consents.contains(&kind);
        let (mode, staff_confirms) = match &visit.mode {
            Mode::Face => (ModeChoice::Face, false),
            Mode::Pin(entries) => (ModeChoice::Pin(entries.clone()), false),
            Mode::Visual(confirms) => (ModeChoice::Visual, *confirms),
        };
        Visitor {
            mode,
            staff_confirms,
            consents: Consents {
                limit: wants(ConsentKind::Limit),
                specific_diseases: wants(ConsentKind::SpecificDiseases),
                health_check: wants(ConsentKind::HealthCheck),
                drugs: wants(ConsentKind::Drugs),
                care: wants(ConsentKind::Care),
                operations: wants(ConsentKind::Operations),
                prescription: visit.prescription.map(|form| match form {
                    Prescription::Electronic => ReaderPrescription::Electronic,
                    Prescription::Paper => ReaderPrescription::Paper,
                }),
            },
            register: visit.register,
            front: self.front(visit),
        }
    }

    fn front(&self, visit: &Visit) -> Option<CardFront> {
        let person = self.world().people.get(holder(visit)?.as_str())?;
        let card = person.card.as_ref()?;
        Some(CardFront {
            birthdate: person.birthdate,
            expiry_year: card.expiry.year(),
            security_code: card.security_code.clone(),
        })
    }
}

/// Whose card lies on the reader.
fn holder(visit: &Visit) -> Option<String> {
    if let Presented::CardOf(holder) = &visit.presented { Some(holder.clone()) } else { None }
}

fn ending(end: &End) -> VisitEnd {
    match end {
        End::Completed(_) => VisitEnd::Completed,
        End::NoCard => VisitEnd::NoCard,
        End::NotRecognised | End::NotMyNumberCard | End::PhoneNotSupported => {
            VisitEnd::NotMyNumberCard
        }
        End::CardRemoved { .. } => VisitEnd::CardRemoved,
        End::NoCertificate => VisitEnd::NoCertificate,
        End::ModeNotOffered => VisitEnd::ModeNotOffered,
        End::NoPicture => VisitEnd::NoPicture,
        End::TamperedFace => VisitEnd::FaceRecordRefused,
        End::FaceMismatch | End::FaceLocked => VisitEnd::FaceMismatch,
        End::WrongPin { .. } => VisitEnd::WrongPin,
        End::PinLocked => VisitEnd::PinLocked,
        End::StaffRefused => VisitEnd::StaffRefused,
        End::CertificateRefused => VisitEnd::CertificateRefused,
        End::SignatureRefused => VisitEnd::SignatureRefused,
        End::NotRegistered | End::RegistrationDeclined => VisitEnd::NotRegistered,
        End::CardUnreadable { .. }
        | End::TerminalNotApproved
        | End::Closed
        | End::SystemError { .. } => VisitEnd::SystemError,
    }
}

fn consent(kind: ReaderConsent) -> ConsentKind {
    match kind {
        ReaderConsent::Limit => ConsentKind::Limit,
        ReaderConsent::SpecificDiseases => ConsentKind::SpecificDiseases,
        ReaderConsent::HealthCheck => ConsentKind::HealthCheck,
        ReaderConsent::Drugs => ConsentKind::Drugs,
        ReaderConsent::Care => ConsentKind::Care,
        ReaderConsent::Operations => ConsentKind::Operations,
    }
}

fn reader_consent(kind: ConsentKind) -> ReaderConsent {
    match kind {
        ConsentKind::Limit => ReaderConsent::Limit,
        ConsentKind::SpecificDiseases => ReaderConsent::SpecificDiseases,
        ConsentKind::HealthCheck => ReaderConsent::HealthCheck,
        ConsentKind::Drugs => ReaderConsent::Drugs,
        ConsentKind::Care => ReaderConsent::Care,
        ConsentKind::Operations => ReaderConsent::Operations,
    }
}

fn notice(notices: &BTreeSet<reader_link::Notice>) -> Option<Notice> {
    if notices.contains(&ReaderNotice::Grace) {
        Some(Notice::Grace)
    } else {
        notices.contains(&ReaderNotice::RenewCertificate).then_some(Notice::ExpiresSoon)
    }
}

/// The counter that the outcome names.
pub(super) const USER_PIN: PinName = PinName::UserAuthentication;
