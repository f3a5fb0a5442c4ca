//! Writes the first corpus of the target `card`: recordings as bytes the target can take apart, and one way into each room.
//! Run from this folder: `cargo run --example corpus`.

use std::path::Path;

use sim_card_fuzz::model::tables::REFERENCES;
use sim_card_fuzz::recordings::RECORDINGS;

/// First byte of a script on the plain card that does not begin behind a PIN.
const PLAIN: u8 = 200;
/// First byte of a script that begins in a secure session.
const IN_SESSION: u8 = 192;
/// First byte of a step of raw bytes, whose number follows.
const RAW: u8 = 230;
/// First bytes of other steps.
const ENTER: u8 = 0;
const READ: u8 = 102;
const SIGN: u8 = 188;
const TERMINAL: u8 = 192;
const SECURED: u8 = 196;

/// The recordings that differ most from each other.
const CHOSEN: [&str; 12] = [
    "myna-card-3.3.4-list-readers",
    "myna-jpki-cert-sign",
    "myna-jpki-cms-sign-sha512",
    "myna-pin-change-auth",
    "myna-pin-change-sign",
    "myna-pin-status",
    "myna-text-attrs",
    "myna-text-attrs-wrong-pin",
    "myna-unknown-number",
    "myna-visual-photo",
    "opensc-0.23-opensc-tool-send-apdu",
    "opensc-0.23-pkcs15-crypt-sign",
];

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/card");
    std::fs::create_dir_all(&folder).expect("the folder of the corpus");
    let write = |name: &str, seed: Vec<u8>| {
        std::fs::write(folder.join(name), seed).expect("a seed is written");
    };
    for (name, commands) in RECORDINGS.iter().filter(|(name, _)| CHOSEN.contains(&name.as_str())) {
        write(name, recorded(commands));
    }
    let rooms = (0..).take(REFERENCES.len());
    write("rooms", rooms.fold(vec![PLAIN], |seed, place| [&seed[..], &[ENTER, place, 1]].concat()));
    // The key of the user's certificate, after its PIN and after an approved terminal.
    let sign = [SIGN, 0, 0, 2];
    write("signature", [&[PLAIN, ENTER, 0, 1, READ, 0, 0, 0, 0, 0][..], &sign].concat());
    // Two EFs selected in a session that is open from the start.
    let file = |id| [SECURED, 0, 0, 0, 0, id];
    write("session", [&[IN_SESSION][..], &file(1), &file(2)].concat());
    write("terminal", [&[PLAIN, TERMINAL, 0][..], &sign].concat());
}

fn recorded(commands: &[Vec<u8>]) -> Vec<u8> {
    let step = |command: &Vec<u8>| {
        let length = u8::try_from(command.len()).expect("a recorded command is short");
        [&[RAW, length], &command[..]].concat()
    };
    std::iter::once(PLAIN).chain(commands.iter().flat_map(step)).collect()
}
