//! Any bytes dropped into a shared folder are a message or are refused, and what was read is what is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_reader::institution::FaceResult;
use sim_reader::institution::messages::read_medicines;
use sim_reader::terminal::names::RequestName;
use sim_reader::terminal::{encoding, messages, xml};

fuzz_target!(|bytes: &[u8]| {
    let _ = FaceResult::parse(bytes);
    let _ = read_medicines(bytes);
    let _ = encoding::wanted(bytes);
    if let Ok(name) = std::str::from_utf8(bytes) {
        let _ = RequestName::parse(name).map(|name| name.answer());
    }
    if let Ok((root, encoding)) = xml::parse(bytes) {
        let _ = messages::challenge_answer(&root);
        let _ = messages::certify_answer(&root);
        let _ = messages::qualify_answer(&root);
        if let Ok(written) = xml::write(&root, encoding) {
            assert_eq!(xml::parse(&written).map(|(root, _)| root), Ok(root));
        }
    }
});
