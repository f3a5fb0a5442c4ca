//! Which certificates exist, and the standing of each through time.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{crl::RevocationReason, municipality::Municipality, names::CaKind};

/// First serial number given to a card; both CAs draw from one row, so a serial number names one certificate of the authority.
const FIRST_SERIAL: u64 = 1001;

/// Standing of a certificate from one moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// Suspended (一時停止), may come back.
    Held {
        since: Timestamp,
    },
    /// Ended for good.
    Revoked {
        at: Timestamp,
        reason: RevocationReason,
    },
}

/// A change of standing that the rules do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// Revocation is final.
    #[error("the certificate is revoked already")]
    AlreadyRevoked,
    /// Only a good certificate can be held.
    #[error("the certificate is held already")]
    AlreadyHeld,
    /// Only a held certificate can be released.
    #[error("the certificate is not held")]
    NotHeld,
    /// Changes must come in the order of time.
    #[error("the change lies before the certificate's latest change at {latest}")]
    BeforeLatest {
        /// The change already recorded.
        latest: Timestamp,
    },
}

impl Standing {
    fn revoked(self, at: Timestamp, reason: RevocationReason) -> Result<Self, StandingError> {
        match self {
            Self::Revoked { .. } => Err(StandingError::AlreadyRevoked),
            Self::Good | Self::Held { .. } => Ok(Self::Revoked { at, reason }),
        }
    }

    fn held(self, since: Timestamp) -> Result<Self, StandingError> {
        match self {
            Self::Good => Ok(Self::Held { since }),
            Self::Held { .. } => Err(StandingError::AlreadyHeld),
            Self::Revoked { .. } => Err(StandingError::AlreadyRevoked),
        }
    }

    fn released(self) -> Result<Self, StandingError> {
        match self {
            Self::Held { .. } => Ok(Self::Good),
            Self::Good => Err(StandingError::NotHeld),
            Self::Revoked { .. } => Err(StandingError::AlreadyRevoked),
        }
    }
}

/// A change of standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Revoke(RevocationReason),
    Hold,
    Release,
}

/// One issued certificate.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) ca: CaKind,
    pub(crate) holder: String,
    pub(crate) birthdate: Date,
    pub(crate) municipality: Municipality,
    issued: Timestamp,
    /// Later standings, in the order of time.
    changes: Vec<(Timestamp, Standing)>,
}

impl Record {
    /// A certificate that is good from its issue on.
    pub(crate) fn new(
        ca: CaKind,
        holder: &str,
        birthdate: Date,
        municipality: Municipality,
        issued: Timestamp,
    ) -> Self {
        Self { ca, holder: holder.to_owned(), birthdate, municipality, issued, changes: Vec::new() }
    }

    /// The standing at an instant; `None` before the issue.
    pub(crate) fn standing(&self, at: Timestamp) -> Option<Standing> {
        let latest = self.changes.iter().rev().find(|(from, _)| *from <= at);
        (self.issued <= at).then(|| latest.map_or(Standing::Good, |(_, standing)| *standing))
    }

    /// The moment of the latest change up to `at`.
    pub(crate) fn latest(&self, at: Timestamp) -> Option<Timestamp> {
        self.changes.iter().rev().map(|(from, _)| *from).find(|from| *from <= at)
    }

    pub(crate) fn change(&mut self, change: Change, at: Timestamp) -> Result<(), StandingError> {
        let (latest, now) = self.changes.last().copied().unwrap_or((self.issued, Standing::Good));
        if at < latest {
            return Err(StandingError::BeforeLatest { latest });
        }
        let next = match change {
            Change::Revoke(RevocationReason::CertificateHold) | Change::Hold => now.held(at)?,
            Change::Revoke(reason) => now.revoked(at, reason)?,
            Change::Release => now.released()?,
        };
        self.changes.push((at, next));
        Ok(())
    }
}

/// All certificates of an authority by serial number. Nothing is ever dropped: an expired certificate that was revoked stays revoked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    records: BTreeMap<u64, Record>,
}

impl Ledger {
    pub(crate) fn next_serial(&self) -> u64 {
        self.records.last_key_value().map_or(FIRST_SERIAL, |(last, _)| last.saturating_add(1))
    }

    pub(crate) fn enter(&mut self, serial: u64, record: Record) {
        self.records.insert(serial, record);
    }

    /// The serial numbers of everything a person was ever given.
    pub(crate) fn held_by(&self, holder: &str) -> Vec<u64> {
        let held = self.records.iter().filter(|(_, record)| record.holder == holder);
        held.map(|(serial, _)| *serial).collect()
    }

    pub(crate) fn find(&self, serial: &[u8]) -> Option<&Record> {
        self.records.get(&number(serial)?)
    }

    pub(crate) fn find_mut(&mut self, serial: &[u8]) -> Option<&mut Record> {
        self.records.get_mut(&number(serial)?)
    }

    /// Everything one CA issued, by serial number.
    pub(crate) fn of(&self, ca: CaKind) -> impl Iterator<Item = (u64, &Record)> + Clone {
        self.records.iter().filter(move |(_, r)| r.ca == ca).map(|(serial, r)| (*serial, r))
    }
}

/// A serial number from big-endian bytes; leading zeros do not count. `None` when longer than any we give (or negative as DER content).
fn number(serial: &[u8]) -> Option<u64> {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    let significant = serial.get(zeros..)?;
    (significant.len() <= 8)
        .then(|| significant.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(second, 0).unwrap()
    }

    fn record() -> Record {
        let (kind, born) = (CaKind::UserAuthentication, date(1980, 2, 17));
        Record::new(kind, "p", born, Municipality::default(), at(100))
    }

    #[test]
    fn the_standing_follows_time() {
        let mut record = record();
        record.change(Change::Hold, at(200)).unwrap();
        record.change(Change::Release, at(300)).unwrap();
        record.change(Change::Revoke(RevocationReason::Superseded), at(400)).unwrap();
        for (second, standing) in [
            (99, None),
            (100, Some(Standing::Good)),
            (199, Some(Standing::Good)),
            (200, Some(Standing::Held { since: at(200) })),
            (300, Some(Standing::Good)),
            (400, Some(Standing::Revoked { at: at(400), reason: RevocationReason::Superseded })),
        ] {
            assert_eq!(record.standing(at(second)), standing, "at {second}");
        }
    }

    #[test]
    fn changes_that_are_refused() {
        let revoke = Change::Revoke(RevocationReason::KeyCompromise);
        for (before, then, error) in [
            (vec![revoke], revoke, StandingError::AlreadyRevoked),
            (vec![revoke], Change::Hold, StandingError::AlreadyRevoked),
            (vec![revoke], Change::Release, StandingError::AlreadyRevoked),
            (vec![Change::Hold], Change::Hold, StandingError::AlreadyHeld),
            (vec![], Change::Release, StandingError::NotHeld),
        ] {
            let mut record = record();
            for change in before {
                record.change(change, at(200)).unwrap();
            }
            assert_eq!(record.change(then, at(200)), Err(error));
        }
        let early = record().change(revoke, at(99));
        assert_eq!(early, Err(StandingError::BeforeLatest { latest: at(100) }));
    }

    #[test]
    fn leading_zeros_of_a_serial_do_not_count() {
        assert_eq!(number(&[0, 0, 0x03, 0xE9]), Some(1001));
        assert_eq!(number(&[]), Some(0));
        assert_eq!(number(&[1; 9]), None);
    }

    proptest! {
        #[test]
        fn revocation_is_final(changes in prop::collection::vec(0..3u8, 0..20)) {
            let mut record = record();
            record.change(Change::Revoke(RevocationReason::KeyCompromise), at(100)).unwrap();
            for change in changes {
                let change = match change {
                    0 => Change::Hold,
                    1 => Change::Release,
                    _ => Change::Revoke(RevocationReason::Superseded),
                };
                prop_assert!(record.change(change, at(500)).is_err());
            }
        }
    }
}
