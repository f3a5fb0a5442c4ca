//! The arrows of the machine, row by row.

use super::{Action, Cause, Event as E, State as S, Transition};

const fn go(from: S, event: E, to: S) -> Transition {
    Transition { from, event, to, action: Action::Perform }
}

/// The visit is settled and the card lies on the reader.
const fn end(from: S, event: E, cause: Cause) -> Transition {
    Transition { from, event, to: S::ReturningCard, action: Action::End(cause) }
}

/// The visit is settled and there is no card to give back.
const fn gone(from: S, event: E, cause: Cause) -> Transition {
    Transition { from, event, to: S::Done, action: Action::End(cause) }
}

/// All arrows but those of a card that is removed or fails, which leave every state of [`AT_WORK`], and those of people who do
/// not answer, which leave every state of [`WAITING`].
pub const ARROWS: &[Transition] = &[
    go(S::Idle, E::CardPlaced, S::Recognising),
    gone(S::Idle, E::NoCardPlaced, Cause::NoCard),
    go(S::Idle, E::AndroidChosen, S::EnteringPhonePin),
    go(S::Idle, E::IphoneChosen, S::HoldingPhone),
    gone(S::Idle, E::PhoneNotTaken, Cause::PhoneNotSupported),
    go(S::Recognising, E::CardRecognised, S::ChoosingMode),
    end(S::Recognising, E::NothingAnswers, Cause::NotRecognised),
    end(S::Recognising, E::ForeignCard, Cause::NotMyNumberCard),
    end(S::Recognising, E::PhonePresented, Cause::PhoneNotSupported),
    end(S::Recognising, E::NoCertificate, Cause::NoCertificate),
    // The phone's branch: the PIN comes before the phone, the phone's own check on the phone.
    go(S::EnteringPhonePin, E::PinEntered, S::HoldingPhone),
    go(S::EnteringPhonePin, E::NotAPin, S::EnteringPhonePin),
    end(S::EnteringPhonePin, E::GaveUp, Cause::WrongPin),
    go(S::HoldingPhone, E::PhoneHeld, S::RecognisingPhone),
    end(S::HoldingPhone, E::GaveUp, Cause::NoModeAgreed),
    go(S::RecognisingPhone, E::AndroidRecognised, S::CheckingPhonePin),
    go(S::RecognisingPhone, E::IphoneRecognised, S::ReadingCertificate),
    end(S::RecognisingPhone, E::NothingAnswers, Cause::NotRecognised),
    end(S::RecognisingPhone, E::ForeignCard, Cause::NotMyNumberCard),
    end(S::RecognisingPhone, E::NoCertificate, Cause::NoCertificate),
    go(S::CheckingPhonePin, E::PinRight, S::ReadingCertificate),
    go(S::CheckingPhonePin, E::PinWrong, S::EnteringPhonePin),
    end(S::CheckingPhonePin, E::PinBlocked, Cause::PinLocked),
    // What does not succeed leads back to the choice; what is still possible is offered there.
    go(S::ChoosingMode, E::FaceChosen, S::OpeningFace),
    go(S::ChoosingMode, E::PinChosen, S::AskingCounter),
    go(S::ChoosingMode, E::VisualStarted, S::StaffChecking),
    go(S::ChoosingMode, E::NotOffered, S::ChoosingMode),
    end(S::ChoosingMode, E::GaveUp, Cause::NoModeAgreed),
    go(S::OpeningFace, E::PhotoOpened, S::TakingPicture),
    go(S::OpeningFace, E::FaceUnavailable, S::ChoosingMode),
    end(S::OpeningFace, E::FaceTampered, Cause::TamperedFace),
    go(S::TakingPicture, E::PictureTaken, S::Comparing),
    go(S::TakingPicture, E::NoPicture, S::ChoosingMode),
    go(S::TakingPicture, E::GaveUp, S::ChoosingMode),
    go(S::TakingPicture, E::VisualStarted, S::StaffChecking),
    go(S::Comparing, E::NoPicture, S::ChoosingMode),
    go(S::Comparing, E::FaceMatched, S::Authorising),
    go(S::Comparing, E::FaceMismatched, S::ChoosingMode),
    go(S::Comparing, E::FaceLocked, S::ChoosingMode),
    go(S::AskingCounter, E::CounterRead, S::EnteringPin),
    go(S::AskingCounter, E::PinUnavailable, S::ChoosingMode),
    go(S::EnteringPin, E::PinEntered, S::CheckingPin),
    go(S::EnteringPin, E::NotAPin, S::EnteringPin),
    go(S::EnteringPin, E::GaveUp, S::ChoosingMode),
    go(S::EnteringPin, E::VisualStarted, S::StaffChecking),
    go(S::CheckingPin, E::PinRight, S::ReadingCertificate),
    go(S::CheckingPin, E::PinWrong, S::EnteringPin),
    go(S::CheckingPin, E::PinBlocked, S::ChoosingMode),
    go(S::StaffChecking, E::StaffConfirmed, S::Authorising),
    end(S::StaffChecking, E::StaffRefused, Cause::StaffRefused),
    go(S::Authorising, E::TerminalProved, S::ReadingCertificate),
    // A reader without approval asks all the same; it is the card that refuses to sign.
    go(S::Authorising, E::TerminalWithoutKey, S::ReadingCertificate),
    end(S::Authorising, E::TerminalRejected, Cause::TerminalNotApproved),
    go(S::ReadingCertificate, E::CertificateRead, S::FetchingChallenge),
    // The card said that it carries one, and the file is empty.
    end(S::ReadingCertificate, E::NoCertificate, Cause::NoCertificate),
    go(S::FetchingChallenge, E::ChallengeFetched, S::Signing),
    end(S::FetchingChallenge, E::SystemFailed, Cause::SystemError),
    end(S::FetchingChallenge, E::ServiceClosed, Cause::Closed),
    go(S::Signing, E::Signed, S::Certifying),
    end(S::Signing, E::SignatureDenied, Cause::TerminalNotApproved),
    end(S::Signing, E::PhoneLocked, Cause::PhoneLocked),
    go(S::Certifying, E::CertificateAccepted, S::AskingConsents),
    go(S::Certifying, E::CertificateUnregistered, S::OfferingRegistration),
    end(S::Certifying, E::CertificateRefused, Cause::CertificateRefused),
    end(S::Certifying, E::SignatureRefused, Cause::SignatureRefused),
    end(S::Certifying, E::NotRegistered, Cause::NotRegistered),
    end(S::Certifying, E::SystemFailed, Cause::SystemError),
    end(S::Certifying, E::ServiceClosed, Cause::Closed),
    go(S::OfferingRegistration, E::RegistrationAccepted, S::AskingConsents),
    end(S::OfferingRegistration, E::RegistrationDeclined, Cause::RegistrationDeclined),
    go(S::AskingConsents, E::ConsentsAnswered, S::Qualifying),
    end(S::Qualifying, E::Qualified, Cause::Completed),
    end(S::Qualifying, E::CertificateRefused, Cause::CertificateRefused),
    end(S::Qualifying, E::SignatureRefused, Cause::SignatureRefused),
    end(S::Qualifying, E::NotRegistered, Cause::NotRegistered),
    end(S::Qualifying, E::SystemFailed, Cause::SystemError),
    end(S::Qualifying, E::ServiceClosed, Cause::Closed),
    go(S::ReturningCard, E::CardRemoved, S::Done),
    // A card that is left behind: staff keep it, and the reader goes on.
    go(S::ReturningCard, E::TimedOut, S::Done),
];

/// The states in which a card or phone is at the reader, or about to be, and the result is still open.
pub const AT_WORK: &[S] = &[
    S::EnteringPhonePin,
    S::HoldingPhone,
    S::RecognisingPhone,
    S::CheckingPhonePin,
    S::Recognising,
    S::ChoosingMode,
    S::OpeningFace,
    S::TakingPicture,
    S::Comparing,
    S::AskingCounter,
    S::EnteringPin,
    S::CheckingPin,
    S::StaffChecking,
    S::Authorising,
    S::ReadingCertificate,
    S::FetchingChallenge,
    S::Signing,
    S::Certifying,
    S::OfferingRegistration,
    S::AskingConsents,
    S::Qualifying,
];

/// The states that wait for a person; each ends when nobody answers in time (bench profile).
pub const WAITING: &[S] = &[
    S::EnteringPhonePin,
    S::HoldingPhone,
    S::ChoosingMode,
    S::TakingPicture,
    S::EnteringPin,
    S::StaffChecking,
    S::OfferingRegistration,
    S::AskingConsents,
];

/// Every arrow of the machine.
pub fn transitions() -> impl Iterator<Item = Transition> {
    let lost = AT_WORK.iter().flat_map(|&from| {
        [
            gone(from, E::CardRemoved, Cause::CardRemoved),
            end(from, E::CardFailed, Cause::CardUnreadable),
        ]
    });
    let silent = WAITING.iter().map(|&from| end(from, E::TimedOut, Cause::TimedOut));
    ARROWS.iter().copied().chain(lost).chain(silent)
}
