//! Whether a backend means what it says: one that accepts every certificate, or tells of people whom nobody reported, cannot be judged.

use std::net::SocketAddr;
use std::path::PathBuf;

use sim_reader::institution::protocol::Status;
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{BackendClient, Encoding, messages};
use tempfile::TempDir;

use super::Finding;
use super::line::{self, Patient, Placed, told};
use crate::catalogue::Position;
use crate::clock::wall;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::sut::adapter::Adapter;
use crate::sut::backend::{Doors, Op, Reset};
use crate::sut::config::SutConfig;
use crate::world::tls::BACKEND_HOST;
use crate::world::{Workshop, tls_client};

const CONTRACT: &str =
    "docs/backend-protocol.md shows each order with its reply, docs/backend.md the messages";
const INSTITUTION: &str = "1319999999";
/// Three octets in base64 that are neither certificate nor signature.
const NOTHING: &str = "AAAA";

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Office::admit(sut, adapter)).await
}

/// The product in a world without people, whose authority nobody can reach.
struct Office {
    patient: Patient,
    workshop: Workshop,
    door: Option<BackendClient>,
    root: TempDir,
}

impl Placed for Office {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
    }

    /// It opens its doors and gives a challenge, each time another one.
    async fn echo(&mut self) -> Result<(), Finding> {
        let reply = self.patient.ask(&Op::Reset(Box::new(self.reset()?))).await?;
        if reply.status != Status::Ok {
            let what = format!("refuses `reset`, which can be done{}", told(&reply));
            return Err(self.patient.fault(what));
        }
        let doors: Doors = reply.body().map_err(|error| {
            self.patient.fault(format!("leaves something out of its reply to `reset`: {error}"))
        })?;
        let address: SocketAddr = doors
            .institutions
            .parse()
            .map_err(|_| self.patient.fault("has to tell its door for institutions as IP:PORT"))?;
        let http = tls_client(&self.workshop, INSTITUTION, address)?;
        let url = format!("https://{BACKEND_HOST}:{}", address.port());
        self.door = Some(BackendClient::new(http, url, INSTITUTION));
        if self.challenge().await? == self.challenge().await? {
            return Err(self.patient.fault("gives the same challenge twice"));
        }
        Ok(())
    }

    /// What is no certificate is none: a backend that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        let leaf = Element::leaf;
        let body = vec![
            leaf("ChallengeIdentifier", "M-1"),
            leaf("UserAuthenticationCertificate", NOTHING),
            leaf("Signature", NOTHING),
            leaf("IdentificationMode", "1"),
        ];
        let asked = messages::message(vec![leaf("MedicalInstitutionCode", INSTITUTION)], body);
        let answer = self.ask(messages::CERTIFY, &asked).await?;
        match messages::certify_answer(&answer) {
            Err(messages::Problem::Refused { .. }) => Ok(()),
            Ok(_) | Err(messages::Problem::Incomplete(_)) => Err(self
                .patient
                .fault("does not refuse what is no certificate; its yes would mean nothing")),
        }
    }

    /// Of whom no insurer has told, nothing is known.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        let leaf = Element::leaf;
        let search = vec![
            leaf("InsurerNumber", "99990013"),
            leaf("InsuredIdentificationNumber", "0001234"),
            leaf("Birthdate", "19850505"),
        ];
        let header = vec![
            leaf("QualificationConfirmationDate", "20260401"),
            leaf("MedicalInstitutionCode", INSTITUTION),
        ];
        let body = vec![Element::group("QualificationConfirmSearchInfo", search)];
        let answer = self.ask("OQSsiquc01req", &messages::message(header, body)).await?;
        if answer.anywhere("ResultOfQualificationConfirmation").is_some()
            || answer.anywhere("QualificationValidity") == Some("1")
        {
            return Err(self.patient.fault("tells of a person of whom no insurer has told"));
        }
        Ok(())
    }
}

impl Office {
    fn admit(sut: &SutConfig, adapter: &Adapter) -> Result<Self, Finding> {
        let root = tempfile::tempdir().map_err(|error| BenchError::setup("TLS files", error))?;
        let patient = Patient::admit(sut, (Position::Backend, adapter), CONTRACT)?;
        Ok(Self { patient, workshop: Workshop::new(Seed(1), None)?, door: None, root })
    }

    async fn challenge(&self) -> Result<Vec<u8>, Finding> {
        let asked = messages::challenge_request(INSTITUTION);
        let answer = self.ask(messages::CHALLENGE, &asked).await?;
        let challenge = messages::challenge_answer(&answer);
        let challenge = challenge
            .map_err(|error| self.patient.fault(format!("gives no challenge: {error}")))?;
        Ok(challenge.challenge.0)
    }

    async fn ask(&self, family: &str, message: &Element) -> Result<Element, Finding> {
        let door = self.door.as_ref().ok_or_else(|| BenchError::setup("backend", "no door"))?;
        let bytes = xml::write(message, Encoding::Utf8)
            .map_err(|error| BenchError::setup("message", error))?;
        let answer = door.send(family, bytes).await;
        let answer = answer
            .map_err(|error| self.patient.fault(format!("does not answer {family}: {error}")))?;
        let read = xml::parse(&answer.bytes).map(|(root, _)| root);
        read.map_err(|error| self.patient.fault(format!("answers {family} unreadably: {error}")))
    }

    fn reset(&self) -> Result<Reset, BenchError> {
        let write = |name: &str, content: &str| -> Result<PathBuf, BenchError> {
            let path = self.root.path().join(name);
            let written = std::fs::write(&path, content);
            written.map_err(|source| BenchError::Write { path: path.clone(), source })?;
            Ok(path)
        };
        let authority = self.workshop.tls().root_pem();
        Ok(Reset {
            now: wall(),
            identity: write("identity.pem", &self.workshop.server_identity()?.pem)?,
            client_ca: write("clients.pem", &authority)?,
            trust: vec![write("cards.pem", &authority)?],
            authority: "http://127.0.0.1:9".to_owned(),
            institutions: vec![INSTITUTION.to_owned()],
            registered: Vec::new(),
        })
    }
}
