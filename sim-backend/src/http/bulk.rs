//! What all bulk families share: a request is taken in and gets a reception number; the result is given when it is ready.
//!
//! The result is made at once and kept, so that a restart loses nothing and asking again gives the same. It is given out after
//! [`PROCESSING`], so that a client meets "in process".

use jiff::{SignedDuration, Timestamp};

use super::{card, fault::Fault};
use crate::{
    backend::Desk,
    defect::{Defect, owners},
    messages::{
        Answer, AnswerHeader, Encoding, Identifier, MAX_BYTES, Message, Outcome, RequestHeader,
        SimError,
        bulk::{Batch, Reception as ReceptionBody, ReceptionRequest},
        decode, encode, japanese_time,
    },
    store::{Reception, StoreError},
};

/// How long a bulk request is in process. Bench profile.
pub(super) const PROCESSING: SignedDuration = SignedDuration::from_secs(3);

/// Most entries of one bulk request. Bench profile; a result larger than a message may be is refused too.
const MAX_ENTRIES: usize = 1_000;

/// Refuses a request of no entry, or of too many, before any is worked on.
pub(super) fn within_limit(entries: usize) -> Result<(), SimError> {
    match entries {
        0 => Err(SimError::MalformedMessage),
        1..=MAX_ENTRIES => Ok(()),
        _ => Err(SimError::TooManyEntries),
    }
}

/// Stands in a kept result for the reception number, which the store gives when it keeps it.
const NO_NUMBER_YET: &str = "-";

/// Keeps a result and says under which number it will be given. Row OQS-BULK-01.
///
/// `header` is that of the result, without number and counts.
pub(super) async fn take_in<B: Batch>(
    desk: &Desk,
    header: AnswerHeader,
    body: B,
    now: Timestamp,
) -> Result<ReceptionBody, Fault> {
    let institution = header.medical_institution_code.clone();
    let header = AnswerHeader {
        reception_number: Some(Identifier::lossy(NO_NUMBER_YET)),
        counts: Some(body.counts()),
        ..header
    };
    let result = B::into_message(Answer { header, outcome: Outcome::Normal(body) });
    let text = encode(&result, Encoding::Utf8).map_err(unusable)?;
    if text.len() > MAX_BYTES {
        return Err(SimError::TooManyEntries.into());
    }
    let reception = Reception {
        institution,
        family: B::FAMILY.name().to_owned(),
        received: now,
        result: String::from_utf8(text).map_err(unusable)?,
    };
    let reception_number = desk.store.receive(&reception).await?;
    Ok(ReceptionBody { reception_number, reception_date_time: japanese_time(now) })
}

/// Gives a result, or says that it is in process. Row OQS-BULK-02.
pub(super) async fn give<B: Batch>(
    desk: &Desk,
    request: ReceptionRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let ReceptionRequest { header, body } = request;
    let asked = RequestHeader {
        medical_institution_code: header.medical_institution_code,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
    };
    let number = body.reception_number;
    let anybodys = desk.defect == Some(Defect::ReceptionOfAnybody);
    let mut kept = None;
    for owner in owners(anybodys, &asked.medical_institution_code, &desk.institutions) {
        kept = kept.or(desk.store.reception(&owner, &number).await?);
    }
    let kept = kept.filter(|kept| kept.family == B::FAMILY.name());
    let kept = kept.ok_or(SimError::ReceptionUnknown)?;
    let header = AnswerHeader { reception_number: Some(number), ..card::answer_header(asked, now) };
    let ready = kept.received.checked_add(PROCESSING).is_ok_and(|ready| ready <= now);
    let answer = if ready {
        finished::<B>(&kept, header)?
    } else {
        Answer { header, outcome: Outcome::InProcess }
    };
    Ok(B::into_message(answer))
}

/// The kept result under the header of today.
fn finished<B: Batch>(kept: &Reception, header: AnswerHeader) -> Result<Answer<B>, StoreError> {
    let (message, _) = decode(B::FAMILY, kept.result.as_bytes()).map_err(unusable)?;
    let Answer { header: old, outcome } =
        B::from_message(message).ok_or_else(|| unusable("it is of another family"))?;
    let header = AnswerHeader {
        qualification_confirmation_date: old.qualification_confirmation_date,
        counts: old.counts,
        ..header
    };
    Ok(Answer { header, outcome })
}

fn unusable(detail: impl ToString) -> StoreError {
    StoreError::Unreadable { what: "a bulk result", detail: detail.to_string() }
}
