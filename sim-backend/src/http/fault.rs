//! Why a message is not answered normally.

use crate::{messages::SimError, store::StoreError};

/// A refusal goes out as an answer message; a failure of our own as an HTTP error, for it says nothing about the
/// patient.
#[derive(Debug)]
pub(crate) enum Fault {
    /// For the institution.
    Refused(SimError),
    /// For the log.
    Store(StoreError),
}

impl From<SimError> for Fault {
    fn from(refusal: SimError) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
