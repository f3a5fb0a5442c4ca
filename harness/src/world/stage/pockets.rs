//! Cards in people's pockets: pressed at first need, and what the authority does to them.

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use sim_card::pki::{RenewRequest, RevocationReason};
use sim_card::{CardContents, Fault};

use super::Stage;
use crate::error::BenchError;
use crate::model::{AuthorityAct, Visit};
use crate::world::cards::{Order, Pressed};
use crate::world::plastic::{Plastic, USER_PIN};

/// Hours after such a renewal for which nobody knows the new serial: "about two days" in the row.
const GAP_HOURS: i64 = 48;

/// A card in somebody's pocket.
pub(super) struct Held {
    /// `None` before it is first used, so that no product is started for a card that nobody uses.
    pub plastic: Option<Plastic>,
    pub serial: Option<Vec<u8>>,
    pub contents: CardContents,
}

impl Stage {
    /// Somebody's card, pressed at first need; `None` for somebody who has none.
    pub(in crate::world) fn card(&mut self, person: &str) -> Result<Option<Plastic>, BenchError> {
        let Some(held) = self.held(person)? else { return Ok(None) };
        if let Some(plastic) = &held.plastic {
            return Ok(Some(plastic.clone()));
        }
        let contents = held.contents.clone();
        let plastic = self.plastic(person, contents)?;
        if let Some(held) = self.cards.get_mut(person) {
            held.plastic = Some(plastic.clone());
        }
        Ok(Some(plastic))
    }

    pub(super) fn held(&mut self, person: &str) -> Result<Option<&Held>, BenchError> {
        if !self.cards.contains_key(person) {
            let Some(held) = self.press_card(person)? else { return Ok(None) };
            self.cards.insert(person.to_owned(), held);
        }
        Ok(self.cards.get(person))
    }

    fn press_card(&mut self, slug: &str) -> Result<Option<Held>, BenchError> {
        let Some(person) = self.world.people.get(slug) else { return Ok(None) };
        let Some(facts) = &person.card else { return Ok(None) };
        let place = self.world.people.keys().position(|known| known == slug).unwrap_or_default();
        let order = Order { holder: slug, person, facts, place, seed: self.seed };
        if let Some(lying) = self.lying.as_ref().filter(|lying| lying.is_of(slug)) {
            return lying.held((&self.workshop, &mut self.press), &order).map(Some);
        }
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let Pressed { contents, serial } =
            self.press.press(&self.workshop, &mut authority, &order)?;
        Ok(Some(Held { plastic: None, serial, contents }))
    }

    pub(in crate::world) fn set_faults(
        &mut self,
        person: &str,
        faults: Vec<Fault>,
    ) -> Result<(), BenchError> {
        let Some(plastic) = self.card(person)? else { return Ok(()) };
        match plastic.ours() {
            Some(card) => {
                card.lock().unwrap_or_else(PoisonError::into_inner).set_faults(faults);
                Ok(())
            }
            None if faults.is_empty() => Ok(()),
            None => Err(self.not_of_a_product("a card that misbehaves")),
        }
    }

    /// What is left of a visit: no fault, no power.
    pub(in crate::world) fn after_visit(&mut self, visit: &Visit) {
        self.visits += 1;
        self.sort_out(visit);
        let held = self.cards.values().chain(self.phones.values());
        for plastic in held.filter_map(|held| held.plastic.as_ref()) {
            plastic.with(|card| card.power_off());
            let Some(card) = plastic.ours() else { continue };
            let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
            card.set_faults(Vec::new());
            let left = card.tries_left(USER_PIN);
            card.set_tries_left(USER_PIN, self.planted.tries_after_visit(left));
        }
    }

    pub(in crate::world) fn pin_tries_left(&self, person: &str) -> Option<u8> {
        self.world.people.get(person)?.card.as_ref()?.pin.as_ref()?;
        self.cards.get(person)?.plastic.as_ref()?.tries_left()
    }

    pub(super) fn authority_acts(
        &mut self,
        person: &str,
        act: AuthorityAct,
    ) -> Result<(), BenchError> {
        let now = self.clock.now();
        let Some(Held { serial: Some(serial), .. }) = self.held(person)? else { return Ok(()) };
        let serial = serial.clone();
        if act == AuthorityAct::RenewUnlinked {
            let gaps = &self.reference_backend("a gap after a renewal")?.gaps;
            let mut gaps = gaps.lock().unwrap_or_else(PoisonError::into_inner);
            gaps.insert(person.to_owned(), now + SignedDuration::from_hours(GAP_HOURS));
        }
        if act == AuthorityAct::Renew || act == AuthorityAct::RenewUnlinked {
            return self.renew(person, &serial, now);
        }
        self.act_on(&serial, act, now);
        self.act_on_phones(person, act, now);
        Ok(())
    }

    /// What the authority cannot do (revoke twice, release what is not held) changes nothing: its ledger refuses.
    pub(super) fn act_on(&self, serial: &[u8], act: AuthorityAct, at: Timestamp) {
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = match act {
            AuthorityAct::Revoke => authority.revoke(serial, RevocationReason::KeyCompromise, at),
            AuthorityAct::Died => {
                authority.revoke(serial, RevocationReason::CessationOfOperation, at)
            }
            AuthorityAct::Hold => authority.hold(serial, at),
            AuthorityAct::Release => authority.release(serial, at),
            // The signature certificate falls; the user-authentication certificate stays as it is.
            AuthorityAct::Moved if self.planted.moving_revokes() => {
                authority.revoke(serial, RevocationReason::AffiliationChanged, at)
            }
            AuthorityAct::Moved | AuthorityAct::Renew | AuthorityAct::RenewUnlinked => Ok(()),
        };
    }

    /// A new certificate for the same key, put on the same card: its PIN counter stays.
    fn renew(&mut self, person: &str, serial: &[u8], at: Timestamp) -> Result<(), BenchError> {
        let expiry = self
            .world
            .people
            .get(person)
            .and_then(|person| person.card.as_ref())
            .map(|card| card.expiry);
        let (Some(card_expiry), Some(held)) = (expiry, self.cards.get_mut(person)) else {
            return Ok(());
        };
        let Some(user) = held.contents.user_authentication.as_mut() else { return Ok(()) };
        let key =
            user.key.rsa().ok_or_else(|| BenchError::setup("renewal", "the key is no RSA key"))?;
        let request = RenewRequest { at, card_expiry, key: &key.to_public_key(), not_after: None };
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        // A card past its end, or one of another authority, is not renewed: nothing changes.
        let Ok(issued) = authority.renew(serial, request) else { return Ok(()) };
        user.certificate = issued.certificate;
        held.serial = Some(issued.serial);
        drop(authority);
        self.rewrite(person)
    }
}
