//! The tap of the camera seam: that a picture was taken, never the picture.

use reports::Text2;
use reports::evidence::{Direction, Seam, party};
use sim_reader::{Camera, CameraFault, GreyImage};

use super::{Crossed, Taps};
use crate::checks::seams::Sighting;

/// A camera with a tap around it.
pub struct TappedCamera<C> {
    inner: C,
    taps: Taps,
}

impl<C: Camera> TappedCamera<C> {
    /// Puts a tap around a camera.
    pub fn new(inner: C, taps: Taps) -> Self {
        Self { inner, taps }
    }
}

impl<C: Camera> Camera for TappedCamera<C> {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let captured = self.inner.capture();
        let summary = match &captured {
            Ok(image) => {
                self.taps.sight(Sighting::FaceCaptured);
                let size = format!("{}×{}", image.width, image.height);
                Text2::new(
                    format!("顔を撮影する（{size}）"),
                    format!("takes a picture of the face ({size})"),
                )
            }
            Err(_) => Text2::new("撮影できない", "takes no picture"),
        };
        let crossed = Crossed {
            seam: Seam::Camera,
            from: party::PATIENT,
            to: party::READER,
            direction: Direction::Event,
            summary,
        };
        match &captured {
            Ok(image) => self.taps.take_secret(crossed, "captured face", &image.pixels),
            Err(_) => self.taps.take(crossed, &[]),
        }
        captured
    }
}
