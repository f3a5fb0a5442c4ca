//! One spelling for names and numbers that differ in width only.

/// Half-width katakana U+FF66..=U+FF9D in full width.
const FULL: [char; 56] = [
    'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア', 'イ', 'ウ', 'エ', 'オ',
    'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ',
    'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ',
    'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン',
];

/// A name to compare by: no spaces, full-width katakana, half-width Latin.
///
/// Width is no difference; all else is. Hiragana and katakana, capitals and small letters, kanji variants (髙, 高) stay
/// apart: whether they are the same person is for staff to say.
pub fn normal_name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().map(fold).filter(|letter| !letter.is_whitespace()) {
        match voiced(out.chars().next_back(), letter) {
            Some(joined) => {
                out.pop();
                out.push(joined);
            }
            None => out.push(letter),
        }
    }
    out
}

fn narrow(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => shifted(letter, -0xFEE0),
        other => other,
    }
}

fn fold(letter: char) -> char {
    match narrow(letter) {
        half @ '\u{FF66}'..='\u{FF9D}' => {
            let place = usize::try_from(u32::from(half) - 0xFF66).unwrap_or_default();
            FULL.get(place).copied().unwrap_or(half)
        }
        other => other,
    }
}

fn shifted(letter: char, by: i32) -> char {
    u32::from(letter).checked_add_signed(by).and_then(char::from_u32).unwrap_or(letter)
}

/// A letter and the voicing mark that follows it as one letter.
fn voiced(letter: Option<char>, mark: char) -> Option<char> {
    let letter = letter?;
    match (letter, mark) {
        ('ウ', '\u{FF9E}') => Some('ヴ'),
        ('カ'..='ト' | 'ハ'..='ホ', '\u{FF9E}') => plain(letter).then(|| shifted(letter, 1)),
        ('ハ'..='ホ', '\u{FF9F}') => plain(letter).then(|| shifted(letter, 2)),
        _ => None,
    }
}

/// Whether the letter is unvoiced and has a voiced neighbour.
fn plain(letter: char) -> bool {
    "カキクケコサシスセソタチツテトハヒフヘホ".contains(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name() {
        for (left, right) in [
            ("ｶｸｳ ﾊﾅｺ", "カクウ　ハナコ"),
            ("ｶﾞｸﾞﾂﾞ ﾊﾟﾋﾟﾌﾞ", "ガグヅ　パピブ"),
            ("ｳﾞｨｸﾄﾘｱ", "ヴィクトリア"),
            ("ｻｰﾄｩ", "サートゥ"),
            ("ＫＡＫＵ Ｕ", "KAKUU"),
            ("架空　花子", "架空花子"),
        ] {
            assert_eq!(normal_name(left), normal_name(right));
        }
        assert_ne!(normal_name("髙橋"), normal_name("高橋"));
        assert_ne!(normal_name("ハナコ"), normal_name("バナコ"));
        assert_ne!(normal_name("はなこ"), normal_name("ハナコ"));
        assert_ne!(normal_name("mihon"), normal_name("Mihon"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = normal_name(&text);
            prop_assert_eq!(normal_name(&once), once);
        }
    }
}
