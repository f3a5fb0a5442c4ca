//! A change of a message on its way: as data, and carried out on XML, JSON and claim records alike.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use sim_reader::terminal::xml::Element;

use super::plant::Secrets;

/// Where a message crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seam {
    /// Terminal to backend, XML.
    Backend,
    /// Reader to terminal, JSON.
    Reader,
    /// Insurer to backend, JSON.
    Feed,
    /// Receipt computer to review and payment agency: records, answered in JSON.
    Claim,
    /// Patient to portal, JSON.
    Portal,
    /// Files that the terminal puts into `res` and `face`, XML.
    Folder,
    /// The bench's orders to the receipt computer and its replies, JSON.
    Desk,
}

/// Who made the message: the one who asks, or the one who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The asker.
    Request,
    /// The other.
    Answer,
}

/// Which messages are changed, and how. Names are those of elements or members, at any depth; `Parent/Child` says where one is put
/// that may not be there yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Edit {
    /// Where.
    pub seam: Seam,
    /// Whose messages.
    pub way: Way,
    /// Beginning of the message family, file name, path or operation.
    #[serde(default)]
    pub of: String,
    /// Only messages in which each of these has this value.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// Only from the so-manieth such message on.
    #[serde(default = "first")]
    pub from: u32,
    /// New values; `$PIN`, `$NUMBER` and `$WAITING` stand for what a defect would leak or mix up.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// What is left out.
    #[serde(default)]
    pub drop: Vec<String>,
    /// Two values that change places.
    #[serde(default)]
    pub swap: Option<(String, String)>,
    /// Dates moved by so many days.
    #[serde(default)]
    pub shift: BTreeMap<String, i64>,
    /// Texts spoiled or written otherwise.
    #[serde(default)]
    pub rewrite: BTreeMap<String, Rewrite>,
    /// Groups or lists turned round.
    #[serde(default)]
    pub reverse: Vec<String>,
    /// Pieces of text replaced, in records.
    #[serde(default)]
    pub replace: BTreeMap<String, String>,
    /// The answer before is given again.
    #[serde(default)]
    pub again: bool,
    /// An HTTP status in place of the answer.
    #[serde(default)]
    pub fail: Option<u16>,
}

const fn first() -> u32 {
    1
}

/// How a text is spoiled, or written otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rewrite {
    /// Full-width letters, digits and spaces become half-width.
    HalfWidth,
    /// Half-width letters and digits become full-width.
    FullWidth,
    /// Zeros in front are lost.
    NoLeadZeros,
    /// Spaces of either width are lost.
    NoSpaces,
    /// Only the first three characters are kept.
    Cut,
    /// Kanji variants become the common ones.
    CommonKanji,
    /// What is not ASCII becomes a question mark.
    Question,
    /// Padded with spaces on the left to eight characters.
    Padded,
    /// The last two characters change places.
    LastTwoSwapped,
}

impl Rewrite {
    fn of(self, text: &str) -> String {
        match self {
            Self::HalfWidth => text.chars().map(narrow).collect(),
            Self::FullWidth => text.chars().map(wide).collect(),
            Self::NoLeadZeros => text.trim_start_matches('0').to_owned(),
            Self::NoSpaces => text.replace([' ', '　'], ""),
            Self::Cut => text.chars().take(3).collect(),
            Self::CommonKanji => text.replace('髙', "高").replace('﨑', "崎"),
            Self::Question => {
                text.chars().map(|one| if one.is_ascii() { one } else { '?' }).collect()
            }
            Self::Padded => format!("{text:>8}"),
            Self::LastTwoSwapped => {
                let mut all: Vec<char> = text.chars().collect();
                if let [.., before, last] = all.as_mut_slice() {
                    std::mem::swap(before, last);
                }
                all.into_iter().collect()
            }
        }
    }
}

fn narrow(one: char) -> char {
    match u32::from(one) {
        0x3000 => ' ',
        full @ 0xFF01..=0xFF5E => char::from_u32(full - 0xFEE0).unwrap_or(one),
        _ => one,
    }
}

fn wide(one: char) -> char {
    match u32::from(one) {
        half @ 0x21..=0x7E => char::from_u32(half + 0xFEE0).unwrap_or(one),
        _ => one,
    }
}

/// A message as a tree of named texts.
pub(super) trait Tree {
    /// Shows each text with its name.
    fn each(&mut self, visit: &mut dyn FnMut(&str, &mut String));
    /// Gives every group of this name a child of that name.
    fn put(&mut self, parent: &str, child: &str, text: &str);
    /// Takes out whatever has the name.
    fn remove(&mut self, name: &str);
    /// Turns round what the name holds.
    fn turn(&mut self, name: &str);
}

impl Tree for Element {
    fn each(&mut self, visit: &mut dyn FnMut(&str, &mut String)) {
        if self.children.is_empty() {
            visit(&self.name, &mut self.text);
        }
        self.children.iter_mut().for_each(|child| child.each(visit));
    }

    fn put(&mut self, parent: &str, child: &str, text: &str) {
        if self.name == parent {
            self.set(child, text);
        }
        self.children.iter_mut().for_each(|inner| inner.put(parent, child, text));
    }

    fn remove(&mut self, name: &str) {
        self.children.retain(|child| child.name != name);
        self.children.iter_mut().for_each(|child| child.remove(name));
    }

    fn turn(&mut self, name: &str) {
        if self.name == name {
            self.children.reverse();
        }
        self.children.iter_mut().for_each(|child| child.turn(name));
    }
}

impl Tree for Value {
    fn each(&mut self, visit: &mut dyn FnMut(&str, &mut String)) {
        fn leaf(name: &str, value: &mut Value, visit: &mut dyn FnMut(&str, &mut String)) {
            match value {
                Value::Object(_) => value.each(visit),
                Value::Array(items) if items.is_empty() => {}
                Value::Array(items) => items.iter_mut().for_each(|item| leaf(name, item, visit)),
                Value::String(text) => visit(name, text),
                Value::Null | Value::Bool(_) | Value::Number(_) => {
                    let mut text = value.to_string();
                    visit(name, &mut text);
                    *value = read(&text);
                }
            }
        }
        match self {
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| leaf(name, value, visit));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| item.each(visit)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// An empty parent is the whole message.
    fn put(&mut self, parent: &str, child: &str, text: &str) {
        fn into(value: &mut Value, child: &str, text: &str) {
            match value {
                Value::Object(members) => drop(members.insert(child.to_owned(), read(text))),
                Value::Array(items) => items.iter_mut().for_each(|item| into(item, child, text)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        if parent.is_empty() {
            return into(self, child, text);
        }
        for (name, inner) in inside(self) {
            if name.as_deref() == Some(parent) {
                into(inner, child, text);
            }
            inner.put(parent, child, text);
        }
    }

    fn remove(&mut self, name: &str) {
        if let Value::Object(members) = self {
            drop(members.remove(name));
        }
        inside(self).into_iter().for_each(|(_, inner)| inner.remove(name));
    }

    fn turn(&mut self, name: &str) {
        for (known, inner) in inside(self) {
            if let (Some(true), Value::Array(items)) =
                (known.map(|known| known == name), &mut *inner)
            {
                items.reverse();
            }
            inner.turn(name);
        }
    }
}

/// What a value holds, with names where it has them.
fn inside(value: &mut Value) -> Vec<(Option<String>, &mut Value)> {
    match value {
        Value::Object(members) => {
            members.iter_mut().map(|(name, inner)| (Some(name.clone()), inner)).collect()
        }
        Value::Array(items) => items.iter_mut().map(|item| (None, item)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// JSON where it reads as such, else a text.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

impl Edit {
    /// The same with secrets put in.
    pub(super) fn with(mut self, secrets: &Secrets) -> Self {
        for text in self.set.values_mut() {
            *text = text.replace("$PIN", &secrets.pin).replace("$NUMBER", &secrets.number);
        }
        self
    }

    /// Whether the message is one of those that are changed, but for [`Edit::from`].
    pub(super) fn fits<T: Tree>(&self, tree: &mut T) -> bool {
        self.when.iter().all(|(name, wanted)| {
            let mut found = false;
            tree.each(&mut |known, text| found |= known == name && text == wanted);
            found
        })
    }

    /// Changes a message.
    pub(super) fn apply<T: Tree>(&self, tree: &mut T) {
        for (name, text) in &self.set {
            match name.split_once('/') {
                Some((parent, child)) => tree.put(parent, child, text),
                None => change(tree, name, |old| text.clone_into(old)),
            }
        }
        self.drop.iter().for_each(|name| tree.remove(name));
        self.reverse.iter().for_each(|name| tree.turn(name));
        for (name, days) in &self.shift {
            change(tree, name, |old| *old = moved(old, *days));
        }
        for (name, rewrite) in &self.rewrite {
            change(tree, name, |old| *old = rewrite.of(old));
        }
        if let Some((one, other)) = &self.swap {
            let (first, second) = (value(tree, one), value(tree, other));
            change(tree, one, |old| second.clone_into(old));
            change(tree, other, |old| first.clone_into(old));
        }
    }

    /// Changes the text of a message that is no tree.
    pub(super) fn apply_to_text(&self, text: &str) -> String {
        self.replace.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }
}

fn change<T: Tree>(tree: &mut T, name: &str, mut new: impl FnMut(&mut String)) {
    tree.each(&mut |known, text| {
        if known == name {
            new(text);
        }
    });
}

fn value<T: Tree>(tree: &mut T, name: &str) -> String {
    let mut found = String::new();
    tree.each(&mut |known, text| {
        if known == name && found.is_empty() {
            text.clone_into(&mut found);
        }
    });
    found
}

/// A date of eight digits or with hyphens, moved.
fn moved(text: &str, days: i64) -> String {
    let form = if text.contains('-') { "%Y-%m-%d" } else { "%Y%m%d" };
    let Ok(day) = Date::strptime(form, text) else { return text.to_owned() };
    day.saturating_add(days.days()).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edit(yaml: &str) -> Edit {
        serde_yaml::from_str(&format!("{{seam: backend, way: answer, {yaml}}}")).unwrap()
    }

    #[test]
    fn each_change_of_a_json_message() {
        let message =
            json!({"a": "0012", "b": {"a": "x"}, "on": "2026-04-01", "list": [1, 2], "no": false});
        for (yaml, expected) in [
            (
                "set: {a: q}",
                json!({"a": "q", "b": {"a": "q"}, "on": "2026-04-01", "list": [1, 2], "no": false}),
            ),
            (
                "set: {b/c: 'true'}",
                json!({"a": "0012", "b": {"a": "x", "c": true}, "on": "2026-04-01", "list": [1, 2], "no": false}),
            ),
            ("set: {no: 'true'}, drop: [b, list, on, a]", json!({"no": true})),
            ("shift: {on: -1}, drop: [a, b, no, list]", json!({"on": "2026-03-31"})),
            ("rewrite: {a: no-lead-zeros}, drop: [b, no, list, on]", json!({"a": "12"})),
            ("reverse: [list], drop: [b, no, a, on]", json!({"list": [2, 1]})),
            ("swap: [a, on], drop: [b, no, list]", json!({"a": "2026-04-01", "on": "0012"})),
        ] {
            let mut changed = message.clone();
            edit(yaml).apply(&mut changed);
            assert_eq!(changed, expected, "{yaml}");
        }
    }

    #[test]
    fn an_xml_message_is_changed_and_only_when_it_fits() {
        let mut message = Element::group(
            "XmlMsg",
            vec![
                Element::leaf("Validity", "3"),
                Element::group("Record", vec![Element::leaf("Name", "架空　花子")]),
            ],
        );
        assert!(edit("when: {Validity: '3'}").fits(&mut message));
        assert!(!edit("when: {Validity: '1'}").fits(&mut message));
        edit("set: {Validity: '1', Record/Number: P-1}, rewrite: {Name: half-width}")
            .apply(&mut message);
        assert_eq!(message.anywhere("Validity"), Some("1"));
        assert_eq!(message.anywhere("Number"), Some("P-1"));
        assert_eq!(message.anywhere("Name"), Some("架空 花子"));
    }
}
