//! The catalogue: what `scenarios/` holds, embedded in the command, read once and looked up by name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cucumber::gherkin::{self, GherkinEnv};
use include_dir::{Dir, DirEntry, include_dir};
use reports::model::Text2;
use serde::Deserialize;

use crate::model::{Institution, Person};
use crate::mutants::{Kills, Mutant, Variant};

mod binding;
mod profile;
mod requirement;

pub use binding::Binding;
pub use profile::{Profile, Selection};
pub use requirement::{ACTORS, Position, Requirement, Risk, Statement};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// The file of the institutions.
const INSTITUTIONS: &str = "institutions.yaml";
/// The file of what was measured.
const KILLS: &str = "kills.yaml";
/// The area of features that stand in no folder.
const NO_AREA: &str = "own";

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
    #[error("scenarios/{file}: two requirements are called {id}")]
    TwoRows { file: String, id: String },
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
    /// Whether it stands in somebody's own folder and not in the embedded catalogue.
    pub is_own: bool,
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

    /// The seed of its world, if a tag `@seed:…` says so.
    pub fn seed(&self) -> Option<u64> {
        self.tags().iter().find_map(|tag| tag.strip_prefix("seed:")?.parse().ok())
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
pub fn bracketed(step: &str) -> Vec<String> {
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
    /// By name.
    pub profiles: BTreeMap<String, Profile>,
    /// In the order of their ids.
    pub cases: Vec<Case>,
    /// In the order of their ids.
    pub mutants: Vec<Mutant>,
    /// In the order of their ids.
    pub variants: Vec<Variant>,
    /// Which scenarios found which mutants when that was last measured.
    pub kills: Kills,
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
        let files = embedded_files()?.into_iter();
        Self::of(&files.map(|(path, text)| (path, text.to_owned())).collect::<Vec<_>>())
    }

    /// Personas, institutions, rows, profiles and mutants of the embedded catalogue with those of a folder that is laid out like
    /// `scenarios/`, and of scenarios only the folder's. A file of the same name stands in the place of the embedded one.
    ///
    /// # Errors
    /// [`CatalogueError`] names the file and the place.
    pub fn with(own: Vec<(String, String)>) -> Result<Self, CatalogueError> {
        let named = |path: &str| own.iter().any(|(known, _)| known == path);
        let kept =
            |path: &str| !path.ends_with(".feature") && (path == INSTITUTIONS || !named(path));
        let embedded = embedded_files()?.into_iter().filter(|(path, _)| kept(path));
        let mut files: Vec<_> = embedded.map(|(path, text)| (path, text.to_owned())).collect();
        files.extend(own);
        let mut catalogue = Self::of(&files)?;
        catalogue.cases.iter_mut().for_each(|case| case.is_own = true);
        Ok(catalogue)
    }

    fn of(files: &[(String, String)]) -> Result<Self, CatalogueError> {
        let (mut personas, mut institutions) = (BTreeMap::new(), BTreeMap::new());
        let mut requirements = BTreeMap::new();
        let mut profiles = BTreeMap::new();
        let (mut cases, mut kills) = (Vec::new(), Kills::default());
        let (mut mutants, mut variants) = (Vec::<Mutant>::new(), Vec::<Variant>::new());
        for (path, text) in files {
            let text = text.as_str();
            if let Some(name) =
                path.strip_prefix("personas/").and_then(|name| name.strip_suffix(".yaml"))
            {
                personas.insert(name.to_owned(), yaml(path, text)?);
            } else if path == INSTITUTIONS {
                institutions.extend(yaml::<BTreeMap<String, Institution>>(path, text)?);
            } else if path == KILLS {
                kills = yaml(path, text)?;
            } else if path.starts_with("requirements/") {
                add_rows(&mut requirements, path, yaml(path, text)?)?;
            } else if let Some(name) =
                path.strip_prefix("profiles/").and_then(|name| name.strip_suffix(".yaml"))
            {
                profiles.insert(name.to_owned(), yaml(path, text)?);
            } else if path.starts_with("mutants/") {
                mutants.extend(yaml::<Vec<Mutant>>(path, text)?);
            } else if path.starts_with("variants/") {
                variants.extend(yaml::<Vec<Variant>>(path, text)?);
            } else if path.ends_with(".feature") {
                cases.extend(cases_of(path, text)?);
            }
        }
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some([first, _]) = cases.array_windows().find(|[a, b]| a.id == b.id) {
            return Err(CatalogueError::TwoOfOneName { id: first.id.clone() });
        }
        mutants.sort_by(|a, b| a.id.cmp(&b.id));
        variants.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { personas, institutions, requirements, profiles, cases, mutants, variants, kills })
    }

    /// The persona with this name, or whose 氏名 without spaces is this.
    pub fn persona(&self, name: &str) -> Option<(&str, &Person)> {
        persona(&self.personas, name)
    }

    /// The institution with this code or name.
    pub fn institution(&self, name: &str) -> Option<(&str, &Institution)> {
        institution(&self.institutions, name)
    }
}

/// The one of these people with this name, or whose 氏名 without spaces is this.
pub fn persona<'a>(
    people: &'a BTreeMap<String, Person>,
    name: &str,
) -> Option<(&'a str, &'a Person)> {
    let by_name = |person: &Person| person.name.replace('　', "") == name;
    let found = people.iter().find(|(slug, person)| *slug == name || by_name(person));
    found.map(|(slug, person)| (slug.as_str(), person))
}

/// The one of these institutions with this code or name.
pub fn institution<'a>(
    institutions: &'a BTreeMap<String, Institution>,
    name: &str,
) -> Option<(&'a str, &'a Institution)> {
    let found =
        institutions.iter().find(|(code, institution)| *code == name || institution.name == name);
    found.map(|(code, institution)| (code.as_str(), institution))
}

/// Adds the rows of one file; an id is given once.
fn add_rows(
    known: &mut BTreeMap<String, Requirement>,
    file: &str,
    rows: Vec<Requirement>,
) -> Result<(), CatalogueError> {
    for row in rows {
        if known.contains_key(&row.id) {
            return Err(CatalogueError::TwoRows { file: file.to_owned(), id: row.id });
        }
        known.insert(row.id.clone(), row);
    }
    Ok(())
}

/// The files of `scenarios/` as they are embedded: path within it, and text.
///
/// # Errors
/// [`CatalogueError::Encoding`] names the file.
pub fn embedded_files() -> Result<Vec<(String, &'static str)>, CatalogueError> {
    files(&SCENARIOS)
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

/// The scenarios of a feature.
///
/// # Errors
/// [`CatalogueError`] names the place.
pub fn cases_of(file: &str, text: &str) -> Result<Vec<Case>, CatalogueError> {
    let parsed = GherkinEnv::default();
    let mut feature = gherkin::Feature::parse(text, parsed).map_err(|error| {
        CatalogueError::Gherkin { file: file.to_owned(), reason: error.to_string() }
    })?;
    let area = file.split('/').rev().nth(1).unwrap_or(NO_AREA).to_owned();
    // A case has the feature without the other scenarios: a copy of all for each would cost by the square.
    let scenarios = std::mem::take(&mut feature.scenarios);
    scenarios.into_iter().map(|scenario| case(file, &area, &feature, scenario)).collect()
}

fn case(
    file: &str,
    area: &str,
    feature: &gherkin::Feature,
    scenario: gherkin::Scenario,
) -> Result<Case, CatalogueError> {
    let slug = scenario.tags.iter().find_map(|tag| tag.strip_prefix("id:")).ok_or_else(|| {
        CatalogueError::NoId { file: file.to_owned(), scenario: scenario.name.clone() }
    })?;
    Ok(Case {
        id: format!("{area}/{slug}"),
        area: area.to_owned(),
        title: two_languages(&scenario.name),
        feature: feature.name.clone(),
        gherkin: gherkin::Feature { scenarios: vec![scenario], ..feature.clone() },
        is_own: false,
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
    fn the_catalogue_holds_every_row_of_both_tiers() {
        let rows = &Catalogue::embedded().unwrap().requirements;
        let of_tier = |tier| rows.values().filter(|row| row.tier == tier).count();
        assert_eq!((of_tier(1), of_tier(2)), (199, 71));
    }

    #[test]
    fn many_deviations_have_a_twin() {
        let cases = Catalogue::embedded().unwrap().cases.iter();
        let deviations = cases.filter(|case| case.tags().iter().any(|it| it.starts_with("twin:")));
        assert!(deviations.count() >= 100);
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
