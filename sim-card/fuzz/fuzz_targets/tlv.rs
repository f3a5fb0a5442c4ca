//! Any bytes are data objects or are refused, and objects do not reach beyond their bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_card::tlv;

fuzz_target!(|bytes: &[u8]| {
    let mut covered = 0;
    for object in tlv::items(bytes).flatten() {
        covered += object.raw.len();
        assert!(object.raw.ends_with(object.value));
        let _ = tlv::items(object.value).count();
    }
    assert!(covered <= bytes.len());
});
