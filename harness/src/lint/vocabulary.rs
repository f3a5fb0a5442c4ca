//! The vocabulary: which definitions read a step, which nobody uses, and which wait.

use std::collections::{BTreeMap, BTreeSet};

use cucumber::codegen::{Regex, StepConstructor, WorldInventory, inventory};
use cucumber::gherkin::StepType;
use include_dir::{Dir, include_dir};

use super::book::Book;
use super::{Finding, Rule};
use crate::bench::Bench;

static STEPS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/steps");

/// Where the definitions of the vocabulary stand.
const FOLDER: &str = "harness/src/steps/";

/// Calls that wait.
const WAITS: [&str; 4] = ["sleep(", "park_timeout(", "tokio::time", "wait_timeout("];

/// One definition of a step.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Path within the repository.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Given, When or Then.
    pub kind: StepType,
    /// What it reads.
    pub reads: Regex,
    /// The function behind it; its phrasings share it.
    pub function: String,
}

/// All definitions.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// By file and line.
    pub definitions: Vec<Definition>,
}

/// The files that define steps.
pub fn sources() -> Vec<(String, String)> {
    let text = |file: &include_dir::File<'_>| {
        let path = format!("{FOLDER}{}", file.path().display());
        Some((path, file.contents_utf8()?.to_owned()))
    };
    STEPS.files().filter_map(text).collect()
}

impl Vocabulary {
    /// The vocabulary of this command.
    pub fn embedded() -> Self {
        let sources = sources();
        let mut definitions = Vec::new();
        collect::<<Bench as WorldInventory>::Given>(StepType::Given, &sources, &mut definitions);
        collect::<<Bench as WorldInventory>::When>(StepType::When, &sources, &mut definitions);
        collect::<<Bench as WorldInventory>::Then>(StepType::Then, &sources, &mut definitions);
        definitions.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Self { definitions }
    }

    /// What is wrong with steps and with what defines them.
    pub fn lint(&self, book: &Book, sources: &[(String, String)]) -> Vec<Finding> {
        let (mut findings, used) = self.readings(book);
        findings.extend(self.unused(&used));
        findings.extend(self.alike());
        findings.extend(waits(sources));
        findings
    }

    /// Holds every step against every definition of its kind.
    fn readings(&self, book: &Book) -> (Vec<Finding>, BTreeSet<(String, String)>) {
        let (mut findings, mut used) = (Vec::new(), BTreeSet::new());
        for line in book.scenes.values().flat_map(|scene| &scene.steps) {
            let (ty, text) = (line.step.ty, line.step.value.as_str());
            let of_kind = self.definitions.iter().filter(|it| it.kind == ty);
            let reading: Vec<&Definition> = of_kind.filter(|it| it.reads.is_match(text)).collect();
            used.extend(reading.iter().map(|it| (it.file.clone(), it.function.clone())));
            let (rule, what) = match reading.as_slice() {
                [] => (Rule::UnknownStep, format!("no definition reads: {text}")),
                [_] => continue,
                [first, second, ..] => {
                    let places = format!(
                        "{}:{} and {}:{}",
                        first.file, first.line, second.file, second.line
                    );
                    (Rule::DuplicateStep, format!("{places} both read: {text}"))
                }
            };
            findings.push(line.place.finding(rule, what));
        }
        (findings, used)
    }

    /// Functions of which no phrasing is used.
    fn unused(&self, used: &BTreeSet<(String, String)>) -> Vec<Finding> {
        let mut functions: BTreeMap<(String, String), usize> = BTreeMap::new();
        for it in &self.definitions {
            functions.entry((it.file.clone(), it.function.clone())).or_insert(it.line);
        }
        let unused = functions.into_iter().filter(|(function, _)| !used.contains(function));
        unused
            .map(|((file, function), line)| {
                let what = format!("no scenario uses `{function}`");
                Finding { file, line, rule: Rule::UnusedStep, what }
            })
            .collect()
    }

    /// Definitions of one kind that read the same words.
    fn alike(&self) -> Vec<Finding> {
        let mut first: BTreeMap<(String, &str), &Definition> = BTreeMap::new();
        let mut findings = Vec::new();
        for it in &self.definitions {
            if let Some(other) = first.insert((format!("{:?}", it.kind), it.reads.as_str()), it) {
                let what = format!("reads the same as {}:{}", other.file, other.line);
                let (file, line) = (it.file.clone(), it.line);
                findings.push(Finding { file, line, rule: Rule::DuplicateStep, what });
            }
        }
        findings
    }
}

/// The definitions of one kind that stand in the vocabulary; tests elsewhere may define more.
fn collect<T: inventory::Collect + StepConstructor<Bench>>(
    kind: StepType,
    sources: &[(String, String)],
    into: &mut Vec<Definition>,
) {
    for item in inventory::iter::<T> {
        let (place, reads, _) = item.inner();
        let Some(at) = place.path.find(FOLDER) else { continue };
        let file = place.path.split_at(at).1.to_owned();
        let line = place.line as usize;
        let text = sources.iter().find(|(path, _)| *path == file).map_or("", |(_, text)| text);
        let function = function_after(text, line);
        into.push(Definition { file, line, kind, reads: reads(), function });
    }
}

/// The name of the first function at or after a line.
fn function_after(text: &str, line: usize) -> String {
    let name = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))?;
        let name = rest.split('(').next()?;
        // Where the order of arguments differs, each language has a function of its own.
        Some(name.trim_end_matches("_ja").trim_end_matches("_en").to_owned())
    };
    text.lines().skip(line.saturating_sub(1)).find_map(name).unwrap_or_default()
}

/// Lines that wait.
fn waits(sources: &[(String, String)]) -> Vec<Finding> {
    let lines = sources.iter().flat_map(|(file, text)| {
        text.lines().enumerate().map(move |(index, line)| (file, index + 1, line))
    });
    let waiting = lines.filter(|(_, _, line)| WAITS.iter().any(|call| line.contains(call)));
    waiting
        .map(|(file, line, text)| Finding {
            file: file.clone(),
            line,
            rule: Rule::Sleep,
            what: format!("a step waits: {}", text.trim()),
        })
        .collect()
}
