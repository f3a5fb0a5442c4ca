//! `madoguchi authority`: the test authority with every persona's certificate, served or written to a folder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sim_card::pki::{
    Authority, CaKind, Generation, Links, ListKind, ListOrder, NamedList, ResponderBehaviour,
    made_up, router,
};
use sim_card::population::{Population, REFERENCE_DAY, SIZE};

use super::responder::Responder;
use super::{Failure, block_on, card, listen, say, stopped, write};
use crate::clock::wall;
use crate::error::BenchError;
use crate::world::Pressed;

/// What the help says about behaviours.
const BEHAVIOURS: &str = "\
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
  curl -X PUT 127.0.0.1:8881/control/behaviour -d '{\"behaviour\":\"delayed\",\"milliseconds\":9}'
  curl 127.0.0.1:8881/control/certificates/SERIAL/revoke -d '{\"reason\":\"keyCompromise\"}'
  curl 127.0.0.1:8881/control/people/hanako/events -d '{\"event\":\"moved\"}'
docs/authority.md lists every path.";

/// What can be done with the authority.
#[derive(Debug, Subcommand)]
pub enum AuthorityCommand {
    /// Serve OCSP, CRL and the link service for all personas and citizens, and take orders: revoke, renew, move, die
    #[command(after_help = BEHAVIOURS)]
    Serve {
        /// Address to listen on
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8881")]
        listen: String,
        /// How the responder behaves at first; PUT /control/behaviour changes it
        #[arg(long, value_name = "NAME", default_value_t)]
        behaviour: ResponderBehaviour,
        #[command(flatten)]
        citizens: Citizens,
        #[command(flatten)]
        responder: Responder,
    },
    /// Write CA and link certificates, every persona's certificate and CRLs of each kind to a folder
    Export {
        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Write bulk.crl too: a list of so many made-up serial numbers
        #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=100_000_000))]
        bulk: u64,
        /// Moment of the lists, e.g. 2026-10-01T03:00:00Z; the same moment gives the same files. Now unless given
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
        #[command(flatten)]
        responder: Responder,
    },
}

/// Whose certificates are known beside those of the personas.
#[derive(Debug, Args)]
pub struct Citizens {
    /// Seed of the population whose certificates are known
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Day from which its ages are seen, as for `madoguchi population show`
    #[arg(long, value_name = "DATE", default_value_t = REFERENCE_DAY)]
    today: Date,
}

/// Does what is asked.
pub fn run(command: &AuthorityCommand) -> Result<u8, Failure> {
    match command {
        AuthorityCommand::Serve { listen, behaviour, citizens, responder } => {
            serve((listen, responder), *behaviour, citizens)
        }
        AuthorityCommand::Export { out, bulk, at, responder } => {
            export((out, responder), *bulk, at.unwrap_or_else(wall))
        }
    }
}

/// A persona's user-authentication certificate.
struct Held {
    persona: String,
    serial: Vec<u8>,
    certificate: Vec<u8>,
}

/// The authority after it issued every persona's card, and the certificates.
fn with_personas(responder: &Responder) -> Result<(Authority, Vec<Held>), Failure> {
    let (authority, cards) = card::pressed(responder.authority(Generation::Current)?)?;
    let held = |(persona, pressed): (&str, Pressed)| {
        let (pair, serial) = pressed.contents.user_authentication.zip(pressed.serial)?;
        Some(Held { persona: persona.to_owned(), serial, certificate: pair.certificate })
    };
    let issued = cards.into_iter().filter_map(held).collect();
    Ok((authority, issued))
}

/// Serves until Ctrl-C, on the wall clock.
fn serve(
    (address, responder): (&str, &Responder),
    behaviour: ResponderBehaviour,
    citizens: &Citizens,
) -> Result<u8, Failure> {
    let population = Population::new(citizens.seed).seen_on(citizens.today);
    let population = population.map_err(|error| Failure::Usage(error.to_string()))?;
    let (mut authority, issued) = with_personas(responder)?;
    authority.introduce(population).map_err(|error| BenchError::setup("authority", error))?;
    block_on(async {
        let listener = listen(address).await?;
        let at = listener.local_addr().map_err(BenchError::Listen)?;
        say(format_args!("OCSP  POST http://{at}/"));
        say(format_args!(
            "CRL   GET  http://{at}/crl/user-authentication.crl   all names: docs/authority.md"
        ));
        say(format_args!("link  GET  http://{at}/link/SERIAL   (bench profile)"));
        say(format_args!("mode  PUT  http://{at}/control/behaviour   now {behaviour}"));
        say(format_args!(
            "order POST http://{at}/control/certificates, /control/people/PERSON/events"
        ));
        say(format_args!("known: {SIZE} citizens of seed {} and", citizens.seed));
        for Held { persona, serial, .. } in &issued {
            say(format_args!("  {persona:<10} serial {}", hex::encode(serial)));
        }
        let authority = Arc::new(Mutex::new(authority));
        let router = router(authority, Arc::new(wall), Arc::new(Mutex::new(behaviour)));
        sim_backend::http::serve_plain(listener, router, stopped()).await;
        Ok(0)
    })
}

/// Writes CA and link certificates, every persona's user-authentication certificate, and lists of each kind as of `now`.
fn export((out, responder): (&Path, &Responder), bulk: u64, now: Timestamp) -> Result<u8, Failure> {
    let (authority, issued) = with_personas(responder)?;
    for ca in CaKind::ALL {
        let slug = ca.slug();
        write(&out.join(format!("{slug}-ca.crt")), authority.certificate_of(ca))?;
        if let Some(links) = Links::of(ca).map_err(|error| failed(&error))? {
            write(&out.join(format!("{slug}-new-with-old.crt")), &links.new_with_old)?;
            write(&out.join(format!("{slug}-old-with-new.crt")), &links.old_with_new)?;
        }
        for list in NamedList::ALL {
            let bytes = authority.named_list((ca, list), now).map_err(|error| failed(&error))?;
            write(&out.join(list.file_name(ca)), &bytes)?;
        }
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

fn write_bulk(
    authority: &Authority,
    count: u64,
    now: Timestamp,
    path: &Path,
) -> Result<(), Failure> {
    let entries = made_up(count, days(now, -1)?);
    let (ca, kind, next_update) = (CaKind::UserAuthentication, ListKind::Full, days(now, 1)?);
    let order = ListOrder { ca, kind, this_update: now, next_update };
    let file = std::fs::File::create(path)
        .map_err(|source| BenchError::Write { path: path.to_owned(), source })?;
    Ok(authority.write_list_of(&order, entries, file).map_err(|error| failed(&error))?)
}

fn days(from: Timestamp, days: i64) -> Result<Timestamp, Failure> {
    let moved = from.checked_add(SignedDuration::from_hours(24 * days));
    Ok(moved.map_err(|error| failed(&error))?)
}

fn failed(error: &dyn std::fmt::Display) -> BenchError {
    BenchError::setup("revocation list", error)
}

/// The authority as the backend command needs it.
pub fn shared() -> Result<Arc<Mutex<Authority>>, Failure> {
    Ok(Arc::new(Mutex::new(with_personas(&Responder::default())?.0)))
}

/// The CA certificate that a backend trusts.
pub fn anchor(authority: &Mutex<Authority>) -> Vec<u8> {
    authority.lock().unwrap_or_else(PoisonError::into_inner).ca_certificate().to_vec()
}

#[cfg(test)]
mod tests {
    use sim_card::pki::PERSONA_KEYS;

    use crate::catalogue::Catalogue;

    #[test]
    fn every_persona_has_keys_of_its_own() {
        let personas = Catalogue::embedded().unwrap().personas.len();
        assert!(
            2 * personas <= PERSONA_KEYS,
            "{personas} personas: add keys and raise PERSONA_KEYS"
        );
    }
}
