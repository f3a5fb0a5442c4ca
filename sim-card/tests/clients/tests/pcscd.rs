//! The card behind pcscd and the vpcd driver, used from Rust with the crate `pcsc`: each case is one run of `pcsc-client`
//! beside a reader of its own.

#[path = "../../../../harness/tests/support/reader.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod reader;

use reader::Reader;

fn holds(case: &str) {
    Reader::start().client(env!("CARGO_BIN_EXE_pcsc-client"), &[case]).content();
}

#[test]
fn the_certificate_reads_the_same_in_parts_of_any_size() {
    holds("read");
}

#[test]
fn the_key_signs_after_the_pin_and_the_signature_verifies() {
    holds("sign");
}

#[test]
fn a_reset_keeps_a_right_and_power_off_takes_it() {
    holds("reset");
}

#[test]
fn a_transaction_keeps_others_out() {
    holds("transaction");
}

#[test]
fn a_card_that_was_taken_away_comes_back_with_its_counters() {
    holds("removal");
}
