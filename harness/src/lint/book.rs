//! Everything that stands in `scenarios/`, with the line where it stands.

use std::collections::{BTreeMap, BTreeSet};

use cucumber::gherkin::{self, GherkinEnv};
use serde::Deserialize;

use super::{Finding, Rule};
use crate::catalogue::{Profile, Requirement};

/// A file and a line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path within `scenarios/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

impl Place {
    /// A finding here.
    pub fn finding(&self, rule: Rule, what: String) -> Finding {
        Finding { file: format!("scenarios/{}", self.file), line: self.line, rule, what }
    }
}

/// A step as written, with its table.
#[derive(Debug, Clone)]
pub struct Line {
    /// The step.
    pub step: gherkin::Step,
    /// Where.
    pub place: Place,
}

impl Line {
    /// Text and table: what makes two steps alike.
    pub fn content(&self) -> String {
        format!("{}{:?}", self.step.value, self.step.table.as_ref().map(|table| &table.rows))
    }

    /// Ids in brackets at its end, if it is an assertion.
    pub fn bears(&self) -> Vec<String> {
        match self.step.ty {
            gherkin::StepType::Then => crate::catalogue::bracketed(&self.step.value),
            gherkin::StepType::Given | gherkin::StepType::When => Vec::new(),
        }
    }
}

/// One scenario.
#[derive(Debug, Clone)]
pub struct Scene {
    /// `area/slug`.
    pub id: String,
    /// Where.
    pub place: Place,
    /// Scenarios named by `@twin:`.
    pub twins: Vec<String>,
    /// Whether it is a counterexample from a drawn story: what it asserts is what the oracle expects at one place.
    pub is_found: bool,
    /// Its steps, the background's first.
    pub steps: Vec<Line>,
}

impl Scene {
    /// Ids that its assertions bear.
    pub fn bears(&self) -> BTreeSet<String> {
        self.steps.iter().flat_map(Line::bears).collect()
    }
}

/// One mutant, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub struct Mutant {
    /// Its id.
    pub id: String,
    /// Rows by which it must die.
    #[serde(default)]
    pub requirements: Vec<String>,
}

/// Everything that stands in `scenarios/`.
#[derive(Debug, Default)]
pub struct Book {
    /// Rows by id.
    pub rows: BTreeMap<String, (Place, Requirement)>,
    /// Scenarios by id.
    pub scenes: BTreeMap<String, Scene>,
    /// Profiles.
    pub profiles: Vec<(Place, Profile)>,
    /// Mutants; empty when there are none yet.
    pub mutants: Vec<(Place, Mutant)>,
}

impl Book {
    /// Reads what can be read, and tells what cannot.
    pub fn read(files: &[(String, String)]) -> (Self, Vec<Finding>) {
        let (mut book, mut findings) = (Self::default(), Vec::new());
        for (file, text) in files {
            if file.starts_with("requirements/") {
                book.add_rows(file, text, &mut findings);
            } else if file.starts_with("profiles/") {
                let read: Option<Profile> = yaml(file, text, &mut findings);
                book.profiles.extend(read.map(|it| (Place { file: file.clone(), line: 1 }, it)));
            } else if file.starts_with("mutants/") {
                let rows: Option<Vec<Mutant>> = yaml(file, text, &mut findings);
                let place = |id: &str| Place { file: file.clone(), line: line_of(text, id) };
                let rows = rows.unwrap_or_default().into_iter();
                book.mutants.extend(rows.map(|it| (place(&it.id), it)));
            } else if file.ends_with(".feature") {
                book.add_feature(file, text, &mut findings);
            }
        }
        (book, findings)
    }

    fn add_rows(&mut self, file: &str, text: &str, findings: &mut Vec<Finding>) {
        let rows: Option<Vec<Requirement>> = yaml(file, text, findings);
        let mut from = 0;
        for row in rows.unwrap_or_default() {
            // Rows come in the order of the text, so each is looked for after the one before.
            let rest = text.lines().skip(from);
            let at = rest.into_iter().position(|line| line.contains(&row.id)).unwrap_or_default();
            from += at + 1;
            let place = Place { file: file.to_owned(), line: from };
            if self.rows.contains_key(&row.id) {
                let what = format!("{} is already a row", row.id);
                findings.push(place.finding(Rule::TwoOfOneName, what));
            } else {
                self.rows.insert(row.id.clone(), (place, row));
            }
        }
    }

    fn add_feature(&mut self, file: &str, text: &str, findings: &mut Vec<Finding>) {
        let place = |line| Place { file: file.to_owned(), line };
        let feature = match gherkin::Feature::parse(text, GherkinEnv::default()) {
            Ok(feature) => feature,
            Err(error) => {
                let told = error.to_string();
                findings.push(place(line_told(&told)).finding(Rule::Unreadable, told));
                return;
            }
        };
        let area = file.split('/').rev().nth(1).unwrap_or("own");
        let line =
            |step: &gherkin::Step| Line { step: step.clone(), place: place(step.position.line) };
        let before: Vec<Line> =
            feature.background.iter().flat_map(|it| &it.steps).map(line).collect();
        for scenario in &feature.scenarios {
            let here = place(scenario.position.line);
            let tagged = |kind: &str| -> Vec<String> {
                let tags = scenario.tags.iter().filter_map(|tag| tag.strip_prefix(kind));
                tags.map(str::to_owned).collect()
            };
            let Some(slug) = tagged("id:").into_iter().next() else {
                findings.push(here.finding(Rule::Unreadable, "a scenario has no @id: tag".into()));
                continue;
            };
            let id = format!("{area}/{slug}");
            let steps = before.iter().cloned().chain(scenario.steps.iter().map(line)).collect();
            let is_found = scenario.tags.iter().any(|tag| tag == "found");
            let twins = tagged("twin:");
            let scene = Scene { id: id.clone(), place: here, twins, is_found, steps };
            if let Some(first) = self.scenes.insert(id.clone(), scene) {
                let what = format!("{id} is already a scenario");
                findings.push(first.place.finding(Rule::TwoOfOneName, what));
            }
        }
    }
}

fn yaml<T: serde::de::DeserializeOwned>(
    file: &str,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    match serde_yaml::from_str(text) {
        Ok(read) => Some(read),
        Err(error) => {
            let line = error.location().map_or(1, |place| place.line());
            let place = Place { file: file.to_owned(), line };
            findings.push(place.finding(Rule::Unreadable, error.to_string()));
            None
        }
    }
}

/// The line of an entry by its id.
fn line_of(text: &str, id: &str) -> usize {
    let named = |line: &str| line.contains("id:") && line.contains(id);
    text.lines().position(named).map_or(1, |index| index + 1)
}

/// The line in `Error at 12:3: …`.
fn line_told(message: &str) -> usize {
    let rest = message.split("at ").nth(1).unwrap_or_default();
    rest.split(':').next().and_then(|line| line.trim().parse().ok()).unwrap_or(1)
}
