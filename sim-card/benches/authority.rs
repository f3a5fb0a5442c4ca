//! What the authority costs: one RSA signature for each certificate and each status answer, and little more.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use der::Encode;
use jiff::{Timestamp, civil::date};
use rsa::RsaPublicKey;
use sim_card::pki::{
    Authority, AuthorityConfig, IssueRequest, RevocationReason, ocsp_wire::OcspRequest, pooled_key,
};

fn at(second: i64) -> Timestamp {
    Timestamp::new(1_760_000_000 + second, 0).unwrap_or_default()
}

fn issue(authority: &mut Authority, key: &RsaPublicKey) -> Vec<u8> {
    let request = IssueRequest {
        holder: String::from("person-1"),
        birthdate: date(1980, 2, 17),
        at: at(0),
        card_expiry: date(2035, 2, 17),
        key,
        not_after: None,
    };
    authority.issue_user_authentication(request).map(|issued| issued.serial).unwrap_or_default()
}

fn benches(criterion: &mut Criterion) {
    let Ok(mut authority) = Authority::new(AuthorityConfig::default()) else { return };
    let Ok(key) = pooled_key(0).map(|key| key.to_public_key()) else { return };
    let serial = issue(&mut authority, &key);
    let question = OcspRequest::about(authority.ca_certificate(), &serial);
    let question = question.and_then(|question| question.to_der()).unwrap_or_default();

    let mut group = criterion.benchmark_group("authority");
    group.throughput(Throughput::Elements(1));
    group.bench_function("ocsp good", |bench| {
        bench.iter(|| authority.ocsp(black_box(&question), at(60)));
    });
    let revoked = authority.revoke(&serial, RevocationReason::KeyCompromise, at(30));
    assert!(revoked.is_ok(), "the certificate of the question must exist");
    group.bench_function("ocsp revoked", |bench| {
        bench.iter(|| authority.ocsp(black_box(&question), at(60)));
    });
    group.bench_function("ocsp malformed", |bench| {
        bench.iter(|| authority.ocsp(black_box(b"nothing"), at(60)));
    });
    group.bench_function("issue", |bench| bench.iter(|| issue(&mut authority, black_box(&key))));
    group.bench_function("list of the revoked", |bench| {
        bench.iter(|| authority.crl(at(60), at(3600)).map(|list| list.len()).ok());
    });
    group.finish();
}

criterion_group!(authority, benches);
criterion_main!(authority);
