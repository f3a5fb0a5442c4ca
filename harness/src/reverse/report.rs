//! A run out of what was heard: one case a seam, one assertion a rule, so that a pair is reported as any product is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reports::Text2;
use reports::evidence::{Chain, Crossing, EvidenceEntry, Seam};
use reports::model::{BenchInfo, Blame, CaseResult, Check, RunRecord, StepResult, Verdict, Wall};
use reports::rollup;
use reports::scope::Scope;
use sha2::{Digest as _, Sha256};

use super::heard::{Heard, name};
use super::rules::{self, Found, Material, Rule, Where};
use crate::bench::Hindrance;
use crate::catalogue::{Binding, Catalogue};
use crate::clock::{rfc3339, wall};
use crate::error::BenchError;
use crate::sut::config::SutConfig;
use crate::whose::{self, Explanation, Left};

/// What a silent seam says.
const NOTHING: &str = "nothing passed at this seam";

/// Puts the run together.
///
/// # Errors
/// [`BenchError`] when the catalogue cannot be read.
pub fn record(
    sut: &SutConfig,
    seams: &[Seam],
    heard: &Heard,
    started: Timestamp,
) -> Result<RunRecord, BenchError> {
    let catalogue = Catalogue::embedded()?;
    let binding = Binding {
        positions: sut.positions.filled(),
        claims: sut.claims.clone(),
        ..Binding::default()
    };
    let material = Material::new(heard.look());
    let judge = Judge { catalogue, binding: &binding, material: &material, heard, started };
    let mut cases: Vec<CaseResult> = seams.iter().map(|seam| judge.seam(*seam)).collect();
    cases.extend(judge.across(seams));
    Ok(RunRecord {
        bench: BenchInfo {
            name: "madoguchi tap".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        plan_digest: digest(&cases),
        product: sut.info(),
        seed: 0,
        requirements: rows(catalogue, &binding, &cases),
        wall: Some(Wall {
            started: rfc3339(started),
            seconds: wall().duration_since(started).as_secs_f64(),
            cases: BTreeMap::new(),
        }),
        cases,
        incomplete: None,
        scope: Scope {
            not_claimed: binding.not_claimed(catalogue),
            listened: true,
            ..Scope::default()
        },
    })
}

struct Judge<'a> {
    catalogue: &'static Catalogue,
    binding: &'a Binding,
    material: &'a Material,
    heard: &'a Heard,
    started: Timestamp,
}

impl Judge<'_> {
    /// What was heard at one seam.
    fn seam(&self, seam: Seam) -> CaseResult {
        let rules = rules::all().filter(|rule| rule.at == Where::At(seam));
        let mut steps = vec![self.heard_here(seam)];
        let troubles = self.material.notes.troubles.iter().filter(|it| it.seam == seam);
        steps.extend(troubles.map(|trouble| step("Given", &trouble.what, Verdict::Inconclusive)));
        let title = Text2::new(format!("{}の間で聞いたこと", between(seam).ja), between(seam).en);
        let evidence = self.heard.evidence(Some(seam));
        let material = numbered_in(&evidence, self.material);
        self.case(name(seam), title, (steps, rules.collect()), (evidence, &material))
    }

    /// What two seams tell together; `None` where no two of them are tapped.
    fn across(&self, seams: &[Seam]) -> Option<CaseResult> {
        let tapped = |rule: &&Rule| match rule.at {
            Where::At(_) => false,
            Where::Across(one, other) => seams.contains(&one) && seams.contains(&other),
        };
        let rules: Vec<_> = rules::all().filter(tapped).collect();
        let title = Text2::new("複数の間を突き合わせたこと", "what several seams tell together");
        let parts = (Vec::new(), rules);
        let seen = (self.heard.evidence(None), self.material);
        (!parts.1.is_empty()).then(|| self.case("across", title, parts, seen))
    }

    /// How much was heard. Nothing is not enough.
    fn heard_here(&self, seam: Seam) -> StepResult {
        let entries = self.heard.evidence(Some(seam)).len();
        let troubles = self.material.notes.troubles.iter().filter(|it| it.seam == seam).count();
        let mut waits = self.material.notes.waits.get(&seam).cloned().unwrap_or_default();
        waits.sort();
        let (median, longest) = (waits.get(waits.len() / 2), waits.last());
        match (entries.saturating_sub(troubles), median, longest) {
            (0, _, _) => step("Given", NOTHING, Verdict::Inconclusive),
            (heard, Some(median), Some(longest)) => {
                let (median, longest) = (median.as_millis(), longest.as_millis());
                let text = format!(
                    "{heard} messages passed; answers took {median} ms (median), {longest} ms at most"
                );
                step("Given", &text, Verdict::Pass)
            }
            (heard, _, _) => step("Given", &format!("{heard} messages passed"), Verdict::Pass),
        }
    }

    fn case(
        &self,
        slug: &str,
        title: Text2,
        (mut steps, rules): (Vec<StepResult>, Vec<&Rule>),
        (evidence, material): (Vec<EvidenceEntry>, &Material),
    ) -> CaseResult {
        let checks: Vec<Check> = rules.iter().map(|rule| self.check(rule, material)).collect();
        steps.extend(checks.iter().map(|check| step("Then", &check.step, check.verdict)));
        let verdict = rollup::case_verdict(&steps, &checks, &[]);
        let Explanation { why, next_step, blame } = explained(verdict, &steps, &checks);
        let evidence = chained(evidence);
        CaseResult {
            id: format!("tap/{slug}"),
            title,
            area: "tap".to_owned(),
            tags: Vec::new(),
            feature: "Passive taps between two products".to_owned(),
            steps,
            checks,
            judgements: Vec::new(),
            claims: Vec::new(),
            verdict,
            why,
            next_step,
            blame,
            evidence_file: format!("evidence/tap--{slug}.jsonl"),
            evidence_head: evidence.last().map(|entry| entry.hash.clone()),
            evidence,
            virtual_start: rfc3339(self.started),
        }
    }

    /// A rule as an assertion. A row that the product does not claim is not for it.
    fn check(&self, rule: &Rule, material: &Material) -> Check {
        let level = rule.bears.iter().map(|id| self.binding.level(self.catalogue, id)).min();
        let level = level.unwrap_or(reports::model::Level::Must);
        let (verdict, actual) = match self.unclaimed(rule) {
            true => (Verdict::NotApplicable, "not among the `claims` of madoguchi.yaml".to_owned()),
            false => told((rule.judge)(material)),
        };
        Check {
            requirement: rule.bears.iter().map(|id| (*id).to_owned()).collect(),
            level,
            step: format!("{} [{}]", rule.text.1, rule.bears.join(", ")).replace(" []", ""),
            verdict,
            expected: rule.text.1.to_owned(),
            actual,
            note: Some(format!("{}: {}", rule.id, rule.text.0)),
        }
    }

    fn unclaimed(&self, rule: &Rule) -> bool {
        let rows = rule.bears.iter().filter_map(|id| self.catalogue.requirements.get(*id));
        let mut rows = rows.peekable();
        rows.peek().is_some() && rows.all(|row| !self.binding.claims(row))
    }
}

fn told(found: Found) -> (Verdict, String) {
    match found {
        Found::Holds(times) => (Verdict::Pass, format!("held {times} times")),
        Found::Broken { times, of, first } => (Verdict::Fail, format!("{first} ({times} of {of})")),
        Found::NotSeen(why) => (Verdict::NotApplicable, why.to_owned()),
        Found::Review(why) => (Verdict::NeedsReview, why),
    }
}

fn explained(verdict: Verdict, steps: &[StepResult], checks: &[Check]) -> Explanation {
    let hindrance = hindrance(verdict, steps, checks);
    let trouble = hindrance.as_ref();
    whose::of_case(verdict, Left { steps, checks, judgements: &[], trouble, is_own: false })
}

/// What kept a seam from being judged whole, in words.
fn hindrance(verdict: Verdict, steps: &[StepResult], checks: &[Check]) -> Option<Hindrance> {
    const RUN: &str = "let the pair work while the tap runs: a visit, a query, a file";
    const LOOK: &str =
        "look at the peers' own logs: the tap passed on what it met and judged nothing of it";
    const PERSON: &str = "look at the evidence entry named: a person can tell chance from a leak";
    match verdict {
        Verdict::Inconclusive => {
            let step = steps.iter().find(|step| step.verdict == Verdict::Inconclusive)?;
            let next = if step.text == NOTHING { RUN } else { LOOK };
            Some((verdict, Blame::Environment, step.text.clone(), next))
        }
        Verdict::NeedsReview => {
            let check = checks.iter().find(|check| check.verdict == Verdict::NeedsReview)?;
            Some((verdict, Blame::Product, check.actual.clone(), PERSON))
        }
        Verdict::NotApplicable | Verdict::NotRun => {
            Some((verdict, Blame::Environment, "nothing that passed can be judged".to_owned(), RUN))
        }
        Verdict::Pass
        | Verdict::Warn
        | Verdict::Fail
        | Verdict::ConfigError
        | Verdict::BenchError => None,
    }
}

fn step(keyword: &str, text: &str, verdict: Verdict) -> StepResult {
    StepResult { keyword: keyword.to_owned(), text: text.to_owned(), verdict, message: None }
}

/// What was heard with the numbers that its entries have in the evidence of one seam, where they are counted from 1 again.
fn numbered_in(evidence: &[EvidenceEntry], material: &Material) -> Material {
    let numbers: BTreeMap<u64, u64> = evidence.iter().map(|entry| entry.seq).zip(1..).collect();
    let number = |seq: &mut u64| *seq = numbers.get(seq).copied().unwrap_or_default();
    let mut notes = material.notes.clone();
    notes.calls.iter_mut().for_each(|call| number(&mut call.seq));
    notes.files.iter_mut().for_each(|file| number(&mut file.seq));
    notes.commands.iter_mut().for_each(|command| number(&mut command.seq));
    Material::new(notes)
}

/// Entries of one seam, chained anew: the file of a case stands by itself.
fn chained(entries: Vec<EvidenceEntry>) -> Vec<EvidenceEntry> {
    let mut chain = Chain::default();
    let crossing = |entry: EvidenceEntry| Crossing {
        virtual_time: entry.virtual_time,
        seam: entry.seam,
        from: entry.from,
        to: entry.to,
        direction: entry.direction,
        summary: entry.summary,
        bytes: entry.bytes,
    };
    entries.into_iter().map(|entry| chain.append(crossing(entry))).collect()
}

/// The rows that the rules of these cases bear.
fn rows(
    catalogue: &Catalogue,
    binding: &Binding,
    cases: &[CaseResult],
) -> BTreeMap<String, reports::model::RequirementRow> {
    let borne = cases.iter().flat_map(|case| &case.checks).flat_map(|check| &check.requirement);
    let row = |id: &String| {
        let row = catalogue.requirements.get(id).filter(|row| binding.claims(row))?;
        let level = binding.level(catalogue, id);
        Some((id.clone(), reports::model::RequirementRow { level, ..row.row(binding.tier) }))
    };
    borne.filter_map(row).collect()
}

/// Names the rules that were looked at.
fn digest(cases: &[CaseResult]) -> String {
    let mut digest = Sha256::new();
    for check in cases.iter().flat_map(|case| &case.checks) {
        digest.update(check.step.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// Between whom.
fn between(seam: Seam) -> Text2 {
    match seam {
        Seam::Reader => Text2::new("顔認証付きカードリーダーと端末", "reader and terminal"),
        Seam::Backend => Text2::new("端末と資格確認機関", "terminal and backend"),
        Seam::ValidationAuthority => Text2::new("資格確認機関と認証局", "backend and authority"),
        Seam::Folder => Text2::new("端末とレセコン", "terminal and receipt computer"),
        Seam::Card => Text2::new("カードとリーダー", "card and reader"),
        Seam::Camera | Seam::Matcher | Seam::Feed | Seam::Claim | Seam::Portal | Seam::Control => {
            Text2::new(seam.name(), seam.name())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;

    use super::*;
    use crate::reverse::heard::{Call, Trouble};
    use crate::reverse::wire::Message;
    use crate::seed::Seed;
    use crate::taps::http::Place;

    #[test]
    fn an_entry_that_is_named_is_that_of_the_cases_own_evidence() {
        let heard = Heard::new(Seed(1), Arc::new(|_| {}));
        heard.trouble(Trouble::at(Place::Backend, "an entry of another seam before"));
        let request = Message { body: b"{\"pin\":\"1234\"}".to_vec(), ..Message::default() };
        heard.asked(Place::Reader, &request);
        let (answer, waited) = (Message::default(), SignedDuration::ZERO);
        heard.answered(Call { place: Place::Reader, peer: None, request, answer, waited, seq: 0 });
        let text = "product: {name: P, version: '1', vendor: V}\npositions: {terminal: {adapter: reverse}}\n";
        let sut = SutConfig::parse(text).unwrap();
        let record = record(&sut, &[Seam::Reader], &heard, wall()).unwrap();
        let case = &record.cases[0];
        let pin = case.checks.iter().find(|check| check.requirement == ["OQS-PIN-08"]).unwrap();
        assert!(pin.actual.contains("entry 2"), "{}", pin.actual);
        assert_eq!(case.evidence.last().unwrap().seq, 2);
    }
}
