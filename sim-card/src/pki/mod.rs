//! The authority: keys, certificate profiles, revocation lists and status answers.
//!
//! Imitated: the public personal authentication service (公的個人認証サービス) as seen by its verifiers: two certification authorities, certificates
//! of the card's two keys, a revocation list, an OCSP responder, and the service that links serial numbers of one person.
//! Refused: names and policies of the production hierarchy. Everything is issued under `O=JPKI-TEST` and the test policy arc.
//!
//! No function here asks a clock or a random source: same calls, same bytes.

mod adoption;
pub mod authority;
mod authority_error;
pub mod behaviour;
mod ca;
pub mod crl;
pub mod crl_stream;
pub mod generation;
pub mod http;
pub mod keys;
mod ledger;
pub mod life;
mod misanswer;
pub mod municipality;
pub mod named_list;
pub mod names;
pub mod ocsp;
pub mod ocsp_wire;
pub mod office;
mod presigned;
pub mod profile;
pub mod validity;

pub use adoption::OnCard;
pub use authority::{
    Authority, AuthorityConfig, AuthorityError, IssueRequest, Issued, RenewRequest,
    SignatureIssueRequest,
};
pub use behaviour::ResponderBehaviour;
pub use crl::{ListKind, ListOrder, RevocationReason};
pub use crl_stream::Entry;
pub use generation::{Generation, Links};
pub use http::router;
pub use keys::{FixtureKey, PERSONA_KEYS, POOL_SIZE, fixture_key, pooled_key};
pub use ledger::StandingError;
pub use life::LifeEvent;
pub use municipality::Municipality;
pub use named_list::{NamedList, made_up};
pub use names::{CaKind, Substitutes};
pub use office::Office;
