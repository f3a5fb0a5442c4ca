//! The backend's question about a certificate, with a limit that fits the world: nobody needs to wait long for a responder
//! that the scenario has silenced, and an answering one must never be cut short by a busy machine.

use std::sync::{Arc, Mutex, PoisonError};

use sim_backend::certificate::{BoxFuture, CertificateStatus, Status, StatusError, StatusQuery};
use sim_card::pki::ResponderBehaviour;

/// An OCSP client with two limits, chosen by whether the responder is silent at the moment.
pub struct SwitchedStatus {
    behaviour: Arc<Mutex<ResponderBehaviour>>,
    patient: Box<dyn CertificateStatus>,
    hasty: Box<dyn CertificateStatus>,
}

impl SwitchedStatus {
    /// `hasty` is used while the responder is silent, `patient` otherwise.
    pub fn new(
        behaviour: Arc<Mutex<ResponderBehaviour>>,
        patient: Box<dyn CertificateStatus>,
        hasty: Box<dyn CertificateStatus>,
    ) -> Self {
        Self { behaviour, patient, hasty }
    }
}

impl CertificateStatus for SwitchedStatus {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        let behaviour = *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner);
        if behaviour == ResponderBehaviour::Silent {
            self.hasty.status(query)
        } else {
            self.patient.status(query)
        }
    }
}
