//! The rest of what a drawn story can contain: people and institutions of a scenario's own, and happenings with all their
//! particulars. The data are the model's, as YAML in the lines under the step.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::params::{Name, Quoted};
use super::ways::{Care, Shown, Way};
use crate::bench::{Bench, StepError};
use crate::model::Mode;

#[given(expr = "{name}は次の人である")]
#[given(expr = "{name} is this person")]
fn person(bench: &mut Bench, slug: Name, step: &Step) -> Result<(), StepError> {
    bench.tell_person(&slug, step)
}

#[given(expr = "{name}は次の医療機関である")]
#[given(expr = "{name} is this institution")]
fn institution(bench: &mut Bench, code: Name, step: &Step) -> Result<(), StepError> {
    bench.tell_institution(&code, step)
}

#[given(expr = "{name}は利用登録に応じる")]
#[given(expr = "{name} agrees to register")]
fn agrees(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.register = true;
    Ok(())
}

#[given(expr = "{name}は処方箋の形を選ばない")]
#[given(expr = "{name} chooses no form of prescription")]
fn no_form(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.prescription = None;
    Ok(())
}

#[given(expr = "{name}がうまくいかなければ職員が目視で否認する")]
#[given(expr = "staff would refuse {name} by sight next")]
fn then_refused(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.then.push(Mode::Visual(false));
    Ok(())
}

#[when(expr = "{name}が{name}で{shown}と{way}により{care}")]
async fn visit_ja(
    bench: &mut Bench,
    who: Name,
    at: Name,
    shown: Shown,
    way: Way,
    care: Care,
) -> Result<(), StepError> {
    bench.visit_in_full(&who, &at, shown.0, (way.0, care.0)).await
}

#[when(expr = "{name} {care} at {name} with {shown} by {way}")]
async fn visit_en(
    bench: &mut Bench,
    who: Name,
    care: Care,
    at: Name,
    shown: Shown,
    way: Way,
) -> Result<(), StepError> {
    bench.visit_in_full(&who, &at, shown.0, (way.0, care.0)).await
}

#[when(expr = "保険者が届出{quoted}で{name}の次の変更を届け出る")]
#[when(expr = "the insurer feeds by the record {quoted} this change of {name}")]
async fn feed(bench: &mut Bench, id: Quoted, who: Name, step: &Step) -> Result<(), StepError> {
    bench.feed_in_full(id.0, &who, step).await
}

#[when(expr = "{name}が次の番号で資格を照会する")]
#[when(expr = "{name} asks by these numbers")]
async fn query(bench: &mut Bench, at: Name, step: &Step) -> Result<(), StepError> {
    bench.query_in_full(&at, step).await
}

#[when(expr = "{name}が次の番号でカードなしに再照会する")]
#[when(expr = "{name} asks once more without the card by these numbers")]
async fn repeat(bench: &mut Bench, at: Name, step: &Step) -> Result<(), StepError> {
    bench.repeat_in_full(&at, step).await
}

#[when(expr = "{name}が次の四情報により照会する")]
#[when(expr = "{name} asks by what stands on this card")]
async fn by_name(bench: &mut Bench, at: Name, step: &Step) -> Result<(), StepError> {
    bench.by_name_in_full(&at, step).await
}

#[when(expr = "{name}が次の人々の資格を一括で照会する")]
#[when(expr = "{name} asks in bulk about these people")]
async fn query_many(bench: &mut Bench, at: Name, step: &Step) -> Result<(), StepError> {
    bench.query_many_in_full(&at, step).await
}

#[when(expr = "{name}が次の照会番号を登録する")]
#[when(expr = "{name} registers these reference numbers")]
async fn register(bench: &mut Bench, at: Name, step: &Step) -> Result<(), StepError> {
    bench.register_in_full(&at, step).await
}

#[when(expr = "カルテ{quoted}を開いたまま{name}のレセコンが結果を取り込む")]
#[when(expr = "with the chart {quoted} open the receipt computer of {name} takes in the results")]
async fn collect(bench: &mut Bench, chart: Quoted, at: Name) -> Result<(), StepError> {
    bench.collect_with(&at, chart.0).await
}

#[when(expr = "{name}が{name}について次の請求をする")]
#[when(expr = "{name} makes for {name} this claim")]
async fn claim(bench: &mut Bench, at: Name, who: Name, step: &Step) -> Result<(), StepError> {
    bench.claim_in_full(&at, &who, step).await
}

#[then(expr = "直前の結果の{quoted}は{quoted}である")]
#[then(expr = "the last outcome has at {quoted} the value {quoted}")]
fn at_place(
    bench: &mut Bench,
    pointer: Quoted,
    wanted: Quoted,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect_at(step, &pointer.0, &wanted.0)
}
