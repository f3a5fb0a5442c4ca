//! Rates and their ratios. What is compared is measured in turns, and the best of its turns counts: other work on the machine only slows.

use std::time::{Duration, Instant};

/// Turns of each contestant.
const TURNS: usize = 5;
/// Length of a turn.
pub const TURN: Duration = Duration::from_millis(500);

/// Cores this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// The best rate of each, after all had their turns one after the other.
pub fn contest<const N: usize>(mut contestants: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    let mut best = [0.0_f64; N];
    for _ in 0..TURNS {
        for (contestant, best) in contestants.iter_mut().zip(&mut best) {
            *best = best.max(contestant());
        }
    }
    best
}

/// How often a second `work` can be done; the clock is read once in `batch` times.
pub fn rate(batch: u32, mut work: impl FnMut()) -> f64 {
    let (begun, mut done) = (Instant::now(), 0.0);
    while begun.elapsed() < TURN {
        (0..batch).for_each(|_| work());
        done += f64::from(batch);
    }
    done / begun.elapsed().as_secs_f64()
}

/// The same on all cores at once, each with work of its own; rates add up.
pub fn rate_on_all_cores<W: FnMut()>(batch: u32, worker: impl Fn() -> W + Sync) -> f64 {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(|| rate(batch, worker()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

/// One line: what, how many a second, and how that compares.
pub fn line(what: &str, rate: f64, reference: (&str, f64), goal: Option<f64>) {
    let (name, other) = reference;
    let ratio = rate / other;
    let verdict = match goal {
        Some(goal) if ratio >= goal => format!("goal {goal}: reached"),
        Some(goal) => format!("goal {goal}: missed"),
        None => "no goal".to_owned(),
    };
    println!("  {what:<44} {rate:>14.1}/s = {ratio:>8.3} x {name} ({other:.1}/s)  {verdict}");
}

/// One line that says why something is not measured.
pub fn left_out(what: &str, why: &str) {
    println!("  {what}: left out, {why}");
}
