//! Requests with their answers, out of the two directions of one HTTP connection.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::carry::{Ear, Ended, From};
use super::heard::{Call, Heard, Trouble};
use super::wire::{Message, Part, Piece, Wire};
use crate::clock::wall;
use crate::taps::http::Place;

/// Listens to one connection.
pub struct Conversation {
    place: Place,
    /// Common name of the certificate with which the asking side came.
    peer: Option<String>,
    heard: Heard,
    state: Mutex<State>,
}

struct State {
    requests: Wire,
    answers: Wire,
    /// Requests without an answer yet, and when their last byte passed.
    open: VecDeque<(Message, Timestamp)>,
    is_http: bool,
    /// Who ended first.
    first_to_end: Option<From>,
}

impl Conversation {
    /// Listens at the beginning of a connection.
    pub fn new(place: Place, peer: Option<String>, heard: Heard) -> Self {
        let state = State {
            requests: Wire::new(Part::Requests),
            answers: Wire::new(Part::Answers),
            open: VecDeque::new(),
            is_http: true,
            first_to_end: None,
        };
        Self { place, peer, heard, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn requested(&self, state: &mut State, message: Message) {
        self.heard.asked(self.place, &message);
        state.answers.expect_no_body(message.target().0 == "HEAD");
        state.open.push_back((message, wall()));
    }

    fn answered(&self, state: &mut State, answer: Message) {
        // An answer may come before the request has ended, as a refusal of what is too large does.
        let half = || (state.requests.half().cloned().unwrap_or_default(), wall());
        let (request, asked) = state.open.pop_front().unwrap_or_else(half);
        let waited = wall().duration_since(asked);
        let (place, peer) = (self.place, self.peer.clone());
        self.heard.answered(Call { place, peer, request, answer, waited, seq: 0 });
        let next_is_head = state.open.front().is_some_and(|(next, _)| next.target().0 == "HEAD");
        state.answers.expect_no_body(next_is_head);
    }

    fn pieces(&self, state: &mut State, from: From, pieces: Vec<Piece>) {
        for piece in pieces {
            match (piece, from) {
                (Piece::Whole(message), From::Asking) => self.requested(state, message),
                (Piece::Whole(message), From::Answering) => self.answered(state, message),
                (Piece::NoHttp, _) => {
                    state.is_http = false;
                    self.heard.trouble(Trouble::at(self.place, "what passes is no HTTP/1.1"));
                }
            }
        }
    }

    /// The connection is over: what is still open then is told, and never taken for an answer.
    pub fn over(&self, ended: Ended) {
        let state = self.state();
        if !state.is_http {
            return;
        }
        let who = match (ended, state.first_to_end) {
            (Ended::Broken(from), _) | (Ended::Well, Some(from)) => self.name(from),
            (Ended::Well, None) => "a side",
        };
        let what = match (state.answers.half(), state.open.len(), state.requests.half()) {
            (Some(_), _, _) => "an answer broke off in the middle",
            (None, 0, Some(_)) => "a request broke off in the middle",
            (None, 0, None) => return,
            (None, _, _) => "a request was left without an answer",
        };
        let told = format!("{what}; the {who} ended the connection first");
        drop(state);
        self.heard.trouble(Trouble::at(self.place, told));
    }

    /// The tap ends while something is under way.
    pub fn cut_short(&self) {
        let state = self.state();
        let is_open = state.requests.half().is_some() || !state.open.is_empty();
        drop(state);
        if is_open {
            let told = "an exchange was still under way when the tap ended";
            self.heard.trouble(Trouble::at(self.place, told));
        }
    }

    fn name(&self, from: From) -> &'static str {
        let (_, asking, answering) = self.place.parties();
        match from {
            From::Asking => asking,
            From::Answering => answering,
        }
    }
}

impl Ear for Conversation {
    fn hear(&self, from: From, bytes: &[u8]) {
        let mut state = self.state();
        let wire = match from {
            From::Asking => &mut state.requests,
            From::Answering => &mut state.answers,
        };
        let pieces = wire.hear(bytes);
        self.pieces(&mut state, from, pieces);
    }

    fn ended(&self, from: From) {
        let mut state = self.state();
        state.first_to_end.get_or_insert(from);
        if from == From::Answering
            && let Some(answer) = state.answers.end()
        {
            self.answered(&mut state, answer);
        }
    }
}
