//! The counter's camera: sees whoever was told to stand before it.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use sim_reader::face::{Appearance, CaptureCamera, Conditions};
use sim_reader::{Camera, CameraFault, GreyImage};

/// What the camera sees of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// Somebody who looks into the camera in a well-lit room.
    Clean,
    /// A window at one side, somebody in a hurry.
    Poor,
    /// Nobody: an even grey.
    Blank,
    /// The camera is broken.
    Dead,
}

impl Capture {
    /// All, as they are offered.
    pub const ALL: [Self; 4] = [Self::Clean, Self::Poor, Self::Blank, Self::Dead];
    /// By name.
    pub const NAMES: &[(&str, Self)] = &[
        ("clean", Self::Clean),
        ("poor", Self::Poor),
        ("blank", Self::Blank),
        ("dead", Self::Dead),
    ];
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
        let (face, seed) = (Appearance::from_seed(view.face), view.seed);
        match view.capture.take() {
            Some(Capture::Clean) => CaptureCamera::new(face, Conditions::clean(seed)).capture(),
            Some(Capture::Poor) => CaptureCamera::new(face, Conditions::poor(seed)).capture(),
            Some(Capture::Blank) => {
                let pixels = vec![128; 240 * 320];
                Ok(GreyImage { width: 240, height: 320, pixels })
            }
            Some(Capture::Dead) | None => Err(CameraFault),
        }
    }
}
