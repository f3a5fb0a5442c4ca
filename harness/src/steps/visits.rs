//! Somebody stands at a reader.

use cucumber::when;

use super::params::{Name, Quoted};
use crate::bench::{Bench, StepError};
use crate::model::{Event, Mode, Occasion, PhoneKind, Presented};

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

#[when(expr = "{name}が{name}でiPhoneにより受付する")]
#[when(expr = "{name} checks in at {name} with an iPhone")]
async fn by_iphone(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_with_phone(&who, &at, PhoneKind::Iphone, Mode::Face).await
}

#[when(expr = "{name}が{name}でAndroidと暗証番号{quoted}により受付する")]
#[when(expr = "{name} checks in at {name} with an Android phone and the PIN {quoted}")]
async fn by_android(
    bench: &mut Bench,
    who: Name,
    at: Name,
    entries: Quoted,
) -> Result<(), StepError> {
    bench.visit_with_phone(&who, &at, PhoneKind::Android, pin_entries(&entries)).await
}

#[when(expr = "{name}が自宅で{name}の訪問診療を暗証番号{quoted}により受ける")]
#[when(expr = "{name} is seen at home by {name} with the PIN {quoted}")]
async fn at_home_by_pin(
    bench: &mut Bench,
    who: Name,
    at: Name,
    entries: Quoted,
) -> Result<(), StepError> {
    bench.visit_outside(&who, &at, Occasion::HomeVisit, pin_entries(&entries)).await
}

#[when(expr = "{name}が自宅で{name}の訪問診療を職員の目視により受ける")]
#[when(expr = "{name} is seen at home by {name} by the eyes of staff")]
async fn at_home_by_sight(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_outside(&who, &at, Occasion::HomeVisit, Mode::Visual(true)).await
}

#[when(expr = "{name}が自宅で{name}の訪問診療を顔認証により受ける")]
#[when(expr = "{name} is seen at home by {name} by face")]
async fn at_home_by_face(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_outside(&who, &at, Occasion::HomeVisit, Mode::Face).await
}

#[when(expr = "{name}が{name}のオンライン診療を暗証番号{quoted}により受ける")]
#[when(expr = "{name} is seen online by {name} with the PIN {quoted}")]
async fn online_by_pin(
    bench: &mut Bench,
    who: Name,
    at: Name,
    entries: Quoted,
) -> Result<(), StepError> {
    bench.visit_outside(&who, &at, Occasion::Online, pin_entries(&entries)).await
}

#[when(expr = "{name}が{name}のオンライン診療を職員の目視により受ける")]
#[when(expr = "{name} is seen online by {name} by the eyes of staff")]
async fn online_by_sight(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.visit_outside(&who, &at, Occasion::Online, Mode::Visual(true)).await
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
