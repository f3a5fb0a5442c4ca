//! Everything that looks random comes from one seed, by label: no order of calls, no second run, changes what a label yields.

use std::io::Read as _;

use hkdf::Hkdf;
use sha2::Sha256;

/// The seed of a run, or of one scenario in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// A seed that nobody can guess: for keys that shall keep people out, and never for what a run shows.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn fresh() -> std::io::Result<Self> {
        let mut bytes = [0; 8];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self(u64::from_be_bytes(bytes)))
    }

    /// 32 bytes that belong to `label` (HKDF-SHA-256, RFC 5869).
    pub fn bytes(self, label: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        let expanded =
            Hkdf::<Sha256>::new(None, &self.0.to_be_bytes()).expand(label.as_bytes(), &mut bytes);
        debug_assert!(expanded.is_ok(), "32 bytes are within HKDF's limit");
        bytes
    }

    /// A number that belongs to `label`.
    pub fn number(self, label: &str) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes(label);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The seed of a part of the run.
    pub fn derive(self, label: &str) -> Self {
        Self(self.number(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_independent_and_repeatable() {
        let seed = Seed(7);
        assert_eq!(seed.bytes("a"), Seed(7).bytes("a"));
        assert_ne!(seed.bytes("a"), seed.bytes("b"));
        assert_ne!(seed.number("a"), Seed(8).number("a"));
    }
}
