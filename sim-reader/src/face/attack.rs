//! Presentation attacks: what is held before the camera instead of a face.
//!
//! Bench profile: three instruments (ISO/IEC 30107-3 calls each a presentation attack instrument
//! species), with the traces that each leaves in a picture.

use rand_chacha::ChaCha8Rng;

use super::GreyImage;
use super::lanes::{Lanes, each};
use super::portrait::{Appearance, draw};
use super::uniform::uniform;

/// What is held before the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// The person's photo in print: dots, paper white, little contrast, a glare.
    Print,
    /// The person's photo on a screen: its grid of pixels, black rim, reflections.
    Screen,
    /// A blank sheet, or nothing: no face at all.
    Blank,
}

impl Attack {
    /// Every attack.
    pub const ALL: [Self; 3] = [Self::Print, Self::Screen, Self::Blank];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::Screen => "screen",
            Self::Blank => "blank",
        }
    }
}

/// A picture held before the camera, and the room around it.
pub(super) struct Scene {
    attack: Attack,
    shown: GreyImage,
    /// Half width and half height of what is held, in pixels of the portrait.
    half: (f32, f32),
    /// Distance of dots or of the screen's pixels.
    period: f32,
    /// Cosine and sine of the angle at which the dots stand.
    screen_angle: (f32, f32),
    room: f32,
    rim: f32,
    glare: (f32, f32, f32),
}

impl Scene {
    /// The portrait of `face` as `attack` shows it.
    pub(super) fn draw(attack: Attack, face: &Appearance, rng: &mut ChaCha8Rng) -> Self {
        let mut pick = |low: f32, high: f32| uniform(rng, low, high);
        let period = match attack {
            Attack::Print => pick(3.6, 5.2),
            Attack::Screen => pick(2.6, 3.8),
            Attack::Blank => 1.0,
        };
        let half_angle = pick(-0.4, 0.4);
        let norm = 1.0 + half_angle * half_angle;
        let screen_angle = match attack {
            Attack::Print => ((1.0 - half_angle * half_angle) / norm, 2.0 * half_angle / norm),
            Attack::Screen | Attack::Blank => (1.0, 0.0),
        };
        Self {
            attack,
            shown: draw(face),
            half: (pick(96.0, 150.0), pick(126.0, 190.0)),
            period,
            screen_angle,
            room: pick(90.0, 200.0),
            rim: pick(6.0, 12.0),
            glare: (pick(-70.0, 70.0), pick(-110.0, 110.0), pick(0.0, 30.0)),
        }
    }

    /// The greys at points, measured from the centre of what is held.
    pub(super) fn at(&self, x: Lanes, y: Lanes) -> Lanes {
        each(x, y, |x, y| self.grey(x, y))
    }

    fn grey(&self, x: f32, y: f32) -> f32 {
        let outside = (x.abs() - self.half.0).max(y.abs() - self.half.1);
        let (dx, dy) = ((x - self.glare.0) / 60.0, (y - self.glare.1) / 60.0);
        let glare = self.glare.2 * (1.0 - dx * dx - dy * dy).max(0.0);
        let held = (0.5 - outside).clamp(0.0, 1.0);
        let room = self.room - 0.05 * y;
        let shown = match self.attack {
            Attack::Print => self.printed(x, y) + glare,
            Attack::Screen => self.on_screen(x, y) + glare,
            Attack::Blank => 0.4 * self.room + 130.0 - 0.03 * x + glare,
        };
        let rim = (0.5 + self.rim - outside).clamp(0.0, 1.0) - held;
        let rim = if self.attack == Attack::Screen { rim } else { 0.0 };
        room + (18.0 - room) * rim + (shown - room) * held
    }

    /// Ink in dots that grow with darkness, on paper that is not quite white.
    fn printed(&self, x: f32, y: f32) -> f32 {
        let (cosine, sine) = self.screen_angle;
        let (u, v) = (cosine * x + sine * y, cosine * y - sine * x);
        let ink = 1.0 - self.photo(x, y) / 255.0;
        let dot = wave(u / self.period) * wave(v / self.period);
        let share = (0.82 * ink + 0.4 * dot * (4.0 * ink * (1.0 - ink)).min(1.0)).clamp(0.0, 1.0);
        222.0 - 170.0 * share
    }

    /// Lit pixels with dark lines between them.
    fn on_screen(&self, x: f32, y: f32) -> f32 {
        let lines = wave(x / self.period).min(wave(y / self.period));
        (22.0 + 0.92 * self.photo(x, y)) * (0.94 + 0.2 * lines)
    }

    /// The portrait, its edge beyond its edge.
    #[expect(clippy::cast_possible_truncation, reason = "picture positions are small")]
    fn photo(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x + self.shown.width as f32 / 2.0, y + self.shown.height as f32 / 2.0);
        f32::from(self.shown.at(x.floor() as i64, y.floor() as i64))
    }
}

/// From -1 to 1 and back once in each whole number.
fn wave(at: f32) -> f32 {
    let part = at - at.floor();
    4.0 * (part - 0.5).abs() - 1.0
}
