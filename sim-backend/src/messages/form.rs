//! The form of a message beside its content: order, absent elements, strangers, the place of an element, the encoding.
//!
//! All forms say the same; real files come in all of them (OQS-MSG-04, -07, -08). Bench profile: a receiver is given each on purpose.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::encoding::Encoding;
use super::shape::{Content, Group, Place, Times};
use super::siquc::{PRESCRIPTION, RECORDS};
use super::xml::{Form as Kind, Node};

/// How answers look. The default is what the layout says, in the encoding of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// Order of the elements within a group.
    pub order: Order,
    /// Optional elements that say nothing.
    pub absent: Absent,
    /// Put elements of no known name into each group.
    pub unknown_elements: bool,
    /// Place of `PrescriptionIssueSelect`.
    pub prescription: PrescriptionPlace,
    /// The encoding of XML whatever the request's was; `None` leaves the request's.
    pub encoding: Option<Encoding>,
}

/// Order of the elements within a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As the layout lists them.
    #[default]
    Layout,
    /// Scattered, as real files are; the same seed gives the same order. Repeats of one element
    /// keep their order among themselves (OQS-MSG-04).
    Shuffled(u64),
}

/// What becomes of an optional element that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Absent {
    /// It is left out.
    #[default]
    LeftOut,
    /// It is written empty.
    Empty,
}

/// Where `PrescriptionIssueSelect` stands; public consumers look in different places, so it depends on the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrescriptionPlace {
    /// In the body, before `ProcessingResultStatus`.
    #[default]
    BeforeStatus,
    /// In the body, after the records.
    AfterRecords,
    /// In each record.
    InRecord,
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// As XML.
    Xml(Encoding),
    /// As JSON, which is UTF-8.
    Json,
}

impl Syntax {
    /// The encoding that `CharacterCodeIdentifier` tells.
    #[must_use]
    pub fn encoding(self) -> Encoding {
        match self {
            Self::Xml(encoding) => encoding,
            Self::Json => Encoding::Utf8,
        }
    }
}

/// Name of the elements nobody knows.
const STRANGER: &str = "BenchUnknownElement";
/// Name of the group nobody knows.
const STRANGE_GROUP: &str = "BenchUnknownGroup";

/// Brings a tree in layout order into a form.
pub(super) fn shape(root: &mut Node<'static>, layout: &Group, form: &Form) {
    place_prescription(root, form.prescription);
    match form.absent {
        Absent::LeftOut => {}
        Absent::Empty => fill(root, layout),
    }
    if form.unknown_elements {
        root.children.iter_mut().for_each(estrange);
        root.children.push(Node::group(STRANGE_GROUP, vec![stranger()]));
    }
    if let Order::Shuffled(seed) = form.order {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        root.children.iter_mut().for_each(|child| shuffle(child, &mut rng));
    }
}

fn place_prescription(root: &mut Node<'static>, place: PrescriptionPlace) {
    let [body, list, record] = RECORDS;
    let Some(body) = root.children.iter_mut().find(|child| child.name == body) else { return };
    let Some(at) = body.children.iter().position(|child| child.name == PRESCRIPTION) else {
        return;
    };
    match place {
        PrescriptionPlace::BeforeStatus => {}
        PrescriptionPlace::AfterRecords => {
            let moved = body.children.remove(at);
            body.children.push(moved);
        }
        PrescriptionPlace::InRecord => {
            let text = body.children.get(at).map(|node| node.text.clone()).unwrap_or_default();
            let lists = body.children.iter_mut().filter(|child| child.name == list);
            let records = lists.flat_map(|list| &mut list.children);
            let mut found = false;
            for record in records.filter(|child| child.name == record) {
                record.children.push(Node::value(PRESCRIPTION, text.clone()));
                found = true;
            }
            // Without a record it has no other place.
            if found {
                body.children.remove(at);
            }
        }
    }
}

/// Puts an empty element wherever an optional one is missing, in layout order.
fn fill(node: &mut Node<'static>, layout: &Group) {
    let mut left = std::mem::take(&mut node.children);
    for place in &layout.places {
        let (mut here, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|child| child.name == place.name);
        left = others;
        here.iter_mut().for_each(|child| fill_within(child, &place.content));
        if here.is_empty() && place.times == Times::Maybe {
            here.push(blank(place));
        }
        node.children.extend(here);
    }
    node.children.extend(left);
}

fn fill_within(node: &mut Node<'static>, content: &Content) {
    match content {
        // An empty group says that it is absent as a whole.
        Content::Group(group) if !node.is_blank() => fill(node, group),
        Content::Value(_) | Content::Group(_) => {}
        Content::List(item) => {
            node.children.iter_mut().for_each(|child| fill_within(child, &item.content));
        }
    }
}

fn blank(place: &Place) -> Node<'static> {
    match place.content {
        Content::Value(_) => Node::value(place.name.clone(), ""),
        Content::Group(_) => Node::group(place.name.clone(), Vec::new()),
        Content::List(_) => Node::list(place.name.clone(), Vec::new()),
    }
}

/// Puts a stranger into each group that says something.
fn estrange(node: &mut Node<'static>) {
    node.children.iter_mut().for_each(estrange);
    if node.form == Kind::Group && !node.is_blank() {
        node.children.insert(0, stranger());
    }
}

fn stranger() -> Node<'static> {
    Node::value(STRANGER, "未知の要素")
}

/// Shuffles the children of a group by name, and theirs.
fn shuffle(node: &mut Node<'_>, rng: &mut ChaCha8Rng) {
    let mut by_name: Vec<Vec<Node<'_>>> = Vec::new();
    for child in node.children.drain(..) {
        match by_name.iter_mut().find(|group| group.iter().any(|other| other.name == child.name)) {
            Some(group) => group.push(child),
            None => by_name.push(vec![child]),
        }
    }
    by_name.shuffle(rng);
    node.children = by_name.into_iter().flatten().collect();
    node.children.iter_mut().for_each(|child| shuffle(child, rng));
}
