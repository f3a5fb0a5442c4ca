//! Another picture of the same face: what a camera at the counter sees.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::attack::{Attack, Scene};
use super::change::changed;
use super::lanes::{LANES, Lanes, bell};
use super::portrait::{Appearance, HEIGHT, WIDTH, exposed};
use super::shade::shade;
use super::uniform::{mixed, uniform};
use super::{GreyImage, to_greys};
use crate::{Camera, CameraFault};

/// How far a capture may differ from the portrait. Strengths go from 0 (none) to 1 (strong); the
/// seed decides what exactly happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Shift up to 14 pixels, scale up to 8 %, rotation up to about 7°.
    pub pose: f32,
    /// Brightness up to 20 %, and a gradient of up to 40 % across the picture in any direction.
    pub light: f32,
    /// Blur up to a deviation of about 2 pixels.
    pub blur: f32,
    /// Sensor noise up to a deviation of 14 grey levels.
    pub noise: f32,
    /// Another day: other clothes, another wall behind, the hair as it happens to be, another mood.
    pub day: f32,
    /// Years since the photo.
    pub years: f32,
    /// Glasses put on, or taken off by who wears some in the photo.
    pub glasses: bool,
    /// A mask over nose and mouth.
    pub mask: bool,
    /// Something is held before the camera instead of a face.
    pub attack: Option<Attack>,
    /// Which picture of all that fit.
    pub seed: u64,
}

impl Conditions {
    /// The portrait itself.
    pub fn none(seed: u64) -> Self {
        Self {
            pose: 0.0,
            light: 0.0,
            blur: 0.0,
            noise: 0.0,
            day: 0.0,
            years: 0.0,
            glasses: false,
            mask: false,
            attack: None,
            seed,
        }
    }

    /// Somebody who stands still and looks much as in the photo: for visits that are about other things.
    pub fn steady(seed: u64) -> Self {
        Self { pose: 0.1, light: 0.1, blur: 0.1, noise: 0.1, day: 0.3, ..Self::none(seed) }
    }

    /// Somebody who looks into the camera in a well-lit room.
    pub fn clean(seed: u64) -> Self {
        Self { pose: 0.3, light: 0.2, blur: 0.2, noise: 0.2, day: 1.0, ..Self::none(seed) }
    }

    /// A window at one side, somebody in a hurry.
    pub fn poor(seed: u64) -> Self {
        Self { pose: 1.0, light: 1.0, blur: 0.8, noise: 0.8, ..Self::clean(seed) }
    }
}

/// One picture of `appearance`, 240 × 320 pixels; the same arguments give the same picture.
///
/// With an attack it is a picture of the portrait held before the camera, not of the person.
pub fn capture(appearance: &Appearance, conditions: &Conditions) -> GreyImage {
    let mut rng = ChaCha8Rng::seed_from_u64(conditions.seed);
    let pose = Pose::draw(&mut rng, conditions.pose);
    let light = Light::draw(&mut rng, conditions.light);
    let greys = match conditions.attack {
        Some(attack) => {
            let scene = Scene::draw(attack, appearance, &mut rng);
            exposed(|x, y| {
                let (u, v) = pose.face_point(x, y);
                scene.at(u, v) * light.at(x, y)
            })
        }
        None => {
            let face = changed(appearance, conditions, &mut rng);
            exposed(|x, y| {
                let (u, v) = pose.face_point(x, y);
                shade(&face, u, v) * light.at(x, y)
            })
        }
    };
    sensed(&blur(greys, WIDTH as usize, conditions.blur), conditions.noise, &mut rng)
}

/// What the sensor makes of it: noise on each pixel, whatever its neighbours have.
fn sensed(greys: &[f32], noise: f32, rng: &mut ChaCha8Rng) -> GreyImage {
    let (deviation, seed) = (14.0 * noise, rng.next_u64());
    let mut pixels = Vec::with_capacity(greys.len());
    for (grey, place) in greys.chunks(LANES).zip((0..).step_by(LANES)) {
        let draws = std::array::from_fn(|lane| mixed(seed, place + lane as u64));
        pixels.extend(to_greys(Lanes::from(grey) + deviation * bell(draws)));
    }
    GreyImage { width: WIDTH, height: HEIGHT, pixels }
}

/// Where the face stands in the picture.
struct Pose {
    shift: (f32, f32),
    /// Cosine and sine of the rotation, divided by the scale.
    turn: (f32, f32),
}

impl Pose {
    fn draw(rng: &mut ChaCha8Rng, strength: f32) -> Self {
        let mut around = |reach: f32| uniform(rng, -reach, reach) * strength;
        let shift = (around(14.0), around(14.0));
        let scale = 1.0 + around(0.08);
        let half = around(0.06);
        let norm = (1.0 + half * half) * scale;
        Self { shift, turn: ((1.0 - half * half) / norm, 2.0 * half / norm) }
    }

    fn face_point(&self, x: Lanes, y: Lanes) -> (Lanes, Lanes) {
        let (x, y) = (x - self.shift.0, y - self.shift.1);
        (self.turn.0 * x + self.turn.1 * y, self.turn.0 * y - self.turn.1 * x)
    }
}

struct Light {
    gain: f32,
    slope: (f32, f32),
}

impl Light {
    fn draw(rng: &mut ChaCha8Rng, strength: f32) -> Self {
        let mut around = |reach: f32| uniform(rng, -reach, reach) * strength;
        Self { gain: 1.0 + around(0.2), slope: (around(0.4) / 240.0, around(0.4) / 240.0) }
    }

    fn at(&self, x: Lanes, y: Lanes) -> Lanes {
        self.gain * (1.0 + self.slope.0 * x + self.slope.1 * y)
    }
}

/// Two passes of a three-tap kernel along rows and columns, repeated for a wider blur.
fn blur(mut greys: Vec<f32>, width: usize, strength: f32) -> Vec<f32> {
    let mut mixed = greys.clone();
    let mut left = strength.clamp(0.0, 1.0) * 6.0;
    while left > 0.0 {
        let side = left.min(1.0) / 3.0;
        taps(&greys, &mut mixed, 1, side);
        taps(&mixed, &mut greys, width, side);
        left -= 1.0;
    }
    greys
}

/// Each value mixed with its neighbours at distance `step`; a missing one counts like the value itself.
fn taps(greys: &[f32], out: &mut [f32], step: usize, side: f32) {
    let mix = |own: f32, before: f32, after: f32| own + side * (before + after - 2.0 * own);
    let next = greys.get(step..).unwrap_or_default();
    let next_but_one = next.get(step..).unwrap_or_default();
    let (first, rest) = out.split_at_mut(step.min(out.len()));
    for ((out, &own), &after) in first.iter_mut().zip(greys).zip(next) {
        *out = mix(own, own, after);
    }
    for (((out, &own), &before), &after) in rest.iter_mut().zip(next).zip(greys).zip(next_but_one) {
        *out = mix(own, before, after);
    }
    for ((out, &own), &before) in rest.iter_mut().zip(next).zip(greys).skip(next_but_one.len()) {
        *out = mix(own, before, own);
    }
}

/// A camera before which one face stands. Each picture has the next seed, as no two pictures are the
/// same.
#[derive(Debug, Clone)]
pub struct CaptureCamera {
    appearance: Option<Appearance>,
    conditions: Conditions,
}

impl CaptureCamera {
    /// A camera that sees `appearance` under `conditions`.
    pub fn new(appearance: Appearance, conditions: Conditions) -> Self {
        Self { appearance: Some(appearance), conditions }
    }

    /// A camera that gives no picture.
    pub fn dead() -> Self {
        Self { appearance: None, conditions: Conditions::clean(0) }
    }
}

impl Camera for CaptureCamera {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let picture = capture(self.appearance.as_ref().ok_or(CameraFault)?, &self.conditions);
        self.conditions.seed = self.conditions.seed.wrapping_add(1);
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_seed_decides_the_picture() {
        let face = Appearance::from_seed(5);
        let first = capture(&face, &Conditions::poor(1));
        assert_eq!(first, capture(&face, &Conditions::poor(1)));
        assert_ne!(first, capture(&face, &Conditions::poor(2)));
    }

    #[test]
    fn the_pixels_are_the_same_on_every_machine() {
        let digest =
            |conditions| Sha256::digest(capture(&Appearance::from_seed(5), &conditions).pixels);
        for (conditions, expected) in
            [(Conditions::clean(1), "1f386ca3309fc4d6"), (Conditions::poor(1), "f9be1a664e1f1632")]
        {
            assert_eq!(hex::encode(&digest(conditions)[..8]), expected);
        }
    }

    #[test]
    fn without_any_condition_the_capture_is_the_portrait() {
        let face = Appearance::from_seed(6);
        assert_eq!(capture(&face, &Conditions::none(9)), super::super::portrait::draw(&face));
    }

    #[test]
    fn a_dead_camera_is_a_fault_and_a_living_one_never_repeats_itself() {
        assert_eq!(CaptureCamera::dead().capture(), Err(CameraFault));
        let mut camera = CaptureCamera::new(Appearance::from_seed(7), Conditions::clean(1));
        assert_ne!(camera.capture().unwrap(), camera.capture().unwrap());
    }
}
