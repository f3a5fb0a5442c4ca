//! Commands over the vpcd socket: the card against a dummy that answers two fixed bytes, and against `vicc`, each a process of its own.
//!
//! The reader's side sends length and payload in two writes with Nagle's algorithm on, as the vpcd driver does: who does not acknowledge at
//! once waits some 40 ms a command.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::{Arc, Mutex};

use sim_card::Card;
use sim_card::apdu::{CommandApdu, Describer};
use sim_card::apps::JPKI_AID;
use sim_card::link::{Event, vpcd};

use super::measure::{contest, left_out, line, rate};
use super::outside::{Running, is_there, ourselves, start};
use super::support;

/// Answer to reset of the dummy; any will do.
const ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];
/// Length of the file that is read, in bytes: about a certificate.
const FILE: usize = 1_700;

/// The process that serves the sample card and tells of each command, as `madoguchi card serve` does; its user certificate has the length we read.
pub fn serve_card(address: &str) {
    let mut contents = support::contents();
    if let Some(pair) = &mut contents.user_authentication {
        pair.certificate = [&[0x30, 0x82, 0x06, 0xA0][..], &[0; FILE - 4]].concat();
    }
    let card = Arc::new(Mutex::new(Card::new(contents)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut view = Describer::default();
    let told = move |event: &Event<'_>| println!("{}", view.event(event));
    runtime.block_on(vpcd::serve(card, address, told)).unwrap();
}

/// The process of the dummy: 9000 to every command.
pub fn serve_dummy(address: &str) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    let (mut length, mut command) = ([0; 2], vec![0; 512]);
    loop {
        socket2::SockRef::from(&socket).set_tcp_quickack(true).unwrap();
        if socket.read_exact(&mut length).is_err() {
            return;
        }
        let command = &mut command[..usize::from(u16::from_be_bytes(length))];
        socket.read_exact(command).unwrap();
        match command {
            [4] => send(&mut socket, &ATR),
            [_] => (),
            _ => send(&mut socket, &[0x90, 0x00]),
        }
    }
}

fn send(socket: &mut TcpStream, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    socket.write_all(&[&length, bytes].concat()).unwrap();
}

/// What the vpcd driver does with one command.
fn exchange(reader: &mut TcpStream, command: &[u8]) -> Vec<u8> {
    reader.write_all(&u16::try_from(command.len()).unwrap().to_be_bytes()).unwrap();
    reader.write_all(command).unwrap();
    let mut length = [0; 2];
    reader.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut answer).unwrap();
    answer
}

fn must(reader: &mut TcpStream, command: &CommandApdu) {
    assert!(exchange(reader, &command.to_bytes()).ends_with(&[0x90, 0x00]), "{command:?}");
}

/// A reader, and the process whose card was put into it and has power.
fn with(card: impl FnOnce(&str) -> Command) -> (TcpStream, Running) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let running = start(&mut card(&address));
    let (mut reader, _) = listener.accept().unwrap();
    reader.write_all(&[0, 1, 1]).unwrap();
    (reader, running)
}

/// Reads the whole current file in pieces of 256 bytes, as every client does.
fn read_file(reader: &mut TcpStream) {
    let mut read = 0;
    while read < FILE {
        let offset = u16::try_from(read).unwrap();
        read += exchange(reader, &CommandApdu::read_binary(offset, 256).to_bytes()).len() - 2;
    }
    assert_eq!(read, FILE);
}

/// `vicc` with its plain card. Debian ships its modules, and what they import, where Python does not look for them: `folder` leads there.
pub fn vicc(folder: &std::path::Path, host: &str, port: &str) -> Result<Command, &'static str> {
    const MODULES: [(&str, &str); 2] = [
        ("virtualsmartcard", "/usr/lib/python3/site-packages/virtualsmartcard/virtualsmartcard"),
        ("Crypto", "/usr/lib/python3/dist-packages/Cryptodome"),
    ];
    if !is_there("vicc") {
        return Err("install the Debian packages vsmartcard-vpicc and python3-pycryptodome");
    }
    for (name, place) in MODULES {
        let link = folder.join(name);
        if !link.exists() && symlink(place, &link).is_err() || !link.exists() {
            return Err("install the Debian package python3-pycryptodome");
        }
    }
    let mut command = Command::new("vicc");
    command.args(["-t", "iso7816", "-H", host, "-P", port]).env("PYTHONPATH", folder);
    Ok(command)
}

/// Makes a file of that length on `vicc`'s card and selects it.
pub fn file_on_vicc() -> [CommandApdu; 2] {
    let file = [0x62, 0x0B, 0x80, 0x02, 0x06, 0xA4, 0x82, 0x01, 0x01, 0x83, 0x02, 0x00, 0x01];
    let create = CommandApdu { header: [0x00, 0xE0, 0x00, 0x00], data: file.to_vec(), ne: None };
    [create, CommandApdu::select_file(0x0001)]
}

pub fn measure() {
    let (mut dummy, _dummy) = with(|address| ourselves(&["dummy", address]));
    let (mut card, _card) = with(|address| ourselves(&["card", address]));
    must(&mut card, &CommandApdu::select_application(&JPKI_AID));
    let select = CommandApdu::select_file(0x000A).to_bytes();
    let read = CommandApdu::read_binary(0, 256).to_bytes();
    let exchanges = |socket: &mut TcpStream, command: &[u8]| {
        rate(64, || assert!(exchange(socket, command).ends_with(&[0x90, 0x00])))
    };
    let [fixed, selects] = contest([&mut || exchanges(&mut dummy, &select), &mut || {
        rate(64, || drop(exchange(&mut card, &select)))
    }]);
    line("SELECT EF", selects, ("the dummy", fixed), Some(0.8));
    let [fixed, reads] = contest([&mut || exchanges(&mut dummy, &read), &mut || {
        rate(64, || drop(exchange(&mut card, &read)))
    }]);
    line("READ BINARY 256", reads, ("the dummy", fixed), Some(0.8));
    against_vicc(&mut card);
}

fn against_vicc(card: &mut TcpStream) {
    let what = format!("READ of {FILE} bytes");
    let folder = tempfile::tempdir().unwrap();
    if let Err(why) = vicc(folder.path(), "", "") {
        return left_out(&what, why);
    }
    let (mut theirs, _vicc) = with(|address| {
        let (host, port) = address.split_once(':').unwrap();
        vicc(folder.path(), host, port).unwrap()
    });
    file_on_vicc().iter().for_each(|command| must(&mut theirs, command));
    let [ours, theirs] =
        contest([&mut || rate(16, || read_file(card)), &mut || rate(1, || read_file(&mut theirs))]);
    line(&what, ours, ("vicc", theirs), Some(250.0));
}
