//! Terminal columns: Japanese characters take two, so padding and wrapping count columns and not characters.

/// Columns one character takes. Source: Unicode Standard Annex #11, classes W and F; ambiguous counts as narrow.
fn columns(c: char) -> usize {
    match c {
        '\u{0300}'..='\u{036F}'
        | '\u{200B}'..='\u{200D}'
        | '\u{3099}'..='\u{309A}'
        | '\u{FE00}'..='\u{FE0F}' => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{303E}'
        | '\u{3041}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF01}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F300}'..='\u{1F64F}'
        | '\u{1F900}'..='\u{1F9FF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text with spaces after it, up to `to` columns.
pub(crate) fn pad_right(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// The text with spaces before it, up to `to` columns.
pub(crate) fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// At most `to` columns of the text; an ellipsis shows that something was cut.
pub(crate) fn clip(text: &str, to: usize) -> String {
    if width(text) <= to {
        return text.to_owned();
    }
    let mut room = to.saturating_sub(1);
    let fits = |c: &char| {
        let enough = columns(*c) <= room;
        room = room.saturating_sub(columns(*c));
        enough
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// The text in lines of at most `to` columns. Latin words stay whole where they fit; Japanese breaks anywhere, except
/// that no line starts with a closing mark. A single mark may therefore hang over the edge.
pub(crate) fn wrap(text: &str, to: usize) -> Vec<String> {
    let to = to.max(2);
    let mut lines = vec![];
    let mut line = String::new();
    for atom in atoms(text).into_iter().flat_map(|atom| split_long(atom, to)) {
        let hangs = atom.starts_with(closes) && !line.is_empty() && !line.ends_with(' ');
        if width(&line) + width(atom.trim_end()) > to && !hangs {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        line.push_str(if line.is_empty() { atom.trim_start() } else { &atom });
    }
    lines.push(line.trim_end().to_owned());
    lines
}

fn closes(c: char) -> bool {
    matches!(
        c,
        '、' | '。'
            | '，'
            | '．'
            | '」'
            | '』'
            | '）'
            | '】'
            | '〕'
            | '：'
            | '；'
            | '！'
            | '？'
            | 'ー'
    )
}

/// Pieces that should not be broken: a Latin word with the space after it, or one Japanese character.
fn atoms(text: &str) -> Vec<String> {
    let mut atoms: Vec<String> = vec![];
    let mut open = false;
    for c in text.chars() {
        let joins = open && (columns(c) < 2);
        match atoms.last_mut() {
            Some(last) if joins || columns(c) == 0 => last.push(c),
            _ => atoms.push(c.to_string()),
        }
        open = columns(c) < 2 && !c.is_whitespace();
    }
    atoms
}

fn split_long(atom: String, to: usize) -> Vec<String> {
    if width(atom.trim_end()) <= to {
        return vec![atom];
    }
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in atom.chars() {
        if used + columns(c) > to {
            pieces.push(String::new());
            used = 0;
        }
        used += columns(c);
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn japanese_takes_two_columns() {
        assert_eq!(width("窓口 Madoguchi"), 14);
        assert_eq!(pad_right("窓口", 6), "窓口  ");
        assert_eq!(pad_left("窓口", 6), "  窓口");
        assert_eq!(clip("資格確認端末", 7), "資格確…");
    }

    #[test]
    fn words_stay_whole_and_no_line_starts_with_a_full_stop() {
        assert_eq!(wrap("READ BINARY of the card", 12), ["READ BINARY", "of the card"]);
        assert_eq!(wrap("拒否される。次へ", 10), ["拒否される。", "次へ"]);
        assert_eq!(wrap("拒a ー", 3), ["拒a", "ー"]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_and_keeps_the_edge(text in "[a-z 窓口確認カード。]{0,60}", to in 2_usize..30) {
            let lines = wrap(&text, to);
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in &lines {
                prop_assert!(width(line.trim_end_matches(closes)) <= to, "{:?}", line);
            }
        }

        #[test]
        fn clipping_keeps_the_edge(text in any::<String>(), to in 1_usize..30) {
            prop_assert!(width(&clip(&text, to)) <= to);
        }
    }
}
