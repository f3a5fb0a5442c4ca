//! The picture as SVG: boxes, small print, arrows, and what the signs mean.

use std::fmt::Write as _;

use super::layout::{Arrow, BOX, HEAD, Item, LINE, MARGIN, Picture, Place, small_print};
use super::states;
use crate::session::machine::State;

const STYLE: &str = "text{font-family:'DejaVu Sans','Noto Sans',sans-serif;fill:#1b1f24}\
.name{font-size:14px;font-weight:bold;text-anchor:middle}.print{font-size:11px}\
.event{font-size:11px;text-anchor:middle}.note{font-size:12px}\
.state{fill:#eef4fb;stroke:#30557d;stroke-width:1.5}.asks{fill:#fdf3dc;stroke:#8a6413}\
.end{fill:#e8f3ea;stroke:#2f6b3a}.way{fill:none;stroke:#555;stroke-width:1.4}\
.back{fill:none;stroke:#9a3b2f;stroke-width:1.4;stroke-dasharray:5 3}.label{fill:#fff;opacity:.88}";

const NOTES: [&str; 4] = [
    "✕ event: cause — the visit is settled; the card is given back.   ↺ — the state stays.",
    "Yellow states wait for a person: nobody answering in time settles the visit (TimedOut).",
    "Everywhere between Idle and ReturningCard: CardRemoved ends the visit, CardFailed gives the card back.",
    "Dashed: back to an earlier state.",
];

/// The machine as an SVG document.
pub fn svg() -> String {
    let picture = Picture::of_machine();
    let (lanes, notes) = (24.0 * (picture.up.len().max(1) as f64), 20.0 * NOTES.len() as f64);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0}\" height=\"{1:.0}\" viewBox=\"{2:.0} 0 {0:.0} {1:.0}\">\n\
         <title>One visit at the reader</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#444\"/></marker></defs>\n\
         <rect x=\"{2:.0}\" width=\"{0:.0}\" height=\"{1:.0}\" fill=\"#fff\"/>\n",
        picture.width + lanes,
        picture.height + notes,
        -lanes,
    );
    let mut labels = Labels::default();
    for (arrow, items) in &picture.down {
        leads_down(&picture, arrow, items, &mut out, &mut labels);
    }
    for (number, arrow) in picture.up.iter().enumerate() {
        leads_up(&picture, arrow, number, &mut out, &mut labels);
    }
    for state in states() {
        if let Some(place) = picture.places.get(&Item::State(state)) {
            draw_state(state, *place, &mut out);
        }
    }
    out.push_str(&labels.drawn);
    for (number, note) in NOTES.iter().enumerate() {
        let y = picture.height - 10.0 + 20.0 * number as f64;
        line(&mut out, "note", MARGIN - lanes, y, note);
    }
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, class: &str, x: f64, y: f64, words: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x:.0}\" y=\"{y:.0}\">{words}</text>");
}

fn draw_state(state: State, Place { x, y, height }: Place, out: &mut String) {
    let class = if super::super::machine::WAITING.contains(&state) {
        "state asks"
    } else if matches!(state, State::Idle | State::ReturningCard | State::Done) {
        "state end"
    } else {
        "state"
    };
    let left = x - BOX / 2.0;
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{left:.0}\" y=\"{y:.0}\" width=\"{BOX:.0}\" height=\"{height:.0}\" rx=\"7\"/>"
    );
    line(out, "name", x, y + 20.0, &format!("{state:?}"));
    for (number, print) in small_print(state).iter().enumerate() {
        line(out, "print", left + 10.0, y + HEAD + 10.0 + LINE * number as f64, print);
    }
}

/// A curve through the lanes it passes; its events stand where it leaves.
fn leads_down(
    picture: &Picture,
    arrow: &Arrow,
    items: &[Item],
    out: &mut String,
    labels: &mut Labels,
) {
    let places: Vec<Place> =
        items.iter().filter_map(|item| picture.places.get(item)).copied().collect();
    let mut path = String::new();
    for (number, (here, next)) in places.iter().zip(places.iter().skip(1)).enumerate() {
        let (from, to) = (here.y + here.height, next.y);
        let bend = (to - from) / 2.0;
        if number == 0 {
            let _ = write!(path, "M{:.0} {from:.0}", here.x);
            labels.put(arrow, (here.x + next.x) / 2.0, from + bend);
        } else {
            let _ = write!(path, "L{:.0} {from:.0}", here.x);
        }
        let _ = write!(
            path,
            "C{:.0} {:.0} {:.0} {:.0} {:.0} {to:.0}",
            here.x,
            from + bend,
            next.x,
            to - bend,
            next.x
        );
    }
    let _ = writeln!(out, "<path class=\"way\" marker-end=\"url(#tip)\" d=\"{path}\"/>");
}

/// Out to the left, up, and back to the state it leads to, each arrow on a lane of its own.
fn leads_up(
    picture: &Picture,
    arrow: &Arrow,
    number: usize,
    out: &mut String,
    labels: &mut Labels,
) {
    let place = |state| picture.places.get(&Item::State(state)).copied();
    let (Some(from), Some(to)) = (place(arrow.from), place(arrow.to)) else { return };
    let lane = -24.0 * (number as f64) + 10.0;
    let (start, end) = (from.x - BOX / 2.0, to.x - BOX / 2.0);
    // Under its own box and over the other one, so that neighbours are not crossed.
    let (below, above) = (from.y + from.height + 9.0, to.y + 6.0 + 4.0 * number as f64);
    let _ = writeln!(
        out,
        "<path class=\"back\" marker-end=\"url(#tip)\" d=\"M{:.0} {:.0}V{below:.0}H{lane:.0}V{above:.0}H{end:.0}\"/>",
        start + 14.0,
        from.y + from.height,
    );
    labels.put(arrow, start - 40.0, below);
}

/// The words at the arrows, drawn over everything; none over another.
#[derive(Default)]
struct Labels {
    drawn: String,
    taken: Vec<Area>,
}

/// Left, top, right and bottom.
type Area = (f64, f64, f64, f64);

impl Labels {
    /// Puts an arrow's events around a point, or beside what stands there already.
    fn put(&mut self, arrow: &Arrow, x: f64, y: f64) {
        let lines: Vec<String> = arrow.events.iter().map(|event| format!("{event:?}")).collect();
        let widest = lines.iter().map(String::len).max().unwrap_or_default() as f64 * 6.6 + 6.0;
        let height = 13.0 * lines.len() as f64;
        let mut area = (x - widest / 2.0, y - height / 2.0, x + widest / 2.0, y + height / 2.0);
        let mut leftwards = None;
        while let Some(other) = self.taken.iter().find(|other| meet(&area, other)) {
            // To the side it is on, and on in the same direction.
            let left = if *leftwards.get_or_insert(x < (other.0 + other.2) / 2.0) {
                other.0 - 4.0 - widest
            } else {
                other.2 + 4.0
            };
            area = (left, area.1, left + widest, area.3);
        }
        let (left, top, ..) = area;
        let _ = writeln!(
            self.drawn,
            "<rect class=\"label\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{widest:.0}\" height=\"{height:.0}\"/>"
        );
        let middle = left + widest / 2.0;
        for (number, words) in lines.iter().enumerate() {
            line(&mut self.drawn, "event", middle, top + 10.0 + 13.0 * number as f64, words);
        }
        self.taken.push(area);
    }
}

/// Whether two areas have a point in common.
fn meet(one: &Area, other: &Area) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_names_every_state_and_is_well_formed() {
        let picture = svg();
        for state in states() {
            assert!(picture.contains(&format!(">{state:?}</text>")), "{state:?}");
        }
        let mut reader = quick_xml::Reader::from_str(&picture);
        while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
        assert!(!picture.contains("http:") || picture.matches("http:").count() == 1);
        assert_eq!(picture, svg(), "same machine, same bytes");
    }

    #[test]
    fn no_words_at_an_arrow_stand_on_those_of_another() {
        let picture = svg();
        let number = |tag: &str, name: &str| -> f64 {
            let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let areas: Vec<Area> = picture
            .lines()
            .filter(|tag| tag.starts_with("<rect class=\"label\""))
            .map(|tag| {
                let (x, y) = (number(tag, "x"), number(tag, "y"));
                (x, y, x + number(tag, "width"), y + number(tag, "height"))
            })
            .collect();
        assert!(areas.len() > 20, "{}", areas.len());
        for (place, one) in areas.iter().enumerate() {
            assert!(!areas[..place].iter().any(|other| meet(one, other)), "{one:?}");
        }
    }
}
