//! The personas' cards in a drawer: one is put on for a log-in and lies there again afterwards, its PIN counter as it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sim_card::{Card, CardContents, PinName};
use sim_reader::{CardChannel, ChannelError};

use super::proof::{NoProof, Proof, prove};

/// Cards by persona. Clones share them.
#[derive(Clone, Default)]
pub struct Drawer(Arc<BTreeMap<String, Mutex<Card>>>);

impl std::fmt::Debug for Drawer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Drawer {
    /// A drawer with these cards, each as delivered.
    pub fn new(contents: impl IntoIterator<Item = (String, CardContents)>) -> Self {
        let card = |(persona, contents)| (persona, Mutex::new(Card::new(contents)));
        Self(Arc::new(contents.into_iter().map(card).collect()))
    }

    /// Tries left for the PIN of a persona's card; `None`: there is no such card.
    pub fn tries_left(&self, persona: &str) -> Option<u8> {
        let card = self.0.get(persona)?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(card.tries_left(PinName::UserAuthentication))
    }

    /// Puts a persona's card on and has it sign; `None`: there is no such card. A wrong PIN counts on the card.
    pub fn sign(
        &self,
        persona: &str,
        pin: &str,
        challenge: &[u8],
    ) -> Option<Result<Proof, NoProof>> {
        let mut card = self.0.get(persona)?.lock().unwrap_or_else(PoisonError::into_inner);
        card.power_on();
        let proof = prove(&mut PutOn(&mut card), pin, challenge);
        card.power_off();
        Some(proof)
    }
}

/// A card that has power.
struct PutOn<'a>(&'a mut Card);

impl CardChannel for PutOn<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.0.exchange(command).map_err(|silence| match silence {
            sim_card::Silence::Removed => ChannelError::Removed,
            sim_card::Silence::Mute | sim_card::Silence::NoPower => ChannelError::Mute,
        })
    }
}
