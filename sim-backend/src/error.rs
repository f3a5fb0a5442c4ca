//! What keeps a backend from working. What an institution may be refused is [`crate::messages::SimError`].

/// Why a backend cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The store cannot be opened or brought to the present schema.
    #[error("cannot open the store: {0}")]
    Store(#[from] crate::store::StoreError),
    /// An institution code in the configuration is not ten digits.
    #[error("institution code {0:?} is not ten digits")]
    InstitutionCode(String),
}
