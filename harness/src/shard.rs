//! Shares of a plan: which scenario belongs to which share, for runs on several machines.

use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// One share: `2/5` is the second of five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no share: write 1/3, 2/3 or 3/3 for three shares");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let (index, of) = (index.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
        if index == 0 || index > of { Err(wrong()) } else { Ok(Self { index, of }) }
    }
}

impl Share {
    /// Whether a scenario belongs to this share. It depends on the id alone: a scenario more or less moves no other one.
    pub fn holds(self, id: &str) -> bool {
        let digest = Sha256::digest(id.as_bytes());
        let first = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        first % u64::from(self.of.max(1)) == u64::from(self.index.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_written_with_a_stroke() {
        assert_eq!("2/5".parse(), Ok(Share { index: 2, of: 5 }));
        for wrong in ["", "1", "0/3", "4/3", "a/b", "1/0", "1/2/3", "-1/3"] {
            assert!(wrong.parse::<Share>().unwrap_err().contains(wrong), "{wrong}");
        }
    }

    #[test] // computed apart from this code, with Python
    fn the_share_of_a_scenario_never_changes() {
        for (id, index) in GOLDEN {
            assert!(Share { index, of: 7 }.holds(id), "{id}");
        }
    }

    const GOLDEN: [(&str, u32); 3] =
        [("certificate/revoked", 7), ("identity/own-card", 2), ("inbox/two-readers", 1)];

    proptest! {
        #[test]
        fn each_scenario_is_in_exactly_one_share(id in "[a-z/-]{1,30}", of in 1_u32..20) {
            let holders = (1..=of).filter(|index| Share { index: *index, of }.holds(&id)).count();
            prop_assert_eq!(holders, 1);
        }
    }
}
