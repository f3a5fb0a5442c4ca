//! Tells a world and a story as a Gherkin scenario that stands by itself, ready to be pasted into `scenarios/`.
//!
//! People and institutions stand in it as YAML, happenings as steps of the vocabulary; read back, it is the very same world and
//! the very same story. No 12-digit number stands in it; PINs do, since it tells what is typed.

mod happenings;
mod visits;

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, offset};

use crate::model::{Event, World};
use crate::yaml;

use happenings::Telling;

/// Japanese time, in which everything is told.
const JAPAN: Offset = offset(9);

/// What no scenario can tell.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum Untold {
    #[error("the vocabulary has no words for {0}")]
    NoWords(&'static str),
    #[error("the data cannot be written: {0}")]
    Data(#[from] serde_yaml::Error),
}

/// A place in the outcome of the last event, and what must stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Must<'a> {
    /// JSON pointer. Source: RFC 6901.
    pub pointer: &'a str,
    /// JSON.
    pub value: &'a str,
}

/// What a scenario is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading<'a> {
    /// Its `@id:`.
    pub id: &'a str,
    /// Its name, `日本語 | English`.
    pub name: &'a str,
    /// Lines of comment before the feature.
    pub remarks: &'a [String],
}

/// A step with the data under it.
#[derive(Debug)]
struct Line {
    keyword: Keyword,
    text: String,
    data: Option<String>,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    Given,
    When,
    Then,
}

impl Keyword {
    fn word(self) -> &'static str {
        match self {
            Self::Given => "前提",
            Self::When => "もし",
            Self::Then => "ならば",
        }
    }
}

impl Line {
    fn given(text: String) -> Self {
        Self { keyword: Keyword::Given, text, data: None }
    }

    fn when(text: String) -> Self {
        Self { keyword: Keyword::When, text, data: None }
    }

    fn then(text: String) -> Self {
        Self { keyword: Keyword::Then, text, data: None }
    }

    fn with(self, data: String) -> Self {
        Self { data: Some(data), ..self }
    }
}

/// The feature, whole.
///
/// # Errors
/// [`Untold`].
pub fn feature(
    heading: &Heading<'_>,
    world: &World,
    story: &[Event],
    must: Option<&Must<'_>>,
) -> Result<String, Untold> {
    let mut lines = given(world)?;
    let mut telling = Telling::of(world);
    for event in story {
        lines.extend(telling.event(event)?);
    }
    lines.extend(must.map(then));
    Ok(written(heading, world.seed, &lines))
}

fn given(world: &World) -> Result<Vec<Line>, Untold> {
    let mut lines = vec![Line::given(format!("日時は{}である", moment(world.now)))];
    for (slug, person) in &world.people {
        let data = yaml::write_person(person)?;
        lines.push(Line::given(format!("「{slug}」は次の人である")).with(data));
    }
    for (code, institution) in &world.institutions {
        let data = yaml::write(institution, &[])?;
        lines.push(Line::given(format!("「{code}」は次の医療機関である")).with(data));
    }
    Ok(lines)
}

fn then(must: &Must<'_>) -> Line {
    // A word stands without the quotes of JSON, unless it could be taken for something else.
    let word: Option<String> = serde_json::from_str(must.value).ok();
    let is_plain = |word: &String| serde_json::from_str::<serde_json::Value>(word).is_err();
    let value = word.filter(is_plain).unwrap_or_else(|| must.value.to_owned());
    Line::then(format!("直前の結果の『{}』は『{value}』である", must.pointer))
}

fn written(heading: &Heading<'_>, seed: u64, lines: &[Line]) -> String {
    let mut out = "# language: ja\n".to_owned();
    heading.remarks.iter().for_each(|remark| push(&mut out, &format!("# {remark}")));
    push(&mut out, "機能: 引いた物語で見つかった反例 | Counterexamples from drawn stories\n");
    push(&mut out, &format!("  @id:{} @found @seed:{seed}", heading.id));
    push(&mut out, &format!("  シナリオ: {}", heading.name));
    let mut before = None;
    for line in lines {
        let again = before.replace(line.keyword) == Some(line.keyword);
        let word = if again { "かつ" } else { line.keyword.word() };
        push(&mut out, &format!("    {word} {}", line.text));
        if let Some(data) = &line.data {
            push(&mut out, "      \"\"\"");
            data.lines().for_each(|line| push(&mut out, &format!("      {line}")));
            push(&mut out, "      \"\"\"");
        }
    }
    out
}

fn push(out: &mut String, line: &str) {
    let _ = writeln!(out, "{line}"); // a String takes every write
}

fn moment(at: Timestamp) -> String {
    JAPAN.to_datetime(at).strftime("%Y年%-m月%-d日%-H時%-M分%-S秒").to_string()
}

fn calendar_day(day: Date) -> String {
    day.strftime("%Y年%-m月%-d日").to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};

    use proptest::prelude::*;

    use super::*;
    use crate::bench::read_back;
    use crate::catalogue::cases_of;
    use crate::properties::generate::story;
    use crate::seed::Seed;
    use crate::world::Workshop;

    fn workshop() -> &'static Arc<Workshop> {
        static WORKSHOP: OnceLock<Arc<Workshop>> = OnceLock::new();
        WORKSHOP.get_or_init(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
            Arc::new(Workshop::new(Seed(1), None).unwrap())
        })
    }

    fn told(world: &World, story: &[Event], must: Option<&Must<'_>>) -> String {
        let heading =
            Heading { id: "some", name: "反例 | One", remarks: &["引いた。".to_owned()] };
        feature(&heading, world, story, must).unwrap()
    }

    fn read(text: &str) -> (World, Vec<Event>) {
        let cases = cases_of("features/found/some.feature", text);
        let cases = cases.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(read_back(workshop(), &cases[0]));
        read.unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    proptest! {
        #[test]
        fn any_story_reads_back_as_the_very_same_world_and_story((world, story) in story()) {
            let text = told(&world, &story, None);
            let (read_world, read_story) = read(&text);
            prop_assert_eq!(read_world, world, "{}", text);
            prop_assert_eq!(read_story, story, "{}", text);
        }

        #[test]
        fn no_twelve_digit_number_is_told((world, story) in story()) {
            let text = told(&world, &story, None);
            for person in world.people.values() {
                prop_assert!(!text.contains(&person.individual_number));
            }
        }
    }

    #[test]
    fn what_no_draw_contains_reads_back_too() {
        use crate::model::{
            Change, DisasterMode, FeedRecord, InformationKind, InformationRequest, Occasion,
            PortalUse,
        };
        let (mut world, _) = drawn();
        let person = world.people.keys().next().unwrap().clone();
        let institution = world.institutions.keys().next().unwrap().clone();
        world.people.get_mut(&person).unwrap().reports =
            crate::catalogue::Catalogue::embedded().unwrap().personas["hanako"].reports.clone();
        let day = jiff::civil::date(2026, 4, 1);
        let prescription = world.people[&person].reports.prescriptions[0].clone();
        let feed = |id: &str, change| {
            let (record_id, person) = (id.to_owned(), person.clone());
            Event::Feed(FeedRecord { record_id, person, change })
        };
        let information = |kind, occasion| {
            let (institution, person) = (institution.clone(), person.clone());
            Event::Information(InformationRequest { institution, person, kind, occasion })
        };
        let story = vec![
            Event::Disaster(DisasterMode { prefecture: "13".to_owned(), from: day, to: day }),
            feed("R1", Change::Cancellation { requested: day }),
            feed("R2", Change::Prescription(prescription)),
            information(InformationKind::Drugs, Some(Occasion::HomeVisit)),
            information(InformationKind::Drugs, Some(Occasion::Online)),
            Event::Portal(PortalUse { person: person.clone(), pin: "1234".into(), register: true }),
            Event::Portal(PortalUse {
                person: person.clone(),
                pin: String::new(),
                register: false,
            }),
        ];
        assert_eq!(read(&told(&world, &story, None)), (world.clone(), story));
        let beyond = [information(InformationKind::HealthChecks, Some(Occasion::Online))];
        let heading = Heading { id: "some", name: "反例 | One", remarks: &[] };
        assert!(feature(&heading, &world, &beyond, None).is_err());
    }

    fn drawn() -> (World, Vec<Event>) {
        use proptest::strategy::ValueTree as _;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        story().new_tree(&mut runner).unwrap().current()
    }

    #[test]
    fn what_must_stand_at_a_place_is_told_plainly_where_it_cannot_be_mistaken() {
        for (value, told) in [
            ("\"completed\"", "『completed』"),
            ("\"1234\"", "『\"1234\"』"),
            ("\"null\"", "『\"null\"』"),
            ("null", "『null』"),
            ("3", "『3』"),
            ("{\"a\":1}", "『{\"a\":1}』"),
        ] {
            let line = then(&Must { pointer: "/visit/end", value });
            assert_eq!(line.text, format!("直前の結果の『/visit/end』は{told}である"));
        }
    }
}
