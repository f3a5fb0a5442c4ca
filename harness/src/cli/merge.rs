//! `madoguchi merge`: the reports of all shares of one plan, put together as if one machine had run it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use reports::model::{CaseResult, RunRecord, Wall};
use reports::scope::Shard;

use super::expected::ExpectedArgs;
use super::plan::read_result;
use super::{CONFIGURATION, Failure, REPORT, run};
use crate::catalogue::Catalogue;
use crate::clock;

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Folders that `run --shard` wrote
    #[arg(value_name = "DIR", required = true)]
    shares: Vec<PathBuf>,
    /// Folder of the report of the whole
    #[arg(long, value_name = "DIR", default_value = REPORT)]
    out: PathBuf,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// What was expected to fail
    #[command(flatten)]
    expected: ExpectedArgs,
}

/// Merges, reports, and gives the exit code.
pub fn merge(args: &MergeArgs) -> Result<u8, Failure> {
    let today = clock::jst_day(clock::wall());
    let expected = super::expected::read(&args.expected, Catalogue::embedded()?, today)?;
    let shares = args.shares.iter().map(|folder| share(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut record = join(shares).map_err(|reason| {
        let next = "give each share of one plan exactly once, all run by one bench with one seed";
        Failure::told(CONFIGURATION, reason, next)
    })?;
    super::expected::apply(&expected, &mut record, today)?;
    run::finish(&record, &args.out, args.quiet)
}

/// One share: where it was, and what it recorded, its evidence included.
fn share(folder: &Path) -> Result<(String, RunRecord), Failure> {
    let mut record = read_result(folder)?;
    for case in &mut record.cases {
        let path = folder.join(&case.evidence_file);
        let told = |reason: String| {
            let next = "merge the folders as `madoguchi run` wrote them";
            Failure::told(CONFIGURATION, format!("{}: {reason}", path.display()), next)
        };
        let bytes = std::fs::read(&path).map_err(|error| told(error.to_string()))?;
        let head = reports::evidence::verify_chain(&bytes).map_err(|it| told(it.to_string()))?;
        let reading = reports::evidence::read_lines(&bytes);
        case.evidence = reading.entries().cloned().collect();
        if case.evidence_head.as_ref().is_some_and(|expected| *expected != head.hash) {
            return Err(told("the evidence is not what result.json tells of".to_owned()));
        }
    }
    Ok((folder.display().to_string(), record))
}

/// Joins all shares of one plan.
fn join(shares: Vec<(String, RunRecord)>) -> Result<RunRecord, String> {
    let Some((_, first)) = shares.first().cloned() else {
        return Err("no share was given".to_owned());
    };
    let whole = alike(&first, &shares)?;
    present(whole, &shares)?;
    let mut cases: BTreeMap<String, CaseResult> = BTreeMap::new();
    for (folder, record) in &shares {
        for case in &record.cases {
            if cases.insert(case.id.clone(), case.clone()).is_some() {
                return Err(format!("{folder}: {} was already in another share", case.id));
            }
        }
    }
    if cases.len() != whole.planned {
        return Err(format!("{} scenarios of {} are there", cases.len(), whole.planned));
    }
    let cut_short: Vec<String> = shares
        .iter()
        .filter_map(|(folder, record)| Some(format!("{folder}: {}", record.incomplete.as_ref()?)))
        .collect();
    let wall = wall(&shares);
    let mut record = RunRecord {
        cases: cases.into_values().collect(),
        incomplete: (!cut_short.is_empty()).then(|| cut_short.join("; ")),
        wall,
        ..first
    };
    record.scope.shard = None;
    record.incomplete = record.incomplete.take().or_else(|| run::unexercised(&record));
    Ok(record)
}

/// All are shares of one plan, run by one bench with one seed against one product.
fn alike(first: &RunRecord, shares: &[(String, RunRecord)]) -> Result<Shard, String> {
    let none = |folder: &str| format!("{folder} is no share: it was run without --shard");
    let mut whole = None;
    for (folder, record) in shares {
        let shard = record.scope.shard.ok_or_else(|| none(folder))?;
        let of = *whole.get_or_insert(shard);
        for (what, same) in [
            ("bench", record.bench == first.bench),
            ("product", record.product == first.product),
            ("seed", record.seed == first.seed),
            ("profile", record.scope.profile == first.scope.profile),
            ("plan", record.plan_digest == first.plan_digest && shard.planned == of.planned),
            ("number of shares", shard.of == of.of),
        ] {
            if !same {
                return Err(format!("{folder} has another {what} than the first share"));
            }
        }
    }
    whole.ok_or_else(|| "no share was given".to_owned())
}

/// Each share is there once.
fn present(whole: Shard, shares: &[(String, RunRecord)]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (folder, record) in shares {
        let index = record.scope.shard.map_or(0, |shard| shard.index);
        if !seen.insert(index) {
            return Err(format!("{folder}: share {index}/{} was given twice", whole.of));
        }
    }
    let missing: Vec<String> =
        (1..=whole.of).filter(|it| !seen.contains(it)).map(|it| it.to_string()).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("of {} shares these are missing: {}", whole.of, missing.join(", ")))
    }
}

/// From the first start, the seconds of all machines added up.
fn wall(shares: &[(String, RunRecord)]) -> Option<Wall> {
    let walls: Vec<&Wall> = shares.iter().filter_map(|(_, record)| record.wall.as_ref()).collect();
    let started = walls.iter().map(|wall| wall.started.clone()).min()?;
    let cases = walls.iter().flat_map(|wall| wall.cases.clone()).collect();
    Some(Wall { started, seconds: walls.iter().map(|wall| wall.seconds).sum(), cases })
}
