//! The bench and its command: worlds, products, steps, oracle, properties, mutants.
