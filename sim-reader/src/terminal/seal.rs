//! Encrypted output: answers and results as ZIP files under a password, switched on for each prefix of names (OQS-MSG-18).
//!
//! Public: that there are encrypt.conf and encrypt_face.conf with `e` or `n` for each prefix, that the ZIP is AES-256 under a password,
//! and that the name of such an answer ends in `.zip`. Bench profile: that `.zip` takes the place of `.xml` or `.pdf`, and that the one
//! file inside has the name it would have without, uncompressed. Each ZIP has fresh salt, so no two are the same bytes.

use std::fmt;
use std::io::{self, Cursor, Write as _};

use jiff::Timestamp;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, DateTime, ZipWriter};

use super::messages::jst;
use super::names::encrypted;
use super::store::Folder;

/// Which files are encrypted, and the password.
#[derive(Clone)]
pub struct Seal {
    /// What the names of answers in `res` begin with, e.g. `YZKsiquc01res` (the `e` lines of encrypt.conf).
    pub res: Vec<String>,
    /// What the names of results in `face` begin with (the `e` lines of encrypt_face.conf).
    pub face: Vec<String>,
    /// The password of every ZIP.
    pub password: String,
}

/// Without the password.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("res", &self.res)
            .field("face", &self.face)
            .finish_non_exhaustive()
    }
}

impl Seal {
    /// Whether a file of this name is to be encrypted.
    pub fn covers(&self, folder: Folder, file: &str) -> bool {
        let prefixes = match folder {
            Folder::Req => return false,
            Folder::Res => &self.res,
            Folder::Face => &self.face,
        };
        prefixes.iter().any(|prefix| file.starts_with(prefix.as_str()))
    }

    /// The name and the bytes of the ZIP with one file in it.
    ///
    /// # Errors
    /// When the file is too large for a ZIP, or its name is.
    pub fn pack(&self, file: &str, bytes: &[u8], now: Timestamp) -> io::Result<(String, Vec<u8>)> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::try_from(jst(now)).unwrap_or_default())
            .with_aes_encryption(AesMode::Aes256, &self.password);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(file, options)?;
        zip.write_all(bytes)?;
        Ok((encrypted(file), zip.finish()?.into_inner()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn seal() -> Seal {
        let prefixes = |text: &str| vec![text.to_owned()];
        let (res, face) = (prefixes("YZKsiquc01res"), prefixes("OQSsiquc01res_face_"));
        Seal { res, face, password: "架空の鍵".to_owned() }
    }

    #[test]
    fn a_prefix_counts_in_its_folder() {
        for (folder, file, expected) in [
            (Folder::Res, "YZKsiquc01res_1.xml", true),
            (Folder::Res, "OQSsiquc01res_1.xml", false),
            (Folder::Face, "OQSsiquc01res_face_1_20260401000000.xml", true),
            (Folder::Face, "YZKsiquc01res_1.xml", false),
            (Folder::Req, "YZKsiquc01res_1.xml", false),
        ] {
            assert_eq!(seal().covers(folder, file), expected, "{folder:?} {file}");
        }
    }

    #[test]
    fn only_the_password_opens_it() {
        let file = "YZKsiquc01res_患者 1.pdf";
        let (name, bytes) = seal().pack(file, b"%PDF-1.7 secret", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(name, "YZKsiquc01res_患者 1.zip");
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 1);
        assert!(zip.by_index(0).is_err());
        assert!(zip.by_index_decrypt(0, b"other").is_err());
        let mut text = Vec::new();
        let mut inside = zip.by_index_decrypt(0, seal().password.as_bytes()).unwrap();
        inside.read_to_end(&mut text).unwrap();
        assert_eq!(
            (inside.name().unwrap().as_ref(), text.as_slice()),
            (file, &b"%PDF-1.7 secret"[..])
        );
    }

    #[test]
    fn nobody_reads_the_password_in_a_log() {
        assert!(!format!("{:?}", seal()).contains("架空の鍵"));
    }
}
