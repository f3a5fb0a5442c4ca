//! What the authority does to certificates, and whether its responder answers.

use cucumber::{given, when};

use super::params::Name;
use crate::bench::{Bench, StepError};
use crate::model::{AuthorityAct, Event};

#[given(expr = "{name}の利用者証明用電子証明書が失効する")]
#[when(expr = "{name}の利用者証明用電子証明書が失効する")]
#[given(expr = "the user-authentication certificate of {name} is revoked")]
#[when(expr = "the user-authentication certificate of {name} is revoked")]
async fn revoked(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Revoke).await
}

#[given(expr = "{name}の利用者証明用電子証明書が紛失により一時停止される")]
#[when(expr = "{name}の利用者証明用電子証明書が紛失により一時停止される")]
#[given(expr = "the user-authentication certificate of {name} is held as lost")]
#[when(expr = "the user-authentication certificate of {name} is held as lost")]
async fn held(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Hold).await
}

#[given(expr = "{name}の利用者証明用電子証明書の一時停止が解除される")]
#[when(expr = "{name}の利用者証明用電子証明書の一時停止が解除される")]
#[given(expr = "the hold on the certificate of {name} is lifted")]
#[when(expr = "the hold on the certificate of {name} is lifted")]
async fn released(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Release).await
}

#[given(expr = "{name}の死亡により証明書が失効する")]
#[when(expr = "{name}の死亡により証明書が失効する")]
#[given(expr = "the certificate of {name} is revoked upon death")]
#[when(expr = "the certificate of {name} is revoked upon death")]
async fn died(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Died).await
}

#[given(expr = "{name}の利用者証明用電子証明書が更新される")]
#[when(expr = "{name}の利用者証明用電子証明書が更新される")]
#[given(expr = "the user-authentication certificate of {name} is renewed")]
#[when(expr = "the user-authentication certificate of {name} is renewed")]
async fn renewed(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Renew).await
}

#[given(expr = "{name}の利用者証明用電子証明書が更新され、二日の間はだれのものか知られない")]
#[when(expr = "{name}の利用者証明用電子証明書が更新され、二日の間はだれのものか知られない")]
#[given(expr = "the certificate of {name} is renewed, and for two days nobody knows whose it is")]
#[when(expr = "the certificate of {name} is renewed, and for two days nobody knows whose it is")]
async fn renewed_unlinked(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::RenewUnlinked).await
}

#[given(expr = "{name}が転居する")]
#[when(expr = "{name}が転居する")]
#[given(expr = "{name} moves house")]
#[when(expr = "{name} moves house")]
async fn moved(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.authority(&who, AuthorityAct::Moved).await
}

#[given(expr = "失効状態の応答サーバが応答しない")]
#[when(expr = "失効状態の応答サーバが応答しなくなる")]
#[given(expr = "the status responder is silent")]
#[when(expr = "the status responder falls silent")]
async fn silent(bench: &mut Bench) -> Result<(), StepError> {
    bench.happen(Event::Responder { silent: true }).await
}

#[given(expr = "失効状態の応答サーバが応答する")]
#[when(expr = "失効状態の応答サーバが回復する")]
#[given(expr = "the status responder answers")]
#[when(expr = "the status responder answers again")]
async fn answering(bench: &mut Bench) -> Result<(), StepError> {
    bench.happen(Event::Responder { silent: false }).await
}
