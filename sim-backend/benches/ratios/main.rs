//! What volume costs: `cargo bench -p sim-backend --bench ratios -- [PART…]`.
//!
//! Parts: `feed` streams 2,000,000 records over HTTP to a backend in a process of its own; `flat` compares the cost of a number query among
//! 1,000 and among 1,000,000 insured; `ten-million` does the same among 10,000,000 and is run only when it is named. The store is the
//! embedded one, in a file. Figures of one run: `docs/speed.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may fail, and prints"
)]

#[path = "../../tests/backend_support/mod.rs"]
mod support;

mod feed;
mod flat;
mod insured;
mod served;

fn main() {
    // Cargo adds `--bench`; the processes this program starts of itself are named by their first argument.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["served", file] = words.as_slice() {
        return served::serve(file);
    }
    let parts: &[(&str, bool, fn())] = &[
        ("feed", true, feed::measure),
        ("flat", true, || flat::measure(1_000_000)),
        ("ten-million", false, || flat::measure(10_000_000)),
    ];
    for word in &words {
        assert!(parts.iter().any(|(name, ..)| name == word), "no part is called {word}");
    }
    for (name, is_usual, part) in parts {
        if words.contains(name) || (words.is_empty() && *is_usual) {
            println!("\n{name}");
            part();
        }
    }
}
