//! What insurers and welfare offices tell of shares, medical aid and identity, and what is answered of it.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::params::{Day, Name, Quoted, Requirements};
use super::words::{Listing, Month};
use crate::bench::{Bench, StepError};
use crate::checks::outcome as look;
use crate::model::Limit;

// ---- the feed ------------------------------------------------------------------------------------------------------

#[given(expr = "保険者が{name}の高齢受給者証の負担割合を{date}から{int}%と届け出る")]
#[when(expr = "保険者が{name}の高齢受給者証の負担割合を{date}から{int}%と届け出る")]
#[given(expr = "the insurer feeds for {name} the elderly share from {date} of {int}%")]
async fn elderly(bench: &mut Bench, who: Name, from: Day, percent: u8) -> Result<(), StepError> {
    bench.feed_elderly(&who, &[(from.0, percent)]).await
}

#[given(
    expr = "保険者が{name}の高齢受給者証の負担割合を{date}から{int}%、{date}から{int}%と届け出る"
)]
#[given(
    expr = "the insurer feeds for {name} the elderly share from {date} of {int}%, from {date} of {int}%"
)]
async fn elderly_twice(
    bench: &mut Bench,
    who: Name,
    from: Day,
    percent: u8,
    then_from: Day,
    then: u8,
) -> Result<(), StepError> {
    bench.feed_elderly(&who, &[(from.0, percent), (then_from.0, then)]).await
}

#[given(expr = "保険者が{name}の特定疾病療養受療証を届け出る")]
#[given(expr = "the insurer feeds for {name} the certificates for specific diseases")]
async fn diseases(bench: &mut Bench, who: Name, step: &Step) -> Result<(), StepError> {
    bench.feed_diseases(&who, step).await
}

#[given(
    expr = "保険者が{name}の限度額区分{quoted}を{date}から{date}まで、長期該当年月日{date}とともに届け出る"
)]
#[given(
    expr = "the insurer feeds for {name} the limit class {quoted} from {date} to {date}, with a long stay from {date}"
)]
async fn long_stay(
    bench: &mut Bench,
    who: Name,
    flag: Quoted,
    from: Day,
    to: Day,
    counts_from: Day,
) -> Result<(), StepError> {
    let long_stay = Some(counts_from.0);
    let limit = Limit { flag: flag.0, from: from.0, to: to.0, long_stay };
    bench.feed_long_stay(&who, limit).await
}

#[given(expr = "福祉事務所が{name}の医療扶助の資格を{date}付けで届け出る")]
#[given(expr = "the welfare office feeds medical aid of {name} as of {date}")]
async fn aid(bench: &mut Bench, who: Name, from: Day) -> Result<(), StepError> {
    bench.feed_aid(&who, from.0).await
}

#[given(expr = "福祉事務所が{name}の{month}の医療券を{name}あてに届け出る")]
#[when(expr = "福祉事務所が{name}の{month}の医療券を{name}あてに届け出る")]
#[given(expr = "the welfare office feeds a ticket of {name} for {month} to {name}")]
#[when(expr = "the welfare office feeds a ticket of {name} for {month} to {name}")]
async fn ticket(bench: &mut Bench, who: Name, month: Month, at: Name) -> Result<(), StepError> {
    bench.feed_ticket(&who, month.0, &at).await
}

#[given(expr = "住民基本台帳との突合で{name}の氏名は{quoted}とされる")]
#[when(expr = "住民基本台帳との突合で{name}の氏名は{quoted}とされる")]
#[given(expr = "the resident register knows {name} as {quoted}")]
#[when(expr = "the resident register knows {name} as {quoted}")]
async fn register(bench: &mut Bench, who: Name, name: Quoted) -> Result<(), StepError> {
    bench.feed_register(&who, name.0).await
}

#[given(expr = "保険者が{name}を本人と確認する")]
#[when(expr = "保険者が{name}を本人と確認する")]
#[given(expr = "the insurer confirms who {name} is")]
#[when(expr = "the insurer confirms who {name} is")]
async fn confirmed(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.feed_confirmation(&who).await
}

#[when(expr = "保険者が直前の資格取得の届出を取り消す")]
#[when(expr = "the insurer takes the last gain back")]
async fn withdrawn(bench: &mut Bench) -> Result<(), StepError> {
    bench.feed_withdrawal().await
}

// ---- the answer ----------------------------------------------------------------------------------------------------

#[then(expr = "高齢受給者証の負担割合{int}%が回答される {requirements}")]
#[then(expr = "the elderly share of {int}% is answered {requirements}")]
fn elderly_answered(
    bench: &mut Bench,
    percent: u8,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.elderly);
    bench.expect(step, &bears, look, &Some(percent))
}

#[then(expr = "高齢受給者証の負担割合は回答されない {requirements}")]
#[then(expr = "no elderly share is answered {requirements}")]
fn no_elderly(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.elderly);
    bench.expect(step, &bears, look, &None)
}

#[then(expr = "特定疾病の自己負担月額は{listing}円と回答される {requirements}")]
#[then(
    expr = "the monthly limits for specific diseases are answered as {listing} yen {requirements}"
)]
fn diseases_answered(
    bench: &mut Bench,
    yen: Listing,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let look = |outcome: &_| {
        let told = look::certificates(outcome)?.diseases;
        Some(told.iter().map(|(_, yen)| yen.to_string()).collect::<Vec<_>>())
    };
    bench.expect(step, &bears, look, &yen.0)
}

#[then(expr = "特定疾病療養受療証は一件も回答されない {requirements}")]
#[then(expr = "no certificate for a specific disease is answered {requirements}")]
fn no_diseases(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.diseases);
    bench.expect(step, &bears, look, &Vec::new())
}

#[then(expr = "長期該当年月日{date}が回答される {requirements}")]
#[then(expr = "a long stay from {date} is answered {requirements}")]
fn long_stay_answered(
    bench: &mut Bench,
    from: Day,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.long_stay);
    bench.expect(step, &bears, look, &Some(from.0))
}

#[then(expr = "長期該当年月日は回答されない {requirements}")]
#[then(expr = "no long stay is answered {requirements}")]
fn no_long_stay(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.long_stay);
    bench.expect(step, &bears, look, &None)
}

#[then(expr = "{name}あての医療券が回答される {requirements}")]
#[then(expr = "a ticket to {name} is answered {requirements}")]
fn ticket_answered(
    bench: &mut Bench,
    at: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.tickets);
    bench.expect(step, &bears, look, &vec![institution])
}

#[then(expr = "医療券は回答されない {requirements}")]
#[then(expr = "no ticket is answered {requirements}")]
fn no_ticket(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    let look = |outcome: &_| look::certificates(outcome).map(|told| told.tickets);
    bench.expect(step, &bears, look, &Vec::new())
}
