//! Defects of the terminal in the shared folders. They show at the folder's observer, which hears of a file as it is written.

use std::path::Path;

use serde::Deserialize;
use sim_reader::terminal::{Action, Folder, FolderEvent, Folders, Observer};

use super::edit::{Seam, Way};
use super::plant::{Plant, Planted};

/// What the terminal does wrong with result files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileDefect {
    /// Each result is put out twice.
    Twice,
    /// Each result goes to another institution as well.
    ElsewhereToo,
    /// Answers and results are put out under names that end otherwise.
    Misnamed,
}

impl Planted {
    /// The folders' observer, with the defect in front. `elsewhere` observes another institution.
    pub fn folders(&self, folders: &Folders, observer: Observer, elsewhere: Observer) -> Observer {
        if let Some(editing) = self.editing(Seam::Folder, Way::Answer) {
            let folders = folders.clone();
            return std::sync::Arc::new(move |event: FolderEvent| {
                let bytes = editing.changed(&event.file, &event.bytes);
                observer(rewritten(&folders, event, bytes));
            });
        }
        let Some(&Plant::Files(defect)) = self.get() else { return observer };
        let folders = folders.clone();
        std::sync::Arc::new(move |event: FolderEvent| match (defect, event.folder, event.action) {
            (FileDefect::Twice, Folder::Face, Action::Written) => {
                let copy = FolderEvent { file: copied(&event.file), ..event.clone() };
                write(&folders.face, &copy.file, &copy.bytes);
                observer(event);
                observer(copy);
            }
            (FileDefect::ElsewhereToo, Folder::Face, Action::Written) => {
                elsewhere(event.clone());
                observer(event);
            }
            (FileDefect::Misnamed, Folder::Res | Folder::Face, Action::Written) => {
                let file = misnamed(&event.file);
                let folder = if event.folder == Folder::Res { &folders.res } else { &folders.face };
                write(folder, &file, &event.bytes);
                observer(FolderEvent { file, ..event });
            }
            (FileDefect::Twice | FileDefect::ElsewhereToo | FileDefect::Misnamed, _, _) => {
                observer(event)
            }
        })
    }
}

/// The file with other content, on disk and as it is told.
fn rewritten(folders: &Folders, event: FolderEvent, bytes: Vec<u8>) -> FolderEvent {
    let folder = match (event.folder, event.action) {
        (Folder::Res, Action::Written) => &folders.res,
        (Folder::Face, Action::Written) => &folders.face,
        (Folder::Req, _) | (_, Action::Read | Action::Removed) => return event,
    };
    write(folder, &event.file, &bytes);
    FolderEvent { bytes, ..event }
}

/// What cannot be written stays as it was: the mutant then survives, and is reported.
fn write(folder: &Path, file: &str, bytes: &[u8]) {
    drop(std::fs::write(folder.join(file), bytes));
}

/// The same name with something after what it should end in.
fn misnamed(file: &str) -> String {
    file.replacen(".xml", "_copy.xml", 1)
}

/// The name of the second file: an hour later, as the name tells it.
fn copied(file: &str) -> String {
    file.replacen("face_", "face_copy_", 1)
}
