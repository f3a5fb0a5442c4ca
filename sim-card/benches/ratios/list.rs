//! A revocation list of 1,000,000 entries, each side a process of its own: time and the most memory, against `openssl ca -gencrl`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use der::pem::{LineEnding, encode_string};
use jiff::Timestamp;
use rsa::pkcs8::EncodePrivateKey as _;
use sim_card::pki::{
    Authority, AuthorityConfig, CaKind, Entry, FixtureKey, ListKind, ListOrder, RevocationReason,
    fixture_key,
};

use super::measure::left_out;
use super::outside::{is_there, ourselves, time_and_memory};

const ENTRIES: u64 = 1_000_000;
const FIRST_SERIAL: u64 = 1_000_000_000;
/// Ours may take this part of theirs.
const GOAL: f64 = 0.3;

fn at(second: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + second, 0).unwrap()
}

/// The process that writes ours.
pub fn write(path: &str) {
    let authority = Authority::new(AuthorityConfig::default()).unwrap();
    let (ca, kind) = (CaKind::UserAuthentication, ListKind::Full);
    let order = ListOrder { ca, kind, this_update: at(60), next_update: at(86_460) };
    let reason = RevocationReason::Superseded.code();
    let entries = (0..ENTRIES).map(|n| Entry { serial: FIRST_SERIAL + n, since: at(0), reason });
    let file = std::fs::File::create(path).unwrap();
    authority.write_list_of(&order, entries, file).unwrap();
}

/// What `openssl ca` needs to write the same: the CA's key and certificate, and a row for each entry.
fn prepare(folder: &Path) {
    let path = |name: &str| folder.join(name);
    let authority = Authority::new(AuthorityConfig::default()).unwrap();
    let pem = encode_string("CERTIFICATE", LineEnding::LF, authority.ca_certificate()).unwrap();
    std::fs::write(path("ca.pem"), pem).unwrap();
    let key = fixture_key(FixtureKey::UserAuthenticationCa).unwrap();
    std::fs::write(path("ca.key"), key.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
    let config = format!(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = {}\ndefault_md = sha256\n",
        path("index.txt").display()
    );
    std::fs::write(path("ca.conf"), config).unwrap();
    let mut index = String::new();
    for n in 0..ENTRIES {
        let serial = FIRST_SERIAL + n;
        let row = "R\t350217145959Z\t260921123320Z,superseded";
        writeln!(index, "{row}\t{serial:08X}\tunknown\t/CN=holder {n}").unwrap();
    }
    std::fs::write(path("index.txt"), index).unwrap();
}

fn openssl(folder: &Path) -> (f64, f64) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    time_and_memory(Command::new("openssl").args(["ca", "-gencrl", "-crldays", "1"]).args([
        "-config",
        &path("ca.conf"),
        "-cert",
        &path("ca.pem"),
        "-keyfile",
        &path("ca.key"),
        "-out",
        &path("theirs.crl"),
    ]))
}

pub fn measure() {
    if !is_there("openssl") {
        return left_out("openssl ca -gencrl", "openssl is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let file = folder.path().join("ours.crl");
    let (seconds, memory) = time_and_memory(&mut ourselves(&["lister", file.to_str().unwrap()]));
    let (their_seconds, their_memory) = openssl(folder.path());
    for (what, ours, theirs) in [
        ("time, s", seconds, their_seconds),
        ("peak memory, MiB", memory / 1024.0, their_memory / 1024.0),
    ] {
        let ratio = ours / theirs;
        let verdict = if ratio <= GOAL { "reached" } else { "missed" };
        println!(
            "  {what:<20} {ours:>9.2} = {ratio:>6.4} x openssl ca -gencrl ({theirs:.2})  goal {GOAL}: {verdict}"
        );
    }
}
