//! The rules, as pure functions over plain records. Each names the requirement row that it answers.

pub mod aid;
pub mod care;
pub mod care_history;
pub(crate) mod coded;
pub mod consent;
pub mod days;
pub mod disaster;
pub mod disclose;
pub mod emergency;
pub mod emergency_care;
pub mod functions;
pub mod identify;
pub mod information;
pub mod insurer;
pub mod medical;
pub mod pending;
pub mod portal;
pub mod proof;
pub mod qualify;
pub mod records;
pub mod register;
pub mod registration;
#[cfg(test)]
pub(crate) mod samples;
pub mod sessions;
pub mod shares;
pub mod ticket;
