//! The qualification backend (資格確認機関): messages, rules, store, insurers' feed, claims and the patient's portal.
//!
//! It imitates what an institution, an insurer and a claim see of Japan's online eligibility verification: card visits
//! and number queries answered from what insurers fed, consents that live a day, and claims judged by confirmations
//! given. It refuses what it was not told: the 12-digit number has no place here, the card is never seen, and a
//! certificate is believed only after its path, status and signature were checked with code of our own.

mod backend;
pub mod certificate;
pub mod claims;
pub mod clock;
pub mod config;
mod defect;
pub mod error;
pub mod feed;
mod handing;
pub mod http;
pub mod messages;
mod openapi;
pub mod operator;
mod pdf;
pub mod person_link;
mod portal;
pub mod service;
pub mod store;

pub use backend::Backend;
pub use config::BackendConfig;
pub use defect::Defect;
pub use error::BackendError;
