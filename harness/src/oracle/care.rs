//! Stage: care outside the institution (訪問診療等, オンライン診療等). Row OQS-VISIT-01.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::model::{Mode, Occasion};

/// Months from the last examination for which care counts as going on, to the end of the day (bench profile).
const MONTHS: i32 = 6;

/// At home the PIN or the eyes of staff, through the web the PIN alone. Row OQS-VISIT-01.
pub(super) fn offers(occasion: Option<Occasion>, mode: &Mode) -> bool {
    match (occasion, mode) {
        (None, _) | (Some(_), Mode::Pin(_)) | (Some(Occasion::HomeVisit), Mode::Visual(_)) => true,
        (Some(Occasion::HomeVisit), Mode::Face)
        | (Some(Occasion::Online), Mode::Face | Mode::Visual(_)) => false,
    }
}

/// The last second of the care that an examination on this day begins or prolongs.
pub(super) fn until(today: Date) -> Timestamp {
    let last = today.checked_add(MONTHS.months()).map(|last| last.at(23, 59, 59, 0));
    let japan = TimeZone::fixed(Offset::constant(9));
    last.and_then(|last| japan.to_timestamp(last)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Row OQS-VISIT-01.
    #[test]
    fn modes_by_place() {
        let pin = Mode::Pin(vec!["1234".into()]);
        for (occasion, face, by_pin, sight) in [
            (None, true, true, true),
            (Some(Occasion::HomeVisit), false, true, true),
            (Some(Occasion::Online), false, true, false),
        ] {
            let offered = [&Mode::Face, &pin, &Mode::Visual(true)].map(|m| offers(occasion, m));
            assert_eq!(offered, [face, by_pin, sight], "{occasion:?}");
        }
    }

    #[test]
    fn care_goes_on_for_six_months() {
        let ends = until(date(2026, 4, 1));
        assert_eq!(ends.to_string(), "2026-10-01T14:59:59Z");
    }
}
