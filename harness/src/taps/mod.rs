//! Taps: evidence taken at the seams, from outside every actor, so that a simulator and a product leave the same.
//!
//! A tap never stores a secret: PIN, 照合番号, number and photo become their length and a keyed digest. Every crossing but
//! those of the card itself is searched for the people's secrets, which are planted as canaries.

pub mod camera;
pub mod card;
pub mod folder;
pub mod http;
pub mod matcher;
pub mod words;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reports::Text2;
use reports::evidence::{Bytes, Chain, Crossing, Direction, EvidenceEntry, Seam};
use sha2::Sha256;

use crate::checks::seams::{Seen, Sighting};
use crate::clock::{VirtualClock, rfc3339};
use crate::seed::Seed;

/// A secret that must cross no seam but the card's.
#[derive(Clone)]
pub struct Canary {
    /// Whose and what, as reports may say it.
    pub what: String,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for Canary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canary").field("what", &self.what).finish_non_exhaustive()
    }
}

/// All taps of one story. Clones share the record.
#[derive(Debug, Clone)]
pub struct Taps {
    clock: VirtualClock,
    key: [u8; 32],
    canaries: Arc<Vec<Canary>>,
    record: Arc<Mutex<Record>>,
}

#[derive(Debug, Default)]
struct Record {
    chain: Chain,
    entries: Vec<EvidenceEntry>,
    /// What crossed since somebody asked for the entries. Most stories are never read, and putting into words and chaining costs.
    unchained: Vec<Taken>,
    seen: Seen,
    files: Vec<FileSeen>,
    requests: Vec<FileSeen>,
    proofs: Vec<Proof>,
}

impl Record {
    /// All entries, in order, chained up to the last crossing.
    fn entries(&mut self) -> &[EvidenceEntry] {
        let taken = self.unchained.drain(..);
        self.entries.extend(taken.map(|taken| self.chain.append(taken.told())));
        &self.entries
    }
}

/// One crossing as it was taken down.
#[derive(Debug)]
struct Taken {
    at: Timestamp,
    crossed: Crossed,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// A message or file: shown as text where it is text.
    Plain(Vec<u8>),
    /// A command to a card, or its response.
    Apdu(Vec<u8>),
    /// What a secret became.
    Redacted(Bytes),
}

impl Taken {
    /// As evidence tells it.
    fn told(self) -> Crossing {
        let Crossed { seam, from, to, direction, summary } = self.crossed;
        let bytes = match self.content {
            Content::Plain(bytes) => words::readable(&bytes),
            Content::Apdu(bytes) => Bytes::Hex(hex::encode(bytes)),
            Content::Redacted(bytes) => bytes,
        };
        Crossing {
            virtual_time: rfc3339(self.at),
            seam,
            from: from.to_owned(),
            to: to.to_owned(),
            direction,
            summary: Some(summary),
            bytes,
        }
    }
}

/// A file that crossed the folder seam.
#[derive(Debug, Clone)]
pub struct FileSeen {
    /// Whose folders.
    pub institution: String,
    /// `face`, `res` or `req`.
    pub folder: &'static str,
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A request in which a card proved itself to the backend, kept so that it can be sent again.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Message family.
    pub family: String,
    /// The request's body.
    pub body: Vec<u8>,
}

/// Who speaks to whom, where, and what it means.
#[derive(Debug, Clone)]
pub struct Crossed {
    /// The seam.
    pub seam: Seam,
    /// Sender.
    pub from: &'static str,
    /// Receiver.
    pub to: &'static str,
    /// Part in the exchange.
    pub direction: Direction,
    /// One line of meaning.
    pub summary: Text2,
}

impl Taps {
    /// Taps that read this clock, key their digests from this seed and look for these canaries.
    pub fn new(clock: VirtualClock, seed: Seed, canaries: Vec<Canary>) -> Self {
        let key = seed.bytes("evidence digests");
        Self { clock, key, canaries: Arc::new(canaries), record: Arc::default() }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down one crossing, to be chained in its order.
    fn chain(&self, crossed: Crossed, content: Content) {
        let at = self.clock.now();
        self.record().unchained.push(Taken { at, crossed, content });
    }

    /// Takes down what crossed, after searching it for canaries.
    pub fn take(&self, crossed: Crossed, bytes: &[u8]) {
        self.search(crossed.seam, bytes);
        self.chain(crossed, Content::Plain(bytes.to_vec()));
    }

    /// Takes down that a secret crossed: its length and a keyed digest.
    pub fn take_secret(&self, crossed: Crossed, kind: &str, secret: &[u8]) {
        let bytes = Bytes::Redacted {
            kind: kind.to_owned(),
            length: u64::try_from(secret.len()).unwrap_or(u64::MAX),
            digest: self.digest(secret),
        };
        self.chain(crossed, Content::Redacted(bytes));
    }

    fn digest(&self, secret: &[u8]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        mac.update(secret);
        mac.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Notes a meaning.
    pub fn sight(&self, sighting: Sighting) {
        self.record().seen.sightings.push(sighting);
    }

    /// Notes a result file.
    fn result_at(&self, institution: &str) {
        self.record().seen.results_at.push(institution.to_owned());
    }

    fn keep_file(&self, file: FileSeen) {
        self.record().files.push(file);
    }

    fn keep_request(&self, file: FileSeen) {
        self.record().requests.push(file);
    }

    /// Reads the request files and the answers and results, each in the order in which they crossed.
    pub fn with_files<T>(&self, look: impl FnOnce(&[FileSeen], &[FileSeen]) -> T) -> T {
        let record = self.record();
        look(&record.requests, &record.files)
    }

    fn keep_proof(&self, proof: Proof) {
        self.record().proofs.push(proof);
    }

    fn search(&self, seam: Seam, bytes: &[u8]) {
        for canary in self.canaries.iter().filter(|canary| words::contains(bytes, &canary.secret)) {
            self.record().seen.canaries.insert(format!(
                "{} at the {} seam",
                canary.what,
                seam.name()
            ));
        }
        if words::holds_photo(bytes) {
            self.record().seen.canaries.insert(format!("photo at the {} seam", seam.name()));
        }
    }

    /// Looks at what was noted.
    pub fn with_seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.record().seen)
    }

    /// How often this was noted so far.
    pub fn count(&self, sighting: Sighting) -> usize {
        self.with_seen(|seen| seen.sightings.iter().filter(|found| **found == sighting).count())
    }

    /// Files that were seen since `mark`, a number of files seen before.
    pub fn files_since(&self, mark: usize) -> Vec<FileSeen> {
        self.record().files.iter().skip(mark).cloned().collect()
    }

    /// How many files were seen.
    pub fn file_count(&self) -> usize {
        self.record().files.len()
    }

    /// The last request in which a card proved itself.
    pub fn last_proof(&self) -> Option<Proof> {
        self.record().proofs.last().cloned()
    }

    /// Sequence number of the last entry.
    pub fn last_seq(&self) -> Option<u64> {
        let record = self.record();
        let crossed = record.entries.len().saturating_add(record.unchained.len());
        u64::try_from(crossed).ok().filter(|crossed| *crossed > 0)
    }

    /// All entries, in order.
    pub fn entries(&self) -> Vec<EvidenceEntry> {
        self.record().entries().to_vec()
    }
}

impl Taps {
    /// Takes down what a card said. The card seam is the one place where a secret may cross, so it is not searched.
    pub fn take_from_card(&self, crossed: Crossed, bytes: &[u8]) {
        self.chain(crossed, Content::Apdu(bytes.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use reports::evidence::verify_entries;

    use super::*;

    fn crossed() -> Crossed {
        let summary = Text2::new("何か", "something");
        Crossed {
            seam: Seam::Card,
            from: "card",
            to: "reader",
            direction: Direction::Request,
            summary,
        }
    }

    #[test]
    fn a_crossing_is_told_as_it_was_whenever_it_is_read() {
        let clock = VirtualClock::new(Timestamp::UNIX_EPOCH);
        let taps = Taps::new(clock.clone(), Seed(1), Vec::new());
        taps.take(crossed(), b"<N/>");
        taps.take_from_card(crossed(), &[0x90, 0x00]);
        clock.advance(Timestamp::from_second(86_400).unwrap());
        let told = taps.entries();
        assert!(told.iter().all(|entry| entry.virtual_time == rfc3339(Timestamp::UNIX_EPOCH)));
        let bytes: Vec<_> = told.into_iter().map(|entry| entry.bytes).collect();
        assert_eq!(bytes, [Bytes::Text("<N/>".to_owned()), Bytes::Hex("9000".to_owned())]);
    }

    #[test]
    fn a_crossing_has_its_number_before_anybody_reads_it_and_keeps_it() {
        let taps = Taps::new(VirtualClock::new(Timestamp::UNIX_EPOCH), Seed(1), Vec::new());
        assert_eq!(taps.last_seq(), None);
        for read_between in [false, true] {
            taps.take(crossed(), b"one");
            taps.take(crossed(), b"two");
            let number = taps.last_seq();
            let read = if read_between { taps.entries() } else { Vec::new() };
            assert_eq!(taps.last_seq(), number);
            assert!(read.last().is_none_or(|last| Some(last.seq) == number));
        }
        assert_eq!(taps.entries().iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(verify_entries(&taps.entries()).unwrap().length, 4);
    }
}
