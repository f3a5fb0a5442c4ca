//! The claim, in the new flow and in the old one.

use cucumber::when;

use super::params::{Day, Name, Quoted};
use crate::bench::{Bench, StepError};

#[when(expr = "{name}が{name}の{date}の診療を確認済みの資格で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the confirmed data")]
async fn confirmed(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_confirmed(&at, &who, day.0).await
}

#[when(expr = "{name}が{name}の{date}の診療を見せられた保険証の番号で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the card that was shown")]
async fn as_shown(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_typed(&at, &who, day.0, None).await
}

#[when(expr = "{name}が{name}の{date}の診療を番号{quoted}と打ち間違えて請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} with the number mistyped as {quoted}")]
async fn mistyped(
    bench: &mut Bench,
    at: Name,
    who: Name,
    day: Day,
    number: Quoted,
) -> Result<(), StepError> {
    bench.claim_typed(&at, &who, day.0, Some(number.0)).await
}

#[when(expr = "{name}が{name}の{date}の診療を{name}の保険証の番号で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the card of {name}")]
async fn on_anothers_card(
    bench: &mut Bench,
    at: Name,
    who: Name,
    day: Day,
    holder: Name,
) -> Result<(), StepError> {
    bench.claim_on_card_of(&at, &who, day.0, &holder).await
}
