//! The score of a hunt: how many mutants fell, by requirement and by risk, and which are left.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::hunt::{Fate, Found};
use crate::catalogue::{Catalogue, Risk};

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Mutants that count; equivalent ones do not.
    pub mutants: usize,
    /// Those that were found.
    pub killed: usize,
}

impl Share {
    fn count(&mut self, found: &Found<'_>) {
        let equivalent = matches!(found.fate, Fate::Equivalent(_));
        self.mutants += usize::from(!equivalent);
        self.killed += usize::from(found.fate == Fate::Killed);
    }
}

/// What a hunt is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// All together.
    pub total: Share,
    /// Of those that break a MUST.
    pub must: Share,
    /// By requirement.
    pub by_requirement: BTreeMap<String, Share>,
    /// By what goes wrong.
    pub by_risk: BTreeMap<Risk, Share>,
    /// MUSTs of the catalogue that no mutant turns red.
    pub never_red: BTreeSet<String>,
}

impl Score {
    /// Adds a hunt up.
    pub fn of(catalogue: &Catalogue, hunted: &[Found<'_>]) -> Self {
        let mut score = Self::default();
        for found in hunted {
            score.total.count(found);
            if found.mutant.is_must(catalogue) {
                score.must.count(found);
            }
            score.by_risk.entry(found.mutant.risk).or_default().count(found);
            for id in &found.mutant.requirements {
                score.by_requirement.entry(id.clone()).or_default().count(found);
            }
        }
        let must = catalogue.requirements.values().filter(|row| row.tier == 1);
        let ids = must.map(|row| row.id.clone());
        let red: BTreeSet<&String> =
            hunted.iter().flat_map(|found| &found.kills).map(|kill| &kill.requirement).collect();
        score.never_red = ids.filter(|id| !red.contains(id)).collect();
        score
    }

    /// Whether every mutant that breaks a MUST was found.
    pub fn holds(&self) -> bool {
        self.must.killed == self.must.mutants
    }
}
