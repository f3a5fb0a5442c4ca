//! Whether card middleware means what it says: middleware that takes everything for a My Number Card, or nothing, cannot be judged.

use sim_reader::card_client::{CardError, CardMiddleware as _, Recognised};
use sim_reader::institution::protocol::Status;

use super::Finding;
use super::line::{self, Patient, Placed, told};
use super::table::{OnTable, Other, contents};
use crate::catalogue::Position;
use crate::error::BenchError;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::sut::middleware::protocol::{Op, code};
use crate::sut::middleware::{Middleware, Seated};

const CONTRACT: &str = "docs/card-middleware-protocol.md shows each order with its reply";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    let admitted = Patient::admit(sut, (Position::CardMiddleware, adapter), CONTRACT);
    let place = |patient| Reader { patient, sut, adapter, middleware: None };
    line::examine(sut, admitted.map(place)).await
}

/// The product between a reader and a card; the second copy of it begins with the first card.
struct Reader<'a> {
    patient: Patient,
    sut: &'a SutConfig,
    adapter: &'a Adapter,
    middleware: Option<Middleware>,
}

impl Placed for Reader<'_> {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
    }

    async fn echo(&mut self) -> Result<(), Finding> {
        let started = Middleware::start(self.sut, self.adapter)?;
        echo(&self.patient, self.middleware.insert(started)).await
    }

    async fn known_bad(&mut self) -> Result<(), Finding> {
        known_bad(&self.patient, started(&mut self.middleware)?).await
    }

    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        nothing_from_nothing(&self.patient, started(&mut self.middleware)?)
    }
}

fn started(middleware: &mut Option<Middleware>) -> Result<&mut Middleware, BenchError> {
    middleware.as_mut().ok_or_else(|| BenchError::setup("card middleware", "not started"))
}

/// It recognises a My Number Card and reads its certificate: middleware that refuses all fails here.
async fn echo(patient: &Patient, middleware: &mut Middleware) -> Result<(), Finding> {
    let contents = contents()?;
    let on_card = contents.user_authentication.as_ref().map(|user| user.certificate.clone());
    let mut card = OnTable::lay(contents);
    let mut seated = middleware.seat(&mut card).await?;
    let recognised = seated.recognise();
    let read = recognised.clone().and_then(|_| seated.certificate());
    settled(seated)?;
    match (recognised, read) {
        (Ok(Recognised::MyNumberCard { .. }), Ok(read)) if read == on_card => Ok(()),
        (Ok(Recognised::MyNumberCard { .. }), Ok(_)) => {
            Err(patient.fault("brings another certificate than the card's"))
        }
        (Ok(Recognised::Phone { .. } | Recognised::Foreign), _) => {
            Err(patient.fault("does not take a My Number Card for one"))
        }
        (Err(error), _) | (_, Err(error)) => {
            Err(patient.fault(format!("cannot read a card that is right: {}", words(&error))))
        }
    }
}

/// A card of another kind is none: middleware that accepts all fails here.
async fn known_bad(patient: &Patient, middleware: &mut Middleware) -> Result<(), Finding> {
    let mut other = Other;
    let mut seated = middleware.seat(&mut other).await?;
    let recognised = seated.recognise();
    settled(seated)?;
    match recognised {
        Ok(Recognised::Foreign) => Ok(()),
        Ok(Recognised::MyNumberCard { .. } | Recognised::Phone { .. }) => {
            Err(patient.fault("takes a card of another kind for a My Number Card"))
        }
        Err(error) => Err(patient
            .fault(format!("has to tell a card of another kind as `other`: {}", words(&error)))),
    }
}

/// Where no card lies, nothing is recognised.
fn nothing_from_nothing(patient: &Patient, middleware: &mut Middleware) -> Result<(), Finding> {
    let reply = middleware.ask(Op::Recognise)?;
    match (reply.status, reply.error_code.as_deref()) {
        (Status::Error, Some(code::REMOVED)) => Ok(()),
        (Status::Ok | Status::Rejected | Status::Unsupported | Status::Error, _) => Err(patient
            .fault(format!(
                "has to answer `recognise` by the error `removed` where no card lies{}",
                told(&reply)
            ))),
    }
}

fn settled(seated: Seated<'_>) -> Result<(), Finding> {
    seated.trouble().map_or(Ok(()), |error| Err(error.into()))
}

fn words(error: &CardError) -> String {
    error.to_string()
}
