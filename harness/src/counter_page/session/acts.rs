//! What patient, staff and trainer may do in a session, by name.

use sim_reader::session::{Entry, Reply};

use super::camera::Capture;

/// One thing that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Answers the question on the screen.
    Answer(Reply),
    /// Looks into the camera.
    Look {
        /// Under what conditions, or with what in front of it.
        capture: Capture,
        /// Who stands there, when that is not the card's holder.
        person: Option<String>,
    },
    /// Takes the card off the reader.
    TakeCard,
    /// Lets a guided visit go on.
    Continue,
}

impl Act {
    /// What is typed on the keypad.
    pub fn typed(pin: &str) -> Self {
        Self::Answer(Reply::Typed(Entry(pin.to_owned())))
    }

    /// Its name in the interface.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Look { .. } => "look",
            Self::TakeCard => "take-card",
            Self::Continue => "continue",
            Self::Answer(Reply::Typed(_)) => "type",
            Self::Answer(reply) => {
                PLAIN.iter().find(|(_, known)| known == reply).map_or("", |(name, _)| name)
            }
        }
    }
}

/// Answers that are no more than their name.
pub const PLAIN: &[(&str, Reply)] = &[
    ("face", Reply::Face),
    ("pin", Reply::Pin),
    ("done", Reply::Done),
    ("yes", Reply::Yes),
    ("no", Reply::No),
    ("electronic", Reply::Electronic),
    ("paper", Reply::Paper),
    ("give-up", Reply::GiveUp),
    ("start-visual", Reply::StaffStart),
    ("confirm", Reply::StaffConfirm),
    ("refuse", Reply::StaffRefuse),
];
