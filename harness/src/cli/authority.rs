//! `madoguchi authority`: the test authority with every persona's certificate, served or written to a folder.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sim_card::pki::{Authority, ResponderBehaviour, router};

use super::{Failure, block_on, card, listen, say, stopped, write};
use crate::clock::wall;
use crate::error::BenchError;
use crate::world::Pressed;

/// A persona's user-authentication certificate.
struct Held {
    persona: String,
    serial: Vec<u8>,
    certificate: Vec<u8>,
}

/// The authority after it issued every persona's card, and the certificates.
fn with_personas() -> Result<(Authority, Vec<Held>), Failure> {
    let (authority, cards) = card::pressed()?;
    let held = |(persona, pressed): (&str, Pressed)| {
        let (pair, serial) = pressed.contents.user_authentication.zip(pressed.serial)?;
        Some(Held { persona: persona.to_owned(), serial, certificate: pair.certificate })
    };
    let issued = cards.into_iter().filter_map(held).collect();
    Ok((authority, issued))
}

/// Serves OCSP, CRL and link service until Ctrl-C, on the wall clock.
pub fn serve(address: &str) -> Result<u8, Failure> {
    let (authority, issued) = with_personas()?;
    block_on(async {
        let listener = listen(address).await?;
        say(format_args!("OCSP  POST http://{address}/"));
        say(format_args!("CRL   GET  http://{address}/crl/user-authentication.crl"));
        say(format_args!("link  GET  http://{address}/link/SERIAL   (bench profile)"));
        for Held { persona, serial, .. } in &issued {
            say(format_args!("  {persona:<10} serial {}", hex::encode(serial)));
        }
        let authority = Arc::new(Mutex::new(authority));
        let router =
            router(authority, Arc::new(wall), Arc::new(Mutex::new(ResponderBehaviour::Answering)));
        sim_backend::http::serve_plain(listener, router, stopped()).await;
        Ok(0)
    })
}

/// Writes CA certificates, every persona's user-authentication certificate and the CRL of now.
pub fn export(out: &Path) -> Result<u8, Failure> {
    let (authority, issued) = with_personas()?;
    write(&out.join("user-authentication-ca.crt"), authority.ca_certificate())?;
    write(&out.join("digital-signature-ca.crt"), authority.signature_ca_certificate())?;
    for Held { persona, certificate, .. } in &issued {
        write(&out.join(format!("{persona}.crt")), certificate)?;
    }
    let now = wall();
    write(&out.join("user-authentication.crl"), &list(&authority, now)?)?;
    say(format_args!("{} certificates written to {}", issued.len(), out.display()));
    Ok(0)
}

fn list(authority: &Authority, now: Timestamp) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("revocation list", error);
    let next = now.checked_add(SignedDuration::from_hours(24)).map_err(|error| failed(&error))?;
    Ok(authority.crl(now, next).map_err(|error| failed(&error))?)
}

/// The authority as the backend command needs it.
pub fn shared() -> Result<Arc<Mutex<Authority>>, Failure> {
    Ok(Arc::new(Mutex::new(with_personas()?.0)))
}

/// The CA certificate that a backend trusts.
pub fn anchor(authority: &Mutex<Authority>) -> Vec<u8> {
    authority.lock().unwrap_or_else(PoisonError::into_inner).ca_certificate().to_vec()
}
