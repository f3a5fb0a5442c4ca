//! What a run is to do: which scenarios, of them which share, which rows bind, and what the report says it was about.

use std::collections::BTreeSet;

use reports::model::{ProductInfo, RequirementRow, RunRecord};
use reports::scope::{Scope, Shard};
use sha2::{Digest as _, Sha256};
use sim_backend::messages::Form;

use super::selection::{Wanted, nearest, select};
use super::{CONFIGURATION, Failure, RunArgs, own, say};
use crate::catalogue::{Binding, Case, Catalogue, Profile};
use crate::clock::{jst_day, wall};
use crate::mutants::{Mutant, Plant};
use crate::sut::codes::Grade;
use crate::sut::config::{Clock, SutConfig};

/// Seed of a run that names none.
const SEED: u64 = 1;

/// What is to be run, and how.
pub struct Plan {
    /// What the scenarios are told from.
    pub catalogue: &'static Catalogue,
    /// The scenarios of this run.
    pub cases: Vec<&'static Case>,
    /// The product as reports show it.
    pub product: ProductInfo,
    /// The product, if it is not the reference stack.
    pub sut: Option<SutConfig>,
    /// The defect planted into the reference stack, if there is one.
    pub plant: Option<Plant>,
    /// Seed of everything that looks random.
    pub seed: u64,
    /// How the backend's answers look.
    pub answers: Form,
    /// Which rows bind.
    pub binding: Binding,
    /// The rows that the report is about.
    pub rows: Vec<(String, RequirementRow)>,
    /// What the report says it was about.
    pub scope: Scope,
    /// After how many scenarios in a row a product that fails alike is given up.
    pub breaker: Option<u32>,
    /// Whether every row of the report should have been exercised.
    pub complete: bool,
    /// Names the plan; shares of one plan have the same.
    pub digest: String,
}

impl Plan {
    /// Reads the arguments; `None` when nothing of an earlier run is to be run again.
    pub fn of(args: &RunArgs, catalogue: &'static Catalogue) -> Result<Option<Self>, Failure> {
        let sut = args.sut.as_deref().map(SutConfig::read).transpose()?;
        let mutant = args.mutant.as_deref().map(|id| own::mutant(catalogue, id)).transpose()?;
        let named = args.profile.as_deref().map(|name| profile(catalogue, name)).transpose()?;
        let tier = args.tier.or(named.map(|(_, profile)| profile.tier)).unwrap_or(1);
        let rows: Option<BTreeSet<String>> =
            named.map(|(_, profile)| profile.rows(catalogue).map(|row| row.id.clone()).collect());
        let again = args.rerun_failed.as_deref().map(failed_before).transpose()?;
        if again.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(None);
        }
        let positions = sut.as_ref().map(|sut| sut.positions.filled()).unwrap_or_default();
        let claims = sut.as_ref().and_then(|sut| sut.claims.clone());
        let binding = Binding { tier, rows, positions, claims };
        let wanted = binding.wanted(catalogue);
        let narrowed = args.only.is_some()
            || args.tags.is_some()
            || args.scenarios.is_some()
            || again.is_some();
        let whole = select(
            catalogue,
            &Wanted {
                only: args.only.as_deref(),
                tags: args.tags.as_deref(),
                rows: wanted.as_ref(),
                ids: again.as_ref(),
            },
        )?;
        let parameters = named.map(|(_, profile)| &profile.parameters);
        let seed = args.seed.or(parameters.and_then(|it| it.seed)).unwrap_or(SEED);
        let answers = args.answers.or_named(parameters.map_or(&[], |it| &it.answers))?.form(seed);
        let product = product(sut.as_ref(), mutant);
        let shard = args.shard.map(|share| Shard {
            index: share.index,
            of: share.of,
            planned: whole.len(),
        });
        let planned: Vec<_> = whole.iter().copied().filter(|case| within(args, case)).collect();
        let (cases, budgeted) = args.budget.choose(catalogue, planned)?;
        let scope = Scope {
            budget: budgeted,
            profile: named.map(|(name, profile)| profile.info(name, tier, catalogue)),
            shard,
            not_claimed: binding.not_claimed(catalogue),
            conceptual: sut.as_ref().is_some_and(|sut| sut.grade == Grade::Conceptual),
            relative_to: relative_to(sut.as_ref()),
            ..Scope::default()
        };
        Ok(Some(Self {
            digest: digest(&whole, &product, &answers, &binding, &scope),
            rows: rows_of(catalogue, &whole, &binding, narrowed),
            complete: !narrowed && shard.is_none() && scope.budget.is_none(),
            cases,
            breaker: args.breaker.limit(),
            catalogue,
            product,
            plant: mutant.map(|mutant| mutant.plant.clone()),
            sut,
            seed,
            answers,
            binding,
            scope,
        }))
    }

    /// Says what would be run.
    pub fn tell(&self) {
        for case in &self.cases {
            say(format_args!("{:<34} {} | {}", case.id, case.title.ja, case.title.en));
        }
        let borne: BTreeSet<String> =
            self.cases.iter().flat_map(|case| case.requirements()).collect();
        let checked =
            |(id, row): &&(String, RequirementRow)| row.check.is_auto() && borne.contains(id);
        let by_machine = self.rows.iter().filter(checked).count();
        let share = self.scope.shard.map(|shard| format!(", share {}/{}", shard.index, shard.of));
        say(format_args!(
            "{} scenarios{}, {by_machine} of {} requirements checked by them, tier {} binds, seed {}",
            self.cases.len(),
            share.unwrap_or_default(),
            self.rows.len(),
            self.binding.tier,
            self.seed
        ));
        if let Some(budget) = &self.scope.budget {
            let words = budget.words();
            say(format_args!("{}; left out: {}", words.en, budget.left_out.join("\n  ")));
        }
        if let Some(day) = &self.scope.relative_to {
            say(format_args!(
                "relative to now: stories begin on {day}; which of them hold there is found out by the run"
            ));
        }
        say(format_args!("plan {}", self.digest));
    }
}

/// The day on which the stories of a product with a clock of its own begin.
fn relative_to(sut: Option<&SutConfig>) -> Option<String> {
    let own = sut.filter(|sut| sut.clock == Clock::Own);
    own.map(|_| jst_day(wall()).to_string())
}

fn within(args: &RunArgs, case: &Case) -> bool {
    args.shard.is_none_or(|share| share.holds(&case.id))
}

/// The profile of this name.
pub fn profile<'a>(
    catalogue: &'static Catalogue,
    name: &'a str,
) -> Result<(&'a str, &'static Profile), Failure> {
    catalogue.profiles.get(name).map(|found| (name, found)).ok_or_else(|| {
        let near = nearest(name, catalogue.profiles.keys().map(String::as_str));
        let hint = near.map_or_else(
            || "see `madoguchi list profiles`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::Usage(format!("there is no profile `{name}`; {hint}"))
    })
}

/// Scenarios of an earlier report that did not end well.
fn failed_before(folder: &std::path::Path) -> Result<BTreeSet<String>, Failure> {
    let record = read_result(folder)?;
    let failed = record.cases.iter().filter(|case| {
        reports::rollup::exit_code(case.verdict) != 0
            && case.verdict != reports::Verdict::NotApplicable
    });
    Ok(failed.map(|case| case.id.clone()).collect())
}

/// Reads `result.json` of a report.
pub fn read_result(folder: &std::path::Path) -> Result<RunRecord, Failure> {
    let path = folder.join("result.json");
    let next = "give the folder of a report that `madoguchi run` wrote";
    let told = |reason: String| {
        Failure::told(CONFIGURATION, format!("cannot read {}: {reason}", path.display()), next)
    };
    let bytes = std::fs::read(&path).map_err(|error| told(error.to_string()))?;
    reports::json::read(&bytes).map_err(|error| told(error.to_string()))
}

/// The rows that a report is about: those of the profile, or all, or those that the chosen scenarios bear; claimed ones only.
fn rows_of(
    catalogue: &Catalogue,
    cases: &[&Case],
    binding: &Binding,
    narrowed: bool,
) -> Vec<(String, RequirementRow)> {
    let borne: BTreeSet<String> = cases.iter().flat_map(|case| case.requirements()).collect();
    let wanted = |id: &String| match (narrowed, &binding.rows) {
        (true, _) => borne.contains(id),
        (false, Some(rows)) => rows.contains(id),
        (false, None) => true,
    };
    let rows = catalogue.requirements.iter().filter(|(id, row)| wanted(id) && binding.claims(row));
    rows.map(|(id, row)| {
        let level = binding.level(catalogue, id);
        (id.clone(), RequirementRow { level, ..row.row(binding.tier) })
    })
    .collect()
}

/// The product as reports show it: a defect never passes for the reference stack.
fn product(sut: Option<&SutConfig>, mutant: Option<&Mutant>) -> ProductInfo {
    let with = mutant.map(|mutant| format!(" with the mutant {}", mutant.id));
    sut.map_or_else(|| reference(&with.unwrap_or_default()), SutConfig::info)
}

fn reference(with: &str) -> ProductInfo {
    ProductInfo {
        name: format!("Madoguchi reference stack{with}"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        vendor: "Madoguchi".to_owned(),
        positions: Vec::new(),
    }
}

/// Names the plan: the scenarios word for word, the product, and what differs from the usual.
fn digest(
    cases: &[&Case],
    product: &ProductInfo,
    answers: &Form,
    binding: &Binding,
    scope: &Scope,
) -> String {
    let mut digest = Sha256::new();
    for case in cases {
        digest.update(case.id.as_bytes());
        for step in case.steps() {
            digest.update(step.value.as_bytes());
            step.docstring.iter().for_each(|data| digest.update(data.as_bytes()));
        }
    }
    digest.update(product.name.as_bytes());
    digest.update(product.version.as_bytes());
    if *answers != Form::default() {
        digest.update(format!("{answers:?}").as_bytes());
    }
    if *binding != Binding::default() {
        digest.update(format!("{binding:?}").as_bytes());
    }
    if scope.conceptual {
        digest.update("conceptual");
    }
    if let Some(day) = &scope.relative_to {
        digest.update(format!("relative to {day}").as_bytes());
    }
    hex::encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(args: RunArgs) -> Plan {
        Plan::of(&args, Catalogue::embedded().unwrap()).ok().flatten().unwrap()
    }

    #[test]
    fn shares_of_one_plan_have_its_name_and_make_it_up() {
        let whole = plan(RunArgs::default());
        let mut ids = BTreeSet::new();
        for index in 1..=3 {
            let share = Some(crate::shard::Share { index, of: 3 });
            let part = plan(RunArgs { shard: share, ..RunArgs::default() });
            assert_eq!(part.digest, whole.digest);
            assert_eq!(part.scope.shard.unwrap().planned, whole.cases.len());
            assert!(part.cases.iter().all(|case| ids.insert(case.id.clone())), "no case twice");
            assert!(!part.complete);
        }
        assert_eq!(ids.len(), whole.cases.len());
    }

    #[test]
    fn another_profile_or_tier_is_another_plan() {
        let digest = |profile: Option<&str>, tier| {
            plan(RunArgs { profile: profile.map(str::to_owned), tier, ..RunArgs::default() }).digest
        };
        let names = [
            digest(None, None),
            digest(None, Some(2)),
            digest(Some("backend"), None),
            digest(Some("backend"), Some(2)),
        ];
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(digest(None, Some(1)), digest(None, None));
    }

    #[test]
    fn a_profile_shows_all_its_rows_and_runs_the_scenarios_that_bear_one() {
        let catalogue = Catalogue::embedded().unwrap();
        for (name, profile) in &catalogue.profiles {
            let plan = plan(RunArgs { profile: Some(name.clone()), ..RunArgs::default() });
            let rows: BTreeSet<String> =
                profile.rows(catalogue).map(|row| row.id.clone()).collect();
            assert_eq!(plan.rows.len(), rows.len(), "{name}");
            let bears = |case: &&Case| case.requirements().iter().any(|id| rows.contains(id));
            assert!(plan.cases.iter().copied().all(|case| bears(&case)), "{name}");
            assert_eq!(plan.scope.profile.unwrap().rows, rows.len());
        }
    }
}
