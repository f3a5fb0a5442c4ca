//! Many rows in one statement.

use std::fmt::Write as _;

use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow, query::Query};

use crate::store::{StoreError, engine::Engine};

/// Rows of one statement. Few sizes, for each is a statement that the engine keeps prepared.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// One statement about many rows, in three parts: what stands before the places of the values, the places of one row with a
/// `$` for each value, and what stands behind the last.
pub(super) struct Statement(pub &'static str, pub &'static str, pub &'static str);

impl Statement {
    /// Carries the statement out for all rows, each with its values; how many rows were written.
    pub async fn execute<T, const VALUES: usize>(
        &self,
        (work, engine): (&mut AnyConnection, Engine),
        rows: &[T],
        values: impl Fn(&T) -> Result<[String; VALUES], StoreError>,
    ) -> Result<u64, StoreError> {
        let ready = |batch: &[T]| {
            let query = sqlx::query(AssertSqlSafe(self.text(engine, batch.len())));
            batch.iter().try_fold(query, |query, row| {
                Ok::<_, StoreError>(values(row)?.into_iter().fold(query, Query::bind))
            })
        };
        let (mut all, mut written) = (batches(rows).into_iter(), 0);
        let mut next = all.next().map(ready).transpose()?;
        while let Some(query) = next {
            // The next is made ready while the engine is at this one.
            let after = async { all.next().map(ready).transpose() };
            let (done, after) = tokio::join!(biased; query.execute(&mut *work), after);
            written += done?.rows_affected();
            next = after?;
        }
        Ok(written)
    }

    /// The rows found for all values, each a text.
    pub async fn fetch(
        &self,
        (work, engine): (&mut AnyConnection, Engine),
        values: &[&str],
    ) -> Result<Vec<AnyRow>, StoreError> {
        let mut found = Vec::new();
        for batch in batches(values) {
            let query = sqlx::query(AssertSqlSafe(self.text(engine, batch.len())));
            let query = batch.iter().fold(query, |query, value| query.bind(*value));
            found.append(&mut query.fetch_all(&mut *work).await?);
        }
        Ok(found)
    }

    /// The statement about so many rows.
    pub fn text(&self, engine: Engine, rows: usize) -> String {
        let Self(before, row, after) = self;
        let places = places(engine.numbers_places(), rows, row);
        format!("{before} {places}{after}")
    }
}

/// Cuts rows into batches, each of one of the sizes, in order.
fn batches<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut all = Vec::new();
    for size in SIZES {
        while let Some((batch, rest)) = rows.split_at_checked(size) {
            all.push(batch);
            rows = rest;
        }
    }
    all
}

/// Places for values: `row` once for each row; for each `$` of it a `?`, or `$` and the next number.
fn places(numbered: bool, rows: usize, row: &str) -> String {
    let row = if numbered { row.to_owned() } else { row.replace('$', "?") };
    let (mut text, mut number) = (String::new(), 0);
    for place in 0..rows {
        if place > 0 {
            text.push_str(", ");
        }
        for part in row.split_inclusive('$') {
            text.push_str(part);
            if part.ends_with('$') {
                number += 1;
                // Writing into a text cannot fail.
                let _ = write!(text, "{number}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_place_has_its_number() {
        assert_eq!(places(true, 2, "($, $)"), "($1, $2), ($3, $4)");
        assert_eq!(places(true, 2, "($, '')"), "($1, ''), ($2, '')");
        assert_eq!(places(false, 2, "($, '')"), "(?, ''), (?, '')");
        assert_eq!(places(true, 3, "$"), "$1, $2, $3");
    }

    proptest! {
        #[test]
        fn batches_are_all_rows_in_order_and_few(count in 0_usize..2_000) {
            let rows: Vec<_> = (0..count).collect();
            let cut = batches(&rows);
            prop_assert_eq!(&cut.concat(), &rows);
            prop_assert!(cut.iter().all(|batch| SIZES.contains(&batch.len())));
            prop_assert!(cut.len() <= count / 256 + 12);
        }
    }
}
