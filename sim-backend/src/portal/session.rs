//! Sessions of the portal: a token for a proven card, short-lived, one a person.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use crate::service::records::PersonCode;

/// How long a log-in lasts. It is not prolonged by use: to stay longer the card is asked again. Bench profile.
pub(super) const SESSION_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// Who is logged in, by which certificate, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub person: PersonCode,
    pub serial: String,
    pub until: Timestamp,
}

/// The open sessions. Volatile, so a restart ends all of them. Of a token only its digest is kept.
#[derive(Debug)]
pub(super) struct Sessions {
    rng: ChaCha20Rng,
    open: BTreeMap<[u8; 32], Session>,
}

impl Sessions {
    /// Nobody is logged in yet.
    pub fn new(seed: [u8; 32]) -> Self {
        Self { rng: ChaCha20Rng::from_seed(seed), open: BTreeMap::new() }
    }

    /// Logs a card in and gives its token. An earlier session of the same person ends. The token depends on the card and
    /// the instant too, so that one of an earlier run with the same seed opens nothing that is somebody else's.
    pub fn open(
        &mut self,
        person: PersonCode,
        serial: String,
        now: Timestamp,
    ) -> (String, Session) {
        self.open.retain(|_, session| now <= session.until && session.person != person);
        let mut random = [0; 32];
        self.rng.fill_bytes(&mut random);
        let drawn = Sha256::new().chain_update(random).chain_update(&serial);
        let token = hex::encode(drawn.chain_update(now.as_nanosecond().to_be_bytes()).finalize());
        let until = now.checked_add(SESSION_LIFE).unwrap_or(Timestamp::MAX);
        let session = Session { person, serial, until };
        self.open.insert(digest(&token), session.clone());
        (token, session)
    }

    /// The session of a token that is still open.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<Session> {
        self.open.get(&digest(token)).filter(|session| now <= session.until).cloned()
    }

    /// Ends a session.
    pub fn close(&mut self, token: &str) {
        self.open.remove(&digest(token));
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "2026-04-01T03:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person(code: &str) -> PersonCode {
        PersonCode::new(code).unwrap()
    }

    #[test]
    fn a_session_lasts_fifteen_minutes_whether_used_or_not() {
        let mut sessions = Sessions::new([7; 32]);
        let (token, _) = sessions.open(person("P-1"), "01".into(), at(NOON));
        assert!(sessions.find(&token, at("2026-04-01T03:14:59Z")).is_some());
        assert!(sessions.find(&token, at("2026-04-01T03:15:00Z")).is_some());
        assert!(sessions.find(&token, at("2026-04-01T03:15:01Z")).is_none());
    }

    #[test]
    fn a_person_has_one_session_and_ends_no_other() {
        let mut sessions = Sessions::new([7; 32]);
        let (first, _) = sessions.open(person("P-1"), "01".into(), at(NOON));
        let (other, _) = sessions.open(person("P-2"), "02".into(), at(NOON));
        let (second, _) = sessions.open(person("P-1"), "01".into(), at(NOON));
        assert!(sessions.find(&first, at(NOON)).is_none());
        assert_eq!(sessions.find(&second, at(NOON)).unwrap().person, person("P-1"));
        sessions.close(&second);
        assert!(sessions.find(&second, at(NOON)).is_none());
        assert_eq!(sessions.find(&other, at(NOON)).unwrap().person, person("P-2"));
    }

    #[test]
    fn a_token_of_an_earlier_run_with_the_same_seed_is_nobody_elses() {
        let token =
            |serial: &str, now| Sessions::new([7; 32]).open(person("P"), serial.into(), at(now)).0;
        assert_eq!(token("01", NOON), token("01", NOON));
        assert_ne!(token("01", NOON), token("02", NOON));
        assert_ne!(token("01", NOON), token("01", "2026-04-01T03:00:01Z"));
    }

    #[test]
    fn only_the_digest_of_a_token_is_kept() {
        let mut sessions = Sessions::new([7; 32]);
        let (token, _) = sessions.open(person("P-1"), "01".into(), at(NOON));
        assert!(!format!("{sessions:?}").contains(&token));
    }
}
