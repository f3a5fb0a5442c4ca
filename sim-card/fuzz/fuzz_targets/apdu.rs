//! Any bytes are an APDU or are refused, and what was read is what is sent again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_card::apdu::{CommandApdu, ResponseApdu, describe};

fuzz_target!(|bytes: &[u8]| {
    let _ = describe(bytes);
    if let Ok(command) = CommandApdu::parse(bytes) {
        assert_eq!(CommandApdu::parse(&command.to_bytes()), Ok(command));
    }
    if let Ok(response) = ResponseApdu::parse(bytes) {
        assert_eq!(response.to_bytes(), bytes);
    }
});
