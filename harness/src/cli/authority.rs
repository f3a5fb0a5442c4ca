//! `madoguchi authority`: the test authority with every persona's certificate, served or written to a folder.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sim_card::pki::{
    Authority, CaKind, Entry, Links, ListKind, ListOrder, Municipality, ResponderBehaviour,
    RevocationReason, router,
};

use super::{Failure, block_on, card, listen, say, stopped, write};
use crate::clock::wall;
use crate::error::BenchError;
use crate::world::Pressed;

/// What the help says about behaviours.
pub const BEHAVIOURS: &str = "\
Behaviours:
  answering          signs every answer when it is asked
  pre-signed         signs once per certificate and 15 minutes, without nonce
  silent             takes the request and never answers
  delayed:MS         answers so many milliseconds late
  try-later          OCSP status tryLater, CRL 503
  internal-error     OCSP status internalError, CRL 500
  malformed          the answer is cut off in the middle
  unsigned           the signature is empty
  bad-signature      the signature is of other bytes
  wrong-signer       signed by other keys under the same names, CRL too
  expired-responder  the responder's certificate has ended
  stale              answer and CRL of two days ago
  nonce-dropped      the nonce is not given back
  nonce-wrong        another nonce is given back

While it serves:
  curl -X PUT 127.0.0.1:8881/control/behaviour -d '{\"behaviour\":\"stale\"}'
  curl -X PUT 127.0.0.1:8881/control/behaviour -d '{\"behaviour\":\"delayed\",\"milliseconds\":9}'";

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
pub fn serve(address: &str, behaviour: ResponderBehaviour) -> Result<u8, Failure> {
    let (authority, issued) = with_personas()?;
    block_on(async {
        let listener = listen(address).await?;
        say(format_args!("OCSP  POST http://{address}/"));
        say(format_args!("CRL   GET  http://{address}/crl/user-authentication.crl"));
        say(format_args!("link  GET  http://{address}/link/SERIAL   (bench profile)"));
        say(format_args!("mode  PUT  http://{address}/control/behaviour   now {behaviour}"));
        for Held { persona, serial, .. } in &issued {
            say(format_args!("  {persona:<10} serial {}", hex::encode(serial)));
        }
        let authority = Arc::new(Mutex::new(authority));
        let router = router(authority, Arc::new(wall), Arc::new(Mutex::new(behaviour)));
        sim_backend::http::serve_plain(listener, router, stopped()).await;
        Ok(0)
    })
}

/// Writes CA and link certificates, every persona's user-authentication certificate, and lists of each kind as of now.
pub fn export(out: &Path, bulk: u64) -> Result<u8, Failure> {
    let (authority, issued) = with_personas()?;
    let now = wall();
    for ca in CaKind::ALL {
        let slug = ca.slug();
        write(&out.join(format!("{slug}-ca.crt")), authority.certificate_of(ca))?;
        if let Some(links) = Links::of(ca).map_err(|error| failed(&error))? {
            write(&out.join(format!("{slug}-new-with-old.crt")), &links.new_with_old)?;
            write(&out.join(format!("{slug}-old-with-new.crt")), &links.old_with_new)?;
        }
        write_lists(&authority, ca, now, out)?;
    }
    for Held { persona, certificate, .. } in &issued {
        write(&out.join(format!("{persona}.crt")), certificate)?;
    }
    if bulk > 0 {
        write_bulk(&authority, bulk, now, &out.join("bulk.crl"))?;
    }
    say(format_args!("{} certificates written to {}", issued.len(), out.display()));
    Ok(0)
}

/// `CA.crl` is the full list; the others say by their names what they are.
fn write_lists(
    authority: &Authority,
    ca: CaKind,
    now: Timestamp,
    out: &Path,
) -> Result<(), Failure> {
    let yesterday = days(now, -1)?;
    let full = order(ca, ListKind::Full, now)?;
    let delta = ListKind::Delta { since: yesterday };
    let partition = ListKind::Partition(Municipality::default());
    for (name, order) in [
        (".crl", full.clone()),
        ("-base.crl", order(ca, ListKind::Base, yesterday)?),
        ("-delta.crl", order(ca, delta, now)?),
        ("-partition.crl", order(ca, partition, now)?),
        ("-stale.crl", order(ca, ListKind::Full, days(now, -2)?)?),
    ] {
        let list = authority.list(&order).map_err(|error| failed(&error))?;
        write(&out.join(format!("{}{name}", ca.slug())), &list)?;
    }
    let stranger = authority.list_by_stranger(&full).map_err(|error| failed(&error))?;
    write(&out.join(format!("{}-wrong-issuer.crl", ca.slug())), &stranger)
}

fn write_bulk(
    authority: &Authority,
    count: u64,
    now: Timestamp,
    path: &Path,
) -> Result<(), Failure> {
    let since = days(now, -1)?;
    let reason = RevocationReason::Superseded.code();
    let entries = (1..=count).map(|n| Entry { serial: 1_000_000_000 + n, since, reason });
    let order = order(CaKind::UserAuthentication, ListKind::Full, now)?;
    let file = std::fs::File::create(path)
        .map_err(|source| BenchError::Write { path: path.to_owned(), source })?;
    Ok(authority.write_list_of(&order, entries, file).map_err(|error| failed(&error))?)
}

/// A list that holds for a day from `this_update` on.
fn order(ca: CaKind, kind: ListKind, this_update: Timestamp) -> Result<ListOrder, Failure> {
    Ok(ListOrder { ca, kind, this_update, next_update: days(this_update, 1)? })
}

fn days(from: Timestamp, days: i64) -> Result<Timestamp, Failure> {
    Ok(from.checked_add(SignedDuration::from_hours(24 * days)).map_err(|error| failed(&error))?)
}

fn failed(error: &dyn std::fmt::Display) -> BenchError {
    BenchError::setup("revocation list", error)
}

/// The authority as the backend command needs it.
pub fn shared() -> Result<Arc<Mutex<Authority>>, Failure> {
    Ok(Arc::new(Mutex::new(with_personas()?.0)))
}

/// The CA certificate that a backend trusts.
pub fn anchor(authority: &Mutex<Authority>) -> Vec<u8> {
    authority.lock().unwrap_or_else(PoisonError::into_inner).ca_certificate().to_vec()
}
