//! What the bench asks of a receipt computer, and what it replies: one JSON object a line, or a call in process.
//!
//! Bench profile. Data travel through the shared folders as always; these operations only say when. A product that
//! speaks them over standard input and output can stand in this room's place.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::chart::{Chart, Doubt, Insurance};
use super::messages::Search;
use crate::terminal::{Encoding, Folders};

mod many;
pub use many::{
    Bulk, BulkEntry, BulkResult, Bulked, KnownLimit, REFERENCE_NUMBER, Register, Registered,
    Registering, Registration,
};

/// One request line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back in the reply.
    pub id: u64,
    /// What to do.
    #[serde(flatten)]
    pub op: Op,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Op {
    /// Name product, version and positions.
    Hello,
    /// Forget everything and begin with these folders and charts.
    Reset(Reset),
    /// The patient of this chart stands at the counter.
    Arrive {
        /// Its id.
        chart: String,
    },
    /// Take in new face files and tell what was decided since the last time.
    Collect(Collect),
    /// Ask by numbers.
    Ask(Ask),
    /// Ask for medical information.
    Information(Information),
    /// Ask by the numbers of many; a product may leave this out.
    Bulk(Bulk),
    /// Register reference numbers (照会番号), one or many; a product may leave this out.
    Register(Register),
    /// Write the claim of one visit.
    Claim(Box<Claim>),
    /// What nobody knows, and everybody has to answer with `unsupported`.
    #[serde(rename = "no-such-operation")]
    NoSuchOperation,
}

/// See [`Op::Reset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Ten-digit code.
    pub institution: String,
    /// 医療機関名称, for claims.
    #[serde(default = "some_name")]
    pub name: String,
    /// The shared folders.
    pub folders: Folders,
    /// The charts on file.
    pub charts: Vec<Chart>,
}

fn some_name() -> String {
    "架空医療機関".to_owned()
}

/// See [`Op::Collect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collect {
    /// Return as soon as this many new files were taken in.
    pub wait_files: usize,
    /// Return after this time at the latest, in milliseconds.
    pub timeout_ms: u64,
}

/// See [`Op::Ask`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The numbers to ask by.
    pub search: Search,
    /// The day for which validity is asked; past days are allowed.
    pub date: Date,
    /// `ArbitraryFileIdentifier`.
    pub file_identifier: String,
    /// Encoding of the request file.
    #[serde(default)]
    pub encoding: Encoding,
    /// How long to wait for the answer file, in milliseconds.
    pub timeout_ms: u64,
}

/// See [`Op::Information`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// `drugs`, `drugs-document` (the same as PDF), `care` or `health-checks`; other kinds are unsupported.
    pub kind: String,
    /// Whose.
    #[serde(flatten)]
    pub insurance: Insurance,
    /// First month, `YYYY-MM`; of drugs and care only.
    pub from: String,
    /// Last month, `YYYY-MM`; of drugs and care only.
    pub to: String,
    /// MedicalTreatmentFlag (CD028): `1` at the institution, `2` home visit, `3` online.
    #[serde(default = "outpatient")]
    pub medical_treatment_flag: String,
    /// How long to wait for the answer file, in milliseconds.
    pub timeout_ms: u64,
}

fn outpatient() -> String {
    "1".to_owned()
}

/// See [`Op::Claim`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The chart's id.
    pub chart: String,
    /// The month claimed, `YYYY-MM`.
    pub month: String,
    /// 診療日.
    pub day: Date,
    /// Further days of treatment in the same month, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Date>,
    /// The old flow: numbers typed from a card that was shown; `None` claims on confirmed data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Insurance>,
    /// What is known where nothing was confirmed and no card was shown (不詳).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unclear: Option<Unclear>,
}

/// What is known of an unclear case. The first of it that there is must be claimed on (OQS-CLM-12).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclear {
    /// The present insurance, found out after the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Insurance>,
    /// An insurance of the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Insurance>,
    /// What the patient declared (申立書); `None` in a disaster, where nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
}

/// What a claim on an unknown insurance tells of the patient (OQS-CLM-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// 住所.
    pub address: String,
    /// 事業所: the employer.
    pub employer: String,
    /// 連絡先.
    pub contact: String,
}

/// One reply line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's.
    pub id: u64,
    /// How it went.
    pub status: Status,
    /// Of a refusal or an error: the interface's code, or one of [`code`]'s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the operation brings: [`Hello`], [`Collected`], [`Asked`], [`Informed`], [`Bulked`], [`Registered`] or
    /// [`Claimed`].
    #[serde(flatten)]
    pub body: Map<String, Value>,
}

/// How an operation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Done; the body holds the result.
    Ok,
    /// The other side, or a rule, said no; `error_code` says which.
    Rejected,
    /// The product does not do this.
    Unsupported,
    /// It could not be done; `error_code` says why.
    Error,
}

/// Codes a receipt computer gives of itself.
pub mod code {
    /// No answer file in time: an outage, not a refusal.
    pub const NO_ANSWER: &str = "no-answer";
    /// The answer file belongs to another request.
    pub const WRONG_ANSWER: &str = "wrong-answer";
    /// Nothing confirmed for this chart on that day.
    pub const NOTHING_CONFIRMED: &str = "nothing-confirmed";
    /// No such chart.
    pub const NO_CHART: &str = "no-chart";
}

/// Reply to [`Op::Hello`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Product name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// What it can stand for: `receipt-computer`.
    pub positions: Vec<String>,
}

/// Reply to [`Op::Collect`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// One entry a new result, oldest file first.
    pub results: Vec<Decision>,
    /// How many files held a result that was known already.
    #[serde(default)]
    pub duplicates: usize,
}

/// What was made of one face file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The file's name.
    pub file: String,
    /// The decision.
    pub decision: Verdict,
    /// The chart opened.
    pub chart: Option<String>,
    /// `QualificationValidity`, when the file tells it.
    pub validity: Option<u8>,
    /// Why staff are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Doubt>,
}

/// The decision in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A chart was opened.
    Opened,
    /// Staff decide.
    AskStaff,
    /// No chart.
    Unknown,
}

/// Reply to [`Op::Ask`]: the first record's numbers, when there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// `QualificationValidity`.
    pub validity: u8,
    /// 氏名.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 保険者番号, no pads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insurer_number: Option<String>,
    /// 記号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// 番号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 枝番.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// 限度額 flag (CD012).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Reply to [`Op::Information`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    /// `ResultCode`, 1 here.
    pub result_code: String,
    /// Medicine names in the order of the answer.
    #[serde(default)]
    pub medicines: Vec<String>,
    /// Specific health checks (特定健診) in the order of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<HealthCheck>,
    /// Names of care (診療行為) in the order of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub care: Vec<String>,
    /// Names of operations (手術) in the order of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The file's name, where the answer is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// One specific health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// 受診年月日.
    pub made: Date,
    /// 結果・質問票, in the order of the answer.
    pub items: Vec<HealthCheckItem>,
}

/// One result of a measurement, or one answer of the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheckItem {
    /// 項目名.
    pub name: String,
    /// 結果値.
    pub value: String,
}

/// Reply to [`Op::Claim`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// The claim: Shift_JIS lines, base64.
    pub claim_base64: String,
    /// Typed numbers that differ from the confirmed ones, reported before the claim goes out (OQS-CLM-04).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}

impl Reply {
    /// A reply of status ok.
    pub fn ok(id: u64, body: impl Serialize) -> Self {
        let body = match serde_json::to_value(body) {
            Ok(Value::Object(body)) => body,
            Ok(_) | Err(_) => Map::new(),
        };
        Self { id, status: Status::Ok, error_code: None, reason: None, body }
    }

    /// A reply of another status.
    pub fn not_ok(id: u64, status: Status, error_code: Option<String>, reason: String) -> Self {
        Self { id, status, error_code, reason: Some(reason), body: Map::new() }
    }

    /// The body as the operation's own type.
    ///
    /// # Errors
    /// When the product's reply has another shape.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(Value::Object(self.body.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_have_the_published_shape() {
        let line = r#"{"id":3,"op":"ask","search":{"insurer_number":"999999","symbol":"01","number":"1","birthdate":"1985-05-05"},"date":"2026-04-01","file_identifier":"Q1","encoding":"shift_jis","timeout_ms":100}"#;
        let request: Request = serde_json::from_str(line).unwrap();
        let Op::Ask(ask) = &request.op else { panic!("{request:?}") };
        assert_eq!(
            (ask.encoding, ask.search.insurance.branch.as_deref()),
            (Encoding::ShiftJis, None)
        );
        let again: Request =
            serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
        assert_eq!(again, request);
    }

    #[test]
    fn a_reply_is_flat() {
        let claimed = Claimed { claim_base64: "AA==".into(), differences: Vec::new() };
        let line = serde_json::to_string(&Reply::ok(7, &claimed)).unwrap();
        assert_eq!(line, r#"{"id":7,"status":"ok","claim_base64":"AA=="}"#);
        let reply: Reply = serde_json::from_str(&line).unwrap();
        assert_eq!(reply.body::<Claimed>().unwrap(), claimed);
    }
}
