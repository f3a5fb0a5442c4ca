//! How well the built-in matcher tells people apart.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use sim_reader::face::evaluate::{
    Evaluation, MeanColour, Outcome, Plan, RawPixels, Subject, evaluate,
};
use sim_reader::face::matcher::THRESHOLD;
use sim_reader::face::portrait::draw;
use sim_reader::face::{
    Appearance, Builtin, Conditions, Matcher as _, NoScore, Picture, Setting, capture::capture,
    photo,
};

/// Fewer in a debug build, to spare time. The figures of docs/faces.md are those of `madoguchi face evaluate`.
const GENUINE: usize = if cfg!(debug_assertions) { 192 } else { 4_000 };

fn measured(setting: Setting) -> Evaluation {
    sized(setting, GENUINE)
}

fn sized(setting: Setting, genuine: usize) -> Evaluation {
    let (impostors, attacks) = (11 * genuine, genuine / 8);
    let plan = Plan { genuine, impostors, attacks, seed: 5, setting, target_fmr: 0.001 };
    let subjects = [
        Subject { name: "built-in".to_owned(), matcher: &Builtin },
        Subject { name: "mean colour".to_owned(), matcher: &MeanColour },
        Subject { name: "raw pixels".to_owned(), matcher: &RawPixels },
    ];
    evaluate(&plan, &subjects, &|portrait| Ok(portrait.clone()), &|_| {}).unwrap()
}

#[test]
fn people_of_like_age_sex_and_colouring_are_told_apart_from_clean_captures() {
    let clean = measured(Setting::Clean);
    let [built_in, mean_colour, raw_pixels] = &clean.outcomes[..] else { panic!("{clean:?}") };
    let Outcome { eer, failure_to_acquire, rates, attacks, .. } = built_in;
    assert!(*eer <= 0.02 && *failure_to_acquire <= 0.02, "{eer} {failure_to_acquire}");
    // Within what so few pairs can say of a rate of 0.001.
    assert!(rates.fmr(THRESHOLD) <= 0.003, "{}", rates.fmr(THRESHOLD));
    assert!(rates.fnmr(THRESHOLD) <= 0.03, "{}", rates.fnmr(THRESHOLD));
    for naive in [mean_colour, raw_pixels] {
        assert!(naive.eer >= 0.2, "the faces are too easy: {} {}", naive.matcher, naive.eer);
        assert!(naive.attacks.iter().all(|attack| attack.apcer.is_none()));
    }
    for attack in attacks {
        let caught = attack.apcer.map_or(attack.apnrr >= 1.0, |apcer| apcer <= 0.3);
        assert!(caught && attack.iapar <= 0.3, "{attack:?}");
    }
}

#[test]
fn poor_captures_cost_something_and_twins_and_masks_much() {
    let eer = |setting| measured(setting).outcomes[0].eer;
    let (poor, twins, mask) = (eer(Setting::Poor), eer(Setting::Twins), eer(Setting::Mask));
    assert!(poor <= 0.05 && twins >= 0.1 && mask >= 0.1, "{poor} {twins} {mask}");
}

#[test]
fn an_evaluation_follows_from_its_seed_alone() {
    let (one, other) = (sized(Setting::Clean, 96), sized(Setting::Clean, 96));
    assert_eq!(one, other);
}

#[test]
fn the_stored_photo_is_as_good_as_the_portrait() {
    for person in 20..26 {
        let face = Appearance::from_seed(person);
        let portrait = draw(&face);
        let stored = sim_card::photo::encode_photo(240, 320, &portrait.pixels).unwrap();
        let photo = photo::decode(&stored).unwrap();
        assert_eq!((photo.width, photo.height), (240, 320));
        let score = Builtin.score(&photo, &capture(&face, &Conditions::steady(person))).unwrap();
        assert!(score > 0.95, "person {person}: {score}");
        let stranger = capture(&Appearance::from_seed(person + 100), &Conditions::clean(person));
        assert!(Builtin.score(&photo, &stranger).unwrap() < THRESHOLD);
    }
}

#[test]
fn a_picture_without_a_face_is_not_usable() {
    let blank = sim_reader::GreyImage { width: 240, height: 320, pixels: vec![128; 240 * 320] };
    assert!(!Builtin.usable(&blank));
    let face = draw(&Appearance::from_seed(1));
    assert!(Builtin.usable(&face));
    assert_eq!(Builtin.score(&face, &blank), Err(NoScore::Unusable(Picture::Capture)));
    assert_eq!(Builtin.score(&blank, &face), Err(NoScore::Unusable(Picture::Photo)));
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
