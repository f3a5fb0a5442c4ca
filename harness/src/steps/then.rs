//! Then: assertions on outcomes. Each is held against the actors **and** against the oracle.

use std::collections::BTreeSet;

use cucumber::gherkin::Step;
use cucumber::then;

use super::params::{Consents, Day, Ending, Name, Quoted, Requirements, Undecided, Validity};
use crate::bench::{Bench, StepError};
use crate::checks::outcome as look;
use crate::model::{InboxDecision, InformationOutcome, Notice, Prescription};

#[then(expr = "受付は{ending}で終わる {requirements}")]
#[then(expr = "the visit ends with {ending} {requirements}")]
fn visit_ends(
    bench: &mut Bench,
    ending: Ending,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::visit_end, &ending.0)
}

#[then(expr = "資格は{validity}と回答される {requirements}")]
#[then(expr = "the qualification is answered as {validity} {requirements}")]
fn validity(
    bench: &mut Bench,
    wanted: Validity,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::validity, &Some(wanted.0))
}

#[then(expr = "資格は何も回答されない {requirements}")]
#[then(expr = "no qualification is answered {requirements}")]
fn no_answer(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::validity, &None)
}

#[then(expr = "回答の保険者番号は{quoted}である {requirements}")]
#[then(expr = "the answer names the insurer {quoted} {requirements}")]
fn names_insurer(
    bench: &mut Bench,
    number: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::insurer_number, &Some(number.0))
}

#[then(expr = "回答の番号は{quoted}である {requirements}")]
#[then(expr = "the answer bears the number {quoted} {requirements}")]
fn bears_number(
    bench: &mut Bench,
    number: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::number, &Some(number.0))
}

#[then(expr = "回答の枝番は{quoted}である {requirements}")]
#[then(expr = "the answer bears the branch {quoted} {requirements}")]
fn bears_branch(
    bench: &mut Bench,
    branch: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::branch, &Some(branch.0))
}

#[then(expr = "回答に記号と枝番はない {requirements}")]
#[then(expr = "the answer bears neither symbol nor branch {requirements}")]
fn no_symbol(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::symbol_and_branch, &Some((None, None)))
}

#[then(expr = "回答の氏名は{quoted}である {requirements}")]
#[then(expr = "the answer bears the name {quoted} {requirements}")]
fn bears_name(
    bench: &mut Bench,
    name: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::name, &Some(name.0))
}

#[then(expr = "回答に資格喪失日{date}と事由{quoted}が示される {requirements}")]
#[then(expr = "the answer shows the loss on {date} for reason {quoted} {requirements}")]
fn loss(
    bench: &mut Bench,
    date: Day,
    reason: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::loss, &Some((Some(date.0), Some(reason.0))))
}

#[then(expr = "回答に個人の情報はない {requirements}")]
#[then(expr = "the answer holds no personal data {requirements}")]
fn no_record(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::has_record, &false)
}

#[then(expr = "回答に住所はない {requirements}")]
#[then(expr = "the answer holds no address {requirements}")]
fn no_address(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::has_address, &Some(false))
}

#[then(expr = "回答に住所がある {requirements}")]
#[then(expr = "the answer holds the address {requirements}")]
fn address(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::has_address, &Some(true))
}

#[then(expr = "同意があるのは{consents}だけである {requirements}")]
#[then(expr = "consent stands only for {consents} {requirements}")]
fn consents(
    bench: &mut Bench,
    wanted: Consents,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::consents, &Some(wanted.0))
}

#[then(expr = "同意は一つもない {requirements}")]
#[then(expr = "no consent stands {requirements}")]
fn no_consent(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::consents, &Some(BTreeSet::new()))
}

#[then(expr = "患者に尋ねられるのは{consents}だけである {requirements}")]
#[then(expr = "the patient is asked only for {consents} {requirements}")]
fn asked(
    bench: &mut Bench,
    wanted: Consents,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::consents_asked, &wanted.0)
}

#[then(expr = "限度額区分{quoted}が回答される {requirements}")]
#[then(expr = "the limit class {quoted} is answered {requirements}")]
fn limit(
    bench: &mut Bench,
    flag: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::limit, &Some(flag.0))
}

#[then(expr = "限度額区分は回答されない {requirements}")]
#[then(expr = "no limit class is answered {requirements}")]
fn no_limit(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::limit, &None)
}

#[then(expr = "回答の処方箋は電子である {requirements}")]
#[then(expr = "the answer carries an electronic prescription {requirements}")]
fn electronic(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::prescription, &Some(Prescription::Electronic))
}

#[then(expr = "回答の処方箋は紙である {requirements}")]
#[then(expr = "the answer carries a paper prescription {requirements}")]
fn paper(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::prescription, &Some(Prescription::Paper))
}

#[then(expr = "暗証番号の残り回数は{int}である {requirements}")]
#[then(expr = "the PIN has {int} tries left {requirements}")]
fn tries_left(
    bench: &mut Bench,
    left: u8,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::pin_tries_left, &Some(left))
}

#[then(expr = "資格確認機関には何も照会されない {requirements}")]
#[then(expr = "nothing is asked of the backend {requirements}")]
fn nothing_asked(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::asked_backend, &false)
}

#[then(expr = "結果ファイルは{int}件できる {requirements}")]
#[then(expr = "{int} result files appear {requirements}")]
fn result_files(
    bench: &mut Bench,
    count: u32,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::result_files, &count)
}

#[then(expr = "更新時期の案内が表示される {requirements}")]
#[then(expr = "the renewal notice is shown {requirements}")]
fn expires_soon(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::notice, &Some(Notice::ExpiresSoon))
}

#[then(expr = "猶予期間の案内が表示される {requirements}")]
#[then(expr = "the grace notice is shown {requirements}")]
fn grace(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::notice, &Some(Notice::Grace))
}

#[then(expr = "案内は表示されない {requirements}")]
#[then(expr = "no notice is shown {requirements}")]
fn no_notice(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::notice, &None)
}

#[then(expr = "証明の再送は受け入れられない {requirements}")]
#[then(expr = "the repeated proof is not accepted {requirements}")]
fn replay_refused(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::replay_accepted, &false)
}

#[then(expr = "薬剤情報{quoted}が提供される {requirements}")]
#[then(expr = "the drug history {quoted} is given {requirements}")]
fn drugs_given(
    bench: &mut Bench,
    medicine: Quoted,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Given(vec![medicine.0]))
}

#[then(expr = "薬剤情報は提供されない {requirements}")]
#[then(expr = "no drug history is given {requirements}")]
fn drugs_refused(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::information, &InformationOutcome::Refused)
}

#[then(expr = "レセコンは{name}の結果で{name}のカルテを開く {requirements}")]
#[then(expr = "for the result of {name} the chart of {name} opens {requirements}")]
fn opened(
    bench: &mut Bench,
    who: Name,
    chart: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    let chart = Bench::chart_id(&bench.person(&chart)?);
    bench.expect(step, &bears, look::inbox(&person), &InboxDecision::Opened(chart))
}

#[then(expr = "レセコンは{name}の結果について{undecided} {requirements}")]
#[then(expr = "for the result of {name} the receipt computer {undecided} {requirements}")]
fn undecided(
    bench: &mut Bench,
    who: Name,
    wanted: Undecided,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let person = bench.person(&who)?;
    bench.expect(step, &bears, look::inbox(&person), &wanted.0)
}

#[then(expr = "届出は受け付けられる {requirements}")]
#[then(expr = "the record is accepted {requirements}")]
fn feed_accepted(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect(step, &bears, look::feed_accepted, &true)
}
