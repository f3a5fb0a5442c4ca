//! The qualification backend (資格確認機関): messages, rules, store, insurers' feed and claims.

pub mod certificate;
pub mod clock;
pub mod messages;
