//! The sequence picture of a case: one lifeline a party, one arrow a crossing, virtual time at the left and the meaning
//! at the right. Inline SVG without style of its own; the classes are those of the HTML report's style sheet.

mod fold;
mod parties;

use std::fmt::Write;

use minijinja::HtmlEscape;

use self::fold::{Row, Stroke};
use self::parties::Party;
use crate::clean;
use crate::columns::{clip, width};
use crate::evidence::EvidenceEntry;
use crate::model::Text2;

const TIME_WIDTH: usize = 80;
const LANE_WIDTH: usize = 58;
const HEAD_HEIGHT: usize = 56;
const ROW_HEIGHT: usize = 30;
/// Columns of text beside the arrows at most.
const LABEL_COLUMNS: usize = 54;
/// Width of ten columns of such text, with room for wide fonts.
const TEN_COLUMNS: usize = 68;
/// Columns of text that fit over a lifeline.
const HEAD_COLUMNS: usize = 10;

/// Draws the crossings of one case. `marked` is the entry at which expectation and reality first part.
#[must_use]
pub fn picture(entries: &[EvidenceEntry], marked: Option<u64>) -> String {
    let rows = fold::rows(entries, marked);
    let parties = parties::taking_part(&rows);
    let labels = rows.iter().flat_map(|row| <[String; 2]>::from(label_of(row)));
    let columns = labels.map(|label| width(&label)).max().unwrap_or_default().min(LABEL_COLUMNS);
    let canvas = Canvas { lanes: parties.len(), rows: rows.len(), columns };
    let mut svg = String::new();
    canvas.open(&mut svg);
    canvas.grid(&mut svg, &rows, &parties);
    for (index, party) in parties.iter().enumerate() {
        canvas.head(&mut svg, index, party);
    }
    let mut day = "";
    for (index, row) in rows.iter().enumerate() {
        let (date, clock) = row.time.split_once('T').unwrap_or(("", &row.time));
        canvas.row(&mut svg, index, row, lanes_of(row, &parties), clock);
        if date != day {
            canvas.date(&mut svg, index, date);
            day = date;
        }
    }
    svg.push_str("</svg>");
    svg
}

fn lanes_of(row: &Row, parties: &[Party]) -> (usize, usize) {
    let lane = |name: &str| parties.iter().position(|party| party.id == name).unwrap_or_default();
    (lane(&row.from), lane(&row.to))
}

/// The measures of one picture. Writing into a `String` cannot fail, so the results of `write!` are dropped.
struct Canvas {
    lanes: usize,
    rows: usize,
    columns: usize,
}

impl Canvas {
    fn label_x(&self) -> usize {
        TIME_WIDTH + self.lanes * LANE_WIDTH + 8
    }

    fn size(&self) -> (usize, usize) {
        (
            self.label_x() + self.columns * TEN_COLUMNS / 10 + 4,
            HEAD_HEIGHT + self.rows * ROW_HEIGHT + 6,
        )
    }

    fn open(&self, svg: &mut String) {
        let (width, height) = self.size();
        let _ = write!(
            svg,
            r#"<svg class="seq" role="group" aria-label="シーケンス図 sequence picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}">"#
        );
    }

    /// Lifelines, and a dotted line that leads the eye from each arrow to its meaning.
    fn grid(&self, svg: &mut String, rows: &[Row], parties: &[Party]) {
        let (_, height) = self.size();
        let lifelines: String = (0..self.lanes)
            .map(|lane| format!("M{} {HEAD_HEIGHT}V{height}", lane_x(lane)))
            .collect();
        let leaders: String = rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let (from, to) = lanes_of(row, parties);
                format!("M{} {}H{}", lane_x(from.max(to)) + 10, row_y(index), self.label_x() - 6)
            })
            .collect();
        let _ = write!(
            svg,
            r#"<path class="life" d="{lifelines}"/><path class="lead" d="{leaders}"/>"#
        );
    }

    fn head(&self, svg: &mut String, index: usize, party: &Party) {
        let x = lane_x(index);
        for (class, lines, top) in [("ja", &party.ja, 13), ("en", &party.en, 39)] {
            let single = lines.iter().filter(|line| !line.is_empty()).count() < 2;
            for (nth, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
                let step = if class == "ja" { 13 } else { 11 };
                let y = top + step * (nth + usize::from(single));
                let text = shown(line, HEAD_COLUMNS);
                let _ = write!(svg, r#"<text class="hd {class}" x="{x}" y="{y}">{text}</text>"#);
            }
        }
    }

    fn date(&self, svg: &mut String, index: usize, date: &str) {
        let y = if index == 0 { HEAD_HEIGHT - 6 } else { row_y(index).saturating_sub(9) };
        let _ = write!(svg, r#"<text class="tm dt" x="0" y="{y}">{}</text>"#, shown(date, 10));
    }

    fn row(
        &self,
        svg: &mut String,
        index: usize,
        row: &Row,
        (from, to): (usize, usize),
        clock: &str,
    ) {
        let y = row_y(index);
        let stroke = match row.stroke {
            Stroke::Request | Stroke::Exchange => "",
            Stroke::Answer => " back",
            Stroke::Event => " event",
        };
        let _ = write!(svg, r#"<g class="row{stroke}{}">"#, if row.marked { " first" } else { "" });
        let _ = write!(svg, "<title>{}</title>", tooltip(row));
        if row.marked {
            let (width, top) = (self.size().0, y - ROW_HEIGHT / 2);
            let _ = write!(
                svg,
                r#"<rect class="hit" x="0" y="{top}" width="{width}" height="{ROW_HEIGHT}" rx="4"/>"#
            );
        }
        let _ = write!(
            svg,
            r#"<text class="tm" x="0" y="{}">{}</text>"#,
            y + 4,
            shown(time_of_day(clock), 12)
        );
        let _ = write!(svg, r#"<path d="{}"/>"#, arrow(row.stroke, lane_x(from), lane_x(to), y));
        self.label(svg, row, y);
        svg.push_str("</g>");
    }

    /// Both languages one over the other; a single text when they do not differ.
    fn label(&self, svg: &mut String, row: &Row, y: usize) {
        let x = self.label_x();
        let (ja, en) = label_of(row);
        if ja == en {
            let _ = write!(
                svg,
                r#"<text class="lb" x="{x}" y="{}">{}</text>"#,
                y + 4,
                shown(&ja, LABEL_COLUMNS)
            );
            return;
        }
        for (class, text, y) in [("ja", &ja, y - 3), ("en", &en, y + 10)] {
            let _ = write!(
                svg,
                r#"<text class="lb {class}" x="{x}" y="{y}">{}</text>"#,
                shown(text, LABEL_COLUMNS)
            );
        }
    }
}

/// The label of a row in Japanese and English.
fn label_of(row: &Row) -> (String, String) {
    let Text2 { ja, en } = &row.label;
    if row.marked {
        (format!("✗ 最初の相違: {ja}"), format!("✗ first divergence: {en}"))
    } else {
        (ja.clone(), en.clone())
    }
}

/// Middle of a lifeline.
fn lane_x(lane: usize) -> usize {
    TIME_WIDTH + lane * LANE_WIDTH + LANE_WIDTH / 2
}

/// Height at which the arrow of a row lies.
fn row_y(row: usize) -> usize {
    HEAD_HEIGHT + row * ROW_HEIGHT + ROW_HEIGHT / 2
}

/// One open path: the line, then its head or heads.
fn arrow(stroke: Stroke, from: usize, to: usize, y: usize) -> String {
    let head = |at: usize, rightward: bool| {
        let back = if rightward { "-6" } else { "6" };
        format!("M{at} {y}l{back}-4m0 8L{at} {y}")
    };
    if from == to {
        return format!(
            "M{from} {y}h14v7h-14{}",
            head(from, false).replace(&format!(" {y}"), &format!(" {}", y + 7))
        );
    }
    let line = format!("M{from} {y}H{to}{}", head(to, to > from));
    match stroke {
        Stroke::Exchange => line + &head(from, from > to),
        Stroke::Request | Stroke::Answer | Stroke::Event => line,
    }
}

/// `09:00:01.250+09:00` without its offset.
fn time_of_day(clock: &str) -> &str {
    clock.split(['+', 'Z', '-']).next().unwrap_or_default()
}

fn tooltip(row: &Row) -> String {
    let numbers = if row.first_seq == row.last_seq {
        format!("#{}", row.first_seq)
    } else {
        format!("#{}–{}", row.first_seq, row.last_seq)
    };
    let text = format!(
        "{numbers} {} · {} → {}: {} / {}",
        row.seam.name(),
        row.from,
        row.to,
        row.label.ja,
        row.label.en
    );
    shown(&text, 200)
}

fn shown(text: &str, columns: usize) -> String {
    HtmlEscape(&clip(&clean::one_line(text), columns)).to_string()
}
