//! A writer of request files without any care, as clients on network shares are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test support: a broken set-up ends the test"
)]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sim_reader::terminal::Encoding;
use sim_reader::terminal::names::RequestName;

use super::counter::query;

/// Writes into one folder; knows what it must get back for it.
pub struct Writer {
    req: PathBuf,
    number: u64,
    random: ChaCha8Rng,
    /// The answers due: name and `ArbitraryFileIdentifier`.
    pub answers: BTreeMap<String, String>,
    /// Files that are no requests, with their content.
    pub rest: BTreeMap<PathBuf, Vec<u8>>,
}

impl Writer {
    pub fn new(req: &Path, number: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(number);
        Self {
            req: req.to_owned(),
            number,
            random,
            answers: BTreeMap::new(),
            rest: BTreeMap::new(),
        }
    }

    /// Drops so many requests, each in a manner drawn, and rubbish between.
    pub fn drop_all(mut self, requests: usize) -> Self {
        for count in 0..requests {
            self.drop_one(count);
        }
        self
    }

    fn drop_one(&mut self, count: usize) {
        let suffix = format!("_{:02} 受付_{count:05}", self.number);
        let identifier = format!("W{:02}N{count:05}", self.number);
        let encoding =
            if self.random.random_bool(0.5) { Encoding::Utf8 } else { Encoding::ShiftJis };
        let bytes = query(&identifier, encoding);
        let path = self.req.join(format!("OQSsiquc01req{suffix}.xml"));
        self.answers.insert(format!("OQSsiquc01res{suffix}.xml"), identifier);
        match self.random.random_range(0..7) {
            0 => fs::write(&path, &bytes).unwrap(),
            1 => self.in_pieces(&path, &bytes),
            2 => in_one_move(&path, &bytes, &path.with_extension("xml.tmp")),
            3 => in_one_move(
                &path,
                &bytes,
                &path.with_file_name(format!(".{count}.{}", self.number)),
            ),
            4 => read_only(&path, &bytes),
            5 => preallocated(&path, &bytes),
            _ => {
                fs::write(&path, &bytes).unwrap();
                self.rubbish(count);
            }
        }
    }

    fn in_pieces(&mut self, path: &Path, bytes: &[u8]) {
        let cut = self.random.random_range(0..bytes.len());
        let mut file = File::create(path).unwrap();
        file.write_all(&bytes[..cut]).unwrap();
        std::thread::yield_now();
        file.write_all(&bytes[cut..]).unwrap();
    }

    fn rubbish(&mut self, count: usize) {
        let names = [
            "メモ {}.txt",
            "OQSsiquc01res_{}.xml",
            "._OQSsiquc01req_{}.xml",
            "~$req{}.xml",
            "Thumbs{}.db",
        ];
        let name = names[count % names.len()].replace("{}", &format!("{}-{count}", self.number));
        let path = self.req.join(name);
        let bytes = vec![b'x'; self.random.random_range(0..200)];
        fs::write(&path, &bytes).unwrap();
        self.rest.insert(path, bytes);
    }

    /// What is no request stands where it stood.
    pub fn assert_rest_untouched(&self) {
        for (path, bytes) in &self.rest {
            assert!(fs::read(path).ok().as_ref() == Some(bytes), "{} was touched", path.display());
        }
    }
}

fn in_one_move(path: &Path, bytes: &[u8], aside: &Path) {
    fs::write(aside, bytes).unwrap();
    fs::rename(aside, path).unwrap();
}

fn read_only(path: &Path, bytes: &[u8]) {
    let aside = path.with_extension("part");
    fs::write(&aside, bytes).unwrap();
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o444)).unwrap();
    fs::rename(aside, path).unwrap();
}

/// As a share does that reserves the place first: all zeros, then the content.
fn preallocated(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().set_len(u64::try_from(bytes.len()).unwrap()).unwrap();
    std::thread::yield_now();
    OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, 0).unwrap();
}

/// The names in a folder that are requests.
pub fn requests_in(req: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(req).unwrap().map(|entry| entry.unwrap());
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| RequestName::parse(name).is_ok()).collect()
}
