//! The JPKI application, clause by clause.

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

use rsa::{Pkcs1v15Sign, Pss};
use sha2::{Digest, Sha256};
use sim_card::{Card, CardContents, PinName, Token};
use support::{
    SELECT_COMMON, SELECT_FACE, SELECT_ISD, SELECT_JPKI, bytes, card, contents, data, expect, send,
    status, verify,
};

const EF_PIN: &str = "00A4020C 02 0018";
const EF_PASSWORD: &str = "00A4020C 02 001B";
const EF_KEY: &str = "00A4020C 02 0017";
const QUERY: &str = "00200080";
const RIGHT: &str = "00200080 04 31323334";
const WRONG: &str = "00200080 04 30303030";
const SIGN: &str = "802A0080 01 5A 00";

fn made_of(change: impl FnOnce(&mut CardContents)) -> Card {
    let mut contents = contents();
    change(&mut contents);
    let mut card = Card::new(contents);
    card.power_on();
    card
}

#[test]
fn atr_and_power() {
    let mut card = Card::new(contents());
    assert_eq!(hex::encode_upper(card.atr()), "3BE000FF8131FE4514");
    assert_eq!(send(&mut card, SELECT_JPKI), "6F00", "without power");
    card.power_on();
    assert_eq!(send(&mut card, SELECT_JPKI), "9000");
}

#[test]
fn select() {
    expect(
        &mut card(),
        &[
            ("00A40000", "6A86"),                 // no data, at power-up level
            ("00A4040C 06 A00000000101", "6A82"), // unknown application
            ("00A4040C 0A D392F000260100000002", "6A82"),
            ("00A4020C 02 0018", "6A82"),       // no application yet
            ("00A4020C 02 001E", "9000"),       // the one EF of the power-up level …
            ("00B0000000", "6981"),             // … which cannot be read
            ("00A4040C 05 D392F00026", "9000"), // the beginning of an AID
            ("00A4020C 02 000A", "9000"),
            ("00A40000", "9000"), // changes nothing
            ("00B0000004", "9000"),
            ("00A40000 02 3F00", "6A82"),
            ("00A4020C 02 2F10", "6A82"),
            ("00A4020C 01 18", "6700"),
            ("00A4030C 02 0018", "6A86"),
            ("00A40404 0A D392F000260100000001", "6A86"),
            ("00A4040C 11 D392F0002601000000010000000000000000", "6700"),
        ],
    );
    assert_eq!(
        send(&mut card(), "00A40400 0A D392F000260100000001 00"),
        "6F0C840AD392F0002601000000019000"
    );
}

#[test]
fn a_failed_select_leaves_the_application() {
    expect(
        &mut card(),
        &[
            (SELECT_JPKI, "9000"),
            (EF_PIN, "9000"),
            (RIGHT, "9000"),
            ("00A4040C 06 A00000000101", "6A82"),
            (EF_KEY, "9000"),
            (SIGN, "9000"),
        ],
    );
}

#[test]
fn verify_rules() {
    expect(
        &mut card(),
        &[
            (SELECT_JPKI, "9000"),
            (QUERY, "6986"), // no EF current
            ("00A4020C 02 000A", "9000"),
            (QUERY, "6981"), // not reference data
            (EF_PIN, "9000"),
            (QUERY, "63C3"),
            ("0020008000", "6700"), // the five-byte form
            ("00200180 04 31323334", "6A86"),
            ("00200000 04 31323334", "6A86"),
            ("00200080 11 3132333431323334313233343132333431", "6700"),
            ("00200080 000004 31323334", "6700"), // extended Lc
            (WRONG, "63C2"),
            (QUERY, "63C2"), // asking costs nothing
            (RIGHT, "9000"),
            (QUERY, "63C3"), // and never says 9000
            (WRONG, "63C2"),
            (WRONG, "63C1"),
            (WRONG, "63C0"),
            (RIGHT, "6984"),
            (WRONG, "6984"),
            (QUERY, "63C0"),
            ("0020009B", "63C5"), // short EF identifier; the other counter is its own
            ("00200080", "63C5"), // and its EF is current now
            ("0020008F", "6A88"),
        ],
    );
}

#[test]
fn the_signature_password_is_kept_in_upper_case() {
    let mut card = made_of(|contents| contents.signature_password = Some("abc123".to_owned()));
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            (EF_PASSWORD, "9000"),
            (&verify("abc123"), "63C4"),
            (&verify("ABC123"), "9000"),
        ],
    );
}

#[test]
fn read_binary_rules() {
    let mut card = card();
    expect(
        &mut card,
        &[
            ("00B0000000", "6986"),
            (SELECT_JPKI, "9000"),
            ("00B0000000", "6986"),
            (EF_PIN, "9000"),
            ("00B0000000", "6981"),
            (EF_KEY, "9000"),
            ("00B0000000", "6981"),
            ("00A4020C 02 0001", "9000"),
            ("00B0000004", "6982"),
            ("00A4020C 02 0009", "9000"),
            ("00B0000004", "6982"),
            ("00A4020C 02 000A", "9000"),
            ("00B00000", "6700"),
            ("00B0000001 AA", "6700"),
            ("00B0069900", "6B00"), // offset = size
            ("00B07FFF00", "6B00"),
            ("00B09F0000", "6A86"),
            ("00B0800000", "6A86"),
            ("00B0A60000", "6A86"),
            ("00B0850000", "6A82"), // no such short EF identifier
        ],
    );
    for (command, length) in [
        ("00B0000004", 4),
        ("00B0000000", 256),
        ("00B0069800", 1),
        ("00B0060000", 153),
        ("00B00000000000", 1689),
        ("00B0860020", 32),
        ("00B0869000", 16),
        ("00B00000A0", 160),
    ] {
        assert_eq!(data(&mut card, command).len(), length, "{command}");
    }
}

#[test]
fn files_that_anyone_reads() {
    let mut card = card();
    data(&mut card, SELECT_JPKI);
    for (id, size) in [("0002", 1422), ("0006", 160), ("0008", 3), ("000A", 1689), ("000B", 1446)] {
        data(&mut card, &format!("00A4020C 02 {id}"));
        assert_eq!(support::read_all(&mut card).len(), size, "EF {id}");
    }
    assert_eq!(data(&mut card, "00B0880000"), [0x8F, 0x8F, 0x00]);
}

#[test]
fn the_password_opens_the_signature_certificate_and_the_pin_does_not() {
    let mut card = card();
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            (EF_PIN, "9000"),
            (RIGHT, "9000"),
            ("00B0810004", "6982"),
            (EF_PASSWORD, "9000"),
            (&verify(support::PASSWORD), "9000"),
            ("00B0810004", "9000"),
        ],
    );
}

#[test]
fn when_rights_end() {
    let granted = || {
        let mut card = card();
        expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_PIN, "9000"), (RIGHT, "9000")]);
        card
    };
    for (between, sign) in [
        (&[SELECT_JPKI][..], "9000"),
        (&[SELECT_FACE, SELECT_JPKI], "6982"),
        (&[SELECT_COMMON, SELECT_JPKI], "6982"),
        (&[SELECT_ISD, SELECT_JPKI], "6982"),
        (&[EF_PIN, WRONG], "6982"),
    ] {
        let mut card = granted();
        for command in between {
            send(&mut card, command);
        }
        expect(&mut card, &[(EF_KEY, "9000"), (SIGN, sign)]);
    }
    let mut card = granted();
    card.reset();
    expect(&mut card, &[(QUERY, "6986"), (EF_KEY, "9000"), (SIGN, "9000")]);
    card.power_off();
    card.power_on();
    expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_KEY, "9000"), (SIGN, "6982")]);
}

#[test]
fn counters_outlive_power_and_are_carried_over() {
    let mut card = card();
    expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_PIN, "9000"), (WRONG, "63C2")]);
    card.power_off();
    card.power_on();
    assert_eq!(card.tries_left(PinName::UserAuthentication), 2);
    let mut other = Card::new(contents());
    other.restore(card.persistent().clone());
    other.power_on();
    expect(&mut other, &[(SELECT_JPKI, "9000"), (EF_PIN, "9000"), (QUERY, "63C2")]);
}

#[test]
fn signing_rules() {
    let mut card = card();
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            (SIGN, "6986"),
            (EF_KEY, "9000"),
            (SIGN, "6982"),
            ("802A0097 01 5A 00", "6982"),
            (EF_PIN, "9000"),
            (RIGHT, "9000"),
            (SIGN, "6981"),                // a PIN signs nothing
            ("802A009A 01 5A 00", "6982"), // the other key wants its password
            ("802A0000 01 5A 00", "6A88"), // no default key here
            ("802A0097 01 5A 00", "9000"),
            (SIGN, "9000"), // the short identifier made it current; one VERIFY serves many
            ("802A0680 01 5A 00", "6A86"),
            ("802A0018 01 5A 00", "6A86"),
            ("802A0080 01 5A", "6700"),    // no Le
            ("802A0080 01 5A 10", "6700"), // a signature does not fit
            ("802A008000", "6700"),        // no data
            ("802A0280 01 5A 00", "6985"),
            ("802A0480 01 5A 00", "6985"),
            (&format!("802A0080 F5 {} 00", "5A".repeat(245)), "9000"),
            (&format!("802A0080 F6 {} 00", "5A".repeat(246)), "6985"),
            (&format!("802A0380 FF {} 00", "5A".repeat(255)), "9000"),
            ("002A0080 01 5A 00", "6D00"),
        ],
    );
}

#[test]
fn each_padding_verifies() {
    let mut card = card();
    expect(
        &mut card,
        &[(SELECT_JPKI, "9000"), (EF_PIN, "9000"), (RIGHT, "9000"), (EF_KEY, "9000")],
    );
    let public = support::user_key().to_public_key();
    let message = [0x42; 32];
    let hash = Sha256::digest(message);
    let text = hex::encode(message);
    for (p1, raw_input) in [("00", &message[..]), ("01", &hash)] {
        let signature = data(&mut card, &format!("802A{p1}80 20 {text} 00"));
        public.verify(Pkcs1v15Sign::new_unprefixed(), raw_input, &signature).unwrap();
    }
    for (p1, hash) in [("02", &message[..]), ("03", &hash)] {
        let signature = data(&mut card, &format!("802A{p1}80 20 {text} 00"));
        public.verify(Pkcs1v15Sign::new::<Sha256>(), hash, &signature).unwrap();
    }
    for (p1, hash) in [("04", &message[..]), ("05", &hash)] {
        let command = format!("802A{p1}80 20 {text} 00");
        let signature = data(&mut card, &command);
        public.verify(Pss::<Sha256>::new(), hash, &signature).unwrap();
        assert_ne!(signature, data(&mut card, &command), "each PSS signature has its own salt");
    }
}

#[test]
fn the_same_seed_gives_the_same_randomness() {
    let run = |seed| {
        let mut card = made_of(|contents| contents.challenge_seed = seed);
        let challenge = data(&mut card, "0084000010");
        expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_PIN, "9000"), (RIGHT, "9000")]);
        (challenge, data(&mut card, "802A0597 01 5A 00"))
    };
    assert_eq!(run([1; 32]), run([1; 32]));
    assert_ne!(run([1; 32]).0, run([2; 32]).0);
    assert_ne!(run([1; 32]).1, run([2; 32]).1);
}

#[test]
fn get_challenge() {
    let mut card = card();
    for (command, length) in [("0084000001", 1), ("0084000010", 16), ("0084000000", 256)] {
        assert_eq!(data(&mut card, command).len(), length);
    }
    expect(
        &mut card,
        &[
            ("00840000", "6700"),
            ("00840100 10", "6A86"),
            ("0084000001 AA", "6700"),
            ("00840000 000010", "6985"),
        ],
    );
    assert_ne!(send(&mut card, "0084000010"), send(&mut card, "0084000010"));
}

#[test]
fn changing_reference_data() {
    let mut card = card();
    let new = "00240180 04 34333231";
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            (EF_PIN, "9000"),
            (new, "6982"),
            (RIGHT, "9000"),
            ("00240080 04 34333231", "6A86"),
            ("00240180", "6700"),
            ("00240180 05 3433323130", "6700"),
            ("00240180 04 3433324A", "6A80"),
            (QUERY, "63C3"),
            (new, "9000"),
            (RIGHT, "63C2"),
            (&verify("4321"), "9000"),
            (EF_PASSWORD, "9000"),
            ("00240180 06 414243313234", "6982"),
            (&verify("ABC123"), "9000"),
            ("00240180 06 616263313234", "6A80"),
            ("00240180 06 414243313234", "9000"),
            (&verify("ABC124"), "9000"),
        ],
    );
}

#[test]
fn a_card_without_pin_is_delivered_blocked() {
    let mut card = made_of(|contents| contents.user_pin = None);
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            (EF_PIN, "9000"),
            (QUERY, "63C0"),
            (RIGHT, "6984"),
            ("00B08A0004", "9000"),
            ("802A0097 01 5A 00", "6982"),
        ],
    );
}

#[test]
fn a_card_without_a_user_certificate() {
    let mut card = made_of(|contents| contents.user_authentication = None);
    expect(
        &mut card,
        &[
            (SELECT_JPKI, "9000"),
            ("00B08A0004", "6B00"),
            (EF_PIN, "9000"),
            (RIGHT, "9000"),
            ("802A0097 01 5A 00", "6A88"),
        ],
    );
    assert_eq!(data(&mut card, "00B0880000"), [0x8F, 0x00, 0x00]);
}

#[test]
fn phones_say_so_and_android_hides_its_certificate() {
    let mut card = made_of(|contents| contents.token = Token::Android);
    data(&mut card, SELECT_JPKI);
    assert_eq!(data(&mut card, "00B0860020"), b"JPKIAPGPSETOKEN                 ");
    expect(
        &mut card,
        &[
            ("00B08A0004", "6982"),
            (EF_PIN, "9000"),
            (RIGHT, "9000"),
            ("00B08A0004", "9000"),
            ("80FC0000", "6700"),
        ],
    );
    let mut card = made_of(|contents| contents.token = Token::Iphone);
    assert_eq!(status(&mut card, "80FC0000"), "9000");
}

#[test]
fn an_iphone_signs_once_it_has_checked_its_holder_until_power_ends() {
    for (token, signs) in [(Token::Iphone, true), (Token::Android, false), (Token::Card, false)] {
        let mut card = made_of(|contents| contents.token = token);
        expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_KEY, "9000"), (SIGN, "6982")]);
        card.checks_its_holder();
        let answer = status(&mut card, SIGN);
        assert_eq!(answer == "9000", signs, "{token:?}");
        expect(&mut card, &[(SELECT_FACE, "9000"), (SELECT_JPKI, "9000"), (EF_KEY, "9000")]);
        assert_eq!(status(&mut card, SIGN) == "9000", signs, "{token:?}: whatever was selected");
        card.power_on();
        expect(&mut card, &[(SELECT_JPKI, "9000"), (EF_KEY, "9000"), (SIGN, "6982")]);
    }
}

#[test]
fn classes_instructions_and_lengths() {
    expect(
        &mut card(),
        &[
            ("00CADF3005", "6A88"),
            ("00CB3FFF 03 5C017E 08", "6D00"),
            ("FFCA000000", "6E00"),
            ("0120008004 31323334", "6881"),
            ("0820008004 31323334", "69FC"),
            ("00C0000000", "6D00"),
            ("80AE0000 01 00", "6982"),
            ("808A0000", "6982"),
            ("00", "6700"),
            ("", "6700"),
            ("00A4040C0AD392", "6700"),
            (SELECT_FACE, "9000"),
            ("80AE0000 01 00", "66F1"),
            ("00880099 01 00 00", "6985"),
            (SELECT_JPKI, "9000"),
            ("80AE0000 01 00", "6982"),
            ("00880099 01 00 00", "6982"),
        ],
    );
}

#[test]
fn data_objects_of_the_power_up_level() {
    let mut card = card();
    assert_eq!(data(&mut card, "00CA5F5100"), bytes("E000FF8131FE4514"));
    assert_eq!(data(&mut card, "00CA004500").len(), 17);
    assert_eq!(data(&mut card, "00CA00F200"), b"\xF2\x0820350217");
    expect(
        &mut card,
        &[
            ("00CA00F900", "6A88"),
            ("00CA004501", "6700"),
            ("00CA0045", "6700"),
            (SELECT_JPKI, "9000"),
            ("00CA004500", "6A88"),
            ("00CA5F5100", "9000"),
        ],
    );
}
