//! No secret where none belongs: 12-digit numbers, pictures and PINs by their form.

use reports::evidence::Seam;

use super::{Found, Material, Rule, at, each};
use crate::reverse::folder_seam::FileNote;
use crate::reverse::form::{Secret, secrets};
use crate::reverse::wire::Message;
use crate::taps::http::Place;

const NUMBER: (&str, &str) =
    ("十二桁の番号がどこにも現れない", "no 12-digit number stands in a message");
const PHOTO: (&str, &str) =
    ("撮った顔も券面の写真も外へ出ない", "no picture of a face leaves the reader");
const PIN: (&str, &str) = ("暗証番号が外へ出ない", "no PIN is handed on");

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(Seam::Reader, "reader/no-number", &["OQS-PRIV-01"], NUMBER, |it| number(it, Place::Reader)),
    at(Seam::Reader, "reader/no-photo", &["OQS-FACE-09"], PHOTO, |it| photo(it, Place::Reader)),
    at(Seam::Reader, "reader/no-pin", &["OQS-PIN-08"], PIN, |it| pin(it, Place::Reader)),
    at(Seam::Backend, "backend/no-number", &["OQS-PRIV-01", "OQS-CERT-02"], NUMBER, |it| {
        number(it, Place::Backend)
    }),
    at(Seam::Backend, "backend/no-photo", &["OQS-FACE-09"], PHOTO, |it| photo(it, Place::Backend)),
    at(Seam::Backend, "backend/no-pin", &["OQS-PIN-08"], PIN, |it| pin(it, Place::Backend)),
    at(Seam::Folder, "folders/no-number", &["OQS-PRIV-01"], NUMBER, in_files_number),
    at(Seam::Folder, "folders/no-photo", &["OQS-FACE-09"], PHOTO, in_files_photo),
];

/// What passed at a place, heads and contents, with the evidence entry that shows each exchange.
fn passed(material: &Material, place: Place) -> impl Iterator<Item = (u64, Vec<u8>)> {
    material.calls(place).flat_map(|call| {
        let of = |message: &Message| [head(message), message.body.clone()];
        let all = of(&call.request).into_iter().chain(of(&call.answer));
        all.map(|bytes| (call.seq, bytes)).collect::<Vec<_>>()
    })
}

/// First line and header fields, the parts of a path apart.
fn head(message: &Message) -> Vec<u8> {
    let start = message.start.replace(['/', '?', '&', '='], " ");
    let fields = message.headers.iter().map(|(name, value)| format!("\n{name}: {value}"));
    std::iter::once(start).chain(fields).collect::<String>().into_bytes()
}

fn without(material: &Material, place: Place, secret: Secret) -> Found {
    let look = |(seq, bytes): (u64, Vec<u8>)| {
        if secrets(&bytes).contains(&secret) {
            return Err(format!("a {} in the exchange of entry {seq}", secret.name()));
        }
        Ok(())
    };
    each(passed(material, place).map(look), "nothing passed here")
}

/// Digits that somebody may have chosen are for a person to look at: one number in eleven has a right check digit.
fn number(material: &Material, place: Place) -> Found {
    let found = without(material, place, Secret::Number);
    let Found::Holds(_) = found else { return found };
    let perhaps = without(material, place, Secret::MaybeNumber);
    if let Found::Broken { first, .. } = perhaps { Found::Review(first) } else { found }
}

fn photo(material: &Material, place: Place) -> Found {
    without(material, place, Secret::Photo)
}

fn pin(material: &Material, place: Place) -> Found {
    without(material, place, Secret::Pin)
}

/// Names and contents of files.
fn in_files(material: &Material, secret: Secret) -> Found {
    let look = |note: &FileNote| {
        let told = || format!("a {} in the file of entry {}", secret.name(), note.seq);
        let bears = |bytes: &[u8]| secrets(bytes).contains(&secret);
        if bears(note.name.as_bytes()) || bears(&note.bytes) { Err(told()) } else { Ok(()) }
    };
    each(material.notes.files.iter().map(look), "no file appeared")
}

fn in_files_number(material: &Material) -> Found {
    let found = in_files(material, Secret::Number);
    let Found::Holds(_) = found else { return found };
    let perhaps = in_files(material, Secret::MaybeNumber);
    if let Found::Broken { first, .. } = perhaps { Found::Review(first) } else { found }
}

fn in_files_photo(material: &Material) -> Found {
    in_files(material, Secret::Photo)
}
