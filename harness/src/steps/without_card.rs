//! What is asked without a card: later visits, a person by name, whoever is found; care information and documents.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::params::{Consents, Day, Name, Quoted, Requirements, Validity};
use super::words::{At, By, EmergencyWord, Listing, Month, Special};
use crate::bench::{Bench, StepError};
use crate::checks::outcome as look;
use crate::model::{EmergencyAct, InformationKind, InformationOutcome, Whom};

#[when(expr = "{name}が{occasion}のため{name}の資格をカードなしで再照会する")]
#[when(expr = "{name} asks once more, for {occasion} and without the card, for {name}")]
async fn repeat(bench: &mut Bench, at: Name, occasion: At, who: Name) -> Result<(), StepError> {
    bench.repeat(&at, &who, occasion.0).await
}

#[when(expr = "{name}が{special_function}の機能で{name}を四情報により照会する")]
#[when(expr = "{name} asks by the {special_function} function for {name} by what is on the card")]
async fn by_name(bench: &mut Bench, at: Name, by: Special, who: Name) -> Result<(), StepError> {
    bench.by_name(&at, &who, by.0, None).await
}

#[when(expr = "{name}が{special_function}の機能で{name}を誤った住所{quoted}により照会する")]
#[when(
    expr = "{name} asks by the {special_function} function for {name} with the wrong address {quoted}"
)]
async fn by_wrong_address(
    bench: &mut Bench,
    at: Name,
    by: Special,
    who: Name,
    address: Quoted,
) -> Result<(), StepError> {
    bench.by_name(&at, &who, by.0, Some(address.0)).await
}

#[given(expr = "{name}の緊急時の機能が{emergency_step}")]
#[when(expr = "{name}の緊急時の機能が{emergency_step}")]
#[given(expr = "the emergency function of {name} is {emergency_step}")]
#[when(expr = "the emergency function of {name} is {emergency_step}")]
async fn emergency(bench: &mut Bench, at: Name, act: EmergencyWord) -> Result<(), StepError> {
    bench.emergency(&at, act.0).await
}

#[when(expr = "{name}が緊急時の機能の利用{int}件を報告する")]
#[when(expr = "{name} reports {int} uses of the emergency function")]
async fn report(bench: &mut Bench, at: Name, uses: u32) -> Result<(), StepError> {
    bench.emergency(&at, EmergencyAct::Report(uses)).await
}

#[then(expr = "緊急時の機能の手続は受け付けられる {requirements}")]
#[then(expr = "the step about the emergency function is taken {requirements}")]
fn step_taken(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::step_taken, &true)
}

#[then(expr = "緊急時の機能の手続は受け付けられない {requirements}")]
#[then(expr = "the step about the emergency function is not taken {requirements}")]
fn step_refused(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::step_taken, &false)
}

// ---- whoever is found ----------------------------------------------------------------------------------------------

#[when(expr = "{name}が{month}の医療扶助を一括で照会する")]
#[when(expr = "{name} asks in bulk for the medical aid of {month}")]
async fn find_ticketed(bench: &mut Bench, at: Name, month: Month) -> Result<(), StepError> {
    bench.find(&at, Whom::Ticketed { month: month.0 }).await
}

#[when(expr = "{name}が{occasion}の結果を{care_day}{date}から{date}までについて一括で照会する")]
#[when(expr = "{name} asks in bulk for {occasion} by days of {care_day} from {date} to {date}")]
async fn find_cared_for(
    bench: &mut Bench,
    at: Name,
    occasion: At,
    by: By,
    from: Day,
    to: Day,
) -> Result<(), StepError> {
    let whom = Whom::CaredFor { occasion: occasion.0, by: by.0, from: from.0, to: to.0 };
    bench.find(&at, whom).await
}

#[then(expr = "{name}は{validity}として見つかる {requirements}")]
#[then(expr = "{name} is found as {validity} {requirements}")]
fn found(
    bench: &mut Bench,
    who: Name,
    wanted: Validity,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let found = look::found(&bench.full_name(&who)?);
    let look = |outcome: &_| Some(found(outcome)?.map(|one| one.validity));
    bench.expect(step, &bears, look, &Some(wanted.0))
}

#[then(expr = "{name}は{consents}への同意とともに見つかる {requirements}")]
#[then(expr = "{name} is found with consent to {consents} {requirements}")]
fn found_with_consents(
    bench: &mut Bench,
    who: Name,
    wanted: Consents,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let found = look::found(&bench.full_name(&who)?);
    let look = |outcome: &_| Some(found(outcome)?.map(|one| one.consents));
    bench.expect(step, &bears, look, &Some(wanted.0))
}

#[then(expr = "{name}は{name}あての医療券とともに見つかる {requirements}")]
#[then(expr = "{name} is found with a ticket to {name} {requirements}")]
fn found_with_ticket(
    bench: &mut Bench,
    who: Name,
    at: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let found = look::found(&bench.full_name(&who)?);
    let institution = bench.institution(&at)?;
    let look = |outcome: &_| Some(found(outcome)?.map(|one| one.tickets));
    bench.expect(step, &bears, look, &Some(vec![institution]))
}

#[then(expr = "{name}は見つからない {requirements}")]
#[then(expr = "{name} is not found {requirements}")]
fn not_found(
    bench: &mut Bench,
    who: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let found = look::found(&bench.full_name(&who)?);
    bench.expect(step, &bears, found, &None)
}

// ---- care information and documents --------------------------------------------------------------------------------

#[when(expr = "{name}が{name}の診療情報を求める")]
#[when(expr = "{name} asks for the care information of {name}")]
async fn care(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::Care, None).await
}

#[then(expr = "診療情報として{listing}が提供される {requirements}")]
#[then(expr = "the care information {listing} is given {requirements}")]
fn care_given(
    bench: &mut Bench,
    names: Listing,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Given(names.0))
}

#[then(expr = "診療情報は提供されない {requirements}")]
#[then(expr = "no care information is given {requirements}")]
fn care_refused(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Refused)
}

#[when(expr = "{name}が{name}の薬剤情報を文書で求める")]
#[when(expr = "{name} asks for the drug history of {name} as a document")]
async fn document(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::DrugsDocument, None).await
}

#[then(expr = "薬剤情報は文書で提供される {requirements}")]
#[then(expr = "the drug history is given as a document {requirements}")]
fn document_given(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Document)
}

#[then(expr = "レセコンは薬剤情報{listing}を取り込む {requirements}")]
#[then(expr = "the receipt computer takes in the drugs {listing} {requirements}")]
fn drugs_taken_in(
    bench: &mut Bench,
    names: Listing,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Given(names.0))
}
