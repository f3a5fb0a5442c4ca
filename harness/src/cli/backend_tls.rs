//! The folder with what clients of the backend need for mutual TLS. Its authority is this folder's own: keys that everybody who has
//! this program could compute would keep nobody out.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::{Failure, write};
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::world::Workshop;

/// Whose certificate and key insurers use, and its common name.
pub const INSURERS: &str = "insurers";
/// Holds the seed of the folder's keys.
const SEED_FILE: &str = "authority.seed";

/// A folder with certificates and keys.
pub struct TlsFolder {
    folder: PathBuf,
    workshop: Workshop,
}

impl TlsFolder {
    /// Opens a folder, or makes one with an authority of its own; the same folder keeps its authority.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)
            .map_err(|source| BenchError::Write { path: folder.to_owned(), source })?;
        let workshop = Workshop::new(seed(&folder.join(SEED_FILE))?, None)?;
        let all = Self { folder: folder.to_owned(), workshop };
        // A signature is made anew each time: who has the certificate keeps the very same file.
        if !all.authority().exists() {
            write(&all.authority(), all.workshop.tls().root_pem().as_bytes())?;
        }
        let server = all.workshop.server_identity()?;
        write_secret(&folder.join("server.pem"), server.pem.as_bytes())?;
        let institutions = Catalogue::embedded()?.institutions.keys().map(String::as_str);
        for whose in institutions.chain([INSURERS]) {
            let identity = all.workshop.identity(whose)?;
            write_secret(&all.client(whose), identity.pem.as_bytes())?;
        }
        Ok(all)
    }

    /// The certificate that clients trust.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Certificate and key of an institution, or of [`INSURERS`], in one file.
    pub fn client(&self, whose: &str) -> PathBuf {
        self.folder.join(format!("{whose}.pem"))
    }

    /// Where a query to try is written to.
    pub fn query(&self) -> PathBuf {
        self.folder.join("number-query.xml")
    }

    /// The keys and certificates.
    pub fn workshop(&self) -> &Workshop {
        &self.workshop
    }
}

/// The seed in a file, or a fresh one that is kept there.
fn seed(path: &Path) -> Result<Seed, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => text.trim().parse().map(Seed).map_err(|_| {
            let reason = "is no number; remove it, and the folder gets a new authority".to_owned();
            BenchError::Config { path: path.to_owned(), reason }.into()
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let Seed(fresh) =
                Seed::fresh().map_err(|error| BenchError::setup("TLS authority", error))?;
            write_secret(path, format!("{fresh}\n").as_bytes())?;
            Ok(Seed(fresh))
        }
        Err(source) => Err(BenchError::ConfigRead { path: path.to_owned(), source }.into()),
    }
}

/// A file that only its owner reads.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = (|| {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(bytes)
    })();
    written.map_err(|source| BenchError::Write { path: path.to_owned(), source }.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_keeps_its_authority_and_shares_it_with_no_other() {
        let place = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let folder = TlsFolder::open(&place.path().join(name)).unwrap();
            std::fs::read_to_string(folder.authority()).unwrap()
        };
        let first = open("one");
        assert_eq!(open("one"), first);
        assert_ne!(open("other"), first);
    }

    #[test]
    fn only_the_owner_reads_keys() {
        let place = tempfile::tempdir().unwrap();
        let folder = TlsFolder::open(place.path()).unwrap();
        for path in [
            folder.client("1319999999"),
            place.path().join("server.pem"),
            place.path().join(SEED_FILE),
        ] {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }

    #[test]
    fn a_seed_that_is_none_is_told() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join(SEED_FILE), "x").unwrap();
        let told = TlsFolder::open(place.path()).err().unwrap().to_string();
        assert!(told.contains("is no number"), "{told}");
    }
}
