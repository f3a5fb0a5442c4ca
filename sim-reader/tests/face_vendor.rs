//! Matchers that are not ours: the example in Python as a foreign process, over both doors, well and misbehaving.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sim_reader::GreyImage;
use sim_reader::face::capture::capture;
use sim_reader::face::portrait::draw;
use sim_reader::face::vendor::{HttpMatcher, ProcessMatcher};
use sim_reader::face::{Company, Conditions, Matcher, NoScore, Picture};

const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/face-matcher-python/matcher.py");
const PATIENCE: Duration = Duration::from_secs(30);

fn pictures() -> (GreyImage, GreyImage, GreyImage) {
    let company = Company::from_seed(3);
    let (own, other) = (company.person(1), company.person(2));
    (draw(&own), capture(&own, &Conditions::clean(1)), capture(&other, &Conditions::clean(1)))
}

fn process(words: &str, patience: Duration) -> ProcessMatcher {
    ProcessMatcher::new(words, patience)
}

fn faulty(fault: &str, patience: Duration) -> ProcessMatcher {
    process(&format!("env FAULT={fault} python3 {EXAMPLE}"), patience)
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty()).build().unwrap()
}

struct Served(Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn served(fault: Option<&str>) -> Served {
    let mut command = Command::new("python3");
    command.args([EXAMPLE, "--port", "0"]).stdout(Stdio::piped());
    let mut child = command.envs(fault.map(|fault| ("FAULT", fault))).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    Served(child, address.trim().to_owned())
}

/// What any matcher must do with three pictures.
fn tells_them_apart(matcher: &dyn Matcher) {
    let (photo, own, other) = pictures();
    let (own_score, other_score) =
        (matcher.score(&photo, &own).unwrap(), matcher.score(&photo, &other).unwrap());
    assert!(own_score > other_score, "{own_score} {other_score}");
    assert!(matcher.score(&photo, &photo).unwrap() > 0.99);
    let blank = GreyImage { width: 240, height: 320, pixels: vec![128; 240 * 320] };
    assert_eq!(matcher.score(&blank, &own), Err(NoScore::Unusable(Picture::Photo)));
    assert_eq!(matcher.score(&photo, &blank), Err(NoScore::Unusable(Picture::Capture)));
    assert_eq!(matcher.attack(&own), Ok(None));
}

#[test]
fn the_example_compares_as_a_process() {
    tells_them_apart(&process(&format!("python3 {EXAMPLE}"), PATIENCE));
}

#[test]
fn the_example_compares_over_http() {
    let served = served(None);
    tells_them_apart(&HttpMatcher::new(&served.1, client(), PATIENCE));
}

#[tokio::test]
async fn a_matcher_over_http_may_be_asked_within_a_runtime() {
    let served = served(None);
    let (photo, own, _) = pictures();
    assert!(HttpMatcher::new(&served.1, client(), PATIENCE).score(&photo, &own).is_ok());
}

#[test]
fn each_failure_of_a_process_has_a_name_of_its_own() {
    let (photo, own, _) = pictures();
    for (fault, kind) in [
        ("gone", "gone"),
        ("malformed", "unreadable"),
        ("other-id", "unreadable"),
        ("out-of-range", "out-of-range"),
        ("unusable", "unusable"),
    ] {
        let failed = faulty(fault, PATIENCE).score(&photo, &own).unwrap_err();
        assert_eq!(failed.kind(), kind, "{fault}: {failed}");
    }
    let silent = faulty("silent", Duration::from_millis(300)).score(&photo, &own);
    assert_eq!(silent, Err(NoScore::Silent { waited_ms: 300 }));
    let missing = process("/nowhere/matcher", PATIENCE).score(&photo, &own).unwrap_err();
    assert_eq!(missing.kind(), "unreachable");
    assert_eq!(process("", PATIENCE).score(&photo, &own).unwrap_err().kind(), "unreachable");
}

#[test]
fn each_failure_over_http_has_a_name_of_its_own() {
    let (photo, own, _) = pictures();
    let ask =
        |address: &str, patience| HttpMatcher::new(address, client(), patience).score(&photo, &own);
    for (fault, kind) in [
        ("gone", "gone"),
        ("malformed", "unreadable"),
        ("out-of-range", "out-of-range"),
        ("unusable", "unusable"),
    ] {
        let failed = ask(&served(Some(fault)).1, PATIENCE).unwrap_err();
        assert_eq!(failed.kind(), kind, "{fault}: {failed}");
    }
    let silent = ask(&served(Some("silent")).1, Duration::from_millis(300));
    assert_eq!(silent, Err(NoScore::Silent { waited_ms: 300 }));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask(&format!("http://{free}/"), PATIENCE).unwrap_err().kind(), "unreachable");
    assert_eq!(ask("no address", PATIENCE).unwrap_err().kind(), "unreachable");
}

#[test]
fn a_matcher_that_failed_is_started_anew_for_the_next_comparison() {
    let (photo, own, _) = pictures();
    let matcher = process(&format!("env FAULT=gone FAULT_EVERY=3 python3 {EXAMPLE}"), PATIENCE);
    let scores: Vec<_> = (0..6).map(|_| matcher.score(&photo, &own).is_ok()).collect();
    assert_eq!(scores, [true, true, false, true, true, false]);
}

#[test]
fn a_program_that_never_reads_stops_nobody_else() {
    let (photo, own, _) = pictures();
    let deaf = process("sleep 60", Duration::from_millis(300));
    assert_eq!(deaf.score(&photo, &own), Err(NoScore::Silent { waited_ms: 300 }));
    let endless = process("yes", PATIENCE);
    assert_eq!(endless.score(&photo, &own).unwrap_err().kind(), "unreadable");
    let endless = process("cat /dev/zero", PATIENCE);
    assert_eq!(endless.score(&photo, &own).unwrap_err().kind(), "unreadable");
}

#[test]
fn many_comparisons_are_given_up_when_nobody_answers() {
    let (photo, own, _) = pictures();
    let matcher = faulty("gone", PATIENCE);
    let scores = matcher.scores(&[photo], &[own], &[(0, 0); 60]);
    assert!(scores.iter().all(|score| *score == Err(NoScore::Gone)));
}
