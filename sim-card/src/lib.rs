//! The card a citizen holds, and the authority that issues and revokes its certificates.

pub mod clock;
pub mod pki;
