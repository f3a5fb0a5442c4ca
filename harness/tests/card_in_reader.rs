//! A product that is the card in a PC/SC reader, against a real pcscd: a virtual card in pcscd's reader plays the physical one. Needs the
//! feature `pcsc`.

#![cfg(feature = "pcsc")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use reports::model::Verdict;
use support::Desk;

fn config(desk: &Desk, persona: &str) -> String {
    let yaml = format!(
        "product: {{name: Plastic, version: '1', vendor: Test}}\npositions:\n  card:\n    adapter: card\n    pcsc: {{reader: Virtual PCD 00 00, persona: {persona}}}\n"
    );
    std::fs::write(desk.path("madoguchi.yaml"), yaml).unwrap();
    desk.arg("madoguchi.yaml")
}

/// The verdicts of a run, by scenario, with their reasons.
fn judged(desk: &Desk, only: &str) -> reports::model::RunRecord {
    let (sut, out) = (config(desk, "hanako"), desk.arg("out"));
    let told = desk.madoguchi(&["run", "--quiet", "--sut", &sut, "--only", only, "--out", &out]);
    // 4 where nothing of what was chosen applies.
    assert!([0, 4].contains(&told.code), "{only}: {}", told.text);
    reports::json::read(&std::fs::read(desk.path("out/result.json")).unwrap()).unwrap()
}

#[test]
fn a_card_in_a_reader_plays_the_card_of_its_persona() {
    let desk = Desk::with_card_of("hanako");
    let told = desk.madoguchi(&["doctor", "--sut", &config(&desk, "hanako")]);
    assert_eq!(told.code, 0, "{}", told.text);
    for id in ["identity/wrong-pin", "identity/face-match", "card/swapped-by-pin", "card/put-back"]
    {
        let record = judged(&desk, id);
        assert_eq!(record.cases[0].verdict, Verdict::Pass, "{id}");
    }
    let card = desk.card_log();
    assert!(
        card.contains("63C2 2 tries left"),
        "the wrong PIN came to the card in the reader: {card}"
    );
    // A revoked certificate: the world's authority knows the one on the card.
    let record = judged(&desk, "certificate/revoked");
    assert_eq!(record.cases[0].verdict, Verdict::Pass);
}

#[test]
fn what_would_need_another_state_of_the_card_is_not_applicable() {
    let desk = Desk::with_card_of("hanako");
    for (id, why) in [
        ("card/mute", "a card that misbehaves"),
        ("certificate/foreign-ca", "in another state than it lies there"),
    ] {
        let case = &judged(&desk, id).cases[0];
        assert_eq!(case.verdict, Verdict::NotApplicable, "{id}");
        assert!(case.why.as_ref().unwrap().contains(why), "{id}: {:?}", case.why);
    }
    // What went before holds, what follows is for no card that cannot be made anew.
    let case = &judged(&desk, "certificate/renewed").cases[0];
    assert!(case.steps.iter().any(|step| step.verdict == Verdict::NotApplicable), "{case:?}");
}

#[test]
fn a_last_try_is_never_spent_and_its_holder_finds_all_of_them() {
    let desk = Desk::with_card_of("hanako");
    let case = &judged(&desk, "identity/locked-over-three-visits").cases[0];
    assert!(case.steps.iter().any(|step| step.verdict == Verdict::NotApplicable), "{case:?}");
    let log = desk.card_log();
    assert!(log.contains("63C1 1 try left") && !log.contains("63C0"), "{log}");
    let last = log.lines().rfind(|line| line.contains("VERIFY EF 0018")).unwrap();
    assert!(last.ends_with("9000 done"), "{last}");
}

#[test]
fn another_card_is_not_judged() {
    let desk = Desk::with_card_of("taro");
    let told = desk.madoguchi(&["doctor", "--sut", &config(&desk, "hanako")]);
    assert_eq!(told.code, 3, "{}", told.text);
    assert!(told.text.contains("is not the one of hanako"), "{}", told.text);
    drop(desk);
    let desk = Desk::with_card(&["--persona", "hanako", "--foreign"]);
    let told = desk.madoguchi(&["doctor", "--sut", &config(&desk, "hanako")]);
    assert_eq!(told.code, 4, "{}", told.text);
    assert!(told.text.contains("does not lead to a root of the test authority"), "{}", told.text);
}

#[test]
fn a_reader_that_is_not_there_is_told() {
    let desk = Desk::with_card_of("hanako");
    let sut = config(&desk, "hanako");
    let yaml = std::fs::read_to_string(&sut).unwrap().replace("Virtual PCD 00 00", "Nobody's");
    std::fs::write(&sut, yaml).unwrap();
    let told = desk.madoguchi(&["doctor", "--sut", &sut]);
    assert_eq!(told.code, 4, "{}", told.text);
    assert!(told.text.contains("no PC/SC reader is called"), "{}", told.text);
}
