//! From rows to values of ours and back; what cannot be read is told by its column.

use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::store::StoreError;

/// The JSON in the column `body`.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(
    what: &'static str,
    row: &AnyRow,
) -> Result<T, StoreError> {
    let body: &str = row.try_get("body")?;
    serde_json::from_str(body)
        .map_err(|error| StoreError::Unreadable { what, detail: error.to_string() })
}

/// The JSON for a column `body`.
pub(super) fn json<T: serde::Serialize>(
    what: &'static str,
    value: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unreadable { what, detail: error.to_string() })
}

/// An instant is kept as milliseconds since 1970.
pub(super) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| StoreError::Unreadable { what: "an instant", detail: error.to_string() })
}

/// A text column, read by the rules of its type.
pub(super) fn taken<T, E: ToString>(
    row: &AnyRow,
    column: &'static str,
    read: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    read(text).map_err(|error| StoreError::Unreadable { what: column, detail: error.to_string() })
}

/// An absent part of a key is stored as an empty text.
pub(super) fn present<T, E: ToString>(
    row: &AnyRow,
    column: &'static str,
    read: impl FnOnce(String) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let text: String = row.try_get(column)?;
    if text.is_empty() { Ok(None) } else { taken(row, column, read).map(Some) }
}
