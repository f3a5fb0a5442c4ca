//! What the certificate tests share: an authority, its certificates, and sources of status.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::Mutex;

use jiff::Timestamp;
use jiff::civil::Date;
use rsa::RsaPrivateKey;
use sim_backend::certificate::{
    BoxFuture, CertIdHash, CertificateStatus, Question, Status, StatusError, StatusQuery,
    TrustAnchors,
};
use sim_card::pki::{Authority, AuthorityConfig, Generation, IssueRequest, Issued, pooled_key};

/// The 1st of April 2026, noon in Japan: the day of issue.
pub const ISSUED: &str = "2026-04-01T03:00:00Z";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An authority with one certificate of a holder born on the 17th of February 1980.
pub struct World {
    pub authority: Authority,
    pub key: RsaPrivateKey,
    pub issued: Issued,
}

impl World {
    pub fn new() -> Self {
        Self::of(Generation::Current)
    }

    pub fn of(generation: Generation) -> Self {
        let config = AuthorityConfig { generation, ..AuthorityConfig::default() };
        let mut authority = Authority::new(config).unwrap();
        let key = pooled_key(0).unwrap();
        let issued = issue(&mut authority, &key, None);
        Self { authority, key, issued }
    }

    pub fn trust(&self) -> TrustAnchors {
        TrustAnchors::new([self.authority.ca_certificate().to_vec()]).unwrap()
    }

    /// The status of the holder's certificate, asked and answered at an instant.
    pub fn status(&self, now: Timestamp, hash: CertIdHash) -> Result<Status, StatusError> {
        let question = self.question(now, hash);
        question.read_answer(&self.authority.ocsp(&question.der, now))
    }

    pub fn question(&self, now: Timestamp, hash: CertIdHash) -> Question {
        let query = StatusQuery {
            issuer: self.authority.ca_certificate(),
            serial: &self.issued.serial,
            now,
        };
        Question::new(query, hash, [7; 32]).unwrap()
    }
}

pub fn issue(
    authority: &mut Authority,
    key: &RsaPrivateKey,
    not_after: Option<Timestamp>,
) -> Issued {
    let request = IssueRequest {
        holder: "P-0001".to_owned(),
        birthdate: Date::constant(1980, 2, 17),
        at: at(ISSUED),
        card_expiry: Date::constant(2036, 2, 17),
        key: &key.to_public_key(),
        not_after,
    };
    authority.issue_user_authentication(request).unwrap()
}

/// A source that asks the authority without a network.
pub struct Direct<'w>(pub &'w World);

impl CertificateStatus for Direct<'_> {
    fn status<'a>(&'a self, query: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        let question = Question::new(query, CertIdHash::Sha256, [9; 32]);
        let answer = question.and_then(|question| {
            question.read_answer(&self.0.authority.ocsp(&question.der, query.now))
        });
        Box::pin(std::future::ready(answer))
    }
}

/// A source that always says the same, and counts how often it was asked.
pub struct Always {
    pub answer: Result<Status, StatusError>,
    pub asked: Mutex<u32>,
}

impl Always {
    pub fn new(answer: Result<Status, StatusError>) -> Self {
        Self { answer, asked: Mutex::new(0) }
    }
}

impl CertificateStatus for Always {
    fn status<'a>(&'a self, _: StatusQuery<'a>) -> BoxFuture<'a, Result<Status, StatusError>> {
        *self.asked.lock().unwrap() += 1;
        Box::pin(std::future::ready(self.answer.clone()))
    }
}
