//! Cards in the reader of a product that listens as vpcd does, the virtual reader of pcscd: whoever speaks to them there.

mod door;
mod seat;
mod slot;

pub(crate) use door::{Turn, turn_at};
pub(super) use seat::Seat;
pub(super) use slot::Slot;
