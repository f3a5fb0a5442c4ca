//! The choice of a way to prove identity, the face, and the visual check. Photo and picture live until the face is settled.

use super::{CardError, End, Event, Question, Reply, Screen, Visit, lost};
use crate::card_client::authentic_photo;
use crate::face::{GreyImage, photo};
use crate::reader_link::Mode;
use crate::session::FACE_LIMIT;

impl Visit<'_> {
    /// What patient or staff begin, if it is still on offer. The visual check is no button of the patient: staff start it.
    pub(super) async fn choose_mode(&mut self) -> Event {
        self.show(&[Screen::ChooseMode]);
        let possible = self.offered();
        let mut offered = possible.clone();
        offered.remove(&Mode::Visual);
        let reply = self.ask(Question::Mode { offered }).await;
        let Some((mode, event)) = begun(&reply) else {
            return self.unless_gone(&reply, Event::GaveUp);
        };
        if !possible.contains(&mode) {
            self.told.failed = Some(End::ModeNotOffered);
            return Event::NotOffered;
        }
        self.begin(mode, event)
    }

    fn begin(&mut self, mode: Mode, event: Event) -> Event {
        if mode != Mode::Face {
            self.forget_faces();
        }
        self.report.mode = Some(mode);
        event
    }

    /// Where staff may step in: their start of the visual check, or that the patient gives up.
    pub(super) fn staff_or_back(&mut self, reply: &Reply) -> Event {
        if *reply == Reply::StaffStart && self.offered().contains(&Mode::Visual) {
            self.begin(Mode::Visual, Event::VisualStarted)
        } else {
            self.unless_gone(reply, Event::GaveUp)
        }
    }

    /// The photo in the chip, if the record is authentic and has one. It is opened once a visit, also when the face is repeated.
    pub(super) fn open_face(&mut self) -> Event {
        if self.told.photo.is_some() {
            return self.card_lost().unwrap_or(Event::PhotoOpened);
        }
        let Some(front) = self.told.front.clone() else { return self.face_unavailable() };
        let files = match self.with_card(|card| card.face_files(&front)) {
            Ok(files) => files,
            // 照合番号B wrong or blocked, or no such application.
            Err(CardError::Refused { .. }) => {
                return self.card_lost().unwrap_or_else(|| self.face_unavailable());
            }
            Err(error) => return lost(error),
        };
        match authentic_photo(&files) {
            Ok(stored) => match stored.map(|jp2| photo::decode(&jp2)) {
                Some(Ok(photo)) => self.face_opened(photo),
                Some(Err(_)) | None => self.face_unavailable(),
            },
            Err(_) => Event::FaceTampered,
        }
    }

    fn face_opened(&mut self, photo: GreyImage) -> Event {
        self.told.facts.photo = Some(true);
        self.told.photo = Some(photo);
        Event::PhotoOpened
    }

    fn face_unavailable(&mut self) -> Event {
        self.told.facts.photo = Some(false);
        self.report.mode = None;
        self.told.failed = Some(End::ModeNotOffered);
        Event::FaceUnavailable
    }

    pub(super) async fn take_picture(&mut self) -> Event {
        self.show(&[Screen::LookIntoCamera]);
        let reply = self.ask(Question::Look).await;
        if reply == Reply::Done { self.capture() } else { self.staff_or_back(&reply) }
    }

    fn capture(&mut self) -> Event {
        match self.camera.capture() {
            Ok(picture) if self.reader.matcher.usable(&picture) => {
                self.told.picture = Some(picture);
                Event::PictureTaken
            }
            Ok(_) | Err(_) => self.no_decision(),
        }
    }

    /// It neither counts as a mismatch nor ends the visit by itself.
    fn no_decision(&mut self) -> Event {
        self.told.failed = Some(End::NoPicture);
        self.show(&[Screen::NoPicture]);
        Event::NoPicture
    }

    /// The picture is gone afterwards, whatever came of it; the photo stays while the patient may repeat.
    pub(super) fn compare(&mut self) -> Event {
        // No card is compared before it is recognised.
        let Some(card) = self.told.key else { return Event::CardFailed };
        let pictures = self.told.photo.as_ref().zip(self.told.picture.take());
        let score = pictures.map(|(photo, picture)| self.reader.matcher.score(photo, &picture));
        if let Some(Err(why)) = &score {
            tracing::warn!(kind = why.kind(), "no decision: {why}");
        }
        let Some(Ok(score)) = score else { return self.no_decision() };
        let matched = score >= self.reader.config.threshold;
        let in_a_row = self.reader.failures.record(card, matched);
        let (event, failed, screen) = match (matched, in_a_row) {
            (true, _) => {
                self.forget_faces();
                return Event::FaceMatched;
            }
            (false, FACE_LIMIT..) => (Event::FaceLocked, End::FaceLocked, Screen::FaceLocked),
            (false, _) => (Event::FaceMismatched, End::FaceMismatch, Screen::FaceMismatch),
        };
        self.told.failed = Some(failed);
        self.show(&[screen]);
        event
    }

    pub(super) fn forget_faces(&mut self) {
        (self.told.photo, self.told.picture) = (None, None);
    }

    /// Staff compare the person with the card and say so; no counter is touched. Silence of staff is no confirmation.
    pub(super) async fn staff_check(&mut self) -> Event {
        self.show(&[Screen::StaffCheck]);
        let reply = self.ask(Question::StaffCheck).await;
        if reply == Reply::StaffConfirm {
            return Event::StaffConfirmed;
        }
        // Whatever a patient presses meanwhile confirms nobody.
        self.unless_gone(&reply, Event::StaffRefused)
    }
}

/// The mode that a reply begins.
fn begun(reply: &Reply) -> Option<(Mode, Event)> {
    match reply {
        Reply::Face => Some((Mode::Face, Event::FaceChosen)),
        Reply::Pin => Some((Mode::Pin, Event::PinChosen)),
        Reply::StaffStart => Some((Mode::Visual, Event::VisualStarted)),
        Reply::Typed(_)
        | Reply::Done
        | Reply::Yes
        | Reply::No
        | Reply::Electronic
        | Reply::Paper
        | Reply::GiveUp
        | Reply::CardTaken
        | Reply::StaffConfirm
        | Reply::StaffRefuse
        | Reply::Silent => None,
    }
}
