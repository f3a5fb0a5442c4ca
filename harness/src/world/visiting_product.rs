//! One use of a reader that is the product: what it is told of those who stand there, and what is taken from its word.
//!
//! Its word counts for what it alone can know: how it says the visit ended, what it asked, what it showed. What was asked of the
//! backend, which tries a PIN has left and what lies in the folder is seen at the other seams.

use sim_reader::CardChannel;
use sim_reader::card_client::PhoneKind;
use sim_reader::session::Patience;

use super::reader_product::ReaderAtCounter;
use super::recognising::Recognising;
use super::stage::Stage;
use super::visiting::{
    Told, consent, notice, phone_kind, reader_consent, reader_occasion, reader_prescription,
};
use crate::error::BenchError;
use crate::model::{Mode, Trouble, Visit};
use crate::sut::reader::protocol::{Consent, Front, Placed, VisitOrder, VisitTold, Way};
use crate::taps::camera::TappedCamera;
use crate::taps::card::TappedCard;

impl Stage {
    /// Has the product lead a visit.
    pub(super) async fn at_product(
        &mut self,
        visit: &Visit,
        mut product: ReaderAtCounter,
    ) -> Result<Told, BenchError> {
        let mut channel = self.channel(visit)?;
        let goes = self.goes_once_recognised(visit)?;
        let camera = Box::new(TappedCamera::new(self.camera(visit), self.taps().clone()));
        let order = self.visit_order(visit, channel.is_some());
        let mut card = channel.as_mut().map(|channel| {
            Recognising::new(TappedCard::new(channel.as_mut(), self.taps().clone()), goes)
        });
        let card = card.as_mut().map(|card| card as &mut dyn CardChannel);
        let told = product.visit((card, camera), order, self.clock().now()).await?;
        self.keep_reader(&visit.institution, product);
        self.wait_in_silence(visit);
        Ok(Told::from(told))
    }

    fn visit_order(&self, visit: &Visit, is_placed: bool) -> VisitOrder {
        let placed = placed(visit, is_placed);
        VisitOrder {
            placed,
            front: self.front_to_read(visit).filter(|_| placed == Placed::Card),
            ways: std::iter::once(&visit.mode).chain(&visit.then).map(way).collect(),
            consents: visit.consents.iter().map(|kind| Consent(reader_consent(*kind))).collect(),
            register: visit.register,
            prescription: visit.prescription.map(reader_prescription),
            occasion: visit.occasion.map(reader_occasion),
            silent: visit.trouble == Some(Trouble::NoAnswer),
        }
    }

    fn front_to_read(&self, visit: &Visit) -> Option<Front> {
        let front = self.front(visit)?;
        Some(Front {
            birthdate: front.birthdate,
            expiry_year: front.expiry_year,
            security_code: front.security_code,
        })
    }

    /// The product did not wait for those who answer nothing; in the story it did.
    fn wait_in_silence(&self, visit: &Visit) {
        let waited = self.clock().now().checked_add(Patience::default().patient);
        if let (Some(Trouble::NoAnswer), Ok(then)) = (&visit.trouble, waited) {
            self.clock().advance(then);
        }
    }
}

impl From<VisitTold> for Told {
    fn from(told: VisitTold) -> Self {
        Self {
            end: told.end,
            asked: told.asked.iter().map(|Consent(kind)| consent(*kind)).collect(),
            notice: notice(&told.notices.into_iter().collect()),
        }
    }
}

fn placed(visit: &Visit, is_placed: bool) -> Placed {
    match phone_kind(visit).filter(|_| is_placed) {
        Some(PhoneKind::Android) => Placed::Android,
        Some(PhoneKind::Iphone) => Placed::Iphone,
        None if is_placed => Placed::Card,
        None => Placed::Nothing,
    }
}

fn way(mode: &Mode) -> Way {
    match mode {
        Mode::Face => Way::Face,
        Mode::Pin(entries) => Way::Pin { entries: entries.clone() },
        Mode::Visual(confirmed) => Way::Visual { confirmed: *confirmed },
    }
}
