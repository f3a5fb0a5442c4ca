//! What the HTML template sees: the record turned into strings and flags, so that the template decides nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::compare::{Comparison, compare};
use crate::evidence::{self, EvidenceEntry};
use crate::model::{
    CaseResult, Check, Divergence, Judgement, Level, RunRecord, StepResult, Text2, Verdict,
};
use crate::rollup::{self, RequirementOutcome, Returned, ReturnedShares};
use crate::scope::{Budgeted, ProfileInfo, Since, WaiverUse};
use crate::words::{self, Phrase};
use crate::{clean, timeline};

#[derive(Serialize)]
pub(super) struct Page {
    pub bench: String,
    pub product: Product,
    pub seed: String,
    pub plan_digest: String,
    pub verdict: Chip,
    pub headline: Text2,
    pub meaning: Text2,
    pub exit_code: u8,
    pub incomplete: Option<String>,
    pub profile: Option<ProfileView>,
    pub budget: Option<BudgetView>,
    pub waivers: Vec<WaiverView>,
    pub conceptual: bool,
    pub relative_to: Option<String>,
    pub listened: bool,
    pub not_claimed: Vec<(String, String)>,
    pub since: Option<Since>,
    pub by_hand: usize,
    pub wall: Option<(String, String)>,
    pub total: usize,
    pub tallies: Vec<Tally>,
    pub bar: Vec<Slice>,
    pub musts: Coverage,
    pub shoulds: Coverage,
    pub returned: Option<ReturnedView>,
    pub attention: Vec<Attention>,
    pub more_attention: usize,
    pub areas: Vec<Area>,
    pub requirements: Vec<Requirement>,
}

#[derive(Serialize)]
pub(super) struct Product {
    name: String,
    version: String,
    vendor: String,
    positions: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ProfileView {
    name: String,
    title: Text2,
    tier: u8,
    rows: usize,
}

#[derive(Serialize)]
pub(super) struct BudgetView {
    words: Text2,
    left_out: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct WaiverView {
    requirement: Link,
    word: Text2,
    bad: bool,
    hits: String,
    expires: String,
    owner: String,
    reason: String,
    next: Option<Text2>,
}

/// A verdict as class name, sign and word.
#[derive(Serialize)]
pub(super) struct Chip {
    name: &'static str,
    symbol: &'static str,
    word: Text2,
}

#[derive(Serialize)]
pub(super) struct Tally {
    chip: Chip,
    count: usize,
}

/// One part of the bar over all cases, in per mille of its length.
#[derive(Serialize)]
pub(super) struct Slice {
    name: &'static str,
    from: usize,
    length: usize,
}

#[derive(Serialize)]
pub(super) struct Coverage {
    total: usize,
    evaluated: usize,
    failed: usize,
}

/// 返戻率 of both flows, with the length of a bar each, in per mille.
#[derive(Serialize)]
pub(super) struct ReturnedView {
    old: Share,
    new: Share,
}

#[derive(Serialize)]
struct Share {
    words: String,
    length: usize,
}

#[derive(Serialize)]
pub(super) struct Attention {
    id: String,
    anchor: String,
    chip: Chip,
    title: Text2,
    why: Option<String>,
    next_step: Option<String>,
    blame: Option<Text2>,
}

#[derive(Serialize)]
pub(super) struct Area {
    name: String,
    anchor: String,
    tallies: Vec<Tally>,
    cases: Vec<Case>,
}

#[derive(Serialize)]
pub(super) struct Case {
    id: String,
    anchor: String,
    title: Text2,
    feature: String,
    tags: Vec<String>,
    /// Further words by which the case can be found.
    search: String,
    chip: Chip,
    open: bool,
    why: Option<String>,
    next_step: Option<String>,
    blame: Option<Text2>,
    seconds: Option<String>,
    virtual_start: String,
    steps: Vec<Step>,
    judgements: Vec<JudgementView>,
    checks: Vec<CheckView>,
    picture: Option<String>,
    evidence: EvidenceView,
}

#[derive(Serialize)]
struct Step {
    keyword: String,
    text: String,
    chip: Chip,
    message: Option<String>,
}

#[derive(Serialize)]
struct JudgementView {
    event: String,
    agrees: bool,
    chip: Chip,
    divergence: Option<Divergence>,
    comparison: Comparison,
}

#[derive(Serialize)]
struct CheckView {
    chip: Chip,
    level: Text2,
    must: bool,
    requirement: Vec<Link>,
    step: String,
    expected: String,
    actual: String,
    note: Option<String>,
}

#[derive(Serialize)]
struct Link {
    text: String,
    anchor: String,
}

#[derive(Serialize)]
struct EvidenceView {
    file: String,
    /// The file as a link, when it is a plain relative path.
    link: Option<String>,
    count: usize,
    seams: Vec<(&'static str, usize)>,
    head: Option<String>,
    /// Why the chain does not hold.
    broken: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Requirement {
    id: String,
    anchor: String,
    level: Option<Text2>,
    must: bool,
    statement: Option<Text2>,
    source: Option<Text2>,
    source_name: Option<crate::model::Source>,
    tier: Option<u8>,
    /// Why no assertion checks it.
    reason: Option<Text2>,
    chip: Chip,
    evaluated: usize,
    cases: Vec<Link>,
}

/// How many cases the box "look here first" names.
const ATTENTION: usize = 8;

pub(super) fn page(run: &RunRecord) -> Page {
    let verdict = rollup::run_verdict(run);
    let outcomes = rollup::requirements(run);
    let mut attention: Vec<Attention> = needing_attention(run).map(attention_of).collect();
    let more_attention = attention.len().saturating_sub(ATTENTION);
    attention.truncate(ATTENTION);
    Page {
        bench: line(&format!("{} {}", run.bench.name, run.bench.version)),
        product: product(run),
        seed: run.seed.to_string(),
        plan_digest: line(&run.plan_digest),
        verdict: chip(verdict),
        headline: words::headline(verdict).into(),
        meaning: words::meaning(verdict).into(),
        exit_code: rollup::exit_code(verdict),
        incomplete: run.incomplete.as_deref().map(line),
        profile: run.scope.profile.as_ref().map(profile),
        budget: run.scope.budget.as_ref().map(budget),
        waivers: run.scope.waivers.iter().map(waiver).collect(),
        conceptual: run.scope.conceptual,
        relative_to: run.scope.relative_to.as_deref().map(line),
        listened: run.scope.listened,
        not_claimed: not_claimed(run),
        since: run.scope.since.clone(),
        by_hand: run.requirements.values().filter(|row| !row.check.is_auto()).count(),
        wall: run.wall.as_ref().map(|wall| (line(&wall.started), format!("{:.1}", wall.seconds))),
        total: run.cases.len(),
        tallies: tallies(&run.cases.iter().collect::<Vec<_>>()),
        bar: bar(run),
        musts: coverage(run, &outcomes, Level::Must),
        shoulds: coverage(run, &outcomes, Level::Should),
        returned: rollup::returned(run).map(returned),
        attention,
        more_attention,
        areas: areas(run),
        requirements: outcomes.iter().map(|(id, outcome)| requirement(run, id, outcome)).collect(),
    }
}

fn profile(profile: &ProfileInfo) -> ProfileView {
    let ProfileInfo { name, title, tier, rows } = profile;
    ProfileView { name: line(name), title: text2(title), tier: *tier, rows: *rows }
}

fn budget(budget: &Budgeted) -> BudgetView {
    let left_out = budget.left_out.iter().map(|id| line(id)).collect();
    BudgetView { words: text2(&budget.words()), left_out }
}

fn waiver(waiver: &WaiverUse) -> WaiverView {
    let id = &waiver.requirement;
    WaiverView {
        requirement: link("req", id),
        word: waiver.state.word(),
        bad: waiver.state.fails_the_run(),
        hits: format!("{}/{}", waiver.hits, waiver.limit),
        expires: line(&waiver.expires),
        owner: line(&waiver.owner),
        reason: line(&waiver.reason),
        next: waiver.state.next(),
    }
}

fn not_claimed(run: &RunRecord) -> Vec<(String, String)> {
    let rows = run.scope.not_claimed.iter();
    rows.map(|row| (line(&row.requirement), line(&row.reason))).collect()
}

fn returned(shares: ReturnedShares) -> ReturnedView {
    let share =
        |of: Returned| Share { words: of.in_words(), length: of.per_mille().unwrap_or_default() };
    ReturnedView { old: share(shares.old), new: share(shares.new) }
}

fn product(run: &RunRecord) -> Product {
    let product = &run.product;
    Product {
        name: line(&product.name),
        version: line(&product.version),
        vendor: line(&product.vendor),
        positions: product.positions.iter().map(|position| line(position)).collect(),
    }
}

fn line(text: &str) -> String {
    clean::one_line(text)
}

fn text2(text: &Text2) -> Text2 {
    Text2::new(line(&text.ja), line(&text.en))
}

fn chip(verdict: Verdict) -> Chip {
    Chip { name: verdict.name(), symbol: verdict.symbol(), word: word(verdict.word()) }
}

fn word(phrase: Phrase) -> Text2 {
    phrase.into()
}

fn tallies(cases: &[&CaseResult]) -> Vec<Tally> {
    let counts = rollup::counts(cases.iter().copied());
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(v, count)| Tally { chip: chip(v), count })
        .collect()
}

fn bar(run: &RunRecord) -> Vec<Slice> {
    let total = run.cases.len().max(1);
    let mut before = 0;
    let counts = rollup::counts(&run.cases).into_iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(verdict, count)| {
            let from = before * 1000 / total;
            before += count;
            Slice { name: verdict.name(), from, length: before * 1000 / total - from }
        })
        .collect()
}

fn coverage(
    run: &RunRecord,
    outcomes: &BTreeMap<String, RequirementOutcome>,
    level: Level,
) -> Coverage {
    let listed = run.requirements.iter().filter(|(_, row)| row.level == level);
    let of_level: Vec<_> = listed.filter_map(|(id, _)| outcomes.get(id)).collect();
    let missed = |verdict| matches!(verdict, Verdict::Fail | Verdict::Warn);
    Coverage {
        total: of_level.len(),
        evaluated: of_level.iter().filter(|outcome| outcome.evaluated > 0).count(),
        failed: of_level.iter().filter(|outcome| missed(outcome.verdict)).count(),
    }
}

/// Cases that stop the run from passing, the weightiest verdict first.
fn needing_attention(run: &RunRecord) -> impl Iterator<Item = &CaseResult> {
    let order = [
        Verdict::BenchError,
        Verdict::ConfigError,
        Verdict::Fail,
        Verdict::Inconclusive,
        Verdict::NeedsReview,
    ];
    order
        .into_iter()
        .flat_map(|verdict| run.cases.iter().filter(move |case| case.verdict == verdict))
}

fn attention_of(case: &CaseResult) -> Attention {
    Attention {
        id: line(&case.id),
        anchor: anchor("case", &case.id),
        chip: chip(case.verdict),
        title: text2(&case.title),
        why: case.why.as_deref().map(line),
        next_step: case.next_step.as_deref().map(line),
        blame: case.blame.map(|blame| words::blame(blame).into()),
    }
}

fn areas(run: &RunRecord) -> Vec<Area> {
    let opened = needing_attention(run).next().map(|case| case.id.as_str());
    let by_area = rollup::by_area(run).into_iter();
    by_area
        .map(|(name, cases)| Area {
            name: line(name),
            anchor: anchor("area", name),
            tallies: tallies(&cases),
            cases: cases
                .into_iter()
                .map(|case| case_view(run, case, opened == Some(&case.id)))
                .collect(),
        })
        .collect()
}

fn case_view(run: &RunRecord, case: &CaseResult, open: bool) -> Case {
    let marked =
        case.judgements.iter().find_map(|judgement| judgement.divergence.as_ref()?.evidence_seq);
    let requirements = case.checks.iter().flat_map(|check| &check.requirement).cloned();
    let search: Vec<String> =
        requirements.chain(case.tags.iter().cloned()).chain([case.feature.clone()]).collect();
    let seconds = run.wall.as_ref().and_then(|wall| wall.cases.get(&case.id));
    Case {
        id: line(&case.id),
        anchor: anchor("case", &case.id),
        title: text2(&case.title),
        feature: line(&case.feature),
        tags: case.tags.iter().map(|tag| line(tag)).collect(),
        search: line(&search.join(" ")),
        chip: chip(case.verdict),
        open,
        why: case.why.as_deref().map(line),
        next_step: case.next_step.as_deref().map(line),
        blame: case.blame.map(|blame| words::blame(blame).into()),
        seconds: seconds.map(|seconds| format!("{seconds:.2}")),
        virtual_start: line(&case.virtual_start),
        steps: case.steps.iter().map(step).collect(),
        judgements: case.judgements.iter().map(judgement).collect(),
        checks: case.checks.iter().map(check).collect(),
        picture: (!case.evidence.is_empty()).then(|| timeline::picture(&case.evidence, marked)),
        evidence: evidence_view(case),
    }
}

fn step(step: &StepResult) -> Step {
    Step {
        keyword: line(&step.keyword),
        text: line(&step.text),
        chip: chip(step.verdict),
        message: step.message.as_deref().map(clean::block),
    }
}

fn judgement(judgement: &Judgement) -> JudgementView {
    JudgementView {
        event: line(&judgement.event),
        agrees: judgement.agrees,
        chip: chip(rollup::judgement_verdict(judgement)),
        divergence: judgement.divergence.as_ref().map(divergence),
        comparison: compare(judgement),
    }
}

fn divergence(at: &Divergence) -> Divergence {
    Divergence {
        pointer: line(&at.pointer),
        expected: line(&at.expected),
        actual: line(&at.actual),
        evidence_seq: at.evidence_seq,
    }
}

fn check(check: &Check) -> CheckView {
    CheckView {
        chip: chip(rollup::check_verdict(check)),
        level: words::level(check.level).into(),
        must: check.level == Level::Must,
        requirement: check.requirement.iter().map(|id| link("req", id)).collect(),
        step: line(&check.step),
        expected: clean::block(&check.expected),
        actual: clean::block(&check.actual),
        note: check.note.as_deref().map(line),
    }
}

fn evidence_view(case: &CaseResult) -> EvidenceView {
    let mut seams: BTreeMap<_, usize> = BTreeMap::new();
    for entry in &case.evidence {
        *seams.entry(entry.seam).or_default() += 1;
    }
    let chain = evidence::verify_entries(&case.evidence);
    EvidenceView {
        file: line(&case.evidence_file),
        link: is_plain_path(&case.evidence_file).then(|| case.evidence_file.clone()),
        count: case.evidence.len(),
        seams: seams.into_iter().map(|(seam, count)| (seam.name(), count)).collect(),
        head: case.evidence.last().map(|entry: &EvidenceEntry| line(&entry.hash)),
        broken: chain.err().map(|found| found.to_string()).or_else(|| cut_short(case)),
    }
}

/// A chain can lose its end unseen; the head in the record shows it.
fn cut_short(case: &CaseResult) -> Option<String> {
    let head = case.evidence.last().map(|entry| &entry.hash)?;
    let recorded = case.evidence_head.as_ref()?;
    (head != recorded).then(|| format!("the last entry is not the recorded one ({recorded})"))
}

/// Only a relative path of harmless characters becomes a link: no scheme, no way out of the report's folder.
fn is_plain_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    !path.is_empty() && !path.starts_with('/') && !path.contains("..") && path.chars().all(plain)
}

fn requirement(run: &RunRecord, id: &str, outcome: &RequirementOutcome) -> Requirement {
    let row = run.requirements.get(id);
    Requirement {
        id: line(id),
        anchor: anchor("req", id),
        level: row.map(|row| words::level(row.level).into()),
        must: row.is_some_and(|row| row.level == Level::Must),
        statement: row.map(|row| text2(&row.statement)),
        source: row.map(|row| words::source(row.source).into()),
        source_name: row.map(|row| row.source),
        tier: row.map(|row| row.tier),
        reason: row.and_then(|row| row.reason.as_ref()).map(text2),
        chip: chip(outcome.verdict),
        evaluated: outcome.evaluated,
        cases: outcome.cases.iter().map(|case| link("case", case)).collect(),
    }
}

fn link(kind: &str, id: &str) -> Link {
    Link { text: line(id), anchor: anchor(kind, id) }
}

/// A fragment that needs no escaping anywhere; different ids keep different fragments.
fn anchor(kind: &str, id: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => c.to_string(),
        '/' => "_".to_owned(),
        other => format!("_{:x}_", u32::from(other)),
    };
    format!("{kind}-{}", id.chars().map(plain).collect::<String>())
}
