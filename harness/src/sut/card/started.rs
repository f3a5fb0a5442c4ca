//! A card program as a process: started with the folder of one card, and awaited at a loopback port of the bench.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use tempfile::TempDir;

use super::VpcdCard;
use crate::error::BenchError;
use crate::sut::config::SutConfig;

/// How long at most a program that has ended goes unnoticed.
const GLANCE: Duration = Duration::from_millis(25);
/// Glances at a program that hung up, until it is taken to run on.
const LAST_GLANCES: u32 = 20;

/// Environment variables by which the program learns of its card.
const FOLDER: &str = "MADOGUCHI_CARD_FOLDER";
const HOST: &str = "MADOGUCHI_VPCD_HOST";
const PORT: &str = "MADOGUCHI_VPCD_PORT";

/// A running program. It ends with the value, and its folder after it.
#[derive(Debug)]
pub(super) struct Started {
    child: Child,
    _folder: TempDir,
}

impl Started {
    /// Starts the program and waits until it has put its card in.
    pub fn connected(
        sut: &SutConfig,
        adapter: &VpcdCard,
        folder: TempDir,
    ) -> Result<(Self, TcpStream), BenchError> {
        let door = TcpListener::bind("127.0.0.1:0").map_err(BenchError::Listen)?;
        let address = door.local_addr().map_err(BenchError::Listen)?;
        let child = spawn(sut, adapter, (folder.path(), address))?;
        let mut started = Self { child, _folder: folder };
        let limit = Duration::from_millis(adapter.timeout_ms);
        let stream = started.awaited(&sut.product.name, &knock(door), limit);
        if stream.is_err() {
            // Lets go of whoever waits at the door.
            drop(TcpStream::connect(address));
        }
        Ok((started, stream?))
    }

    fn awaited(
        &mut self,
        product: &str,
        knocks: &Receiver<std::io::Result<TcpStream>>,
        limit: Duration,
    ) -> Result<TcpStream, BenchError> {
        let mut waited = Duration::ZERO;
        while waited < limit {
            match knocks.recv_timeout(GLANCE) {
                Ok(stream) => return stream.map_err(BenchError::Listen),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => waited += GLANCE,
            }
            if let Some(how) = self.ended() {
                let how = format!("{how}, before it put a card in");
                return Err(BenchError::ProductGone { product: product.to_owned(), how });
            }
        }
        let waited_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Err(BenchError::ProductSilent { product: product.to_owned(), waited_ms })
    }

    fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    /// Why the connection ended, as far as the process tells.
    pub fn last_words(&mut self) -> String {
        for _ in 0..LAST_GLANCES {
            if let Some(how) = self.ended() {
                return how;
            }
            std::thread::sleep(GLANCE);
        }
        "it took its card out and runs on".to_owned()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It is gone already, or goes now; either is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What it writes to standard error is shown as it is.
fn spawn(
    sut: &SutConfig,
    adapter: &VpcdCard,
    (folder, address): (&Path, SocketAddr),
) -> Result<Child, BenchError> {
    let failed = |source| BenchError::ProductStart { command: adapter.command.join(" "), source };
    let (program, arguments) =
        adapter.command.split_first().ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
    let home = if sut.folder.as_os_str().is_empty() { Path::new(".") } else { &sut.folder };
    let mut command = Command::new(program);
    apart(&mut command)
        .args(arguments)
        .envs(&adapter.env)
        .env(FOLDER, folder)
        .env(HOST, address.ip().to_string())
        .env(PORT, address.port().to_string())
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.spawn().map_err(failed)
}

/// Ctrl-C ends the run after the scenarios that are under way: it is not for the program to end in the middle of one.
fn apart(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command
}

/// Waits at the door, once.
fn knock(door: TcpListener) -> Receiver<std::io::Result<TcpStream>> {
    let (knocks, heard) = channel();
    std::thread::spawn(move || {
        let came = door.accept().map(|(stream, _)| stream);
        // Nobody waits for it any more when the program has ended.
        let _ = knocks.send(came);
    });
    heard
}
