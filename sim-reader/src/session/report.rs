//! What came of a visit, as an outsider at the counter sees it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::machine::State;
use crate::card_client::PhoneKind;
use crate::consent::ConsentKind;
use crate::reader_link::{CertificateState, Mode, Notice};

/// A finished visit. It holds no certificate, picture, PIN or record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitReport {
    /// How it ended.
    pub end: End,
    /// The screens in the order they were shown.
    pub screens: Vec<Screen>,
    /// The mode that was begun, if any.
    pub mode: Option<Mode>,
    /// The phone that was used instead of a card, if any.
    pub phone: Option<PhoneKind>,
    /// The modes on offer when the visit ended, as far as the card was asked.
    pub offered: BTreeSet<Mode>,
    /// Mismatches in a row of this card after the visit; 0 when it was not recognised.
    pub face_failures: u8,
    /// Tries of the PIN as the card last told; `None` when it was not asked.
    pub pin_tries_left: Option<u8>,
    /// Whether certificate and signature were sent to the terminal.
    pub queried: bool,
    /// Consents that were put before the patient.
    pub asked: BTreeSet<ConsentKind>,
    /// Notices shown to the patient.
    pub notices: BTreeSet<Notice>,
    /// The states the visit went through.
    pub steps: Vec<State>,
    /// The card was not taken back in time; staff keep it.
    pub card_left: bool,
}

/// How a visit ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The qualification was answered, whatever it says.
    Completed(ResultSummary),
    /// Nobody placed a card.
    NoCard,
    /// Nothing with a readable chip; screen 001.
    NotRecognised,
    /// A chip, but no My Number Card; screen 002.
    NotMyNumberCard,
    /// A phone where only plastic cards are taken, or on the reader for cards.
    PhoneNotSupported,
    /// The patient turned away before anything was tried.
    GaveUp,
    /// Nobody answered in time.
    TimedOut {
        /// In which state.
        at: State,
    },
    /// The phone has not checked its holder, so it does not sign.
    PhoneLocked,
    /// The card was taken away before a result.
    CardRemoved {
        /// In which state.
        at: State,
    },
    /// The card stopped answering, or answered what no My Number Card answers.
    CardUnreadable {
        /// In which state.
        at: State,
    },
    /// No user-authentication certificate on the card.
    NoCertificate,
    /// The mode that was wanted last is not offered for this card.
    ModeNotOffered,
    /// The camera gave no usable picture, and no other mode was tried after that.
    NoPicture,
    /// The face record's signature does not verify.
    TamperedFace,
    /// Picture and photo do not match, and no other mode was tried after that.
    FaceMismatch,
    /// The mismatch that locked face mode for this card, and no other mode was tried after that.
    FaceLocked,
    /// No entry was right.
    WrongPin {
        /// Tries the card still has.
        left: u8,
    },
    /// The entry that used up the last try.
    PinLocked,
    /// Staff did not confirm the person.
    StaffRefused,
    /// The card does not sign for this terminal without PIN.
    TerminalNotApproved,
    /// The backend refuses the certificate; screen 006. The reason is not told.
    CertificateRefused,
    /// The backend refuses the signature.
    SignatureRefused,
    /// The backend neither finds nor makes a registration.
    NotRegistered,
    /// The patient declined the first registration.
    RegistrationDeclined,
    /// The service is in a planned stop.
    Closed,
    /// Nobody could tell. Never a statement about the patient.
    SystemError {
        /// The terminal's or backend's code.
        code: String,
    },
}

/// The part of the answer a reader shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultSummary {
    /// `QualificationValidity`, 1 to 6.
    pub validity: u8,
    /// Where the certificate stands in its life.
    pub certificate_state: CertificateState,
    /// Whether the card was registered as insurance card in this visit.
    pub registered_now: bool,
    /// The name of the result file in the institution's folder.
    pub file: String,
}

/// A screen of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screen {
    /// Invites to place the card.
    PlaceCard,
    /// 001: the card is not recognised.
    NotRecognised,
    /// 002: not a My Number Card.
    NotMyNumberCard,
    /// Phones are not taken here; use the card. Row OQS-MOB-05.
    UseTheCard,
    /// Keypad for the PIN of the certificate in a phone.
    EnterPhonePin,
    /// Hold the phone over the second reader.
    HoldPhone,
    /// Face or PIN?
    ChooseMode,
    /// Look into the camera.
    LookIntoCamera,
    /// The camera gave no usable picture; try again or choose another way.
    NoPicture,
    /// The face does not match the photo; try again or choose another way.
    FaceMismatch,
    /// Too many mismatches: the face cannot be used with this card.
    FaceLocked,
    /// Keypad.
    EnterPin,
    /// The PIN was wrong.
    PinWrong,
    /// The PIN is locked; the municipality unlocks it.
    PinLocked,
    /// Staff compare; the patient waits.
    StaffCheck,
    /// First registration?
    Registration,
    /// One consent.
    Consent(ConsentKind),
    /// Electronic or paper prescription?
    PrescriptionForm,
    /// 006: the certificate cannot be used.
    CertificateRefused,
    /// Other ways to prove the qualification.
    OtherProofs,
    /// The check is finished.
    Finished,
    /// Nobody answered in time.
    TimedOut,
    /// Take your card back.
    TakeCardBack,
    /// To staff: a card was left behind.
    CardLeft,
}

impl Screen {
    /// The code on the screen. Three digits are known from public readers' manuals, letters are the
    /// bench's own (bench profile).
    pub fn code(self) -> &'static str {
        match self {
            Self::NotRecognised => "001",
            Self::NotMyNumberCard => "002",
            Self::CertificateRefused => "006",
            Self::PlaceCard => "place-card",
            Self::UseTheCard => "use-the-card",
            Self::EnterPhonePin => "enter-phone-pin",
            Self::HoldPhone => "hold-phone",
            Self::ChooseMode => "choose-mode",
            Self::NoPicture => "no-picture",
            Self::FaceMismatch => "face-mismatch",
            Self::FaceLocked => "face-locked",
            Self::PinWrong => "pin-wrong",
            Self::PinLocked => "pin-locked",
            Self::TimedOut => "timed-out",
            Self::CardLeft => "card-left",
            Self::LookIntoCamera => "look-into-camera",
            Self::EnterPin => "enter-pin",
            Self::StaffCheck => "staff-check",
            Self::Registration => "registration",
            Self::Consent(_) => "consent",
            Self::PrescriptionForm => "prescription-form",
            Self::OtherProofs => "other-proofs",
            Self::Finished => "finished",
            Self::TakeCardBack => "take-card-back",
        }
    }
}
