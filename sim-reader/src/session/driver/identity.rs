//! The face and the visual check. Photo and picture live until they are compared and no longer.

use super::{CardError, Event, Screen, Visit, lost};
use crate::card_client::authentic_photo;
use crate::face::{GreyImage, photo};
use crate::session::FACE_LIMIT;

impl Visit<'_> {
    /// The photo in the chip, if the record is authentic and has one.
    pub(super) fn open_face(&mut self) -> Event {
        let Some(front) = self.visitor.front.as_ref() else { return self.face_unavailable() };
        let files = match self.with_card(|card| card.face_files(front)) {
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
        Event::FaceUnavailable
    }

    pub(super) fn take_picture(&mut self) -> Event {
        self.show(&[Screen::LookIntoCamera]);
        match self.camera.capture() {
            Ok(picture) if self.matcher.usable(&picture) => {
                self.told.picture = Some(picture);
                Event::PictureTaken
            }
            Ok(_) | Err(_) => self.no_decision(),
        }
    }

    /// It neither counts as a mismatch nor ends the visit by itself.
    fn no_decision(&mut self) -> Event {
        self.told.photo = None;
        self.told.no_picture = true;
        Event::NoPicture
    }

    pub(super) fn compare(&mut self) -> Event {
        // No card is compared before it is recognised.
        let Some(card) = self.told.key else { return Event::CardFailed };
        let pictures = self.told.photo.take().zip(self.told.picture.take());
        let score = pictures.map(|(photo, picture)| self.matcher.score(&photo, &picture));
        let Some(Ok(score)) = score else { return self.no_decision() };
        let matched = score >= self.config.threshold;
        let in_a_row = self.failures.record(card, matched);
        match (matched, in_a_row) {
            (true, _) => Event::FaceMatched,
            (false, FACE_LIMIT..) => Event::FaceLocked,
            (false, _) => Event::FaceMismatched,
        }
    }

    /// Staff compare the person with the card and say so; no counter is touched.
    pub(super) fn staff_check(&mut self) -> Event {
        self.show(&[Screen::StaffCheck]);
        if self.visitor.staff_confirms { Event::StaffConfirmed } else { Event::StaffRefused }
    }
}
