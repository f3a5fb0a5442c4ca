//! `madoguchi lint`: what is wrong with the catalogue, each finding with its place and with what to do.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{CONFIGURATION, Failure, Format, say};
use crate::lint::{Finding, Sources, Vocabulary, lint as findings_in};

/// Exit code when there are findings.
const FINDINGS: u8 = 1;

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// A folder like scenarios/, instead of the one built in
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// How
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Lints.
pub fn lint(args: &LintArgs) -> Result<u8, Failure> {
    let sources = match &args.scenarios {
        Some(folder) => Sources::from_folder(folder).map_err(|error| {
            let next = "give a folder laid out like scenarios/, all of it UTF-8";
            Failure::told(CONFIGURATION, format!("cannot read {}: {error}", folder.display()), next)
        })?,
        None => Sources::embedded().map_err(|error| {
            Failure::told(CONFIGURATION, error.to_string(), "write the file in UTF-8")
        })?,
    };
    if sources.scenarios.is_empty() {
        let next = "give a folder laid out like scenarios/";
        return Err(Failure::told(CONFIGURATION, "there is nothing to look at".to_owned(), next));
    }
    let findings = findings_in(&sources, &Vocabulary::embedded());
    match args.format {
        Format::Json => {
            say(format_args!("{:#}", Value::Array(findings.iter().map(row).collect())));
        }
        Format::Text => tell(&findings),
    }
    Ok(if findings.is_empty() { 0 } else { FINDINGS })
}

fn row(it: &Finding) -> Value {
    json!({
        "file": it.file,
        "line": it.line,
        "rule": it.rule.name(),
        "what": it.what,
        "next": it.rule.next(),
    })
}

fn tell(findings: &[Finding]) {
    for it in findings {
        say(format_args!("{}:{}: [{}] {}", it.file, it.line, it.rule.name(), it.what));
        say(format_args!("  next: {}", it.rule.next()));
    }
    say(match findings.len() {
        0 => "nothing to find fault with".to_owned(),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    });
}
