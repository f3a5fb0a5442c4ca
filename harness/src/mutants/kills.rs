//! Which scenarios found which mutants when that was last measured: `scenarios/kills.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::hunt::Found;
use crate::catalogue::Case;

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kills {
    /// Scenarios there were then.
    pub scenarios: BTreeSet<String>,
    /// By mutant, the scenarios that found it.
    pub mutants: BTreeMap<String, BTreeSet<String>>,
}

impl Kills {
    /// The result of a hunt in which every mutant met all scenarios that are bound to its requirements.
    pub fn of(cases: &[Case], found: &[Found<'_>]) -> Self {
        let scenarios = |found: &Found<'_>| -> BTreeSet<String> {
            found.kills.iter().map(|kill| kill.scenario.clone()).collect()
        };
        Self {
            scenarios: cases.iter().map(|case| case.id.clone()).collect(),
            mutants: found.iter().map(|it| (it.mutant.id.clone(), scenarios(it))).collect(),
        }
    }

    /// Whether a scenario found a mutant; `None` where one of the two was not there yet.
    pub fn tell(&self, scenario: &str, mutant: &str) -> Option<bool> {
        let by = self.mutants.get(mutant)?;
        self.scenarios.contains(scenario).then(|| by.contains(scenario))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn what_was_not_there_is_not_told() {
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let kills = Kills {
            scenarios: set(&["a/one", "a/two"]),
            mutants: BTreeMap::from([("blind".to_owned(), set(&["a/one"]))]),
        };
        assert_eq!(kills.tell("a/one", "blind"), Some(true));
        assert_eq!(kills.tell("a/two", "blind"), Some(false));
        assert_eq!(kills.tell("a/new", "blind"), None);
        assert_eq!(kills.tell("a/one", "new"), None);
    }

    #[test]
    fn what_was_measured_is_of_this_catalogue() {
        let catalogue = Catalogue::embedded().unwrap();
        let kills = &catalogue.kills;
        let known = |id: &String| catalogue.cases.iter().any(|case| case.id == *id);
        assert!(kills.scenarios.iter().all(known), "a scenario of scenarios/kills.yaml is gone");
        let measured = catalogue.mutants.iter().filter(|it| kills.mutants.contains_key(&it.id));
        assert!(
            measured.count() * 4 > catalogue.mutants.len() * 3,
            "measure anew: `madoguchi mutants --kills scenarios/kills.yaml`"
        );
        for (mutant, by) in &kills.mutants {
            assert!(by.is_subset(&kills.scenarios), "{mutant}");
        }
    }
}
