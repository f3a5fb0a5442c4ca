//! One use of a reader by people who act while it goes on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sim_reader::consent::ConsentKind as ReaderConsent;
use sim_reader::reader_link::TerminalLink;
use sim_reader::session::{People, Placed, Reader, VisitReport};
use sim_reader::{Camera, CardChannel, ChannelError};

use super::calls::ReaderLink;
use super::stage::Stage;
use super::visiting::{self, Told};
use crate::error::BenchError;
use crate::model::{ConsentKind, Visit, VisitOutcome};
use crate::taps::camera::TappedCamera;
use crate::taps::card::TappedCard;

/// The holder's hand: takes the card off the reader at any moment. Clones are the same hand.
#[derive(Debug, Clone, Default)]
pub struct Hand(Arc<AtomicBool>);

impl Hand {
    /// Takes the card away; from here on it answers nothing.
    pub fn take(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn has_taken(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A card without a chip.
struct NoChip;

impl CardChannel for NoChip {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        Err(ChannelError::Mute)
    }
}

/// A card within reach of a hand.
struct InReach {
    card: Box<dyn CardChannel>,
    hand: Hand,
}

impl CardChannel for InReach {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if self.hand.has_taken() { Err(ChannelError::Removed) } else { self.card.transmit(command) }
    }

    fn power_up(&mut self) {
        self.card.power_up();
    }
}

impl Stage {
    /// Runs one visit in which `people` act before `camera`, with somebody `beside` the terminal's link. Of `visit` only count who lies on which reader and what goes
    /// wrong with the card; what people choose and answer is their own.
    ///
    /// # Errors
    /// [`BenchError`] when an actor cannot be reached or its result cannot be read.
    pub async fn attend<L: TerminalLink>(
        &mut self,
        visit: &Visit,
        people: &mut dyn People,
        camera: impl Camera,
        hand: &Hand,
        beside: impl FnOnce(ReaderLink, BTreeSet<ReaderConsent>) -> L,
    ) -> Result<(VisitReport, VisitOutcome), BenchError> {
        let before = self.before(visit).await?;
        // Whoever comes without a card places something else.
        let card = self.channel(visit)?.unwrap_or_else(|| Box::new(NoChip));
        let mut card = InReach { card, hand: hand.clone() };
        let mut tapped = TappedCard::new(&mut card, self.taps().clone());
        let mut camera = TappedCamera::new(camera, self.taps().clone());
        let config = self.reader_config(visit)?;
        let link = beside(self.link(&visit.institution)?, config.offers.clone());
        let (now, comparison) = (self.clock().handle(), self.comparison());
        let reader = Reader {
            config: &config,
            matcher: &*comparison.matcher,
            link: &link,
            failures: self.failures(),
            now: &now,
        };
        let channel = &mut tapped;
        let placed = match visiting::phone_kind(visit) {
            Some(phone) => Placed::Phone { phone, channel },
            None => Placed::Card { channel, front: self.front(visit) },
        };
        let report = reader.visit(placed, &mut camera, people).await;
        let outcome = self.came_of(visit, Told::from(&report), &before)?;
        Ok((report, outcome))
    }
}

/// A kind of consent in the words of the model.
pub fn consent(kind: ReaderConsent) -> ConsentKind {
    visiting::consent(kind)
}
