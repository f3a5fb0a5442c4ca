//! PDF answers: a history on sheets of A4, for requests that ask for a document to look at (FileCategory 1, row OQS-INFO-07).
//!
//! The layout of the real documents is not public: this one is the bench's (bench profile). The same answer gives the same bytes.

mod history;
mod sheet;

pub(crate) use history::render;
