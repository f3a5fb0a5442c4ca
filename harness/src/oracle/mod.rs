//! The reference pipeline: a pure function from a world and a story to what must be observed.
//!
//! It reads plain data only: no clock, no socket, no random number, no actor. Each stage stands in a file of its own and cites
//! its rows, so that a domain expert can lay file and rows side by side. It shares no rule, table or constant with the
//! simulators; where both come to the same outcome, they do so on their own.
//!
//! Where the rows are silent, the doc says "bench choice". A story may name people and institutions that do not exist; nothing
//! is then known of them, and the outcome says so.
//!
//! | stage | file |
//! |---|---|
//! | card, mode, identity | `reader` |
//! | path, period, status, acts of the authority | `certificate` |
//! | registration | `registration` |
//! | consents | `consent` |
//! | care outside the institution | `care` |
//! | disaster mode | `disaster` |
//! | a person without card and numbers | `special` |
//! | validity and coverage, by card and by numbers | `qualification` |
//! | medical aid | `aid` |
//! | what is told | `disclosure` |
//! | care history | `history` |
//! | what the patient pays | `shares` |
//! | health checks | `health` |
//! | many at once | `bulk` |
//! | who is found by month or day | `finding` |
//! | reference numbers | `reference` |
//! | insurer feed | `feed` |
//! | result to chart | `inbox` |
//! | claim | `claim` |
//! | what the patient sees at home | `portal` |
//!
//! Ten rules that stand here and, written anew, in an actor. Altering either alone turns `tests/properties.rs` red.
//!
//! | rule | here | actor |
//! |---|---|---|
//! | grace ends with the third month after expiry | `certificate::period` | `sim_backend::certificate::GraceRule` |
//! | first day of the renewal notice | `certificate::period` | `sim_backend::certificate::GraceRule` |
//! | the day of loss is not covered | `qualification::is_active` | `sim_backend::service::qualify` |
//! | a consent lives 24 hours | `consent` | `sim_backend::service::consent` |
//! | ten face failures lock | `reader::face` | `sim_reader::session::FACE_LIMIT` |
//! | three PIN tries | `reader` | `sim_card::pin` |
//! | the newest start wins | `qualification::newest` | `sim_backend::service::qualify` |
//! | several persons match | `qualification::by_numbers` | `sim_backend::service::identify` |
//! | a limit holds to its last day | `disclosure` | `sim_backend::service::records::Period` |
//! | registering lets the card route go on | `registration::require` | `sim_backend::service::registration` |

mod aid;
mod bulk;
mod calendar;
mod care;
mod certificate;
mod claim;
mod consent;
mod disaster;
mod disclosure;
mod feed;
mod finding;
mod health;
mod history;
mod inbox;
#[cfg(test)]
mod laws;
mod mishap;
mod numbers;
mod portal;
mod qualification;
mod reader;
mod reference;
mod registration;
mod shares;
mod special;
mod state;
#[cfg(test)]
mod testing;
mod text;
mod visit;

use crate::model::{Event, Outcome, World};

use state::State;

/// The expected outcome of `event` in `world` after everything in `past`.
///
/// Pure and total: the same arguments give the same outcome, and no story is too odd for one.
pub fn judge(world: &World, past: &[Event], event: &Event) -> Outcome {
    let mut state = after(world, past);
    step(world, &mut state, event)
}

/// The expected outcome of each event of a story, in order. The same as [`judge`] event by event, in linear time.
pub fn judge_story(world: &World, story: &[Event]) -> Vec<Outcome> {
    let mut state = State::before(world);
    story.iter().map(|event| step(world, &mut state, event)).collect()
}

fn after(world: &World, past: &[Event]) -> State {
    let mut state = State::before(world);
    for event in past {
        step(world, &mut state, event);
    }
    state
}

fn step(world: &World, state: &mut State, event: &Event) -> Outcome {
    match event {
        Event::Clock(to) => {
            state.now = state.now.max(*to); // never backwards
            Outcome::Done
        }
        Event::Authority { person, act } => {
            certificate::act(world, state, person, *act);
            Outcome::Done
        }
        Event::Responder { silent } => {
            state.responder_silent = *silent;
            Outcome::Done
        }
        Event::Disaster(mode) => {
            disaster::open(state, mode);
            Outcome::Done
        }
        Event::Emergency(step) => Outcome::Emergency { taken: special::emergency(state, step) },
        Event::Feed(record) => Outcome::Feed { accepted: feed::record(world, state, record) },
        Event::Visit(visit) => Outcome::Visit(visit::judge(world, state, visit)),
        Event::Replay { .. } => Outcome::Replay { accepted: false }, // OQS-CERT-03, whether or not there is a proof to repeat
        Event::NumberQuery(query) => Outcome::Query(disclosure::query(world, state, query)),
        Event::Repeat(repeat) => Outcome::Query(care::repeat(world, state, repeat)),
        Event::PersonQuery(query) => Outcome::Query(special::query(world, state, query)),
        Event::Finding(finding) => Outcome::Finding(finding::judge(world, state, finding)),
        Event::Information(request) => {
            Outcome::Information(history::information(world, state, request))
        }
        Event::BulkQuery(query) => Outcome::Bulk(bulk::query(world, state, query)),
        Event::BulkFetch { institution } => {
            Outcome::BulkFetch { given: bulk::fetch(state, institution) }
        }
        Event::Register(registration) => {
            Outcome::Register(reference::register(world, state, registration))
        }
        Event::Collect { institution, .. } => {
            Outcome::Inbox(inbox::collect(world, state, institution))
        }
        // OQS-MSG-13, OQS-MSG-15: whatever else lies in the folders changes nothing.
        Event::Oddity { .. } => Outcome::Done,
        Event::Claim(claim) => Outcome::Claim(claim::judge(world, state, claim)),
        Event::Portal(used) => Outcome::Portal(portal::judge(world, state, used)),
    }
}
