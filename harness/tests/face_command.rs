//! `madoguchi face` as its users meet it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::process::{Command, Output};

use serde_json::Value;

const EXAMPLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/face-matcher-python/matcher.py");

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).output().unwrap()
}

fn evaluate(more: &[&str]) -> (Option<i32>, String, String) {
    let few = ["face", "evaluate", "--genuine", "48", "--impostors", "60", "--attacks", "6"];
    let output = madoguchi(&[&few, more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_same_seed_gives_the_same_measures_and_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    let first = evaluate(&["--out", one.to_str().unwrap()]);
    assert_eq!(first.0, Some(0), "{}", first.2);
    assert_eq!(first, evaluate(&["--out", other.to_str().unwrap()]));
    assert_ne!(first.1, evaluate(&["--seed", "2"]).1);
    for name in ["det.svg", "measures.txt", "measures.json"] {
        let read = |folder: &std::path::Path| std::fs::read(folder.join(name)).unwrap();
        assert_eq!(read(&one), read(&other), "{name}");
    }
    let curve = std::fs::read_to_string(one.join("det.svg")).unwrap();
    assert_eq!(curve.matches("<polyline").count(), 3, "{curve}");
    for words in
        ["EER", "FNMR at FMR 0.1 %", "APCER", "BPCER", "IAPAR", "fewer than 30 false matches"]
    {
        assert!(first.1.contains(words), "{words}: {}", first.1);
    }
}

#[test]
fn measures_come_as_json() {
    let (code, json, _) =
        evaluate(&["--format", "json", "--condition", "twins", "--target-fmr", "0.05"]);
    let measures: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, measures["condition"].as_str()), (Some(0), Some("twins")));
    let names: Vec<_> = measures["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["matcher"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["built-in", "mean colour", "raw pixels"]);
    let built_in = &measures["outcomes"][0];
    assert!(built_in["fmr"].as_f64().unwrap() <= 0.05);
    let blank = built_in["attacks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["attack"] == "blank")
        .unwrap();
    assert_eq!((blank["apnrr"].as_f64(), blank["iapar"].as_f64()), (Some(1.0), Some(0.0)));
}

#[test]
fn another_matcher_gets_the_same_table() {
    let matcher = format!("python3 {EXAMPLE}");
    let (code, table, errors) = evaluate(&["--matcher", &matcher]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(table.contains("python3"), "{table}");
    assert!(table.contains("built-in") && table.contains("raw pixels"), "{table}");
}

#[test]
fn a_matcher_that_fails_is_told_apart_and_never_counted() {
    let with = |fault: &str| {
        let matcher = format!("env {fault} python3 {EXAMPLE}");
        evaluate(&["--matcher", &matcher])
    };
    let (code, table, _) = with("FAULT=out-of-range FAULT_EVERY=40");
    assert_eq!(code, Some(4));
    assert!(table.contains("without an answer (out-of-range), counted neither way"), "{table}");
    let (code, table, errors) = with("FAULT=gone");
    assert_eq!((code, table.as_str()), (Some(4), ""));
    assert!(
        errors.contains("the matcher ended in the middle of its work") && errors.contains("next: "),
        "{errors}"
    );
}

#[test]
fn wrong_words_are_told() {
    for (arguments, words) in [
        (&["--condition", "fog"][..], "there are clean, poor"),
        (&["--matcher", "https://matcher.example"], "a command or an http:// address"),
        (&["--target-fmr", "0"], "a share from"),
        (&["--genuine", "0"], "1 to 10000000"),
    ] {
        let output = madoguchi(&[&["face", "evaluate"], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(words), "{errors}");
    }
}

#[test]
fn people_are_drawn_under_every_condition() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let output = madoguchi(&["face", "draw", "--people", "2", "--out", out]);
    assert_eq!(output.status.code(), Some(0));
    let names: Vec<_> = std::fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2 * 14 + 1, "{names:?}");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("sheet.png").starts_with(b"\x89PNG"));
    assert_ne!(read("person-00-mask.png"), read("person-00-clean.png"));
}
