//! How a visit ended: from the machine's cause to what the report says, and the last screens.

use super::{Cause, End, Screen, State, Visit};
use crate::reader_link::Qualified;
use crate::session::ResultSummary;

impl Visit<'_> {
    pub(super) fn end(&mut self, cause: Cause, at: State) -> End {
        match cause {
            Cause::Completed => self.summary().map_or_else(|| self.failed(), End::Completed),
            Cause::NoCard => End::NoCard,
            Cause::NotRecognised => End::NotRecognised,
            Cause::NotMyNumberCard => End::NotMyNumberCard,
            Cause::PhoneNotSupported => End::PhoneNotSupported,
            Cause::CardRemoved => End::CardRemoved { at },
            Cause::CardUnreadable => End::CardUnreadable { at },
            Cause::NoCertificate => End::NoCertificate,
            Cause::NoModeAgreed => self.told.failed.take().unwrap_or(End::GaveUp),
            Cause::TimedOut => End::TimedOut { at },
            Cause::TamperedFace => End::TamperedFace,
            // Only a phone's PIN is given up for good; it may not even have been tried.
            Cause::WrongPin => {
                self.report.pin_tries_left.map_or(End::GaveUp, |left| End::WrongPin { left })
            }
            Cause::PinLocked => End::PinLocked,
            Cause::PhoneLocked => End::PhoneLocked,
            Cause::StaffRefused => End::StaffRefused,
            Cause::TerminalNotApproved => End::TerminalNotApproved,
            Cause::CertificateRefused => End::CertificateRefused,
            Cause::SignatureRefused => End::SignatureRefused,
            Cause::NotRegistered => End::NotRegistered,
            Cause::RegistrationDeclined => End::RegistrationDeclined,
            Cause::Closed => End::Closed,
            Cause::SystemError => self.failed(),
        }
    }

    pub(super) fn tries_left(&self) -> u8 {
        self.report.pin_tries_left.unwrap_or(0)
    }

    fn failed(&self) -> End {
        End::SystemError { code: self.told.failure.clone() }
    }

    fn summary(&mut self) -> Option<ResultSummary> {
        let Qualified { validity, file, .. } = self.told.qualified.take()?;
        let certificate_state = self.told.certificate_state?;
        Some(ResultSummary {
            validity,
            certificate_state,
            registered_now: self.told.register,
            file,
        })
    }
}

/// The screens that tell the patient how it ended.
pub(super) fn screens_of(cause: Cause) -> &'static [Screen] {
    match cause {
        Cause::Completed => &[Screen::Finished],
        Cause::NotRecognised => &[Screen::NotRecognised],
        Cause::NotMyNumberCard => &[Screen::NotMyNumberCard],
        Cause::PhoneNotSupported => &[Screen::UseTheCard],
        Cause::CertificateRefused => &[Screen::CertificateRefused, Screen::OtherProofs],
        Cause::TimedOut => &[Screen::TimedOut],
        Cause::NoCard | Cause::CardRemoved => &[],
        Cause::CardUnreadable
        | Cause::NoCertificate
        | Cause::NoModeAgreed
        | Cause::TamperedFace
        | Cause::WrongPin
        | Cause::PinLocked
        | Cause::PhoneLocked
        | Cause::StaffRefused
        | Cause::TerminalNotApproved
        | Cause::SignatureRefused
        | Cause::NotRegistered
        | Cause::RegistrationDeclined
        | Cause::SystemError
        | Cause::Closed => &[Screen::OtherProofs],
    }
}
