//! The shape of a message as data: which elements stand where, how often, and what their texts may be.
//!
//! Each declaration of a group gives its shape, so that schemas and form switches know what readers and writers know. Rules that tie
//! several elements together are no part of it.

/// The shape of a whole message, from its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name of the declaration.
    pub name: &'static str,
    /// Its elements in layout order.
    pub places: Vec<Place>,
}

/// A place in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the element.
    pub name: String,
    /// What it means, in words of the declaration.
    pub meaning: &'static str,
    /// How often it stands there.
    pub times: Times,
    /// What stands in it.
    pub content: Content,
}

/// How often an element may stand in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once.
    One,
    /// Once or not at all; empty is not at all (OQS-MSG-07).
    Maybe,
    /// Any number of times.
    Many,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Value(Facet),
    /// Elements in any order.
    Group(Group),
    /// Any number of one element.
    List(Box<Place>),
}

/// What a text may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// 1 to this many characters, none of them a control character, not all of them white space.
    Text(usize),
    /// From `least` to `most` digits.
    Digits {
        /// Fewest.
        least: usize,
        /// Most.
        most: usize,
    },
    /// 保険者番号: 1 to 8 digits, at most eight wide with spaces on the left.
    InsurerNumber,
    /// A real day in eight digits.
    Day,
    /// A real day and time in fourteen digits.
    Time,
    /// A month in six digits.
    Month,
    /// 000 to 100.
    Percent,
    /// One of a table.
    Code {
        /// Name of the table.
        table: &'static str,
        /// The codes.
        codes: Vec<&'static str>,
    },
    /// Octets in base64, of this count if there is one.
    Octets(Option<usize>),
}

impl Place {
    /// A place as a declaration states it.
    pub(crate) fn new(
        name: impl Into<String>,
        meaning: &'static str,
        times: Times,
        content: Content,
    ) -> Self {
        Self { name: name.into(), meaning, times, content }
    }
}
