//! The steps that belong to the card alone.

use sim_card::apdu::StatusWord;

use super::{
    CardError, CardKey, CardMiddleware, ChannelError, End, Entry, Event, Pin, PinCounter, Question,
    Reply, Screen, Visit, lost,
};
use crate::card_client::{PhoneKind, PinAnswer, Recognised};
use crate::reader_link::{Bytes, Challenge, Mode};

/// Tries a right PIN restores.
const USER_PIN_TRIES: u8 = 3;

impl Visit<'_> {
    /// One step with the card.
    pub(super) fn with_card<T>(
        &mut self,
        act: impl FnOnce(&mut dyn CardMiddleware) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        match &mut self.card {
            Some(card) => act(&mut **card),
            None => Err(CardError::Channel(ChannelError::Removed)),
        }
    }

    pub(super) fn recognise(&mut self) -> Event {
        match self.with_card(|card| card.recognise()) {
            Ok(Recognised::MyNumberCard { token_information }) => {
                self.recognised(CardKey::of(&token_information))
            }
            Ok(Recognised::Phone { .. }) => Event::PhonePresented,
            Ok(Recognised::Foreign) => Event::ForeignCard,
            Err(CardError::Channel(ChannelError::Mute)) => Event::NothingAnswers,
            Err(error) => lost(error),
        }
    }

    /// A card that says it has no certificate is of no use here, whoever holds it.
    fn recognised(&mut self, card: CardKey) -> Event {
        match self.with_card(|card| card.has_user_certificate()) {
            Ok(true) => {
                self.told.key = Some(card);
                Event::CardRecognised
            }
            Ok(false) => Event::NoCertificate,
            Err(error) => lost(error),
        }
    }

    pub(super) fn read_certificate(&mut self) -> Event {
        match self.with_card(|card| card.certificate()) {
            Ok(Some(certificate)) => {
                self.told.certificate = certificate;
                Event::CertificateRead
            }
            Ok(None) => Event::NoCertificate,
            Err(error) => lost(error),
        }
    }

    pub(super) fn ask_counter(&mut self) -> Event {
        match self.with_card(|card| card.pin_counter()) {
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
            self.told.failed = Some(End::ModeNotOffered);
        }
        event
    }

    /// The next entry; the keypad passes four digits on and nothing else.
    pub(super) async fn enter_pin(&mut self) -> Event {
        self.show(&[Screen::EnterPin]);
        let tries_left = self.tries_left();
        let reply = self.ask(Question::Pin { tries_left }).await;
        if let Reply::Typed(entry) = &reply {
            return self.typed(entry);
        }
        self.told.failed = Some(End::WrongPin { left: tries_left });
        self.staff_or_back(&reply)
    }

    pub(super) fn typed(&mut self, entry: &Entry) -> Event {
        self.told.pin = Pin::new(&entry.0);
        if self.told.pin.is_some() { Event::PinEntered } else { Event::NotAPin }
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
        if event == Event::PinWrong {
            self.show(&[Screen::PinWrong]);
        } else if event == Event::PinBlocked {
            self.told.failed = Some(End::PinLocked);
            self.show(&[Screen::PinLocked]);
        }
        event
    }

    /// Face and visual mode: the terminal stands in for the PIN.
    pub(super) fn authorise(&mut self) -> Event {
        let proved = match &self.reader.config.terminal {
            Some(own) => self.with_card(|card| card.authenticate_terminal(own)),
            None => self.with_card(|card| card.select_jpki()),
        };
        match proved {
            Ok(()) if self.reader.config.terminal.is_none() => Event::TerminalWithoutKey,
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
                self.phone_may_go();
                Event::Signed
            }
            // An iPhone that has not checked its holder.
            Err(CardError::Refused { sw: StatusWord::SECURITY_NOT_SATISFIED, .. })
                if self.told.phone == Some(PhoneKind::Iphone) =>
            {
                Event::PhoneLocked
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

    /// With its signature a phone has done its part and goes back into the pocket.
    fn phone_may_go(&mut self) {
        if self.told.phone == Some(PhoneKind::Iphone) {
            // What it answers changes nothing: the signature is here.
            let _ = self.with_card(|card| card.end_session());
        }
    }

    /// Whether the card that was recognised still lies on the reader, and not another one. Asked before each step that goes on
    /// without the card, and before anything is said about the card because it refused something. A phone need not stay.
    pub(super) fn card_lost(&mut self) -> Option<Event> {
        if self.told.phone.is_some() {
            return None;
        }
        match self.with_card(|card| card.recognise()) {
            Ok(Recognised::MyNumberCard { token_information })
                if self.told.key == Some(CardKey::of(&token_information)) =>
            {
                None
            }
            Ok(
                Recognised::MyNumberCard { .. } | Recognised::Phone { .. } | Recognised::Foreign,
            ) => Some(Event::CardRemoved),
            Err(error) => Some(lost(error)),
        }
    }
}
