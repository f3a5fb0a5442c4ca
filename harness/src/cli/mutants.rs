//! `madoguchi mutants`: plants one defect after the other into the reference stack and tells which assertion finds it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use reports::model::Verdict;
use reports::rollup;
use serde_json::{Value, json};

use super::{Failure, Format, say, write};
use crate::catalogue::{Catalogue, Risk, two_languages};
use crate::error::BenchError;
use crate::mutants::{Fate, Found, Hunt, Kills, Mutant, Reach, Score, Share, Tried, Variant};
use crate::seed::Seed;
use crate::world::Workshop;

/// Arguments of `mutants`.
#[derive(Debug, Args)]
pub struct MutantsArgs {
    /// Only this mutant or variant, or those of a requirement (OQS-…)
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Mutants of a file of your own in place of those of the bench, written as in scenarios/mutants
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Let every mutant meet every scenario, and show the whole kill matrix
    #[arg(long)]
    full: bool,
    /// Let every mutant meet all scenarios bound to its requirements, and write which found it: what `run --budget` chooses by
    #[arg(long, value_name = "FILE", conflicts_with_all = ["full", "only", "file"])]
    kills: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Seed of everything that looks random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// What came of it.
struct Outcome<'m> {
    flagged: Vec<(String, String)>,
    hunted: Vec<Found<'m>>,
    tried: Vec<Tried<'m>>,
    score: Score,
}

/// Hunts, tells, and gives the exit code.
pub fn mutants(args: &MutantsArgs) -> Result<u8, Failure> {
    let catalogue = Catalogue::embedded()?;
    let own = args.file.as_deref().map(read).transpose()?;
    let (known, lawful) = match &own {
        Some(own) => (own.as_slice(), &[][..]),
        None => (catalogue.mutants.as_slice(), catalogue.variants.as_slice()),
    };
    let (mutants, variants) = chosen(known, lawful, args.only.as_deref())?;
    let workshop = Arc::new(Workshop::new(Seed(args.seed), None)?);
    let reach = match (args.full, &args.kills) {
        (true, _) => Reach::Every,
        (false, Some(_)) => Reach::Bound,
        (false, None) => Reach::UntilRed,
    };
    let hunt = Hunt::new(catalogue, workshop, reach);
    let (done, total) = (AtomicUsize::new(0), mutants.len() + variants.len());
    let text = args.format == Format::Text;
    let told = |_: &str| {
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        if text && done.is_multiple_of(50) {
            say(format_args!("{done}/{total} tried"));
        }
    };
    let flagged = hunt.baseline(&mutants)?;
    if !flagged.is_empty() {
        for (scenario, why) in &flagged {
            say(format_args!("unmutated, and yet not passed: {scenario}: {why}"));
        }
        return Ok(rollup::exit_code(Verdict::BenchError));
    }
    let hunted = hunt.mutants(&mutants, &told)?;
    args.kills.as_deref().map(|path| write_kills(path, catalogue, &hunted)).transpose()?;
    let tried = hunt.variants(&variants, &told)?;
    let score = Score::of(catalogue, &hunted);
    let outcome = Outcome { flagged, hunted, tried, score };
    match args.format {
        Format::Text => outcome.show(args),
        Format::Json => say(format_args!("{:#}", outcome.json(catalogue))),
    }
    Ok(u8::from(!outcome.holds()))
}

/// Writes which scenarios found which mutants.
fn write_kills(path: &Path, catalogue: &Catalogue, hunted: &[Found<'_>]) -> Result<(), Failure> {
    let kills = Kills::of(&catalogue.cases, hunted);
    let text = serde_yaml::to_string(&kills).map_err(|error| BenchError::setup("kills", error))?;
    let head = "# Measured; written by `madoguchi mutants --kills scenarios/kills.yaml`.\n";
    write(path, format!("{head}{text}").as_bytes())
}

/// Mutants of somebody's own.
fn read(path: &Path) -> Result<Vec<Mutant>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| BenchError::ConfigRead { path: path.to_owned(), source })?;
    let read = serde_yaml::from_str(&text);
    Ok(read.map_err(|source| BenchError::ConfigYaml { path: path.to_owned(), source })?)
}

type Chosen<'m> = (Vec<&'m Mutant>, Vec<&'m Variant>);

fn chosen<'m>(
    mutants: &'m [Mutant],
    variants: &'m [Variant],
    only: Option<&str>,
) -> Result<Chosen<'m>, Failure> {
    let wanted = |id: &str, requirements: &[String]| {
        only.is_none_or(|only| only == id || requirements.iter().any(|known| known == only))
    };
    let mutants = mutants.iter().filter(|one| wanted(&one.id, &one.requirements));
    let variants = variants.iter().filter(|one| wanted(&one.id, &one.requirements));
    let chosen: Chosen<'m> = (mutants.collect(), variants.collect());
    if chosen.0.is_empty() && chosen.1.is_empty() {
        let only = only.unwrap_or_default();
        return Err(Failure::Usage(format!(
            "no mutant is called `{only}` or breaks it; `madoguchi list mutants` names them"
        )));
    }
    Ok(chosen)
}

impl Outcome<'_> {
    fn holds(&self) -> bool {
        self.score.holds() && self.tried.iter().all(|tried| tried.failed.is_empty())
    }

    fn show(&self, args: &MutantsArgs) {
        if args.full {
            self.hunted.iter().for_each(show_kills);
        }
        say("\nby risk");
        for (risk, share) in &self.score.by_risk {
            say(format_args!("  {:<14} {}", word(*risk), of(*share)));
        }
        say("by requirement");
        let by_requirement: Vec<String> = self
            .score
            .by_requirement
            .iter()
            .map(|(id, share)| format!("{id:<13} {:>6}", of(*share)))
            .collect();
        for line in by_requirement.chunks(4) {
            say(format_args!("  {}", line.join("   ")));
        }
        if args.only.is_none() && args.file.is_none() && !self.score.never_red.is_empty() {
            let never_red: Vec<&str> = self.score.never_red.iter().map(String::as_str).collect();
            say(format_args!("MUSTs that no mutant turns red: {}", never_red.join(", ")));
        }
        self.hunted.iter().for_each(show_left);
        for tried in &self.tried {
            for (scenario, why) in &tried.failed {
                say(format_args!(
                    "lawful, and yet not passed: {} in {scenario}: {why}",
                    tried.variant.id
                ));
            }
        }
        let lawful = self.tried.iter().filter(|tried| tried.failed.is_empty()).count();
        say(format_args!(
            "\n{} mutants killed, MUSTs {}; {lawful} of {} variants passed",
            of(self.score.total),
            of(self.score.must),
            self.tried.len()
        ));
    }

    fn json(&self, catalogue: &Catalogue) -> Value {
        let requirements: serde_json::Map<_, _> = self
            .score
            .by_requirement
            .iter()
            .map(|(id, share)| (id.clone(), json!(share)))
            .collect();
        let risks =
            self.score.by_risk.iter().map(|(risk, share)| (word(*risk).to_owned(), json!(share)));
        json!({
            "flagged": self.flagged.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            "mutants": self.hunted.iter().map(|found| row(catalogue, found)).collect::<Vec<_>>(),
            "variants": self.tried.iter().map(tried_row).collect::<Vec<_>>(),
            "total": self.score.total,
            "must": self.score.must,
            "requirements": requirements,
            "risks": risks.collect::<serde_json::Map<_, _>>(),
            "never_red": self.score.never_red,
        })
    }
}

fn row(catalogue: &Catalogue, found: &Found<'_>) -> Value {
    let mutant = found.mutant;
    let defect = two_languages(&mutant.defect);
    let (fate, reason) = match &found.fate {
        Fate::Killed => ("killed", None),
        Fate::Survived => ("survived", None),
        Fate::Equivalent(why) => ("equivalent", Some(why)),
    };
    let kills = found
        .kills
        .iter()
        .map(|kill| json!({"scenario": kill.scenario, "requirement": kill.requirement}));
    json!({
        "id": mutant.id,
        "place": mutant.place,
        "defect": {"ja": defect.ja, "en": defect.en},
        "requirements": mutant.requirements,
        "must": mutant.is_must(catalogue),
        "risk": word(mutant.risk),
        "fate": fate,
        "reason": reason,
        "met": found.met,
        "kills": kills.collect::<Vec<_>>(),
    })
}

fn tried_row(tried: &Tried<'_>) -> Value {
    let variation = two_languages(&tried.variant.variation);
    let failed =
        tried.failed.iter().map(|(scenario, why)| json!({"scenario": scenario, "why": why}));
    json!({
        "id": tried.variant.id,
        "place": tried.variant.place,
        "variation": {"ja": variation.ja, "en": variation.en},
        "met": tried.met,
        "failed": failed.collect::<Vec<_>>(),
    })
}

/// All that found a mutant, by scenario.
fn show_kills(found: &Found<'_>) {
    say(format_args!(
        "{:<34} {:<16} {} kills",
        found.mutant.id,
        found.mutant.place.word(),
        found.kills.len()
    ));
    for kill in &found.kills {
        say(format_args!("    {:<14} {}", kill.requirement, kill.scenario));
    }
}

fn show_left(found: &Found<'_>) {
    let mutant = found.mutant;
    let ids = mutant.requirements.join(", ");
    match &found.fate {
        Fate::Killed => {}
        Fate::Survived => {
            say(format_args!(
                "SURVIVES  {} ({ids}; {} scenarios): {}",
                mutant.id, found.met, mutant.defect
            ));
        }
        Fate::Equivalent(why) => say(format_args!("equivalent  {} ({ids}): {why}", mutant.id)),
    }
}

fn of(share: Share) -> String {
    format!("{}/{}", share.killed, share.mutants)
}

fn word(risk: Risk) -> &'static str {
    match risk {
        Risk::PatientMixUp => "patient-mix-up",
        Risk::Privacy => "privacy",
        Risk::Revocation => "revocation",
        Risk::Availability => "availability",
        Risk::Wording => "wording",
        Risk::Money => "money",
    }
}
