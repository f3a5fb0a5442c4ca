//! What the bulk families share: a reception number first, the result when it is ready.
//!
//! Source: OQS messages, bulk query; OQS-MSG-12.

use jiff::civil::DateTime;

use super::codes::ProcessingResultStatus;
use super::element::group;
use super::error::Fault;
use super::header::{Answer, AnswerBody, AnswerHeader};
use super::message::Message;
use super::names::Family;
use super::number::InstitutionCode;
use super::scalar::Identifier;

group! {
    /// Body of the first answer, `…01res`: the request was taken and is being worked on.
    pub Reception {
        "ReceptionNumber" reception_number: Identifier, "受付番号, to be named when asking for the result";
        "ReceptionDateTime" reception_date_time: DateTime, "受付日時, Japanese time";
    }
}

impl AnswerBody for Reception {
    fn fits(&self, header: &AnswerHeader) -> Result<(), Fault> {
        header.without_counts()
    }
}

group! {
    /// Header of the second request, `…02req`.
    pub ReceptionRequestHeader {
        "MedicalInstitutionCode" medical_institution_code: InstitutionCode, "医療機関コード of the asking institution";
        "ArbitraryFileIdentifier" arbitrary_file_identifier: Option<Identifier>, "echoed unchanged";
    }
}

group! {
    /// Body of the second request.
    pub ReceptionRequestBody {
        "ReceptionNumber" reception_number: Identifier, "受付番号 of the first answer";
    }
}

group! {
    /// `…02req`: is the result ready?
    pub ReceptionRequest {
        "MessageHeader" header: ReceptionRequestHeader, "header";
        "MessageBody" body: ReceptionRequestBody, "body";
    }
}

/// How many persons the result is about, and how many of them went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// `NumberOfNormalProcessing`.
    pub normal: u32,
    /// `NumberOfError`.
    pub error: u32,
}

impl Counts {
    /// `NumberOfProcessingResult`: all of them.
    #[must_use]
    pub fn all(self) -> u32 {
        self.normal.saturating_add(self.error)
    }
}

/// Body of the second answer, `…02res`: one unit a person.
pub(crate) trait Batch: AnswerBody {
    /// The family of the answer.
    const FAMILY: Family;

    /// The answer as a message of that family.
    fn into_message(answer: Answer<Self>) -> Message;

    /// The answer in a message of that family.
    fn from_message(message: Message) -> Option<Answer<Self>>;

    /// One status a person.
    fn statuses(&self) -> impl Iterator<Item = ProcessingResultStatus>;

    /// The counts that belong into the header.
    fn counts(&self) -> Counts {
        let mut counts = Counts { normal: 0, error: 0 };
        for status in self.statuses() {
            let counted = match status {
                ProcessingResultStatus::Normal => &mut counts.normal,
                ProcessingResultStatus::Error => &mut counts.error,
            };
            *counted = counted.saturating_add(1);
        }
        counts
    }
}

impl AnswerHeader {
    /// Refuses the elements of a result of many.
    pub(super) fn without_counts(&self) -> Result<(), Fault> {
        match self.counts {
            None => Ok(()),
            Some(_) => Err(Fault::rule("NumberOfProcessingResult", "belongs to a bulk result")),
        }
    }

    /// Refuses a bulk result whose counts are not those of its body, or that does not say which it is.
    pub(super) fn counts_of(&self, body: &impl Batch) -> Result<(), Fault> {
        if self.reception_number.is_none() {
            return Err(Fault::rule("ReceptionNumber", "is required in a bulk result"));
        }
        match self.counts {
            Some(counts) if counts == body.counts() => Ok(()),
            Some(_) => Err(Fault::rule("NumberOfProcessingResult", "is not what the body holds")),
            None => Err(Fault::rule("NumberOfProcessingResult", "is required in a bulk result")),
        }
    }
}

/// The rule between status and code of one person's part.
pub(super) fn unit_status(
    status: ProcessingResultStatus,
    code: Option<&Identifier>,
) -> Result<(), Fault> {
    match (status, code) {
        (ProcessingResultStatus::Error, None) => {
            Err(Fault::rule("ProcessingResultCode", "is required with ProcessingResultStatus 2"))
        }
        (ProcessingResultStatus::Error, Some(_)) | (ProcessingResultStatus::Normal, _) => Ok(()),
    }
}
