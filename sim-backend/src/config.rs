//! What a backend is told when it is opened.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    certificate::{CertificateStatus, CertificateValidator, TrustAnchors},
    clock::Now,
    defect::Defect,
    messages::Form,
    person_link::PersonLink,
};

/// Everything a backend needs from outside.
#[derive(Clone)]
pub struct BackendConfig {
    /// Where the store is: `sqlite::memory:` or `sqlite:PATH?mode=rwc`.
    pub store_url: String,
    /// Institution codes that may ask, ten digits each. Row OQS-QUAL-26.
    pub institutions: BTreeSet<String>,
    /// Whose certificates are believed. Row OQS-CERT-05.
    pub trust: TrustAnchors,
    /// Where revocation is asked. Rows OQS-CERT-06, OQS-CERT-21.
    pub status: Arc<dyn CertificateStatus>,
    /// Who validates certificates in the backend's place; `None`: the backend itself, by `trust` and `status`. Bench profile.
    pub validator: Option<Arc<dyn CertificateValidator>>,
    /// Who knows whose serial it is.
    pub link: Arc<dyn PersonLink>,
    /// The present instant.
    pub now: Now,
    /// Decides challenges and tickets; the same seed gives the same ones in the same order.
    pub seed: [u8; 32],
    /// Believe the institution code in the body when no client certificate came with the connection. For benches that
    /// serve the router without TLS; `false` refuses such requests.
    pub trust_stated_institution: bool,
    /// How answers look beside what they say. Bench profile; the default is the layout's form.
    pub form: Form,
    /// A defect to be planted, for the bench's own proof that it would be found; `None` in every other case. Bench profile.
    pub defect: Option<Defect>,
}
