//! Logins of the Web API (資格確認端末のログイン): tokens of one institution, void after half an hour in which nobody asked anything.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// How long a login lives without being used. Row OQS-OPS-05: about 30 minutes.
pub const IDLE_LIMIT: SignedDuration = SignedDuration::from_mins(30);
/// How many logins one account may have at once. Bench profile: that there may be several is public, how many is not.
pub const ACCOUNT_LIMIT: usize = 10;
/// How many logins there may be at all, so that nobody fills the memory.
const OPEN_LIMIT: usize = 4_096;

/// What a login hands out. Nobody but this backend can make any of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// `accessToken`.
    pub access: String,
    /// `refreshToken`: renews all three.
    pub refresh: String,
    /// `idToken`: asked for by each query.
    pub id: String,
}

/// The account has as many logins as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyLogins;

/// All logins. Volatile: a restart ends them.
#[derive(Debug)]
pub struct Sessions {
    rng: ChaCha20Rng,
    /// By `idToken`.
    open: BTreeMap<String, Session>,
}

#[derive(Debug)]
struct Session {
    institution: String,
    account: String,
    refresh: String,
    used: Timestamp,
}

impl Sessions {
    /// Nobody logged in. The same seed gives the same tokens in the same order.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { rng: ChaCha20Rng::from_seed(seed), open: BTreeMap::new() }
    }

    /// Logs an account of an institution in; `forced` ends its other logins.
    ///
    /// # Errors
    /// [`TooManyLogins`], never when forced.
    pub fn login(
        &mut self,
        institution: &str,
        account: &str,
        forced: bool,
        now: Timestamp,
    ) -> Result<Tokens, TooManyLogins> {
        self.end_idle(now);
        let own =
            |session: &Session| session.institution == institution && session.account == account;
        if forced {
            self.open.retain(|_, session| !own(session));
        }
        if self.open.values().filter(|session| own(session)).count() >= ACCOUNT_LIMIT {
            return Err(TooManyLogins);
        }
        Ok(self.begin(institution.to_owned(), account.to_owned(), now))
    }

    /// New tokens for those of a living login; the old ones are void.
    pub fn refresh(&mut self, refresh: &str, institution: &str, now: Timestamp) -> Option<Tokens> {
        self.end_idle(now);
        let found = self
            .open
            .iter()
            .find(|(_, session)| session.refresh == refresh && session.institution == institution);
        let id = found.map(|(id, _)| id.clone())?;
        let Session { institution, account, .. } = self.open.remove(&id)?;
        Some(self.begin(institution, account, now))
    }

    /// Whether the institution may ask with an `idToken`; asking keeps the login alive.
    pub fn admit(&mut self, id: &str, institution: &str, now: Timestamp) -> bool {
        self.end_idle(now);
        let session = self.open.get_mut(id).filter(|session| session.institution == institution);
        session.map(|session| session.used = now).is_some()
    }

    fn begin(&mut self, institution: String, account: String, now: Timestamp) -> Tokens {
        while self.open.len() >= OPEN_LIMIT {
            let longest = self.open.iter().min_by_key(|(_, session)| session.used);
            let Some(id) = longest.map(|(id, _)| id.clone()) else { break };
            self.open.remove(&id);
        }
        let tokens = Tokens { access: self.token(), refresh: self.token(), id: self.token() };
        let refresh = tokens.refresh.clone();
        let session = Session { institution, account, refresh, used: now };
        self.open.insert(tokens.id.clone(), session);
        tokens
    }

    fn token(&mut self) -> String {
        let mut octets = [0; 32];
        self.rng.fill_bytes(&mut octets);
        hex::encode(octets)
    }

    fn end_idle(&mut self, now: Timestamp) {
        self.open.retain(|_, session| now.duration_since(session.used) <= IDLE_LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "1319999999";
    const ELSEWHERE: &str = "1319999998";
    const ACCOUNT: &str = "R01319999999";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn start() -> Timestamp {
        at("2026-04-01T00:00:00Z")
    }

    #[test] // OQS-OPS-05
    fn a_login_lives_as_long_as_it_is_used() {
        let mut sessions = Sessions::new([1; 32]);
        let tokens = sessions.login(HERE, ACCOUNT, false, start()).unwrap();
        for (when, admitted) in [
            ("2026-04-01T00:30:00Z", true),
            ("2026-04-01T01:00:00Z", true),
            ("2026-04-01T01:30:01Z", false),
            ("2026-04-01T01:30:02Z", false),
        ] {
            assert_eq!(sessions.admit(&tokens.id, HERE, at(when)), admitted, "{when}");
        }
        assert_eq!(sessions.refresh(&tokens.refresh, HERE, at("2026-04-01T01:31:00Z")), None);
    }

    #[test]
    fn tokens_belong_to_one_institution_and_one_use() {
        let mut sessions = Sessions::new([1; 32]);
        let tokens = sessions.login(HERE, ACCOUNT, false, start()).unwrap();
        for (token, institution) in
            [(&tokens.id, ELSEWHERE), (&tokens.access, HERE), (&tokens.refresh, HERE)]
        {
            assert!(!sessions.admit(token, institution, start()), "{token}");
        }
        assert_eq!(sessions.refresh(&tokens.refresh, ELSEWHERE, start()), None);
        assert!(sessions.admit(&tokens.id, HERE, start()), "strangers end nothing");
    }

    #[test]
    fn a_refresh_makes_all_tokens_new() {
        let mut sessions = Sessions::new([1; 32]);
        let old = sessions.login(HERE, ACCOUNT, false, start()).unwrap();
        let new = sessions.refresh(&old.refresh, HERE, start()).unwrap();
        assert!(!sessions.admit(&old.id, HERE, start()));
        assert!(sessions.admit(&new.id, HERE, start()));
        assert_eq!(sessions.refresh(&old.refresh, HERE, start()), None);
    }

    #[test]
    fn an_account_may_be_logged_in_several_times_until_it_forces() {
        let mut sessions = Sessions::new([1; 32]);
        let logins: Vec<_> = (0..ACCOUNT_LIMIT)
            .map(|_| sessions.login(HERE, ACCOUNT, false, start()).unwrap())
            .collect();
        assert_eq!(sessions.login(HERE, ACCOUNT, false, start()), Err(TooManyLogins));
        let other = sessions.login(HERE, "R09", false, start()).unwrap();
        let forced = sessions.login(HERE, ACCOUNT, true, start()).unwrap();
        assert!(logins.iter().all(|tokens| !sessions.admit(&tokens.id, HERE, start())));
        assert!(sessions.admit(&forced.id, HERE, start()));
        assert!(sessions.admit(&other.id, HERE, start()));
    }

    #[test]
    fn logins_cannot_fill_the_memory() {
        let mut sessions = Sessions::new([1; 32]);
        for n in 0..OPEN_LIMIT + 3 {
            sessions.login(HERE, &format!("R0{n}"), false, start()).unwrap();
        }
        assert_eq!(sessions.open.len(), OPEN_LIMIT);
    }
}
