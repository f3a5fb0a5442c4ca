//! The catalogue: what `scenarios/` holds, embedded in the command, read once and looked up by name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cucumber::gherkin::{self, GherkinEnv};
use include_dir::{Dir, DirEntry, include_dir};
use reports::model::{Level, RequirementRow, Source, Text2};
use serde::Deserialize;

use crate::model::{Institution, Person};
use crate::mutants::{Mutant, Variant};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// A fault in `scenarios/`: the bench's own, never the product's.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum CatalogueError {
    #[error("scenarios/{file}: {source}")]
    Yaml { file: String, source: serde_yaml::Error },
    #[error("scenarios/{file} is not UTF-8")]
    Encoding { file: String },
    #[error("scenarios/{file}: {reason}")]
    Gherkin { file: String, reason: String },
    #[error("scenario `{scenario}` in scenarios/{file} has no @id tag")]
    NoId { file: String, scenario: String },
    #[error("two scenarios are called {id}")]
    TwoOfOneName { id: String },
}

/// One row of the requirement catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `OQS-…`, immutable.
    pub id: String,
    /// Whom it binds.
    pub actor: String,
    /// What must hold, in our own words.
    pub statement: Statement,
    /// Where it comes from.
    pub source: Source,
    /// 1: binding. 2: a recommendation of the bench.
    pub tier: u8,
    /// What goes wrong when it does not hold.
    pub risk: Risk,
    /// How it is checked.
    pub check: CheckKind,
}

/// A statement in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// What goes wrong when a requirement does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// One patient's data with another's.
    PatientMixUp,
    /// Somebody learns what they must not.
    Privacy,
    /// A dead certificate is taken for a living one.
    Revocation,
    /// Reception stands still.
    Availability,
    /// A wrong word or code.
    Wording,
    /// A wrong share or a returned claim.
    Money,
}

/// How a requirement is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// By an assertion in a scenario.
    Auto,
}

impl Requirement {
    /// Tier 1 is a MUST, tier 2 a SHOULD.
    pub fn level(&self) -> Level {
        if self.tier == 1 { Level::Must } else { Level::Should }
    }

    /// The row as reports show it.
    pub fn row(&self) -> RequirementRow {
        RequirementRow {
            level: self.level(),
            statement: Text2::new(&self.statement.ja, &self.statement.en),
            source: self.source,
            tier: self.tier,
        }
    }
}

/// One scenario with the feature it stands in.
#[derive(Debug, Clone)]
pub struct Case {
    /// `area/slug`.
    pub id: String,
    /// Folder of the feature.
    pub area: String,
    /// The scenario's name, `日本語 | English`.
    pub title: Text2,
    /// The feature's name.
    pub feature: String,
    /// The feature reduced to its background and this one scenario.
    pub gherkin: gherkin::Feature,
}

impl Case {
    /// The scenario itself.
    pub fn scenario(&self) -> Option<&gherkin::Scenario> {
        self.gherkin.scenarios.first()
    }

    /// Steps in the order in which they run, the background's first.
    pub fn steps(&self) -> impl Iterator<Item = &gherkin::Step> {
        let background = self.gherkin.background.iter().flat_map(|background| &background.steps);
        background.chain(self.scenario().into_iter().flat_map(|scenario| &scenario.steps))
    }

    /// Tags without `@`, the feature's included.
    pub fn tags(&self) -> Vec<String> {
        let own = self.scenario().into_iter().flat_map(|scenario| &scenario.tags);
        self.gherkin.tags.iter().chain(own).cloned().collect()
    }

    /// Requirement ids in brackets behind its assertions.
    pub fn requirements(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.steps().flat_map(|step| bracketed(&step.value)).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// `[OQS-A-01, OQS-B-02]` at the end of a step, taken apart.
fn bracketed(step: &str) -> Vec<String> {
    let Some((_, ids)) = step.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) else {
        return Vec::new();
    };
    ids.split(',').map(|id| id.trim().to_owned()).filter(|id| id.starts_with("OQS-")).collect()
}

/// All that `scenarios/` holds.
#[derive(Debug)]
pub struct Catalogue {
    /// By persona name.
    pub personas: BTreeMap<String, Person>,
    /// By institution code.
    pub institutions: BTreeMap<String, Institution>,
    /// By id.
    pub requirements: BTreeMap<String, Requirement>,
    /// In the order of their ids.
    pub cases: Vec<Case>,
    /// In the order of their ids.
    pub mutants: Vec<Mutant>,
    /// In the order of their ids.
    pub variants: Vec<Variant>,
}

impl Catalogue {
    /// The embedded catalogue, read at the first call.
    ///
    /// # Errors
    /// [`CatalogueError`] names the file and the place.
    pub fn embedded() -> Result<&'static Self, &'static CatalogueError> {
        static CATALOGUE: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        CATALOGUE.get_or_init(Self::read).as_ref()
    }

    fn read() -> Result<Self, CatalogueError> {
        let mut personas = BTreeMap::new();
        let mut requirements = BTreeMap::new();
        let mut cases = Vec::new();
        let (mut mutants, mut variants) = (Vec::<Mutant>::new(), Vec::<Variant>::new());
        for (path, text) in files(&SCENARIOS)? {
            if let Some(name) =
                path.strip_prefix("personas/").and_then(|name| name.strip_suffix(".yaml"))
            {
                personas.insert(name.to_owned(), yaml(&path, text)?);
            } else if path.starts_with("requirements/") {
                let rows: Vec<Requirement> = yaml(&path, text)?;
                requirements.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
            } else if path.starts_with("mutants/") {
                mutants.extend(yaml::<Vec<Mutant>>(&path, text)?);
            } else if path.starts_with("variants/") {
                variants.extend(yaml::<Vec<Variant>>(&path, text)?);
            } else if path.ends_with(".feature") {
                cases.extend(cases_of(&path, text)?);
            }
        }
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some([first, _]) = cases.array_windows().find(|[a, b]| a.id == b.id) {
            return Err(CatalogueError::TwoOfOneName { id: first.id.clone() });
        }
        mutants.sort_by(|a, b| a.id.cmp(&b.id));
        variants.sort_by(|a, b| a.id.cmp(&b.id));
        let file = "institutions.yaml";
        let text =
            SCENARIOS.get_file(file).and_then(|found| found.contents_utf8()).unwrap_or_default();
        Ok(Self {
            personas,
            institutions: yaml(file, text)?,
            requirements,
            cases,
            mutants,
            variants,
        })
    }

    /// The persona with this name, or whose 氏名 without spaces is this.
    pub fn persona(&self, name: &str) -> Option<(&str, &Person)> {
        let by_name = |person: &Person| person.name.replace('　', "") == name;
        let found = self.personas.iter().find(|(slug, person)| *slug == name || by_name(person));
        found.map(|(slug, person)| (slug.as_str(), person))
    }

    /// The institution with this code or name.
    pub fn institution(&self, name: &str) -> Option<(&str, &Institution)> {
        let found = self
            .institutions
            .iter()
            .find(|(code, institution)| *code == name || institution.name == name);
        found.map(|(code, institution)| (code.as_str(), institution))
    }
}

fn files(dir: &'static Dir<'static>) -> Result<Vec<(String, &'static str)>, CatalogueError> {
    let mut found = Vec::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(inner) => found.extend(files(inner)?),
            DirEntry::File(file) => {
                let path = file.path().to_string_lossy().into_owned();
                let text = file
                    .contents_utf8()
                    .ok_or_else(|| CatalogueError::Encoding { file: path.clone() })?;
                found.push((path, text));
            }
        }
    }
    Ok(found)
}

fn yaml<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Result<T, CatalogueError> {
    serde_yaml::from_str(text)
        .map_err(|source| CatalogueError::Yaml { file: file.to_owned(), source })
}

fn cases_of(file: &str, text: &str) -> Result<Vec<Case>, CatalogueError> {
    let parsed = GherkinEnv::default();
    let feature = gherkin::Feature::parse(text, parsed).map_err(|error| {
        CatalogueError::Gherkin { file: file.to_owned(), reason: error.to_string() }
    })?;
    let area = file.split('/').rev().nth(1).unwrap_or_default().to_owned();
    feature.scenarios.iter().map(|scenario| case(file, &area, &feature, scenario)).collect()
}

fn case(
    file: &str,
    area: &str,
    feature: &gherkin::Feature,
    scenario: &gherkin::Scenario,
) -> Result<Case, CatalogueError> {
    let slug = scenario.tags.iter().find_map(|tag| tag.strip_prefix("id:")).ok_or_else(|| {
        CatalogueError::NoId { file: file.to_owned(), scenario: scenario.name.clone() }
    })?;
    let gherkin = gherkin::Feature { scenarios: vec![scenario.clone()], ..feature.clone() };
    Ok(Case {
        id: format!("{area}/{slug}"),
        area: area.to_owned(),
        title: two_languages(&scenario.name),
        feature: feature.name.clone(),
        gherkin,
    })
}

/// `日本語 | English`; without a bar both languages share the text.
pub fn two_languages(name: &str) -> Text2 {
    let (ja, en) = name.split_once('|').unwrap_or((name, name));
    Text2::new(ja.trim(), en.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_reads() {
        let catalogue = Catalogue::embedded().unwrap();
        assert!(catalogue.personas.len() >= 16, "{}", catalogue.personas.len());
        assert!(catalogue.cases.len() >= 50, "{}", catalogue.cases.len());
    }

    #[test]
    fn every_requirement_that_a_scenario_bears_is_in_the_catalogue() {
        let catalogue = Catalogue::embedded().unwrap();
        for case in &catalogue.cases {
            for id in case.requirements() {
                assert!(
                    catalogue.requirements.contains_key(&id),
                    "{} bears the unknown {id}",
                    case.id
                );
            }
        }
    }

    #[test]
    fn every_requirement_of_the_catalogue_is_borne_by_a_scenario() {
        let catalogue = Catalogue::embedded().unwrap();
        let borne: Vec<String> = catalogue.cases.iter().flat_map(Case::requirements).collect();
        for id in catalogue.requirements.keys() {
            assert!(borne.contains(id), "{id} is an orphan");
        }
    }

    #[test]
    fn every_twin_exists_and_at_least_24_deviations_have_one() {
        let catalogue = Catalogue::embedded().unwrap();
        let ids: Vec<&str> = catalogue.cases.iter().map(|case| case.id.as_str()).collect();
        let mut deviations = 0;
        for case in &catalogue.cases {
            for tag in case.tags() {
                if let Some(twin) = tag.strip_prefix("twin:") {
                    assert!(ids.contains(&twin), "{} names the unknown twin {twin}", case.id);
                    deviations += 1;
                }
            }
        }
        assert!(deviations >= 24, "{deviations}");
    }

    /// What happens before the first assertion: the background's steps included.
    fn until_first_assertion(case: &Case) -> Vec<String> {
        let steps = case.steps().take_while(|step| step.ty != gherkin::StepType::Then);
        steps
            .map(|step| format!("{}{:?}", step.value, step.table.as_ref().map(|table| &table.rows)))
            .collect()
    }

    #[test]
    fn a_deviation_and_its_twin_differ_in_one_step() {
        let catalogue = Catalogue::embedded().unwrap();
        for case in &catalogue.cases {
            let Some(twin) =
                case.tags().iter().find_map(|tag| tag.strip_prefix("twin:").map(str::to_owned))
            else {
                continue;
            };
            let twin = catalogue.cases.iter().find(|other| other.id == twin).unwrap();
            let (mut ours, mut theirs) = (until_first_assertion(case), until_first_assertion(twin));
            ours.retain(|step| {
                theirs.iter().position(|other| other == step).map(|at| theirs.remove(at)).is_none()
            });
            let differ = ours.len().max(theirs.len());
            assert_eq!(differ, 1, "{} and {}: {ours:?} / {theirs:?}", case.id, twin.id);
        }
    }

    #[test]
    fn no_persona_has_a_number_that_somebody_could_own() {
        for (name, person) in &Catalogue::embedded().unwrap().personas {
            assert!(!has_right_check_digit(&person.individual_number), "{name}");
        }
    }

    /// 検査用数字 of a 個人番号, transcribed from 総務省令第85号 (2014) 第5条.
    fn has_right_check_digit(number: &str) -> bool {
        let digits: Vec<u32> = number.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
        let (payload, check) = digits.split_at(11);
        let weights = (2..=7).chain(2..=6);
        let sum: u32 =
            payload.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
        let expected = if sum % 11 <= 1 { 0 } else { 11 - sum % 11 };
        check == [expected]
    }
}
