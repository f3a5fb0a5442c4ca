//! Questions about many at once, reference numbers, and health checks.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::params::{Changed, Name, Names, Quoted, Requirements, Validity};
use crate::bench::{AskingMany, Bench, StepError};
use crate::checks::many as look;
use crate::checks::outcome;
use crate::model::{AnswerTrouble, InformationKind, InformationOutcome};

// ---- bulk queries --------------------------------------------------------------------------------------------------

#[when(expr = "{name}が{names}の資格を一括で照会する")]
#[when(expr = "{name} asks about {names} in bulk")]
async fn in_bulk(bench: &mut Bench, at: Name, whom: Names) -> Result<(), StepError> {
    bench.query_many(&at, &whom, AskingMany::default()).await
}

#[when(expr = "{name}が{names}の資格を、{name}の番号を欠いたまま一括で照会する")]
#[when(expr = "{name} asks about {names} in bulk, without the number of {name}")]
async fn with_a_blank(
    bench: &mut Bench,
    at: Name,
    whom: Names,
    blank: Name,
) -> Result<(), StepError> {
    let asking = AskingMany { blank: Some(blank), ..AskingMany::default() };
    bench.query_many(&at, &whom, asking).await
}

#[when(expr = "{name}が{names}の資格を、限度額区分{quoted}からの変更の有無とともに一括で照会する")]
#[when(expr = "{name} asks about {names} in bulk, and whether the limit class {quoted} changed")]
async fn with_a_limit(
    bench: &mut Bench,
    at: Name,
    whom: Names,
    flag: Quoted,
) -> Result<(), StepError> {
    let asking = AskingMany { known_limit: Some(flag.0), ..AskingMany::default() };
    bench.query_many(&at, &whom, asking).await
}

#[given(expr = "一括照会の結果は照会と逆の順で届く")]
#[given(expr = "the bulk result comes in the opposite order")]
fn reversed(bench: &mut Bench) {
    bench.spoil_bulk_result(AnswerTrouble::UnitsReversed);
}

#[given(expr = "一括照会の結果は別の受付番号で届く")]
#[given(expr = "the bulk result bears another reception number")]
fn other_reception(bench: &mut Bench) {
    bench.spoil_bulk_result(AnswerTrouble::OtherReceptionNumber);
}

#[given(expr = "一括照会の結果はすべて照会番号{quoted}で届く")]
#[given(expr = "everything in the bulk result bears the reference number {quoted}")]
fn other_reference(bench: &mut Bench, number: Quoted) {
    bench.spoil_bulk_result(AnswerTrouble::OtherReferenceNumber(number.0));
}

#[when(expr = "{name}が一括照会の結果を受付番号で求める")]
#[when(expr = "{name} asks for the bulk result by its reception number")]
async fn fetch(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    bench.fetch_bulk_result(&at).await
}

#[then(expr = "一括照会はまず受付番号で答えられる {requirements}")]
#[then(expr = "the bulk query is first answered by a reception number {requirements}")]
fn received_first(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::received_first, &true)
}

#[then(expr = "一括照会の結果は処理中の間くり返し求められ、取り込まれる {requirements}")]
#[then(expr = "the bulk result is asked for again while in process, and taken in {requirements}")]
fn asked_again(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::in_process_first, &true)
}

#[then(expr = "一括照会の結果の件数は正常{int}件、エラー{int}件である {requirements}")]
#[then(expr = "the bulk result counts {int} normal and {int} errors {requirements}")]
fn counts(
    bench: &mut Bench,
    normal: u32,
    errors: u32,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::counts, &Some((normal, errors)))
}

#[then(expr = "一括照会で{name}の資格は{validity}と回答される {requirements}")]
#[then(expr = "in bulk {name} is answered as {validity} {requirements}")]
fn validity(
    bench: &mut Bench,
    who: Name,
    wanted: Validity,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::validity(&person), &Some(wanted.0))
}

#[then(expr = "一括照会で{name}の氏名は{quoted}と回答される {requirements}")]
#[then(expr = "in bulk {name} is answered with the name {quoted} {requirements}")]
fn named(
    bench: &mut Bench,
    who: Name,
    name: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::name(&person), &Some(name.0))
}

#[then(expr = "一括照会で{name}の照会だけはエラーになる {requirements}")]
#[then(expr = "in bulk the entry of {name} is refused {requirements}")]
fn refused(
    bench: &mut Bench,
    who: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::refused(&person), &true)
}

#[then(expr = "一括照会で{name}の限度額は{changed} {requirements}")]
#[then(expr = "in bulk the limit of {name} is {changed} {requirements}")]
fn changed(
    bench: &mut Bench,
    who: Name,
    wanted: Changed,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::limit_changed(&person), &Some(wanted.0))
}

#[then(expr = "一括照会では限度額区分も同意も回答されない {requirements}")]
#[then(expr = "in bulk neither a limit class nor a consent is answered {requirements}")]
fn nothing_disclosed(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::discloses_more, &false)
}

#[then(expr = "一括照会で{name}の照会番号は{quoted}である {requirements}")]
#[then(expr = "in bulk the reference number of {name} is {quoted} {requirements}")]
fn bulk_reference(
    bench: &mut Bench,
    who: Name,
    number: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::reference_number(&person), &Some(number.0))
}

#[then(expr = "一括照会で{name}の照会番号は回答されない {requirements}")]
#[then(expr = "in bulk no reference number of {name} is answered {requirements}")]
fn no_bulk_reference(
    bench: &mut Bench,
    who: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::reference_number(&person), &None)
}

#[then(expr = "一括照会の結果は取り込まれない {requirements}")]
#[then(expr = "the bulk result is not taken in {requirements}")]
fn not_taken_in(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::alarm, &true)
}

#[then(expr = "一括照会で{name}の回答は照会番号の不一致により取り込まれない {requirements}")]
#[then(
    expr = "in bulk the answer about {name} is not taken in, its reference number being another {requirements}"
)]
fn mismatch(
    bench: &mut Bench,
    who: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::mismatch(&person), &true)
}

#[then(expr = "一括照会の結果は渡される {requirements}")]
#[then(expr = "the bulk result is given {requirements}")]
fn given_again(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::fetched, &true)
}

#[then(expr = "一括照会の結果は渡されない {requirements}")]
#[then(expr = "the bulk result is not given {requirements}")]
fn not_given(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::fetched, &false)
}

// ---- reference numbers ---------------------------------------------------------------------------------------------

#[when(expr = "{name}が{name}に照会番号{quoted}を登録する")]
#[when(expr = "{name} registers for {name} the reference number {quoted}")]
async fn register(bench: &mut Bench, at: Name, who: Name, number: Quoted) -> Result<(), StepError> {
    bench.register_numbers(&at, false, &[(Some(&who), &number.0)]).await
}

#[when(expr = "{name}が{name}に照会番号{quoted}を、{name}に照会番号{quoted}を一括で登録する")]
#[when(
    expr = "{name} registers in bulk for {name} the reference number {quoted}, for {name} {quoted}"
)]
async fn register_two(
    bench: &mut Bench,
    at: Name,
    one: Name,
    first: Quoted,
    other: Name,
    second: Quoted,
) -> Result<(), StepError> {
    let numbers = [(Some(&one), first.0.as_str()), (Some(&other), second.0.as_str())];
    bench.register_numbers(&at, true, &numbers).await
}

#[when(
    expr = "{name}が{name}に照会番号{quoted}を、該当者のない番号に照会番号{quoted}を一括で登録する"
)]
#[when(
    expr = "{name} registers in bulk for {name} the reference number {quoted}, for nobody's numbers {quoted}"
)]
async fn register_stray(
    bench: &mut Bench,
    at: Name,
    one: Name,
    first: Quoted,
    second: Quoted,
) -> Result<(), StepError> {
    let numbers = [(Some(&one), first.0.as_str()), (None, second.0.as_str())];
    bench.register_numbers(&at, true, &numbers).await
}

#[when(expr = "{name}が{name}の資格を番号の代わりに照会番号{quoted}で照会する")]
#[when(expr = "{name} asks for {name} by the reference number {quoted} in the place of the number")]
async fn by_reference(
    bench: &mut Bench,
    at: Name,
    who: Name,
    number: Quoted,
) -> Result<(), StepError> {
    bench.query_by_reference(&at, &who, number.0).await
}

#[then(expr = "照会番号は登録される {requirements}")]
#[then(expr = "the reference number is registered {requirements}")]
fn registered(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::registrations, &Some((1, 0)))
}

#[then(expr = "照会番号は登録されない {requirements}")]
#[then(expr = "the reference number is not registered {requirements}")]
fn not_registered(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::registrations, &Some((0, 1)))
}

#[then(expr = "照会番号は{int}件登録され、{int}件登録されない {requirements}")]
#[then(expr = "{int} reference numbers are registered and {int} are not {requirements}")]
fn registrations(
    bench: &mut Bench,
    accepted: usize,
    refused: usize,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::registrations, &Some((accepted, refused)))
}

#[then(expr = "回答の照会番号は{quoted}である {requirements}")]
#[then(expr = "the answer bears the reference number {quoted} {requirements}")]
fn bears_reference(
    bench: &mut Bench,
    number: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::answered_reference, &Some(number.0))
}

#[then(expr = "回答に照会番号はない {requirements}")]
#[then(expr = "the answer bears no reference number {requirements}")]
fn no_reference(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::answered_reference, &None)
}

// ---- health checks -------------------------------------------------------------------------------------------------

#[when(expr = "{name}が{name}の健診情報を求める")]
#[when(expr = "{name} asks for the health checks of {name}")]
async fn health_checks(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::HealthChecks, None).await
}

#[then(expr = "健診情報{quoted}が提供される {requirements}")]
#[then(expr = "the health check {quoted} is given {requirements}")]
fn checks_given(
    bench: &mut Bench,
    item: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, outcome::information, &InformationOutcome::Given(vec![item.0]))
}

#[then(expr = "健診情報は一件も提供されない {requirements}")]
#[then(expr = "not one health check is given {requirements}")]
fn no_check(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, outcome::information, &InformationOutcome::Given(Vec::new()))
}

#[then(expr = "健診情報の提供は拒まれる {requirements}")]
#[then(expr = "health checks are refused {requirements}")]
fn checks_refused(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, outcome::information, &InformationOutcome::Refused)
}
