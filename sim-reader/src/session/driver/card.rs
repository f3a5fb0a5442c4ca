//! The steps that belong to the card alone.

use sim_card::apdu::StatusWord;

use super::{
    CardClient, CardError, CardKey, ChannelError, Event, ModeChoice, PinCounter, Screen, Visit,
    lost,
};
use crate::card_client::{PinAnswer, Recognised};
use crate::reader_link::{Bytes, Challenge, Mode};

/// Tries a right PIN restores.
const USER_PIN_TRIES: u8 = 3;

impl<'a> Visit<'a> {
    /// One step with the card.
    pub(super) fn with_card<T>(
        &mut self,
        act: impl FnOnce(&mut CardClient<'a>) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        let gone = CardError::Channel(ChannelError::Removed);
        self.card.as_mut().map_or(Err(gone), act)
    }

    pub(super) fn recognise(&mut self) -> Event {
        match self.with_card(CardClient::recognise) {
            Ok(Recognised::MyNumberCard { token_information }) => {
                self.recognised(CardKey::of(&token_information))
            }
            Ok(Recognised::Phone) => Event::PhonePresented,
            Ok(Recognised::Foreign) => Event::ForeignCard,
            Err(CardError::Channel(ChannelError::Mute)) => Event::NothingAnswers,
            Err(error) => lost(error),
        }
    }

    /// A card that says it has no certificate is of no use here, whoever holds it.
    fn recognised(&mut self, card: CardKey) -> Event {
        match self.with_card(CardClient::has_user_certificate) {
            Ok(true) => {
                self.told.key = Some(card);
                Event::CardRecognised
            }
            Ok(false) => Event::NoCertificate,
            Err(error) => lost(error),
        }
    }

    pub(super) fn read_certificate(&mut self) -> Event {
        match self.with_card(CardClient::certificate) {
            Ok(Some(certificate)) => {
                self.told.certificate = certificate;
                Event::CertificateRead
            }
            Ok(None) => Event::NoCertificate,
            Err(error) => lost(error),
        }
    }

    /// The patient's choice, if it is still on offer. The visual check is no button of the patient:
    /// staff start it at the terminal.
    pub(super) fn choose_mode(&mut self) -> Event {
        self.show(&[Screen::ChooseMode]);
        let (mode, event) = match self.visitor.mode {
            ModeChoice::Face => (Mode::Face, Event::FaceChosen),
            ModeChoice::Pin(_) => (Mode::Pin, Event::PinChosen),
            ModeChoice::Visual => (Mode::Visual, Event::VisualStarted),
        };
        // After a camera fault face mode is possible, but this visitor will not try it again.
        if self.told.no_picture || !self.offered().contains(&mode) {
            return Event::GaveUp;
        }
        self.report.mode = Some(mode);
        event
    }

    pub(super) fn ask_counter(&mut self) -> Event {
        match self.with_card(CardClient::pin_counter) {
            Ok(counter) => {
                self.told.facts.pin = Some(counter);
                self.note_counter(counter)
            }
            Err(error) => lost(error),
        }
    }

    fn note_counter(&mut self, counter: PinCounter) -> Event {
        let (left, event) = match counter {
            PinCounter::Left(left) => (Some(left), Event::CounterRead),
            PinCounter::Blocked => (Some(0), Event::PinUnavailable),
            PinCounter::NoPin => (None, Event::PinUnavailable),
        };
        if event == Event::PinUnavailable
            && let Some(lost) = self.card_lost()
        {
            return lost;
        }
        self.report.pin_tries_left = left;
        if event == Event::PinUnavailable {
            self.report.mode = None;
        }
        event
    }

    /// The next entry that is a PIN at all.
    pub(super) fn enter_pin(&mut self) -> Event {
        self.show(&[Screen::EnterPin]);
        self.told.pin = self.entries.next();
        if self.told.pin.is_some() { Event::PinEntered } else { Event::GaveUp }
    }

    pub(super) fn check_pin(&mut self) -> Event {
        let Some(pin) = self.told.pin.take() else { return Event::CardFailed };
        let (counter, event) = match self.with_card(|card| card.verify_pin(&pin)) {
            Ok(PinAnswer::Right) => (PinCounter::Left(USER_PIN_TRIES), Event::PinRight),
            Ok(PinAnswer::Wrong { left }) => (PinCounter::Left(left), Event::PinWrong),
            Ok(PinAnswer::Blocked) => (PinCounter::Blocked, Event::PinBlocked),
            Err(error) => return lost(error),
        };
        self.told.facts.pin = Some(counter);
        self.report.pin_tries_left = match counter {
            PinCounter::Left(left) => Some(left),
            PinCounter::Blocked | PinCounter::NoPin => Some(0),
        };
        event
    }

    /// Face and visual mode: the terminal stands in for the PIN.
    pub(super) fn authorise(&mut self) -> Event {
        let proved = match &self.config.terminal {
            Some(own) => self.with_card(|card| card.authenticate_terminal(own)),
            None => self.with_card(CardClient::select_jpki),
        };
        match proved {
            Ok(()) if self.config.terminal.is_none() => Event::TerminalWithoutKey,
            Ok(()) => Event::TerminalProved,
            Err(CardError::Refused { .. }) => Event::TerminalRejected,
            Err(error) => lost(error),
        }
    }

    pub(super) fn sign(&mut self) -> Event {
        let Some(Challenge { challenge: Bytes(bytes), .. }) = self.told.challenge.clone() else {
            return Event::CardFailed;
        };
        match self.with_card(|card| card.sign(&bytes)) {
            Ok(signature) => {
                self.told.signature = signature;
                Event::Signed
            }
            // After a right PIN this is no question of approval: it is no longer the same card.
            Err(CardError::Refused { sw: StatusWord::SECURITY_NOT_SATISFIED, .. })
                if self.report.mode != Some(Mode::Pin) =>
            {
                Event::SignatureDenied
            }
            Err(error) => lost(error),
        }
    }

    /// Whether the card that was recognised still lies on the reader, and not another one. Asked before each step that goes on
    /// without the card, and before anything is said about the card because it refused something.
    pub(super) fn card_lost(&mut self) -> Option<Event> {
        match self.with_card(CardClient::recognise) {
            Ok(Recognised::MyNumberCard { token_information })
                if self.told.key == Some(CardKey::of(&token_information)) =>
            {
                None
            }
            Ok(Recognised::MyNumberCard { .. } | Recognised::Phone | Recognised::Foreign) => {
                Some(Event::CardRemoved)
            }
            Err(error) => Some(lost(error)),
        }
    }
}
