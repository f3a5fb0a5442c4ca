//! The two clocks: the virtual one that governs cards, certificates and eligibility, and the wall clock.
//!
//! Nothing else in this crate asks the wall clock; what it says stands in reports in an object of its own.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Where an actor gets its present instant from.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Japan Standard Time. The country has one zone and no summer time.
pub const JST: Offset = jiff::tz::offset(9);

/// A clock that stands still until it is moved, and never runs backwards.
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<Mutex<Timestamp>>);

impl VirtualClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock to `to`; an earlier instant leaves it as it is.
    pub fn advance(&self, to: Timestamp) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = to.max(*now);
    }

    /// The clock as actors take it.
    pub fn handle(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// The instant at which a Japanese wall clock shows `civil`.
///
/// # Errors
/// When the instant lies outside the range that can be represented.
pub fn at_jst(civil: DateTime) -> Result<Timestamp, jiff::Error> {
    JST.to_timestamp(civil)
}

/// The Japanese calendar day of an instant.
pub fn jst_day(at: Timestamp) -> Date {
    JST.to_datetime(at).date()
}

/// RFC 3339 with the Japanese offset, whole seconds.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(JST)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The wall clock, for simulators that run by themselves.
#[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is asked")]
pub fn wall() -> Timestamp {
    Timestamp::now()
}

/// The wall clock in whole seconds, for worlds that go by it.
pub fn wall_second() -> Timestamp {
    Timestamp::from_second(wall().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_japanese_day_begins_at_fifteen_hours_utc() {
        let midnight = at_jst(date(2026, 4, 11).at(0, 0, 0, 0)).unwrap();
        assert_eq!(midnight.to_string(), "2026-04-10T15:00:00Z");
        assert_eq!(jst_day(midnight), date(2026, 4, 11));
        assert_eq!(rfc3339(midnight), "2026-04-11T00:00:00+09:00");
    }

    #[test]
    fn the_clock_never_runs_backwards() {
        let noon = at_jst(date(2026, 4, 1).at(12, 0, 0, 0)).unwrap();
        let clock = VirtualClock::new(noon);
        clock.advance(noon - jiff::SignedDuration::from_secs(1));
        assert_eq!(clock.now(), noon);
    }
}
