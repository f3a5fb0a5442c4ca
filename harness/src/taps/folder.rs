//! The tap of the folder seam: each file that the terminal takes from `req` or puts into `res` and `face`.

use std::sync::Arc;

use reports::Text2;
use reports::evidence::{Direction, Seam, party};
use sim_reader::terminal::{Action, Folder, FolderEvent, Observer};

use super::{Crossed, FileSeen, Taps, words};

/// An observer for the folders of one institution.
pub fn observer(taps: Taps, institution: String) -> Observer {
    Arc::new(move |event| observe(&taps, &institution, event))
}

fn observe(taps: &Taps, institution: &str, event: FolderEvent) {
    let FolderEvent { folder, file, bytes, action } = event;
    let (from, to, direction) = match folder {
        Folder::Req => (party::RECEIPT_COMPUTER, party::TERMINAL, Direction::Request),
        Folder::Res => (party::TERMINAL, party::RECEIPT_COMPUTER, Direction::Answer),
        Folder::Face => (party::TERMINAL, party::RECEIPT_COMPUTER, Direction::Event),
    };
    match (folder, action) {
        (Folder::Req, Action::Read) | (Folder::Res | Folder::Face, Action::Written) => {}
        (Folder::Req, Action::Written | Action::Removed)
        | (Folder::Res | Folder::Face, Action::Read | Action::Removed) => {
            return;
        }
    }
    let crossed =
        Crossed { seam: Seam::Folder, from, to, direction, summary: summary(folder, &file) };
    taps.take(crossed, &bytes);
    let seen = |folder| FileSeen { institution: institution.to_owned(), folder, name: file, bytes };
    match folder {
        Folder::Req => taps.keep_request(seen("req")),
        Folder::Res => taps.keep_file(seen("res")),
        Folder::Face => {
            taps.result_at(institution);
            taps.keep_file(seen("face"));
        }
    }
}

fn summary(folder: Folder, file: &str) -> Text2 {
    match folder {
        Folder::Face => {
            Text2::new(format!("face に結果 {file}"), format!("result into face: {file}"))
        }
        Folder::Req => words::family(file),
        Folder::Res => words::family(file),
    }
}
