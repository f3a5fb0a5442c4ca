//! A world brought to life: from plain data to a started set of actors that speak over real seams.

mod actors;
mod backend;
mod backend_product;
mod bulk_seam;
mod cards;
mod channels;
mod claiming;
mod desk;
mod deviation;
pub mod feeding;
mod ferry;
pub mod insuring;
mod live;
mod many;
mod mishaps;
mod operating;
mod patient;
mod reading;
pub mod reporting;
mod serving;
mod stage;
mod status;
mod terminal;
mod terminal_product;
pub mod tls;
mod visiting;
mod witness;
mod workshop;

pub use actors::{account, plain_client, tls_client};
pub use cards::{CardPress, Order, Pressed};
pub use deviation::Deviation;
pub use live::{Hand, consent};
pub use serving::{Served, mutual_tls};
pub use stage::Stage;
pub use workshop::{Comparison, Witness, Workshop, chip_photo};
