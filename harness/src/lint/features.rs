//! Rules for scenarios: each asserts something, and each refusal has a twin that is accepted.

use cucumber::gherkin::StepType;

use super::book::{Book, Line, Scene};
use super::{Finding, Rule};

/// How an assertion reads that says "refused". What stands in brackets behind it does not count.
const REFUSALS: [&str; 12] = [
    "提供されない",
    "拒まれる",
    "返戻される",
    "請求できない",
    "照会番号は登録されない",
    "受け入れられない",
    "渡されない",
    "取り込まれない",
    "受け付けられない",
    "資格は何も回答されない",
    "資格は無効と回答される",
    "資格は資格情報なしと回答される",
];

/// What is wrong with scenarios.
pub fn lint(book: &Book) -> Vec<Finding> {
    book.scenes.values().flat_map(|scene| scene_findings(book, scene)).collect()
}

fn scene_findings(book: &Book, scene: &Scene) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Nobody knows yet which requirement a drawn story broke.
    if scene.bears().is_empty() && !scene.is_found {
        let what = format!("no assertion of {} bears a requirement", scene.id);
        findings.push((Rule::NoAssertion, what));
    }
    if scene.twins.is_empty() && scene.steps.iter().find(asserts).is_some_and(refuses) {
        findings.push((Rule::NoTwin, format!("{} ends in a refusal and has no twin", scene.id)));
    }
    for twin in &scene.twins {
        match book.scenes.get(twin) {
            None => findings.push((Rule::Twin, format!("there is no scenario {twin}"))),
            Some(other) => {
                let steps = differences(scene, other);
                if steps != 1 {
                    let what = format!("{} and {twin} differ in {steps} steps", scene.id);
                    findings.push((Rule::Twin, what));
                }
            }
        }
    }
    findings.into_iter().map(|(rule, what)| scene.place.finding(rule, what)).collect()
}

fn asserts(line: &&Line) -> bool {
    line.step.ty == StepType::Then
}

/// Whether an assertion says that something was refused.
fn refuses(line: &Line) -> bool {
    let text = line.step.value.split(" [").next().unwrap_or_default();
    let ending = text.strip_prefix("受付は").and_then(|rest| rest.strip_suffix("で終わる"));
    let english = text.strip_prefix("the visit ends with ");
    ending.is_some_and(|ending| ending != "完了")
        || english.is_some_and(|ending| ending != "completed")
        || REFUSALS.iter().any(|refusal| text.ends_with(refusal))
}

/// In how many steps before the first assertion two scenarios differ: added, removed or replaced.
fn differences(one: &Scene, other: &Scene) -> usize {
    let before = |scene: &Scene| -> Vec<String> {
        scene.steps.iter().take_while(|line| !asserts(line)).map(Line::content).collect()
    };
    let (mut ours, mut theirs) = (before(one), before(other));
    ours.retain(|step| {
        theirs.iter().position(|it| it == step).map(|at| theirs.remove(at)).is_none()
    });
    ours.len().max(theirs.len())
}
