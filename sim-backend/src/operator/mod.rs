//! Orders of the bench's operator, in the place of ministry, call centre and intermediate server. Bench profile.

mod http;
mod orders;

pub use http::router;
pub(crate) use orders::{emergency_act, has_emergency_authority, is_disaster, stopped_feeds};
