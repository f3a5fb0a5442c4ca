//! The PC/SC relay against a real pcscd: a virtual card in pcscd's reader plays the physical one. Needs the feature `pcsc`.

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

use support::Desk;

const READER: &str = "Virtual PCD 00 00";
const PLACE: &str = "127.0.0.1:8890";

/// A client of the relay in Python, beside pcscd: each argument is sent to /apdu, the answers come back line by line.
const CLIENT: &str = "
import sys, urllib.request
def ask(path, body=b''):
    return urllib.request.urlopen('http://127.0.0.1:8890' + path, data=body, timeout=20).read().decode().strip()
print(ask('/power-on'))
for command in sys.argv[1:]:
    print(ask('/apdu', command.encode()))
print(ask('/reset'))
print(ask('/apdu', sys.argv[-1].encode()))
print(ask('/power-off'))
";

const SELECT: &str = "00A4040C0AD392F000260100000001";

#[test]
fn a_test_card_in_a_reader_is_relayed_and_answers() {
    let desk = Desk::with_card_of("hanako");
    let mut relay =
        desk.start(&["card", "relay", "--from-reader", READER, "--http", PLACE], "relay.log");
    relay.wait_for_line("http://127.0.0.1:8890/");
    let commands = [SELECT, "0020009804 39393939", "0020009804 31323334", "00B0880003"];
    let answers = desk.client("python3", &[&["-c", CLIENT], &commands[..]].concat()).content();
    let lines: Vec<&str> = answers.lines().collect();
    assert!(lines[0].contains("3BE000FF8131FE4514"), "{answers}");
    assert_eq!(lines[1..5], ["9000", "63C2", "9000", "8F8F009000"], "{answers}");
    assert!(lines[5].contains("3BE000FF8131FE4514"), "{answers}");
    assert_eq!(lines[6], "8F8F009000", "a warm reset keeps the application");
    let log = relay.log();
    assert!(log.contains("VERIFY EF 0018 利用者証明用PIN"), "{log}");
    for secret in ["1234", "31323334", "9999", "39393939"] {
        assert!(!log.contains(secret), "a PIN stands in the log: {log}");
    }
    // What reached the virtual card that plays the physical one: the guard's reading, then the client's commands.
    let card = desk.card_log();
    assert!(card.contains("READ BINARY EF 000A") && card.contains("63C2 2 tries left"), "{card}");
}

#[test]
fn a_card_with_a_foreign_chain_is_refused_unless_one_insists() {
    let desk = Desk::with_card(&["--persona", "hanako", "--foreign"]);
    let refused = desk.madoguchi(&["card", "relay", "--from-reader", READER, "--http", PLACE]);
    assert_eq!(refused.code, 3, "{}", refused.text);
    assert!(
        refused.text.contains("does not lead to a root of the test authority"),
        "{}",
        refused.text
    );
    let insisting =
        ["card", "relay", "--from-reader", READER, "--http", PLACE, "--i-know-this-is-a-real-card"];
    let mut relay = desk.start(&insisting, "relay.log");
    relay.wait_for_line("http://127.0.0.1:8890/");
    assert!(relay.log().contains("the guard is off"), "{}", relay.log());
    let answers = desk.client("python3", &["-c", CLIENT, SELECT]).content();
    assert_eq!(answers.lines().nth(1), Some("9000"), "{answers}");
}

#[test]
fn a_card_taken_out_is_gone_for_the_relay() {
    let mut desk = Desk::with_card_of("hanako");
    let mut relay =
        desk.start(&["card", "relay", "--from-reader", READER, "--http", PLACE], "relay.log");
    relay.wait_for_line("http://127.0.0.1:8890/");
    // Power stays on: a reset then meets whichever card lies there.
    let held = CLIENT.replace("print(ask('/power-off'))", "");
    desk.client("python3", &["-c", &held, SELECT]).content();
    desk.change_card(&["--persona", "taro"]);
    let reset = CLIENT.replace("ask('/power-on')", "ask('/reset')");
    for client in [&reset[..], CLIENT] {
        desk.client("python3", &["-c", client, SELECT]).refused("HTTP Error 410");
    }
}

#[test]
fn a_reader_that_is_not_there_is_told_with_those_that_are() {
    let desk = Desk::with_card_of("hanako");
    let told = desk.madoguchi(&["card", "relay", "--from-reader", "Nobody's", "--http", PLACE]);
    assert_eq!(told.code, 2, "{}", told.text);
    assert!(told.text.contains("Virtual PCD 00 00, Virtual PCD 00 01"), "{}", told.text);
    let told =
        desk.madoguchi(&["card", "relay", "--from-reader", "Virtual PCD 00 01", "--http", PLACE]);
    assert_eq!(told.code, 4, "{}", told.text);
}
