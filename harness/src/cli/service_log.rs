//! What a service logs, to standard error: one line for each event, as text or as JSON.

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

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
    pub fn begin(&self) {
        let log = tracing_subscriber::fmt().with_max_level(self.log).with_writer(std::io::stderr);
        // A second subscriber in one process is a test's affair; the first one stays.
        let _ = match self.log_format {
            LogFormat::Text => log.try_init(),
            LogFormat::Json => log.json().try_init(),
        };
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            tracing::error!(place, "panic");
        }));
    }
}
