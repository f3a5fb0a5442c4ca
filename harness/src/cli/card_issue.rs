//! `madoguchi card issue`: what is on a card, written to a folder.

use std::path::Path;

use image::ImageEncoder as _;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::json;
use sim_card::KeyAndCertificate;

use super::card_holder::HeldCard;
use super::{Failure, say, write};
use crate::error::BenchError;

/// Writes what is on a card to a folder. The only place, beside live card bytes and changed PINs in a state file, where
/// secrets of a card are written.
pub fn issue(card: &HeldCard, out: &Path) -> Result<u8, Failure> {
    let contents = &card.contents;
    for (kind, pair) in [
        ("user-authentication", &contents.user_authentication),
        ("digital-signature", &contents.digital_signature),
    ] {
        if let Some(pair) = pair {
            write_pair(out, kind, pair)?;
        }
    }
    if let Some(photo) = &contents.face.photo {
        write(&out.join("photo.jp2"), photo)?;
        write(&out.join("photo.png"), &png(photo)?)?;
    }
    write(&out.join("card.json"), &facts(card)?)?;
    say(format_args!("written to {}; every key in it is a throwaway", out.display()));
    Ok(0)
}

fn write_pair(out: &Path, kind: &str, pair: &KeyAndCertificate) -> Result<(), Failure> {
    let failed = |error: rsa::pkcs8::Error| BenchError::setup("card keys", error);
    let key = pair.key.rsa().ok_or_else(|| {
        BenchError::setup(
            "card keys",
            format!("the {kind} key is no RSA key; only those are written"),
        )
    })?;
    let key = key.to_pkcs8_pem(LineEnding::LF).map_err(failed)?;
    write(&out.join(format!("{kind}.key.pem")), key.as_bytes())?;
    write(&out.join(format!("{kind}.crt")), &pair.certificate)?;
    write(&out.join(format!("{kind}-ca.crt")), &pair.ca_certificate)
}

fn png(jp2: &[u8]) -> Result<Vec<u8>, Failure> {
    let photo =
        sim_reader::face::photo::decode(jp2).map_err(|error| BenchError::setup("photo", error))?;
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&photo.pixels, photo.width, photo.height, image::ExtendedColorType::L8)
        .map_err(|error| BenchError::setup("photo", error))?;
    Ok(bytes)
}

fn facts(card: &HeldCard) -> Result<Vec<u8>, Failure> {
    let (mut facts, contents) = (card.facts.clone(), &card.contents);
    let note = if card.valid_check_digit {
        "fictitious, but the 12-digit number has a right check digit and may be somebody's; it is left out on purpose"
    } else {
        "fictitious: the 12-digit number has a wrong check digit and is left out on purpose"
    };
    for (key, value) in [
        ("user_pin", json!(contents.user_pin)),
        ("signature_password", json!(contents.signature_password)),
        ("name", json!(contents.holder.name)),
        ("kana", json!(contents.holder.kana)),
        ("address", json!(contents.holder.address)),
        ("sex", json!(contents.face.sex)),
        ("birthdate", json!(contents.face.birthdate)),
        ("expiry", json!(contents.face.expiry)),
        ("security_code", json!(contents.face.security_code)),
        ("note", json!(note)),
    ] {
        facts.insert(key.to_owned(), value);
    }
    serde_json::to_vec_pretty(&facts).map_err(|error| BenchError::setup("card facts", error).into())
}
