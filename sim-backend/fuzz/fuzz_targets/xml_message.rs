//! Any bytes are a message or are refused; what was read is written and read again.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use sim_backend::messages::{Encoding, Family, Order, decode, encode_ordered, identify};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    family: u8,
    seed: u64,
    bytes: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let _ = identify(&String::from_utf8_lossy(input.bytes));
    let family = Family::ALL[usize::from(input.family) % Family::ALL.len()];
    let Ok((message, _)) = decode(family, input.bytes) else { return };
    for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
        for order in [Order::Layout, Order::Shuffled(input.seed)] {
            match encode_ordered(&message, encoding, order) {
                Ok(bytes) => assert_eq!(decode(family, &bytes), Ok((message.clone(), encoding))),
                Err(error) => assert_eq!(encoding, Encoding::ShiftJis, "{error}"),
            }
        }
    }
});
