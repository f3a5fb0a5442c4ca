//! One card at a time at one door: products that share a reader, as those behind pcscd do, are served one scenario after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// The doors at which cards were put in so far.
static DOORS: Mutex<BTreeMap<String, Arc<Waiting<()>>>> = Mutex::new(BTreeMap::new());

/// The right to put a card in at a door, while it lasts.
pub(crate) type Turn = OwnedMutexGuard<()>;

/// Waits until no other card lies there, and lets other scenarios go on meanwhile.
pub(crate) async fn turn_at(door: &str) -> Turn {
    let waiting = {
        let mut doors = DOORS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(door.to_owned()).or_default())
    };
    waiting.lock_owned().await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn at_one_door_one_waits_for_the_other_and_at_two_nobody_waits() {
        let first = turn_at("one.invalid:1").await;
        drop(turn_at("two.invalid:1").await);
        let again = || tokio::time::timeout(Duration::from_millis(50), turn_at("one.invalid:1"));
        assert!(again().await.is_err());
        drop(first);
        assert!(again().await.is_ok());
    }
}
