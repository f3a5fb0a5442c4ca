//! A command of its own that serves something over HTTP, and what it says.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::BufReader;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A command that serves, which ends with the value, also when a test panics.
pub struct Served {
    process: Child,
    /// Held open: a command whose output nobody takes may end.
    told: BufReader<ChildStdout>,
    /// The address in the first line it says, without what follows the port.
    pub url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    /// Starts the command under test on a free port with these arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(arguments).args(["--listen", "127.0.0.1:0"]);
        Self::of(command)
    }

    /// Starts a command, and waits for the line that says where.
    pub fn of(mut command: Command) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap());
        let first = line(&mut told);
        let url = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let url = url.split("/?").next().unwrap().trim_end_matches('/').to_owned();
        Self { process, told, url }
    }

    /// The next line it says.
    pub fn line(&mut self) -> String {
        line(&mut self.told)
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.process.wait().unwrap()
    }
}

fn line(told: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    line
}
