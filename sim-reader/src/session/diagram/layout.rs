//! Where the boxes and arrows of the picture go: layers from top to bottom, and in each an order with few crossings.

use std::collections::{BTreeMap, BTreeSet};

use super::states;
use crate::session::machine::{ARROWS, Action, Cause, Event, State, Transition};

/// Width of a box, and of the room that an arrow takes which passes by.
pub(super) const BOX: f64 = 264.0;
const LANE: f64 = 150.0;
/// Room between neighbours, between layers, and at the edges.
const BESIDE: f64 = 52.0;
const BELOW: f64 = 74.0;
pub(super) const MARGIN: f64 = 60.0;
/// Height of a line of small print and of a box without any.
pub(super) const LINE: f64 = 15.0;
pub(super) const HEAD: f64 = 30.0;

/// One arrow of the picture: all events that lead from one state to another without settling the visit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub from: State,
    pub to: State,
    pub events: Vec<Event>,
}

/// What takes room in a layer: a box, or an arrow on its way past it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    State(State),
    /// Place of the arrow in [`Picture::down`], and the layer.
    Passing(usize, usize),
}

/// The middle of an item's upper edge, and its height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

/// Everything that is drawn.
pub(super) struct Picture {
    pub width: f64,
    pub height: f64,
    pub places: BTreeMap<Item, Place>,
    /// Arrows that lead down, with all items they touch.
    pub down: Vec<(Arrow, Vec<Item>)>,
    /// Arrows that lead back up.
    pub up: Vec<Arrow>,
}

/// The arrows that are drawn; those that settle a visit stand as small print in the box, but for the one of a completed visit.
fn arrows() -> Vec<Arrow> {
    let mut all: Vec<Arrow> = Vec::new();
    for &Transition { from, event, to, action } in ARROWS {
        let drawn = matches!(action, Action::Perform | Action::End(Cause::Completed));
        if !drawn || from == to {
            continue;
        }
        match all.iter_mut().find(|arrow| arrow.from == from && arrow.to == to) {
            Some(arrow) => arrow.events.push(event),
            None => all.push(Arrow { from, to, events: vec![event] }),
        }
    }
    all
}

/// The small print of a box: events that stay, and events that settle the visit.
pub(super) fn small_print(state: State) -> Vec<String> {
    let of_state = ARROWS.iter().filter(|arrow| arrow.from == state);
    of_state
        .filter_map(|arrow| match arrow.action {
            Action::End(Cause::Completed) => None,
            Action::End(cause) if format!("{cause:?}") == format!("{:?}", arrow.event) => {
                Some(format!("✕ {cause:?}"))
            }
            Action::End(cause) => Some(format!("✕ {:?}: {cause:?}", arrow.event)),
            Action::Perform if arrow.to == state => Some(format!("↺ {:?}", arrow.event)),
            Action::Perform | Action::Ignore => None,
        })
        .collect()
}

/// Arrows that would close a circle, found on a walk from the first state.
fn leading_up(arrows: &[Arrow]) -> BTreeSet<(State, State)> {
    fn walk(
        state: State,
        way: &mut Vec<State>,
        seen: &mut BTreeSet<State>,
        arrows: &[Arrow],
        found: &mut BTreeSet<(State, State)>,
    ) {
        seen.insert(state);
        way.push(state);
        for arrow in arrows.iter().filter(|arrow| arrow.from == state) {
            if way.contains(&arrow.to) {
                found.insert((state, arrow.to));
            } else if !seen.contains(&arrow.to) {
                walk(arrow.to, way, seen, arrows, found);
            }
        }
        way.pop();
    }
    let mut found = BTreeSet::new();
    walk(State::Idle, &mut Vec::new(), &mut BTreeSet::new(), arrows, &mut found);
    found
}

/// The layer of each state: the longest way down to it.
fn layers(down: &[Arrow]) -> BTreeMap<State, usize> {
    let mut layers: BTreeMap<State, usize> = states().into_iter().map(|state| (state, 0)).collect();
    for _ in 0..layers.len() {
        for arrow in down {
            let least = layers.get(&arrow.from).copied().unwrap_or_default() + 1;
            let layer = layers.entry(arrow.to).or_default();
            *layer = least.max(*layer);
        }
    }
    layers
}

impl Picture {
    /// The picture of the machine.
    pub fn of_machine() -> Self {
        let all = arrows();
        let circles = leading_up(&all);
        let (up, down): (Vec<Arrow>, Vec<Arrow>) =
            all.into_iter().partition(|arrow| circles.contains(&(arrow.from, arrow.to)));
        let layers = layers(&down);
        let layer = |state| layers.get(&state).copied().unwrap_or_default();
        let touching = |(place, arrow): (usize, Arrow)| {
            let passing = layer(arrow.from) + 1..layer(arrow.to);
            let ends = (Item::State(arrow.from), Item::State(arrow.to));
            let between = passing.map(|layer| Item::Passing(place, layer));
            let items = std::iter::once(ends.0).chain(between).chain([ends.1]).collect();
            (arrow, items)
        };
        let down: Vec<(Arrow, Vec<Item>)> = down.into_iter().enumerate().map(touching).collect();
        let mut rows: Vec<Vec<Item>> = Vec::new();
        let mut put = |item, layer: usize| {
            if rows.len() <= layer {
                rows.resize(layer + 1, Vec::new());
            }
            if let Some(row) = rows.get_mut(layer) {
                row.push(item);
            }
        };
        states().into_iter().for_each(|state| put(Item::State(state), layer(state)));
        for item in down.iter().flat_map(|(_, items)| items) {
            if let Item::Passing(_, layer) = *item {
                put(*item, layer);
            }
        }
        order(&mut rows, &down);
        let (width, height, places) = place(&rows);
        Self { width, height, places, down, up }
    }
}

/// Orders each layer by the middle of its neighbours, going down and up a few times.
fn order(rows: &mut [Vec<Item>], down: &[(Arrow, Vec<Item>)]) {
    let steps: Vec<(Item, Item)> = down
        .iter()
        .flat_map(|(_, items)| items.iter().copied().zip(items.iter().copied().skip(1)))
        .collect();
    for round in 0..8 {
        let mut known: BTreeMap<Item, f64> = BTreeMap::new();
        let mut sort = |row: &mut Vec<Item>, downwards: bool| {
            let middle = |item: &Item, own: f64| {
                let near = steps.iter().filter_map(|(above, below)| match downwards {
                    true => (below == item).then(|| known.get(above)).flatten(),
                    false => (above == item).then(|| known.get(below)).flatten(),
                });
                let (sum, count) = near.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
                if count > 0.0 { sum / count } else { own }
            };
            let mut keyed: Vec<(f64, Item)> =
                share(row).zip(row.iter()).map(|(own, item)| (middle(item, own), *item)).collect();
            keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
            *row = keyed.into_iter().map(|(_, item)| item).collect();
            known.extend(row.iter().copied().zip(share(row)));
        };
        if round % 2 == 0 {
            rows.iter_mut().for_each(|row| sort(row, true));
        } else {
            rows.iter_mut().rev().for_each(|row| sort(row, false));
        }
    }
}

/// Places from 0 to 1 along a row.
fn share(row: &[Item]) -> impl Iterator<Item = f64> + use<> {
    let count = row.len();
    (1..=count).map(move |place| as_float(place) / (as_float(count) + 1.0))
}

fn as_float(count: usize) -> f64 {
    f64::from(u16::try_from(count).unwrap_or(u16::MAX))
}

fn width_of(item: &Item) -> f64 {
    match item {
        Item::State(_) => BOX,
        Item::Passing(..) => LANE,
    }
}

fn height_of(item: &Item) -> f64 {
    match item {
        Item::State(state) => {
            let print = small_print(*state).len();
            if print == 0 { HEAD } else { HEAD + LINE * as_float(print) + 6.0 }
        }
        Item::Passing(..) => 0.0,
    }
}

/// Each row centred under the one before.
fn place(rows: &[Vec<Item>]) -> (f64, f64, BTreeMap<Item, Place>) {
    let row_width =
        |row: &[Item]| row.iter().map(|item| width_of(item) + BESIDE).sum::<f64>() - BESIDE;
    let width = rows.iter().map(|row| row_width(row)).fold(0.0, f64::max) + 2.0 * MARGIN;
    let mut places = BTreeMap::new();
    let mut y = MARGIN;
    for row in rows {
        let tallest = row.iter().map(height_of).fold(HEAD, f64::max);
        let mut x = (width - row_width(row)) / 2.0;
        for item in row {
            let height = match item {
                Item::State(_) => height_of(item),
                Item::Passing(..) => tallest,
            };
            places.insert(*item, Place { x: x + width_of(item) / 2.0, y, height });
            x += width_of(item) + BESIDE;
        }
        y += tallest + BELOW;
    }
    (width, y, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_items_of_the_picture_overlap() {
        let Picture { width, height, places, .. } = Picture::of_machine();
        let all: Vec<_> = places.iter().collect();
        for (number, (item, place)) in all.iter().enumerate() {
            let half = width_of(item) / 2.0;
            assert!(place.x - half >= 0.0 && place.x + half <= width, "{item:?}");
            assert!(place.y >= 0.0 && place.y + place.height <= height, "{item:?}");
            for (other, there) in &all[number + 1..] {
                let beside = (place.x - there.x).abs() >= half + width_of(other) / 2.0;
                let below = place.y + place.height <= there.y || there.y + there.height <= place.y;
                assert!(beside || below, "{item:?} and {other:?}");
            }
        }
    }

    #[test]
    fn every_arrow_of_the_machine_is_in_the_picture_once() {
        let Picture { down, up, .. } = Picture::of_machine();
        let drawn: usize =
            down.iter().map(|(arrow, _)| arrow).chain(&up).map(|arrow| arrow.events.len()).sum();
        let printed: usize = states().into_iter().map(|state| small_print(state).len()).sum();
        assert_eq!(drawn + printed, ARROWS.len());
        let layers = layers(&down.iter().map(|(arrow, _)| arrow.clone()).collect::<Vec<_>>());
        assert!(down.iter().all(|(arrow, _)| layers[&arrow.from] < layers[&arrow.to]));
    }
}
