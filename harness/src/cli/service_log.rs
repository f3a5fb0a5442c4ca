//! What a service logs, to standard error: one line for each event, as text or as JSON.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::Failure;
use crate::error::BenchError;

/// How a service logs.
#[derive(Debug, Args)]
pub struct ServiceLog {
    /// What is logged to standard error: off, error, warn, info (a line for each request), debug, trace
    #[arg(long, value_name = "LEVEL", default_value_t = LevelFilter::INFO)]
    log: LevelFilter,
    /// How
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How a line of log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// For programs: a JSON object a line
    Json,
}

impl ServiceLog {
    /// Logs from now on. A panic is told by its place alone: its words may hold what a request held.
    ///
    /// # Errors
    /// The process logs already.
    pub fn begin(&self) -> Result<(), Failure> {
        let log = tracing_subscriber::fmt()
            .with_max_level(self.log)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        let begun = match self.log_format {
            LogFormat::Text => log.try_init(),
            LogFormat::Json => log.json().try_init(),
        };
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            tracing::error!(place, "panic");
        }));
        Ok(begun.map_err(|error| BenchError::setup("log", error))?)
    }
}

/// For commands without a log of their own: silent unless RUST_LOG asks, e.g. RUST_LOG=info.
pub fn by_environment() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
    // Who logs already, as a test does, goes on.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
