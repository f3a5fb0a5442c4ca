//! Phones in people's pockets: furnished at first need, and bound to the fate of the card.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sim_card::{Card, Token};

use super::Stage;
use super::pockets::Held;
use crate::error::BenchError;
use crate::model::{AuthorityAct, PhoneKind};
use crate::world::cards::{Order, Pressed, into_phone};
use crate::world::plastic::Plastic;

impl Stage {
    /// Somebody's phone; `None` for somebody without card or certificate, on which it depends.
    pub(in crate::world) fn phone(
        &mut self,
        person: &str,
        kind: PhoneKind,
    ) -> Result<Option<Plastic>, BenchError> {
        let key = (person.to_owned(), kind);
        if let Some(held) = self.phones.get(&key) {
            return Ok(held.plastic.clone());
        }
        let Some(held) = self.furnish(person, kind)? else { return Ok(None) };
        let phone = held.plastic.clone();
        if let Some(serial) = &held.serial {
            for (_, act, at) in self.acts.iter().filter(|(whose, ..)| whose == person) {
                self.act_on(serial, *act, *at);
            }
        }
        self.phones.insert(key, held);
        Ok(phone)
    }

    fn furnish(&mut self, person: &str, kind: PhoneKind) -> Result<Option<Held>, BenchError> {
        let Some(card) = self.held(person)? else { return Ok(None) };
        let (contents, certified) = (card.contents.clone(), card.serial.is_some());
        let place = self.world.people.keys().position(|known| known == person);
        let owner = self.world.people.get(person);
        let facts = owner.and_then(|owner| owner.card.as_ref()).filter(|_| certified);
        let (Some(place), Some(owner), Some(facts)) = (place, owner, facts) else {
            return Ok(None);
        };
        let order = Order { holder: person, person: owner, facts, place, seed: self.seed };
        let token = match kind {
            PhoneKind::Android => Token::Android,
            PhoneKind::Iphone => Token::Iphone,
        };
        let mut authority = self.authority.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let Pressed { contents, serial } = into_phone(&contents, token, &mut authority, &order)?;
        let phone = Plastic::Ours(Arc::new(Mutex::new(Card::new(contents.clone()))));
        Ok(Some(Held { plastic: Some(phone), serial, contents }))
    }

    /// What happens to the certificate of a card happens to those in its holder's phones, but for a renewal (row OQS-MOB-03;
    /// that the authority does both is bench profile).
    pub(super) fn act_on_phones(&mut self, person: &str, act: AuthorityAct, at: Timestamp) {
        self.acts.push((person.to_owned(), act, at));
        let theirs = self.phones.iter().filter(|((holder, _), _)| holder == person);
        for serial in theirs.filter_map(|(_, held)| held.serial.as_ref()) {
            self.act_on(serial, act, at);
        }
    }
}
