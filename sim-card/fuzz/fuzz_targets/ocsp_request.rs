//! Any bytes sent to the OCSP responder get an OCSPResponse.

#![no_main]

use std::sync::LazyLock;

use der::Decode;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use sim_card::pki::{Authority, AuthorityConfig, ocsp::OcspQuestion, ocsp_wire::OcspResponse};

static AUTHORITY: LazyLock<Option<Authority>> =
    LazyLock::new(|| Authority::new(AuthorityConfig::default()).ok());

fuzz_target!(|request: &[u8]| {
    // Reading alone is fast; only what reads well is worth a signature.
    let readable = OcspQuestion::parse(request).is_ok();
    if let (true, Some(authority)) = (readable, &*AUTHORITY) {
        let answer = authority.ocsp(request, Timestamp::UNIX_EPOCH);
        assert!(OcspResponse::from_der(&answer).is_ok());
    }
});
