//! One question to the person who operates a product: what to do, and what can be told of it. Bench profile.

use std::collections::BTreeMap;

use reports::model::Text2;
use serde::{Deserialize, Serialize};
use sim_reader::institution::protocol::Status;

use super::field::{Field, Kind};

/// What is asked. It holds what the order held, and so never a 12-digit number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prompt {
    /// What to do, and what to tell of it.
    pub task: Text2,
    /// The values to do it with.
    pub facts: Vec<Fact>,
    /// Many values of the same kinds, such as the charts on file.
    pub table: Option<Table>,
    /// What can be told.
    pub choices: Vec<Choice>,
}

/// One value with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Its name.
    pub name: Text2,
    /// The value: mostly data, and then the same in both languages.
    pub value: Text2,
}

/// Rows of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What stands in each column.
    pub heads: Vec<Text2>,
    /// The values.
    pub rows: Vec<Vec<String>>,
}

/// One thing that can be told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Its name in answers.
    pub key: &'static str,
    /// Its words.
    pub words: Text2,
    /// What has to be told with it.
    pub fields: Vec<Field>,
    /// What it means.
    #[serde(skip)]
    pub means: Means,
}

/// What a choice means for the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A reply of this status, with this code of the contract where the choice stands for one.
    Reply(Status, Option<&'static str>),
    /// The person made a mistake: the order is given once more.
    Again,
    /// The person ends the run.
    Stop,
}

/// What the person tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The choice, by its key.
    pub choice: String,
    /// What was told with it, by the fields' keys.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// What cannot be taken of an answer: it is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// The field, where it is one.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub words: Text2,
}

/// A text in both languages.
pub fn words(ja: impl Into<String>, en: impl Into<String>) -> Text2 {
    Text2::new(ja, en)
}

impl Prompt {
    /// A prompt with what can be told everywhere behind what can be told here.
    pub fn new(task: Text2, facts: Vec<Fact>, mut choices: Vec<Choice>) -> Self {
        choices.extend(everywhere());
        Self { task, facts, table: None, choices }
    }

    /// The same with rows of values.
    pub fn with_table(self, table: Table) -> Self {
        Self { table: Some(table), ..self }
    }

    /// The choice that an answer names.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn chosen(&self, answer: &Answer) -> Result<&Choice, Wrong> {
        let nobody = || Wrong {
            field: None,
            words: words("選択肢にありません", "this is none of the choices"),
        };
        let choice = self.choices.iter().find(|choice| choice.key == answer.choice);
        let choice = choice.ok_or_else(nobody)?;
        let fault = |field: &Field| {
            let told = answer.fields.get(field.key).map_or("", String::as_str);
            field.fault(told).map(|words| Wrong { field: Some(field.key), words })
        };
        choice.fields.iter().find_map(fault).map_or(Ok(choice), Err)
    }
}

impl Choice {
    /// A choice without fields.
    pub fn new(key: &'static str, ja: &str, en: &str, means: Means) -> Self {
        Self { key, words: words(ja, en), fields: Vec::new(), means }
    }

    /// The order was carried out.
    pub fn done(key: &'static str, ja: &str, en: &str) -> Self {
        Self::new(key, ja, en, Means::Reply(Status::Ok, None))
    }

    /// It could not be done, for a reason that the contract has a code for.
    pub fn failed(key: &'static str, ja: &str, en: &str) -> Self {
        Self::new(key, ja, en, Means::Reply(Status::Error, Some(key)))
    }

    /// The other side or a rule said no, by a code that the person reads off the screen.
    pub fn refused() -> Self {
        let choice = Self::new(
            "refused",
            "エラーコードとともに拒否された",
            "It was refused with a code",
            Means::Reply(Status::Rejected, None),
        );
        choice.with(vec![
            Field::needed("error_code", "画面のエラーコード", "The code on the screen", Kind::Text),
            Field::free("reason", "画面の言葉", "The words on the screen", Kind::Text),
        ])
    }

    /// The same with fields.
    pub fn with(self, fields: Vec<Field>) -> Self {
        Self { fields, ..self }
    }

    /// Whether it can be told everywhere, whatever is asked.
    pub fn is_common(&self) -> bool {
        COMMON.contains(&self.key)
    }
}

/// Keys of the choices that stand under every prompt.
const COMMON: [&str; 4] = ["unsupported", "error", "again", "stop"];

fn everywhere() -> [Choice; 4] {
    let reason = || Field::free("reason", "何が起きたか", "What happened", Kind::Text);
    let [unsupported, error, again, stop] = COMMON;
    [
        Choice::new(
            unsupported,
            "この製品にはこの機能がない",
            "The product does not do this",
            Means::Reply(Status::Unsupported, None),
        ),
        Choice::new(
            error,
            "できなかった（製品の不調など）",
            "It could not be done",
            Means::Reply(Status::Error, None),
        )
        .with(vec![reason()]),
        Choice::new(
            again,
            "操作を間違えたので、もう一度最初から",
            "I made a mistake, ask again",
            Means::Again,
        ),
        Choice::new(stop, "実行をここで終える", "End the run here", Means::Stop),
    ]
}

impl Fact {
    /// A value; `None` where there is none.
    pub fn new(ja: &str, en: &str, value: Option<impl ToString>) -> Option<Self> {
        let value = value?.to_string();
        Some(Self { name: words(ja, en), value: words(value.clone(), value) })
    }

    /// A value in words.
    pub fn said(ja: &str, en: &str, value: Text2) -> Option<Self> {
        Some(Self { name: words(ja, en), value })
    }
}
