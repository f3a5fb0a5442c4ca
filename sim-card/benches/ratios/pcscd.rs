//! Commands through pcscd and its vpcd driver: the card against the dummy, and against `vicc`.
//!
//! pcscd runs in a network and a mount namespace of its own, so that the machine's own one is not disturbed. The client is `client.py`: the calls of
//! the PC/SC library and nothing around them.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sim_card::apdu::CommandApdu;
use sim_card::apps::JPKI_AID;

use super::measure::{contest, left_out, line};
use super::outside::{Running, is_there, ourselves, start};
use super::socket::{file_on_vicc, vicc};

/// The client's text, handed to `python3 -c`.
const CLIENT: &str = include_str!("client.py");
const PROGRAMS: [&str; 7] =
    ["pcscd", "opensc-tool", "unshare", "nsenter", "setpriv", "ip", "mount"];

/// A pcscd with one card in its virtual reader.
struct Desk {
    // Dropped in this order.
    _card: Running,
    pcscd: Running,
}

impl Desk {
    fn with(card: &Command) -> Self {
        let script = "mount -t tmpfs none /run && mkdir /run/pcscd && ip link set lo up \
                      && exec setpriv --pdeathsig KILL pcscd --foreground";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "--propagation", "private", "sh", "-c", script]);
        let pcscd = start(&mut command);
        let driver = format!("/proc/{}/net/tcp", pcscd.0.id());
        // The driver's port, 35963, as the kernel lists it.
        wait(|| std::fs::read_to_string(&driver).is_ok_and(|ports| ports.contains(":8C7B")));
        let card = start(&mut inside(pcscd.0.id(), card));
        let desk = Self { _card: card, pcscd };
        wait(|| desk.client(&[], &[CommandApdu::select_file(0x0001)]).is_some());
        desk
    }

    /// Rounds of commands a second, as the client says; `None` as long as there is no card.
    fn client(&self, before: &[CommandApdu], commands: &[CommandApdu]) -> Option<f64> {
        let words = |commands: &[CommandApdu]| -> Vec<String> {
            commands.iter().map(|one| hex::encode(one.to_bytes())).collect()
        };
        let mut python = Command::new("python3");
        python.args(["-c", CLIENT]).args(words(before)).arg("then").args(words(commands));
        let output = inside(self.pcscd.0.id(), &python).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    }

    fn rate(&self, before: &[CommandApdu], commands: &[CommandApdu]) -> f64 {
        self.client(before, commands).expect("the client passes its commands")
    }
}

/// The same command in pcscd's namespaces.
fn inside(pcscd: u32, command: &Command) -> Command {
    let mut nsenter = Command::new("nsenter");
    nsenter.args(["--target", &pcscd.to_string(), "--mount", "--net", "setpriv"]);
    nsenter.args(["--pdeathsig", "KILL"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        nsenter.env(name, value.unwrap_or_default());
    }
    nsenter
}

fn wait(mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !ready() {
        assert!(Instant::now() < end, "pcscd and the card did not come up");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The seven commands that read 1,700 bytes.
fn read_file() -> Vec<CommandApdu> {
    (0..7).map(|piece| CommandApdu::read_binary(piece * 256, 256)).collect()
}

pub fn measure() {
    let missing = PROGRAMS.iter().find(|program| !is_there(program));
    if let Some(program) = missing {
        return left_out("pcscd", &format!("{program} is not installed"));
    }
    if !Path::new("/etc/reader.conf.d/vpcd").is_file() {
        return left_out("pcscd", "install the Debian package vsmartcard-vpcd");
    }
    if !Command::new("unshare").args(["--mount", "--net", "true"]).status().unwrap().success() {
        return left_out("pcscd", "it wants to be root, for namespaces");
    }
    let address = "127.0.0.1:35963";
    let dummy = Desk::with(&ourselves(&["dummy", address]));
    let card = Desk::with(&ourselves(&["card", address]));
    let file = [CommandApdu::select_application(&JPKI_AID), CommandApdu::select_file(0x000A)];
    for (name, command) in [
        ("SELECT EF", CommandApdu::select_file(0x000A)),
        ("READ BINARY 256", CommandApdu::read_binary(0, 256)),
    ] {
        let commands = [command];
        let [fixed, ours] =
            contest([&mut || dummy.rate(&[], &commands), &mut || card.rate(&file, &commands)]);
        line(name, ours, ("the dummy", fixed), Some(0.8));
    }
    let folder = tempfile::tempdir().unwrap();
    let vicc = match vicc(folder.path(), "127.0.0.1", "35963") {
        Ok(command) => Desk::with(&command),
        Err(why) => return left_out("READ of 1700 bytes", why),
    };
    let reads = read_file();
    let [ours, theirs] =
        contest([&mut || card.rate(&file, &reads), &mut || vicc.rate(&file_on_vicc(), &reads)]);
    line("READ of 1700 bytes", ours, ("vicc", theirs), Some(250.0));
}
