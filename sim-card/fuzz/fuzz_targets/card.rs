//! Any sequence of commands and power events, on cards with and without faults: well-formed answers, and no state outside a
//! plain model.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use sim_card_fuzz::play::play;
use sim_card_fuzz::step::Script;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(script) = Script::arbitrary(&mut Unstructured::new(bytes)) {
        play(script);
    }
});
