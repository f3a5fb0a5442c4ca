//! What the authority costs beside its RSA signatures: certificates, status answers in process and over HTTP, and a list of a million.
//!
//! `authority/signing limit` is the key alone. Divide by it to judge `ocsp good`, `issue` and, with the answers in flight at once over all
//! connections, `ocsp over http/fresh`; `pre-signed` needs no signature.

use std::{
    hint::black_box,
    sync::{Arc, Mutex},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use der::Encode;
use jiff::{Timestamp, civil::date};
use rsa::{RsaPublicKey, pkcs1v15::SigningKey, signature::Signer};
use sha2::Sha256;
use sim_card::pki::{
    Authority, AuthorityConfig, CaKind, Entry, FixtureKey, IssueRequest, ListKind, ListOrder,
    ResponderBehaviour, RevocationReason, fixture_key, ocsp_wire::OcspRequest, pooled_key, router,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

/// Entries of the long list.
const MILLION: u64 = 1_000_000;
/// Connections that ask at the same time, and questions each of them asks in one round.
const CONNECTIONS: usize = 8;
const QUESTIONS: usize = 8;

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

/// An authority, the public key of a card, a certificate's serial number and the question about it.
fn bench_authority() -> Option<(Authority, RsaPublicKey, Vec<u8>, Vec<u8>)> {
    let mut authority = Authority::new(AuthorityConfig::default()).ok()?;
    let key = pooled_key(0).ok()?.to_public_key();
    let serial = issue(&mut authority, &key);
    let question = OcspRequest::about(authority.ca_certificate(), &serial).ok()?;
    Some((authority, key, serial, question.to_der().ok()?))
}

fn in_process(criterion: &mut Criterion) {
    let Some((mut authority, key, serial, question)) = bench_authority() else { return };
    let mut group = criterion.benchmark_group("authority");
    group.throughput(Throughput::Elements(1));
    if let Ok(key) = fixture_key(FixtureKey::OcspResponder) {
        let signer = SigningKey::<Sha256>::new(key);
        group.bench_function("signing limit", |bench| {
            bench.iter(|| signer.try_sign(black_box(&question)).is_ok());
        });
    }
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

fn long_list(criterion: &mut Criterion) {
    let Some((authority, ..)) = bench_authority() else { return };
    let (ca, kind) = (CaKind::UserAuthentication, ListKind::Full);
    let order = ListOrder { ca, kind, this_update: at(60), next_update: at(3600) };
    let reason = RevocationReason::Superseded.code();
    let entries = (0..MILLION).map(|n| Entry { serial: 1_000_000_000 + n, since: at(0), reason });
    let mut group = criterion.benchmark_group("list");
    group.throughput(Throughput::Elements(MILLION)).sample_size(10);
    group.bench_function("a million entries", |bench| {
        bench.iter(|| authority.write_list_of(&order, entries.clone(), std::io::sink()).is_ok());
    });
    group.finish();
}

/// The bytes of one HTTP request on a connection that is kept.
fn posted(question: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST / HTTP/1.1\r\nhost: ocsp.madoguchi.invalid\r\ncontent-type: application/ocsp-request\r\ncontent-length: {}\r\n\r\n",
        question.len()
    );
    [head.as_bytes(), question].concat()
}

/// Asks again and again on one connection and counts the bytes that came back.
async fn asks(address: std::net::SocketAddr, request: Vec<u8>) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut seen) = (vec![0; 16 * 1024], 0);
    for _ in 0..QUESTIONS {
        stream.write_all(&request).await?;
        seen += one_answer(&mut stream, &mut buffer).await?;
    }
    Ok(seen)
}

async fn one_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    loop {
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let read = stream.read(room).await?;
        filled += read;
        let text = String::from_utf8_lossy(buffer.get(..filled).unwrap_or_default());
        let whole = text.find("\r\n\r\n").zip(text.split("content-length: ").nth(1));
        let wanted = whole.and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok());
        let end =
            buffer.get(..filled).unwrap_or_default().windows(4).position(|w| w == b"\r\n\r\n");
        match end.zip(wanted) {
            Some((end, wanted)) if filled >= end + 4 + wanted => return Ok(filled),
            _ if read == 0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
}

async fn round(address: std::net::SocketAddr, request: &[u8]) -> usize {
    let asking: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(asks(address, request.to_vec()))).collect();
    let mut seen = 0;
    for asker in asking {
        seen += asker.await.ok().and_then(Result::ok).unwrap_or_default();
    }
    seen
}

fn over_http(criterion: &mut Criterion) {
    let Some((authority, _, _, question)) = bench_authority() else { return };
    let Ok(runtime) = Runtime::new() else { return };
    let Ok(listener) = runtime.block_on(TcpListener::bind("127.0.0.1:0")) else { return };
    let Ok(address) = listener.local_addr() else { return };
    let behaviour = Arc::new(Mutex::new(ResponderBehaviour::Answering));
    let authority = Arc::new(Mutex::new(authority));
    let routes = router(authority, Arc::new(|| at(1_000)), Arc::clone(&behaviour));
    runtime.spawn(async move { axum::serve(listener, routes).await });
    let request = posted(&question);
    assert!(runtime.block_on(round(address, &request)) > 1_000, "the service must answer");
    let mut group = criterion.benchmark_group("ocsp over http");
    group.throughput(Throughput::Elements((CONNECTIONS * QUESTIONS) as u64)).sample_size(10);
    for (name, wanted) in
        [("fresh", ResponderBehaviour::Answering), ("pre-signed", ResponderBehaviour::PreSigned)]
    {
        if let Ok(mut behaviour) = behaviour.lock() {
            *behaviour = wanted;
        }
        group.bench_function(name, |bench| {
            bench.to_async(&runtime).iter(|| round(address, &request));
        });
    }
    group.finish();
}

criterion_group!(authority, in_process, over_http, long_list);
criterion_main!(authority);
