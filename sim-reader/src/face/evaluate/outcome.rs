//! What is counted, and the measures it comes to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use super::super::{Attack, NoScore};
use super::people::{MEMBERS, companies};
use super::rates::{Rates, share};
use super::{EvaluationError, PATIENCE, Plan, Subject};

/// FNMR is always told at this FMR, whatever the target.
const COMMON_FMR: f64 = 0.001;
/// Bona fide presentations that may be taken for attacks at the threshold at which APCER is told.
const TARGET_BPCER: f64 = 0.01;

/// The measures of every subject on the same pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Name of the setting.
    pub condition: &'static str,
    /// Seed of everything.
    pub seed: u64,
    /// Genuine comparisons asked for.
    pub genuine: usize,
    /// Impostor comparisons asked for.
    pub impostors: usize,
    /// Presentations of each kind of attack.
    pub attacks: usize,
    /// Companies of like people.
    pub companies: usize,
    /// People in all of them.
    pub people: usize,
    /// False match rate that the thresholds keep.
    pub target_fmr: f64,
    /// One for each subject.
    pub outcomes: Vec<Outcome>,
}

/// The measures of one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The subject's name.
    pub matcher: String,
    /// Equal error rate.
    pub eer: f64,
    /// False non-match rate at the threshold that keeps a false match rate of 0.001.
    pub fnmr_at_fmr_0_001: f64,
    /// The lowest threshold that keeps the target.
    pub threshold: f64,
    /// False match rate at this threshold.
    pub fmr: f64,
    /// False non-match rate at this threshold.
    pub fnmr: f64,
    /// Share of genuine comparisons of which a picture could not be used.
    pub failure_to_acquire: f64,
    /// Comparisons without an answer, by kind of failure. They count neither as match nor as mismatch.
    pub failed: BTreeMap<&'static str, usize>,
    /// Scores at or above which a capture is taken for an attack; none when the matcher does not look for attacks.
    pub attack_threshold: Option<f64>,
    /// Share of bona fide presentations taken for attacks at that threshold.
    pub bpcer: Option<f64>,
    /// By kind of attack.
    pub attacks: Vec<AttackOutcome>,
    /// All scores, for the curve.
    #[serde(skip)]
    pub rates: Rates,
}

/// The measures of one kind of attack. Source of the terms: ISO/IEC 30107-3:2023.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttackOutcome {
    /// Its name.
    pub attack: &'static str,
    /// How many there were.
    pub presentations: usize,
    /// Attack presentation non-response rate: no usable picture came of them.
    pub apnrr: f64,
    /// Attack presentation classification error rate: taken for bona fide, of those with a response.
    pub apcer: Option<f64>,
    /// BPCER where APCER is 5 %.
    pub bpcer20: Option<f64>,
    /// BPCER where APCER is 1 %.
    pub bpcer100: Option<f64>,
    /// Impostor attack presentation accept rate: neither noticed nor told from the person in the photo, of all.
    pub iapar: f64,
}

/// Scores of one kind of comparison.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores {
    pub(super) given: Vec<f64>,
    pub(super) unusable: usize,
    pub(super) failed: BTreeMap<&'static str, usize>,
    last: Option<NoScore>,
}

impl Scores {
    pub(super) fn take(&mut self, score: Result<f64, NoScore>) -> Option<f64> {
        match score {
            Ok(score) => {
                self.given.push(score);
                return Some(score);
            }
            Err(NoScore::Unusable(_)) => self.unusable += 1,
            Err(failure) => {
                *self.failed.entry(failure.kind()).or_default() += 1;
                self.last = Some(failure);
            }
        }
        None
    }

    /// A matcher that does not look for attacks says nothing here.
    pub(super) fn take_attack(&mut self, score: Result<Option<f64>, NoScore>) -> Option<f64> {
        self.take(score.transpose()?)
    }

    fn failures(&self) -> usize {
        self.failed.values().sum()
    }

    fn add(&mut self, more: Self) {
        self.given.extend(more.given);
        self.unusable += more.unusable;
        for (kind, count) in more.failed {
            *self.failed.entry(kind).or_default() += count;
        }
        self.last = more.last.or(self.last.take());
    }
}

/// One kind of attack.
#[derive(Debug, Clone, Default)]
struct Attacked {
    presentations: usize,
    no_response: usize,
    /// Of those with a response: how alike to the photo, and how suspect.
    responses: Vec<(f64, Option<f64>)>,
}

/// What one subject's scores come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) genuine: Scores,
    pub(super) impostors: Scores,
    pub(super) bona_fide: Scores,
    suspicions: Scores,
    attacks: BTreeMap<Attack, Attacked>,
    /// Failures already counted towards the matcher's patience.
    counted: usize,
}

impl Tally {
    pub(super) fn attack(
        &mut self,
        attack: Attack,
        score: Result<f64, NoScore>,
        suspicion: Result<Option<f64>, NoScore>,
    ) {
        let unusable = matches!(score, Err(NoScore::Unusable(_)));
        let (score, suspicion) =
            (self.suspicions.take(score), self.suspicions.take_attack(suspicion));
        let attacked = self.attacks.entry(attack).or_default();
        attacked.presentations += 1;
        attacked.no_response += usize::from(unusable);
        attacked.responses.extend(score.map(|score| (score, suspicion)));
    }

    pub(super) fn add(&mut self, more: Self) {
        self.genuine.add(more.genuine);
        self.impostors.add(more.impostors);
        self.bona_fide.add(more.bona_fide);
        self.suspicions.add(more.suspicions);
        for (attack, more) in more.attacks {
            let attacked = self.attacks.entry(attack).or_default();
            attacked.presentations += more.presentations;
            attacked.no_response += more.no_response;
            attacked.responses.extend(more.responses);
        }
    }

    /// Whether the subject has still to be asked, after what it has not answered in other companies too.
    pub(super) fn check(
        &mut self,
        subject: &Subject<'_>,
        failures: &AtomicUsize,
    ) -> Result<(), EvaluationError> {
        let all = [&self.genuine, &self.impostors, &self.bona_fide, &self.suspicions];
        let own: usize = all.iter().map(|scores| scores.failures()).sum();
        let more = own - self.counted;
        self.counted = own;
        let total = failures.fetch_add(more, Ordering::Relaxed) + more;
        match all.into_iter().rev().find_map(|scores| scores.last.clone()) {
            Some(last) if total >= PATIENCE => {
                Err(EvaluationError::Failing { name: subject.name.clone(), last })
            }
            _ => Ok(()),
        }
    }
}

/// The measures of all tallies.
pub(super) fn evaluation(plan: &Plan, subjects: &[Subject<'_>], tallies: Vec<Tally>) -> Evaluation {
    let companies = companies(plan);
    let outcomes = subjects.iter().zip(tallies);
    Evaluation {
        condition: plan.setting.name(),
        seed: plan.seed,
        genuine: plan.genuine,
        impostors: plan.impostors,
        attacks: plan.attacks,
        companies,
        people: companies * MEMBERS,
        target_fmr: plan.target_fmr,
        outcomes: outcomes.map(|(subject, tally)| outcome(plan, &subject.name, tally)).collect(),
    }
}

fn outcome(plan: &Plan, name: &str, tally: Tally) -> Outcome {
    let Tally { genuine, impostors, bona_fide, suspicions, attacks, .. } = tally;
    let mut failed = BTreeMap::new();
    for scores in [&genuine, &impostors, &bona_fide, &suspicions] {
        for (kind, count) in &scores.failed {
            *failed.entry(*kind).or_default() += count;
        }
    }
    let failure_to_acquire = share(genuine.unusable, genuine.unusable + genuine.given.len());
    let rates = Rates::new(genuine.given, impostors.given);
    let threshold = rates.threshold_at(plan.target_fmr);
    let line = Rates::new(Vec::new(), bona_fide.given.clone());
    let looks = !bona_fide.given.is_empty();
    let attack_threshold = looks.then(|| line.threshold_at(TARGET_BPCER));
    let attacks = attacks.iter().map(|(attack, attacked)| {
        attack_outcome(*attack, attacked, &bona_fide.given, (threshold, attack_threshold))
    });
    Outcome {
        matcher: name.to_owned(),
        eer: rates.equal(),
        fnmr_at_fmr_0_001: rates.fnmr(rates.threshold_at(COMMON_FMR)),
        threshold,
        fmr: rates.fmr(threshold),
        fnmr: rates.fnmr(threshold),
        failure_to_acquire,
        failed,
        attack_threshold,
        bpcer: attack_threshold.map(|threshold| line.fmr(threshold)),
        attacks: attacks.collect(),
        rates,
    }
}

fn attack_outcome(
    attack: Attack,
    attacked: &Attacked,
    bona_fide: &[f64],
    (threshold, attack_threshold): (f64, Option<f64>),
) -> AttackOutcome {
    let suspicions: Vec<f64> = attacked.responses.iter().filter_map(|(_, s)| *s).collect();
    let looked = attack_threshold.filter(|_| !suspicions.is_empty());
    // An attack that is noticed is to detection what a match is to comparison.
    let rates = Rates::new(suspicions, bona_fide.to_vec());
    let unnoticed = |suspicion: Option<f64>| match (suspicion, attack_threshold) {
        (Some(suspicion), Some(line)) => suspicion < line,
        _ => true,
    };
    let accepted =
        |(score, suspicion): &&(f64, Option<f64>)| *score >= threshold && unnoticed(*suspicion);
    AttackOutcome {
        attack: attack.name(),
        presentations: attacked.presentations,
        apnrr: share(attacked.no_response, attacked.presentations),
        apcer: looked.map(|threshold| rates.fnmr(threshold)),
        bpcer20: looked.map(|_| rates.fmr(rates.threshold_missing(0.05))),
        bpcer100: looked.map(|_| rates.fmr(rates.threshold_missing(0.01))),
        iapar: share(attacked.responses.iter().filter(accepted).count(), attacked.presentations),
    }
}
