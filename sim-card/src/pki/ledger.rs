//! Which certificates exist, and the standing of each through time.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Timestamp, civil::Date};

use super::{crl::RevocationReason, municipality::Municipality, names::CaKind};
use crate::population::{CheckDigit, Population, certificates::SERIALS};

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
    /// Its last second.
    not_after: Timestamp,
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
        (issued, not_after): (Timestamp, Timestamp),
    ) -> Self {
        let (holder, changes) = (holder.to_owned(), Vec::new());
        Self { ca, holder, birthdate, municipality, issued, not_after, changes }
    }

    /// Moment of issue and last second.
    pub(crate) fn valid(&self) -> (Timestamp, Timestamp) {
        (self.issued, self.not_after)
    }

    /// Whether it has run out, whatever its standing.
    pub(crate) fn is_over(&self, at: Timestamp) -> bool {
        self.not_after < at
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
///
/// Those of a population stand here without being written down: only what happens to one of them makes a record of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    records: BTreeMap<u64, Record>,
    population: Option<Population>,
}

impl Ledger {
    /// The certificates of a population stand here from now on. False when those of another do already: both have the same serial numbers.
    pub(crate) fn introduce(&mut self, population: Population) -> bool {
        // Check digits stand in no certificate.
        let population = population.with_check_digits(CheckDigit::Wrong);
        *self.population.get_or_insert(population) == population
    }

    /// The next number of the ledger's own row, which leaves out those of the population.
    pub(crate) fn next_serial(&self) -> u64 {
        let (below, above) = (..SERIALS.start, SERIALS.end..);
        let last =
            self.records.range(above).next_back().or_else(|| self.records.range(below).next_back());
        match last.map_or(FIRST_SERIAL, |(serial, _)| serial.saturating_add(1)) {
            next if SERIALS.contains(&next) => SERIALS.end,
            next => next,
        }
    }

    pub(crate) fn enter(&mut self, serial: u64, record: Record) {
        self.records.insert(serial, record);
    }

    /// The serial numbers of everything a person was ever given, or will be.
    pub(crate) fn held_by(&self, holder: &str) -> Vec<u64> {
        let written = self.records.iter().filter(|(_, record)| record.holder == holder);
        let mut held: BTreeSet<u64> = written.map(|(serial, _)| *serial).collect();
        let citizen = self.population.and_then(|population| population.holder(holder));
        held.extend(
            citizen.iter().flat_map(|citizen| citizen.certificates()).map(|one| one.serial),
        );
        held.into_iter().collect()
    }

    pub(crate) fn find(&self, serial: &[u8]) -> Option<Cow<'_, Record>> {
        self.record(number(serial)?)
    }

    fn record(&self, serial: u64) -> Option<Cow<'_, Record>> {
        let written = self.records.get(&serial).map(Cow::Borrowed);
        written.or_else(|| self.computed(serial).map(Cow::Owned))
    }

    /// A certificate of the population to which nothing has happened. One that follows another is issued only if that is good to its end.
    fn computed(&self, serial: u64) -> Option<Record> {
        let (citizen, one) = self.population?.certificate(serial)?;
        let good = |serial| {
            let before = self.record(serial)?.standing(one.issued)?;
            (before == Standing::Good).then_some(())
        };
        if let Some(before) = one.after {
            good(before)?;
        }
        let place = citizen.municipality();
        let valid = (one.issued, one.not_after);
        Some(Record::new(one.ca, &citizen.holder, citizen.birthdate, place, valid))
    }

    /// What a change of standing would make of a certificate, to be [entered](Self::enter); `None` when nothing has this serial number.
    pub(crate) fn changed(
        &self,
        serial: &[u8],
        change: Change,
        at: Timestamp,
    ) -> Option<Result<(u64, Record), StandingError>> {
        let serial = number(serial)?;
        let mut record = self.record(serial)?.into_owned();
        Some(record.change(change, at).map(|()| (serial, record)))
    }

    /// Everything that one CA issued and that is written down, by serial number. What is not written down is good.
    pub(crate) fn of(&self, ca: CaKind) -> impl Iterator<Item = (u64, &Record)> + Clone {
        self.records.iter().filter(move |(_, r)| r.ca == ca).map(|(serial, r)| (*serial, r))
    }

    /// Whether any certificate names the distribution point of this prefecture and municipality.
    pub(crate) fn has_point(&self, ca: CaKind, of: &Municipality) -> bool {
        let peopled = self.population.is_some_and(|_| Population::has_municipality(of));
        let card = [CaKind::UserAuthentication, CaKind::DigitalSignature].contains(&ca);
        peopled && card || self.of(ca).any(|(_, record)| record.municipality.shares_point(of))
    }

    /// How many certificates are written down.
    pub(crate) fn written(&self) -> usize {
        self.records.len()
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
        Record::new(kind, "p", born, Municipality::default(), (at(100), at(600)))
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

    #[test]
    fn the_own_row_goes_around_the_numbers_of_the_population() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.next_serial(), FIRST_SERIAL);
        for (entered, next) in [
            (SERIALS.start, FIRST_SERIAL),
            (SERIALS.end - 1, FIRST_SERIAL),
            (5_000, 5_001),
            (SERIALS.start - 1, SERIALS.end),
            (SERIALS.end, SERIALS.end + 1),
        ] {
            ledger.enter(entered, record());
            assert_eq!(ledger.next_serial(), next, "after {entered}");
        }
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
