//! Challenges and tickets: handed out once, taken back once, by whichever process the institution reaches.
//!
//! A backend that is alone with its store keeps them in memory, where a restart voids them. Of several behind one store each
//! keeps them in there.

use std::{
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    messages::InstitutionCode,
    service::pending::Pending,
    store::{HandedOut, Store, StoreError},
};

/// One kind of things handed out.
pub(crate) struct Handing<T> {
    kind: &'static str,
    life: SignedDuration,
    pending: Mutex<Pending<String>>,
    /// Where they are when other processes may be asked for them.
    shared: Option<Arc<dyn Store>>,
    content: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> Handing<T> {
    /// Nothing handed out yet. Two processes behind one store have different seeds.
    pub fn new(
        kind: &'static str,
        seed: [u8; 32],
        life: SignedDuration,
        store: &Arc<dyn Store>,
    ) -> Self {
        let shared = store.is_shared().then(|| Arc::clone(store));
        let pending = Mutex::new(Pending::new(seed, life));
        Self { kind, life, pending, shared, content: PhantomData }
    }

    /// Hands out `make(32 random bytes)`; the identifier.
    pub async fn issue(
        &self,
        institution: &InstitutionCode,
        now: Timestamp,
        make: impl FnOnce([u8; 32]) -> T,
    ) -> Result<String, StoreError> {
        let Some(store) = &self.shared else {
            let mut written = Ok(());
            let identifier = self.pending().issue(institution.as_str(), now, |random| {
                let text = text(&make(random));
                text.unwrap_or_else(|error| {
                    written = Err(error);
                    String::new()
                })
            });
            return written.map(|()| identifier);
        };
        let (identifier, random) = self.pending().draw();
        let handed = HandedOut {
            kind: self.kind,
            identifier: identifier.clone(),
            institution: institution.clone(),
            until: now.checked_add(self.life).unwrap_or(Timestamp::MAX),
            content: text(&make(random))?,
        };
        store.hand_out(&handed, now).await?;
        Ok(identifier)
    }

    /// Takes back what was handed out, for good. `None` when it is unknown, used, late, or another institution's; in the last
    /// case it stays usable for its owner.
    pub async fn take(
        &self,
        identifier: &str,
        institution: &InstitutionCode,
        now: Timestamp,
    ) -> Result<Option<T>, StoreError> {
        let content = match &self.shared {
            None => self.pending().take(identifier, institution.as_str(), now),
            Some(store) => {
                let taken = store.take_back(self.kind, identifier, institution).await?;
                taken.filter(|taken| now <= taken.until).map(|taken| taken.content)
            }
        };
        content.map(|content| read(&content)).transpose()
    }

    fn pending(&self) -> MutexGuard<'_, Pending<String>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(content: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(content).map_err(unreadable)
}

fn read<T: DeserializeOwned>(content: &str) -> Result<T, StoreError> {
    serde_json::from_str(content).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "a ticket or challenge", detail: error.to_string() }
}
