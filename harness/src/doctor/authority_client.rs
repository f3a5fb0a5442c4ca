//! Whether an authority client means what it says: one that finds every certificate good, or none, cannot be judged.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::date;
use reports::model::Blame;
use sim_card::pki::{
    Authority, AuthorityConfig, Generation, IssueRequest, Issued, ResponderBehaviour,
    RevocationReason, pooled_key,
};
use sim_reader::institution::protocol::Status;
use sim_reader::reader_link::Bytes;

use super::Finding;
use super::line::{self, Patient, Placed, told};
use crate::catalogue::Position;
use crate::clock::{jst_day, wall};
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::authority_client::{Found, NO_STATUS, Op, Revocation, Where};
use crate::sut::config::SutConfig;
use crate::world::authority_client::{Heard, heard, reset};
use crate::world::{Served, plain};

const CONTRACT: &str = "docs/authority-client-protocol.md shows each order with its reply";

/// What helps a product that is silent where the responder is.
const PATIENCE: &str = "let the product give the responder up sooner than `timeout_ms`, or raise that in madoguchi.yaml";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Office::admit(sut, adapter).await).await
}

/// The product before an authority. Each question is about a certificate that it was not asked about before: a product that remembers is
/// honest, and a requirement names it.
struct Office {
    patient: Patient,
    name: String,
    authority: Arc<Mutex<Authority>>,
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    served: Served,
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
        let fresh = self.issue()?.certificate;
        match self.validate(fresh).await? {
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
        let foreign = issue(&mut authority(Generation::Foreign)?)?;
        match self.validate(foreign.certificate).await? {
            Heard::Found(Found::Untrusted) => {}
            Heard::Found(Found::Trusted { .. }) | Heard::NoStatus(_) => {
                return Err(self.patient.fault("trusts a certificate of an authority that is not"));
            }
        }
        self.expect_not_good(
            "a certificate that the authority does not know",
            unheard_of()?.certificate,
        )
        .await?;
        self.behave(ResponderBehaviour::BadSignature);
        self.expect_no_status("answers are forged").await?;
        self.behave(ResponderBehaviour::Answering);
        let revoked = self.revoked()?;
        self.expect_not_good("a revoked certificate", revoked).await
    }

    /// From a responder that says nothing, nothing is learnt; that is no refusal.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        self.behave(ResponderBehaviour::Silent);
        let fresh = self.issue()?.certificate;
        match self.asked(fresh).await {
            Ok(heard) => self.is_no_status("the responder is silent", &heard),
            Err(BenchError::ProductSilent { waited_ms, .. }) => {
                let what = format!(
                    "{} waits for a silent responder longer than {waited_ms} ms",
                    self.name
                );
                Err(Finding::new(Blame::Product, what, PATIENCE))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Office {
    async fn admit(sut: &SutConfig, adapter: &Adapter) -> Result<Self, Finding> {
        let authority = Arc::new(Mutex::new(authority(Generation::default())?));
        let behaviour = Arc::default();
        let router =
            sim_card::pki::router(Arc::clone(&authority), Arc::new(wall), Arc::clone(&behaviour));
        let served = plain(router).await?;
        let patient = Patient::admit(sut, (Position::AuthorityClient, adapter), CONTRACT)?;
        let name = sut.product.name.clone();
        Ok(Self { patient, name, authority, behaviour, served })
    }

    async fn validate(&mut self, der: Vec<u8>) -> Result<Heard, Finding> {
        Ok(self.asked(der).await?)
    }

    async fn asked(&mut self, der: Vec<u8>) -> Result<Heard, BenchError> {
        let order = Op::Validate { certificate: Bytes(der), now: wall() };
        heard(&self.name, &self.patient.ask(&order).await?)
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
        let fresh = self.issue()?.certificate;
        let heard = self.validate(fresh).await?;
        self.is_no_status(when, &heard)
    }

    fn is_no_status(&self, when: &str, heard: &Heard) -> Result<(), Finding> {
        match heard {
            Heard::NoStatus(_) => Ok(()),
            Heard::Found(found) => Err(self.patient.fault(format!(
                "has to answer by the error `{NO_STATUS}` where {when}, and finds {}",
                words(found)
            ))),
        }
    }

    fn behave(&self, behaviour: ResponderBehaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    fn issue(&self) -> Result<Issued, BenchError> {
        issue(&mut self.authority.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn revoked(&self) -> Result<Vec<u8>, BenchError> {
        let Issued { certificate, serial } = self.issue()?;
        let mut authority = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = RevocationReason::KeyCompromise;
        let revoked = authority.revoke(&serial, reason, wall());
        revoked.map_err(|error| BenchError::setup("authority", error))?;
        Ok(certificate)
    }
}

fn words(found: &Found) -> String {
    serde_json::to_string(found).unwrap_or_default()
}

fn authority(generation: Generation) -> Result<Authority, BenchError> {
    let config = AuthorityConfig { generation, ..AuthorityConfig::default() };
    Authority::new(config).map_err(|error| BenchError::setup("authority", error))
}

/// A certificate with a serial number that the authority does not come to here.
fn unheard_of() -> Result<Issued, BenchError> {
    const BEYOND: usize = 9;
    let mut double = authority(Generation::default())?;
    for _ in 0..BEYOND {
        issue(&mut double)?;
    }
    issue(&mut double)
}

/// A certificate of somebody who does not exist.
fn issue(authority: &mut Authority) -> Result<Issued, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("certificate", error);
    let (key, today) = (pooled_key(0).map_err(|error| failed(&error))?, jst_day(wall()));
    let request = IssueRequest {
        holder: "nobody".to_owned(),
        birthdate: date(1985, 5, 5),
        at: wall().checked_sub((30 * 24).hours()).map_err(|error| failed(&error))?,
        card_expiry: today.saturating_add(9.years()),
        key: &key.to_public_key(),
        not_after: None,
    };
    authority.issue_user_authentication(request).map_err(|error| failed(&error))
}
