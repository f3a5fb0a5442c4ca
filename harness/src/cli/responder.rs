//! Which OCSP responder the certificates name.

use clap::Args;
use sim_card::pki::{Authority, AuthorityConfig, AuthorityError, Generation};

use super::Failure;
use crate::error::BenchError;

/// The responder in the certificates.
#[derive(Debug, Clone, Args)]
pub struct Responder {
    /// OCSP URL in the certificates, so that a verifier finds `madoguchi authority serve`; the same for card and authority
    #[arg(long, value_name = "URL", default_value_t = AuthorityConfig::default().ocsp_url)]
    ocsp_url: String,
}

impl Default for Responder {
    fn default() -> Self {
        Self { ocsp_url: AuthorityConfig::default().ocsp_url }
    }
}

impl Responder {
    /// An authority that has issued nothing, whose certificates name this responder.
    pub fn authority(&self, generation: Generation) -> Result<Authority, Failure> {
        let url = &self.ocsp_url;
        if !url.starts_with("http://") || !url.is_ascii() || url.contains(char::is_whitespace) {
            let wanted = "give an address like http://127.0.0.1:8881";
            return Err(Failure::Usage(format!("{url:?} is no OCSP URL; {wanted}")));
        }
        let config = AuthorityConfig { generation, ocsp_url: url.clone() };
        Authority::new(config).map_err(|error| {
            if matches!(error, AuthorityError::RealResponder { .. }) {
                Failure::Usage(error.to_string())
            } else {
                BenchError::setup("authority", error).into()
            }
        })
    }
}
