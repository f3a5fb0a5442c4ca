//! Any text is a configuration or is refused with words.
#![no_main]

use harness::sut::config::SutConfig;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// A right document with one line of it changed: deeper than bytes alone would reach.
#[derive(Debug, Arbitrary)]
struct Input<'a> {
    line: u8,
    text: &'a str,
}

const RIGHT: [&str; 6] = [
    "product: {name: P, version: '1', vendor: V}",
    "positions:",
    "  receipt-computer:",
    "    adapter: process",
    "    command: [p]",
    "    timeout_ms: 5000",
];

fuzz_target!(|input: Input<'_>| {
    let mut lines = RIGHT.map(str::to_owned);
    lines[usize::from(input.line) % RIGHT.len()] = input.text.to_owned();
    if let Err(error) = SutConfig::parse(&lines.join("\n")) {
        assert!(!error.to_string().is_empty());
    }
});
