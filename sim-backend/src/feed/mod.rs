//! The insurers' feed: what they report, and what follows from it. Rows OQS-INS-01 to OQS-INS-14.

mod deliver;
mod describe;
mod flaw;
mod fold;
mod history;
mod http;
mod lines;
mod lists;
mod record;
mod stream;
mod warning;

pub use deliver::{deliver, read};
pub use fold::fold;
pub use history::fold_history;
pub use http::router;
pub use record::{
    Cancellation, CertificatesOf, Change, Correction, Ending, FeedRecord, IdentityConfirmation,
    Outcome, RecordId, RecordOutcome,
};
pub use stream::NDJSON;
