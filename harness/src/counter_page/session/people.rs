//! The people of a session: they answer when somebody acts through the interface.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use sim_reader::session::{
    Patience, People, Question, Reply, ReplyFuture, Screen, State, VisitReport,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::pace::step_of;
use super::{Act, CounterCamera, NotDone, Session};
use crate::counter_page::retold::Attempts;
use crate::taps::Taps;

/// An act on its way to whoever waits for one.
#[derive(Debug)]
pub struct Order {
    /// What is done.
    pub act: Act,
    /// Whether that was possible.
    pub reply: oneshot::Sender<Result<(), NotDone>>,
}

/// Patient and staff of one visit.
pub struct LivePeople {
    session: Session,
    orders: mpsc::Receiver<Order>,
    camera: CounterCamera,
    faces: BTreeMap<String, u64>,
    holder: Option<String>,
    patience: Option<Patience>,
    taps: Taps,
    /// What they did, for the oracle to be told.
    pub attempts: Attempts,
}

/// What a visit's people need to know.
#[derive(Debug)]
pub struct Cast {
    /// Everybody's face.
    pub faces: BTreeMap<String, u64>,
    /// Whose card it is.
    pub holder: Option<String>,
    /// How long a question is open; `None` for as long as it takes.
    pub patience: Option<Patience>,
    /// Where the evidence stands.
    pub taps: Taps,
}

impl LivePeople {
    /// People who act by `orders`, before `camera`.
    pub fn new(
        session: Session,
        orders: mpsc::Receiver<Order>,
        camera: CounterCamera,
        cast: Cast,
    ) -> Self {
        let Cast { faces, holder, patience, taps } = cast;
        let attempts = Attempts::default();
        Self { session, orders, camera, faces, holder, patience, taps, attempts }
    }

    /// The first act that fits the question; what does not is refused.
    async fn act(&mut self) -> Option<Act> {
        while let Some(Order { act, reply }) = self.orders.recv().await {
            let fits = self.session.told().next.contains(&act.name());
            if fits {
                // Told before the answer, so that who ordered it sees the reader at work.
                self.session.tell(super::SessionTold::works);
            }
            // Whoever no longer waits for the reply misses it.
            let _ = reply.send(if fits { Ok(()) } else { Err(NotDone::NotNow) });
            if fits {
                return Some(act);
            }
        }
        None
    }

    async fn answered(&mut self, question: &Question) -> Reply {
        let patience =
            self.patience.and_then(|patience| Duration::try_from(patience.of(question)).ok());
        let limit = patience.map(|patience| Instant::now() + patience);
        let act = match limit {
            Some(limit) => tokio::time::timeout_at(limit, self.act()).await.ok().flatten(),
            None => self.act().await,
        };
        match act {
            Some(Act::Answer(reply)) => reply,
            Some(Act::Look { capture, person }) => {
                let person = person.or_else(|| self.holder.clone()).unwrap_or_default();
                let face = self.faces.get(&person).copied().unwrap_or_default();
                self.camera.point(capture, face);
                self.attempts.looked(person, capture);
                Reply::Done
            }
            Some(Act::TakeCard) => Reply::CardTaken,
            Some(Act::Continue) | None => Reply::Silent,
        }
    }
}

impl People for LivePeople {
    fn shown(&mut self, screen: Screen) {
        self.attempts.shown(screen);
        self.session.tell(|told| told.shows(screen));
    }

    fn entered(&mut self, state: State) {
        let seq = self.taps.last_seq().unwrap_or_default();
        self.session.tell(|told| {
            told.state = state;
            if let (Some(guide), Some(step)) = (told.guide.as_mut(), step_of(state)) {
                guide.reached(step, seq);
            }
        });
    }

    fn settled(&mut self, report: &VisitReport) {
        self.session.tell(|told| told.settles(report));
    }

    fn answer(&mut self, question: Question, _until: Timestamp) -> ReplyFuture<'_> {
        self.session.tell(|told| told.asks(question.clone()));
        Box::pin(async move {
            let reply = self.answered(&question).await;
            self.session.tell(super::SessionTold::works);
            self.attempts.answered(&question, &reply);
            reply
        })
    }
}
