//! `madoguchi card`: a persona's virtual card, served to a reader or written to a folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use image::ImageEncoder as _;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use sim_card::apdu::{ResponseApdu, describe};
use sim_card::pki::{Authority, AuthorityConfig};
use sim_card::{Card, CardContents, KeyAndCertificate};

use super::selection::nearest;
use super::{Failure, block_on, say, stopped, write};
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::model::Person;
use crate::seed::Seed;
use crate::world::{CardPress, Order, Pressed, Workshop};

/// Finds a persona, or says which one was meant.
pub fn persona(name: &str) -> Result<(&'static str, &'static Person), Failure> {
    let catalogue = Catalogue::embedded()?;
    catalogue.persona(name).ok_or_else(|| {
        let hint = nearest(name, catalogue.personas.keys().map(String::as_str));
        let hint = hint.map_or_else(
            || "see `madoguchi list personas`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::Usage(format!("no persona is called `{name}`; {hint}"))
    })
}

/// Every persona's card, pressed in the order of their names on one authority: a serial names the same person in each
/// command.
pub fn pressed() -> Result<(Authority, BTreeMap<&'static str, Pressed>), Failure> {
    let failed = |error| BenchError::setup("authority", error);
    let mut authority = Authority::new(AuthorityConfig::default()).map_err(failed)?;
    let (workshop, mut press) = (Workshop::new(Seed(1), None)?, CardPress::new()?);
    let mut cards = BTreeMap::new();
    for (place, (holder, person)) in Catalogue::embedded()?.personas.iter().enumerate() {
        let Some(facts) = &person.card else { continue };
        let order = Order { holder, person, facts, place, seed: Seed(1) };
        cards.insert(holder.as_str(), press.press(&workshop, &mut authority, &order)?);
    }
    Ok((authority, cards))
}

/// What is on a persona's card.
fn card_of(name: &str) -> Result<CardContents, Failure> {
    let (slug, _) = persona(name)?;
    let card = pressed()?.1.remove(slug).map(|pressed| pressed.contents);
    card.ok_or_else(|| Failure::Usage(format!("{slug} has no My Number Card")))
}

/// Serves a card to vpcd until Ctrl-C, and shows each APDU in words.
pub fn serve(name: &str, vpcd: &str) -> Result<u8, Failure> {
    let contents = card_of(name)?;
    let card = Arc::new(Mutex::new(Card::new(contents)));
    say(format_args!("card of {name} for the vpcd driver at {vpcd}; Ctrl-C takes it away"));
    block_on(async {
        let served = sim_card::link::vpcd::serve(card, vpcd, show);
        tokio::select! {
            ended = served => ended.map_err(|error| BenchError::setup("vpcd link", format!("{error}; start pcscd with the vpcd driver first, or name its port with --vpcd")))?,
            () = stopped() => {}
        }
        Ok(0)
    })
}

fn show(command: &[u8], response: &[u8]) {
    let answer = ResponseApdu::parse(response);
    let answer = answer.map_or_else(
        |_| "no status word".to_owned(),
        |answer| format!("{} bytes, {} {}", answer.data.len(), answer.sw, answer.sw.meaning()),
    );
    say(format_args!("{} -> {answer}", describe(command)));
}

/// Writes what is on a card to a folder. The only place, beside live card bytes, where secrets of a persona are written.
pub fn issue(name: &str, out: &Path) -> Result<u8, Failure> {
    let contents = card_of(name)?;
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
    write(&out.join("card.json"), &facts(name, &contents)?)?;
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

fn facts(name: &str, contents: &CardContents) -> Result<Vec<u8>, Failure> {
    let facts = serde_json::json!({
        "persona": name,
        "user_pin": contents.user_pin,
        "signature_password": contents.signature_password,
        "birthdate": contents.face.birthdate,
        "expiry": contents.face.expiry,
        "security_code": contents.face.security_code,
        "note": "fictitious: the 12-digit number has a wrong check digit and is left out on purpose",
    });
    serde_json::to_vec_pretty(&facts).map_err(|error| BenchError::setup("card facts", error).into())
}
