//! What the operator of the backend does on order of the ministry.

use cucumber::{given, when};

use super::params::{Day, Quoted};
use crate::bench::{Bench, StepError};
use crate::model::{DisasterMode, Event};

#[given(expr = "都道府県{quoted}に{date}から{date}まで災害時の機能が開かれている")]
#[when(expr = "都道府県{quoted}に{date}から{date}まで災害時の機能が開かれる")]
#[given(expr = "disaster mode is open in prefecture {quoted} from {date} to {date}")]
#[when(expr = "disaster mode is opened in prefecture {quoted} from {date} to {date}")]
async fn disaster(
    bench: &mut Bench,
    prefecture: Quoted,
    from: Day,
    to: Day,
) -> Result<(), StepError> {
    let mode = DisasterMode { prefecture: prefecture.0, from: from.0, to: to.0 };
    bench.happen(Event::Disaster(mode)).await
}
