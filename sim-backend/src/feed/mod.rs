//! The insurers' feed: what they report, and what follows from it.

mod fold;
mod record;

pub use fold::fold;
pub use record::{
    Cancellation, CertificatesOf, Change, Correction, Ending, FeedRecord, Outcome, RecordId, RecordOutcome,
};
