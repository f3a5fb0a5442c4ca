//! `madoguchi card state`: the counters a served card keeps in a file, shown in words and put where one wants them.

use std::path::Path;
use std::str::FromStr;

use clap::Args;
use sim_card::kept::{KeepError, KeptCard, StateFile, load};
use sim_card::{Card, CardState, PinName, StateError};

use super::{CONFIGURATION, Failure, INCOMPLETE, say};

/// What is changed, in this order. Without any, the state is only shown.
#[derive(Debug, Args)]
pub struct Changes {
    /// First bring the card back to the day of delivery: full counters, first PINs
    #[arg(long)]
    reset: bool,
    /// Then fill the counter of a PIN, as the municipal office does; its value stays
    #[arg(long, value_name = "PIN")]
    unblock: Vec<PinName>,
    /// Then leave so many tries to a PIN; 0 blocks it
    #[arg(long, value_name = "PIN=TRIES")]
    set: Vec<Tries>,
}

/// A counter and where to put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tries {
    pin: PinName,
    left: u8,
}

impl FromStr for Tries {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (pin, left) = text
            .split_once('=')
            .ok_or_else(|| "write it as PIN=TRIES, e.g. user-authentication=1".to_owned())?;
        let pin: PinName =
            pin.parse().map_err(|error: sim_card::pin::UnknownPin| error.to_string())?;
        let limit = pin.limit().get();
        let left = left.parse().ok().filter(|left| *left <= limit);
        let left = left.ok_or_else(|| format!("{pin} has 0 to {limit} tries"))?;
        Ok(Self { pin, left })
    }
}

impl Changes {
    fn any(&self) -> bool {
        self.reset || !self.unblock.is_empty() || !self.set.is_empty()
    }

    fn make(&self, state: &mut CardState) -> Result<(), StateError> {
        if self.reset {
            state.reset();
        }
        self.unblock.iter().try_for_each(|pin| state.unblock(*pin))?;
        self.set.iter().try_for_each(|tries| state.set_tries_left(tries.pin, tries.left))
    }
}

/// Shows the state, after the changes if there are any.
pub fn state(file: &Path, changes: &Changes) -> Result<u8, Failure> {
    let found = |loaded: Result<Option<CardState>, KeepError>| {
        loaded.map_err(|error| unusable(&error))?.ok_or_else(|| {
            let message = format!("there is no state of a card at {}", file.display());
            Failure::told(CONFIGURATION, message, "name a file that `card serve --state` has made")
        })
    };
    // Without a state there is nothing to lock.
    let mut state = found(load(file))?;
    if changes.any() {
        let held = StateFile::open(file).map_err(|error| unusable(&error))?;
        // A card that was served until now may have written meanwhile.
        state = found(held.load())?;
        changes.make(&mut state).map_err(|error| {
            Failure::told(
                CONFIGURATION,
                format!("nothing was changed: {error}"),
                "leave this PIN out",
            )
        })?;
        held.save(&state).map_err(|error| unusable(&error))?;
    }
    lines(&state).iter().for_each(say);
    Ok(0)
}

/// A card with its state in a file.
pub fn keep(card: Card, name: &str, file: &Path) -> Result<KeptCard, Failure> {
    let kept = StateFile::open(file).and_then(|file| KeptCard::open(card, name, file));
    kept.map_err(|error| unusable(&error))
}

/// What to do about a state that is of no use. The file itself is never touched.
fn unusable(error: &KeepError) -> Failure {
    let (code, next) = match error {
        KeepError::InUse { .. } => {
            (INCOMPLETE, "stop the `madoguchi card serve` that uses it, or name another file")
        }
        KeepError::Read { .. } | KeepError::Write { .. } => {
            (INCOMPLETE, "check the path and who may write there")
        }
        KeepError::State { source: StateError::OtherCard { .. }, .. } => {
            (CONFIGURATION, "name the card it belongs to, or another file with --state")
        }
        KeepError::State { source: StateError::Newer { .. }, .. } => {
            (CONFIGURATION, "use the newer madoguchi that wrote it, or name another file")
        }
        KeepError::TwoCards => (CONFIGURATION, "serve it without --state"),
        KeepError::State { .. } => {
            (CONFIGURATION, "look at the file; move it away to begin with the card as delivered")
        }
    };
    Failure::told(code, error.to_string(), next)
}

/// One line a PIN. The Japanese name stands last: its width on a screen is nobody's business then.
fn lines(state: &CardState) -> Vec<String> {
    let mut lines = vec![format!("card of {}", state.name())];
    lines.extend(PinName::ALL.into_iter().map(|pin| {
        format!("  {:<24}  {:<32}  {}", pin.slug(), standing(state, pin), pin.japanese())
    }));
    let given = state.random_position().saturating_mul(4);
    lines.push(format!("  {:<24}  {given} bytes given so far", "random numbers"));
    lines
}

fn standing(state: &CardState, pin: PinName) -> String {
    let (left, limit) = (state.tries_left(pin), pin.limit());
    let counter = match left {
        0 => "blocked".to_owned(),
        1 => format!("1 of {limit} tries left"),
        left => format!("{left} of {limit} tries left"),
    };
    match (state.has_value(pin), state.is_changed(pin)) {
        (false, _) => format!("{counter}, as delivered"),
        (true, true) => format!("{counter}, PIN changed"),
        (true, false) => counter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_read_or_refused_with_a_hint() {
        let tries = Tries { pin: PinName::UserAuthentication, left: 1 };
        assert_eq!("user-authentication=1".parse(), Ok(tries));
        for (text, told) in [
            ("user-authentication", "PIN=TRIES"),
            ("user=1", "names are user-authentication"),
            ("user-authentication=4", "0 to 3 tries"),
            ("user-authentication=-1", "0 to 3 tries"),
            ("digital-signature=six", "0 to 5 tries"),
        ] {
            let error = text.parse::<Tries>().unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
