//! The shared folders of a product that has them where they always are: looked at before a scenario, left after it as they were.
//!
//! Nothing is ever removed that the bench did not put there, or that was not handed over to it by the rules of the seam.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sim_reader::terminal::Folders;

use super::ferry::Ferry;
use super::oddities::STRAY;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;

/// What operating systems put into folders by themselves.
const NOBODYS: [&str; 2] = ["Thumbs.db", "desktop.ini"];

/// The folders in use by one institution of one scenario.
#[derive(Debug)]
pub struct FixedFolders {
    /// The folders.
    pub folders: Folders,
    _turn: Arc<()>,
}

impl FixedFolders {
    /// The folders of a product that has fixed ones; `None` where the bench makes them.
    ///
    /// # Errors
    /// [`BenchError::Folder`] when they cannot be used; [`BenchError::ProductUnsupported`] for a second institution of a scenario.
    pub fn claim(sut: &SutConfig, adapter: &Adapter) -> Result<Option<Self>, BenchError> {
        let Adapter::Folder(adapter) = adapter else { return Ok(None) };
        let folders = adapter.fixed(sut);
        let turn = sut.desk.claim(&folders.req.display().to_string());
        let turn = turn.ok_or_else(|| BenchError::ProductUnsupported {
            product: sut.product.name.clone(),
            what: "a second institution in one scenario: its folders are those of the first".into(),
        })?;
        all(&folders).into_iter().try_for_each(usable)?;
        Ok(Some(Self { folders, _turn: turn }))
    }
}

fn all(folders: &Folders) -> [&Path; 3] {
    [&folders.req, &folders.res, &folders.face]
}

/// It exists, can be written to, and holds nothing that somebody might miss or that might be taken for an answer.
fn usable(folder: &Path) -> Result<(), BenchError> {
    let unusable = |reason: String| BenchError::Folder { path: folder.to_owned(), reason };
    let entries = fs::read_dir(folder).map_err(|error| unusable(error.to_string()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !NOBODYS.contains(&name.as_str()) {
            return Err(unusable(format!("{name} lies there already")));
        }
    }
    let trial = folder.join(".madoguchi-try");
    let written = fs::write(&trial, b"").and_then(|()| fs::remove_file(&trial));
    written.map_err(|error| unusable(format!("nothing can be written there: {error}")))
}

/// Takes away what the bench left in fixed folders, once the scenario is over.
pub(super) struct Tidy(pub Ferry, pub FixedFolders);

impl Drop for Tidy {
    fn drop(&mut self) {
        self.0.take_back();
        // Put there by the scenario itself, beside the ferry.
        let entries = fs::read_dir(&self.1.folders.res).into_iter().flatten().flatten();
        let strays = entries.filter(|it| it.file_name().to_string_lossy().ends_with(STRAY));
        strays.for_each(|entry| drop(fs::remove_file(entry.path())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_strangers_files_or_none_at_all_are_not_used() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("req");
        assert!(usable(&folder).is_err(), "it does not exist");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(".DS_Store"), "").unwrap();
        fs::write(folder.join("Thumbs.db"), "").unwrap();
        assert!(usable(&folder).is_ok());
        fs::write(folder.join("letter.xml"), "").unwrap();
        let told = usable(&folder).unwrap_err().to_string();
        assert!(told.contains("letter.xml"), "{told}");
        assert!(folder.join("letter.xml").exists());
    }
}
