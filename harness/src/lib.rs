//! The bench: worlds, products, steps, oracle, properties, and the `madoguchi` command.

pub mod model;
pub mod oracle;
pub mod properties;
