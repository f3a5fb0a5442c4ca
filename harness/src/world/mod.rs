//! A world brought to life: from plain data to a started set of actors that speak over real seams.

mod actors;
mod bulk_seam;
mod cards;
mod channels;
mod claiming;
mod desk;
pub mod feeding;
pub mod insuring;
mod link;
mod live;
mod many;
mod mishaps;
mod oddities;
mod operating;
mod patient;
mod reading;
pub mod reporting;
mod serving;
mod stage;
mod status;
pub mod tls;
mod visiting;
mod without_card;
mod witness;
mod workshop;

pub use actors::{account, plain_client};
pub use cards::{CardPress, Order, Pressed};
pub use live::{Hand, consent};
pub use stage::Stage;
pub use workshop::{Comparison, Witness, Workshop, chip_photo};
