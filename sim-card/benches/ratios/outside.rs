//! Programs we measure ourselves against, run as processes.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that ends with the value.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program without input or output.
pub fn start(command: &mut Command) -> Running {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Running(quiet.spawn().expect("the program starts"))
}

/// This program as another process.
pub fn ourselves(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("our own path"));
    command.args(arguments);
    command
}

/// Whether a program is on the PATH or among the administrator's.
pub fn is_there(program: &str) -> bool {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs the openssl program to its end; what it printed.
pub fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Signatures a second by `openssl speed`, by the clock on the wall as ours are.
pub fn openssl_speed(algorithm: &str, seconds: &str) -> f64 {
    let said = openssl(&["speed", "-elapsed", "-mr", "-seconds", seconds, algorithm]);
    // +F2:2:2048:SIGN:VERIFY for RSA, +F4:… for ECDSA; operations a second, the whole of it in one line.
    let line = said.lines().find(|line| line.starts_with("+F2") || line.starts_with("+F4"));
    let field = line.and_then(|line| line.split(':').nth(3));
    field.and_then(|field| field.parse().ok()).expect("openssl speed says a rate")
}

/// Runs to the end; seconds it took, and the most memory it had at once, in KiB, as the kernel tells while it runs.
pub fn time_and_memory(command: &mut Command) -> (f64, f64) {
    let begun = Instant::now();
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().expect("it starts");
    let mut most = 0.0_f64;
    let status = loop {
        most = most.max(high_water(child.id()).unwrap_or_default());
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    assert!(status.success(), "{command:?} failed");
    (begun.elapsed().as_secs_f64(), most)
}

fn high_water(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(Path::new(&format!("/proc/{process}/status"))).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
