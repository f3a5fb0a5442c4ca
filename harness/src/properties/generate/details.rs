//! What a draft leaves to the world: numbers with a flaw, days at a border, a mode that fits the card.

use jiff::civil::Date;

use crate::model::{
    CardFacts, Change, Coverage, ElectronicPrescription, FeedRecord, Mode, Numbers,
};

use super::days::{days_on, months_on};
use super::drafts::{
    CertificateBorder, CoverageBorder, DayDraft, EntryDraft, ModeDraft, NumbersFlaw,
};
use super::names::{NO_PINS, pick};

/// A coverage nobody has been given, for queries in a world without any.
const NUMBERS_OF_NOBODY: (&str, &str) = ("99990099", "7777");

impl NumbersFlaw {
    /// The numbers with this flaw.
    pub fn spoil(self, mut numbers: Numbers) -> Numbers {
        match self {
            Self::None => {}
            Self::NoBranch => numbers.branch = None,
            Self::OtherBranch => numbers.branch = Some("09".to_owned()),
            Self::NoLeadZeros => numbers.number = numbers.number.trim_start_matches('0').to_owned(),
            Self::Padded => numbers.insurer_number = format!("{:>8}", numbers.insurer_number),
            Self::Typo => numbers.number.push('7'),
        }
        numbers
    }
}

pub(super) fn nobodys_numbers() -> Numbers {
    let (insurer_number, number) = NUMBERS_OF_NOBODY;
    Numbers {
        insurer_number: insurer_number.to_owned(),
        symbol: None,
        number: number.to_owned(),
        branch: None,
    }
}

/// The same id, another content.
pub(super) fn clash(record: &FeedRecord) -> FeedRecord {
    let change = match &record.change {
        Change::Gain(coverage) => {
            Change::Gain(Coverage { gained: days_on(coverage.gained, -1), ..coverage.clone() })
        }
        Change::Loss { numbers, date, reason } => Change::Loss {
            numbers: numbers.clone(),
            date: days_on(*date, 1),
            reason: reason.clone(),
        },
        Change::Prescription(one) => Change::Prescription(ElectronicPrescription {
            issued: days_on(one.issued, -1),
            ..one.clone()
        }),
        Change::Cancellation { requested } => {
            Change::Cancellation { requested: days_on(*requested, -1) }
        }
        // None of these is drawn.
        Change::ElderlyShares { .. }
        | Change::Diseases { .. }
        | Change::Aid(_)
        | Change::Tickets { .. }
        | Change::Register { .. }
        | Change::Confirmed
        | Change::Withdrawal { .. } => record.change.clone(),
        Change::Limit { numbers, limit } => {
            let date = days_on(limit.to, 1);
            Change::Loss { numbers: numbers.clone(), date, reason: None }
        }
    };
    FeedRecord { change, ..record.clone() }
}

/// The midnight at which a certificate's standing turns.
pub(super) fn certificate_border(last_day: Date, border: CertificateBorder) -> Date {
    match border {
        CertificateBorder::Notice => months_on(last_day, -3),
        CertificateBorder::End => days_on(last_day, 1),
        CertificateBorder::EndOfGrace => months_on(last_day.first_of_month(), 4),
    }
}

/// The midnight at which a coverage begins or ends; its beginning when it has no such end.
pub(super) fn coverage_border(coverage: &Coverage, border: CoverageBorder) -> Date {
    match border {
        CoverageBorder::Gained => coverage.gained,
        CoverageBorder::Lost => coverage.lost.unwrap_or(coverage.gained),
        CoverageBorder::ValidUntil => {
            coverage.valid_until.map_or(coverage.gained, |last| days_on(last, 1))
        }
        CoverageBorder::LimitFrom => {
            coverage.limit.as_ref().map_or(coverage.gained, |limit| limit.from)
        }
        CoverageBorder::LimitTo => {
            coverage.limit.as_ref().map_or(coverage.gained, |limit| days_on(limit.to, 1))
        }
    }
}

pub(super) fn chosen_day(draft: &DayDraft, coverage: Option<&Coverage>, today: Date) -> Date {
    match (draft, coverage) {
        (DayDraft::FromToday(days), _) => days_on(today, *days),
        (DayDraft::FromBorder(border, days), Some(coverage)) => {
            days_on(coverage_border(coverage, *border), *days)
        }
        (DayDraft::FromBorder(_, days), None) => days_on(today, *days),
    }
}

/// The mode drawn, or one that the card offers.
pub(super) fn mode(draft: &ModeDraft, fitting: bool, card: &CardFacts) -> Mode {
    match draft {
        ModeDraft::Face if fitting && !card.photo => pin_or_visual(&[EntryDraft::Right], card),
        ModeDraft::Face => Mode::Face,
        ModeDraft::Pin(entries) if fitting => pin_or_visual(entries, card),
        ModeDraft::Pin(entries) => Mode::Pin(typed(entries, card)),
        ModeDraft::Visual(confirmed) => Mode::Visual(*confirmed),
    }
}

fn pin_or_visual(entries: &[EntryDraft], card: &CardFacts) -> Mode {
    if card.pin.is_some() { Mode::Pin(typed(entries, card)) } else { Mode::Visual(true) }
}

fn typed(entries: &[EntryDraft], card: &CardFacts) -> Vec<String> {
    let right = card.pin.as_deref().unwrap_or("1111");
    let wrong = if right == "5555" { "6666" } else { "5555" };
    let entry = |entry: &EntryDraft| match *entry {
        EntryDraft::Right => right,
        EntryDraft::Wrong => wrong,
        EntryDraft::NotFourDigits(index) => pick(&NO_PINS, index).unwrap_or_default(),
    };
    entries.iter().map(|draft| entry(draft).to_owned()).collect()
}
