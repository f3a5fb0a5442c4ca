//! What the runner itself costs: trivial scenarios a second, beside cucumber-js on the same feature text in the same run.
//! cucumber-js is asked alone and with two workers: for scenarios as small as these its workers cost more than they help. It knows the same
//! vocabulary as ours, since each step is held against all of it, on either side; and once only what the scenarios say.
//!
//! `cargo bench -p harness --bench runner`. The other side wants Node.js and `npm install @cucumber/cucumber` in a folder of one's own, named by
//! `CUCUMBER_JS`; without it only our own figure is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench may fail, and prints its figures"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use harness::catalogue::Catalogue;
use harness::lint::{Definition, Vocabulary};
use harness::runner::{self, Progress, Stop};
use harness::seed::Seed;
use harness::world::Workshop;
use reports::model::Verdict;

const SCENARIOS: u32 = 2_000;
/// The best of so many turns.
const TURNS: usize = 3;

/// Scenarios that do nothing but say what time it is and what somebody intends.
fn feature(scenarios: u32) -> String {
    let mut text = "# language: ja\n機能: 何も起きない | Nothing happens\n\n".to_owned();
    for nth in 0..scenarios {
        let _ = write!(
            text,
            "  @id:trivial-{nth}\n  シナリオ: その{nth} | Number {nth}\n    \
             前提 「架空花子」は利用登録に応じる\n    かつ 「架空花子」は処方箋の形を選ばない\n    \
             かつ 「架空花子」は利用登録に応じる\n\n"
        );
    }
    text
}

/// Seconds of our runner for the same text, the reading of it included, with a runner on each core.
fn ours(text: &str) -> Duration {
    let began = Instant::now();
    let pasted = vec![("features/trivial/all.feature".to_owned(), text.to_owned())];
    let catalogue: &'static Catalogue = Box::leak(Box::new(Catalogue::with(pasted).unwrap()));
    let workshop = Workshop::new(Seed(1), None).unwrap().with_catalogue(catalogue);
    let cases: Vec<_> = catalogue.cases.iter().collect();
    let silent = Arc::new(|_: &str| {}) as Progress;
    let results = runner::run(&cases, &Arc::new(workshop), &silent, &Stop::default()).unwrap();
    let took = began.elapsed();
    let steps = results.iter().flat_map(|result| &result.steps);
    let passed = steps.filter(|step| step.verdict == Verdict::Pass).count();
    assert_eq!(passed, 3 * cases.len(), "a step was not played, or did not pass");
    took
}

/// The definitions the scenarios need, for cucumber-js.
const FEW: &str = "Given('「架空花子」は利用登録に応じる', function () { this.register = true; });
Given('「架空花子」は処方箋の形を選ばない', function () { this.prescription = null; });
";

/// All definitions of our vocabulary, for cucumber-js.
fn vocabulary() -> String {
    let definition = |Definition { kind, reads, .. }: &Definition| {
        let word = match kind {
            StepType::Given => "Given",
            StepType::When => "When",
            StepType::Then => "Then",
        };
        let source = serde_json::to_string(reads.as_str()).unwrap();
        let groups: Vec<_> = (1..reads.captures_len()).map(|nth| format!("_{nth}")).collect();
        format!("{word}(new RegExp({source}), function ({}) {{}});\n", groups.join(", "))
    };
    Vocabulary::embedded().definitions.iter().map(definition).collect()
}

/// Seconds of cucumber-js as a process: alone, or with so many workers.
fn theirs(node: &Path, steps: &str, workers: &[&str], text: &str) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("all.feature"), text).unwrap();
    let package = node.join("node_modules/@cucumber/cucumber");
    let head = format!("const {{ Given, When, Then }} = require('{}');\n", package.display());
    std::fs::write(folder.path().join("steps.js"), head + steps).unwrap();
    let began = Instant::now();
    let output = Command::new(node.join("node_modules/.bin/cucumber-js"))
        .args(["all.feature", "--require", "steps.js", "--format", "summary"])
        .args(workers)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let took = began.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    took
}

/// What one scenario more costs, in microseconds: what a start costs is in both measurements and falls out.
fn each(measure: impl Fn(&str) -> Duration) -> f64 {
    let (few, many) = (feature(1), feature(SCENARIOS + 1));
    let best = |text: &str| (0..TURNS).map(|_| measure(text)).min().unwrap_or_default();
    (best(&many).as_secs_f64() - best(&few).as_secs_f64()) * 1e6 / f64::from(SCENARIOS)
}

fn main() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let own = each(ours);
    println!("a trivial scenario of three steps: {own:.0} µs");
    let Some(node) = std::env::var_os("CUCUMBER_JS").map(PathBuf::from) else {
        println!("CUCUMBER_JS names no folder with @cucumber/cucumber: nothing to compare with");
        return;
    };
    let whole = vocabulary();
    let asked = [
        ("all definitions", whole.as_str(), &[][..]),
        ("all definitions, two workers", &whole, &["--parallel", "2"]),
        ("two definitions", FEW, &[]),
    ];
    for (what, steps, workers) in asked {
        let other = each(|text| theirs(&node, steps, workers, text));
        let times = other / own;
        println!("the same by cucumber-js, {what}: {other:.0} µs, {times:.2} times as much");
    }
}
