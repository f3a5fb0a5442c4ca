//! One JSON object of a request, read member by member, so that each complaint names its place and repeats no value.

use std::collections::BTreeSet;

use reports::Text2;
use serde_json::{Map, Value};

use super::problem::Problem;

/// The members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

/// A name of the interface and what it stands for.
pub type Table<T> = [(&'static str, T)];

impl<'a> Fields<'a> {
    /// The object, which may have these members and no others.
    ///
    /// # Errors
    /// [`Problem`] when it is no object or has another member.
    pub fn of(value: &'a Value, known: &[&str]) -> Result<Self, Problem> {
        let members = value.as_object().ok_or_else(|| wrong("", "オブジェクト", "an object"))?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self(members)),
            Some(unknown) => Err(Problem::unprocessable(
                pointer(unknown),
                Text2::new(
                    format!("この項目はありません。使える項目: {}", known.join("、")),
                    format!("there is no such member; known are: {}", known.join(", ")),
                ),
            )),
        }
    }

    /// A member that may be absent; `null` counts as absent.
    pub fn optional(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn required(&self, name: &str) -> Result<&'a Value, Problem> {
        let missing = || Text2::new(format!("{name} が必要です。"), format!("{name} is needed"));
        self.optional(name).ok_or_else(|| Problem::unprocessable(pointer(name), missing()))
    }

    /// A text.
    ///
    /// # Errors
    /// [`Problem`] when it is absent or something else.
    pub fn text(&self, name: &str) -> Result<&'a str, Problem> {
        self.required(name)?.as_str().ok_or_else(|| wrong(&pointer(name), "文字列", "a text"))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// [`Problem`] when it is absent or something else.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        self.required(name)?
            .as_bool()
            .ok_or_else(|| wrong(&pointer(name), "true か false", "true or false"))
    }

    /// A list of texts, not more than `most`.
    ///
    /// # Errors
    /// [`Problem`] when it is absent, longer or something else.
    pub fn texts(&self, name: &str, most: usize) -> Result<Vec<&'a str>, Problem> {
        let place = pointer(name);
        let list = self.required(name)?.as_array().filter(|list| list.len() <= most);
        let list = list.ok_or_else(|| {
            wrong(&place, &format!("{most} 個までの配列"), &format!("a list of at most {most}"))
        })?;
        let text = |(index, item): (usize, &'a Value)| {
            item.as_str().ok_or_else(|| wrong(&format!("{place}/{index}"), "文字列", "a text"))
        };
        list.iter().enumerate().map(text).collect()
    }

    /// One of the names in a table.
    ///
    /// # Errors
    /// [`Problem`] when it is absent or another name.
    pub fn choice<T: Copy>(&self, name: &str, table: &Table<T>) -> Result<T, Problem> {
        chosen(&pointer(name), self.text(name)?, table)
    }

    /// Some of the names in a table.
    ///
    /// # Errors
    /// [`Problem`] when it is absent or holds another name.
    pub fn choices<T: Copy + Ord>(
        &self,
        name: &str,
        table: &Table<T>,
    ) -> Result<BTreeSet<T>, Problem> {
        let texts = self.texts(name, table.len())?;
        let place = |index| format!("{}/{index}", pointer(name));
        texts
            .into_iter()
            .enumerate()
            .map(|(index, text)| chosen(&place(index), text, table))
            .collect()
    }
}

/// The pointer of a member. Source: RFC 6901 §3.
pub fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What a name of a table stands for.
///
/// # Errors
/// [`Problem`] that lists the names.
pub fn chosen<T: Copy>(place: &str, text: &str, table: &Table<T>) -> Result<T, Problem> {
    let found = table.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        wrong(
            place,
            &format!("{} のいずれか", names.join("、")),
            &format!("one of {}", names.join(", ")),
        )
    })
}

/// Something other than what the place takes.
pub fn wrong(place: &str, ja: &str, en: &str) -> Problem {
    Problem::unprocessable(
        place,
        Text2::new(format!("{ja}でなければなりません。"), format!("this must be {en}")),
    )
}
