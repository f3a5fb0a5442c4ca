//! `madoguchi reader serve`.

use super::{Failure, say};

/// Serves.
pub fn serve(_listen: &str) -> Result<u8, Failure> {
    say("");
    Ok(0)
}
