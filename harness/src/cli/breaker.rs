//! How long a product that does not work is asked again.

use clap::Args;

/// Scenarios in a row, unless another number is given.
const TIMES: u32 = 5;

/// When a product is given up.
#[derive(Debug, Clone, Copy, Args)]
pub struct BreakerArgs {
    /// Ask the product no more after so many scenarios in a row that end by the same fault of its
    #[arg(long, value_name = "N", default_value_t = TIMES, value_parser = clap::value_parser!(u32).range(1..))]
    circuit_breaker: u32,
    /// Ask it in every scenario, however often it fails
    #[arg(long, conflicts_with = "circuit_breaker")]
    no_circuit_breaker: bool,
}

impl Default for BreakerArgs {
    fn default() -> Self {
        Self { circuit_breaker: TIMES, no_circuit_breaker: false }
    }
}

impl BreakerArgs {
    /// After how many scenarios; never where there is none.
    pub fn limit(&self) -> Option<u32> {
        (!self.no_circuit_breaker).then_some(self.circuit_breaker)
    }
}
