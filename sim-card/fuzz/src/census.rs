//! How deep the commands reach: shares of all commands that meet a selected EF, and a verified PIN.

use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// At so many commands, and at each multiple, the shares are printed and must be reached.
const STRETCH: u64 = 100_000;
/// Percent of commands that must meet a selected EF.
const SELECTED: u64 = 30;
/// Percent of commands that must meet a verified PIN.
const VERIFIED: u64 = 5;

static COMMANDS: AtomicU64 = AtomicU64::new(0);
static AT_A_FILE: AtomicU64 = AtomicU64::new(0);
static AFTER_A_PIN: AtomicU64 = AtomicU64::new(0);

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// `FUZZ_COMMANDS=10000000` ends the run after so many commands.
static END: LazyLock<u64> = LazyLock::new(|| {
    let wanted = std::env::var("FUZZ_COMMANDS").ok();
    wanted.map_or(u64::MAX, |number| number.parse().expect("FUZZ_COMMANDS is a number"))
});

/// Counts one command by the state it meets.
///
/// # Panics
/// When a share is missed after a stretch of commands: then the target no longer tries what it is there for.
pub fn count(selected: bool, verified: bool) {
    LazyLock::force(&BEGIN);
    AT_A_FILE.fetch_add(u64::from(selected), Ordering::Relaxed);
    AFTER_A_PIN.fetch_add(u64::from(verified), Ordering::Relaxed);
    let commands = COMMANDS.fetch_add(1, Ordering::Relaxed) + 1;
    if commands % STRETCH == 0 {
        report(commands);
    }
    if commands == *END {
        end();
    }
}

fn report(commands: u64) {
    let part = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 * 100.0 / commands as f64;
    let (selected, verified) = (part(&AT_A_FILE), part(&AFTER_A_PIN));
    eprintln!(
        "census: {commands} commands, {selected:.1} % at a selected EF, {verified:.1} % after a verified PIN, {:.0} s",
        BEGIN.elapsed().as_secs_f64()
    );
    assert!(selected >= SELECTED as f64, "fewer than {SELECTED} % meet a selected EF");
    assert!(verified >= VERIFIED as f64, "fewer than {VERIFIED} % meet a verified PIN");
}

/// Asks libFuzzer, which is this process, to end in good order.
fn end() {
    let told = Command::new("kill").args(["-USR1", &std::process::id().to_string()]).status();
    assert!(told.is_ok_and(|status| status.success()), "cannot end the run with kill -USR1");
}
