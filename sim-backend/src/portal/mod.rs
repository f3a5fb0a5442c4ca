//! The patient's side (マイナポータル role): own data by the own card, over HTTP. Bench profile.
//!
//! Who proves to hold a card sees what is known of its holder, and of nobody else: no route takes the name of a person.

mod answers;
mod costs_file;
mod login;
mod refusal;
mod routes;
mod session;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use routes::router;

use crate::{
    backend::Desk,
    service::pending::{CHALLENGE_LIFE, Pending},
};
use session::Sessions;

/// What the portal's handlers work with. Its challenges are its own: nobody who only asks here takes one away from an
/// institution, and a challenge of an institution opens nothing here.
pub(crate) struct PortalDesk {
    desk: Arc<Desk>,
    challenges: Mutex<Pending<[u8; 32]>>,
    sessions: Mutex<Sessions>,
}

impl PortalDesk {
    /// A portal in front of this desk, with a seed for challenges and one for sessions.
    pub fn new(desk: Arc<Desk>, [challenges, sessions]: [[u8; 32]; 2]) -> Self {
        Self {
            desk,
            challenges: Mutex::new(Pending::new(challenges, CHALLENGE_LIFE)),
            sessions: Mutex::new(Sessions::new(sessions)),
        }
    }

    fn challenges(&self) -> MutexGuard<'_, Pending<[u8; 32]>> {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
