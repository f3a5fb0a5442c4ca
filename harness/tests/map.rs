//! `ARCHITECTURE.md` is a map of the whole house: every source file stands on it, and nothing that is gone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::{Path, PathBuf};

const CRATES: [&str; 5] = ["sim-card", "sim-reader", "sim-backend", "reports", "harness"];
/// Where a crate has sources; the last two are workspaces of their own, which only some crates have.
const ROOMS: [&str; 3] = ["src", "fuzz/src", "tests/clients/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_is_on_the_map() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in CRATES {
        let room = root().join(name);
        let part = map
            .split(&format!("### {name} "))
            .nth(1)
            .and_then(|rest| rest.split("\n### ").next())
            .unwrap_or_default();
        let mut found = Vec::new();
        for folder in ROOMS.map(|folder| room.join(folder)).iter().filter(|folder| folder.is_dir())
        {
            sources(folder, &mut found);
        }
        for path in found {
            let shown = path.strip_prefix(&room).unwrap().display().to_string();
            assert!(
                part.contains(&format!("`{shown}`")),
                "{name}/{shown} is not on the map in ARCHITECTURE.md"
            );
        }
    }
}

#[test]
fn nothing_on_the_map_is_gone() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in CRATES {
        let part = map
            .split(&format!("### {name} "))
            .nth(1)
            .and_then(|rest| rest.split("\n### ").next())
            .unwrap_or_default();
        for line in part.lines().filter_map(|line| line.strip_prefix("- `")) {
            let shown = line.split('`').next().unwrap_or_default();
            assert!(
                root().join(name).join(shown).is_file(),
                "{name}/{shown} is on the map and gone"
            );
        }
    }
}
