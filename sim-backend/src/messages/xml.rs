//! XML in and out as a plain tree, within limits and without document types.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoding::Encoding;
use super::error::{Fault, MessageErrorKind};

/// Largest message read, in bytes. Source: OQS messages, face file specifics.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting read, the root counted (bench profile).
pub const MAX_DEPTH: usize = 32;
/// Most elements read in one message (bench profile).
pub const MAX_ELEMENTS: usize = 100_000;
/// Most attributes read in one element (bench profile); no message has any. Each is compared with all before it.
pub const MAX_ATTRIBUTES: usize = 64;

/// One element: a value or a group of elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    pub name: Cow<'a, str>,
    pub text: String,
    pub children: Vec<Node<'a>>,
    /// Byte of the decoded text at which the element starts.
    pub offset: usize,
    /// What kind of element it is, where that is known: XML does not tell, writers and JSON do.
    pub form: Form,
    /// Whether more of the same name may stand beside it.
    pub many: bool,
}

/// Kinds of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A text.
    Value,
    /// Elements of different names.
    Group,
    /// Any number of one element.
    List,
    /// An array of JSON: its children have its own name and stand for it.
    Array,
}

impl<'a> Node<'a> {
    /// A group, or an empty element.
    pub fn group(name: impl Into<Cow<'a, str>>, children: Vec<Self>) -> Self {
        Self {
            name: name.into(),
            text: String::new(),
            children,
            offset: 0,
            form: Form::Group,
            many: false,
        }
    }

    /// A list of one element.
    pub fn list(name: impl Into<Cow<'a, str>>, children: Vec<Self>) -> Self {
        Self { form: Form::List, ..Self::group(name, children) }
    }

    /// An element with a value.
    pub fn value(name: impl Into<Cow<'a, str>>, text: impl Into<String>) -> Self {
        Self { text: text.into(), form: Form::Value, ..Self::group(name, Vec::new()) }
    }

    /// The element as one of several.
    #[must_use]
    pub fn repeated(self) -> Self {
        Self { many: true, ..self }
    }

    /// Whether nothing is said anywhere below: the same as an absent element (OQS-MSG-07).
    pub fn is_blank(&self) -> bool {
        is_space(&self.text) && self.children.iter().all(Node::is_blank)
    }

    /// The children of a name that say something.
    pub fn named<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name && !child.is_blank())
    }

    /// The elements of a name that say something, one by one even where they came in an array, also when the list itself did.
    pub fn every<'n>(&'n self, name: &'n str) -> Vec<&'n Self> {
        let places: Vec<&Self> = match self.form {
            Form::Array => self.children.iter().collect(),
            Form::Value | Form::Group | Form::List => vec![self],
        };
        let found = places.into_iter().flat_map(|place| place.named(name));
        let singly = found.flat_map(|node| match node.form {
            Form::Array => node.children.iter().collect::<Vec<_>>(),
            Form::Value | Form::Group | Form::List => vec![node],
        });
        singly.filter(|node| !node.is_blank()).collect()
    }
}

/// XML white space, and only that: U+3000 is text.
pub(crate) fn is_space(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether a character may stand in an XML 1.0 document. Source: XML 1.0 (5th ed.) §2.2.
pub(crate) fn is_xml_char(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Reads one document.
pub(crate) fn read(text: &str) -> Result<Node<'_>, Fault> {
    if let Some((offset, bad)) = text.char_indices().find(|(_, c)| !is_xml_char(*c)) {
        return Err(Fault::at(illegal(bad), offset));
    }
    let mut reader = Reader::from_str(text);
    let mut tree = Builder::default();
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Eof) => return tree.finish(offset),
            Ok(event) => tree.take(event, offset)?,
            Err(error) => {
                let place = usize::try_from(reader.error_position()).unwrap_or(offset);
                return Err(Fault::at(not_well_formed(error.to_string()), place));
            }
        }
    }
}

#[derive(Default)]
struct Builder<'a> {
    open: Vec<Node<'a>>,
    root: Option<Node<'a>>,
    elements: usize,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, offset: usize) -> Result<(), Fault> {
        match event {
            Event::Start(start) => self.start(&start, offset),
            Event::Empty(start) => {
                self.start(&start, offset)?;
                self.end(offset)
            }
            Event::End(_) => self.end(offset),
            Event::Text(text) => self.text(&text.xml10_content(), offset),
            Event::CData(text) => self.cdata(&text.xml10_content(), offset),
            Event::GeneralRef(reference) => {
                let character = resolve(&reference, offset)?;
                self.cdata(character.encode_utf8(&mut [0; 4]), offset)
            }
            Event::DocType(_) => Err(Fault::at(MessageErrorKind::DocumentType, offset)),
            Event::Decl(_) if offset > 0 => {
                Err(Fault::at(not_well_formed("the declaration is not at the start"), offset))
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'a>, offset: usize) -> Result<(), Fault> {
        if self.root.is_some() {
            return Err(Fault::at(not_well_formed("a second root element"), offset));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::at(MessageErrorKind::TooDeep { limit: MAX_DEPTH }, offset));
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            let kind = MessageErrorKind::TooManyElements { limit: MAX_ELEMENTS };
            return Err(Fault::at(kind, offset));
        }
        if start.attributes().with_checks(false).nth(MAX_ATTRIBUTES).is_some() {
            let kind = MessageErrorKind::TooManyAttributes { limit: MAX_ATTRIBUTES };
            return Err(Fault::at(kind, offset));
        }
        for attribute in start.attributes() {
            attribute.map_err(|e| Fault::at(not_well_formed(e.to_string()), offset))?;
        }
        let name = start.name().into_inner().to_owned();
        if name.is_empty() || name.contains(['<', '&', '\'', '"', '=']) {
            return Err(Fault::at(not_well_formed("an element has no proper name"), offset));
        }
        let mut node = Node::group(name, Vec::new());
        node.offset = offset;
        self.open.push(node);
        Ok(())
    }

    fn end(&mut self, offset: usize) -> Result<(), Fault> {
        let unmatched = || Fault::at(not_well_formed("an end tag without its start"), offset);
        let node = self.open.pop().ok_or_else(unmatched)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), Fault> {
        if self.open.is_empty() && is_space(text) { Ok(()) } else { self.cdata(text, offset) }
    }

    fn cdata(&mut self, text: &str, offset: usize) -> Result<(), Fault> {
        let outside = || Fault::at(not_well_formed("text outside the root element"), offset);
        self.open.last_mut().ok_or_else(outside)?.text.push_str(text);
        Ok(())
    }

    fn finish(self, offset: usize) -> Result<Node<'a>, Fault> {
        match (self.open.last(), self.root) {
            (None, Some(root)) => Ok(root),
            (Some(open), _) => {
                Err(Fault::at(not_well_formed(format!("{} is never closed", open.name)), offset))
            }
            (None, None) => Err(Fault::at(not_well_formed("there is no root element"), offset)),
        }
    }
}

fn resolve(reference: &BytesRef<'_>, offset: usize) -> Result<char, Fault> {
    let name: &str = reference;
    let numeric = reference
        .resolve_char_ref()
        .map_err(|error| Fault::at(not_well_formed(error.to_string()), offset))?;
    match (numeric, name) {
        (Some(character), _) if is_xml_char(character) => Ok(character),
        (Some(character), _) => Err(Fault::at(illegal(character), offset)),
        (None, "lt") => Ok('<'),
        (None, "gt") => Ok('>'),
        (None, "amp") => Ok('&'),
        (None, "apos") => Ok('\''),
        (None, "quot") => Ok('"'),
        (None, _) => Err(Fault::at(MessageErrorKind::Entity { name: name.to_owned() }, offset)),
    }
}

fn not_well_formed(what: impl Into<String>) -> MessageErrorKind {
    MessageErrorKind::NotWellFormed { what: what.into() }
}

fn illegal(character: char) -> MessageErrorKind {
    MessageErrorKind::IllegalCharacter { code: u32::from(character) }
}

/// Writes one document: declaration, then two spaces a level and a line an element.
pub(crate) fn write(root: &Node<'_>, encoding: Encoding) -> String {
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"{}\" standalone=\"no\"?>\n", encoding.label());
    write_node(root, 0, &mut out);
    out
}

fn write_node(node: &Node<'_>, depth: usize, out: &mut String) {
    let Node { name, text, children, .. } = node;
    match (children.as_slice(), text.as_str()) {
        ([], "") => line(out, depth, &["<", name, "/>"]),
        ([], text) => line(out, depth, &["<", name, ">", &partial_escape(text), "</", name, ">"]),
        (children, _) => {
            line(out, depth, &["<", name, ">"]);
            children.iter().for_each(|child| write_node(child, depth + 1, out));
            line(out, depth, &["</", name, ">"]);
        }
    }
}

fn line(out: &mut String, depth: usize, parts: &[&str]) {
    (0..depth).for_each(|_| out.push_str("  "));
    parts.iter().for_each(|part| out.push_str(part));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(text: &str) -> MessageErrorKind {
        read(text).unwrap_err().kind
    }

    #[test]
    fn values_come_back_with_references_resolved() {
        let tree = read("<a><b>1 &lt; 2 &#x67B6;&#31354;<![CDATA[<&]]></b><c/></a>").unwrap();
        assert_eq!(tree.children[0].text, "1 < 2 架空<&");
        assert!(tree.children[1].is_blank());
    }

    #[test]
    fn document_types_and_entities_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xx\">]><a>&x;</a>";
        assert_eq!(kind(bomb), MessageErrorKind::DocumentType);
        assert_eq!(kind("<a>&x;</a>"), MessageErrorKind::Entity { name: "x".to_owned() });
        assert_eq!(kind("<a>&#1;</a>"), MessageErrorKind::IllegalCharacter { code: 1 });
        assert_eq!(kind("<a>\u{FFFF}</a>"), MessageErrorKind::IllegalCharacter { code: 0xFFFF });
    }

    #[test]
    fn depth_ends_at_the_limit() {
        let nested = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(kind(&nested(MAX_DEPTH + 1)), MessageErrorKind::TooDeep { limit: MAX_DEPTH });
    }

    #[test]
    fn element_count_ends_at_the_limit() {
        let wide = |n: usize| format!("<a>{}</a>", "<b/>".repeat(n));
        assert!(read(&wide(MAX_ELEMENTS - 1)).is_ok());
        let limit = MAX_ELEMENTS;
        assert_eq!(kind(&wide(limit)), MessageErrorKind::TooManyElements { limit });
    }

    #[test]
    fn attribute_count_ends_at_the_limit() {
        let many = |count: usize| {
            let attributes: String = (0..count).map(|n| format!(" a{n}='1'")).collect();
            format!("<XmlMsg{attributes}/>")
        };
        let limit = MAX_ATTRIBUTES;
        assert!(read(&many(limit)).is_ok());
        assert_eq!(kind(&many(limit + 1)), MessageErrorKind::TooManyAttributes { limit });
        assert_eq!(kind(&many(80_000)), MessageErrorKind::TooManyAttributes { limit });
        assert!(read("<XmlMsg a='1' a='2'/>").is_err());
    }

    #[test]
    fn broken_documents_are_refused_with_a_place() {
        for (text, offset) in [
            ("", 0),
            ("<a>", 3),
            ("<a></b>", 3),
            ("<a/><b/>", 4),
            ("x<a/>", 0),
            ("<a/>x", 4),
            ("<a/>&lt;", 4),
            (" <?xml version=\"1.0\"?><a/>", 1),
            ("<a b=1/>", 0),
            ("<a b='1' b='2'/>", 0),
            ("<a>&lt</a>", 3),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault.offset, Some(offset), "{text}: {:?}", fault.kind);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[<>/a&;#x!\\[\\]'\"= \\n?-]{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn values_survive_writing_and_reading(text in "[^\u{0}-\u{1F}\u{FFFE}\u{FFFF}]{0,40}") {
            let tree = Node::group("a", vec![Node::value("b", text)]);
            let document = write(&tree, Encoding::Utf8);
            prop_assert_eq!(&read(&document).unwrap().children[0].text, &tree.children[0].text);
        }
    }
}
