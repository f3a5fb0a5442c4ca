//! Which readers the terminal knows, and what it remembers of their runs.
//!
//! One reader belongs to exactly one face account, and a second reader on it is refused (OQS-OPS-04, tier 2).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::reader_link::CertificateState;

/// Names the device that uses a face account. Bench profile; a reader that sends none is not told apart.
pub const INSTANCE_HEADER: &str = "x-reader-instance";

/// Tickets remembered at a time; a run that was broken off is forgotten in the end.
const TICKETS: usize = 256;

/// Why a reader is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The terminal has no such face account.
    #[error("account-unknown")]
    Unknown,
    /// Another device holds the account.
    #[error("account-in-use")]
    InUse,
}

/// Accounts with the device that holds them, and the open tickets.
pub(super) struct Readers(Mutex<State>);

struct State {
    accounts: BTreeMap<String, Option<String>>,
    tickets: VecDeque<(String, CertificateState)>,
}

impl Readers {
    /// # Errors
    /// The account that is listed twice.
    pub fn new(accounts: Vec<String>) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        for account in accounts {
            if known.insert(account.clone(), None).is_some() {
                return Err(account);
            }
        }
        Ok(Self(Mutex::new(State { accounts: known, tickets: VecDeque::new() })))
    }

    /// Lets the first device keep the account.
    pub fn admit(&self, account: &str, instance: Option<&str>) -> Result<(), AccountRefusal> {
        let mut state = self.state();
        let holder = state.accounts.get_mut(account).ok_or(AccountRefusal::Unknown)?;
        match (holder.as_deref(), instance) {
            (Some(holder), Some(instance)) if holder != instance => {
                return Err(AccountRefusal::InUse);
            }
            (None, Some(instance)) => *holder = Some(instance.to_owned()),
            (_, _) => {}
        }
        Ok(())
    }

    pub fn release(&self, account: &str) {
        if let Some(holder) = self.state().accounts.get_mut(account) {
            *holder = None;
        }
    }

    pub fn remember(&self, ticket: &str, certificate: CertificateState) {
        let mut state = self.state();
        state.tickets.push_back((ticket.to_owned(), certificate));
        while state.tickets.len() > TICKETS {
            state.tickets.pop_front();
        }
    }

    /// What was told of the certificate when the ticket was given; once.
    pub fn recall(&self, ticket: &str) -> Option<CertificateState> {
        let mut state = self.state();
        let place = state.tickets.iter().position(|(known, _)| known == ticket)?;
        state.tickets.remove(place).map(|(_, certificate)| certificate)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_one_account() {
        let readers = Readers::new(vec!["F0001".into()]).unwrap();
        assert_eq!(readers.admit("F0002", None), Err(AccountRefusal::Unknown));
        assert_eq!(readers.admit("F0001", Some("a")), Ok(()));
        assert_eq!(readers.admit("F0001", Some("b")), Err(AccountRefusal::InUse));
        assert_eq!(readers.admit("F0001", Some("a")), Ok(()));
        readers.release("F0001");
        assert_eq!(readers.admit("F0001", Some("b")), Ok(()));
    }

    #[test]
    fn an_account_listed_twice_is_a_fault_of_the_setup() {
        assert_eq!(Readers::new(vec!["F1".into(), "F1".into()]).err(), Some("F1".to_owned()));
    }

    #[test]
    fn a_ticket_is_recalled_once_and_memory_is_bounded() {
        let readers = Readers::new(Vec::new()).unwrap();
        (0..300).for_each(|n| readers.remember(&n.to_string(), CertificateState::Grace));
        assert_eq!(readers.recall("0"), None);
        assert_eq!(readers.recall("299"), Some(CertificateState::Grace));
        assert_eq!(readers.recall("299"), None);
    }
}
