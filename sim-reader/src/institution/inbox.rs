//! What arrives in the `face` folder: each result once, complete, in no order that matters.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use super::messages::{FaceResult, ResultError};

/// What every face file's name begins with; besides, only its last 14 digits may be relied on (OQS-MSG-03).
const PREFIX: &str = "OQSsiquc01res_face_";

/// Remembers which files and which results were taken in.
#[derive(Debug, Default)]
pub struct Inbox {
    files: BTreeSet<String>,
    results: BTreeSet<String>,
}

/// One new file.
#[derive(Debug)]
pub struct Arrival {
    /// Its name.
    pub file: String,
    /// Its content, or why there is none to be used.
    pub content: Content,
}

/// What a new file holds.
#[derive(Debug)]
pub enum Content {
    /// A result seen for the first time.
    Result(Box<FaceResult>),
    /// A result that was taken in under another name: changes nothing (OQS-MSG-20).
    Duplicate,
    /// A complete message that is no result.
    Unusable(ResultError),
}

impl Inbox {
    /// Takes in the files that are new and complete; half files are left for the next look (OQS-MSG-13).
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn scan(&mut self, face: &Path) -> io::Result<Vec<Arrival>> {
        let mut arrivals = Vec::new();
        for file in face_files(face)? {
            let known = self.files.contains(&file);
            let bytes = if known { None } else { fs::read(face.join(&file)).ok() };
            let Some(content) = bytes.and_then(|bytes| self.content(&bytes)) else { continue };
            self.files.insert(file.clone());
            arrivals.push(Arrival { file, content });
        }
        Ok(arrivals)
    }

    fn content(&mut self, bytes: &[u8]) -> Option<Content> {
        match FaceResult::parse(bytes) {
            Ok(result) if self.results.insert(fingerprint(&result)) => {
                Some(Content::Result(Box::new(result)))
            }
            Ok(_) => Some(Content::Duplicate),
            Err(ResultError::Xml(_)) => None,
            Err(error @ (ResultError::Problem(_) | ResultError::Value(_))) => {
                Some(Content::Unusable(error))
            }
        }
    }
}

/// The whole content, so that a second visit within the same second is another result.
fn fingerprint(result: &FaceResult) -> String {
    format!("{result:?}")
}

/// Names that are face files, oldest first by the 14 digits.
fn face_files(face: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(face)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        files.extend(written_at(&name).map(|time| (time, name.clone())));
    }
    files.sort();
    Ok(files.into_iter().map(|(_, name)| name).collect())
}

/// The 14 digits before the extension of a face file's name.
fn written_at(name: &str) -> Option<String> {
    let stem = name.strip_prefix(PREFIX)?.strip_suffix(".xml")?;
    let digits = stem.get(stem.len().checked_sub(14)?..)?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::institution::samples::result_bytes;
    use crate::terminal::Encoding;

    fn name(middle: &str) -> String {
        format!("{PREFIX}{middle}_20260401093015.xml")
    }

    #[test]
    fn only_prefix_and_time_of_a_name_count() {
        assert!(written_at(&name("1319999999abc_def")).is_some());
        assert!(written_at("OQSsiquc01res_face_20260401093015.xml").is_some());
        for other in [
            ".OQSsiquc01res_face_x_20260401093015.xml.part",
            "OQSsiquc01res_x.xml",
            "OQSsiquc01res_face_1.xml",
        ] {
            assert_eq!(written_at(other), None, "{other}");
        }
    }

    #[test]
    fn a_second_copy_changes_nothing_and_half_a_file_waits() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = result_bytes(Encoding::Utf8, false);
        let mut inbox = Inbox::default();
        fs::write(folder.path().join(name("a")), &bytes[..200]).unwrap();
        assert!(inbox.scan(folder.path()).unwrap().is_empty());
        fs::write(folder.path().join(name("a")), &bytes).unwrap();
        assert!(matches!(inbox.scan(folder.path()).unwrap()[0].content, Content::Result(_)));
        fs::write(folder.path().join(name("b")), result_bytes(Encoding::ShiftJis, true)).unwrap();
        assert!(matches!(inbox.scan(folder.path()).unwrap()[0].content, Content::Duplicate));
        assert!(inbox.scan(folder.path()).unwrap().is_empty());
    }
}
