//! `--answers`: the form of the backend's answers, so that a receiver is tried with each that real files come in.

use clap::{Args, ValueEnum};
use sim_backend::messages::{Absent, Encoding, Form, Order, PrescriptionPlace};

use super::Failure;

/// How answers look beside what they say (bench profile).
#[derive(Debug, Clone, Default, Args)]
pub struct Answers {
    /// Form of the backend's answers; several may be given, e.g. shuffled,empty-optionals
    #[arg(long = "answers", value_name = "FORM", value_enum, value_delimiter = ',')]
    forms: Vec<Switch>,
}

/// One deviation from the layout's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
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
    Utf8,
    /// Shift_JIS whatever the request's encoding is
    ShiftJis,
}

impl Answers {
    /// These, or the named ones where the command line names none.
    pub(super) fn or_named(&self, names: &[String]) -> Result<Self, Failure> {
        if !self.forms.is_empty() {
            return Ok(self.clone());
        }
        let named = |name: &String| {
            Switch::from_str(name, false)
                .map_err(|error| Failure::Usage(format!("a profile's `answers`: {error}")))
        };
        Ok(Self { forms: names.iter().map(named).collect::<Result<_, _>>()? })
    }

    /// The form; `seed` decides the scattered order.
    pub fn form(&self, seed: u64) -> Form {
        self.forms.iter().fold(Form::default(), |form, switch| switch.applied(form, seed))
    }
}

impl Switch {
    fn applied(self, form: Form, seed: u64) -> Form {
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
