//! The card of one persona that lies in a PC/SC reader: the world's authority takes its certificate over, and the world must be one in
//! which that card can be as it is.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sim_card::CardContents;
use sim_card::pki::{Authority, AuthorityConfig, AuthorityError, OnCard};

use super::pockets::Held;
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::model::{CardFacts, Person, World};
use crate::sut::card::{CardWay, LyingCard, PcscReader, open};
use crate::sut::config::SutConfig;
use crate::sut::troubles::Troubles;
use crate::sut::vpcd::turn_at;
use crate::world::actors::AuthoritySide;
use crate::world::cards::{CardPress, Order};
use crate::world::plastic::Plastic;
use crate::world::workshop::Workshop;

/// The card, and what its certificate says.
pub(super) struct Lying {
    persona: String,
    card: Plastic,
    serial: Vec<u8>,
    valid: (Timestamp, Timestamp),
    product: String,
}

impl Lying {
    /// Takes the card, once no other scenario has it, where the product is one and the world knows its holder.
    ///
    /// # Errors
    /// [`BenchError`] when there is no card, or not one of ours.
    pub async fn take(
        workshop: &Workshop,
        world: &World,
        authority: &AuthoritySide,
        troubles: &Troubles,
    ) -> Result<Option<Self>, BenchError> {
        let Some((sut, reader, person)) = asked_for(workshop, world) else { return Ok(None) };
        let persona = reader.persona.as_str();
        let turn = turn_at(&format!("pcsc {}", reader.reader)).await;
        let (slot, certificate) = open(reader)?;
        let mut authority = authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let adopted = authority.adopt(&certificate, (persona, person.birthdate));
        let OnCard { serial, valid, .. } = adopted.map_err(|error| not_ours(reader, &error))?;
        let (product, pin) = (sut.product.name.clone(), catalogued(persona)?.1.pin.as_deref());
        let card = LyingCard::take(&product, slot, pin, (Some(turn), troubles))?;
        let card = Plastic::Product(Arc::new(Mutex::new(card)));
        Ok(Some(Self { persona: persona.to_owned(), card, serial, valid, product }))
    }

    /// Whether it is this person's card.
    pub fn is_of(&self, slug: &str) -> bool {
        self.persona == slug
    }

    /// The card as the person of this world holds it.
    ///
    /// # Errors
    /// [`BenchError::ProductUnsupported`] where the scenario needs it in another state than the catalogue gives it,
    /// [`BenchError::ProductError`] where it is another card than the persona's.
    pub fn held(
        &self,
        (workshop, press): (&Workshop, &mut CardPress),
        order: &Order<'_>,
    ) -> Result<Held, BenchError> {
        let (persona, facts) = catalogued(&self.persona)?;
        if state(order.person, order.facts) != state(persona, facts) {
            let what = format!("a card of {} in another state than it lies there", self.persona);
            return Err(BenchError::ProductUnsupported { product: self.product.clone(), what });
        }
        let contents = printed((workshop, press), order)?;
        if validity(&contents)? != Some(self.valid) {
            return Err(self.other_card());
        }
        let plastic = Some(self.card.clone());
        Ok(Held { plastic, serial: Some(self.serial.clone()), contents })
    }

    fn other_card(&self) -> BenchError {
        let ((from, until), persona) = (self.valid, &self.persona);
        let reason = format!(
            "the card in the reader is not {persona}'s: its certificate is valid from {from} to {until}"
        );
        BenchError::ProductError { product: self.product.clone(), reason }
    }
}

/// The reader and whose card lies in it, where the product is one and the world knows its holder.
fn asked_for<'a>(
    workshop: &'a Workshop,
    world: &'a World,
) -> Option<(&'a SutConfig, &'a PcscReader, &'a Person)> {
    let (sut, reader) = reader(workshop.sut.as_ref()?)?;
    let person = world.people.get(&reader.persona)?;
    person.card.as_ref()?;
    Some((sut, reader, person))
}

fn not_ours(reader: &PcscReader, error: &AuthorityError) -> BenchError {
    BenchError::NoCard { reader: reader.reader.clone(), reason: error.to_string() }
}

fn reader(sut: &SutConfig) -> Option<(&SutConfig, &PcscReader)> {
    match sut.positions.card.as_ref()?.way()? {
        CardWay::Pcsc(reader) => Some((sut, reader)),
        CardWay::Vpcd(_) => None,
    }
}

/// The persona and the card as the catalogue tells of them.
fn catalogued(persona: &str) -> Result<(&'static Person, &'static CardFacts), BenchError> {
    let known = Catalogue::embedded()?.personas.get(persona);
    let known = known.and_then(|person| Some((person, person.card.as_ref()?)));
    known.ok_or_else(|| BenchError::Scenario(format!("{persona} is no persona with a card")))
}

/// All of a person and a card that stands on the card, but for name and address: these are pictures to the chain.
fn state<'a>(person: &Person, facts: &'a CardFacts) -> impl PartialEq + use<'a> {
    let CardFacts { issued, expiry, pin, security_code, photo, registered: _, certificate, issuer } =
        facts;
    let printed = (person.birthdate, person.sex, person.face, *expiry, security_code);
    (printed, *issued, pin, *photo, *certificate, *issuer)
}

/// What this person's card would be made of; an authority of its own makes it, so that the world's knows nothing of it.
fn printed(
    (workshop, press): (&Workshop, &mut CardPress),
    order: &Order<'_>,
) -> Result<CardContents, BenchError> {
    let mut aside = Authority::new(AuthorityConfig::default())
        .map_err(|error| BenchError::setup("authority", error))?;
    Ok(press.press(workshop, &mut aside, order)?.contents)
}

fn validity(contents: &CardContents) -> Result<Option<(Timestamp, Timestamp)>, BenchError> {
    let read = contents.user_authentication.as_ref().map(|user| OnCard::read(&user.certificate));
    let read = read.transpose().map_err(|error| BenchError::setup("card", error))?;
    Ok(read.map(|read| read.valid))
}
