//! The desk of the person who operates a product: the one question that is asked at a time, wherever it is answered.
//!
//! A terminal and a page look at the same desk; whichever answers first is heard.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use reports::model::Text2;
use serde::{Serialize, Serializer};
use sim_reader::institution::protocol::Reset;
use tokio::sync::watch;

use super::prompt::{Answer, Prompt, Wrong};
use crate::error::BenchError;
use crate::runner::Stop;
use crate::sut::relay::Relay;

/// How often a pending question looks whether the run was stopped by Ctrl-C.
const LOOK: Duration = Duration::from_millis(100);

/// What is on the desk. Clones are the same; every `madoguchi.yaml` that is read has one.
#[derive(Debug, Clone, Default)]
pub struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    view: watch::Sender<View>,
    stop: Mutex<Option<Stop>>,
    /// Where the page is, once whatever asks the person was started.
    opened: OnceLock<Option<String>>,
    /// What there is one of, by its name, and whether somebody has it.
    claimed: Mutex<BTreeMap<String, Weak<()>>>,
    /// How the product was set up last.
    set_up: Mutex<Option<Reset>>,
    /// The fixed address of the backend, once a product needs one.
    relay: Mutex<Option<Relay>>,
    /// The last answer that was handed to the receipt computer.
    brought: Mutex<Option<Vec<u8>>>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            view: watch::channel(View::default()).0,
            stop: Mutex::default(),
            opened: OnceLock::new(),
            claimed: Mutex::default(),
            set_up: Mutex::default(),
            relay: Mutex::default(),
            brought: Mutex::default(),
        }
    }
}

/// What whoever looks at the desk sees.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct View {
    /// Counts questions.
    pub number: u64,
    /// Where in the run it is asked.
    pub place: Place,
    /// What is asked now.
    #[serde(serialize_with = "shared")]
    pub prompt: Option<Arc<Prompt>>,
    /// Why nothing is asked any more.
    pub ended: Option<Ended>,
    #[serde(skip)]
    answer: Option<Answer>,
}

fn shared<S: Serializer>(prompt: &Option<Arc<Prompt>>, to: S) -> Result<S::Ok, S::Error> {
    prompt.as_deref().serialize(to)
}

/// Where in a run a question is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Which scenario it is, from 1 on; 0 before the first, when it is found out whether the product can be judged.
    pub nth: usize,
    /// How many there are.
    pub of: usize,
    /// The scenario's id.
    pub id: String,
    /// Its title.
    pub title: Text2,
    /// The Gherkin step that is carried out.
    pub step: String,
}

/// Why a person is not asked any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The person said so.
    ByPerson,
    /// The input of the terminal came to its end, and there is no page.
    InputEnded,
    /// By Ctrl-C.
    Interrupted,
    /// All was asked.
    Finished,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unheard {
    /// Nobody answered in time.
    Silent,
    /// Nobody is asked any more.
    Ended(Ended),
}

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// This is not asked any more.
    Late,
    /// It is no answer to what is asked.
    Wrong(Wrong),
}

/// Two desks are no difference between two configurations.
impl PartialEq for Desk {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Desk {
    /// Asks, and waits for the answer, at most for `patience`.
    ///
    /// # Errors
    /// When nobody answers any more, or the person ends the run.
    pub async fn ask(&self, prompt: Prompt, patience: Option<Duration>) -> Result<Answer, Unheard> {
        self.put(prompt);
        let answered = self.answered();
        let heard = match patience {
            Some(patience) => tokio::time::timeout(patience, answered).await,
            None => Ok(answered.await),
        };
        self.0.view.send_modify(|view| view.prompt = None);
        heard.unwrap_or(Err(Unheard::Silent))
    }

    fn put(&self, prompt: Prompt) {
        self.0.view.send_modify(|view| {
            view.number += 1;
            (view.answer, view.prompt) = (None, Some(Arc::new(prompt)));
        });
    }

    async fn answered(&self) -> Result<Answer, Unheard> {
        let mut view = self.watch();
        loop {
            let settled = view.wait_for(|view| view.answer.is_some() || view.ended.is_some());
            let settled = tokio::time::timeout(LOOK, settled).await;
            if let Ok(Ok(view)) = settled {
                let ended = view.ended.unwrap_or(Ended::Finished);
                return view.answer.clone().ok_or(Unheard::Ended(ended));
            }
            if self.is_stopped() {
                self.end(Ended::Interrupted);
            }
        }
    }

    /// Takes an answer to the question of this number.
    ///
    /// # Errors
    /// [`NotTaken`]: the question stands as it stood.
    pub fn answer(&self, number: u64, answer: Answer) -> Result<(), NotTaken> {
        let mut taken = Err(NotTaken::Late);
        self.0.view.send_if_modified(|view| {
            let asked = view.prompt.clone().filter(|_| view.number == number);
            let Some(prompt) = asked else { return false };
            taken = prompt.chosen(&answer).map(drop).map_err(NotTaken::Wrong);
            if taken.is_ok() {
                (view.answer, view.prompt) = (Some(answer), None);
            }
            taken.is_ok()
        });
        taken
    }

    /// What is to be seen, now and from now on.
    pub fn watch(&self) -> watch::Receiver<View> {
        self.0.view.subscribe()
    }

    /// The next scenario begins.
    pub fn scenario(&self, place: Place) {
        self.0.view.send_modify(|view| view.place = place);
    }

    /// How many scenarios have begun.
    pub fn begun(&self) -> usize {
        self.0.view.borrow().place.nth
    }

    /// The scenario's next step begins.
    pub fn step(&self, step: String) {
        self.0.view.send_modify(|view| view.place.step = step);
    }

    /// Nobody is asked any more, and no further scenario is begun. The first reason stays.
    pub fn end(&self, why: Ended) {
        self.0.view.send_modify(|view| {
            view.ended.get_or_insert(why);
            view.prompt = None;
        });
        if why != Ended::Finished
            && let Some(stop) = self.stop()
        {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Why nobody is asked any more.
    pub fn ended(&self) -> Option<Ended> {
        self.0.view.borrow().ended
    }

    /// Ties the desk to the run: who ends here ends the run, and a run that is stopped asks no more.
    pub fn belongs_to(&self, stop: Stop) {
        *self.0.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
    }

    /// Takes what there is one of; `None` while somebody else has it. Whoever drops it gives it back.
    pub fn claim(&self, what: &str) -> Option<Arc<()>> {
        let mut claimed = self.0.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_taken = claimed.get(what).is_some_and(|held| held.strong_count() > 0);
        if is_taken {
            return None;
        }
        let held = Arc::new(());
        claimed.insert(what.to_owned(), Arc::downgrade(&held));
        Some(held)
    }

    /// The fixed address of the backend, listened at from the first time on.
    ///
    /// # Errors
    /// [`BenchError::Address`].
    pub fn relay(&self, address: SocketAddr) -> Result<Relay, BenchError> {
        let mut relay = self.0.relay.lock().unwrap_or_else(PoisonError::into_inner);
        let known = relay.take().map_or_else(|| Relay::listen(address), Ok)?;
        Ok(relay.insert(known).clone())
    }

    /// An answer was handed to the receipt computer, whose screen it should now be on.
    pub fn brought(&self, answer: Vec<u8>) {
        *self.0.brought.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    /// That answer, once.
    pub(super) fn take_brought(&self) -> Option<Vec<u8>> {
        self.0.brought.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether the product was set up alike the last time, which spares the person to type it all again.
    pub(super) fn is_as_before(&self, reset: &Reset) -> bool {
        let mut last = self.0.set_up.lock().unwrap_or_else(PoisonError::into_inner);
        last.replace(reset.clone()).as_ref() == Some(reset)
    }

    fn stop(&self) -> Option<Stop> {
        self.0.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_stopped(&self) -> bool {
        self.stop().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// The cell that says where the page is, once whatever asks the person was started.
    pub(super) fn opened(&self) -> &OnceLock<Option<String>> {
        &self.0.opened
    }
}

#[cfg(test)]
mod tests {
    use super::super::prompt::{Choice, words};
    use super::*;

    fn prompt() -> Prompt {
        Prompt::new(
            words("か", "?"),
            vec![],
            vec![Choice::done("yes", "はい", "yes"), Choice::refused()],
        )
    }

    fn answer(choice: &str) -> Answer {
        Answer { choice: choice.to_owned(), ..Answer::default() }
    }

    #[tokio::test]
    async fn only_an_answer_to_what_is_asked_is_taken() {
        let desk = Desk::default();
        let asking = desk.clone();
        let asked = tokio::spawn(async move { asking.ask(prompt(), None).await });
        let mut view = desk.watch();
        let number = view.wait_for(|view| view.prompt.is_some()).await.unwrap().number;
        assert_eq!(desk.answer(number + 1, answer("yes")), Err(NotTaken::Late));
        let Err(NotTaken::Wrong(wrong)) = desk.answer(number, answer("no")) else { panic!() };
        assert_eq!(wrong.field, None);
        let Err(NotTaken::Wrong(wrong)) = desk.answer(number, answer("refused")) else { panic!() };
        assert_eq!(wrong.field, Some("error_code"));
        assert_eq!(desk.answer(number, answer("yes")), Ok(()));
        assert_eq!(desk.answer(number, answer("yes")), Err(NotTaken::Late));
        assert_eq!(asked.await.unwrap(), Ok(answer("yes")));
    }

    #[tokio::test]
    async fn nobody_waits_after_the_end_and_silence_is_no_answer() {
        let desk = Desk::default();
        let patience = Some(Duration::from_millis(5));
        assert_eq!(desk.ask(prompt(), patience).await, Err(Unheard::Silent));
        let stop = Stop::default();
        desk.belongs_to(stop.clone());
        stop.store(true, Ordering::Relaxed);
        let ended = Err(Unheard::Ended(Ended::Interrupted));
        assert_eq!(desk.ask(prompt(), None).await, ended);
        desk.end(Ended::ByPerson);
        assert_eq!(desk.ended(), Some(Ended::Interrupted), "the first reason stays");
    }

    #[tokio::test]
    async fn who_ends_here_ends_the_run() {
        let (desk, stop) = (Desk::default(), Stop::default());
        desk.belongs_to(stop.clone());
        desk.end(Ended::ByPerson);
        assert!(stop.load(Ordering::Relaxed));
    }
}
