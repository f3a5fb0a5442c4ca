//! The reference pipeline: a pure function from world and story to the expected outcome.
