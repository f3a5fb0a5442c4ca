//! What the bench orders of a reader, and what it replies: one JSON object each. Bench profile.
//!
//! Whatever stands in the reader's calls to the terminal too (consents, notices, prescription, occasion) is spelt as there.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sim_reader::consent::ConsentKind;
use sim_reader::reader_link::{Bytes, Notice, Occasion, Prescription};

use crate::model::VisitEnd;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum ReaderOrder {
    /// Name product, version and positions.
    Hello,
    /// Forget everything, stand at this counter and tell where cards are awaited: [`Awaiting`].
    Reset(ReaderReset),
    /// The story's clock goes on.
    Clock {
        /// What time it is.
        now: Timestamp,
    },
    /// Lead one visit, from an empty reader on, and tell how it ended: [`VisitTold`].
    Visit(VisitOrder),
    /// What nobody knows, and everybody has to answer with `unsupported`.
    NoSuchOperation,
}

/// See [`ReaderOrder::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderReset {
    /// Ten-digit code of the institution.
    pub institution: String,
    /// The reader's face account, for its calls to the terminal.
    pub account: String,
    /// The terminal, `http://…` without a path.
    pub terminal_url: String,
    /// Where the camera gives a picture, `http://…`.
    pub camera_url: String,
    /// The kinds of consent that the institution has switched on.
    pub offers: Vec<Consent>,
    /// Whether the patient may choose between electronic and paper prescription.
    pub electronic_prescriptions: bool,
    /// Whether phones are taken.
    pub phones: bool,
    /// What opens a card's key without its PIN; absent where the institution's reader is not approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// What time it is in the story.
    pub now: Timestamp,
}

/// The credential of an approved reader. Its key stays with the bench, as it does in a secure module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Card-verifiable.
    pub certificate: Bytes,
    /// Where a card's challenge is signed, `http://…`: [`Prove`] is answered by [`Proof`].
    pub key_url: String,
}

/// What is posted to [`Approval::key_url`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prove {
    /// As the card gave it.
    pub challenge: Bytes,
}

/// The answer to [`Prove`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub signature: Bytes,
}

/// Reply to [`ReaderOrder::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaiting {
    /// `HOST:PORT` where cards are awaited, as vpcd awaits them.
    pub card: String,
}

/// See [`ReaderOrder::Visit`]: what lies on the reader, and what those at the counter will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitOrder {
    /// What is placed.
    pub placed: Placed,
    /// The front of the card as the reader's camera or staff read it; absent where there is nothing to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front: Option<Front>,
    /// The ways of proving identity that are chosen, one after the other as long as none has succeeded; then the patient gives up.
    pub ways: Vec<Way>,
    /// What the patient says yes to when asked.
    pub consents: Vec<Consent>,
    /// What the patient answers when registration is offered.
    pub register: bool,
    /// The form of the prescription that is chosen when asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescription: Option<Prescription>,
    /// Where the reader stands, when that is not the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
    /// Nobody answers anything the reader asks, until its patience ends: it need not wait.
    pub silent: bool,
}

/// What is placed on the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placed {
    /// Nothing: no connection stands.
    Nothing,
    /// A card, or something that may be one.
    Card,
    /// An Android phone, as the patient says.
    Android,
    /// An iPhone, as the patient says; it checks its holder itself.
    Iphone,
}

/// The front of a card. 照合番号B is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Front {
    /// 生年月日.
    pub birthdate: Date,
    /// Year in which the card expires, Gregorian.
    pub expiry_year: i16,
    /// The four digits of the security code (セキュリティコード).
    pub security_code: String,
}

/// A way of proving identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Way {
    /// The patient chooses the face and looks into the camera.
    Face,
    /// The patient chooses the PIN. With an Android phone it is the phone's.
    Pin {
        /// Typed one after the other until one is right; then the patient turns away. Not all are four digits.
        entries: Vec<String>,
    },
    /// Staff start the visual check.
    Visual {
        /// Whether they confirm that this is the holder.
        confirmed: bool,
    },
}

impl Way {
    /// What is typed.
    pub fn entries(&self) -> &[String] {
        match self {
            Self::Pin { entries } => entries,
            Self::Face | Self::Visual { .. } => &[],
        }
    }
}

/// Reply to [`ReaderOrder::Visit`], once the result is settled and the card may be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTold {
    /// How it ended.
    pub end: VisitEnd,
    /// The consents that the patient was asked for, in order.
    pub asked: Vec<Consent>,
    /// The notices that were shown.
    pub notices: Vec<Notice>,
}

/// A kind of consent, spelt as in the reader's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent(#[serde(with = "Spelt")] pub ConsentKind);

#[derive(Serialize, Deserialize)]
#[serde(remote = "ConsentKind", rename_all = "snake_case")]
enum Spelt {
    Limit,
    SpecificDiseases,
    HealthCheck,
    Drugs,
    Care,
    Operations,
    DiagnosisNames,
    Infections,
    Allergies,
    Contraindications,
    Tests,
    Prescriptions,
}

#[cfg(test)]
mod tests {
    use sim_reader::consent::flags;

    use super::*;

    #[test]
    fn consents_are_spelt_as_in_the_readers_calls() {
        for kind in ConsentKind::ALL {
            let given = serde_json::to_value(flags(&[kind].into())).unwrap();
            let on = given.as_object().unwrap().iter().filter(|(_, on)| *on == true);
            let on: Vec<_> = on.map(|(name, _)| name.clone()).collect();
            assert_eq!(serde_json::to_value([Consent(kind)]).unwrap(), serde_json::json!(on));
        }
    }

    #[test]
    fn a_visit_is_flat_and_tells_each_way() {
        let line = r#"{"op":"visit","placed":"card","ways":[{"way":"pin","entries":["1234"]},{"way":"visual","confirmed":true},{"way":"face"}],"consents":["health_check"],"register":false,"occasion":"home_visit","silent":false}"#;
        let order: ReaderOrder = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&order).unwrap(), line);
    }

    #[test]
    fn what_a_visit_came_to_must_be_told_whole() {
        let told: VisitTold =
            serde_json::from_str(r#"{"end":"wrong-pin","asked":[],"notices":["grace"]}"#).unwrap();
        assert_eq!((told.end, told.notices), (VisitEnd::WrongPin, vec![Notice::Grace]));
        for less in [r#"{"end":"completed","asked":[]}"#, r#"{"asked":[],"notices":[]}"#] {
            assert!(serde_json::from_str::<VisitTold>(less).is_err(), "{less}");
        }
    }
}
