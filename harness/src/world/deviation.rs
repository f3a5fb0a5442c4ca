//! Deviations from the layout's form: a command line, a profile or a variant names them, and the backend's answers take them on.

use clap::ValueEnum;
use serde::Deserialize;
use sim_backend::messages::{Absent, Encoding, Form, Order, PrescriptionPlace};

/// One deviation, each of which real files show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deviation {
    /// Elements in a scattered order, as in real files
    Shuffled,
    /// Optional elements that say nothing are written empty
    EmptyOptionals,
    /// Elements nobody knows among the others
    UnknownElements,
    /// PrescriptionIssueSelect after the records
    PrescriptionAfterRecords,
    /// PrescriptionIssueSelect within each record
    PrescriptionInRecord,
    /// UTF-8 whatever the request's encoding is
    #[value(name = "utf-8")]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Shift_JIS whatever the request's encoding is
    ShiftJis,
}

impl Deviation {
    /// This form with the deviation; `seed` decides a scattered order.
    pub fn applied(self, form: Form, seed: u64) -> Form {
        match self {
            Self::Shuffled => Form { order: Order::Shuffled(seed), ..form },
            Self::EmptyOptionals => Form { absent: Absent::Empty, ..form },
            Self::UnknownElements => Form { unknown_elements: true, ..form },
            Self::PrescriptionAfterRecords => {
                Form { prescription: PrescriptionPlace::AfterRecords, ..form }
            }
            Self::PrescriptionInRecord => {
                Form { prescription: PrescriptionPlace::InRecord, ..form }
            }
            Self::Utf8 => Form { encoding: Some(Encoding::Utf8), ..form },
            Self::ShiftJis => Form { encoding: Some(Encoding::ShiftJis), ..form },
        }
    }
}
