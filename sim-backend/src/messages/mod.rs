//! OQS messages: bytes to typed messages and back.
//!
//! One module a family; [`decode`] and [`encode`] are the two ways through. Reading accepts any
//! element order, both encodings, empty for absent, and unknown elements; it refuses document
//! types, entities, oversize and values without the right shape, always with a place. Writing goes
//! in layout order unless asked to shuffle, and never writes what reading would refuse.

pub mod bulk;
pub mod care;
pub mod claim;
pub mod codes;
pub mod consent;
mod element;
mod encoding;
mod error;
mod form;
pub mod header;
pub mod history;
mod json;
mod message;
pub mod muhvq;
pub mod muonq;
pub mod muquc;
pub mod mutic;
pub mod names;
mod number;
pub mod person;
pub mod record;
mod scalar;
pub mod schema;
pub mod shape;
pub mod siimm;
pub mod sim;
pub mod siquc;
pub mod ticket;
pub mod tkk;
mod xml;
pub mod yzk;

pub use element::Lenient;
pub use encoding::{Encoding, EncodingError};
pub use error::{MessageError, MessageErrorKind, Position};
pub use form::{Absent, Form, Order, PrescriptionPlace, Syntax};
pub use header::{Answer, AnswerHeader, ErrorReport, Outcome, QueryHeader, RequestHeader};
pub use message::{Message, Sender, decode, decode_json, encode, encode_as, encode_ordered};
pub use names::{Family, Named, identify};
pub use number::{BranchNumber, Digits, InstitutionCode, InsurerNumber};
pub use scalar::{
    Identifier, LongText, Name, Octets, Percent, ShapeError, Text, YearMonth, japanese_day,
    japanese_time,
};
pub use sim::SimError;
pub use xml::{MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS};
