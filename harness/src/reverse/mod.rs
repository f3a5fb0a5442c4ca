//! Passive taps: the bench between two products that work together already, passing every byte on unchanged.
//!
//! `carry` moves bytes and shows a copy; `wire` and `conversation` make messages of the copies; `heard` keeps them with their
//! evidence; `rules` judge what can be judged by messages and files alone; `report` makes a run of it. What is heard decides
//! nothing about what is passed on.

pub mod card_log;
pub mod card_seam;
pub mod carry;
pub mod conversation;
pub mod folder_seam;
pub mod form;
pub mod heard;
pub mod http_seam;
pub mod report;
pub mod rules;
pub mod tapping;
pub mod tls;
pub mod wire;
