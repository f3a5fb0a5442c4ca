//! Defects of the backend around certificates: what it makes of a status, whose certificate it takes one for, whom it trusts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sim_backend::certificate::{
    BoxFuture, CertificateStatus, RevocationReason, Status, StatusError, StatusQuery,
};
use sim_backend::person_link::{Linked, PersonLink};
use sim_backend::service::records::PersonCode;
use sim_card::pki::{Authority, AuthorityConfig, Generation};

use super::plant::{Plant, Planted, StatusDefect};
use crate::model::World;

impl Planted {
    /// The status service as the backend hears it.
    pub fn status(&self, status: Arc<dyn CertificateStatus>) -> Arc<dyn CertificateStatus> {
        match self.get() {
            Some(&Plant::Status(defect)) => {
                Arc::new(Misread { status, defect, known: Mutex::default() })
            }
            // The status of a foreign certificate is known to nobody: who does not look at the path does not look at that either.
            Some(Plant::ForeignAuthorityTrusted) => {
                let defect = StatusDefect::NeverAsked;
                Arc::new(Misread { status, defect, known: Mutex::default() })
            }
            Some(_) | None => status,
        }
    }

    /// Certificates of authorities that the backend believes beside those it should.
    pub fn also_trusted(&self) -> Vec<Vec<u8>> {
        if self.get() != Some(&Plant::ForeignAuthorityTrusted) {
            return Vec::new();
        }
        let config =
            AuthorityConfig { generation: Generation::Foreign, ..AuthorityConfig::default() };
        let foreign = Authority::new(config).map(|foreign| foreign.ca_certificate().to_vec());
        foreign.into_iter().collect()
    }

    /// The link service as the backend hears it.
    pub fn link(&self, link: Arc<dyn PersonLink>, world: &World) -> Arc<dyn PersonLink> {
        if self.get() != Some(&Plant::LinkedToAnother) {
            return link;
        }
        let people = world.people.keys().filter_map(|slug| PersonCode::new(slug).ok());
        Arc::new(Another { link, people: people.collect() })
    }
}

/// A status that is taken for another one.
struct Misread {
    status: Arc<dyn CertificateStatus>,
    defect: StatusDefect,
    known: Mutex<BTreeMap<Vec<u8>, Status>>,
}

impl CertificateStatus for Misread {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        Box::pin(async move {
            if self.defect == StatusDefect::NeverAsked {
                return Ok(Status::Good);
            }
            if let Some(known) = self.remembered(query.serial) {
                return Ok(known);
            }
            let told = self.status.status(query).await;
            if let Ok(told) = told {
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(query.serial.to_vec(), told);
            }
            self.taken(told, query)
        })
    }
}

impl Misread {
    fn remembered(&self, serial: &[u8]) -> Option<Status> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let status = *known.get(serial)?;
        match self.defect {
            StatusDefect::Remembered => (status == Status::Good).then_some(status),
            StatusDefect::RevokedIsGood
            | StatusDefect::HeldIsGood
            | StatusDefect::DeadIsGood
            | StatusDefect::RevokedForGoodIsGood
            | StatusDefect::SilenceIsGood
            | StatusDefect::SilenceIsRevoked
            | StatusDefect::NeverAsked => None,
        }
    }

    fn taken(
        &self,
        told: Result<Status, StatusError>,
        query: StatusQuery<'_>,
    ) -> Result<Status, StatusError> {
        let hold = Some(RevocationReason::CertificateHold);
        let reason = |reason| {
            if let Ok(Status::Revoked { reason: told, .. }) = told { told == reason } else { false }
        };
        let revoked = matches!(told, Ok(Status::Revoked { .. }));
        let (misread, taken_for) = match self.defect {
            StatusDefect::RevokedIsGood => (revoked, Status::Good),
            StatusDefect::HeldIsGood => (reason(hold), Status::Good),
            StatusDefect::DeadIsGood => {
                (reason(Some(RevocationReason::CessationOfOperation)), Status::Good)
            }
            StatusDefect::RevokedForGoodIsGood => (revoked && !reason(hold), Status::Good),
            StatusDefect::SilenceIsGood => (told.is_err(), Status::Good),
            StatusDefect::SilenceIsRevoked => {
                (told.is_err(), Status::Revoked { reason: None, time: query.now })
            }
            StatusDefect::NeverAsked | StatusDefect::Remembered => (false, Status::Good),
        };
        if misread { Ok(taken_for) } else { told }
    }
}

/// A link service that names somebody else.
struct Another {
    link: Arc<dyn PersonLink>,
    people: Vec<PersonCode>,
}

impl PersonLink for Another {
    fn person<'a>(&'a self, serial_hex: &'a str) -> Linked<'a> {
        Box::pin(async move {
            let person = self.link.person(serial_hex).await?;
            let another = self.people.iter().find(|one| Some(*one) != person.as_ref());
            Ok(another.cloned().or(person))
        })
    }
}
