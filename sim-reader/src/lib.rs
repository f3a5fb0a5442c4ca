//! The counter: the face reader, the terminal behind it and the institution's receipt computer.
