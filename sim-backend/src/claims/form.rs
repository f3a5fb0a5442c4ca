//! What a claim must look like before anybody is looked up. Rows OQS-CLM-06, OQS-CLM-08, OQS-CLM-11, OQS-DIS-05.

use super::{file::Claim, reason::ReturnReason};
use crate::messages::{
    claim::{ClaimErrorKind, DISASTER_INSURER, InsurerRecord},
    record::CardText,
};

/// How the remark of an unknown insurance begins.
pub(super) const UNKNOWN: &str = "不詳";
/// How the remark begins that claims on an old qualification because the present one cannot be found. Bench profile.
pub(super) const OLD_QUALIFICATION: &str = "旧資格情報";
/// What the remark of an unknown insurance tells: address, employer, contact, each under one of these labels. That
/// they are told is public, the labels are not. Bench profile.
const TOLD: [&[&str]; 3] = [&["住所"], &["事業所", "勤務先"], &["連絡先"]];

/// Whether the claim may be judged.
///
/// # Errors
/// The first fault of its form.
pub(super) fn check(claim: &Claim) -> Result<(), ReturnReason> {
    if let Some(error) = &claim.unreadable {
        return Err(unreadable(&error.kind));
    }
    if claim.receipt.is_none() {
        return Err(ReturnReason::Unreadable);
    }
    if claim.insurer.is_none() && claim.public.is_empty() {
        return Err(ReturnReason::PayerMissing);
    }
    if !claim.padded {
        return Err(ReturnReason::NumberNotPadded);
    }
    if !claim.is_repeat() && claim.checks.values().any(|(_, check)| !check.is_first_claim()) {
        return Err(ReturnReason::CheckRecordFilled);
    }
    claim.insurer.as_ref().map_or(Ok(()), |insurer| unknown(insurer, claim))
}

fn unreadable(kind: &ClaimErrorKind) -> ReturnReason {
    match kind {
        ClaimErrorKind::Value { record: "HO", field: "保険者番号", .. }
        | ClaimErrorKind::Missing { record: "HO", field: "保険者番号" } => {
            ReturnReason::InsurerNumberMalformed
        }
        ClaimErrorKind::Value { .. }
        | ClaimErrorKind::Missing { .. }
        | ClaimErrorKind::TooLarge { .. }
        | ClaimErrorKind::LineTooLong { .. }
        | ClaimErrorKind::Encoding(_)
        | ClaimErrorKind::NoIdentifier
        | ClaimErrorKind::TooManyFields { .. }
        | ClaimErrorKind::Separator
        | ClaimErrorKind::NoClaim => ReturnReason::Unreadable,
    }
}

/// An insurance stated as unknown says so in the remark; outside a disaster it is filled with 7 and tells where to ask.
fn unknown(insurer: &InsurerRecord, claim: &Claim) -> Result<(), ReturnReason> {
    if !insurer.is_unknown() {
        return Ok(());
    }
    let remark = remark(claim, UNKNOWN).ok_or(ReturnReason::RemarkMissing)?;
    if insurer.insurer_number.as_str() == DISASTER_INSURER {
        return Ok(());
    }
    if !is_filled(insurer.symbol.as_ref()) || !is_filled(insurer.number.as_ref()) {
        return Err(ReturnReason::FillValueWrong);
    }
    TOLD.iter()
        .all(|labels| tells(&remark, labels))
        .then_some(())
        .ok_or(ReturnReason::RemarkMissing)
}

/// All remarks from the one on that begins with these words: a long remark goes over several records.
pub(super) fn remark(claim: &Claim, begins: &str) -> Option<String> {
    let first = claim.remarks.iter().position(|text| text.starts_with(begins))?;
    claim.remarks.get(first..).map(<[String]>::concat)
}

fn is_filled(text: Option<&CardText>) -> bool {
    text.is_some_and(|text| text.chars().all(|character| matches!(character, '7' | '７')))
}

/// Something other than separators stands behind one of the labels.
fn tells(remark: &str, labels: &[&str]) -> bool {
    labels.iter().filter_map(|label| remark.split_once(label)).any(|(_, value)| {
        let value = value.trim_start_matches([':', '：', ' ', '　']);
        let next = TOLD.iter().flat_map(|labels| labels.iter());
        !value.trim_matches([' ', '　', '、', '。']).is_empty()
            && !next.into_iter().any(|label| value.starts_with(label))
    })
}
