//! The link service as the backend finds it: for a while after some renewals it does not know whose a certificate is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sim_backend::person_link::{Linked, PersonLink};

use crate::clock::VirtualClock;

/// Until when nobody knows whose new certificate it is, by holder.
pub type Gaps = Arc<Mutex<BTreeMap<String, Timestamp>>>;

/// A link service with gaps.
pub struct GapLink {
    /// The service that knows.
    pub link: Arc<dyn PersonLink>,
    /// What it does not tell yet.
    pub gaps: Gaps,
    /// The story's clock.
    pub clock: VirtualClock,
}

impl PersonLink for GapLink {
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a> {
        Box::pin(async move {
            let found = self.link.person(serial_hex).await?;
            let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
            let until = |holder: &str| gaps.get(holder).copied();
            Ok(found.filter(|holder| {
                until(holder.as_str()).is_none_or(|until| until <= self.clock.now())
            }))
        })
    }
}
