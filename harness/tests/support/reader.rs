//! A reader of its own: pcscd with the vpcd driver in a network and a mount namespace, and PC/SC clients beside it. Nothing
//! of it touches the machine's own pcscd, ports or `/run`.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What the tests run beside the bench, and the Debian package it comes in.
const PROGRAMS: [(&str, &str); 11] = [
    ("pcscd", "pcscd"),
    ("opensc-tool", "opensc"),
    ("pkcs15-tool", "opensc"),
    ("pkcs11-tool", "opensc"),
    ("openssl", "openssl"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("setsid", "util-linux"),
    ("timeout", "coreutils"),
];
/// The driver's reader file.
const DRIVER: (&str, &str) = ("/etc/reader.conf.d/vpcd", "vsmartcard-vpcd");
/// The driver's two ports, as the kernel lists them: 35963 and 35964.
const PORTS: [&str; 2] = [":8C7B", ":8C7C"];
/// Programs of the administrator, which a user's PATH may lack.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin";
/// How long a part may take to come up; much longer than it ever does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with the value, also when a test panics. Its launchers (unshare, sh, nsenter, setpriv) replace
/// themselves by it, so there is one process to kill and no child is left over.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a client said, both streams, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    /// What an ended process said.
    pub fn of(output: Output) -> Self {
        let text = [output.stdout, output.stderr].concat();
        Self {
            code: output.status.code().unwrap_or(-1),
            text: String::from_utf8_lossy(&text).into_owned(),
        }
    }

    /// The client was content.
    pub fn content(self) -> String {
        assert_eq!(self.code, 0, "{}", self.text);
        self.text
    }

    /// The client was not content, and said why.
    pub fn refused(self, words: &str) {
        assert_ne!(self.code, 0, "{}", self.text);
        assert!(self.text.contains(words), "not {words:?} but: {}", self.text);
    }
}

/// A reader without a card.
pub struct Reader {
    // Dropped in this order: the reader stops, the folder goes.
    pcscd: Process,
    folder: tempfile::TempDir,
}

impl Reader {
    /// Starts pcscd and waits until both slots of the virtual reader take a card.
    pub fn start() -> Self {
        demand_programs();
        let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let pcscd = start_pcscd(&folder.path().join("pcscd.log"));
        Self { pcscd, folder }
    }

    /// Runs a PC/SC client to its end beside the reader.
    pub fn client(&self, program: &str, arguments: &[&str]) -> Said {
        self.client_told("", program, arguments)
    }

    /// The same with lines on its standard input. It has no terminal to ask at instead.
    pub fn client_told(&self, lines: &str, program: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", "60", "nsenter"])
            .args(inside(&self.pcscd))
            .args(["setsid", "--wait", program])
            .args(arguments);
        quiet(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut client = command.spawn().unwrap();
        // Who does not read is not told; what it says decides.
        let _ = client.stdin.take().unwrap().write_all(lines.as_bytes());
        Said::of(client.wait_with_output().unwrap())
    }

    /// Starts a process beside the reader, its output into a log; it ends with the value.
    pub fn spawn(&self, program: &str, arguments: &[&str], log: &Path) -> Process {
        let mut command = Command::new("nsenter");
        command.args(inside(&self.pcscd)).args(["setpriv", "--pdeathsig", "KILL", program]);
        spawn(command.args(arguments), log)
    }

    /// A file in the reader's folder, absolute: clients run in another directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as an argument.
    pub fn arg(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
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

pub fn wait_for<T>(what: &str, log: &Path, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come up; its log: {}", read(log));
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}
