//! Status answers over HTTP: signed when asked, against the signing limit of the key on all cores; and both kinds against `openssl ocsp`.
//!
//! The askers are a process of their own that does next to nothing: plain sockets, the request made once, answers counted by their length.
//! They ask in two manners. *Anew*: one connection for each question, where both sides pay more for connections than for answers. *Kept*: connections
//! stay open as long as the responder lets them, with some questions under way on each. `openssl ocsp` closes after each answer, so to it both are one.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt as _;
use der::Encode as _;
use der::pem::{LineEnding, encode_string};
use jiff::{Timestamp, civil::date};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::signature::Signer as _;
use sim_card::RsaSigner;
use sim_card::pki::ocsp_wire::OcspRequest;
use sim_card::pki::{
    Authority, AuthorityConfig, FixtureKey, IssueRequest, ResponderBehaviour, fixture_key,
    pooled_key, router,
};

use super::measure::{TURN, contest, cores, left_out, line, rate_on_all_cores};
use super::outside::{Running, is_there, ourselves, start};

/// With the feature the goals hold; the default prints its ratios.
const FAST: bool = cfg!(feature = "fast-crypto");
/// Questions under way on one kept connection.
const UNDER_WAY: usize = 16;

fn at(second: i64) -> Timestamp {
    Timestamp::new(1_760_000_000 + second, 0).unwrap()
}

/// An authority with one certificate, its serial number, and the question about it.
fn authority() -> (Authority, Vec<u8>, Vec<u8>) {
    let mut authority = Authority::new(AuthorityConfig::default()).unwrap();
    let request = IssueRequest {
        holder: String::from("person-1"),
        birthdate: date(1980, 2, 17),
        at: at(0),
        card_expiry: date(2035, 2, 17),
        key: &pooled_key(0).unwrap().to_public_key(),
        not_after: None,
    };
    let serial = authority.issue_user_authentication(request).unwrap().serial;
    let question = OcspRequest::about(authority.ca_certificate(), &serial).unwrap();
    (authority, serial, question.to_der().unwrap())
}

/// Serves the authority in this process, on all cores.
fn serve(authority: Authority, behaviour: ResponderBehaviour) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let behaviour = Arc::new(Mutex::new(behaviour));
    let routes = router(Arc::new(Mutex::new(authority)), Arc::new(|| at(1_000)), behaviour);
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
            axum::serve(listener, routes).await
        })
    });
    address
}

/// `openssl ocsp` with the same CA, key size and certificate; it answers one question after the other.
fn openssl_responder(folder: &Path, question: &[u8]) -> (Running, SocketAddr) {
    let (authority, serial, _) = authority();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let pem = encode_string("CERTIFICATE", LineEnding::LF, authority.ca_certificate()).unwrap();
    std::fs::write(path("ca.pem"), pem).unwrap();
    let key = fixture_key(FixtureKey::UserAuthenticationCa).unwrap();
    std::fs::write(path("ca.key"), key.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
    let row = format!("V\t350217145959Z\t\t{}\tunknown\t/CN=x\n", hex::encode_upper(serial));
    std::fs::write(path("index.txt"), row).unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let running =
        start(Command::new("openssl").args(["ocsp", "-port", &address.port().to_string()]).args([
            "-index",
            &path("index.txt"),
            "-CA",
            &path("ca.pem"),
            "-rsigner",
            &path("ca.pem"),
            "-rkey",
            &path("ca.key"),
        ]));
    // A connection without a question would send it into an endless loop, so the first one asks.
    let stream = (0..250).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        TcpStream::connect(address).ok()
    });
    one_answer(stream.expect("openssl ocsp listens"), &request("1.0", question));
    (running, address)
}

/// Answers a second that a process of askers gets.
fn answers(address: SocketAddr, manner: &str, question: &Path) -> f64 {
    let question = question.to_str().unwrap();
    let output = ourselves(&["asker", &address.to_string(), manner, question]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The process of askers: as many as it takes to keep all cores busy, for one turn; prints their rate.
pub fn ask(arguments: &[&str]) {
    let [address, manner, question] = arguments else { panic!("asker ADDRESS MANNER FILE") };
    let address: SocketAddr = address.parse().unwrap();
    let body = std::fs::read(question).unwrap();
    let rate: f64 = std::thread::scope(|scope| {
        let asker = || if *manner == "kept" { kept(address, &body) } else { anew(address, &body) };
        let askers: Vec<_> = (0..2 * cores()).map(|_| scope.spawn(asker)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).sum()
    });
    println!("{rate}");
}

fn request(version: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST / HTTP/{version}\r\nHost: ocsp.madoguchi.invalid\r\nContent-Type: application/ocsp-request\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn anew(address: SocketAddr, body: &[u8]) -> f64 {
    let request = request("1.0", body);
    let (begun, mut seen) = (Instant::now(), 0.0);
    while begun.elapsed() < TURN {
        one_answer(TcpStream::connect(address).unwrap(), &request);
        seen += 1.0;
    }
    seen / begun.elapsed().as_secs_f64()
}

/// Asks once, and reads until the responder closes.
fn one_answer(mut stream: TcpStream, request: &[u8]) {
    let mut answer = Vec::with_capacity(4096);
    stream.write_all(request).unwrap();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.len() > 1_000 && answer.get(8..13) == Some(b" 200 "), "an answer");
}

fn kept(address: SocketAddr, body: &[u8]) -> f64 {
    let request = request("1.1", body);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(&request).unwrap();
    // All answers to one question are of one length.
    let length = first_answer(&mut stream);
    let (requests, mut answers) = (request.repeat(UNDER_WAY), vec![0; length * UNDER_WAY]);
    let (begun, mut seen) = (Instant::now(), 0.0);
    while begun.elapsed() < TURN {
        stream.write_all(&requests).unwrap();
        stream.read_exact(&mut answers).unwrap();
        assert!(answers.starts_with(b"HTTP/1.1 200 "), "answers");
        seen += UNDER_WAY as f64;
    }
    seen / begun.elapsed().as_secs_f64()
}

/// Reads one answer; its length in bytes, head included.
fn first_answer(stream: &mut TcpStream) -> usize {
    let mut answer = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the connection must stay");
        answer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&answer).to_lowercase();
        let head = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.and_then(|length| length.parse::<usize>().ok());
        if head.zip(length).is_some_and(|(head, length)| answer.len() == head + 4 + length) {
            return answer.len();
        }
    }
}

pub fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let (.., question) = authority();
    let file = folder.path().join("question.der");
    std::fs::write(&file, &question).unwrap();
    let fresh = serve(authority().0, ResponderBehaviour::Answering);
    let pre_signed = serve(authority().0, ResponderBehaviour::PreSigned);
    let signer = RsaSigner::new(fixture_key(FixtureKey::OcspResponder).unwrap());
    let [limit, kept_fresh] = contest([
        &mut || rate_on_all_cores(4, || || drop(signer.try_sign(&question).unwrap())),
        &mut || answers(fresh, "kept", &file),
    ]);
    let goal = |goal| FAST.then_some(goal);
    line("signed when asked, kept", kept_fresh, ("bare signatures on all cores", limit), goal(0.7));
    if !is_there("openssl") {
        return left_out("openssl ocsp", "openssl is not installed");
    }
    let (_running, theirs) = openssl_responder(folder.path(), &question);
    let [theirs, anew_fresh, anew_signed, kept_fresh, kept_signed] = contest([
        &mut || answers(theirs, "anew", &file),
        &mut || answers(fresh, "anew", &file),
        &mut || answers(pre_signed, "anew", &file),
        &mut || answers(fresh, "kept", &file),
        &mut || answers(pre_signed, "kept", &file),
    ]);
    let theirs = ("openssl ocsp -port", theirs);
    line("signed when asked, anew", anew_fresh, theirs, None);
    line("signed when asked, kept", kept_fresh, theirs, goal(2.0));
    line("signed before, anew", anew_signed, theirs, None);
    line("signed before, kept", kept_signed, theirs, Some(10.0));
}
