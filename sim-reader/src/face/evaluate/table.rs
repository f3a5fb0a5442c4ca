//! The measures as a table for people.

use std::fmt::Write as _;

use super::outcome::{AttackOutcome, Evaluation, Outcome};

/// The table, one column a matcher, then the attacks of each matcher that looks for them.
pub fn table(evaluation: &Evaluation) -> String {
    let Evaluation { condition, seed, genuine, impostors, companies, people, .. } = evaluation;
    let mut text = format!(
        "condition {condition}, seed {seed}: {genuine} genuine and {impostors} impostor comparisons of {people} people\n\
         in {companies} companies of like age, sex and colouring (ISO/IEC 19795-1)\n\n"
    );
    let mut row = |name: &str, cell: &dyn Fn(&Outcome) -> String| {
        let cells = evaluation.outcomes.iter().map(|outcome| format!("{:>14}", cell(outcome)));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<26}{}", cells.collect::<String>());
    };
    row("", &|outcome| shortened(&outcome.matcher));
    row("EER", &|outcome| percent(outcome.eer));
    row("FNMR at FMR 0.1 %", &|outcome| percent(outcome.fnmr_at_fmr_0_001));
    let target = format!("threshold for FMR {} %", 100.0 * evaluation.target_fmr);
    row(&target, &|outcome| format!("{:.4}", outcome.threshold));
    row("  FMR there", &|outcome| percent(outcome.fmr));
    row("  FNMR there", &|outcome| percent(outcome.fnmr));
    row("failure to acquire", &|outcome| percent(outcome.failure_to_acquire));
    row("no answer", &|outcome| outcome.failed.values().sum::<usize>().to_string());
    if evaluation.target_fmr * (*impostors as f64) < 30.0 {
        text.push_str("fewer than 30 false matches are to be expected at this FMR: ask for more impostors, or take it as a hint\n");
    }
    for outcome in &evaluation.outcomes {
        failures(&mut text, outcome);
        attacks(&mut text, outcome);
    }
    text
}

fn failures(text: &mut String, outcome: &Outcome) {
    for (kind, count) in &outcome.failed {
        let _ = writeln!(
            text,
            "{}: {count} without an answer ({kind}), counted neither way",
            outcome.matcher
        );
    }
}

fn attacks(text: &mut String, outcome: &Outcome) {
    let Some((threshold, bpcer)) = outcome.attack_threshold.zip(outcome.bpcer) else { return };
    let _ = writeln!(
        text,
        "\n{}: presentation attacks (ISO/IEC 30107-3), threshold {threshold:.4} with BPCER {}",
        outcome.matcher,
        percent(bpcer)
    );
    let _ = writeln!(
        text,
        "{:<26}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "", "APCER", "BPCER20", "BPCER100", "APNRR", "IAPAR"
    );
    for AttackOutcome { attack, apcer, bpcer20, bpcer100, apnrr, iapar, .. } in &outcome.attacks {
        let known = |rate: &Option<f64>| rate.map_or_else(|| "-".to_owned(), percent);
        let _ = writeln!(
            text,
            "{attack:<26}{:>10}{:>10}{:>10}{:>10}{:>10}",
            known(apcer),
            known(bpcer20),
            known(bpcer100),
            percent(*apnrr),
            percent(*iapar)
        );
    }
}

fn percent(rate: f64) -> String {
    format!("{:.2} %", 100.0 * rate)
}

fn shortened(name: &str) -> String {
    let short: String = name.chars().take(13).collect();
    if short.len() < name.len() { format!("{short}…") } else { short }
}
