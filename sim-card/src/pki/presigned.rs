//! Answers signed before they are asked for a second time: one signature per certificate and period.

use std::collections::HashMap;

use axum::body::Bytes;
use jiff::Timestamp;

/// Length of a period: as long as an answer holds.
const PERIOD_SECONDS: i64 = 15 * 60;

/// Answers kept at most; what is asked beyond is signed each time, so questions about made-up serial numbers cannot fill the memory.
const KEPT_AT_MOST: usize = 200_000;

/// The beginning of the period in which `at` lies.
pub(crate) fn period(at: Timestamp) -> Timestamp {
    let begun = at.as_second().div_euclid(PERIOD_SECONDS).saturating_mul(PERIOD_SECONDS);
    Timestamp::from_second(begun).unwrap_or(Timestamp::MIN)
}

/// The answers of one period by what was asked, its nonce left out.
#[derive(Default)]
pub(crate) struct Shelf {
    of: Option<Timestamp>,
    /// How often it was emptied.
    edition: u64,
    answers: HashMap<Vec<u8>, Bytes>,
}

impl Shelf {
    /// An answer kept, and the edition of the shelf, which [`Self::keep`] wants to know.
    pub(crate) fn find(&self, period: Timestamp, asked: &[u8]) -> (Option<Bytes>, u64) {
        let kept = (self.of == Some(period)).then(|| self.answers.get(asked).cloned()).flatten();
        (kept, self.edition)
    }

    /// Takes all answers away; those just being signed, begun at the old edition, are not kept.
    pub(crate) fn clear(&mut self) {
        self.edition = self.edition.wrapping_add(1);
        self.answers.clear();
    }

    /// Keeps an answer begun at this edition, unless the shelf was emptied since; those of another period go.
    pub(crate) fn keep(
        &mut self,
        (period, edition): (Timestamp, u64),
        asked: Vec<u8>,
        answer: Bytes,
    ) {
        if self.edition != edition {
            return;
        }
        if self.of != Some(period) {
            self.of = Some(period);
            self.answers.clear();
        }
        if self.answers.len() < KEPT_AT_MOST {
            self.answers.insert(asked, answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(second, 0).unwrap()
    }

    #[test]
    fn periods_begin_every_quarter_of_an_hour() {
        for (second, begun) in [(0, 0), (899, 0), (900, 900), (1_801, 1_800), (-1, -900)] {
            assert_eq!(period(at(second)), at(begun), "{second}");
        }
    }

    #[test]
    fn answers_last_for_their_period() {
        let mut shelf = Shelf::default();
        shelf.keep((at(0), 0), vec![1], Bytes::from_static(b"one"));
        assert_eq!(shelf.find(at(0), &[1]).0.as_deref(), Some(b"one".as_slice()));
        assert_eq!(shelf.find(at(900), &[1]).0, None);
        shelf.keep((at(900), 0), vec![2], Bytes::from_static(b"two"));
        assert_eq!(shelf.find(at(900), &[1]).0, None);
        assert!(shelf.find(at(900), &[2]).0.is_some());
    }

    #[test]
    fn an_answer_begun_before_the_shelf_was_emptied_is_not_kept() {
        let mut shelf = Shelf::default();
        let (_, begun) = shelf.find(at(0), &[1]);
        shelf.clear();
        shelf.keep((at(0), begun), vec![1], Bytes::from_static(b"old"));
        let (kept, edition) = shelf.find(at(0), &[1]);
        assert_eq!(kept, None);
        shelf.keep((at(0), edition), vec![1], Bytes::from_static(b"new"));
        assert!(shelf.find(at(0), &[1]).0.is_some());
    }
}
