//! Claims (レセプト): accepted, transferred, split, or returned with a reason.
//!
//! A qualification confirmed and valid on the visit day stays good for the claim, whatever the insurer reports later; the
//! others are looked up as the insurers' records stand today. Rows OQS-CLM-02 to OQS-CLM-12, OQS-AID-05, OQS-DIS-05.

mod answer;
mod check;
mod file;
mod form;
mod holder;
mod http;
mod qualification;
mod reason;
#[cfg(test)]
mod tests;
mod ticket;
mod verdict;

pub use file::{Claim, ClaimFile, FileError, read};
pub use http::{ClaimResult, Paying, Place, router};
pub use reason::ReturnReason;
pub use ticket::Ticket;
pub use verdict::{ClaimOutcome, Judgement, Part, TicketDetail};
