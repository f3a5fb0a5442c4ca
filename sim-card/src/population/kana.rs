//! Katakana in half width, as the messages of insurers carry names.

/// Each letter of full width, and under it the one of half width.
const FULL: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー・\u{3000}";
const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ･ ";

/// Katakana in half width, voicing marks after their letter. What is no katakana stays.
pub fn half_width(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, letter| {
        match (plain(letter), base(letter)) {
            (Some(half), _) => out.push(half),
            (None, Some((half, mark))) => out.extend([half, mark]),
            (None, None) => out.push(letter),
        }
        out
    })
}

fn plain(letter: char) -> Option<char> {
    FULL.chars().zip(HALF.chars()).find(|(full, _)| *full == letter).map(|(_, half)| half)
}

/// A voiced letter: Unicode has it one after its plain letter, the half-voiced one two after.
fn base(letter: char) -> Option<(char, char)> {
    let before = |count| char::from_u32(u32::from(letter).checked_sub(count)?).and_then(plain);
    match letter {
        'ヴ' => Some(('ｳ', 'ﾞ')),
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => Some((before(2)?, 'ﾟ')),
        'ガ'..='ヂ' | 'ヅ' | 'デ' | 'ド' | 'バ'..='ボ' => Some((before(1)?, 'ﾞ')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voicing_marks_follow_their_letter() {
        for (full, half) in [
            ("ミホンダ\u{3000}ハナコ", "ﾐﾎﾝﾀﾞ ﾊﾅｺ"),
            ("ガギグゲゴザジズゼゾ", "ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞ"),
            ("ダヂヅデドバビブベボ", "ﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞ"),
            ("パピプペポヴァッー", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟｳﾞｧｯｰ"),
            ("MARIA 見", "MARIA 見"),
        ] {
            assert_eq!(half_width(full), half);
        }
        assert_eq!(FULL.chars().count(), HALF.chars().count());
    }
}
