//! Given: what is true before the story begins, and what people intend.

use cucumber::{given, when};

use super::params::{Consents, Day, Instant, Mishap, Name, Quoted};
use super::visits::pin_entries;
use crate::bench::{Bench, StepError};
use crate::model::{CardFault, Issuer, Mode, Prescription, Trouble};

#[given(expr = "日時は{instant}である")]
#[given(expr = "the time is {instant}")]
async fn time(bench: &mut Bench, at: Instant) -> Result<(), StepError> {
    bench.set_time(at.0).await
}

#[when(expr = "日時が{instant}になる")]
#[when(expr = "the time becomes {instant}")]
async fn time_becomes(bench: &mut Bench, at: Instant) -> Result<(), StepError> {
    bench.go_on_to(at.0).await
}

#[when(expr = "{int}時間が過ぎる")]
#[when(expr = "{int} hours pass")]
async fn hours_pass(bench: &mut Bench, hours: i64) -> Result<(), StepError> {
    bench.let_pass(jiff::SignedDuration::from_hours(hours)).await
}

#[when(expr = "{int}秒が過ぎる")]
#[when(expr = "{int} seconds pass")]
async fn seconds_pass(bench: &mut Bench, seconds: i64) -> Result<(), StepError> {
    bench.let_pass(jiff::SignedDuration::from_secs(seconds)).await
}

#[given(expr = "{name}は健康保険証の利用登録をしていない")]
#[given(expr = "{name} has not registered the card as insurance card")]
fn not_registered(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.card_of(&who)?.registered = false;
    Ok(())
}

#[given(expr = "{name}の証明書は信頼されていない認証局が署名している")]
#[given(expr = "the certificate of {name} is signed by an authority nobody trusts")]
fn foreign_issuer(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.card_of(&who)?.issuer = Issuer::Foreign;
    Ok(())
}

#[given(expr = "{name}のカードに利用者証明用電子証明書がない")]
#[given(expr = "the card of {name} holds no user-authentication certificate")]
fn no_certificate(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.card_of(&who)?.certificate = false;
    Ok(())
}

#[given(expr = "{name}のカードに顔写真がない")]
#[given(expr = "the card of {name} holds no photo")]
fn no_photo(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.card_of(&who)?.photo = false;
    Ok(())
}

#[given(expr = "{name}のカードには暗証番号がない")]
#[given(expr = "the card of {name} has no PIN")]
fn no_pin(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.card_of(&who)?.pin = None;
    Ok(())
}

#[given(expr = "{name}は{consents}だけに同意する")]
#[given(expr = "{name} consents only to {consents}")]
fn consents_only(bench: &mut Bench, who: Name, consents: Consents) -> Result<(), StepError> {
    bench.wishes_of(&who)?.consents = consents.0;
    Ok(())
}

#[given(expr = "{name}はどの情報の提供にも同意しない")]
#[given(expr = "{name} consents to nothing")]
fn consents_to_nothing(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.consents.clear();
    Ok(())
}

#[given(expr = "{name}は利用登録を断る")]
#[given(expr = "{name} declines to register")]
fn declines(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.register = false;
    Ok(())
}

#[given(expr = "{name}は電子処方箋を選ぶ")]
#[given(expr = "{name} chooses an electronic prescription")]
fn electronic(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.prescription = Some(Prescription::Electronic);
    Ok(())
}

#[given(expr = "{name}は紙の処方箋を選ぶ")]
#[given(expr = "{name} chooses a paper prescription")]
fn paper(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.prescription = Some(Prescription::Paper);
    Ok(())
}

#[given(expr = "{name}は証明書が読まれる前にカードを取り去る")]
#[given(expr = "{name} pulls the card before its certificate is read")]
fn pulls_early(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::PulledBeforeCertificate);
    Ok(())
}

#[given(expr = "{name}はうまくいかなければ顔認証を試みる")]
#[given(expr = "{name} would try the face next")]
fn then_face(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.then.push(Mode::Face);
    Ok(())
}

#[given(expr = "{name}はうまくいかなければ暗証番号{quoted}を試みる")]
#[given(expr = "{name} would try the PIN {quoted} next")]
fn then_pin(bench: &mut Bench, who: Name, entries: Quoted) -> Result<(), StepError> {
    bench.wishes_of(&who)?.then.push(pin_entries(&entries));
    Ok(())
}

#[given(expr = "{name}がうまくいかなければ職員が目視で確認する")]
#[given(expr = "staff would check {name} by sight next")]
fn then_sight(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.then.push(Mode::Visual(true));
    Ok(())
}

#[given(expr = "{name}は署名の前にカードを取り去る")]
#[given(expr = "{name} pulls the card before it signs")]
fn pulls_late(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::PulledBeforeSignature);
    Ok(())
}

#[given(expr = "{name}の受付では{name}のカードが署名する")]
#[given(expr = "in the visit of {name} the card of {name} signs")]
fn other_card_signs(bench: &mut Bench, who: Name, signer: Name) -> Result<(), StepError> {
    let signer = bench.person(&signer)?;
    bench.wishes_of(&who)?.trouble = Some(Trouble::SignedByCardOf(signer));
    Ok(())
}

#[given(expr = "{name}のチップの顔写真が書き換えられている")]
#[given(expr = "the photo in the chip of {name} was altered")]
fn photo_altered(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::PhotoTampered);
    Ok(())
}

#[given(expr = "{name}のカードは{mishap}")]
#[given(expr = "the card of {name} {mishap}")]
fn card_misbehaves(bench: &mut Bench, who: Name, mishap: Mishap) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::Card(mishap.0));
    Ok(())
}

#[given(expr = "{name}のカードは途中で{name}のカードにすり替わる")]
#[given(expr = "the card of {name} is swapped for that of {name}")]
fn card_swapped(bench: &mut Bench, who: Name, other: Name) -> Result<(), StepError> {
    let other = bench.person(&other)?;
    bench.wishes_of(&who)?.trouble = Some(Trouble::Card(CardFault::SwappedFor(other)));
    Ok(())
}

#[given(expr = "{name}の受付ではカメラが写らない")]
#[given(expr = "the camera is dead when {name} checks in")]
fn camera_dead(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::CameraDead);
    Ok(())
}

#[given(expr = "{name}はリーダーの問いに何も答えない")]
#[given(expr = "{name} answers nothing the reader asks")]
fn no_answer(bench: &mut Bench, who: Name) -> Result<(), StepError> {
    bench.wishes_of(&who)?.trouble = Some(Trouble::NoAnswer);
    Ok(())
}

#[given(expr = "{name}のリーダーは特定利用者証明検証者のものではない")]
#[given(expr = "the reader of {name} is not one of an approved verifier")]
fn not_approved(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    bench.institution_mut(&at)?.approved = false;
    Ok(())
}

#[given(expr = "{name}の生年月日は{date}である")]
#[given(expr = "{name} is born on {date}")]
fn born(bench: &mut Bench, who: Name, on: Day) -> Result<(), StepError> {
    bench.born(&who, on.0)
}

#[given(expr = "{name}のリーダーは{consents}だけへの同意を尋ねる")]
#[given(expr = "the reader of {name} asks only for {consents}")]
fn offers(bench: &mut Bench, at: Name, kinds: Consents) -> Result<(), StepError> {
    bench.institution_mut(&at)?.offers = kinds.0;
    Ok(())
}

#[given(expr = "{name}の端末は医療扶助に対応していない")]
#[given(expr = "the terminal of {name} can show no medical aid")]
fn without_medical_aid(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    bench.institution_mut(&at)?.medical_aid = false;
    Ok(())
}

#[given(expr = "{name}に{name}のカルテはない")]
#[given(expr = "{name} keeps no chart of {name}")]
fn no_chart(bench: &mut Bench, at: Name, who: Name) -> Result<(), StepError> {
    bench.remove_chart(&at, &who)
}

#[given(expr = "{name}の{name}のカルテの氏名は{quoted}である")]
#[given(expr = "at {name} the chart of {name} bears the name {quoted}")]
fn chart_name(bench: &mut Bench, at: Name, who: Name, name: Quoted) -> Result<(), StepError> {
    bench.chart_of(&at, &who)?.name = name.0;
    Ok(())
}

#[given(expr = "{name}の文書は Shift_JIS である")]
#[given(expr = "the files of {name} are Shift_JIS")]
fn shift_jis(bench: &mut Bench, at: Name) -> Result<(), StepError> {
    bench.institution_mut(&at)?.encoding = crate::model::FileEncoding::ShiftJis;
    Ok(())
}
