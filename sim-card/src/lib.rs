//! The card a citizen holds, and the authority that issues and revokes its certificates.
//!
//! [`card::Card`] imitates the My Number Card (個人番号カード) on the wire, as far as the counter of a
//! medical institution needs it; the crate's README lists what is imitated, what is an invention of the
//! bench, and what is missing. Everything on it is fictitious.
//!
//! The core is pure: bytes in, bytes out, no clock, no randomness but a seed that is handed in.

#[cfg(test)]
extern crate self as sim_card;

pub mod apdu;
pub mod apps;
pub mod card;
pub mod clock;
pub mod contents;
pub mod faults;
pub mod files;
pub mod kept;
pub mod link;
pub mod photo;
pub mod pin;
pub mod pki;
pub mod population;
pub mod rsa_signing;
pub mod script;
pub mod tlv;

pub use apps::face_info;
pub use card::{Card, CardState, Persistent, StateError};
pub use contents::{
    CardContents, CardKey, Deferred, FaceImages, FaceIssuer, FaceRecord, Holder, KeyAndCertificate,
    OpenQuestions, OtherPins, Token, reference_number_b,
};
pub use faults::{CertificateName, Damage, Fault, Silence};
pub use pin::PinName;
pub use rsa_signing::RsaSigner;
