//! The Gherkin vocabulary, each step in Japanese and English.
//!
//! A step is a typed argument and one call; it never waits, branches or formats. `Given` shapes the world before the
//! story begins, `When` lets one thing happen, `Then` makes an assertion that bears the requirements in its brackets.

mod arrange;
mod authority;
mod claims;
mod feed;
mod files;
mod folders;
mod many;
mod operator;
pub mod params;
mod portal;
mod queries;
mod seams;
mod shares;
mod then;
mod told;
mod visits;
pub mod ways;
mod without_card;
pub mod words;
