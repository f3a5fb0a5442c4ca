//! The state of a card, written down and put back: what a power cut keeps, a new process keeps too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails loudly"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use proptest::prelude::*;
use sim_card::kept::{KeepError, KeptCard, StateFile};
use sim_card::link::CardSlot as _;
use sim_card::{Card, CardState, PinName, StateError};
use support::{bytes, contents, expect, send, verify};

const NAME: &str = "the test's card";

fn kept(path: &Path) -> Result<KeptCard, KeepError> {
    KeptCard::open(Card::new(contents()), NAME, StateFile::open(path)?)
}

fn status(card: &mut KeptCard, command: &str) -> String {
    let answer = card.exchange(&bytes(command)).unwrap();
    hex::encode_upper(&answer[answer.len() - 2..])
}

fn written(path: &Path) -> CardState {
    CardState::from_json(&std::fs::read(path).unwrap()).unwrap()
}

/// A card that was used: one wrong try, a changed PIN, a challenge.
fn used() -> Card {
    let mut card = support::card();
    expect(
        &mut card,
        &[
            (support::SELECT_JPKI, "9000"),
            ("00A4020C02001B", "9000"),
            (&verify("WRONG1"), "63C4"),
            ("00A4020C020018", "9000"),
            (&verify(support::PIN), "9000"),
            ("0024018004 38373635", "9000"),
            ("00840000 10", "9000"),
        ],
    );
    card
}

#[test]
fn a_state_put_back_is_the_same_card() {
    let mut card = used();
    let json = card.state(NAME).to_json().unwrap();
    let state = CardState::from_json(&json).unwrap();
    assert_eq!(state, card.state(NAME));
    assert_eq!((state.tries_left(PinName::DigitalSignature), state.random_position()), (4, 4));
    let mut again = Card::new(contents());
    again.put_state(&state).unwrap();
    assert_eq!(again.state(NAME), state);
    assert!(!again.has_power());
    again.power_on();
    assert_eq!(
        send(&mut again, "00840000 20"),
        send(&mut card, "00840000 20"),
        "no challenge comes twice"
    );
    expect(
        &mut again,
        &[
            (support::SELECT_JPKI, "9000"),
            ("00A4020C020018", "9000"),
            (&verify(support::PIN), "63C2"),
            (&verify("8765"), "9000"),
        ],
    );
}

#[test]
fn only_changed_values_are_written() {
    let fresh = String::from_utf8(Card::new(contents()).state(NAME).to_json().unwrap()).unwrap();
    let changed = String::from_utf8(used().state(NAME).to_json().unwrap()).unwrap();
    for secret in
        [support::PIN, support::PASSWORD, support::NUMBER_A, support::NUMBER_B, support::BIRTH_KEY]
    {
        assert!(!fresh.contains(secret) && !changed.contains(secret), "{secret}: {changed}");
    }
    assert!(changed.contains("\"user-authentication\": \"8765\""), "{changed}");
    assert!(!format!("{:?}", used().state(NAME)).contains("8765"));
}

#[test]
fn what_is_no_state_of_this_card_is_refused_and_changes_nothing() {
    let good = String::from_utf8(used().state(NAME).to_json().unwrap()).unwrap();
    let half = &good[..good.len() / 2];
    let newer = good.replace("\"version\": 1", "\"version\": 2");
    let foreign = "{\"format\": \"something else\", \"version\": 1}";
    let impossible = good.replace("\"digital-signature\": 4", "\"digital-signature\": 6");
    let misnamed = good.replace("\"resident\": 3", "\"residents\": 3");
    let malformed = good.replace("\"8765\"", "\"87654\"");
    let painted = good.replace(NAME, "a \\u001b[2Jcard");
    let turned = good.replace(NAME, "a \u{202E}card");
    let spare = good.replace("\"text-input-spare\": 0", "\"text-input-spare\": 3");
    for (what, text, told) in [
        ("nothing", "", "cut off"),
        ("half", half, "cut off"),
        ("newer", &newer, "version 2"),
        ("foreign", foreign, "another kind"),
        ("a list", "[1234]", "another kind"),
        ("too many tries", &impossible, "more tries"),
        ("a name", &misnamed, "cut off"),
        ("a value", &malformed, "a form it cannot have"),
        ("a name that wipes the screen", &painted, "takes for orders"),
        ("a name that turns the line", &turned, "takes for orders"),
        ("tries without a value", &spare, "delivered blocked"),
    ] {
        let error = CardState::from_json(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("8765"), "{what}: {error}");
    }
    let mut other = contents();
    other.challenge_seed = [8; 32];
    let mut other = Card::new(other);
    let before = other.state("other");
    let refused = other.put_state(&used().state(NAME));
    assert_eq!(refused, Err(StateError::OtherCard { owner: NAME.to_owned() }));
    assert_eq!(other.state("other"), before);
}

#[test]
fn the_file_is_written_before_the_answer_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    let mut card = kept(&path).unwrap();
    assert_eq!(written(&path).tries_left(PinName::UserAuthentication), 3);
    card.power_on();
    assert_eq!(status(&mut card, support::SELECT_JPKI), "9000");
    for left in [2, 1, 0] {
        assert_eq!(status(&mut card, "0020009804 39393939"), format!("63C{left}"));
        assert_eq!(written(&path).tries_left(PinName::UserAuthentication), left);
    }
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    drop(card);
    let mut again = kept(&path).unwrap();
    again.power_on();
    status(&mut again, support::SELECT_JPKI);
    assert_eq!(
        status(&mut again, "0020009804 31323334"),
        "6984",
        "blocked in the next process too"
    );
}

#[test]
fn a_file_in_use_or_of_no_use_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    let card = kept(&path).unwrap();
    assert!(matches!(kept(&path), Err(KeepError::InUse { .. })));
    drop(card);
    std::fs::write(&path, "{\"format\":").unwrap();
    let error = kept(&path).unwrap_err();
    assert!(
        error.to_string().contains("card.json") && error.to_string().contains("cut off"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"{\"format\":");
    assert!(matches!(kept(&folder.path().join("no/such/folder")), Err(KeepError::Write { .. })));
    assert!(matches!(kept(folder.path()), Err(KeepError::Read { .. })));
}

#[test]
fn a_card_that_cannot_write_gives_no_answer_away() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let mut card = kept(&inner.join("card.json")).unwrap();
    card.power_on();
    status(&mut card, support::SELECT_JPKI);
    let aside = folder.path().join("aside");
    std::fs::rename(&inner, &aside).unwrap();
    assert_eq!(status(&mut card, "0020009804 39393939"), "6581");
    assert_eq!(status(&mut card, support::SELECT_JPKI), "6581", "until it can write again");
    assert_eq!(status(&mut card, "0020009804 31323334"), "6581", "right and wrong look alike");
    std::fs::rename(&aside, &inner).unwrap();
    assert_eq!(status(&mut card, "0020009804 39393939"), "63C2", "and counts from here on");
    assert_eq!(written(&inner.join("card.json")).tries_left(PinName::UserAuthentication), 2);
}

#[test]
fn a_right_pin_that_could_not_be_written_leaves_no_right() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let mut card = kept(&inner.join("card.json")).unwrap();
    card.power_on();
    status(&mut card, support::SELECT_JPKI);
    status(&mut card, "00A4020C020018");
    assert_eq!(status(&mut card, "00200080"), "63C3");
    let aside = folder.path().join("aside");
    std::fs::rename(&inner, &aside).unwrap();
    assert_eq!(status(&mut card, "0020008004 31323334"), "6581");
    std::fs::rename(&aside, &inner).unwrap();
    assert_eq!(status(&mut card, "00200080"), "63C3", "not verified");
}

#[test]
fn a_card_that_could_not_keep_anything_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    drop(kept(&path).unwrap());
    // A folder in the place of the file to come: it takes no writing, whoever runs this.
    std::fs::create_dir(folder.path().join("card.json.new")).unwrap();
    assert!(matches!(kept(&path), Err(KeepError::Write { .. })));
}

#[test]
fn what_a_killed_process_left_half_written_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, left) = (folder.path().join("card.json"), folder.path().join("card.json.new"));
    std::fs::write(&left, "a changed PIN").unwrap();
    std::fs::set_permissions(&left, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(kept(&path).unwrap());
    assert!(!left.exists());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["card.json", "card.json.lock"]);
}

#[test]
fn a_file_has_one_lock_under_all_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    let (link, elsewhere) = (folder.path().join("link.json"), folder.path().join("elsewhere"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    std::os::unix::fs::symlink(folder.path(), &elsewhere).unwrap();
    let card = kept(&path).unwrap();
    for name in [&link, &elsewhere.join("card.json")] {
        assert!(matches!(kept(name), Err(KeepError::InUse { .. })), "{}", name.display());
    }
    drop(card);
    drop(kept(&link).unwrap());
    assert!(link.is_symlink(), "the file is replaced, not the link");
}

#[test]
fn a_card_with_another_under_it_is_put_back_whole_and_not_kept() {
    let mut other = contents();
    other.challenge_seed = [8; 32];
    let other = Card::new(other);
    let mut card = Card::new(contents());
    card.lay_under(other.persistent().clone());
    let state = card.state(NAME);
    card.set_faults(vec![sim_card::Fault::SwappedAfter { commands: 1 }]);
    card.power_on();
    for _ in 0..2 {
        card.exchange(&bytes(support::SELECT_JPKI)).unwrap();
    }
    assert_ne!(card.state(NAME), state, "the other card lies there");
    card.put_state(&state).unwrap();
    assert_eq!(card.state(NAME), state);
    let under = Card::take_from_under(&mut card.clone()).unwrap();
    let mut taken = Card::new(contents());
    taken.restore(under);
    assert_eq!(taken.state(NAME), other.state(NAME), "each has its own half again");
    let folder = tempfile::tempdir().unwrap();
    let file = StateFile::open(folder.path().join("card.json")).unwrap();
    assert!(matches!(KeptCard::open(card, NAME, file), Err(KeepError::TwoCards)));
}

#[test]
fn a_state_can_be_set_unblocked_and_taken_back() {
    let mut state = used().state(NAME);
    state.set_tries_left(PinName::UserAuthentication, 0).unwrap();
    assert!(state.set_tries_left(PinName::UserAuthentication, 4).is_err());
    assert!(state.unblock(PinName::TextInputSpare).is_err());
    assert_eq!(state.tries_left(PinName::UserAuthentication), 0);
    state.unblock(PinName::UserAuthentication).unwrap();
    assert_eq!(state.tries_left(PinName::UserAuthentication), 3);
    assert!(state.is_changed(PinName::UserAuthentication));
    state.reset();
    assert_eq!(state, Card::new(contents()).state(NAME));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = CardState::from_json(&bytes);
    }

    #[test]
    fn any_change_to_a_written_state_is_read_or_refused(at in 0usize..900, byte: u8) {
        let mut json = used_json().to_vec();
        let length = json.len();
        json[at % length] = byte;
        if let Ok(state) = CardState::from_json(&json) {
            let _ = Card::new(contents()).put_state(&state);
        }
    }
}

/// Made once: a card takes a while to personalise.
fn used_json() -> &'static [u8] {
    static JSON: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| used().state(NAME).to_json().unwrap());
    &JSON
}
