//! The patient at home, at the portal, and what the portal shows.

use cucumber::gherkin::Step;
use cucumber::{then, when};

use super::params::{Listed, Name, PortalEnding, Quoted, Requirements, Validity};
use crate::bench::{Bench, StepError};
use crate::checks::outcome as look;

#[when(expr = "{name}が暗証番号{quoted}でポータルにログインする")]
#[when(expr = "{name} logs in at the portal with the PIN {quoted}")]
async fn log_in(bench: &mut Bench, who: Name, pin: Quoted) -> Result<(), StepError> {
    bench.at_portal(&who, pin.0, false).await
}

#[when(expr = "{name}が暗証番号{quoted}でポータルにログインして利用登録する")]
#[when(expr = "{name} logs in at the portal with the PIN {quoted} and registers the card")]
async fn register(bench: &mut Bench, who: Name, pin: Quoted) -> Result<(), StepError> {
    bench.at_portal(&who, pin.0, true).await
}

#[when(expr = "{name}がポータルの資格画面をカードとともに{name}に示す")]
#[when(expr = "{name} shows the portal's screen with the card at {name}")]
async fn show(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    bench.show_screen(&who, &at).await
}

#[when(expr = "{name}が{name}に薬{quoted}の電子処方箋を出す")]
#[when(expr = "{name} prescribes to {name} the drug {quoted} electronically")]
async fn prescribe(bench: &mut Bench, at: Name, who: Name, drug: Quoted) -> Result<(), StepError> {
    bench.prescribe(&at, &who, drug.0, None).await
}

#[when(expr = "{name}が{name}に出した薬{quoted}の電子処方箋を{name}が調剤する")]
#[when(expr = "what {name} prescribed to {name}, the drug {quoted}, is dispensed at {name}")]
async fn dispense(
    bench: &mut Bench,
    at: Name,
    who: Name,
    drug: Quoted,
    pharmacy: Name,
) -> Result<(), StepError> {
    bench.prescribe(&at, &who, drug.0, Some(&pharmacy)).await
}

#[then(expr = "ポータルの利用は{portal_ending}で終わる {requirements}")]
#[then(expr = "the use of the portal ends with {portal_ending} {requirements}")]
fn ends(
    bench: &mut Bench,
    end: PortalEnding,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_end, &end.0)
}

#[then(expr = "カードの暗証番号の残りは{int}回である {requirements}")]
#[then(expr = "the card has {int} PIN tries left {requirements}")]
fn tries(bench: &mut Bench, left: u8, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_tries_left, &Some(left))
}

#[then(expr = "ポータルの{listed}に{quoted}がある {requirements}")]
#[then(expr = "the portal lists under {listed} {quoted} {requirements}")]
fn shown(
    bench: &mut Bench,
    list: Listed,
    what: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_lists(list.0, &what.0), &true)
}

#[then(expr = "ポータルの{listed}に{quoted}はない {requirements}")]
#[then(expr = "the portal does not list under {listed} {quoted} {requirements}")]
fn not_shown(
    bench: &mut Bench,
    list: Listed,
    what: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_lists(list.0, &what.0), &false)
}

#[then(expr = "ポータルの画面は資格を{validity}と示す {requirements}")]
#[then(expr = "the portal's screen shows the qualification as {validity} {requirements}")]
fn screen(
    bench: &mut Bench,
    validity: Validity,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_validity, &Some(validity.0))
}

#[then(expr = "{int}年の医療費のファイルの支払額の合計は{int}円である {requirements}")]
#[then(expr = "the cost file of {int} sums up to {int} yen paid {requirements}")]
fn paid(
    bench: &mut Bench,
    year: i16,
    sum: u64,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::portal_paid(year), &Some(sum))
}
