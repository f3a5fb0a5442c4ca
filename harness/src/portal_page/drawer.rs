//! The personas' cards in a drawer: one is put on for a log-in and lies there again afterwards, its PIN counter as it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sim_card::{Card, CardContents, PinName};
use sim_reader::{CardChannel, ChannelError};

use super::proof::{NoProof, Proof, prove};

/// Cards by persona. Clones share them.
#[derive(Clone, Default)]
pub struct Drawer(Arc<BTreeMap<String, Held>>);

/// A card, and whether it was given a PIN.
struct Held {
    card: Mutex<Card>,
    has_pin: bool,
}

impl Held {
    fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Drawer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Drawer {
    /// A drawer with these cards, each as delivered.
    pub fn new(contents: impl IntoIterator<Item = (String, CardContents)>) -> Self {
        let held = |(persona, contents): (String, CardContents)| {
            let has_pin = contents.user_pin.is_some();
            (persona, Held { card: Mutex::new(Card::new(contents)), has_pin })
        };
        Self(Arc::new(contents.into_iter().map(held).collect()))
    }

    /// Tries left for the PIN of a persona's card; `None`: there is no such card.
    pub fn tries_left(&self, persona: &str) -> Option<u8> {
        Some(self.0.get(persona)?.card().tries_left(PinName::UserAuthentication))
    }

    /// Puts a persona's card on and has it sign; `None`: there is no such card. A wrong PIN counts on the card.
    pub fn sign(
        &self,
        persona: &str,
        pin: &str,
        challenge: &[u8],
    ) -> Option<Result<Proof, NoProof>> {
        let held = self.0.get(persona)?;
        let mut card = held.card();
        card.power_on();
        let proof = prove(&mut PutOn(&mut card), pin, challenge);
        card.power_off();
        Some(proof.map_err(|why| why.to_holder(held.has_pin)))
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
