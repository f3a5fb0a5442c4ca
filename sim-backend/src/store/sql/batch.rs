//! Many rows in one statement.

use std::fmt::Write as _;

/// Rows of one statement. Few sizes, for each is a statement that the engine keeps prepared.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// Cuts rows into batches, each of one of the sizes, in order.
pub(super) fn batches<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut all = Vec::new();
    for size in SIZES {
        while let Some((batch, rest)) = rows.split_at_checked(size) {
            all.push(batch);
            rows = rest;
        }
    }
    all
}

/// Places for values: `row` once for each row, with the next number behind each `$` of it.
pub(super) fn places(rows: usize, row: &str) -> String {
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
        assert_eq!(places(2, "($, $)"), "($1, $2), ($3, $4)");
        assert_eq!(places(2, "($, '')"), "($1, ''), ($2, '')");
        assert_eq!(places(3, "$"), "$1, $2, $3");
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
