//! What of a card's memory changes in use, as a value that can be written down: counters, changed PINs, the place of the
//! random numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Card;
use crate::pin::{PinName, ReferenceData};

/// What the first field of a written state says.
const FORMAT: &str = "madoguchi card state";
/// The version this program writes, and the newest it reads.
const VERSION: u32 = 1;

/// The changing half of a card's memory. Files and keys are not in it: they come from personalisation.
///
/// A PIN, password or 照合番号 that is still the one of personalisation is not in it either; one that a command or the issuer
/// changed is. Its `Debug` form tells no value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardState {
    format: String,
    version: u32,
    card: String,
    name: String,
    tries_left: BTreeMap<PinName, u8>,
    changed_values: BTreeMap<PinName, String>,
    delivered_blocked: BTreeSet<PinName>,
    random_position: u64,
}

/// The fields by which a state is recognised before the rest is read.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Why something is no state of this card. No variant repeats what was read: it may hold a PIN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum StateError {
    #[error(
        "it is no state of a card, or was cut off: it goes wrong at line {line}, column {column}"
    )]
    Unreadable { line: usize, column: usize },
    #[error("it is a file of another kind")]
    Foreign,
    #[error("it has version {version}, and this program knows up to version {VERSION}")]
    Newer { version: u32 },
    #[error("it says of {pin} what cannot be: {reason}")]
    Impossible { pin: PinName, reason: &'static str },
    #[error("its name of the card holds characters that a screen takes for orders")]
    Unprintable,
    #[error("it is the state of another card, the one of {owner}")]
    OtherCard { owner: String },
}

impl CardState {
    /// Reads what [`CardState::to_json`] wrote.
    ///
    /// # Errors
    /// [`StateError`] for everything else.
    pub fn from_json(bytes: &[u8]) -> Result<Self, StateError> {
        let unreadable = |error: serde_json::Error| StateError::Unreadable {
            line: error.line(),
            column: error.column(),
        };
        let whole: serde_json::Value = serde_json::from_slice(bytes).map_err(unreadable)?;
        let head: Head = serde_json::from_value(whole).map_err(|_| StateError::Foreign)?;
        match head {
            Head { format, .. } if format != FORMAT => return Err(StateError::Foreign),
            Head { version, .. } if version > VERSION => return Err(StateError::Newer { version }),
            Head { version: 1.., .. } => (),
            Head { version: 0, .. } => return Err(StateError::Foreign),
        }
        let state: Self = serde_json::from_slice(bytes).map_err(unreadable)?;
        state.judge()?;
        Ok(state)
    }

    /// Readable JSON, one field a line.
    ///
    /// # Errors
    /// Those of the writer; none are known.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whose card it is, in words.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tries left of a reference; 0 when blocked.
    pub fn tries_left(&self, pin: PinName) -> u8 {
        self.tries_left.get(&pin).copied().unwrap_or_default()
    }

    /// Whether its value is another than personalisation gave.
    pub fn is_changed(&self, pin: PinName) -> bool {
        self.changed_values.contains_key(&pin)
    }

    /// Whether it has a value at all, from personalisation or since.
    pub fn has_value(&self, pin: PinName) -> bool {
        self.is_changed(pin) || !self.delivered_blocked.contains(&pin)
    }

    /// How many 32-bit words of random numbers the card has given.
    pub fn random_position(&self) -> u64 {
        self.random_position
    }

    /// Puts a counter at a number of tries; 0 blocks.
    ///
    /// # Errors
    /// [`StateError::Impossible`] above the limit, or where there is no value to be tried.
    pub fn set_tries_left(&mut self, pin: PinName, left: u8) -> Result<(), StateError> {
        let mut changed = self.clone();
        changed.tries_left.insert(pin, left);
        changed.judge()?;
        *self = changed;
        Ok(())
    }

    /// What the issuer's office does: the counter is full again, the value stays.
    ///
    /// # Errors
    /// [`StateError::Impossible`] where there is no value to be tried.
    pub fn unblock(&mut self, pin: PinName) -> Result<(), StateError> {
        self.set_tries_left(pin, pin.limit().get())
    }

    /// Back to the day of delivery: full counters, the PINs of personalisation, random numbers from the start.
    pub fn reset(&mut self) {
        self.changed_values.clear();
        self.random_position = 0;
        for pin in PinName::ALL {
            let left = if self.has_value(pin) { pin.limit().get() } else { 0 };
            self.tries_left.insert(pin, left);
        }
    }

    /// Whether the name can be shown, and every reference stands where it can stand.
    fn judge(&self) -> Result<(), StateError> {
        if self.name.chars().any(orders_a_screen) {
            return Err(StateError::Unprintable);
        }
        PinName::ALL.into_iter().try_for_each(|pin| {
            self.fault(pin).map_or(Ok(()), |reason| Err(StateError::Impossible { pin, reason }))
        })
    }

    fn fault(&self, pin: PinName) -> Option<&'static str> {
        let Some(&left) = self.tries_left.get(&pin) else { return Some("nothing") };
        if left > pin.limit().get() {
            return Some("more tries than its limit");
        }
        if left > 0 && !self.has_value(pin) {
            return Some("tries left, though it was delivered blocked and got no value");
        }
        let value = self.changed_values.get(&pin)?;
        pin.format().refusal(value.as_bytes()).map(|_| "a changed value of a form it cannot have")
    }
}

impl fmt::Debug for CardState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardState")
            .field("name", &self.name)
            .field("tries_left", &self.tries_left)
            .field("changed", &self.changed_values.keys())
            .finish_non_exhaustive()
    }
}

impl Card {
    /// What of the card's memory changes in use; `name` says whose card it is.
    pub fn state(&self, name: &str) -> CardState {
        let delivered = &self.persistent.layout.delivered;
        let references = &self.persistent.references;
        let changed =
            references.iter().zip(delivered).filter(|(now, then)| !now.has_value_of(then));
        CardState {
            format: FORMAT.to_owned(),
            version: VERSION,
            card: identity(&self.persistent.random),
            name: name.to_owned(),
            tries_left: references.iter().map(|one| (one.name(), one.tries_left())).collect(),
            changed_values: changed.map(|(now, _)| (now.name(), now.text())).collect(),
            delivered_blocked: delivered
                .iter()
                .filter(|one| !one.has_value())
                .map(ReferenceData::name)
                .collect(),
            random_position: position(&self.persistent.random),
        }
    }

    /// Puts a written state back. The card loses power, whatever comes of it; one that a fault has swapped is in its place again.
    ///
    /// # Errors
    /// [`StateError::OtherCard`] when it is the state of another card; then no more changes.
    pub fn put_state(&mut self, state: &CardState) -> Result<(), StateError> {
        self.power_off();
        let delivered = &self.persistent.layout.delivered;
        let blocked = delivered.iter().filter(|one| !one.has_value()).map(ReferenceData::name);
        if state.card != identity(&self.persistent.random)
            || !blocked.eq(state.delivered_blocked.iter().copied())
        {
            return Err(StateError::OtherCard { owner: state.name.clone() });
        }
        state.judge()?;
        let references = delivered.iter().map(|one| {
            let changed = state.changed_values.get(&one.name()).map(String::as_bytes);
            one.used(changed, state.tries_left(one.name()))
        });
        self.persistent.references = references.collect();
        self.persistent.random.set_word_pos(u128::from(state.random_position));
        Ok(())
    }

    /// Whether another card's half lies under this one, so that a fault can swap them.
    pub(crate) fn has_another_under(&self) -> bool {
        self.under.is_some()
    }
}

/// Control characters, line separators, and marks that turn the direction of writing: a file may come from anywhere.
fn orders_a_screen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// What tells one virtual card from another: a digest of the seed of its random numbers.
fn identity(random: &ChaCha20Rng) -> String {
    let digest = Sha256::new().chain_update(b"state of card").chain_update(random.get_seed());
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn position(random: &ChaCha20Rng) -> u64 {
    u64::try_from(random.get_word_pos()).unwrap_or(u64::MAX)
}
