//! Claims (レセプト): accepted, or returned with a reason.
//!
//! A qualification confirmed and valid on the visit day stays good for the claim, whatever the insurer reports later.
//! Rows OQS-CLM-02 to OQS-CLM-07.

mod check;
mod file;
mod http;

pub use check::{ClaimOutcome, ReturnReason};
pub use file::{Claim, ClaimFile, FileError, read};
pub use http::{ClaimResult, router};
