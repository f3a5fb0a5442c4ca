//! `madoguchi claims`: a claim file held against a backend, and both flows played over months that a seed decides.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;
use sim_backend::http;
use sim_backend::messages::Form;

use super::{
    CONFIGURATION, Failure, backend, backend_people::People, block_on, listen, say, write,
};
use crate::clock::{jst_day, wall};
use crate::error::BenchError;
use crate::flows::{Compared, Rates, compare};
use crate::world::plain_client;

/// What to do about claims.
#[derive(Debug, Subcommand)]
pub enum ClaimsCommand {
    /// Hold a claim file (レセプト電算, Shift_JIS) against a backend; exits with 1 if a claim comes back
    Check {
        /// The claim file
        file: PathBuf,
        /// Where a backend takes claims, e.g. http://127.0.0.1:8445. Without it, one with all personas insured
        #[arg(long, value_name = "URL")]
        backend: Option<String>,
        /// Write the answer file here: the claim file with its SN records completed
        #[arg(long, value_name = "FILE")]
        answer: Option<PathBuf>,
    },
    /// Play months of visits through the old flow and the new, and compare the shares of returned claims
    Compare {
        /// Visits, one a patient, 1 to 18000
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=18_000))]
        visits: u32,
        /// Seed of everything that looks random
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// Typing errors of the old flow, in a thousand claims
        #[arg(long, value_name = "PER_MILLE", default_value_t = 20)]
        typos: u32,
        /// Patients who lost their insurance before the visit without telling, in a thousand; half have a new one
        #[arg(long, value_name = "PER_MILLE", default_value_t = 30)]
        changes: u32,
    },
}

/// Carries the command out.
pub fn run(command: &ClaimsCommand) -> Result<u8, Failure> {
    match command {
        ClaimsCommand::Check { file, backend, answer } => {
            block_on(check(file, backend.as_deref(), answer.as_deref()))
        }
        ClaimsCommand::Compare { visits, seed, typos, changes } => {
            let rates = Rates { typos: *typos, changes: *changes };
            let compared = block_on(async { Ok(compare(*visits, *seed, rates).await?) })?;
            tell(&compared, rates);
            Ok(0)
        }
    }
}

async fn check(file: &Path, url: Option<&str>, answer: Option<&Path>) -> Result<u8, Failure> {
    let records = std::fs::read(file).map_err(|error| {
        let message = format!("cannot read {}: {error}", file.display());
        Failure::told(CONFIGURATION, message, "check the path of the claim file")
    })?;
    let url = match url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => own_backend().await?,
    };
    let judged: Value = {
        let sent = post(&url, records.clone(), "application/json").await?;
        serde_json::from_slice(&sent).map_err(|error| BenchError::setup("claim seam", error))?
    };
    if let Some(path) = answer {
        write(path, &post(&url, records, "text/csv").await?)?;
    }
    let results = judged.get("results").and_then(Value::as_array).cloned().unwrap_or_default();
    let strays = judged.get("strays").and_then(Value::as_array).cloned().unwrap_or_default();
    results.iter().for_each(|result| say(format_args!("{}", line_of(result))));
    strays.iter().for_each(|stray| say(format_args!("{}", place_of(stray))));
    let returned = results.iter().filter(|result| text(result, "outcome") == "returned").count();
    say(format_args!("返戻 returned {returned}/{}", results.len()));
    Ok(u8::from(returned > 0 || !strays.is_empty()))
}

/// A backend with all personas insured, on a loopback port of its own, until the command ends.
async fn own_backend() -> Result<String, Failure> {
    let everybody = People::PERSONAS;
    let backend = backend::backend("sqlite::memory:", &everybody, Form::default()).await?;
    everybody.insure(backend.store(), jst_day(wall())).await?;
    let listener = listen("127.0.0.1:0").await?;
    let address = listener.local_addr().map_err(BenchError::Listen)?;
    tokio::spawn(http::serve_plain(listener, backend.claims_router(), std::future::pending()));
    Ok(format!("http://{address}"))
}

async fn post(url: &str, records: Vec<u8>, accept: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error: reqwest::Error| BenchError::setup("claim seam", error);
    let request = plain_client()?.post(format!("{url}/claims")).header("accept", accept);
    let request = request.header("content-type", "text/csv").body(records);
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(failed)?.to_vec();
    if status.is_success() {
        return Ok(body);
    }
    let detail = serde_json::from_slice::<Value>(&body).ok();
    let detail = detail.as_ref().map(|problem| text(problem, "detail")).unwrap_or_default();
    Err(BenchError::setup("claim file", format!("HTTP {}: {detail}", status.as_u16())).into())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn line_of(result: &Value) -> String {
    let (row, outcome) = (number(result, "row"), text(result, "outcome"));
    let class = result.get("confirmation").and_then(Value::as_str).unwrap_or("--");
    let why = match text(result, "words_ja") {
        "" => String::new(),
        japanese => format!("  {japanese} ({})", text(result, "words_en")),
    };
    let place = result.get("place").map(|place| format!("; {}", place_of(place)));
    format!("line {row}  {outcome} {class}{why}{}", place.unwrap_or_default())
}

fn place_of(place: &Value) -> String {
    let (line, column) = (number(place, "line"), number(place, "column"));
    format!("line {line}, column {column}: {}", text(place, "detail"))
}

fn tell(compared: &Compared, rates: Rates) {
    let Compared { visits, old, new, at_counter } = compared;
    say(format_args!(
        "{visits} visits; in a thousand {} typing errors and {} unnoticed losses",
        rates.typos, rates.changes
    ));
    say(format_args!(
        "返戻率 returned   旧方式 old flow {}   新方式 new flow {}",
        old.in_words(),
        new.in_words()
    ));
    say(format_args!("窓口で判明 found at the counter, so not claimed: {at_counter}"));
}
