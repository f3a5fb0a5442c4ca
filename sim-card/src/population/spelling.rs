//! One text in two spellings: as the municipality writes it, and as a certificate may carry it, with the 代替文字 marked.

/// A text of the resident register and its form in certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spelling {
    /// As the register has it.
    pub written: String,
    /// Within JIS X 0208 and JIS X 0212 (and ASCII), as certificates have it.
    pub certificate: String,
    /// One digit for each character of `certificate`: 0 original, 1 代替文字.
    pub substitutes: String,
}

/// A kanji of names that some systems cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rare {
    /// The character, with its variation selector if it has one.
    pub(super) written: &'static str,
    /// What certificates carry in its place; the same when they can carry it.
    pub(super) certificate: &'static str,
    /// Katakana.
    pub(super) kana: &'static str,
}

impl Spelling {
    /// Adds text that is the same in both spellings.
    pub(super) fn push(&mut self, text: &str) {
        self.written.push_str(text);
        self.certificate.push_str(text);
        self.substitutes.extend(text.chars().map(|_| '0'));
    }

    /// A text of the register as a certificate may carry it: the rare kanji known here are substituted, everything else stays.
    pub fn of(written: &str) -> Self {
        let (mut spelling, mut rest) = (Self::default(), written);
        while let Some(first) = rest.chars().next() {
            let known = [&VARIATIONS[..], &OUTSIDE, &SUPPLEMENTARY, &BEYOND, &PRIVATE_USE];
            let mut known = known.into_iter().flatten();
            let rare = known.find(|rare| rest.starts_with(rare.written));
            let used = rare.map_or(first.len_utf8(), |rare| rare.written.len());
            let (now, later) = rest.split_at_checked(used).unwrap_or((rest, ""));
            match rare {
                Some(rare) => spelling.push_rare(*rare),
                None => spelling.push(now),
            }
            rest = later;
        }
        spelling
    }

    /// Places in `certificate` that hold a 代替文字, from 0.
    pub fn substituted(&self) -> Vec<usize> {
        let marks = self.substitutes.chars().enumerate();
        marks.filter(|(_, mark)| *mark == '1').map(|(at, _)| at).collect()
    }

    pub(super) fn push_rare(&mut self, rare: Rare) {
        let mark = if rare.written == rare.certificate { '0' } else { '1' };
        self.written.push_str(rare.written);
        self.certificate.push_str(rare.certificate);
        self.substitutes.extend(rare.certificate.chars().map(|_| mark));
    }
}

impl From<&str> for Spelling {
    fn from(text: &str) -> Self {
        let mut spelling = Self::default();
        spelling.push(text);
        spelling
    }
}

const fn rare(written: &'static str, certificate: &'static str, kana: &'static str) -> Rare {
    Rare { written, certificate, kana }
}

/// Base characters of JIS with a selector of the Ideographic Variation Database.
pub(super) const VARIATIONS: [Rare; 4] = [
    rare("邉\u{E0102}", "邉", "ナベ"),
    rare("葛\u{E0100}", "葛", "クズ"),
    rare("辻\u{E0100}", "辻", "ツジ"),
    rare("祇\u{E0100}", "祇", "ギ"),
];

/// In neither JIS X 0208 nor JIS X 0212, though in daily use.
pub(super) const OUTSIDE: [Rare; 7] = [
    rare("髙", "高", "タカ"),
    rare("\u{FA11}", "崎", "ザキ"),
    rare("德", "徳", "トク"),
    rare("栁", "柳", "ヤナギ"),
    rare("瀨", "瀬", "セ"),
    rare("靑", "青", "アオ"),
    rare("閒", "間", "マ"),
];

/// In JIS X 0212 (補助漢字) and not in JIS X 0208.
pub(super) const SUPPLEMENTARY: [Rare; 4] = [
    rare("濵", "濵", "ハマ"),
    rare("鄧", "鄧", "トウ"),
    rare("槗", "槗", "バシ"),
    rare("鷗", "鷗", "カモメ"),
];

/// Beyond the basic plane, and not in JIS X 0212 either.
pub(super) const BEYOND: [Rare; 2] =
    [rare("\u{20BB7}", "吉", "ヨシ"), rare("\u{2363A}", "橋", "ハシ")];

/// 外字 that mean something in their own municipality only.
pub(super) const PRIVATE_USE: [Rare; 3] = [
    rare("\u{E000}", "辺", "ベ"),
    rare("\u{E123}", "斎", "サイ"),
    rare("\u{F8FF}", "渡", "ワタリ"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rare_kanji_of_any_text_are_substituted() {
        for (written, certificate, substitutes) in [
            ("髙\u{FA11}\u{3000}試", "高崎\u{3000}試", "1100"),
            ("渡\u{E000}邉\u{E0102}\u{3000}濵", "渡辺邉\u{3000}濵", "01100"),
            ("見本都", "見本都", "000"),
            ("", "", ""),
        ] {
            let spelling = Spelling::of(written);
            assert_eq!(spelling.written, written);
            let found = (spelling.certificate.as_str(), spelling.substitutes.as_str());
            assert_eq!(found, (certificate, substitutes));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_spelled(text in "([髙邉濵\u{E0102}\u{20BB7}]|\\PC){0,12}") {
            let spelling = Spelling::of(&text);
            prop_assert_eq!(&spelling.written, &text);
            prop_assert_eq!(spelling.certificate.chars().count(), spelling.substitutes.len());
        }
    }

    #[test]
    fn every_character_of_a_certificate_has_its_mark() {
        let mut spelling = Spelling::from("見本");
        spelling.push_rare(rare("邉\u{E0102}", "邉", "ナベ"));
        spelling.push_rare(rare("濵", "濵", "ハマ"));
        assert_eq!(spelling.written.chars().count(), 5);
        assert_eq!(
            (spelling.certificate.as_str(), spelling.substitutes.as_str()),
            ("見本邉濵", "0010")
        );
    }
}
