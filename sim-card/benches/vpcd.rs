//! How many commands a second cross the vpcd socket: the card against a dummy that answers two fixed bytes.
//!
//! The reader's side sends length and payload in two writes, as the vpcd driver does: without a quick acknowledgement each
//! command would cost some 40 ms.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench may fail"
)]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sim_card::apdu::CommandApdu;
use sim_card::apps::JPKI_AID;
use sim_card::link::vpcd;

/// What the vpcd driver does with one command.
fn exchange(reader: &mut TcpStream, command: &[u8]) -> Vec<u8> {
    let length = u16::try_from(command.len()).expect("a short command").to_be_bytes();
    reader.write_all(&length).expect("the card takes the length");
    reader.write_all(command).expect("the card takes the command");
    let mut length = [0; 2];
    reader.read_exact(&mut length).expect("the card answers");
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut answer).expect("the card answers whole");
    answer
}

/// A reader with the sample card in it.
fn with_card() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(vpcd::serve(Arc::new(Mutex::new(support::card())), address, |_, _| {}))
    });
    let (mut reader, _) = listener.accept().expect("the card connects");
    reader.write_all(&[0, 1, 1]).expect("power on");
    exchange(&mut reader, &CommandApdu::select_application(&JPKI_AID).to_bytes());
    reader
}

/// A reader with a dummy that answers 9000 to everything.
fn with_dummy() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut socket = TcpStream::connect(address).expect("the reader listens");
        socket.set_nodelay(true).expect("a socket option");
        let (mut length, mut command) = ([0; 2], vec![0; 512]);
        loop {
            let quick = socket2::SockRef::from(&socket);
            quick.set_tcp_quickack(true).expect("a socket option");
            if socket.read_exact(&mut length).is_err() {
                return;
            }
            let wanted = usize::from(u16::from_be_bytes(length));
            socket.read_exact(&mut command[..wanted]).expect("a whole command");
            socket.write_all(&[0, 2, 0x90, 0x00]).expect("the reader takes the answer");
        }
    });
    listener.accept().expect("the dummy connects").0
}

fn socket(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("vpcd socket");
    group.throughput(Throughput::Elements(1));
    let verify = CommandApdu::select_file(0x0018).to_bytes();
    let mut dummy = with_dummy();
    group.bench_function("dummy", |bencher| bencher.iter(|| exchange(&mut dummy, &verify)));
    let mut card = with_card();
    group.bench_function("SELECT EF", |bencher| bencher.iter(|| exchange(&mut card, &verify)));
    exchange(&mut card, &CommandApdu::select_file(0x000A).to_bytes());
    let read = CommandApdu::read_binary(0, 256).to_bytes();
    group.bench_function("READ BINARY 256", |bencher| bencher.iter(|| exchange(&mut card, &read)));
    group.finish();
}

criterion_group!(benches, socket);
criterion_main!(benches);
