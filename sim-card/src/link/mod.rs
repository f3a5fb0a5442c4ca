//! Ways for programs outside to reach the card.

pub mod vpcd;
