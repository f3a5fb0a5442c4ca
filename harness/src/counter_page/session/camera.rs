//! The counter's camera: sees whoever was told to stand before it.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use sim_reader::face::{Appearance, Attack, CaptureCamera, Company, Conditions, Setting};
use sim_reader::{Camera, CameraFault, GreyImage};

/// What is before the camera: a face under a condition of the face generator, one of its presentation attacks, or nothing that
/// works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
pub enum Capture {
    /// The person, under this condition; of twins, the other one.
    Face(Setting),
    /// A picture of the person, held before the camera, or a blank sheet.
    Held(Attack),
    /// The camera is broken.
    Dead,
}

impl Capture {
    /// All by name, as they are offered.
    pub const NAMES: &[(&str, Self)] = &[
        ("clean", Self::Face(Setting::Clean)),
        ("poor", Self::Face(Setting::Poor)),
        ("pose", Self::Face(Setting::Pose)),
        ("light", Self::Face(Setting::Light)),
        ("blur", Self::Face(Setting::Blur)),
        ("noise", Self::Face(Setting::Noise)),
        ("age", Self::Face(Setting::Age)),
        ("glasses", Self::Face(Setting::Glasses)),
        ("mask", Self::Face(Setting::Mask)),
        ("twins", Self::Face(Setting::Twins)),
        ("print", Self::Held(Attack::Print)),
        ("screen", Self::Held(Attack::Screen)),
        ("blank", Self::Held(Attack::Blank)),
        ("dead", Self::Dead),
    ];

    /// All, as they are offered.
    pub fn all() -> Vec<Self> {
        Self::NAMES.iter().map(|(_, capture)| *capture).collect()
    }

    /// Its name in the interface: that of the face generator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Face(setting) => setting.name(),
            Self::Held(attack) => attack.name(),
            Self::Dead => "dead",
        }
    }

    /// The camera that sees this of somebody's face.
    fn camera(self, face: u64, seed: u64) -> CaptureCamera {
        match self {
            Self::Face(setting) => CaptureCamera::new(who(face, setting), setting.conditions(seed)),
            Self::Held(attack) => {
                let held = Conditions { attack: Some(attack), ..Conditions::clean(seed) };
                CaptureCamera::new(Appearance::from_seed(face), held)
            }
            Self::Dead => CaptureCamera::dead(),
        }
    }
}

impl From<Capture> for &'static str {
    fn from(capture: Capture) -> Self {
        capture.name()
    }
}

/// Who stands there: the person, or the person's twin.
fn who(face: u64, setting: Setting) -> Appearance {
    match setting {
        Setting::Twins => Company::from_seed(face).twin(face, 1),
        Setting::Clean
        | Setting::Poor
        | Setting::Pose
        | Setting::Light
        | Setting::Blur
        | Setting::Noise
        | Setting::Age
        | Setting::Glasses
        | Setting::Mask => Appearance::from_seed(face),
    }
}

/// A camera that is told before each picture what it sees. Clones are the same camera.
#[derive(Debug, Clone, Default)]
pub struct CounterCamera(Arc<Mutex<View>>);

#[derive(Debug, Default)]
struct View {
    capture: Option<Capture>,
    face: u64,
    seed: u64,
}

impl CounterCamera {
    /// A camera whose pictures are drawn from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(View { seed, ..View::default() })))
    }

    /// Puts somebody's face before the camera, for one picture.
    pub fn point(&self, capture: Capture, face: u64) {
        let mut view = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (view.capture, view.face, view.seed) = (Some(capture), face, view.seed.wrapping_add(1));
    }
}

impl Camera for CounterCamera {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let mut view = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let capture = view.capture.take().ok_or(CameraFault)?;
        capture.camera(view.face, view.seed).capture()
    }
}

#[cfg(test)]
mod tests {
    use sim_reader::face::portrait::draw;
    use sim_reader::face::{Builtin, Matcher as _};

    use super::*;

    fn seen(capture: Capture, face: u64) -> Result<GreyImage, CameraFault> {
        let mut camera = CounterCamera::new(7);
        camera.point(capture, face);
        camera.capture()
    }

    #[test]
    fn every_condition_and_attack_of_the_face_generator_is_offered_by_its_own_name() {
        let names: Vec<&str> = Capture::NAMES.iter().map(|(name, _)| *name).collect();
        for (name, capture) in Capture::NAMES {
            assert_eq!(*name, capture.name());
            assert_eq!(serde_json::to_value(capture).unwrap(), *name);
        }
        for name in Setting::ALL.map(Setting::name).into_iter().chain(Attack::ALL.map(Attack::name))
        {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn what_is_chosen_is_what_the_camera_sees() {
        let clean = seen(Capture::Face(Setting::Clean), 3).unwrap();
        for (name, capture) in Capture::NAMES.iter().filter(|(name, _)| *name != "clean") {
            match seen(*capture, 3) {
                Ok(picture) => assert_ne!(picture, clean, "{name}"),
                Err(_) => assert_eq!(*capture, Capture::Dead),
            }
        }
        assert!(!Builtin.usable(&seen(Capture::Held(Attack::Blank), 3).unwrap()));
    }

    /// A twin is alike, and yet another picture than the person's; a stranger is not alike.
    #[test]
    fn a_twin_is_more_alike_than_a_stranger() {
        let (mut twins, mut strangers) = (0.0, 0.0);
        for face in 0..12 {
            let photo = draw(&Appearance::from_seed(face));
            let score = |capture, of| Builtin.score(&photo, &seen(capture, of).unwrap()).unwrap();
            twins += score(Capture::Face(Setting::Twins), face);
            strangers += score(Capture::Face(Setting::Clean), face + 100);
        }
        assert!(twins > strangers + 1.0, "{twins} {strangers}");
    }

    #[test]
    fn a_picture_is_taken_once() {
        let mut camera = CounterCamera::new(1);
        camera.point(Capture::Face(Setting::Clean), 3);
        assert!(camera.capture().is_ok());
        assert!(camera.capture().is_err());
    }
}
