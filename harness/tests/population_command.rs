//! `madoguchi population` as its users meet it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::process::{Command, Output};

use serde_json::Value;

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).output().unwrap()
}

/// Both streams.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn a_citizen_is_shown_without_secrets_unless_they_are_asked_for() {
    let show = |more: &[&str]| {
        let output = madoguchi(&[&["population", "show", "42"], more].concat());
        assert_eq!(output.status.code(), Some(0));
        told(&output)
    };
    let plain = show(&[]);
    for words in
        ["name  ", "birthdate", "municipality_code", "user_authentication_serial", "person_code"]
    {
        assert!(plain.contains(words), "{plain}");
    }
    for secret in ["individual_number", "user_pin", "signature_password", "security_code"] {
        assert!(!plain.contains(secret), "{plain}");
        assert!(show(&["--show-secrets"]).contains(secret));
    }
    assert_eq!(plain, show(&[]));
    let json = |more: &[&str]| {
        serde_json::from_str::<Value>(&show(&[&["--format", "json"], more].concat())).unwrap()
    };
    assert_eq!(json(&[])["citizen"], 42);
    assert_ne!(json(&[])["name"], json(&["--seed", "2"])["name"]);
    assert_ne!(json(&[])["birthdate"], json(&["--today", "2030-04-01"])["birthdate"]);
    for (arguments, words) in [
        (["population", "show", "125000000"], "numbered 0 to 124999999"),
        (["population", "show", "-1"], "unexpected argument"),
    ] {
        let output = madoguchi(&arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[test]
fn citizens_are_sampled_by_what_is_odd_about_them() {
    let sample = |more: &[&str]| {
        let output = madoguchi(&[&["population", "sample", "--count", "3"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        told(&output)
    };
    assert_eq!(sample(&[]).lines().count(), 3);
    let leap = sample(&["--oddity", "leap-day"]);
    assert!(
        leap.lines().all(|line| line.contains("-02-29") && line.contains("leap-day")),
        "{leap}"
    );
    let outside = sample(&["--oddity", "outside-jis", "--format", "json"]);
    let outside: Value = serde_json::from_str(&outside).unwrap();
    for citizen in outside.as_array().unwrap() {
        assert!(citizen["name_substitutes"].as_str().unwrap().contains('1'), "{citizen}");
        assert_ne!(citizen["name"], citizen["certificate_name"]);
    }
    let output = madoguchi(&["population", "sample", "--count", "3", "--oddity", "left-handed"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("leap-day"));
}
