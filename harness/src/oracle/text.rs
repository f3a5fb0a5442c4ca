//! When two spellings of a name are one name: spaces and widths do not matter, everything else does. Rows OQS-QUAL-27, 31.

/// Full-width katakana in the order of their half-width twins U+FF66 to U+FF9D.
const KATAKANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Letters that take a voicing mark, and what becomes of them, place by place.
const PLAIN: &str = "ウカキクケコサシスセソタチツテトハヒフヘホ";
const VOICED: &str = "ヴガギグゲゴザジズゼゾダヂヅデドバビブベボ";

/// The same for the half-voicing mark.
const PLAIN_H: &str = "ハヒフヘホ";
const HALF_VOICED: &str = "パピプペポ";

/// A name without spaces, half-width katakana widened, full-width letters narrowed.
pub(super) fn folded(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().filter(|letter| !letter.is_whitespace()) {
        match letter {
            'ﾞ' => voice(&mut out, PLAIN, VOICED, letter),
            'ﾟ' => voice(&mut out, PLAIN_H, HALF_VOICED, letter),
            '\u{FF66}'..='\u{FF9D}' => out.push(counterpart(letter, '\u{FF66}', KATAKANA)),
            '\u{FF01}'..='\u{FF5E}' => out.push(narrowed(letter)),
            other => out.push(other),
        }
    }
    out
}

/// Joins a mark with the letter before it; a mark that fits none stands for itself.
fn voice(out: &mut String, plain: &str, marked: &str, mark: char) {
    let place = out.chars().last().and_then(|last| plain.chars().position(|letter| letter == last));
    match place.and_then(|place| marked.chars().nth(place)) {
        Some(joined) => {
            out.pop();
            out.push(joined);
        }
        None => out.push(mark),
    }
}

fn counterpart(letter: char, first: char, row: &str) -> char {
    let place = u32::from(letter) - u32::from(first);
    row.chars().zip(0..).find_map(|(wide, at)| (at == place).then_some(wide)).unwrap_or(letter)
}

/// U+FF01 to U+FF5E are the ASCII graphic characters, wide.
fn narrowed(letter: char) -> char {
    char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn one_name_in_several_spellings() {
        for (one, other) in [
            ("架空　花子", "架空 花子"),
            ("架空　花子", "架空花子"),
            ("ｶｸｳ ﾊﾅｺ", "カクウ　ハナコ"),
            ("ﾓｷﾞ ﾍﾞﾙ", "モギ ベル"),
            ("ﾊﾟｰｸ ｳﾞｨ", "パークヴィ"),
            ("ｦﾝ", "ヲン"),
            ("Ｍｉｈｏｎ　１", "Mihon 1"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn names_that_stay_apart() {
        for (one, other) in [
            ("架空　花子", "架空　花代"),
            ("ﾊﾅｺ", "ﾊﾞﾅｺ"),
            ("ﾔﾏﾓﾄ", "ﾔﾏﾓﾄﾞ"),
            ("齋藤", "斎藤"),
            ("mihon", "Mihon"),
        ] {
            assert_ne!(folded(one), folded(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_mark_without_its_letter_stands_for_itself() {
        assert_eq!(folded("ﾞｱﾟ"), "ﾞアﾟ");
    }
}
