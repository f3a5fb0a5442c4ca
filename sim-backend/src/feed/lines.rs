//! Lines out of the pieces a body arrives in, with no more in memory than one line.

/// Longest line, bytes. A record with all a health check can tell is a tenth of it.
pub(super) const LINE_LIMIT: usize = 256 * 1024;

/// Where a line begins and what was seen of it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    is_too_long: bool,
    number: u64,
}

/// A line: its number, from 1, and its bytes without the line feed; `None` when there were too many.
pub(super) type Line<'a> = (u64, Option<&'a [u8]>);

impl Lines {
    /// Takes the next piece and hands on each line that ends in it.
    pub fn push(&mut self, mut piece: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            piece = rest.get(1..).unwrap_or_default();
            self.finish(line, &mut each);
        }
        self.hold(piece);
    }

    /// Hands on the last line, which need not end with a line feed.
    pub fn end(mut self, mut each: impl FnMut(Line<'_>)) {
        if self.is_too_long || !self.begun.is_empty() {
            self.finish(&[], &mut each);
        }
    }

    fn finish(&mut self, line: &[u8], each: &mut impl FnMut(Line<'_>)) {
        self.number += 1;
        // Most lines lie whole in one piece and need no copy.
        if self.begun.is_empty() && !self.is_too_long && line.len() <= LINE_LIMIT {
            return each((self.number, Some(line)));
        }
        self.hold(line);
        each((self.number, (!self.is_too_long).then_some(self.begun.as_slice())));
        self.begun.clear();
        self.is_too_long = false;
    }

    fn hold(&mut self, part: &[u8]) {
        self.is_too_long |= self.begun.len() + part.len() > LINE_LIMIT;
        if self.is_too_long {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines of a text that arrives in these pieces.
    fn lines<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<(u64, Option<Vec<u8>>)> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        let mut take = |(number, line): Line<'_>| found.push((number, line.map(<[u8]>::to_vec)));
        for piece in pieces {
            lines.push(piece, &mut take);
        }
        lines.end(&mut take);
        found
    }

    #[test]
    fn the_last_line_needs_no_line_feed() {
        let of = |text: &'static str| -> Vec<_> {
            let found = lines([text.as_bytes()]).into_iter();
            found
                .map(|(number, line)| (number, String::from_utf8(line.unwrap()).unwrap()))
                .collect()
        };
        for text in ["a\n\nb", "a\n\nb\n"] {
            assert_eq!(
                of(text),
                [(1, "a".into()), (2, String::new()), (3, "b".into())],
                "{text:?}"
            );
        }
        assert_eq!(of(""), []);
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_the_one_behind_a_longer_one_is_whole() {
        for (length, fits) in [(LINE_LIMIT, true), (LINE_LIMIT + 1, false), (3 * LINE_LIMIT, false)]
        {
            let text = [vec![b'x'; length], b"\nnext".to_vec()].concat();
            for size in [text.len(), 7_919, LINE_LIMIT] {
                let found = lines(text.chunks(size));
                assert_eq!(
                    found[0].1.as_ref().map(Vec::len),
                    fits.then_some(length),
                    "{length} by {size}"
                );
                assert_eq!(found[1], (2, Some(b"next".to_vec())));
            }
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[ab\n]{0,60}", size in 1_usize..9) {
            let whole = lines([text.as_bytes()]);
            prop_assert_eq!(&lines(text.as_bytes().chunks(size)), &whole);
            let expected: Vec<_> = text.split_terminator('\n').map(|line| line.as_bytes().to_vec()).collect();
            let found: Vec<_> = whole.into_iter().map(|(_, line)| line.unwrap()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
