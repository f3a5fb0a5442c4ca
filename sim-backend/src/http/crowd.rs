//! How many connections each peer holds, so that none takes them all.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::messages::InstitutionCode;

/// Who holds connections.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// Before the handshake: the address it comes from.
    Address(IpAddr),
    /// After it: the institution of the certificate.
    Institution(InstitutionCode),
}

/// Counts connections. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd {
    held: Arc<Mutex<BTreeMap<Holder, usize>>>,
}

/// One connection of a peer; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    holder: Holder,
}

impl Crowd {
    /// A place for one more connection; `None` when the peer holds as many as it may.
    pub fn enter(&self, holder: Holder, limit: usize) -> Option<Place> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(holder.clone()).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Place { crowd: self.clone(), holder })
    }

    fn leave(&self, holder: &Holder) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(holder) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(held.remove(holder)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.leave(&self.holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_gets_its_share_and_what_it_gave_back() {
        let crowd = Crowd::default();
        let one = || Holder::Address([192, 0, 2, 1].into());
        let held = [crowd.enter(one(), 2).unwrap(), crowd.enter(one(), 2).unwrap()];
        assert!(crowd.enter(one(), 2).is_none());
        assert!(crowd.enter(Holder::Address([192, 0, 2, 2].into()), 2).is_some());
        drop(held);
        assert!(crowd.enter(one(), 2).is_some());
        assert!(crowd.held.lock().unwrap().is_empty(), "who holds nothing is forgotten");
    }
}
