//! Time is handed in: nothing in this crate asks the wall clock.

use std::sync::Arc;

use jiff::Timestamp;

/// Where a service gets its present instant from.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
