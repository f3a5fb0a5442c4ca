//! Two million records over HTTP, about a million people: how many a second, and how much memory.

use super::served::Served;

/// Records a second.
const RATE_GOAL: f64 = 50_000.0;
/// MiB at a million insured.
const MEMORY_GOAL: f64 = 512.0;
/// People told by a million records.
const MILLION: usize = 500_000;

pub fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path().join("store.db").to_str().unwrap());
    for (what, people) in [
        ("first 1,000,000 records", 0..MILLION),
        ("second 1,000,000 records", MILLION..2 * MILLION),
    ] {
        let rate = 1e6 / served.feed(people).as_secs_f64();
        let (ratio, verdict) = (rate / RATE_GOAL, verdict(rate >= RATE_GOAL));
        println!("  {what:<30} {rate:>10.0}/s = {ratio:>6.2} x 50,000/s  goal 1: {verdict}");
    }
    let memory = served.most_memory();
    let (ratio, verdict) = (memory / MEMORY_GOAL, verdict(memory < MEMORY_GOAL));
    println!(
        "  {:<30} {memory:>8.0} MiB = {ratio:>6.2} x 512 MiB   goal 1: {verdict}",
        "most memory, 1,000,000 insured"
    );
    served.end();
}

pub fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "missed" }
}
