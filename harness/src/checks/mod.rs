//! Small assertions that steps make: on outcomes, and on what crossed the seams.

pub mod files;
pub mod many;
pub mod outcome;
pub mod seams;
