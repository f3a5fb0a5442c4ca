//! Odd things in the shared folders.

use cucumber::when;

use super::params::Name;
use crate::bench::{Bench, StepError};
use crate::model::{Event, FolderOddity};

#[when(expr = "レセコンが見たとき、{name}の最後の結果ファイルはまだ書きかけである")]
#[when(
    expr = "the last result file of {name} is still being written when the receipt computer looks"
)]
async fn half_result(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    bench.happen(Event::Oddity { institution, what: FolderOddity::HalfResult }).await
}

#[when(expr = "{name}への最後の回答が、別の依頼の名前で残っている")]
#[when(expr = "the last answer to {name} lies there under the name of another request")]
async fn stray_answer(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    bench.happen(Event::Oddity { institution, what: FolderOddity::StrayAnswer }).await
}
