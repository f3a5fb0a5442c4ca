//! `madoguchi portal serve`: the patient's portal with a page, everything behind it included, on the wall clock.

use jiff::Timestamp;
use sim_backend::Backend;
use sim_backend::http::serve_plain;
use sim_backend::messages::Form;
use sim_backend::service::records::PersonCode;
use sim_card::pki::Generation;

use super::backend_people::People;
use super::responder::Responder;
use super::{Failure, backend, block_on, card, listen, say, stopped};
use crate::catalogue::Catalogue;
use crate::clock::{jst_day, wall};
use crate::error::BenchError;
use crate::portal_page::{Drawer, Helper, router};

/// Serves until Ctrl-C.
pub fn serve(address: &str) -> Result<u8, Failure> {
    let Cards { helper, registered } = cards()?;
    block_on(async {
        let listener = listen(address).await?;
        let bound = listener.local_addr().map_err(BenchError::Listen)?;
        let backend =
            backend::backend("sqlite::memory:", &People::PERSONAS, Form::default()).await?;
        People::PERSONAS.insure(backend.store(), jst_day(wall())).await?;
        register(&backend, &registered).await?;
        say(format_args!("portal     http://{bound}/"));
        say(format_args!("interface  http://{bound}/portal/…   (bench profile; docs/portal.md)"));
        say("Ctrl-C ends it; nothing is kept");
        serve_plain(listener, router(backend.portal_router(), helper), stopped()).await;
        backend.close().await;
        Ok(0)
    })
}

/// Every persona's card, and what is registered of them before anything happens.
struct Cards {
    helper: Helper,
    registered: Vec<(PersonCode, String, Timestamp)>,
}

/// Presses every persona's card. The authority that the backend asks has issued the same ones: a serial names the same person
/// in each command.
fn cards() -> Result<Cards, Failure> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("registration", error);
    let catalogue = Catalogue::embedded()?;
    let (_, pressed) = card::pressed(Responder::default().authority(Generation::Current)?)?;
    let mut registered = Vec::new();
    for (name, card) in &pressed {
        let Some((_, person)) = catalogue.persona(name) else { continue };
        let facts =
            person.card.as_ref().filter(|card| card.registered && !person.disclosure_barred);
        if let (Some(facts), Some(serial)) = (facts, &card.serial) {
            let code = PersonCode::new(*name).map_err(|error| failed(&error))?;
            registered.push((code, hex::encode(serial), facts.issued));
        }
    }
    let contents = pressed.into_iter().map(|(name, card)| (name.to_owned(), card.contents));
    Ok(Cards { helper: Helper { drawer: Drawer::new(contents), catalogue }, registered })
}

async fn register(
    backend: &Backend,
    registered: &[(PersonCode, String, Timestamp)],
) -> Result<(), Failure> {
    for (person, serial, at) in registered {
        let kept = backend.store().register(serial, person, *at).await;
        kept.map_err(|error| BenchError::setup("registration", error))?;
    }
    Ok(())
}
