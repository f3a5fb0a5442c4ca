//! Defects of the reader: in what it takes people's answers for, in its camera and matcher, and in what it sends to the card.

use jiff::Timestamp;
use serde::Deserialize;
use sim_card::apdu::CommandApdu;
use sim_card::apps::{TEXT_INPUT_AID, jpki, text_input};
use sim_reader::consent::ConsentKind;
use sim_reader::face::{Matcher, NoScore};
use sim_reader::reader_link::Mode;
use sim_reader::session::machine::State;
use sim_reader::session::{
    Entry, People, Question, ReaderConfig, Reply, ReplyFuture, Screen, VisitReport,
};
use sim_reader::{Camera, CameraFault, CardChannel, ChannelError, GreyImage};

use super::plant::Planted;
use crate::model::{Presented, Trouble, Visit};

/// What the reader does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderDefect {
    /// Every face matches.
    EveryFaceMatches,
    /// No face matches.
    NoFaceMatches,
    /// The first picture ever taken serves for every later patient.
    PictureRemembered,
    /// Nobody is photographed: the photo in the chip is compared with itself.
    PictureFromChip,
    /// Mismatches of a face are not counted.
    FailuresForgotten,
    /// What cannot be photographed counts as a match.
    DeadCameraMatches,
    /// Every kind of information counts as consented to.
    EverythingConsented,
    /// The first yes stands for every later question of the visit.
    OneConsentForAll,
    /// A yes of an earlier patient stands for every later one.
    ConsentsKept,
    /// No yes to a consent is heard.
    ConsentsUnheard,
    /// Consents are asked to every kind, whatever the institution switched on.
    EverythingAsked,
    /// Consent is asked to nothing.
    NothingAsked,
    /// The form of the prescription is not asked.
    PrescriptionUnasked,
    /// Electronic and paper are mixed up.
    PrescriptionMixedUp,
    /// Whoever is not registered counts as willing.
    RegistrationPresumed,
    /// Nobody's wish to register is heard.
    RegistrationUnheard,
    /// The visual check succeeds by itself.
    SightPresumed,
    /// No word of staff is heard.
    StaffUnheard,
    /// The visual check of one patient stands for the next.
    SightInherited,
    /// Where a way is not offered the reader goes on by a visual check of its own.
    UnofferedBecomesSight,
    /// The PIN cannot be chosen.
    PinUnoffered,
    /// The face cannot be chosen.
    FaceUnoffered,
    /// The visual check cannot be started.
    SightUnoffered,
    /// Of what is typed the first four characters go to the card.
    PinCut,
    /// What the card says to a PIN is not heeded.
    VerifyUnheeded,
    /// A PIN is presented to the card whatever way was chosen.
    VerifyAlways,
    /// Phones are taken everywhere.
    PhonesTaken,
    /// Phones are taken nowhere.
    PhonesRefused,
    /// The reader has no credential for the card's key.
    Unapproved,
    /// The reader has a credential for the card's key wherever it stands.
    AlwaysApproved,
    /// Where the reader stands is forgotten.
    PlaceForgotten,
    /// A card that is pulled counts as lying there.
    PullUnnoticed,
    /// Without a card on it the reader goes on with the card of whoever stands there.
    NothingUnnoticed,
    /// Another kind of card is taken for the card of whoever stands there.
    ForeignCardTaken,
    /// Who answers nothing is taken for willing.
    SilenceUnnoticed,
    /// The photo's signature is not checked.
    PhotoUnchecked,
    /// The signature certificate is looked into as well.
    SignatureCertificateRead,
    /// The file that holds the 12-digit number is opened as well.
    NumberFileOpened,
}

impl Planted {
    /// People as the reader understands them.
    pub fn people<'p>(&self, people: Box<dyn People + 'p>) -> Box<dyn People + 'p> {
        match self.reader() {
            Some(defect) => {
                Box::new(Misunderstood { people, defect, planted: self.clone(), agreed: false })
            }
            None => people,
        }
    }

    /// The camera as the reader uses it.
    pub fn camera<'c>(&self, camera: impl Camera + 'c) -> Box<dyn Camera + 'c> {
        let defect = self.reader();
        Box::new(Misused { camera, defect, planted: self.clone() })
    }

    /// A matcher in the place of the reader's own.
    pub fn matcher(&self) -> Option<Box<dyn Matcher>> {
        match self.reader() {
            Some(
                ReaderDefect::EveryFaceMatches
                | ReaderDefect::DeadCameraMatches
                | ReaderDefect::PictureFromChip,
            ) => Some(Box::new(Always(1.0))),
            Some(ReaderDefect::NoFaceMatches) => Some(Box::new(Always(0.0))),
            Some(_) | None => None,
        }
    }

    /// Whether mismatches of a face are forgotten between visits.
    pub fn forgets_failures(&self) -> bool {
        self.reader() == Some(ReaderDefect::FailuresForgotten)
    }

    /// The card as the reader uses it.
    pub fn channel<'c>(&self, card: &'c mut dyn CardChannel) -> Box<dyn CardChannel + 'c> {
        Box::new(Mishandled { card, defect: self.reader(), begun: false })
    }

    /// How the reader is set up.
    pub fn reader_config(
        &self,
        config: ReaderConfig,
        approved: impl FnOnce() -> sim_reader::card_client::TerminalCredential,
    ) -> ReaderConfig {
        let Some(defect) = self.reader() else { return config };
        let is = |wanted| defect == wanted;
        let offers = if is(ReaderDefect::EverythingAsked) {
            ConsentKind::ALL.into()
        } else if is(ReaderDefect::NothingAsked) {
            std::collections::BTreeSet::new()
        } else {
            config.offers
        };
        let terminal = if is(ReaderDefect::AlwaysApproved) {
            Some(approved())
        } else {
            config.terminal.filter(|_| !is(ReaderDefect::Unapproved))
        };
        ReaderConfig {
            offers,
            terminal,
            electronic_prescriptions: config.electronic_prescriptions
                && !is(ReaderDefect::PrescriptionUnasked),
            phones: (config.phones || is(ReaderDefect::PhonesTaken))
                && !is(ReaderDefect::PhonesRefused),
            occasion: config.occasion.filter(|_| !is(ReaderDefect::PlaceForgotten)),
            ..config
        }
    }

    /// The visit as the reader notices it: what it overlooks has not happened to it.
    pub fn noticed(&self, visit: &Visit) -> Visit {
        let Some(defect) = self.reader() else { return visit.clone() };
        let mut noticed = visit.clone();
        let overlooked = |trouble: &Trouble| match trouble {
            Trouble::PulledBeforeCertificate | Trouble::PulledBeforeSignature => {
                defect == ReaderDefect::PullUnnoticed
            }
            Trouble::PhotoTampered => defect == ReaderDefect::PhotoUnchecked,
            Trouble::NoAnswer => defect == ReaderDefect::SilenceUnnoticed,
            Trouble::CameraDead | Trouble::SignedByCardOf(_) | Trouble::Card(_) => false,
        };
        noticed.trouble = visit.trouble.clone().filter(|trouble| !overlooked(trouble));
        let own = match visit.presented {
            Presented::Nothing => defect == ReaderDefect::NothingUnnoticed,
            Presented::ForeignCard => defect == ReaderDefect::ForeignCardTaken,
            Presented::CardOf(_) | Presented::PhoneOf { .. } => false,
        };
        if own {
            noticed.presented = Presented::CardOf(visit.person.clone());
        }
        noticed
    }
}

/// People whose answers are taken for others.
struct Misunderstood<'p> {
    people: Box<dyn People + 'p>,
    defect: ReaderDefect,
    planted: Planted,
    agreed: bool,
}

impl People for Misunderstood<'_> {
    fn shown(&mut self, screen: Screen) {
        self.people.shown(screen);
    }

    fn entered(&mut self, state: State) {
        self.people.entered(state);
    }

    fn settled(&mut self, report: &VisitReport) {
        self.people.settled(report);
    }

    fn answer(&mut self, question: Question, until: Timestamp) -> ReplyFuture<'_> {
        Box::pin(async move {
            let reply = self.people.answer(question.clone(), until).await;
            self.taken(&question, reply)
        })
    }
}

impl Misunderstood<'_> {
    fn taken(&mut self, question: &Question, reply: Reply) -> Reply {
        match question {
            Question::Mode { offered } => {
                let unoffered = |way, mode| reply == way && !offered.contains(&mode);
                let unoffered =
                    unoffered(Reply::Pin, Mode::Pin) || unoffered(Reply::Face, Mode::Face);
                self.way(unoffered, reply)
            }
            Question::Pin { .. } | Question::PhonePin => self.typed(reply),
            Question::StaffCheck => self.staff(reply),
            Question::Registration => self.registration(reply),
            Question::Consent { .. } => self.consent(reply),
            Question::PrescriptionForm => self.form(reply),
            Question::Look | Question::HoldPhone { .. } | Question::TakeCardBack => reply,
        }
    }

    fn is(&self, defect: ReaderDefect) -> bool {
        self.defect == defect
    }

    /// The choice of a way.
    fn way(&self, unoffered: bool, reply: Reply) -> Reply {
        let inherited = self.planted.remember(|memory| {
            let now = memory.by_sight || reply == Reply::StaffStart;
            std::mem::replace(&mut memory.by_sight, now)
        });
        let left = unoffered || reply == Reply::GiveUp;
        let goes_on = (left && self.is(ReaderDefect::UnofferedBecomesSight))
            || (inherited && self.is(ReaderDefect::SightInherited));
        let closed = (reply == Reply::Pin && self.is(ReaderDefect::PinUnoffered))
            || (reply == Reply::Face && self.is(ReaderDefect::FaceUnoffered))
            || (reply == Reply::StaffStart && self.is(ReaderDefect::SightUnoffered));
        if goes_on {
            Reply::StaffStart
        } else if closed {
            Reply::GiveUp
        } else {
            reply
        }
    }

    fn typed(&self, reply: Reply) -> Reply {
        if let Reply::Typed(Entry(text)) = &reply
            && self.is(ReaderDefect::PinCut)
        {
            return Reply::Typed(Entry(text.chars().take(4).collect()));
        }
        reply
    }

    fn staff(&self, reply: Reply) -> Reply {
        let presumed = [
            ReaderDefect::SightPresumed,
            ReaderDefect::SightInherited,
            ReaderDefect::UnofferedBecomesSight,
        ];
        if presumed.contains(&self.defect) {
            Reply::StaffConfirm
        } else if self.is(ReaderDefect::StaffUnheard) {
            Reply::StaffRefuse
        } else {
            reply
        }
    }

    fn registration(&self, reply: Reply) -> Reply {
        if self.is(ReaderDefect::RegistrationPresumed) {
            Reply::Yes
        } else if self.is(ReaderDefect::RegistrationUnheard) {
            Reply::No
        } else {
            reply
        }
    }

    fn consent(&mut self, reply: Reply) -> Reply {
        let kept = self.planted.remember(|memory| {
            memory.consented |= reply == Reply::Yes;
            memory.consented
        });
        self.agreed |= reply == Reply::Yes;
        let yes = self.is(ReaderDefect::EverythingConsented)
            || (self.agreed && self.is(ReaderDefect::OneConsentForAll))
            || (kept && self.is(ReaderDefect::ConsentsKept));
        if yes {
            Reply::Yes
        } else if self.is(ReaderDefect::ConsentsUnheard) {
            Reply::No
        } else {
            reply
        }
    }

    fn form(&self, reply: Reply) -> Reply {
        let mixed_up = self.is(ReaderDefect::PrescriptionMixedUp);
        if mixed_up && reply == Reply::Electronic {
            Reply::Paper
        } else if mixed_up && reply == Reply::Paper {
            Reply::Electronic
        } else {
            reply
        }
    }
}

/// A camera that is not used as it should be.
struct Misused<C> {
    camera: C,
    defect: Option<ReaderDefect>,
    planted: Planted,
}

impl<C: Camera> Camera for Misused<C> {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let remembered = self.planted.remember(|memory| memory.picture.clone());
        if let (Some(ReaderDefect::PictureRemembered), Some(picture)) = (self.defect, remembered) {
            return Ok(picture);
        }
        let nothing = || GreyImage { width: 1, height: 1, pixels: vec![0] };
        if self.defect == Some(ReaderDefect::PictureFromChip) {
            return Ok(nothing());
        }
        let taken = self.camera.capture();
        if let Ok(picture) = &taken {
            self.planted.remember(|memory| memory.picture = Some(picture.clone()));
        }
        if self.defect == Some(ReaderDefect::DeadCameraMatches) && taken.is_err() {
            return Ok(nothing());
        }
        taken
    }
}

/// A matcher that does not look.
struct Always(f64);

impl Matcher for Always {
    fn score(&self, _photo: &GreyImage, _capture: &GreyImage) -> Result<f64, NoScore> {
        Ok(self.0)
    }
}

/// VERIFY of the current reference with four zeros.
const VERIFY: [u8; 9] = [0x00, 0x20, 0x00, 0x80, 4, 0x30, 0x30, 0x30, 0x30];

/// A card to which more, or less, is said than should be.
struct Mishandled<'c> {
    card: &'c mut dyn CardChannel,
    defect: Option<ReaderDefect>,
    begun: bool,
}

impl CardChannel for Mishandled<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let begins = !std::mem::replace(&mut self.begun, true);
        let wants = |defect| self.defect == Some(defect);
        if begins && wants(ReaderDefect::NumberFileOpened) {
            self.card.transmit(&CommandApdu::select_application(&TEXT_INPUT_AID).to_bytes())?;
            self.card.transmit(&CommandApdu::select_file(text_input::NUMBER).to_bytes())?;
        }
        let user = CommandApdu::select_file(jpki::USER_CERTIFICATE).to_bytes();
        if wants(ReaderDefect::SignatureCertificateRead) && command == user {
            self.card
                .transmit(&CommandApdu::select_file(jpki::SIGNATURE_CERTIFICATE).to_bytes())?;
        }
        if wants(ReaderDefect::VerifyAlways) && command == user {
            self.card.transmit(&CommandApdu::select_file(jpki::USER_PIN).to_bytes())?;
            self.card.transmit(&VERIFY)?;
        }
        let answer = self.card.transmit(command)?;
        let verify = command.get(1) == Some(&0x20) && command.len() > 5;
        Ok(if verify && wants(ReaderDefect::VerifyUnheeded) { vec![0x90, 0x00] } else { answer })
    }

    fn power_up(&mut self) {
        self.card.power_up();
    }
}
