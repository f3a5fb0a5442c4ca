//! Draws qualifications, with borders around the day that matters.

use jiff::civil::Date;
use proptest::prelude::*;

use crate::model::{Coverage, Limit, Numbers, Relation};

use super::days::{days_on, offset_in_days};
use super::names::{INSURERS, LIMIT_FLAGS, LOSS_REASONS, SYMBOLS, pick};

/// A coverage before it is known whose it is and which day it is.
#[derive(Debug, Clone)]
pub(super) struct CoverageDraft {
    insurer: usize,
    symbol: usize,
    family: bool,
    gained: i32,
    lost: Option<i32>,
    reason: usize,
    valid_until: Option<i32>,
    limit: Option<LimitDraft>,
}

/// A limit, its ends as offsets in days.
#[derive(Debug, Clone)]
pub(super) struct LimitDraft {
    flag: usize,
    from: i32,
    to: i32,
}

/// Most are in force; gaps, overlaps, ends and things to come are drawn often enough to meet.
pub(super) fn coverage() -> BoxedStrategy<CoverageDraft> {
    let gained = prop_oneof![4 => -400..-40_i32, 3 => offset_in_days(), 1 => Just(7)];
    let lost = prop_oneof![5 => Just(None), 3 => offset_in_days().prop_map(Some)];
    let valid_until = prop_oneof![6 => Just(None), 1 => offset_in_days().prop_map(Some)];
    let limit = prop_oneof![2 => Just(None), 1 => limit().prop_map(Some)];
    (
        0..INSURERS.len(),
        0..SYMBOLS.len(),
        any::<bool>(),
        gained,
        lost,
        0..LOSS_REASONS.len() + 1,
        valid_until,
        limit,
    )
        .prop_map(|(insurer, symbol, family, gained, lost, reason, valid_until, limit)| {
            CoverageDraft { insurer, symbol, family, gained, lost, reason, valid_until, limit }
        })
        .boxed()
}

/// Mostly in force.
pub(super) fn limit() -> BoxedStrategy<LimitDraft> {
    let from = prop_oneof![3 => Just(-30), 1 => Just(0), 1 => Just(1)];
    let to = prop_oneof![3 => Just(30), 1 => Just(0), 1 => Just(-1)];
    (0..LIMIT_FLAGS.len(), from, to)
        .prop_map(|(flag, from, to)| LimitDraft { flag, from, to })
        .boxed()
}

impl CoverageDraft {
    /// Gained so many days after the day from which it is seen.
    pub fn starting(self, gained: i32) -> Self {
        Self { gained, ..self }
    }

    /// The coverage as seen from a day. `number` makes it one of its own, `branch` tells members of a family apart.
    pub fn on(&self, today: Date, number: &str, branch: u8) -> Coverage {
        let (insurer_number, insurer_name, numbered) =
            pick(&INSURERS, self.insurer).unwrap_or_default();
        let gained = days_on(today, self.gained);
        let lost = self.lost.map(|days| days_on(today, days).max(gained));
        let reason = LOSS_REASONS.get(self.reason).map(|&reason| reason.to_owned());
        Coverage {
            insurer_number: insurer_number.to_owned(),
            insurer_name: insurer_name.to_owned(),
            symbol: pick(&SYMBOLS, self.symbol).filter(|_| numbered).map(str::to_owned),
            number: number.to_owned(),
            branch: numbered.then(|| format!("{branch:02}")),
            relation: if self.family && numbered { Relation::Family } else { Relation::Insured },
            gained,
            lost,
            loss_reason: reason.filter(|_| lost.is_some()),
            valid_until: self.valid_until.map(|days| days_on(today, days).max(gained)),
            limit: self.limit.as_ref().map(|limit| limit.on(today)),
        }
    }
}

impl LimitDraft {
    /// The limit as seen from a day.
    pub fn on(&self, today: Date) -> Limit {
        Limit {
            flag: pick(&LIMIT_FLAGS, self.flag).unwrap_or_default().to_owned(),
            from: days_on(today, self.from),
            to: days_on(today, self.to),
            long_stay: None,
        }
    }
}

/// The numbers of a coverage, as they stand on a card.
pub(super) fn numbers_of(coverage: &Coverage) -> Numbers {
    Numbers {
        insurer_number: coverage.insurer_number.clone(),
        symbol: coverage.symbol.clone(),
        number: coverage.number.clone(),
        branch: coverage.branch.clone(),
    }
}
