//! Somebody stands at a reader.

use cucumber::when;

use super::params::{Name, Quoted};
use crate::bench::{Bench, StepError};
use crate::model::{Event, Mode, Presented};

#[when(expr = "{name}が{name}で顔認証により受付する")]
#[when(expr = "{name} checks in at {name} by face")]
async fn by_face(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit(&who, &at, None, Mode::Face).await
}

#[when(expr = "{name}が{name}で暗証番号{quoted}により受付する")]
#[when(expr = "{name} checks in at {name} with the PIN {quoted}")]
async fn by_pin(bench: &mut Bench, who: Name, at: Name, entries: Quoted) -> Result<(), StepError> {
    bench.visit(&who, &at, None, pin_entries(&entries)).await
}

#[when(expr = "{name}が{name}で職員の目視により受付する")]
#[when(expr = "{name} checks in at {name} by the eyes of staff")]
async fn by_sight(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit(&who, &at, None, Mode::Visual(true)).await
}

#[when(expr = "{name}が{name}で職員に本人と認められない")]
#[when(expr = "{name} is not recognised by the staff of {name}")]
async fn not_recognised(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit(&who, &at, None, Mode::Visual(false)).await
}

#[when(expr = "{name}が{name}のカードを使って{name}で顔認証により受付する")]
#[when(expr = "{name} uses the card of {name} to check in at {name} by face")]
async fn with_anothers_card(
    bench: &mut Bench,
    who: Name,
    holder: Name,
    at: Name,
) -> Result<(), StepError> {
    bench.visit(&who, &at, Some(&holder), Mode::Face).await
}

#[when(expr = "{name}が{name}のカードを使って{name}で顔認証により{int}回受付する")]
#[when(expr = "{name} uses the card of {name} to check in at {name} by face {int} times")]
async fn again_and_again(
    bench: &mut Bench,
    who: Name,
    holder: Name,
    at: Name,
    times: u8,
) -> Result<(), StepError> {
    for _ in 0..times {
        bench.visit(&who, &at, Some(&holder), Mode::Face).await?;
    }
    Ok(())
}

#[when(expr = "{name}がカードを置かずに{name}で受付する")]
#[when(expr = "{name} checks in without a card at {name}")]
async fn without_card(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_presenting(&who, &at, Presented::Nothing).await
}

#[when(expr = "{name}が別のICカードを置いて{name}で受付する")]
#[when(expr = "{name} checks in with some other IC card at {name}")]
async fn with_foreign_card(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_presenting(&who, &at, Presented::ForeignCard).await
}

#[when(expr = "直前の受付の証明が{name}からもう一度送られる")]
#[when(expr = "the proof of the last visit is sent again from {name}")]
async fn replayed(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    bench.happen(Event::Replay { institution }).await
}

pub(super) fn pin_entries(entries: &Quoted) -> Mode {
    Mode::Pin(entries.0.split(',').map(|entry| entry.trim().to_owned()).collect())
}
