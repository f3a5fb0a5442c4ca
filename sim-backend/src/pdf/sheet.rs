//! Lines of Japanese text on sheets of A4.
//!
//! No font is embedded: the text is UTF-16 under the predefined CMap `UniJIS-UTF16-H` and a font of the character collection
//! Adobe-Japan1, which every viewer replaces by one it has. Source: ISO 32000-1:2008 §9.7.5.2.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

/// Width and height of A4, in points.
const PAPER: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 50.0;
/// Where the page number stands.
const FOOT: f32 = 28.0;
/// Lines on one sheet, of this distance in points.
const LINES: usize = 46;
const LEADING: f32 = 16.0;
/// Full-width characters that fit into a line of plain text.
const COLUMNS: usize = 49;

const FONT: Name<'static> = Name(b"F1");
const FAMILY: &str = "KozMinPr6N-Regular";
const CMAP: &str = "UniJIS-UTF16-H";
const COLLECTION: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Japan1"), supplement: 6 };

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Heading of the document.
    Title(String),
    /// Heading of a part.
    Head(String),
    /// Plain text, so many full-width characters to the right.
    Text(usize, String),
    /// Nothing.
    Gap,
}

impl Line {
    fn size(&self) -> f32 {
        match self {
            Self::Title(_) => 16.0,
            Self::Head(_) => 11.0,
            Self::Text(..) | Self::Gap => 10.0,
        }
    }
}

/// Writes a document. Numbers of pages stand at the foot.
pub fn write(title: &str, lines: Vec<Line>) -> Vec<u8> {
    let mut lines: Vec<Line> = lines.into_iter().flat_map(folded).collect();
    // Gaps at the end could fill a sheet of their own.
    lines.truncate(lines.iter().rposition(|line| *line != Line::Gap).map_or(0, |last| last + 1));
    let sheets: Vec<&[Line]> = lines.chunks(LINES).collect();
    let mut pdf = Pdf::new();
    pdf.set_version(1, 5);
    let mut next = 1;
    let mut id = || {
        let id = Ref::new(next);
        next += 1;
        id
    };
    let (catalog, tree, info, font) = (id(), id(), id(), id());
    let (descendant, descriptor) = (id(), id());
    let pages: Vec<(Ref, Ref)> = sheets.iter().map(|_| (id(), id())).collect();
    pdf.catalog(catalog).pages(tree).lang(TextStr("ja"));
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(count);
    pdf.document_info(info).title(TextStr(title)).creator(TextStr("Madoguchi"));
    for (at, ((page, content), lines)) in pages.iter().zip(&sheets).enumerate() {
        let mut written = pdf.page(*page);
        written.media_box(Rect::new(0.0, 0.0, PAPER.0, PAPER.1)).parent(tree).contents(*content);
        written.resources().fonts().pair(FONT, font);
        written.finish();
        pdf.stream(*content, &sheet(lines, &format!("{} / {}", at + 1, sheets.len())));
    }
    write_font(&mut pdf, font, descendant, descriptor);
    pdf.finish()
}

fn sheet(lines: &[Line], foot: &str) -> Vec<u8> {
    let mut content = Content::new();
    let mut height = PAPER.1 - MARGIN;
    for line in lines {
        height -= LEADING;
        match line {
            Line::Title(text) => show(&mut content, line.size(), (MARGIN, height), text),
            Line::Head(text) => {
                show(&mut content, line.size(), (MARGIN, height), text);
                content.set_line_width(0.5).move_to(MARGIN, height - 3.0);
                content.line_to(PAPER.0 - MARGIN, height - 3.0).stroke();
            }
            Line::Text(indent, text) => {
                let right = f32::from(u8::try_from(*indent).unwrap_or(u8::MAX)) * line.size();
                show(&mut content, line.size(), (MARGIN + right, height), text);
            }
            Line::Gap => {}
        }
    }
    show(&mut content, 9.0, (PAPER.0 / 2.0 - 15.0, FOOT), foot);
    content.finish().to_vec()
}

fn show(content: &mut Content, size: f32, (right, up): (f32, f32), text: &str) {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    content.begin_text().set_font(FONT, size).next_line(right, up);
    content.show(Str(&utf16)).end_text();
}

fn write_font(pdf: &mut Pdf, font: Ref, descendant: Ref, descriptor: Ref) {
    pdf.type0_font(font)
        .base_font(Name(format!("{FAMILY}-{CMAP}").as_bytes()))
        .encoding_predefined(Name(CMAP.as_bytes()))
        .descendant_font(descendant);
    let mut cid = pdf.cid_font(descendant);
    cid.subtype(CidFontType::Type0).base_font(Name(FAMILY.as_bytes())).system_info(COLLECTION);
    // Latin letters and half-width katakana take half a square, all else a whole one.
    cid.font_descriptor(descriptor).default_width(1000.0).widths().same(1, 632, 500.0);
    cid.finish();
    pdf.font_descriptor(descriptor)
        .name(Name(FAMILY.as_bytes()))
        .flags(FontFlags::SYMBOLIC | FontFlags::SERIF)
        .bbox(Rect::new(-437.0, -340.0, 1144.0, 1317.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(740.0)
        .stem_v(85.0);
}

/// A line as one or more that fit onto the sheet.
fn folded(line: Line) -> Vec<Line> {
    match line {
        Line::Text(indent, text) => {
            let room = COLUMNS.saturating_sub(indent).max(1) * 2;
            fold(&text, room).into_iter().map(|part| Line::Text(indent, part)).collect()
        }
        Line::Head(text) => {
            fold(&text, COLUMNS * 2 * 10 / 11).into_iter().map(Line::Head).collect()
        }
        Line::Title(text) => {
            fold(&text, COLUMNS * 2 * 10 / 16).into_iter().map(Line::Title).collect()
        }
        Line::Gap => vec![Line::Gap],
    }
}

/// Cuts a text where the room, counted in half squares, ends.
fn fold(text: &str, room: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut taken = 0;
    for letter in text.chars() {
        let width = if is_half(letter) { 1 } else { 2 };
        if taken + width > room {
            parts.push(String::new());
            taken = 0;
        }
        taken += width;
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

fn is_half(letter: char) -> bool {
    letter < '\u{100}' || ('\u{FF61}'..='\u{FF9F}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_the_margin() {
        assert_eq!(fold("架空ａbｶｸ", 5), ["架空", "ａbｶｸ"]);
        assert_eq!(fold("", 4), [""]);
        let long = Line::Text(2, "架".repeat(100));
        let widths: Vec<usize> = folded(long)
            .iter()
            .map(|line| match line {
                Line::Text(_, text) => text.chars().count(),
                Line::Title(_) | Line::Head(_) | Line::Gap => 0,
            })
            .collect();
        assert_eq!(widths, [47, 47, 6]);
    }

    #[test]
    fn a_document_has_as_many_sheets_as_its_lines_need() {
        for (lines, sheets) in [(1, 1), (LINES, 1), (LINES + 1, 2), (LINES * 3, 3)] {
            let bytes = write("架空", vec![Line::Text(0, "架空".to_owned()); lines]);
            assert!(bytes.starts_with(b"%PDF-1.5"));
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(text.matches("/Type /Page\n").count(), sheets, "{lines}: {text}");
        }
    }
}
