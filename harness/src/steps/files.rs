//! Then: assertions on the files in the shared folders.

use cucumber::gherkin::Step;
use cucumber::then;

use super::params::Requirements;
use crate::bench::{Bench, StepError};
use crate::checks::files;

#[then(expr = "依頼のファイルごとに、名前の対応する回答が一つある {requirements}")]
#[then(expr = "each request file has one answer of the corresponding name {requirements}")]
fn answered(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, files::answered_by_name)
}

#[then(expr = "結果のファイル名は十四桁の数字で終わる {requirements}")]
#[then(expr = "the name of each result ends in fourteen digits {requirements}")]
fn named(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::named_by_moment(files))
}

#[then(expr = "ファイルは表示どおりの文字コードで書かれている {requirements}")]
#[then(expr = "each file is written in the character code that it states {requirements}")]
fn coded(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::coded_as_stated(files))
}

#[then(expr = "ファイルの日付と時刻は実在する {requirements}")]
#[then(expr = "dates and times in the files are real {requirements}")]
fn dated(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::real_dates(files))
}

#[then(expr = "同意の時刻は、同意のあるときだけそろっている {requirements}")]
#[then(expr = "times of consent stand where consent was given and only there {requirements}")]
fn consented(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::consents_with_times(files))
}

#[then(expr = "異常終了の回答に人の情報はない {requirements}")]
#[then(expr = "an answer that reports an error holds no data of a person {requirements}")]
fn errors(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::errors_without_people(files))
}

#[then(expr = "回答は番号とカードのどちらによるかを示す {requirements}")]
#[then(expr = "each answer tells whether it rests on numbers or on the card {requirements}")]
fn grounds(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::grounds_told(files))
}

#[then(expr = "回答には必ず性別がある {requirements}")]
#[then(expr = "every answer tells the sex {requirements}")]
fn sex(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::sex_told(files))
}

#[then(expr = "回答に未就学の区分がある {requirements}")]
#[then(expr = "the answer marks a preschool child {requirements}")]
fn preschool(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::preschool_told(files, true))
}

#[then(expr = "回答に未就学の区分はない {requirements}")]
#[then(expr = "the answer marks no preschool child {requirements}")]
fn no_preschool(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_files(step, &bears, |_, files| files::preschool_told(files, false))
}
