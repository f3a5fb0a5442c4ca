//! Whether an authority client means what it says: one that finds every certificate good, or none, cannot be judged.

use std::sync::{Arc, Mutex, PoisonError};

use sim_card::pki::{Authority, AuthorityConfig, Generation, ResponderBehaviour, RevocationReason};
use sim_card::population::Population;
use sim_reader::institution::protocol::Status;
use sim_reader::reader_link::Bytes;

use super::Finding;
use super::line::{self, Patient, Placed, told};
use crate::catalogue::Position;
use crate::clock::wall;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::authority_client::{Found, NO_STATUS, Op, Revocation, Where};
use crate::sut::config::SutConfig;
use crate::world::authority_client::{Heard, heard, reset};
use crate::world::{Served, plain};

const CONTRACT: &str = "docs/authority-client-protocol.md shows each order with its reply";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Office::admit(sut, adapter).await).await
}

/// The product before an authority that has issued one certificate.
struct Office {
    patient: Patient,
    name: String,
    authority: Arc<Mutex<Authority>>,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    certificate: Issued,
    served: Served,
}

/// A certificate of somebody who does not exist.
struct Issued {
    der: Vec<u8>,
    serial: Vec<u8>,
}

impl Placed for Office {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
    }

    /// A certificate that nothing is the matter with is good: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding> {
        let order = {
            let authority = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
            reset(&authority, &self.served.url(), wall())
        };
        let reply = self.patient.ask(&Op::Reset(order)).await?;
        if reply.status != Status::Ok {
            let what = format!("refuses `reset`, which can be done{}", told(&reply));
            return Err(self.patient.fault(what));
        }
        let good = Found::Trusted { period: Where::Current, revocation: Revocation::Good };
        match self.validate(self.certificate.der.clone()).await? {
            Heard::Found(found) if found == good => Ok(()),
            Heard::Found(found) => {
                let what = format!("does not find a good certificate good: {}", words(&found));
                Err(self.patient.fault(what))
            }
            Heard::NoStatus(why) => {
                let what = format!("learns no status from a responder that answers: {why}");
                Err(self.patient.fault(what))
            }
        }
    }

    /// Who takes a stranger's, an unknown or a revoked certificate, or a forged answer, for good fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        let foreign = issue(&mut authority(Generation::Foreign)?, 0)?;
        match self.validate(foreign.der).await? {
            Heard::Found(Found::Untrusted) => {}
            Heard::Found(Found::Trusted { .. }) | Heard::NoStatus(_) => {
                return Err(self.patient.fault("trusts a certificate of an authority that is not"));
            }
        }
        let unheard_of = issue(&mut authority(Generation::default())?, 1)?;
        self.expect_not_good("a certificate that the authority does not know", unheard_of.der)
            .await?;
        self.behave(ResponderBehaviour::BadSignature);
        self.expect_no_status("answers are forged").await?;
        self.behave(ResponderBehaviour::Answering);
        self.revoke()?;
        self.expect_not_good("a revoked certificate", self.certificate.der.clone()).await
    }

    /// From a responder that says nothing, nothing is learnt; that is no refusal.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        self.behave(ResponderBehaviour::Silent);
        self.expect_no_status("the responder is silent").await
    }
}

impl Office {
    async fn admit(sut: &SutConfig, adapter: &Adapter) -> Result<Self, Finding> {
        let mut authority = authority(Generation::default())?;
        let certificate = issue(&mut authority, 0)?;
        let (authority, behaviour) = (Arc::new(Mutex::new(authority)), Arc::default());
        let router =
            sim_card::pki::router(Arc::clone(&authority), Arc::new(wall), Arc::clone(&behaviour));
        let served = plain(router).await?;
        let patient = Patient::admit(sut, (Position::AuthorityClient, adapter), CONTRACT)?;
        let name = sut.product.name.clone();
        Ok(Self { patient, name, authority, behaviour, certificate, served })
    }

    async fn validate(&mut self, der: Vec<u8>) -> Result<Heard, Finding> {
        let order = Op::Validate { certificate: Bytes(der), now: wall() };
        let reply = self.patient.ask(&order).await?;
        Ok(heard(&self.name, &reply)?)
    }

    async fn expect_not_good(&mut self, what: &str, der: Vec<u8>) -> Result<(), Finding> {
        let revocation = match self.validate(der).await? {
            Heard::Found(Found::Trusted { revocation, .. }) => revocation,
            Heard::Found(Found::Untrusted) => {
                return Err(self.patient.fault(format!("does not trust the authority of {what}")));
            }
            Heard::NoStatus(_) => {
                return Err(self.patient.fault(format!("learns no status of {what}")));
            }
        };
        match revocation {
            Revocation::Revoked { .. } | Revocation::Unknown => Ok(()),
            Revocation::Good => {
                Err(self.patient.fault(format!("finds {what} good; its good would mean nothing")))
            }
        }
    }

    async fn expect_no_status(&mut self, when: &str) -> Result<(), Finding> {
        match self.validate(self.certificate.der.clone()).await? {
            Heard::NoStatus(_) => Ok(()),
            Heard::Found(found) => Err(self.patient.fault(format!(
                "has to answer by the error `{NO_STATUS}` where {when}, and finds {}",
                words(&found)
            ))),
        }
    }

    fn behave(&self, behaviour: ResponderBehaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    fn revoke(&self) -> Result<(), BenchError> {
        let mut authority = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = RevocationReason::KeyCompromise;
        let revoked = authority.revoke(&self.certificate.serial, reason, wall());
        revoked.map_err(|error| BenchError::setup("authority", error))
    }
}

fn words(found: &Found) -> String {
    serde_json::to_string(found).unwrap_or_default()
}

fn authority(generation: Generation) -> Result<Authority, BenchError> {
    let config = AuthorityConfig { generation, ..AuthorityConfig::default() };
    Authority::new(config).map_err(|error| BenchError::setup("authority", error))
}

/// A certificate of one of the citizens, who are numbered.
fn issue(authority: &mut Authority, citizen: u64) -> Result<Issued, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("certificate", error);
    let citizen = Population::new(1).citizen(citizen).map_err(|error| failed(&error))?;
    let opened = citizen.card(authority, wall(), |_| Vec::new()).map_err(|error| failed(&error))?;
    let user = opened.contents.user_authentication;
    let der = user.ok_or_else(|| failed(&"the card has none"))?.certificate;
    Ok(Issued { der, serial: opened.user_authentication_serial })
}
