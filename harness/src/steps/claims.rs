//! The claim, in the new flow, in the old one and where the insurance is unclear; and what comes of it.

use cucumber::gherkin::Step;
use cucumber::{then, when};

use super::params::{Day, Differing, Name, Quoted, Requirements};
use crate::bench::{Bench, Knowing, StepError};
use crate::checks::outcome as look;
use crate::model::ClaimEnd;

#[when(expr = "{name}が{name}の{date}の診療を確認済みの資格で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the confirmed data")]
async fn confirmed(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_confirmed(&at, &who, &[day.0]).await
}

#[when(expr = "{name}が{name}の{date}と{date}の診療を確認済みの資格で請求する")]
#[when(expr = "{name} claims the visits of {name} on {date} and {date} on the confirmed data")]
async fn confirmed_twice(
    bench: &mut Bench,
    at: Name,
    who: Name,
    first: Day,
    second: Day,
) -> Result<(), StepError> {
    bench.claim_confirmed(&at, &who, &[first.0, second.0]).await
}

#[when(expr = "{name}が{name}の{date}の診療を見せられた保険証の番号で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the card that was shown")]
async fn as_shown(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_typed(&at, &who, &[day.0], None).await
}

#[when(expr = "{name}が{name}の{date}と{date}の診療を見せられた保険証の番号で請求する")]
#[when(expr = "{name} claims the visits of {name} on {date} and {date} on the card that was shown")]
async fn as_shown_twice(
    bench: &mut Bench,
    at: Name,
    who: Name,
    first: Day,
    second: Day,
) -> Result<(), StepError> {
    bench.claim_typed(&at, &who, &[first.0, second.0], None).await
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
    bench.claim_typed(&at, &who, &[day.0], Some(number.0)).await
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

#[when(expr = "{name}が{name}の{date}の診療を紙で再請求する")]
#[when(expr = "{name} repeats the claim for the visit of {name} on {date} on paper")]
async fn on_paper(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_on_paper(&at, &who, day.0).await
}

#[when(expr = "{name}が{name}の{date}の診療を後から判明した現在の資格で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on the insurance found out later")]
async fn on_current(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_unclear(&at, &who, day.0, Knowing::Current).await
}

#[when(expr = "{name}が{name}の{date}の診療を申立書と過去の資格で請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on a declaration and the old insurance")]
async fn on_old(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_unclear(&at, &who, day.0, Knowing::Old).await
}

#[when(expr = "{name}が{name}の{date}の診療を申立書だけで請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} on a declaration alone")]
async fn on_declaration(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_unclear(&at, &who, day.0, Knowing::Declared).await
}

#[when(expr = "{name}が{name}の{date}の診療を災害時の不詳として請求する")]
#[when(expr = "{name} claims the visit of {name} on {date} as unknown in a disaster")]
async fn in_disaster(bench: &mut Bench, at: Name, who: Name, day: Day) -> Result<(), StepError> {
    bench.claim_unclear(&at, &who, day.0, Knowing::Disaster).await
}

#[then(expr = "請求は受理される {requirements}")]
#[then(expr = "the claim is accepted {requirements}")]
fn accepted(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::Accepted)
}

#[then(expr = "請求は資格なしとして返戻される {requirements}")]
#[then(expr = "the claim is returned as not qualified {requirements}")]
fn not_qualified(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::ReturnedNotQualified)
}

#[then(expr = "請求は該当者なしとして返戻される {requirements}")]
#[then(expr = "the claim is returned as unknown {requirements}")]
fn unknown_person(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::ReturnedUnknown)
}

#[then(expr = "確認済みの資格がないため請求できない {requirements}")]
#[then(expr = "there is nothing confirmed to claim on {requirements}")]
fn nothing_confirmed(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::NothingConfirmed)
}

#[then(expr = "打ち込んだ{number_name}の違いが請求の前に知らされる {requirements}")]
#[then(expr = "before the claim the typed {number_name} is reported as different {requirements}")]
fn reported(
    bench: &mut Bench,
    differs: Differing,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::reported_numbers, &[differs.0].into())
}

#[then(expr = "打ち込んだ番号に違いは知らされない {requirements}")]
#[then(expr = "no typed number is reported as different {requirements}")]
fn none_reported(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::reported_numbers, &[].into())
}

#[then(expr = "請求は振替で支払われる {requirements}")]
#[then(expr = "the claim is transferred {requirements}")]
fn transferred(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::Transferred)
}

#[then(expr = "請求は分割して支払われる {requirements}")]
#[then(expr = "the claim is split {requirements}")]
fn split(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::Split)
}

#[then(expr = "紙の請求は受け付けられない {requirements}")]
#[then(expr = "the claim on paper is not taken {requirements}")]
fn not_records(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claim, &ClaimEnd::NotRecords)
}

#[then(expr = "請求の保険者番号は{quoted}である {requirements}")]
#[then(expr = "the claim names the insurer {quoted} {requirements}")]
fn one_insurer(
    bench: &mut Bench,
    insurer: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::insurers_claimed, &vec![insurer.0])
}

#[then(expr = "請求は保険者番号{quoted}と{quoted}に分けて作られる {requirements}")]
#[then(expr = "separate claims name the insurers {quoted} and {quoted} {requirements}")]
fn two_insurers(
    bench: &mut Bench,
    first: Quoted,
    second: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::insurers_claimed, &vec![first.0, second.0])
}

#[then(expr = "請求は{int}件ともすべて受理される {requirements}")]
#[then(expr = "all {int} claims are accepted {requirements}")]
fn all_accepted(
    bench: &mut Bench,
    count: usize,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::claims, &vec![ClaimEnd::Accepted; count])
}

#[then(
    expr = "返戻は従来の流れで{int}件中{int}件、新しい流れで{int}件中{int}件である {requirements}"
)]
fn returned_ja(
    bench: &mut Bench,
    old: usize,
    old_returned: usize,
    new: usize,
    new_returned: usize,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect_returned(step, &bears, [(old_returned, old), (new_returned, new)])
}

#[then(
    expr = "of {int} claims in the old flow {int} are returned, of {int} in the new flow {int} {requirements}"
)]
fn returned_en(
    bench: &mut Bench,
    old: usize,
    old_returned: usize,
    new: usize,
    new_returned: usize,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect_returned(step, &bears, [(old_returned, old), (new_returned, new)])
}
