//! A small, wary reader and writer of the interface's XML: elements and text, nothing else.
//!
//! Refused: document types, entities other than the five predefined ones, processing instructions, files over
//! [`MAX_BYTES`], nesting over [`MAX_DEPTH`]. Attributes and comments carry no meaning here and are skipped.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoding::{Encoding, EncodingError, decode_xml};

/// Largest accepted message in bytes (bench limit, like the public face file parser).
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest accepted nesting; the layouts need 9 levels.
pub const MAX_DEPTH: usize = 32;
/// Most elements in one message (bench limit).
pub const MAX_ELEMENTS: usize = 200_000;

/// One element with its text and children, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The element's name.
    pub name: String,
    /// The text of a leaf, exactly: pads and lead zeros are kept. Meaningless beside children.
    pub text: String,
    /// The children in the order of the file, which need not be the layout's.
    pub children: Vec<Element>,
}

/// Why bytes are not a message. `position` counts bytes of the decoded text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Not text in the declared encoding.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// Larger than [`MAX_BYTES`].
    #[error("the message has {0} bytes, more than {MAX_BYTES}")]
    TooLarge(usize),
    /// Nested deeper than [`MAX_DEPTH`] or more than [`MAX_ELEMENTS`] elements.
    #[error("more nesting or elements than the interface needs, at byte {position}")]
    TooDeep {
        /// Where the limit was passed.
        position: u64,
    },
    /// A document type, an unknown entity or a processing instruction.
    #[error("{what} is not accepted, at byte {position}")]
    Forbidden {
        /// The kind of construct.
        what: &'static str,
        /// Where it stands.
        position: u64,
    },
    /// Not well-formed, or cut off.
    #[error("not well-formed at byte {position}: {what}")]
    IllFormed {
        /// What the reader found.
        what: String,
        /// Where it stands.
        position: u64,
    },
    /// The root is not `XmlMsg`.
    #[error("the root element is {0:?}, not XmlMsg")]
    Root(String),
}

impl Element {
    /// A leaf.
    pub fn leaf(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into(), children: Vec::new() }
    }

    /// A group.
    pub fn group(name: &str, children: Vec<Element>) -> Self {
        Self { name: name.to_owned(), text: String::new(), children }
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The exact text of the first child of this name; empty or blank means missing (OQS-MSG-07).
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// Every element of this name at any depth, in the order of the file.
    pub fn descendants(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        self.collect(name, &mut found);
        found
    }

    fn collect<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.collect(name, found);
        }
    }

    /// The first text of an element of this name at any depth; blank means missing.
    pub fn anywhere(&self, name: &str) -> Option<&str> {
        let texts = self.descendants(name).into_iter().map(|found| found.text.as_str());
        texts.into_iter().find(|text| !text.trim().is_empty())
    }

    /// Sets the text of a leaf child, appending the child when it is missing.
    pub fn set(&mut self, name: &str, text: &str) {
        match self.children.iter_mut().find(|child| child.name == name) {
            Some(child) => text.clone_into(&mut child.text),
            None => self.children.push(Self::leaf(name, text)),
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        let pad = "  ".repeat(indent);
        if self.children.is_empty() {
            // A reader would turn a bare carriage return into a line feed.
            let text = quick_xml::escape::escape(self.text.as_str()).replace('\r', "&#13;");
            out.push_str(&format!("{pad}<{0}>{text}</{0}>\n", self.name));
            return;
        }
        out.push_str(&format!("{pad}<{}>\n", self.name));
        for child in &self.children {
            child.write(out, indent + 1);
        }
        out.push_str(&format!("{pad}</{}>\n", self.name));
    }
}

/// Reads one message and tells the encoding it came in.
///
/// # Errors
/// [`XmlError`] with the position of the first offence.
pub fn parse(bytes: &[u8]) -> Result<(Element, Encoding), XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge(bytes.len()));
    }
    let (text, encoding) = decode_xml(bytes)?;
    let root = parse_text(&text)?;
    if root.name == "XmlMsg" { Ok((root, encoding)) } else { Err(XmlError::Root(root.name)) }
}

/// Writes a message with its declaration in the encoding.
///
/// # Errors
/// [`EncodingError::Unmappable`] when a character has no place in the encoding.
pub fn write(root: &Element, encoding: Encoding) -> Result<Vec<u8>, EncodingError> {
    let label = encoding.label();
    let mut text = format!("<?xml version=\"1.0\" encoding=\"{label}\" standalone=\"no\"?>\n");
    root.write(&mut text, 0);
    encoding.encode(&text)
}

fn parse_text(text: &str) -> Result<Element, XmlError> {
    let mut reader = Reader::from_str(text);
    let mut tree = Tree::default();
    loop {
        let position = reader.buffer_position();
        let event = reader.read_event().map_err(|error| XmlError::IllFormed {
            what: error.to_string(),
            position: reader.error_position(),
        })?;
        match event {
            Event::Start(start) => tree.open(&start, position)?,
            Event::Empty(start) => {
                tree.open(&start, position)?;
                tree.close(position)?;
            }
            Event::End(_) => tree.close(position)?,
            Event::Text(text) => tree.text(&text.xml10_content(), position)?,
            Event::CData(text) => tree.text(&text.xml10_content(), position)?,
            Event::GeneralRef(reference) => {
                tree.text(resolve(&reference, position)?.encode_utf8(&mut [0; 4]), position)?;
            }
            Event::DocType(_) => {
                return Err(XmlError::Forbidden { what: "a document type", position });
            }
            Event::PI(_) => {
                return Err(XmlError::Forbidden { what: "a processing instruction", position });
            }
            Event::Comment(_) | Event::Decl(_) => {}
            Event::Eof => return tree.finish(position),
        }
    }
}

/// Only the five predefined entities and character references exist here.
fn resolve(reference: &BytesRef<'_>, position: u64) -> Result<char, XmlError> {
    let forbidden = || XmlError::Forbidden { what: "an entity", position };
    match reference.resolve_char_ref() {
        Ok(Some(character)) => return Ok(character),
        Ok(None) => {}
        Err(_) => return Err(forbidden()),
    }
    match reference.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(forbidden()),
    }
}

/// The elements still open, the outermost first, and the finished root.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    count: usize,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), XmlError> {
        self.count += 1;
        if self.open.len() >= MAX_DEPTH || self.count > MAX_ELEMENTS {
            return Err(XmlError::TooDeep { position });
        }
        if self.root.is_some() {
            return Err(ill_formed("a second root element", position));
        }
        let name = start.name();
        let name: &str = name.as_ref();
        self.open.push(Element::leaf(name, ""));
        Ok(())
    }

    fn close(&mut self, position: u64) -> Result<(), XmlError> {
        let mut done =
            self.open.pop().ok_or_else(|| ill_formed("an end without a start", position))?;
        if !done.children.is_empty() {
            done.text.clear();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, position: u64) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err(ill_formed("text outside the root element", position)),
        }
        Ok(())
    }

    fn finish(self, position: u64) -> Result<Element, XmlError> {
        match (self.open.is_empty(), self.root) {
            (true, Some(root)) => Ok(root),
            _ => Err(ill_formed("the end of the file inside the message", position)),
        }
    }
}

fn ill_formed(what: &str, position: u64) -> XmlError {
    XmlError::IllFormed { what: what.to_owned(), position }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(body: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg>{body}</XmlMsg>").into_bytes()
    }

    #[test]
    fn pads_are_kept_and_blank_is_missing() {
        let (root, _) =
            parse(&message("<InsurerNumber>  999999</InsurerNumber><A/><B> </B>")).unwrap();
        assert_eq!(root.text_of("InsurerNumber"), Some("  999999"));
        assert_eq!((root.text_of("A"), root.text_of("B"), root.text_of("C")), (None, None, None));
    }

    #[test]
    fn what_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        for (case, bytes) in [
            (
                "document type",
                b"<!DOCTYPE XmlMsg [<!ENTITY x \"y\">]><XmlMsg>&x;</XmlMsg>".to_vec(),
            ),
            ("entity", message("<a>&secret;</a>")),
            ("instruction", message("<?run me?>")),
            ("depth", message(&deep)),
            ("cut off", b"<XmlMsg><MessageHeader>".to_vec()),
            ("two roots", b"<XmlMsg/><XmlMsg/>".to_vec()),
            ("crossed ends", message("<a><b></a></b>")),
            ("nothing", Vec::new()),
            ("other root", b"<Message/>".to_vec()),
            ("size", vec![b' '; MAX_BYTES + 1]),
        ] {
            assert!(parse(&bytes).is_err(), "{case}");
        }
    }

    #[test]
    fn special_characters_survive_a_round_trip() {
        let root = Element::group("XmlMsg", vec![Element::leaf("Name", "A&B <架空> \"'")]);
        for encoding in [Encoding::Utf8, Encoding::ShiftJis] {
            assert_eq!(parse(&write(&root, encoding).unwrap()).unwrap().0, root);
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn near_messages_never_panic_and_are_read_as_written(
            body in "(<a>|</a>|<b/>|<c x='1'>|</c>|&#13;|&lt;|&#9;|\r\n|花|<!--|-->|[<>/&;a-c!\\[\\]?\\-= \"]){0,30}",
        ) {
            if let Ok((root, encoding)) = parse(&message(&body)) {
                prop_assert_eq!(parse(&write(&root, encoding).unwrap()).unwrap().0, root);
            }
        }

        #[test]
        fn any_text_is_read_back(text in "[^\\p{C}\\s]{1,40}") {
            let root = Element::group("XmlMsg", vec![Element::leaf("Name", text)]);
            let (back, _) = parse(&write(&root, Encoding::Utf8).unwrap()).unwrap();
            prop_assert_eq!(back.text_of("Name"), root.text_of("Name"));
        }
    }
}
