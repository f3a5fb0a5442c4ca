//! JSON in and out as the same plain tree: the interface's Web API mirrors the XML, element by element.
//!
//! Values are texts, groups are objects, and a list is an array of objects with one member each, as in `ResultList` (OQS-MSG-17).
//! Elements that repeat without a list of their own are one array of their name (bench profile).

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::error::{MessageError, MessageErrorKind, Position};
use super::xml::{Form, MAX_DEPTH, MAX_ELEMENTS, Node};

/// Reads one document; the node is the one member of the outermost object.
pub(crate) fn read(bytes: &[u8]) -> Result<Node<'static>, MessageError> {
    let watch = Watch::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let seed = Seed { name: String::new(), depth: 0, watch: &watch };
    let read = seed.deserialize(&mut json).and_then(|node| json.end().map(|()| node));
    let mut node = read.map_err(|error| fault(&error, &watch, bytes))?;
    match (node.children.pop(), node.children.is_empty()) {
        (Some(root), true) => Ok(root),
        (_, _) => Err(MessageError {
            kind: MessageErrorKind::NotJson { what: "one member XmlMsg is expected".to_owned() },
            position: None,
        }),
    }
}

/// What is counted while reading, and the fault that serde's errors have no room for.
#[derive(Default)]
struct Watch {
    elements: Cell<usize>,
    fault: RefCell<Option<MessageErrorKind>>,
}

impl Watch {
    /// Ends the reading for a reason of our own.
    fn refuse<E: serde::de::Error>(&self, kind: MessageErrorKind) -> E {
        let error = E::custom("refused");
        *self.fault.borrow_mut() = Some(kind);
        error
    }

    fn count<E: serde::de::Error>(&self, depth: usize) -> Result<(), E> {
        self.elements.set(self.elements.get().saturating_add(1));
        if depth > MAX_DEPTH {
            return Err(self.refuse(MessageErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        if self.elements.get() > MAX_ELEMENTS {
            return Err(self.refuse(MessageErrorKind::TooManyElements { limit: MAX_ELEMENTS }));
        }
        Ok(())
    }
}

/// Reads the value of one member into a node of its name.
struct Seed<'w> {
    name: String,
    depth: usize,
    watch: &'w Watch,
}

impl Seed<'_> {
    fn inner(&self, name: String) -> Self {
        Self { name, depth: self.depth.saturating_add(1), watch: self.watch }
    }

    fn no_text<E: serde::de::Error>(self) -> E {
        self.watch.refuse(MessageErrorKind::NotText { element: self.name })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'static>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        self.watch.count(self.depth)?;
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node<'static>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("text, an object or an array")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::value(self.name, text))
    }

    /// `null` says nothing, like an empty element.
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::value(self.name, ""))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(self.no_text())
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(self.no_text())
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(self.no_text())
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(self.no_text())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut children = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            children.push(members.next_value_seed(self.inner(name))?);
        }
        Ok(Node::group(self.name, children))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut children = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner(self.name.clone()))? {
            if item.form == Form::Array {
                return Err(A::Error::custom("an array stands directly in an array"));
            }
            children.push(item);
        }
        Ok(Node { form: Form::Array, ..Node::group(self.name, children) })
    }
}

/// The error without what serde would repeat of the text.
fn fault(error: &serde_json::Error, watch: &Watch, bytes: &[u8]) -> MessageError {
    let said = error.to_string();
    let what = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what).to_owned();
    let kind = watch.fault.borrow_mut().take().unwrap_or(MessageErrorKind::NotJson { what });
    MessageError { kind, position: Some(position(error, bytes)) }
}

/// serde counts columns in bytes, after the byte it stumbled over.
fn position(error: &serde_json::Error, bytes: &[u8]) -> Position {
    let lines = bytes.split(|byte| *byte == b'\n');
    let before: usize =
        lines.clone().take(error.line().saturating_sub(1)).map(|l| l.len() + 1).sum();
    let line = lines.clone().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let into = error.column().saturating_sub(1).min(line.len());
    let column = String::from_utf8_lossy(line.get(..into).unwrap_or_default()).chars().count() + 1;
    Position { offset: before + into, line: error.line().max(1), column }
}

/// Writes one document.
pub(crate) fn write(root: &Node<'_>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Members(std::slice::from_ref(root)))
}

/// Elements side by side, as an object.
struct Members<'n, 'a>(&'n [Node<'a>]);

impl Serialize for Members<'_, '_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut members = out.serialize_map(None)?;
        let mut written: Vec<&Cow<'_, str>> = Vec::new();
        for node in self.0 {
            match node.many {
                false => members.serialize_entry(&node.name, &Value(node))?,
                true if written.contains(&&node.name) => {}
                true => {
                    written.push(&node.name);
                    members.serialize_entry(&node.name, &Together(self.0, &node.name))?;
                }
            }
        }
        members.end()
    }
}

/// All elements of one name, as an array.
struct Together<'n, 'a>(&'n [Node<'a>], &'n str);

impl Serialize for Together<'_, '_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.0.iter().filter(|node| node.name == self.1).map(Value))
    }
}

/// What stands in an element.
struct Value<'n, 'a>(&'n Node<'a>);

impl Serialize for Value<'_, '_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Node { form, text, children, .. } = self.0;
        match form {
            Form::Value => out.serialize_str(text),
            Form::Group => Members(children).serialize(out),
            Form::List => {
                let mut items = out.serialize_seq(Some(children.len()))?;
                for child in children {
                    items.serialize_element(&Members(std::slice::from_ref(child)))?;
                }
                items.end()
            }
            Form::Array => out.collect_seq(children.iter().map(Value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(text: &str) -> MessageErrorKind {
        read(text.as_bytes()).unwrap_err().kind
    }

    #[test]
    fn lists_and_repeats_come_back_one_by_one() {
        let list = "{\"X\":{\"L\":[{\"I\":\"1\"},{\"I\":\"2\"}],\"R\":[{\"A\":\"3\"},{\"A\":\"4\"}],\"S\":[\"5\"]}}";
        let root = read(list.as_bytes()).unwrap();
        let texts = |nodes: Vec<&Node<'_>>| -> Vec<String> {
            nodes.iter().map(|node| node.text.clone()).collect()
        };
        assert_eq!(texts(root.every("L")[0].every("I")), ["1"], "one object of the array");
        let list = root.named("L").next().unwrap();
        assert_eq!(texts(list.every("I")), ["1", "2"]);
        let repeats: Vec<_> = root.every("R").into_iter().flat_map(|r| r.every("A")).collect();
        assert_eq!(texts(repeats), ["3", "4"]);
        assert_eq!(texts(root.every("S")), ["5"]);
    }

    #[test]
    fn nothing_but_text_is_a_value_and_no_value_is_repeated() {
        for bad in ["12345678", "true", "1.5", "-1"] {
            let text = format!("{{\"X\":{{\"Birthdate\":{bad}}}}}");
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind, MessageErrorKind::NotText { element: "Birthdate".to_owned() });
            assert!(!error.to_string().contains(bad), "{error}");
        }
        assert!(read(b"{\"X\":{\"A\":null}}").unwrap().children[0].is_blank());
    }

    #[test]
    fn limits_are_those_of_xml() {
        let nested = |n: usize| format!("{{\"X\":{}\"\"{}}}", "{\"a\":".repeat(n), "}".repeat(n));
        assert!(read(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert_eq!(kind(&nested(MAX_DEPTH)), MessageErrorKind::TooDeep { limit: MAX_DEPTH });
        let wide = format!("{{\"X\":[{}\"\"]}}", "\"\",".repeat(MAX_ELEMENTS));
        assert_eq!(kind(&wide), MessageErrorKind::TooManyElements { limit: MAX_ELEMENTS });
    }

    #[test]
    fn broken_documents_are_placed() {
        for (text, line, column) in
            [("", 1, 1), ("{\"X\":\n  }", 2, 3), ("{\"架空\":\"a\"x}", 1, 10), ("[1]", 1, 2)]
        {
            let position = read(text.as_bytes()).unwrap_err().position.unwrap();
            assert_eq!((position.line, position.column), (line, column), "{text}");
        }
        assert!(matches!(kind("{\"X\":[[]]}"), MessageErrorKind::NotJson { .. }));
        assert!(matches!(kind("{}"), MessageErrorKind::NotJson { .. }));
        assert!(matches!(kind("{\"X\":\"\",\"Y\":\"\"}"), MessageErrorKind::NotJson { .. }));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(text in "[\\[\\]{}:,\"a1\\\\ nul-]{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (read(text.as_bytes()), read(&bytes));
        }
    }
}
