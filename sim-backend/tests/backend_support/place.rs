//! Where a test's store is.

use tempfile::TempDir;

/// The variable that puts the stores of all tests on another engine: `postgres`. Without it they are in memory.
pub const ENGINE: &str = "TEST_STORE";

/// An empty store of a test.
pub struct Place {
    /// Its address.
    pub url: String,
    _folder: Option<TempDir>,
}

impl Place {
    pub fn memory() -> Self {
        Self { url: "sqlite::memory:".to_owned(), _folder: None }
    }

    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/store.db?mode=rwc", folder.path().display());
        Self { url, _folder: Some(folder) }
    }

    #[cfg(feature = "postgres")]
    pub async fn postgres() -> Self {
        Self { url: super::postgres::Postgres::shared().database().await, _folder: None }
    }

    /// Whether the store is there again when it is opened again.
    pub fn outlives_its_process(&self) -> bool {
        self.url != "sqlite::memory:"
    }

    /// How many cases of a property are affordable, of so many in memory.
    pub fn cases(in_memory: u32) -> u32 {
        if std::env::var_os(ENGINE).is_some() { in_memory.div_ceil(8) } else { in_memory }
    }

    /// On the engine that was asked for.
    pub async fn asked_for() -> Self {
        match std::env::var(ENGINE).as_deref() {
            Err(_) => Self::memory(),
            #[cfg(feature = "postgres")]
            Ok("postgres") => Self::postgres().await,
            Ok(other) => panic!("{ENGINE}={other}: no such engine in this build"),
        }
    }
}
