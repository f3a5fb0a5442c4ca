//! A search for 12-digit numbers (個人番号) in bytes of any kind: twelve ways in which a number could be written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A way to write a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// `900003140000`, in ASCII, UTF-8 and Shift_JIS alike.
    Plain,
    /// `９００…` in UTF-8.
    FullWidth,
    /// The same in Shift_JIS.
    FullWidthShiftJis,
    /// Digits in UTF-16, low byte first.
    Utf16Le,
    /// Digits in UTF-16, high byte first.
    Utf16Be,
    /// `９００…` in UTF-16, low byte first.
    FullWidthUtf16Le,
    /// Anywhere within Base64 text, at each of its three alignments.
    Base64,
    /// Hexadecimal text of the digits' bytes.
    Hex,
    /// `9000-0314-0000`.
    Hyphens,
    /// `9000 0314 0000`.
    Spaces,
    /// `%39%30…`.
    Percent,
    /// Packed decimal: two digits a byte.
    PackedDecimal,
}

/// All twelve.
pub const SPELLINGS: [Spelling; 12] = [
    Spelling::Plain,
    Spelling::FullWidth,
    Spelling::FullWidthShiftJis,
    Spelling::Utf16Le,
    Spelling::Utf16Be,
    Spelling::FullWidthUtf16Le,
    Spelling::Base64,
    Spelling::Hex,
    Spelling::Hyphens,
    Spelling::Spaces,
    Spelling::Percent,
    Spelling::PackedDecimal,
];

impl Spelling {
    /// The byte strings, one of which stands wherever the number is written so.
    fn patterns(self, number: &str) -> Vec<Vec<u8>> {
        let wide: String = number.chars().filter_map(full_width).collect();
        let utf16 = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let le = |text: &str| utf16(text).iter().flat_map(|unit| unit.to_le_bytes()).collect();
        match self {
            Self::Plain => vec![number.as_bytes().to_vec()],
            Self::FullWidth => vec![wide.into_bytes()],
            Self::FullWidthShiftJis => vec![encoding_rs::SHIFT_JIS.encode(&wide).0.into_owned()],
            Self::Utf16Le => vec![le(number)],
            Self::Utf16Be => {
                vec![utf16(number).iter().flat_map(|unit| unit.to_be_bytes()).collect()]
            }
            Self::FullWidthUtf16Le => vec![le(&wide)],
            Self::Base64 => (0..3).map(|before| base64_core(number, before)).collect(),
            Self::Hex => vec![hex::encode(number).into_bytes()],
            Self::Hyphens => vec![in_fours(number, "-")],
            Self::Spaces => vec![in_fours(number, " ")],
            Self::Percent => {
                vec![number.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()]
            }
            Self::PackedDecimal => vec![hex::decode(number).unwrap()],
        }
    }

    /// A text in which the number stands so, as a leak would write it.
    pub fn sample(self, number: &str) -> Vec<u8> {
        match self {
            Self::Base64 => {
                STANDARD_NO_PAD.encode(format!("<MyNumber>{number}</MyNumber>")).into_bytes()
            }
            Self::Hex => hex::encode_upper(format!("n={number};")).into_bytes(),
            Self::Plain
            | Self::FullWidth
            | Self::FullWidthShiftJis
            | Self::Utf16Le
            | Self::Utf16Be
            | Self::FullWidthUtf16Le
            | Self::Hyphens
            | Self::Spaces
            | Self::Percent
            | Self::PackedDecimal => {
                [b"..", self.patterns(number).concat().as_slice(), b".."].concat()
            }
        }
    }
}

fn full_width(digit: char) -> Option<char> {
    "０１２３４５６７８９".chars().nth(digit.to_digit(10)? as usize)
}

fn in_fours(number: &str, between: &str) -> Vec<u8> {
    [&number[..4], &number[4..8], &number[8..]].join(between).into_bytes()
}

/// The characters of Base64 that the number alone decides when `before` bytes of its group come from something else.
fn base64_core(number: &str, before: usize) -> Vec<u8> {
    let text = [vec![0; before], number.as_bytes().to_vec()].concat();
    let first = (before * 8).div_ceil(6);
    STANDARD_NO_PAD.encode(&text).into_bytes()[first..text.len() * 8 / 6].to_vec()
}

/// Looks for the numbers of certain people.
pub struct Sweep {
    search: AhoCorasick,
    meaning: Vec<(String, Spelling)>,
}

impl Sweep {
    /// For these people: what each is called, and the number.
    pub fn new<'a>(people: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut patterns, mut meaning) = (Vec::new(), Vec::new());
        for (name, number) in people {
            for spelling in SPELLINGS {
                for pattern in spelling.patterns(number) {
                    patterns.push(pattern);
                    meaning.push((name.to_owned(), spelling));
                }
            }
        }
        Self { search: AhoCorasick::new(patterns).unwrap(), meaning }
    }

    /// Whose number stands in the bytes, and how. The number itself is not told.
    pub fn find(&self, bytes: &[u8]) -> BTreeSet<(String, Spelling)> {
        let hits = self.search.find_overlapping_iter(bytes);
        hits.map(|hit| self.meaning[hit.pattern().as_usize()].clone()).collect()
    }

    /// The same in every file below a folder, file names included. Also tells how many bytes were looked at.
    pub fn find_below(&self, folder: &Path) -> (BTreeSet<(PathBuf, String, Spelling)>, u64) {
        let (mut found, mut looked) = (BTreeSet::new(), 0);
        for path in files_below(folder) {
            let shown = path.strip_prefix(folder).unwrap().to_owned();
            let bytes = std::fs::read(&path).unwrap();
            looked += bytes.len() as u64;
            let name = shown.to_string_lossy().into_owned().into_bytes();
            for (who, spelling) in self.find(&bytes).into_iter().chain(self.find(&name)) {
                found.insert((shown.clone(), who, spelling));
            }
        }
        (found, looked)
    }
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
