//! The commands of the recorded clients, in `tests/traces`.

use std::path::Path;
use std::sync::LazyLock;

use crate::support::bytes;

/// The commands of each recording, in the order of their file names.
pub static RECORDINGS: LazyLock<Vec<(String, Vec<Vec<u8>>)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traces");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("the traces are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| (name(&path), commands(&path)))
        .collect();
    all.sort();
    all
});

fn name(path: &Path) -> String {
    path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn commands(path: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(path).expect("a trace is text");
    text.lines().filter_map(|line| line.strip_prefix("C: ")).map(bytes).collect()
}
