//! Ending a service: the first signal lets what is under way end, the second ends the process at once.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::Failure;
use crate::error::BenchError;

/// Exit code of a process that a second signal ended, as shells tell it of Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Knows whether the service shall end. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Waits for Ctrl-C and SIGTERM from now on.
    pub fn at_signals() -> Result<Self, Failure> {
        let failed = |error| BenchError::setup("signals", error);
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            let _ = tell.send(true);
            either(&mut interrupt, &mut terminate).await;
            process::exit(INTERRUPTED);
        });
        Ok(Self(told))
    }

    /// Resolves at the first signal.
    pub async fn begun(mut self) {
        // The sender lives until the process ends, so this ends by a signal only.
        let _ = self.0.wait_for(|begun| *begun).await;
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
