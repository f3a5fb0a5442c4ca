//! The phone's branch: a PIN or the phone's own check, and the second reader. Rows OQS-MOB-01 to 05.

use super::{CardError, ChannelError, Event, PhoneKind, Question, Reply, Screen, Visit, lost};
use crate::card_client::Recognised;
use crate::reader_link::Mode;
use crate::session::CardKey;

impl Visit<'_> {
    /// An Android phone's certificate is behind a PIN, which is typed before the phone is held over.
    pub(super) async fn enter_phone_pin(&mut self) -> Event {
        self.show(&[Screen::EnterPhonePin]);
        let reply = self.ask(Question::PhonePin).await;
        if let Reply::Typed(entry) = &reply {
            return self.typed(entry);
        }
        self.unless_gone(&reply, Event::GaveUp)
    }

    pub(super) async fn hold_phone(&mut self) -> Event {
        let Some(phone) = self.told.phone else { return Event::GaveUp };
        self.show(&[Screen::HoldPhone]);
        let reply = self.ask(Question::HoldPhone { phone }).await;
        if reply == Reply::Done {
            Event::PhoneHeld
        } else {
            self.unless_gone(&reply, Event::GaveUp)
        }
    }

    /// The phone that was spoken of, and no other: for another kind the wrong thing was asked before. The reader waits while it
    /// is held over again, so after a wrong PIN this must be the same phone.
    pub(super) fn recognise_phone(&mut self) -> Event {
        match self.with_card(|card| card.recognise()) {
            Ok(Recognised::Phone { kind, token_information }) if Some(kind) == self.told.phone => {
                self.phone_recognised(kind, CardKey::of(&token_information))
            }
            Ok(
                Recognised::Phone { .. } | Recognised::MyNumberCard { .. } | Recognised::Foreign,
            ) => Event::ForeignCard,
            Err(CardError::Channel(ChannelError::Mute)) => Event::NothingAnswers,
            Err(error) => lost(error),
        }
    }

    fn phone_recognised(&mut self, kind: PhoneKind, key: CardKey) -> Event {
        if self.told.key.is_some_and(|known| known != key) {
            return Event::CardRemoved;
        }
        match self.with_card(|card| card.has_user_certificate()) {
            Ok(true) => {
                self.told.key = Some(key);
                // Bench profile: to the backend both are the PIN, in whose place the phone's own check stands.
                self.report.mode = Some(Mode::Pin);
                match kind {
                    PhoneKind::Android => Event::AndroidRecognised,
                    PhoneKind::Iphone => Event::IphoneRecognised,
                }
            }
            Ok(false) => Event::NoCertificate,
            Err(error) => lost(error),
        }
    }
}
