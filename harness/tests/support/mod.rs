//! A reader of its own with a persona's card on it, and the programs beside it.

pub mod reader;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use reader::{Process, Reader, read, wait_for};

pub use reader::Said;

/// Answer to reset of a My Number Card, as opensc-tool writes it.
pub const ATR: &str = "3b:e0:00:ff:81:31:fe:45:14";

/// A reader with a persona's card on it.
pub struct Desk {
    // Dropped in this order: the card is taken away, the reader stops.
    card: Process,
    reader: Reader,
}

impl Desk {
    /// Starts reader and card, and waits until PC/SC sees the card.
    pub fn with_card_of(persona: &str) -> Self {
        let reader = Reader::start();
        let log = reader.path("card.log");
        let serve = ["card", "serve", "--persona", persona];
        let card = reader.spawn(env!("CARGO_BIN_EXE_madoguchi"), &serve, &log);
        let mut desk = Self { card, reader };
        Self::with_card(&["--persona", persona])
    }

    /// The same with the arguments that say whose card it is.
    pub fn with_card(holder: &[&str]) -> Self {
        demand_programs();
        let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let pcscd = start_pcscd(&folder.path().join("pcscd.log"));
        let log = folder.path().join("card.log");
        let card = start_command(&[&["card", "serve"], holder].concat(), &pcscd, &log);
        let mut desk = Self { card, pcscd, folder };
        let log = desk.path("card.log");
        wait_for("the card", &log, || {
            assert_eq!(desk.card.0.try_wait().unwrap(), None, "the card ended: {}", read(&log));
            let said = desk.client("opensc-tool", &["--atr"]);
            said.text.contains(ATR).then_some(())
        });
        desk
    }

    /// Runs a PC/SC client to its end beside the card.
    pub fn client(&self, program: &str, arguments: &[&str]) -> Said {
        self.reader.client(program, arguments)
    }

    /// The same with lines on its standard input.
    pub fn client_told(&self, lines: &str, program: &str, arguments: &[&str]) -> Said {
        self.reader.client_told(lines, program, arguments)
    }

    /// Runs the command under test to its end beside the card.
    pub fn madoguchi(&self, arguments: &[&str]) -> Said {
        self.client(env!("CARGO_BIN_EXE_madoguchi"), arguments)
    }

    /// Starts the command under test beside the card; it ends with the value.
    pub fn start(&self, arguments: &[&str], log: &str) -> Running {
        let log = self.path(log);
        Running { process: start_command(arguments, &self.pcscd, &log), log }
    }

    /// Takes the card out and puts another one in.
    pub fn change_card(&mut self, holder: &[&str]) {
        let log = self.path("other-card.log");
        let _ = (self.card.0.kill(), self.card.0.wait());
        wait_for("the empty reader", &log, || {
            let said = self.client("opensc-tool", &["--list-readers"]);
            said.text.lines().all(|line| !line.contains("Yes")).then_some(())
        });
        self.card = start_command(&[&["card", "serve"], holder].concat(), &self.pcscd, &log);
        wait_for("the other card", &log, || {
            let said = self.client("opensc-tool", &["--atr"]);
            said.text.contains(ATR).then_some(())
        });
    }

    /// Whether the process that serves the card still runs.
    pub fn card_is_alive(&mut self) -> bool {
        self.card.0.try_wait().unwrap().is_none()
    }

    /// What the card's process showed of the APDUs so far.
    pub fn card_log(&self) -> String {
        read(&self.path("card.log"))
    }

    /// A file in the desk's folder, absolute: clients run in another directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.reader.path(name)
    }

    /// The same as an argument.
    pub fn arg(&self, name: &str) -> String {
        self.reader.arg(name)
    }
}

/// A command that runs beside the card.
pub struct Running {
    process: Process,
    log: PathBuf,
}

impl Running {
    /// Waits until the command has said this.
    pub fn wait_for_line(&mut self, words: &str) {
        let Self { process, log } = self;
        wait_for(words, log, || {
            assert_eq!(process.0.try_wait().unwrap(), None, "the command ended: {}", read(log));
            read(log).contains(words).then_some(())
        });
    }

    /// What it said so far.
    pub fn log(&self) -> String {
        read(&self.log)
    }
}

fn start_pcscd(log: &Path) -> Process {
    // A file system of its own over /run: pcscd's socket is nobody else's, and a bus of the machine is not asked for rights.
    let script = "mount -t tmpfs none /run && mkdir /run/pcscd && ip link set lo up \
                  && exec setpriv --pdeathsig KILL pcscd --foreground";
    let mut command = Command::new("unshare");
    command.args(apart()).args(["sh", "-c", script]);
    let mut pcscd = spawn(&mut command, log);
    wait_for("pcscd's virtual reader", log, || {
        assert_eq!(pcscd.0.try_wait().unwrap(), None, "pcscd ended: {}", read(log));
        listens(pcscd.0.id()).then_some(())
    });
    pcscd
}

/// Starts the command under test beside pcscd.
fn start_command(arguments: &[&str], pcscd: &Process, log: &Path) -> Process {
    let mut command = Command::new("nsenter");
    command.args(inside(pcscd)).args([
        "setpriv",
        "--pdeathsig",
        "KILL",
        env!("CARGO_BIN_EXE_madoguchi"),
    ]);
    spawn(command.args(arguments), log)
}

fn spawn(command: &mut Command, log: &Path) -> Process {
    let out = File::create(log).unwrap();
    let err = out.try_clone().unwrap();
    Process(quiet(command).stdout(out).stderr(err).spawn().unwrap())
}

/// No input, English words, and the administrator's programs within reach.
fn quiet(command: &mut Command) -> &mut Command {
    let path = std::env::var("PATH").unwrap_or_default();
    command.stdin(Stdio::null()).env("LC_ALL", "C").env("PATH", format!("{path}:{SYSTEM_PATH}"))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Arguments of unshare. Who is not root becomes it in a user namespace, where the kernel allows that.
fn apart() -> Vec<&'static str> {
    let mut arguments = vec!["--mount", "--net", "--propagation", "private"];
    arguments.extend((!is_root()).then_some("--map-root-user"));
    arguments
}

/// Arguments of nsenter that lead to where pcscd runs.
fn inside(pcscd: &Process) -> Vec<String> {
    let pid = pcscd.0.id().to_string();
    let mut arguments = vec!["--target".to_owned(), pid, "--mount".to_owned(), "--net".to_owned()];
    if !is_root() {
        arguments.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
    }
    arguments
}

/// Whether a process has left our network, and both ports of the driver are open in its own. A connection would tell as
/// well, but to the driver a connection is a card.
fn listens(pid: u32) -> bool {
    let network = |process: &str| std::fs::read_link(format!("/proc/{process}/ns/net")).ok();
    if network(&pid.to_string()) == network("self") {
        return false;
    }
    let sockets = std::fs::read_to_string(format!("/proc/{pid}/net/tcp")).unwrap_or_default();
    let open = |port| sockets.lines().any(|line| line.contains(port) && line.contains(" 0A "));
    PORTS.iter().all(|port| open(*port))
}

/// Ends the test with one line when something is missing that it cannot do without.
fn demand_programs() {
    let path = format!("{}:{SYSTEM_PATH}", std::env::var("PATH").unwrap_or_default());
    let absent =
        |program: &str| !std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let mut packages: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| absent(program))
        .map(|(_, package)| *package)
        .collect();
    packages.extend((!Path::new(DRIVER.0).is_file()).then_some(DRIVER.1));
    packages.dedup();
    assert!(packages.is_empty(), "this test needs the Debian packages: {}", packages.join(" "));
    let allowed =
        quiet(Command::new("unshare").args(apart()).arg("true")).output().unwrap().status.success();
    assert!(
        allowed,
        "this test needs namespaces: run as root (a container: privileged), or allow user namespaces"
    );
}

fn wait_for<T>(what: &str, log: &Path, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come up; its log: {}", read(log));
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}

/// Runs the openssl program, the judge of everything that was made.
pub fn openssl(arguments: &[&str]) -> Said {
    Said::of(Command::new("openssl").args(arguments).stdin(Stdio::null()).output().unwrap())
}

/// Runs the command under test.
pub fn madoguchi(arguments: &[&str]) -> Said {
    Said::of(
        Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(arguments)
            .env("LANG", "C")
            .output()
            .unwrap(),
    )
}
