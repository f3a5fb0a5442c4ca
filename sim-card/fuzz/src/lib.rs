//! What the fuzz target `card` draws, and what it holds the card's answers against.
//!
//! A run is a script of steps ([`step`]). [`play`] carries them out on a card; [`laws`] hold for every card, [`model`] says of
//! a faultless one what each command does, and [`census`] counts how deep the commands reach.

#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
pub mod support;

#[path = "../../tests/secure_client/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
pub mod secure_client;

pub mod census;
pub mod encoding;
pub mod laws;
pub mod model;
pub mod play;
pub mod recordings;
pub mod session;
pub mod step;
