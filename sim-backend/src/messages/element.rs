//! From tree to typed values and back: one trait for an element, one for a place in a group.

use super::error::{Fault, MessageErrorKind};
use super::shape::{Content, Facet, Place, Times};
use super::xml::{Form, Node};

/// A value in the text of one element.
pub(crate) trait Scalar: Sized {
    /// What the text must be, as the end of the sentence "… is not".
    fn shape() -> String;
    /// The same as data.
    fn facet() -> Facet;
    /// Reads the text; `None` when it does not have the shape.
    fn parse(text: &str) -> Option<Self>;
    /// Writes the text.
    fn text(&self) -> String;
}

/// One element: a scalar or a group.
pub(crate) trait Element: Sized {
    fn read(node: &Node<'_>) -> Result<Self, Fault>;
    fn write(&self, name: &'static str) -> Node<'static>;
    /// What stands in it.
    fn content() -> Content;
}

impl<T: Scalar> Element for T {
    fn read(node: &Node<'_>) -> Result<Self, Fault> {
        if !node.children.is_empty() {
            let kind = MessageErrorKind::NotAValue { element: node.name.to_string() };
            return Err(Fault::at(kind, node.offset));
        }
        T::parse(&node.text).ok_or_else(|| {
            let element = node.name.to_string();
            let kind = MessageErrorKind::Value { element, expected: T::shape() };
            Fault::at(kind, node.offset)
        })
    }

    fn write(&self, name: &'static str) -> Node<'static> {
        Node::value(name, self.text())
    }

    fn content() -> Content {
        Content::Value(T::facet())
    }
}

/// A place in a group: required, optional or repeated by its Rust type. Order never matters when
/// reading; an element without content counts as absent; elements nobody asks for are ignored
/// (OQS-MSG-04, -07, -08).
pub(crate) trait Field: Sized {
    fn pick(parent: &Node<'_>, name: &'static str) -> Result<Self, Fault>;
    fn put(&self, name: &'static str, out: &mut Vec<Node<'static>>);
    /// The places it takes in its group.
    fn places(name: &'static str, meaning: &'static str) -> Vec<Place>;
}

impl<T: Element> Field for T {
    fn pick(parent: &Node<'_>, name: &'static str) -> Result<Self, Fault> {
        Option::<T>::pick(parent, name)?
            .ok_or_else(|| Fault::at(MessageErrorKind::Missing { element: name }, parent.offset))
    }

    fn put(&self, name: &'static str, out: &mut Vec<Node<'static>>) {
        out.push(self.write(name));
    }

    fn places(name: &'static str, meaning: &'static str) -> Vec<Place> {
        vec![Place::new(name, meaning, Times::One, T::content())]
    }
}

impl<T: Element> Field for Option<T> {
    fn pick(parent: &Node<'_>, name: &'static str) -> Result<Self, Fault> {
        single(parent, name)?.map(T::read).transpose()
    }

    fn put(&self, name: &'static str, out: &mut Vec<Node<'static>>) {
        out.extend(self.iter().map(|value| value.write(name)));
    }

    fn places(name: &'static str, meaning: &'static str) -> Vec<Place> {
        vec![Place::new(name, meaning, Times::Maybe, T::content())]
    }
}

/// A place whose content may be beyond reading: one bad entry of many must not spoil the others (OQS-BULK-05). Whoever uses the
/// entry refuses it; an unreadable value is never taken for an absent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lenient<T> {
    /// Nothing stands there.
    Absent,
    /// The value.
    Read(T),
    /// Something stands there that has not the right shape. It is not written again.
    Unreadable,
}

impl<T> Lenient<T> {
    /// The value of a place that must be filled; `None` unless it can be read.
    pub fn required(&self) -> Option<&T> {
        self.optional().flatten()
    }

    /// The value of a place that may be empty; `None` when it cannot be read.
    pub fn optional(&self) -> Option<Option<&T>> {
        match self {
            Self::Absent => Some(None),
            Self::Read(value) => Some(Some(value)),
            Self::Unreadable => None,
        }
    }
}

impl<T: Element> Field for Lenient<T> {
    fn pick(parent: &Node<'_>, name: &'static str) -> Result<Self, Fault> {
        Ok(match Option::<T>::pick(parent, name) {
            Ok(None) => Self::Absent,
            Ok(Some(value)) => Self::Read(value),
            Err(_) => Self::Unreadable,
        })
    }

    fn put(&self, name: &'static str, out: &mut Vec<Node<'static>>) {
        if let Self::Read(value) = self {
            out.push(value.write(name));
        }
    }

    fn places(name: &'static str, meaning: &'static str) -> Vec<Place> {
        Option::<T>::places(name, meaning)
    }
}

/// Repeats, named `Item`, or `List/Item` when they stand in a list of their own.
impl<T: Element> Field for Vec<T> {
    fn pick(parent: &Node<'_>, name: &'static str) -> Result<Self, Fault> {
        let (list, item) = match name.split_once('/') {
            Some((list, item)) => (single(parent, list)?, item),
            None => (Some(parent), name),
        };
        list.map_or(Ok(Vec::new()), |list| list.every(item).into_iter().map(T::read).collect())
    }

    fn put(&self, name: &'static str, out: &mut Vec<Node<'static>>) {
        let (list, item) = name.split_once('/').unwrap_or(("", name));
        let items = self.iter().map(|value| value.write(item));
        match list {
            "" => out.extend(items.map(Node::repeated)),
            _ if self.is_empty() => {}
            list => out.push(Node::list(list, items.collect())),
        }
    }

    fn places(name: &'static str, meaning: &'static str) -> Vec<Place> {
        let (list, item) = name.split_once('/').unwrap_or(("", name));
        let items = Place::new(item, meaning, Times::Many, T::content());
        match list {
            "" => vec![items],
            list => vec![Place::new(list, "", Times::Maybe, Content::List(Box::new(items)))],
        }
    }
}

/// The one child of a name, if it is there.
pub(crate) fn single<'n>(
    parent: &'n Node<'_>,
    name: &'static str,
) -> Result<Option<&'n Node<'n>>, Fault> {
    let mut found = parent.named(name);
    match (found.next(), found.next()) {
        (_, Some(second)) => {
            Err(Fault::at(MessageErrorKind::Repeated { element: name }, second.offset))
        }
        (first, None) => Ok(first),
    }
}

/// Refuses text between the elements of a group, and several groups where one belongs.
pub(crate) fn only_elements(node: &Node<'_>) -> Result<(), Fault> {
    if node.form == Form::Array {
        let kind = MessageErrorKind::NotOne { element: node.name.to_string() };
        return Err(Fault::at(kind, node.offset));
    }
    if super::xml::is_space(&node.text) {
        return Ok(());
    }
    let kind = MessageErrorKind::StrayText { element: node.name.to_string() };
    Err(Fault::at(kind, node.offset))
}

/// A group that is all right whatever its elements say.
#[expect(clippy::unnecessary_wraps, reason = "the shape every group's check has")]
pub(crate) fn no_rule<T>(_: &T) -> Result<(), Fault> {
    Ok(())
}

/// Declares a group: its elements in layout order, each with field, type and meaning, and
/// optionally a check of the rules that tie elements together.
macro_rules! group {
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident { $($element:literal $field:ident: $type:ty, $doc:literal;)+ }
    ) => {
        $crate::messages::element::group! {
            $(#[$meta])*
            $vis $name checked by $crate::messages::element::no_rule
            { $($element $field: $type, $doc;)+ }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident checked by $check:path { $($element:literal $field:ident: $type:ty, $doc:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $name {
            $(#[doc = concat!("`", $element, "`: ", $doc, ".")] pub $field: $type,)+
        }

        impl $crate::messages::element::Element for $name {
            fn read(
                node: &$crate::messages::xml::Node<'_>,
            ) -> Result<Self, $crate::messages::error::Fault> {
                use $crate::messages::element::Field;
                $crate::messages::element::only_elements(node)?;
                let value = Self { $($field: <$type>::pick(node, $element)?,)+ };
                $check(&value).map_err(|fault| fault.within(node.offset))?;
                Ok(value)
            }

            fn write(&self, name: &'static str) -> $crate::messages::xml::Node<'static> {
                use $crate::messages::element::Field;
                let mut children = Vec::new();
                $(self.$field.put($element, &mut children);)+
                $crate::messages::xml::Node::group(name, children)
            }

            fn content() -> $crate::messages::shape::Content {
                use $crate::messages::element::Field;
                let mut places = Vec::new();
                $(places.extend(<$type>::places($element, $doc));)+
                let name = stringify!($name);
                $crate::messages::shape::Content::Group($crate::messages::shape::Group { name, places })
            }
        }
    };
}
pub(crate) use group;
