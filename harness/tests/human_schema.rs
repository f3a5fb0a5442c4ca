//! The schema of the questions says what is told and taken on the page, member by member.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod schema;

use std::collections::BTreeSet;

use harness::sut::human::{
    Answer, Answered, Choice, Desk, Fact, Field, Kind, NotTaken, Place, Prompt, Table, words,
};
use schema::Schema;
use serde_json::{Value, json};

fn prompt() -> Prompt {
    let kinds =
        [Kind::Text, Kind::Digit, Kind::Day, Kind::List, Kind::Numbers, Kind::YesNo, Kind::File];
    let fields = kinds.map(|kind| Field::needed("k", "項目", "Field", kind)).into();
    let facts = Fact::new("名", "Name", Some("値")).into_iter().collect();
    let table = Table { heads: vec![words("名", "Name")], rows: vec![vec!["値".into()]] };
    Prompt::new(words("何", "What"), facts, vec![Choice::done("done", "はい", "Yes").with(fields)])
        .with_table(table)
}

/// Every part of what is told, with the definition that it fits.
fn parts(desk: &Value) -> Vec<(&'static str, &Value)> {
    let prompt = &desk["prompt"];
    let choice = &prompt["choices"][0];
    let fields = choice["fields"].as_array().unwrap().iter().map(|field| ("field", field));
    let mut all = vec![
        ("desk", desk),
        ("place", &desk["place"]),
        ("prompt", prompt),
        ("fact", &prompt["facts"][0]),
        ("table", &prompt["table"]),
        ("choice", choice),
        ("text", &prompt["task"]),
    ];
    all.extend(fields);
    all
}

#[tokio::test]
async fn what_is_told_and_taken_fits_the_schema_and_nothing_else_does() {
    let (schema, desk) = (Schema::read("human.json"), Desk::default());
    let title = words("題", "Title");
    desk.scenario(Place { nth: 1, of: 2, id: "a/b".into(), title, step: "もし".into() });
    let asking = desk.clone();
    let asked = tokio::spawn(async move { asking.ask(prompt(), None).await });
    let mut view = desk.watch();
    let view = view.wait_for(|view| view.prompt.is_some()).await.unwrap().clone();
    let told = serde_json::to_value(&view).unwrap();
    let answer = |choice: &str| Answer { choice: choice.to_owned(), ..Answer::default() };
    let Err(NotTaken::Wrong(wrong)) = desk.answer(view.number, answer("done")) else { panic!() };
    let wrong = serde_json::to_value(wrong).unwrap();
    let answered = Answered { number: view.number, answer: answer("again") };
    let answered_ = serde_json::to_value(&answered).unwrap();
    let mut all = parts(&told);
    all.extend([("wrong", &wrong), ("answer", &answered_)]);
    for (name, part) in &all {
        schema.fits(name, part).unwrap_or_else(|why| panic!("{why}"));
        let known = schema.definition(name)["properties"].as_object().unwrap();
        let known: BTreeSet<_> = known.keys().collect();
        assert_eq!(part.as_object().unwrap().keys().collect::<BTreeSet<_>>(), known, "{name}");
        let mut more = (*part).clone();
        more["shoe_size"] = json!(26);
        assert!(schema.fits(name, &more).is_err(), "{name} with one more member");
    }
    let held: BTreeSet<String> = all.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(held, schema.names());
    assert_eq!(desk.answer(answered.number, answered.answer), Ok(()));
    assert_eq!(asked.await.unwrap().unwrap().choice, "again");
    for ended in
        [None, Some("by-person"), Some("input-ended"), Some("interrupted"), Some("finished")]
    {
        let over = json!({"number": 1, "place": told["place"], "prompt": null, "ended": ended});
        assert!(schema.fits("desk", &over).is_ok(), "{ended:?}");
    }
}
