//! The counter: the face reader, the terminal behind it and the institution's receipt computer.

pub mod clock;
pub mod institution;
pub mod terminal;
