//! Arguments, run, exit code.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    // Silent unless asked: RUST_LOG=info shows what the simulators log.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // One crypto provider for the whole process; an earlier one would serve as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    harness::cli::main()
}
