//! Stories that nobody wrote: random worlds and events, for comparing the actors or a product with the reference pipeline.
//!
//! [`generate::story`] draws a world and a story that name only people and institutions that exist. Days and instants are drawn
//! close to where a rule turns: gain and loss, the last day of a certificate and of its grace, midnight in Japan, 24 hours after a
//! visit. [`play`] holds one against the oracle, [`fuzz`] many; what fails shrinks by dropping events first, and [`gherkin`] tells what is
//! left as a scenario that can be run. [`describe`] puts it into words for the message of a test.

mod describe;
pub mod fuzz;
pub mod generate;
pub mod gherkin;
pub mod play;
pub mod shrink;

pub use describe::describe;
