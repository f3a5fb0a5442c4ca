//! When the terminal asks for anybody: while it is logged in (OQS-OPS-05), and not in a planned stop (OQS-OPS-06).

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use super::messages::jst;

/// A planned stop of the service, each day at the same time of day in Japan. Over midnight when it ends before it begins.
///
/// Bench profile: real stops are announced by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStop {
    from: Time,
    until: Time,
}

/// Text that is no planned stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no planned stop; write it as HH:MM-HH:MM, for example 22:00-06:00")]
pub struct NoPlannedStop(String);

impl PlannedStop {
    /// From a time of day until before another.
    pub fn new(from: Time, until: Time) -> Self {
        Self { from, until }
    }

    /// Whether the service is stopped then.
    pub fn covers(self, now: Timestamp) -> bool {
        let time = jst(now).time();
        if self.from <= self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }
}

impl FromStr for PlannedStop {
    type Err = NoPlannedStop;

    fn from_str(text: &str) -> Result<Self, NoPlannedStop> {
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        let stop = text.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
        let (from, until) = stop.ok_or_else(|| NoPlannedStop(text.to_owned()))?;
        Ok(Self { from, until })
    }
}

/// The log-in of a terminal. It ends after idle time and does not come back by itself.
#[derive(Debug)]
pub(super) struct LogIn {
    idle: Option<SignedDuration>,
    /// The last thing that was done; nothing when the log-in has ended.
    last: Mutex<Option<Timestamp>>,
}

impl LogIn {
    /// A terminal that somebody has just logged in.
    pub fn new(idle: Option<SignedDuration>, now: Timestamp) -> Self {
        Self { idle, last: Mutex::new(Some(now)) }
    }

    /// Somebody logs in.
    pub fn renew(&self, now: Timestamp) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether something may be done now; if so, that counts as being used.
    pub fn allows(&self, now: Timestamp) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over =
            |last: Timestamp| self.idle.is_some_and(|idle| now.duration_since(last) >= idle);
        *last = last.filter(|last| !is_over(*last)).map(|_| now);
        last.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-04-01T{time}:00+09:00").parse().unwrap()
    }

    #[test]
    fn a_planned_stop_by_the_clock_in_japan() {
        for (stop, time, expected) in [
            ("01:00-05:00", "00:59", false),
            ("01:00-05:00", "01:00", true),
            ("01:00-05:00", "04:59", true),
            ("01:00-05:00", "05:00", false),
            ("22:00-06:00", "23:30", true),
            ("22:00-06:00", "05:59", true),
            ("22:00-06:00", "06:00", false),
            ("22:00-06:00", "12:00", false),
        ] {
            let parsed: PlannedStop = stop.parse().unwrap();
            assert_eq!(parsed.covers(at(time)), expected, "{stop} at {time}");
        }
        for text in ["", "22:00", "25:00-26:00", "22-06"] {
            assert!(text.parse::<PlannedStop>().is_err(), "{text}");
        }
    }

    #[test] // OQS-OPS-05
    fn a_log_in_ends_by_idle_time_and_stays_ended() {
        let log_in = LogIn::new(Some(SignedDuration::from_mins(30)), at("09:00"));
        assert!(log_in.allows(at("09:29")));
        assert!(log_in.allows(at("09:58")));
        assert!(!log_in.allows(at("10:28")));
        assert!(!log_in.allows(at("10:29")));
        log_in.renew(at("10:30"));
        assert!(log_in.allows(at("10:31")));
    }

    #[test]
    fn without_an_idle_time_it_never_ends() {
        assert!(LogIn::new(None, at("00:00")).allows(at("23:59")));
    }
}
