//! Questions without the patient's card, and what the receipt computer takes in.

use cucumber::when;

use super::params::{Day, Name};
use crate::bench::{Asking, Bench, StepError};
use crate::model::{Event, InformationKind, Occasion};

#[when(expr = "{name}が{name}の資格を証の番号で照会する")]
#[when(expr = "{name} asks for {name} by the numbers of the certificate")]
async fn by_numbers(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.query(&at, &who, Asking::default()).await
}

#[when(expr = "{name}が{name}の{date}時点の資格を証の番号で照会する")]
#[when(expr = "{name} asks for {name} as of {date} by the numbers of the certificate")]
async fn by_numbers_on(bench: &mut Bench, at: Name, who: Name, on: Day) -> Result<(), StepError> {
    bench.query(&at, &who, Asking { on: Some(on.0), ..Asking::default() }).await
}

#[when(expr = "{name}が{name}の資格を枝番なしの番号で照会する")]
#[when(expr = "{name} asks for {name} by numbers without a branch")]
async fn without_branch(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.query(&at, &who, Asking { without_branch: true, ..Asking::default() }).await
}

#[when(expr = "{name}が{name}の資格を誤った生年月日{date}で照会する")]
#[when(expr = "{name} asks for {name} with the wrong birth date {date}")]
async fn wrong_birthdate(
    bench: &mut Bench,
    at: Name,
    who: Name,
    birthdate: Day,
) -> Result<(), StepError> {
    bench.query(&at, &who, Asking { birthdate: Some(birthdate.0), ..Asking::default() }).await
}

#[when(expr = "{name}が{name}の口頭同意を得て限度額とともに照会する")]
#[when(expr = "{name} asks for {name} by numbers with oral consent to the limit")]
async fn with_oral_consent(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.query(&at, &who, Asking { limit_consent: true, ..Asking::default() }).await
}

#[when(expr = "{name}が{name}の薬剤情報を求める")]
#[when(expr = "{name} asks for the drug history of {name}")]
async fn drug_history(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::Drugs, None).await
}

#[when(expr = "{name}が訪問診療のため{name}の薬剤情報を求める")]
#[when(expr = "{name} asks for the drug history of {name} for a home visit")]
async fn drug_history_at_home(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::Drugs, Some(Occasion::HomeVisit)).await
}

#[when(expr = "{name}がオンライン診療のため{name}の薬剤情報を求める")]
#[when(expr = "{name} asks for the drug history of {name} for online care")]
async fn drug_history_online(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.information(&at, &who, InformationKind::Drugs, Some(Occasion::Online)).await
}

#[when(expr = "{name}のレセコンが結果を取り込む")]
#[when(expr = "the receipt computer of {name} takes in the results")]
async fn collect(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    bench.happen(Event::Collect { institution, waiting: None }).await
}

#[when(expr = "{name}のカルテを開いたまま{name}のレセコンが結果を取り込む")]
#[when(expr = "with the chart of {name} open the receipt computer of {name} takes in the results")]
async fn collect_waiting(bench: &mut Bench, who: Name, at: Name) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    let waiting = Some(bench.chart_of(&at, &who)?.id.clone());
    bench.happen(Event::Collect { institution, waiting }).await
}
