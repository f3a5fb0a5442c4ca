//! A reader of its own with a persona's card on it, and the programs beside it.

pub mod reader;

use std::path::{Path, PathBuf};
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
        Self::with_card(&["--persona", persona])
    }

    /// The same with the arguments that say whose card it is.
    pub fn with_card(holder: &[&str]) -> Self {
        let reader = Reader::start();
        let log = reader.path("card.log");
        let card = start_command(&[&["card", "serve"], holder].concat(), &reader, &log);
        let mut desk = Self { card, reader };
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
        Running { process: start_command(arguments, &self.reader, &log), log }
    }

    /// Takes the card out and puts another one in.
    pub fn change_card(&mut self, holder: &[&str]) {
        let log = self.path("other-card.log");
        let _ = (self.card.0.kill(), self.card.0.wait());
        wait_for("the empty reader", &log, || {
            let said = self.client("opensc-tool", &["--list-readers"]);
            said.text.lines().all(|line| !line.contains("Yes")).then_some(())
        });
        self.card = start_command(&[&["card", "serve"], holder].concat(), &self.reader, &log);
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

/// Starts the command under test beside the reader.
fn start_command(arguments: &[&str], reader: &Reader, log: &Path) -> Process {
    reader.spawn(env!("CARGO_BIN_EXE_madoguchi"), arguments, log)
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
