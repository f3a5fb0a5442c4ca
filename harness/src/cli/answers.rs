//! `--answers`: the form of the backend's answers, so that a receiver is tried with each that real files come in.

use clap::{Args, ValueEnum};
use sim_backend::messages::Form;

use super::Failure;
use crate::world::Deviation;

/// How answers look beside what they say (bench profile).
#[derive(Debug, Clone, Default, Args)]
pub struct Answers {
    /// Form of the backend's answers; several may be given, e.g. shuffled,empty-optionals
    #[arg(long = "answers", value_name = "FORM", value_enum, value_delimiter = ',')]
    forms: Vec<Deviation>,
}

impl Answers {
    /// These, or the named ones where the command line names none.
    pub(super) fn or_named(&self, names: &[String]) -> Result<Self, Failure> {
        if !self.forms.is_empty() {
            return Ok(self.clone());
        }
        let named = |name: &String| {
            Deviation::from_str(name, false)
                .map_err(|error| Failure::Usage(format!("a profile's `answers`: {error}")))
        };
        Ok(Self { forms: names.iter().map(named).collect::<Result<_, _>>()? })
    }

    /// The form; `seed` decides the scattered order.
    pub fn form(&self, seed: u64) -> Form {
        self.forms.iter().fold(Form::default(), |form, deviation| deviation.applied(form, seed))
    }
}
