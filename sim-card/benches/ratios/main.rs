//! Ratios of our speed to a reference measured in the same run: `cargo bench -p sim-card --bench ratios -- [PART…]`.
//!
//! Parts: commands signatures responder citizens list socket pcscd; all of them without an argument. A part that wants a program that is not
//! there says so and is left out. Who measures and what, and the figures of one run: `docs/speed.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench may fail, and prints"
)]

#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod support;

mod citizens;
mod commands;
mod list;
mod measure;
mod outside;
mod pcscd;
mod responder;
mod signatures;
mod socket;

const PARTS: [(&str, fn()); 7] = [
    ("commands", commands::measure),
    ("signatures", signatures::measure),
    ("responder", responder::measure),
    ("citizens", citizens::measure),
    ("list", list::measure),
    ("socket", socket::measure),
    ("pcscd", pcscd::measure),
];

fn main() {
    // Cargo adds `--bench`; the processes this program starts of itself are named by their first argument.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["asker", rest @ ..] => return responder::ask(rest),
        ["lister", path] => return list::write(path),
        ["card", address] => return socket::serve_card(address),
        ["dummy", address] => return socket::serve_dummy(address),
        _ => (),
    }
    for word in &words {
        assert!(PARTS.iter().any(|(name, _)| name == word), "no part is called {word}");
    }
    let fast = cfg!(feature = "fast-crypto");
    let signer = if fast { "AWS-LC (fast-crypto)" } else { "pure Rust" };
    println!("signed by {signer}; {} cores", measure::cores());
    for (name, part) in PARTS {
        if words.is_empty() || words.contains(&name) {
            println!("\n{name}");
            part();
        }
    }
}
