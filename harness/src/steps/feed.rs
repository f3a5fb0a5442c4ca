//! What insurers send to the backend.

use cucumber::gherkin::Step;
use cucumber::{given, when};

use super::params::{Day, Name, Quoted};
use crate::bench::{Bench, StepError};

#[given(expr = "保険者が{name}の資格喪失を{date}付けで届け出る")]
#[when(expr = "保険者が{name}の資格喪失を{date}付けで届け出る")]
#[given(expr = "the insurer feeds the loss of {name} as of {date}")]
#[when(expr = "the insurer feeds the loss of {name} as of {date}")]
async fn loss(bench: &mut Bench, who: Name, date: Day) -> Result<(), StepError> {
    bench.feed_loss(&who, date.0).await
}

#[given(expr = "新しい保険者が{name}の資格取得を{date}付けで届け出る")]
#[when(expr = "新しい保険者が{name}の資格取得を{date}付けで届け出る")]
#[given(expr = "a new insurer feeds the gain of {name} as of {date}")]
#[when(expr = "a new insurer feeds the gain of {name} as of {date}")]
async fn gain(bench: &mut Bench, who: Name, date: Day, step: &Step) -> Result<(), StepError> {
    bench.feed_gain(&who, date.0, step).await
}

#[given(expr = "保険者が{name}の限度額区分{quoted}を{date}から{date}まで届け出る")]
#[when(expr = "保険者が{name}の限度額区分{quoted}を{date}から{date}まで届け出る")]
#[given(expr = "the insurer feeds for {name} the limit class {quoted} from {date} to {date}")]
#[when(expr = "the insurer feeds for {name} the limit class {quoted} from {date} to {date}")]
async fn limit(
    bench: &mut Bench,
    who: Name,
    flag: Quoted,
    from: Day,
    to: Day,
) -> Result<(), StepError> {
    bench.feed_limit(&who, flag.0, from.0, to.0).await
}

#[given(expr = "保険者が{name}の利用登録の解除の申請を届け出る")]
#[when(expr = "保険者が{name}の利用登録の解除の申請を届け出る")]
#[given(expr = "the insurer feeds that {name} asks to cancel the registration")]
#[when(expr = "the insurer feeds that {name} asks to cancel the registration")]
async fn cancellation(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.feed_cancellation(&who).await
}

#[when(expr = "保険者が直前の届出をもう一度送る")]
#[when(expr = "the insurer sends the last record again")]
async fn repeated(bench: &mut Bench) -> Result<(), StepError> {
    bench.feed_again().await
}
