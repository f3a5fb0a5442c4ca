//! Arguments, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // One crypto provider for the whole process; an earlier one would serve as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    harness::cli::main()
}
