//! A product's own codes, the classes they belong to, and how finely refusals are told apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim_reader::institution::protocol::Reply;
use sim_reader::reader_link::RefusalKind;

use crate::model::{Outcome, VisitEnd};

/// What a refusal or an error of a product is about. Bench profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectClass {
    /// The certificate is not accepted.
    CertificateRefused,
    /// The signature does not belong to the challenge.
    SignatureRefused,
    /// Not registered and not to be registered.
    NotRegistered,
    /// A planned stop.
    Closed,
    /// Nobody could tell.
    SystemError,
    /// No answer file in time.
    NoAnswer,
    /// The answer file belongs to another request.
    WrongAnswer,
    /// Nothing confirmed to claim on.
    NothingConfirmed,
    /// No such chart.
    NoChart,
}

impl RejectClass {
    /// The word for it in a receipt computer's replies.
    pub(crate) fn word(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|word| Some(word.as_str()?.to_owned()))
            .unwrap_or_default()
    }

    /// What a reader takes it for.
    fn kind(self) -> RefusalKind {
        match self {
            Self::CertificateRefused => RefusalKind::CertificateRefused,
            Self::SignatureRefused => RefusalKind::SignatureRefused,
            Self::NotRegistered => RefusalKind::NotRegistered,
            Self::Closed => RefusalKind::Closed,
            Self::SystemError
            | Self::NoAnswer
            | Self::WrongAnswer
            | Self::NothingConfirmed
            | Self::NoChart => RefusalKind::SystemError,
        }
    }
}

/// The vendor map: the product's own codes, each with its class. What it does not list stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct VendorCodes(BTreeMap<String, RejectClass>);

impl VendorCodes {
    /// The class of a code, where the map knows it.
    pub fn class(&self, code: &str) -> Option<RejectClass> {
        self.0.get(code).copied()
    }

    /// A reply whose code the bench knows; the product's own moves into the reason.
    pub fn understood(&self, reply: Reply) -> Reply {
        let class = reply.error_code.as_ref().and_then(|code| self.0.get(code));
        let (Some(class), Some(code)) = (class, reply.error_code.as_ref()) else { return reply };
        let reason = match &reply.reason {
            Some(reason) => format!("{code}: {reason}"),
            None => code.clone(),
        };
        Reply { error_code: Some(class.word()), reason: Some(reason), ..reply }
    }

    /// The answer to a reader with the kind of its refusal, where the map knows the code.
    pub fn refusal(&self, mut answer: Value) -> Value {
        let code = answer.pointer("/refused/code").and_then(Value::as_str);
        let class = code.and_then(|code| self.0.get(code)).copied();
        let kind = class.and_then(|class| serde_json::to_value(class.kind()).ok());
        if let (Some(kind), Some(refused)) =
            (kind, answer.pointer_mut("/refused").and_then(Value::as_object_mut))
        {
            refused.insert("kind".to_owned(), kind);
        }
        answer
    }
}

/// How finely refusals are told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// A refusal must be of the class that is expected.
    #[default]
    Strict,
    /// A refusal where one is expected, of whatever class, is as good. A failure of the system is no refusal.
    Conceptual,
}

impl Grade {
    /// What the actors did, as this grade sees it beside what was expected.
    pub fn sees(self, actual: Outcome, expected: &Outcome) -> Outcome {
        match (self, actual, expected) {
            (Self::Conceptual, Outcome::Visit(mut visit), Outcome::Visit(wanted))
                if is_refusal(visit.end) && is_refusal(wanted.end) =>
            {
                visit.end = wanted.end;
                Outcome::Visit(visit)
            }
            (Self::Strict | Self::Conceptual, actual, _) => actual,
        }
    }
}

/// Whether a visit ended by a refusal that somebody behind the reader gave.
fn is_refusal(end: VisitEnd) -> bool {
    match end {
        VisitEnd::CertificateRefused | VisitEnd::SignatureRefused | VisitEnd::NotRegistered => true,
        VisitEnd::Completed
        | VisitEnd::NoCard
        | VisitEnd::NotMyNumberCard
        | VisitEnd::PhoneNotTaken
        | VisitEnd::ReaderNotApproved
        | VisitEnd::CardRemoved
        | VisitEnd::FaceMismatch
        | VisitEnd::NoPicture
        | VisitEnd::FaceRecordRefused
        | VisitEnd::WrongPin
        | VisitEnd::PinLocked
        | VisitEnd::ModeNotOffered
        | VisitEnd::TimedOut
        | VisitEnd::StaffRefused
        | VisitEnd::NoCertificate
        | VisitEnd::SystemError => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sim_reader::institution::protocol::Status;

    use super::*;

    fn codes() -> VendorCodes {
        serde_yaml::from_str("{V-1: no-answer, V-2: certificate-refused}").unwrap()
    }

    #[test]
    fn a_code_of_the_vendors_is_told_by_its_class_and_kept_in_the_reason() {
        let reply = |code: &str, reason: Option<&str>| {
            let reply = Reply::not_ok(1, Status::Error, Some(code.into()), String::new());
            codes().understood(Reply { reason: reason.map(str::to_owned), ..reply })
        };
        let known = reply("V-1", Some("late"));
        assert_eq!(known.error_code.as_deref(), Some("no-answer"));
        assert_eq!(known.reason.as_deref(), Some("V-1: late"));
        assert_eq!(reply("V-1", None).reason.as_deref(), Some("V-1"));
        assert_eq!(reply("V-9", None).error_code.as_deref(), Some("V-9"));
    }

    #[test]
    fn a_refusal_at_the_reader_gets_its_kind() {
        let kind = |answer| codes().refusal(answer).pointer("/refused/kind").cloned();
        assert_eq!(kind(json!({"refused": {"code": "V-2"}})), Some("certificate_refused".into()));
        assert_eq!(
            kind(json!({"refused": {"code": "V-9", "kind": "closed"}})),
            Some("closed".into())
        );
        assert_eq!(kind(json!({"refused": {"code": "V-9"}})), None);
        assert_eq!(codes().refusal(json!({"ticket": "V-2"})), json!({"ticket": "V-2"}));
    }

    #[test]
    fn a_class_nobody_knows_is_refused() {
        let told = serde_yaml::from_str::<VendorCodes>("{V-1: no-anser}").unwrap_err().to_string();
        assert!(told.contains("no-answer"), "{told}");
    }
}
