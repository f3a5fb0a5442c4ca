//! Any bytes are a claim file or are refused line by line; what was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_backend::messages::claim::{parse, parse_rows, write};

fuzz_target!(|bytes: &[u8]| {
    let Ok(rows) = parse_rows(bytes) else { return };
    let records: Vec<_> = rows.into_iter().flatten().map(|row| row.record).collect();
    let Ok(written) = write(&records) else { return };
    let again: Vec<_> = parse(&written).unwrap().into_iter().map(|row| row.record).collect();
    assert_eq!(again, records);
});
