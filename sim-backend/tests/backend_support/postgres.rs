//! A PostgreSQL of the test's own: a cluster in a folder of its own, reached over a socket in there, gone with the test process.
//!
//! A shell stands guard over it. It takes orders on its standard input, and when that closes, however the test process
//! ended, it stops the server and removes the folder.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection};

/// Accounts that may run the server when the test is root, which PostgreSQL refuses.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

/// `$1` is the folder with the programs, `$2` the folder of the cluster. Processes are killed and not the machine, so nothing has to
/// reach the disk.
const GUARD: &str = r#"
trap '' INT TERM HUP
start() { "$1/pg_ctl" -s -w -D "$2/data" -l "$2/log" -o "-c listen_addresses= -c fsync=off -c max_connections=500 -k $2" start > /dev/null && echo ready; }
"$1/initdb" -D "$2/data" -U madoguchi -A trust -E UTF8 --no-locale --no-sync > "$2/log" 2>&1 && start "$1" "$2" || cat "$2/log"
while read -r order; do
    case $order in
        start) start "$1" "$2" || cat "$2/log" ;;
        stop) "$1/pg_ctl" -s -m immediate -D "$2/data" stop > /dev/null; echo stopped ;;
    esac
done
"$1/pg_ctl" -s -m immediate -D "$2/data" stop > /dev/null 2>&1
rm -rf "$2"
"#;

/// A running cluster.
pub struct Postgres {
    folder: PathBuf,
    guard: Mutex<(Child, ChildStdin, BufReader<ChildStdout>)>,
    databases: AtomicU32,
}

impl Postgres {
    /// Makes and starts a cluster.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap().keep();
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).args([&programs, &folder]);
        command.current_dir(&folder);
        if let Some((user, group)) = account() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
            command.uid(user).gid(group);
        }
        let mut guard = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, answers) = (guard.stdin.take().unwrap(), guard.stdout.take().unwrap());
        let guard = Mutex::new((guard, orders, BufReader::new(answers)));
        let it = Self { folder, guard, databases: AtomicU32::new(0) };
        it.expect("ready");
        it
    }

    /// The cluster that the tests of one program share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The address of a new and empty database.
    pub async fn database(&self) -> String {
        let name = format!("store{}", self.databases.fetch_add(1, Ordering::Relaxed));
        sqlx::any::install_default_drivers();
        let mut work = sqlx::AnyConnection::connect(&self.address("postgres")).await.unwrap();
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut work).await.unwrap();
        work.close().await.unwrap();
        self.address(&name)
    }

    /// Ends the server as a power cut would: nothing is finished, nothing is written that was not.
    pub fn stop(&self) {
        self.order("stop", "stopped");
    }

    /// Starts a stopped server.
    pub fn start_again(&self) {
        self.order("start", "ready");
    }

    fn address(&self, database: &str) -> String {
        let socket = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://madoguchi@{socket}/{database}")
    }

    fn order(&self, order: &str, answer: &str) {
        writeln!(self.guard.lock().unwrap().1, "{order}").unwrap();
        self.expect(answer);
    }

    fn expect(&self, answer: &str) {
        let mut guard = self.guard.lock().unwrap();
        let mut said = String::new();
        guard.2.read_line(&mut said).unwrap();
        assert_eq!(said.trim(), answer, "PostgreSQL in {}", self.folder.display());
    }
}

/// The folder of initdb and pg_ctl.
fn programs() -> PathBuf {
    let has_both =
        |folder: &PathBuf| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|version| version.unwrap().path().join("bin"))
        .collect();
    debian.sort();
    let found = std::env::split_paths(&path).chain(debian.into_iter().rev()).find(has_both);
    found.unwrap_or_else(|| {
        panic!(
            "PostgreSQL is missing: install the Debian package postgresql \
             (initdb and pg_ctl are looked for in PATH and /usr/lib/postgresql/*/bin)"
        )
    })
}

/// User and group that run the server, when it cannot be us.
fn account() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let accounts = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|number| number.parse().unwrap());
        Some((numbers.next()?, numbers.next()?))
    };
    let found = ACCOUNTS.into_iter().find_map(of);
    Some(found.expect("root cannot run PostgreSQL, and there is neither `postgres` nor `nobody`"))
}
