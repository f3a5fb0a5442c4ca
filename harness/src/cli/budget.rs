//! A run that may take only so long: which scenarios are chosen, and how that is told.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;
use reports::scope::Budgeted;

use super::Failure;
use super::plan::read_result;
use crate::budget::{Choice, Costs, choose};
use crate::catalogue::{Case, Catalogue};

/// How long a run may take.
#[derive(Debug, Clone, Default, Args)]
pub struct BudgetArgs {
    /// Choose scenarios for so long, e.g. 30s: those first that could find the most mutants per second
    #[arg(long, value_name = "TIME", conflicts_with_all = ["shard", "rerun_failed"])]
    budget: Option<SignedDuration>,
    /// Take what scenarios cost from this report of an earlier run, in the place of an estimate
    #[arg(long, value_name = "DIR", requires = "budget")]
    durations: Option<PathBuf>,
}

impl BudgetArgs {
    /// Chooses among the scenarios of a plan; all of them where time is no matter.
    pub(super) fn choose<'c>(
        &self,
        catalogue: &Catalogue,
        cases: Vec<&'c Case>,
    ) -> Result<(Vec<&'c Case>, Option<Budgeted>), Failure> {
        let Some(budget) = self.budget else { return Ok((cases, None)) };
        let costs = match &self.durations {
            Some(folder) => Costs::of(&read_result(folder)?),
            None => Costs::default(),
        };
        let choice = choose(&cases, (&catalogue.mutants, &catalogue.kills), &costs, budget);
        if choice.chosen.is_empty() {
            return Err(Failure::Usage(format!(
                "no scenario fits into {budget:#}; allow more time"
            )));
        }
        Ok((choice.chosen.clone(), Some(told(&choice, budget))))
    }
}

fn told(choice: &Choice<'_>, budget: SignedDuration) -> Budgeted {
    Budgeted {
        budget: format!("{budget:#}"),
        expected: format!("{:.1} s", choice.expected.as_secs_f64()),
        chosen: choice.chosen.len(),
        left_out: choice.left_out.iter().map(|case| case.id.clone()).collect(),
        mutants: choice.mutants,
        of_mutants: choice.of,
    }
}
