//! Texts that come from a product are shown, never obeyed: control characters lose their power here.

/// The text without characters that steer a terminal, reorder a line or are forbidden in XML. Line ends become spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { harmless(c) }).collect()
}

/// Like [`one_line`], but keeps line ends and tabs.
pub(crate) fn block(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { harmless(c) }).collect()
}

fn harmless(c: char) -> char {
    let steers = c.is_control();
    let reorders =
        matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let forbidden = matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if steers || reorders || forbidden { '\u{FFFD}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc\u{202e}"), "a\u{FFFD}[2Jb c\u{FFFD}");
        assert_eq!(block("a\r\nb\u{0}"), "a\u{FFFD}\nb\u{FFFD}");
    }
}
