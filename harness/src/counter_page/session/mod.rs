//! The visit that goes on at a counter: what its screen shows, what may be done next, and the way to do it.

mod acts;
pub(super) mod api;
mod camera;
mod links;
mod pace;
mod people;
mod requests;
mod told;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

pub use acts::Act;
pub use camera::{Capture, CounterCamera};
pub use links::PacedLink;
pub use pace::Pace;
pub use people::{Cast, LivePeople, Order};
pub use told::{EndTold, Guide, SessionTold};

use super::reception::Done;
use crate::model::PhoneKind;
use crate::world::Hand;

/// Orders that may wait; whoever presses faster is told that it is not the time.
const QUEUE: usize = 8;

/// How long an order waits for the next question. Longer than the terminal is waited for.
const SETTLING: Duration = Duration::from_secs(30);

/// How long a look at the session waits for news.
pub const LONG_POLL: Duration = Duration::from_secs(20);

/// What an act came to that could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// The session is at another point; what may be done stands in its `next`.
    NotNow,
    /// The reception has ended.
    Gone,
}

/// The session of one counter. Clones are the same session.
#[derive(Debug, Clone)]
pub struct Session(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    told: watch::Sender<SessionTold>,
    going: Mutex<Option<Going>>,
}

/// The way into a visit that goes on.
#[derive(Debug, Clone)]
struct Going {
    orders: mpsc::Sender<Order>,
    hand: Hand,
    pace: Pace,
}

/// What a visit that begins is run with.
#[derive(Debug)]
pub struct Begun {
    /// What the people do.
    pub orders: mpsc::Receiver<Order>,
    /// The hand that may take the card.
    pub hand: Hand,
    /// The pace it is made at.
    pub pace: Pace,
}

impl Session {
    /// A session in which nothing happens yet, at the reader of this institution; guided, it stops where a seam is to be
    /// explained.
    pub fn new(institution: String, guided: bool) -> Self {
        let (told, _) = watch::channel(SessionTold::idle(institution, guided));
        Self(Arc::new(Shared { told, going: Mutex::default() }))
    }

    /// What there is to tell now.
    pub fn told(&self) -> SessionTold {
        self.0.told.borrow().clone()
    }

    /// What there is to tell as soon as it is something else than the revision `seen`, or after [`LONG_POLL`] what there is.
    pub async fn after(&self, seen: i64) -> SessionTold {
        let mut watched = self.0.told.subscribe();
        let news = watched.wait_for(|told| i64::try_from(told.revision).unwrap_or(0) != seen);
        // Without news the same is told again.
        let _ = tokio::time::timeout(LONG_POLL, news).await;
        self.told()
    }

    /// Waits until somebody is asked, or the visit is over.
    pub async fn settled(&self) -> SessionTold {
        let mut watched = self.0.told.subscribe();
        let settled = watched.wait_for(SessionTold::waits);
        // A visit that hangs is told as it stands.
        let _ = tokio::time::timeout(SETTLING, settled).await;
        self.told()
    }

    /// Changes what is told; everybody who looks is told.
    pub(super) fn tell(&self, change: impl FnOnce(&mut SessionTold)) {
        self.0.told.send_modify(|told| {
            change(told);
            told.revision += 1;
        });
    }

    /// Moves to the reader of another institution, between two visits.
    ///
    /// # Errors
    /// [`NotDone::NotNow`] while a visit goes on.
    pub fn use_reader(&self, institution: String) -> Result<(), NotDone> {
        let going = self.0.going.lock().unwrap_or_else(PoisonError::into_inner);
        if going.is_some() {
            return Err(NotDone::NotNow);
        }
        self.tell(|told| *told = SessionTold::after(told, institution));
        Ok(())
    }

    /// Begins a visit: somebody places something, or holds a phone. The people and the hand of it, for whoever runs it.
    ///
    /// # Errors
    /// [`NotDone::NotNow`] while a visit goes on.
    pub fn begin(&self, card: &str, phone: Option<PhoneKind>) -> Result<Begun, NotDone> {
        let mut going = self.0.going.lock().unwrap_or_else(PoisonError::into_inner);
        if going.is_some() {
            return Err(NotDone::NotNow);
        }
        let (sender, orders) = mpsc::channel(QUEUE);
        let (hand, pace) = (Hand::default(), Pace::new(self.clone()));
        *going = Some(Going { orders: sender, hand: hand.clone(), pace: pace.clone() });
        self.tell(|told| {
            *told = SessionTold::after(told, told.institution.clone());
            told.begins(card, phone);
        });
        Ok(Begun { orders, hand, pace })
    }

    /// Ends the visit: nothing of it stays but how it ended and under which number it can be looked at.
    pub fn ended(&self, done: Option<Done>) {
        *self.0.going.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.tell(|told| told.ends(done));
    }

    /// Whether a visit goes on.
    pub fn goes_on(&self) -> bool {
        self.0.going.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Has patient or staff do something.
    ///
    /// # Errors
    /// [`NotDone`] when nobody waits for it.
    pub async fn order(&self, act: Act) -> Result<(), NotDone> {
        let going = self.0.going.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Going { orders, hand, pace } = going.ok_or(NotDone::NotNow)?;
        let takes = act == Act::TakeCard;
        if act == Act::Continue {
            let held = self.told().next.contains(&act.name());
            pace.go_on();
            return if held { Ok(()) } else { Err(NotDone::NotNow) };
        }
        if takes {
            hand.take();
            pace.go_on();
        }
        let (reply, taken) = oneshot::channel();
        if orders.try_send(Order { act, reply }).is_err() {
            return if takes { Ok(()) } else { Err(NotDone::NotNow) };
        }
        // A visit that ends meanwhile had no use for it any more.
        match taken.await {
            Ok(done) => done,
            Err(_) if takes => Ok(()),
            Err(_) => Err(NotDone::NotNow),
        }
    }
}
