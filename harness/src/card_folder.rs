//! What is on a card, written to a folder: for people and programs (`card issue`), and for a product that is the card itself. Bench profile.
//!
//! Beside live card bytes and changed PINs in a state file these folders are the only places where secrets of a card are written, and
//! never the 12-digit number.

mod files;

use std::path::Path;

use image::ImageEncoder as _;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::{Map, Value, json};
use sim_card::{CardContents, KeyAndCertificate, reference_number_b};

use crate::error::BenchError;

/// Says that nothing of this is anybody's.
const NOTE: &str =
    "fictitious: the 12-digit number has a wrong check digit and is left out on purpose";

/// Writes the card's folder. `facts` say whose card it is.
///
/// # Errors
/// [`BenchError`] when a file cannot be written, or the card has keys that are no RSA keys.
pub fn write(
    contents: &CardContents,
    facts: Map<String, Value>,
    folder: &Path,
) -> Result<(), BenchError> {
    for (kind, pair) in [
        ("user-authentication", &contents.user_authentication),
        ("digital-signature", &contents.digital_signature),
    ] {
        if let Some(pair) = pair {
            write_pair(folder, kind, pair)?;
        }
    }
    if let Some(photo) = &contents.face.photo {
        file(&folder.join("photo.jp2"), photo)?;
        file(&folder.join("photo.png"), &png(photo)?)?;
    }
    write_terminal_authority(contents, folder)?;
    for (name, bytes) in files::all(contents)? {
        file(&folder.join("files").join(name), &bytes)?;
    }
    let told = serde_json::to_vec_pretty(&told(contents, facts));
    file(&folder.join("card.json"), &told.map_err(|error| BenchError::setup("card facts", error))?)
}

fn write_pair(folder: &Path, kind: &str, pair: &KeyAndCertificate) -> Result<(), BenchError> {
    let failed = |error: rsa::pkcs8::Error| BenchError::setup("card keys", error);
    let key = pair.key.rsa().ok_or_else(|| {
        BenchError::setup(
            "card keys",
            format!("the {kind} key is no RSA key; only those are written"),
        )
    })?;
    let key = key.to_pkcs8_pem(LineEnding::LF).map_err(failed)?;
    file(&folder.join(format!("{kind}.key.pem")), key.as_bytes())?;
    file(&folder.join(format!("{kind}.crt")), &pair.certificate)?;
    file(&folder.join(format!("{kind}-ca.crt")), &pair.ca_certificate)
}

/// The key with which the card checks terminals' certificates.
fn write_terminal_authority(contents: &CardContents, folder: &Path) -> Result<(), BenchError> {
    let Some(key) = &contents.terminal_authority else { return Ok(()) };
    let pem = key.to_public_key_pem(LineEnding::LF);
    let pem = pem.map_err(|error| BenchError::setup("card keys", error))?;
    file(&folder.join("terminal-authority.pub.pem"), pem.as_bytes())
}

fn png(jp2: &[u8]) -> Result<Vec<u8>, BenchError> {
    let photo =
        sim_reader::face::photo::decode(jp2).map_err(|error| BenchError::setup("photo", error))?;
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&photo.pixels, photo.width, photo.height, image::ExtendedColorType::L8)
        .map_err(|error| BenchError::setup("photo", error))?;
    Ok(bytes)
}

/// The content of `card.json`.
pub fn told(contents: &CardContents, mut facts: Map<String, Value>) -> Map<String, Value> {
    let face = &contents.face;
    let number_b = reference_number_b(face.birthdate, face.expiry.year(), &face.security_code);
    for (key, value) in [
        ("user_pin", json!(contents.user_pin)),
        ("signature_password", json!(contents.signature_password)),
        ("name", json!(contents.holder.name)),
        ("kana", json!(contents.holder.kana)),
        ("address", json!(contents.holder.address)),
        ("sex", json!(face.sex)),
        ("birthdate", json!(face.birthdate)),
        ("expiry", json!(face.expiry)),
        ("security_code", json!(face.security_code)),
        ("reference_number_b", json!(number_b)),
    ] {
        facts.insert(key.to_owned(), value);
    }
    facts.entry("note").or_insert_with(|| json!(NOTE));
    facts
}

/// Writes a file, its folder first.
fn file(path: &Path, bytes: &[u8]) -> Result<(), BenchError> {
    let failed = |source| BenchError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}
