//! Which engine an address names, and how its connections are set up.

use std::time::Duration;

use sqlx::{ConnectOptions, any::AnyConnectOptions, any::AnyPoolOptions};

use super::{StoreError, connections::Connections};

/// How many connections read a file at once, beside the one that writes it.
const FILE_READERS: u32 = 3;
/// How many connections one process has to a server.
const SERVER_CONNECTIONS: u32 = 16;
/// How long a request waits for a connection to a server that is gone, before it is told so.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);

/// A page cache that holds the upper part of the indexes at a million insured.
const READER_SETTINGS: &str = "PRAGMA cache_size = -32768";
/// A page cache that holds the index of a million persons, which a stream touches everywhere, and a log long enough that a page
/// which is written again and again is copied into the file once.
const WRITER_SETTINGS: &str = "PRAGMA cache_size = -98304; PRAGMA wal_autocheckpoint = 32768;";
/// A process that was cut off in the middle of a transaction holds its locks no longer than this.
const SERVER_SETTINGS: &str =
    "SET idle_in_transaction_session_timeout = '15s'; SET lock_timeout = '15s';";

/// What stands behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    /// SQLite, gone with the process.
    Memory,
    /// SQLite in a file, for one process.
    File,
    /// PostgreSQL, shared by as many processes as like.
    Postgres,
}

impl Engine {
    /// The engine an address names.
    ///
    /// # Errors
    /// [`StoreError::Address`] when it names none, [`StoreError::NotBuiltIn`] when this build leaves it out.
    pub fn of(url: &str) -> Result<Self, StoreError> {
        let (scheme, place) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "sqlite" if place.starts_with(":memory:") => Ok(Self::Memory),
            "sqlite" => Ok(Self::File),
            "postgres" | "postgresql" if cfg!(feature = "postgres") => Ok(Self::Postgres),
            "postgres" | "postgresql" => Err(StoreError::NotBuiltIn),
            _ => Err(StoreError::Address(scheme.to_owned())),
        }
    }

    /// Whether only one transaction writes at a time. SQLite has one writer; to wait for our turn here is kinder than to be
    /// told that the file is busy.
    pub fn has_one_writer(self) -> bool {
        match self {
            Self::Memory | Self::File => true,
            Self::Postgres => false,
        }
    }

    /// Whether other processes may have it open too.
    pub fn is_shared(self) -> bool {
        match self {
            Self::Memory | Self::File => false,
            Self::Postgres => true,
        }
    }

    /// Whether the places of values are numbered, `$1`. SQLite takes such a number for a name and looks it up for each value,
    /// which costs more than the value; PostgreSQL knows nothing else.
    pub fn numbers_places(self) -> bool {
        match self {
            Self::Memory | Self::File => false,
            Self::Postgres => true,
        }
    }

    /// Opens connections.
    ///
    /// # Errors
    /// [`StoreError::Database`] when there is none to be had.
    pub async fn connect(self, url: &str) -> Result<Doors, StoreError> {
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.parse()?;
        let mut first = options.connect().await?;
        match self {
            // A database in memory lives and dies with its one connection.
            Self::Memory => Ok(Doors::same(Connections::one(first))),
            Self::File => {
                sqlx::raw_sql(WRITER_SETTINGS).execute(&mut first).await?;
                sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut first).await?;
                let reading = settled(readers(), READER_SETTINGS).connect(url).await?;
                Ok(Doors { reading: Connections::Pool(reading), writing: Connections::one(first) })
            }
            Self::Postgres => {
                // Tried alone, because the pool would try for long and then only say that time ran out.
                sqlx::Connection::close(first).await?;
                let pool = settled(server(), SERVER_SETTINGS).connect(url).await?;
                Ok(Doors::same(Connections::Pool(pool)))
            }
        }
    }
}

/// Where one enters a store.
pub(super) struct Doors {
    pub reading: Connections,
    /// Of a file it is one connection: what it keeps in its cache is true as long as no other writes.
    pub writing: Connections,
}

impl Doors {
    fn same(connections: Connections) -> Self {
        Self { reading: connections.clone(), writing: connections }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.reading.close().await;
        self.writing.close().await;
    }
}

fn readers() -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(FILE_READERS);
    options.idle_timeout(None).max_lifetime(None).test_before_acquire(false)
}

/// A connection is tried before it is used: the server may have been restarted since.
fn server() -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(SERVER_CONNECTIONS);
    options.acquire_timeout(SERVER_PATIENCE).test_before_acquire(true)
}

fn settled(options: AnyPoolOptions, settings: &'static str) -> AnyPoolOptions {
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(settings).execute(connection).await?;
            Ok(())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_engine_and_no_refusal_repeats_it() {
        for (url, engine) in [
            ("sqlite::memory:", Some(Engine::Memory)),
            ("sqlite:/var/lib/store.db?mode=rwc", Some(Engine::File)),
            ("sqlite:store.db", Some(Engine::File)),
            ("mysql://someone:secret@host/x", None),
            ("relative/x", None),
            ("", None),
        ] {
            match (Engine::of(url), engine) {
                (Ok(found), Some(engine)) => assert_eq!(found, engine, "{url}"),
                (Err(error), None) => assert!(!error.to_string().contains("secret"), "{error}"),
                (found, expected) => panic!("{url}: {found:?}, expected {expected:?}"),
            }
        }
    }

    #[test]
    fn an_engine_that_is_left_out_is_named_with_the_command_that_builds_it() {
        let found = Engine::of("postgres://someone:secret@host/x");
        if cfg!(feature = "postgres") {
            assert_eq!(found.unwrap(), Engine::Postgres);
        } else {
            let said = found.unwrap_err().to_string();
            assert!(said.contains("cargo build --release --features postgres"), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
