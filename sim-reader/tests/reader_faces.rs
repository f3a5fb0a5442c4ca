//! How well the built-in matcher tells people apart.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use sim_reader::face::matcher::{THRESHOLD, Template};
use sim_reader::face::portrait::draw;
use sim_reader::face::{Appearance, Builtin, Conditions, Matcher as _, capture::capture, photo};

/// Fewer in a debug build, to spare time. The README's figures are those of 400.
const PEOPLE: u64 = if cfg!(debug_assertions) { 60 } else { 400 };

struct Rates {
    /// Genuine pairs below the threshold, of those in which both pictures show pupils.
    non_match: f64,
    /// Impostor pairs at or above it.
    false_match: f64,
    /// Where the two curves cross.
    equal: f64,
    /// Captures without usable pupils: "no decision".
    unusable: f64,
}

fn rates(conditions: fn(u64) -> Conditions) -> Rates {
    let pictures: Vec<_> = (0..PEOPLE)
        .map(|person| {
            let face = Appearance::from_seed(person);
            let photo = Template::of(&draw(&face)).expect("portraits show pupils");
            (photo, Template::of(&capture(&face, &conditions(person * 7 + 1))))
        })
        .collect();
    let (mut genuine, mut impostors, mut unusable) = (Vec::new(), Vec::new(), 0.0);
    for (i, (photo, _)) in pictures.iter().enumerate() {
        for (j, (_, capture)) in pictures.iter().enumerate() {
            let score = capture.as_ref().map(|capture| photo.similarity(capture));
            match (score, i == j) {
                (Some(score), true) => genuine.push(score),
                (Some(score), false) => impostors.push(score),
                (None, true) => unusable += 1.0 / PEOPLE as f64,
                (None, false) => {}
            }
        }
    }
    let below = |scores: &[f64], limit: f64| {
        scores.iter().filter(|&&score| score < limit).count() as f64 / scores.len() as f64
    };
    let gap = |limit: &f64| (below(&genuine, *limit) - (1.0 - below(&impostors, *limit))).abs();
    let limits: Vec<f64> = (0..1000).map(|step| f64::from(step) / 1000.0).collect();
    let crossing = limits.into_iter().min_by(|a, b| gap(a).total_cmp(&gap(b))).unwrap();
    Rates {
        non_match: below(&genuine, THRESHOLD),
        false_match: 1.0 - below(&impostors, THRESHOLD),
        equal: f64::midpoint(below(&genuine, crossing), 1.0 - below(&impostors, crossing)),
        unusable,
    }
}

#[expect(clippy::print_stdout, reason = "the figures are quoted in the README")]
fn measured(name: &str, conditions: fn(u64) -> Conditions) -> Rates {
    let rates = rates(conditions);
    let percent = |rate: f64| format!("{:.4} %", 100.0 * rate);
    println!(
        "{name}, {PEOPLE} people: FNMR {}, FMR {}, EER {}, unusable {}",
        percent(rates.non_match),
        percent(rates.false_match),
        percent(rates.equal),
        percent(rates.unusable)
    );
    rates
}

#[test]
fn error_rates_in_clean_conditions() {
    let Rates { non_match, false_match, equal, unusable } = measured("clean", Conditions::clean);
    assert!(non_match + unusable < f64::EPSILON, "{non_match} {unusable}");
    assert!(false_match <= 0.000_15 && equal <= 0.000_15, "{false_match} {equal}");
}

#[test]
fn error_rates_in_poor_conditions() {
    let Rates { non_match, false_match, equal, unusable } = measured("poor", Conditions::poor);
    assert!(non_match <= 0.02 && unusable <= 0.02, "{non_match} {unusable}");
    assert!(false_match <= 0.000_15 && equal <= 0.01, "{false_match} {equal}");
}

#[test]
fn the_stored_photo_is_as_good_as_the_portrait() {
    for person in 20..26 {
        let face = Appearance::from_seed(person);
        let portrait = draw(&face);
        let stored = sim_card::photo::encode_photo(240, 320, &portrait.pixels).unwrap();
        let photo = photo::decode(&stored).unwrap();
        assert_eq!((photo.width, photo.height), (240, 320));
        let score = Builtin.score(&photo, &capture(&face, &Conditions::clean(person)));
        assert!(score > 0.95, "person {person}: {score}");
        let stranger = capture(&Appearance::from_seed(person + 100), &Conditions::clean(person));
        assert!(Builtin.score(&photo, &stranger) < THRESHOLD);
    }
}

#[test]
fn a_picture_without_a_face_is_not_usable() {
    let blank = sim_reader::GreyImage { width: 240, height: 320, pixels: vec![128; 240 * 320] };
    assert!(!Builtin.usable(&blank));
    let face = draw(&Appearance::from_seed(1));
    assert!(Builtin.usable(&face));
    assert!(Builtin.score(&face, &blank) < f64::EPSILON);
    for (width, height) in [(0, 0), (1, 1), (3, 500), (500, 3), (240, 320)] {
        let short = sim_reader::GreyImage { width, height, pixels: vec![9; 100] };
        assert!(!Builtin.usable(&short));
    }
}

#[test]
fn damaged_photos_are_refused_or_decoded_but_never_stop_the_reader() {
    let portrait = draw(&Appearance::from_seed(2));
    let stored = sim_card::photo::encode_photo(240, 320, &portrait.pixels).unwrap();
    for place in (0..stored.len()).step_by(stored.len() / 60) {
        let mut damaged = stored.clone();
        damaged[place] ^= 0x55;
        let _ = photo::decode(&damaged);
        let _ = photo::decode(&stored[..place]);
    }
}
