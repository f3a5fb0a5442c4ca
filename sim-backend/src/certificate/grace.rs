//! Where a certificate stands in time: valid, expiring, in grace, expired.
//!
//! Source: OQS-CERT-12, -13 and -15. Days are Japanese calendar days.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::messages::japanese_day;

/// State of an accepted certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateState {
    /// More than three months left.
    Valid,
    /// Three months or less left: the answer is normal, with a notice.
    ExpiresSoon,
    /// Expired, but still good for the qualification; not for medical information.
    Grace,
}

/// How long the time of grace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum GraceRule {
    /// To the end of the third month after the month of expiry.
    #[default]
    EndOfMonth,
    /// To the day three months after the day of expiry.
    ThreeMonthsExactly,
}

/// Where a certificate stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time has not come.
    NotYetValid,
    /// It can be used.
    Usable(CertificateState),
    /// Expired, and the grace is over.
    Expired,
}

const MONTHS: i32 = 3;

impl GraceRule {
    /// The last day of grace, belonging to it.
    pub fn last_day(self, expiry: Date) -> Date {
        let later = |day: Date| day.saturating_add(MONTHS.months());
        match self {
            Self::EndOfMonth => later(expiry.first_of_month()).last_of_month(),
            Self::ThreeMonthsExactly => later(expiry),
        }
    }

    /// Where a certificate with a validity period (both ends belong to it, whole seconds) stands.
    pub fn standing(self, not_before: Timestamp, not_after: Timestamp, now: Timestamp) -> Standing {
        let (today, expiry) = (japanese_day(now), japanese_day(not_after));
        let soon = expiry.saturating_sub(MONTHS.months());
        if now < not_before {
            Standing::NotYetValid
        } else if now.as_second() > not_after.as_second() {
            match today <= self.last_day(expiry) {
                true => Standing::Usable(CertificateState::Grace),
                false => Standing::Expired,
            }
        } else if today >= soon {
            Standing::Usable(CertificateState::ExpiresSoon)
        } else {
            Standing::Usable(CertificateState::Valid)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const V: Standing = Standing::Usable(CertificateState::Valid);
    const S: Standing = Standing::Usable(CertificateState::ExpiresSoon);
    const G: Standing = Standing::Usable(CertificateState::Grace);
    const X: Standing = Standing::Expired;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn standing(rule: GraceRule, not_after: &str, now: &str) -> Standing {
        rule.standing(at("2019-01-01T00:00:00Z"), at(not_after), at(now))
    }

    #[test]
    fn months_end_where_the_calendar_ends_them() {
        for (expiry, end_of_month, exactly) in [
            ("2030-02-17", "2030-05-31", "2030-05-17"),
            ("2029-11-30", "2030-02-28", "2030-02-28"),
            ("2027-11-30", "2028-02-29", "2028-02-29"),
            ("2028-02-29", "2028-05-31", "2028-05-29"),
            ("2030-01-31", "2030-04-30", "2030-04-30"),
            ("2030-12-31", "2031-03-31", "2031-03-31"),
            ("2030-10-01", "2031-01-31", "2031-01-01"),
        ] {
            let expiry = expiry.parse().unwrap();
            assert_eq!(GraceRule::EndOfMonth.last_day(expiry).to_string(), end_of_month);
            assert_eq!(GraceRule::ThreeMonthsExactly.last_day(expiry).to_string(), exactly);
        }
    }

    #[test]
    fn every_border_lies_at_japanese_midnight() {
        let end = "2030-02-17T14:59:59Z"; // 23:59:59 of the 17th in Japan
        for (now, month, exactly) in [
            ("2029-11-16T14:59:59Z", V, V),
            ("2029-11-16T15:00:00Z", S, S),
            ("2030-02-17T14:59:59Z", S, S),
            ("2030-02-17T14:59:59.999Z", S, S),
            ("2030-02-17T15:00:00Z", G, G),
            ("2030-05-17T14:59:59Z", G, G),
            ("2030-05-17T15:00:00Z", G, X),
            ("2030-05-31T14:59:59Z", G, X),
            ("2030-05-31T15:00:00Z", X, X),
            ("2018-12-31T23:59:59Z", Standing::NotYetValid, Standing::NotYetValid),
            ("2019-01-01T00:00:00Z", V, V),
        ] {
            assert_eq!(standing(GraceRule::EndOfMonth, end, now), month, "{now}");
            assert_eq!(standing(GraceRule::ThreeMonthsExactly, end, now), exactly, "{now}");
        }
    }

    #[test]
    fn leap_days_and_month_ends_shorten_the_notice() {
        for (end, now, expected) in [
            // Three months before the 31st of May is the last of February.
            ("2028-05-31T14:59:59Z", "2028-02-28T14:59:59Z", V),
            ("2028-05-31T14:59:59Z", "2028-02-28T15:00:00Z", S),
            ("2030-05-31T14:59:59Z", "2030-02-27T14:59:59Z", V),
            ("2030-05-31T14:59:59Z", "2030-02-27T15:00:00Z", S),
            // Expired in November: grace to the last of February.
            ("2027-11-30T14:59:59Z", "2028-02-29T14:59:59Z", G),
            ("2027-11-30T14:59:59Z", "2028-02-29T15:00:00Z", X),
        ] {
            assert_eq!(standing(GraceRule::EndOfMonth, end, now), expected, "{end} {now}");
        }
    }

    #[test]
    fn the_month_of_expiry_is_the_japanese_one() {
        let end = "2030-01-31T15:00:00Z"; // midnight, the 1st of February in Japan
        assert_eq!(standing(GraceRule::EndOfMonth, end, "2030-05-31T14:59:59Z"), G);
        assert_eq!(standing(GraceRule::EndOfMonth, end, "2030-05-31T15:00:00Z"), X);
    }

    proptest! {
        #[test]
        fn time_moves_a_certificate_in_one_direction_only(
            end in 0_i64..4_000_000_000,
            one in 0_i64..4_000_000_000,
            two in 0_i64..4_000_000_000,
        ) {
            let rank = |standing| match standing {
                Standing::NotYetValid => 0,
                Standing::Usable(CertificateState::Valid) => 1,
                Standing::Usable(CertificateState::ExpiresSoon) => 2,
                Standing::Usable(CertificateState::Grace) => 3,
                Standing::Expired => 4,
            };
            let instant = |second| Timestamp::from_second(second).unwrap();
            for rule in [GraceRule::EndOfMonth, GraceRule::ThreeMonthsExactly] {
                let at = |now| rank(rule.standing(instant(0), instant(end), instant(now)));
                prop_assert!(at(one.min(two)) <= at(one.max(two)));
            }
        }
    }
}
