//! The bench: worlds, products, steps, oracle, properties, and the `madoguchi` command.
//!
//! A *world* is plain data; so is what happens in it, and what comes of it. Gherkin steps and properties make both, the
//! oracle says what must come of it, and living actors or a product show what does. One comparison judges all.

pub mod bench;
pub mod budget;
pub mod card_folder;
pub mod catalogue;
pub mod checks;
pub mod cli;
pub mod clock;
pub mod counter_page;
pub mod doctor;
pub mod error;
pub mod expected;
pub mod flows;
pub mod judge;
pub mod kiosk_page;
pub mod lint;
pub mod locale;
pub mod model;
pub mod mutants;
pub mod oracle;
pub mod portal_page;
pub mod properties;
pub mod relative;
pub mod reverse;
pub mod runner;
pub mod seed;
pub mod shard;
pub mod steps;
pub mod sut;
pub mod taps;
pub mod whose;
pub mod world;
pub mod yaml;
