//! A PC/SC client beside pcscd's virtual reader, with the card it uses: `pcsc-client CASE`. It ends with 0 when the card
//! behaved as a card does in that case, and says what was wrong otherwise.

use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use myna_card::certificate::Certificate;
use pcsc::{Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use sim_card::link::vpcd;
use sim_card::population::Citizen;
use sim_card_clients::{card, citizen};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

const ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];
/// Where the virtual reader waits for a card.
const SLOT: &str = "127.0.0.1:35963";
/// How long pcscd may take to notice something; much longer than it does.
const PATIENCE: Duration = Duration::from_secs(20);

const SELECT_JPKI: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01";
const SELECT_CERTIFICATE: &[u8] = b"\x00\xA4\x02\x0C\x02\x00\x0A";
const SELECT_PIN: &[u8] = b"\x00\xA4\x02\x0C\x02\x00\x18";
const SELECT_KEY: &[u8] = b"\x00\xA4\x02\x0C\x02\x00\x17";
const READ_FOUR: &[u8] = b"\x00\xB0\x00\x00\x04";
/// COMPUTE DIGITAL SIGNATURE with the current key, hashed on the card, over `message`.
const SIGN: &[u8] = b"\x80\x2A\x03\x80\x07message\x00";

fn main() {
    let case = std::env::args().nth(1).unwrap_or_default();
    let desk = Desk::new();
    match case.as_str() {
        "read" => reads_the_certificate_in_parts(&desk),
        "sign" => signs_after_the_pin_alone(&desk),
        "reset" => reset_keeps_a_right_and_power_off_takes_it(&desk),
        "transaction" => a_transaction_keeps_others_out(&desk),
        "removal" => a_card_that_was_away_comes_back_with_its_counters(desk),
        other => panic!("no case {other:?}"),
    }
}

/// A citizen, the card, and the reader it lies on.
struct Desk {
    citizen: Citizen,
    card: Arc<Mutex<sim_card::Card>>,
    runtime: Runtime,
    link: JoinHandle<()>,
    context: Context,
    reader: CString,
}

impl Desk {
    fn new() -> Self {
        let citizen = citizen();
        let card = Arc::new(Mutex::new(card(&citizen)));
        let runtime = Runtime::new().expect("a runtime");
        let link = put(&runtime, &card);
        let context = Context::establish(Scope::User).expect("pcscd runs");
        let readers = context.list_readers_owned().expect("the virtual reader");
        let reader = readers.into_iter().next().expect("a reader");
        let desk = Self { citizen, card, runtime, link, context, reader };
        desk.wait_until(State::PRESENT);
        desk
    }

    /// Waits until the reader says this of its slot.
    fn wait_until(&self, wanted: State) {
        let end = Instant::now() + PATIENCE;
        let mut states = [ReaderState::new(self.reader.clone(), State::UNAWARE)];
        while !states[0].event_state().contains(wanted) {
            assert!(Instant::now() < end, "the reader never says {wanted:?}");
            let told = self.context.get_status_change(Duration::from_secs(1), &mut states);
            assert!(matches!(told, Ok(()) | Err(Error::Timeout)), "{told:?}");
            states[0].sync_current_state();
        }
    }

    fn connect(&self) -> Client {
        self.connect_in(&self.context)
    }

    fn connect_in(&self, context: &Context) -> Client {
        let end = Instant::now() + PATIENCE;
        loop {
            match context.connect(&self.reader, ShareMode::Shared, Protocols::T1) {
                Ok(card) => return Client(card),
                Err(error) => assert!(Instant::now() < end, "no connection: {error}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn tries_left(&self) -> u8 {
        let card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        card.tries_left(sim_card::PinName::UserAuthentication)
    }

    fn verify_pin(&self) -> Vec<u8> {
        verify(&self.citizen.user_pin)
    }
}

/// Puts the card on the reader.
fn put(runtime: &Runtime, card: &Arc<Mutex<sim_card::Card>>) -> JoinHandle<()> {
    let card = Arc::clone(card);
    runtime.spawn(async move { vpcd::serve(card, SLOT, |_| {}).await.expect("the link holds") })
}

fn verify(pin: &str) -> Vec<u8> {
    let length = u8::try_from(pin.len()).expect("a PIN is short");
    [b"\x00\x20\x00\x80", &[length][..], pin.as_bytes()].concat()
}

/// A connection to the card.
struct Client(pcsc::Card);

impl Client {
    /// Data and status word, or what PC/SC says.
    fn try_send(&self, command: &[u8]) -> Result<(Vec<u8>, u16), Error> {
        let mut buffer = [0; 258];
        let answer = self.0.transmit(command, &mut buffer)?;
        let (data, status) = answer.split_last_chunk().expect("an answer ends in a status word");
        Ok((data.to_vec(), u16::from_be_bytes(*status)))
    }

    fn send(&self, command: &[u8]) -> (Vec<u8>, u16) {
        self.try_send(command).expect("the card answers")
    }

    /// The data of an answer that must be 9000.
    fn data(&self, command: &[u8]) -> Vec<u8> {
        let (data, status) = self.send(command);
        assert_eq!(status, 0x9000, "{command:02X?}");
        data
    }

    fn status(&self, command: &[u8]) -> u16 {
        self.send(command).1
    }

    /// The certificate, in parts of so many bytes, to the end of the file.
    fn certificate(&self, part: u8) -> Vec<u8> {
        self.data(SELECT_JPKI);
        self.data(SELECT_CERTIFICATE);
        let mut file = Vec::new();
        loop {
            let [high, low] = u16::try_from(file.len()).expect("a small file").to_be_bytes();
            match self.send(&[0x00, 0xB0, high, low, part]) {
                (data, 0x9000) => file.extend(data),
                (_, 0x6B00) => return file,
                (_, status) => panic!("{status:04X} at {}", file.len()),
            }
        }
    }
}

fn reads_the_certificate_in_parts(desk: &Desk) {
    let client = desk.connect();
    let status = client.0.status2_owned().expect("a status");
    assert_eq!(status.atr(), ATR);
    assert_eq!(status.protocol2(), Some(pcsc::Protocol::T1));
    let whole = client.certificate(0);
    assert!(whole.len() > 1_000, "{} bytes", whole.len());
    for part in [1, 7, 100, 255] {
        assert_eq!(client.certificate(part), whole, "in parts of {part}");
    }
    Certificate::parse(&whole).expect("a certificate");
}

fn signs_after_the_pin_alone(desk: &Desk) {
    let client = desk.connect();
    let certificate = Certificate::parse(&client.certificate(0)).expect("a certificate");
    client.data(SELECT_KEY);
    assert_eq!(client.status(SIGN), 0x6982);
    client.data(SELECT_PIN);
    assert_eq!(client.status(&[0x00, 0x20, 0x00, 0x80]), 0x63C3);
    client.data(&desk.verify_pin());
    client.data(SELECT_KEY);
    let signature = client.data(SIGN);
    let key = certificate.public_key().expect("an RSA key");
    key.verify_pkcs1_sha256(b"message", &signature).expect("the signature verifies");
    key.verify_pkcs1_sha256(b"massage", &signature).expect_err("over something else");
}

/// The user's key answers as long as its right holds.
fn may_sign(client: &Client) -> bool {
    client.data(SELECT_JPKI);
    client.data(SELECT_KEY);
    client.status(SIGN) == 0x9000
}

fn reset_keeps_a_right_and_power_off_takes_it(desk: &Desk) {
    let mut client = desk.connect();
    client.data(SELECT_JPKI);
    client.data(SELECT_PIN);
    client.data(&desk.verify_pin());
    let again = |client: &mut Client, how| {
        client.0.reconnect(ShareMode::Shared, Protocols::T1, how).expect("a connection again");
    };
    again(&mut client, Disposition::ResetCard);
    // No EF is current after a reset, and the application with its right still is.
    assert_eq!(client.status(READ_FOUR), 0x6986);
    assert_eq!(client.status(SELECT_CERTIFICATE), 0x9000);
    assert!(may_sign(&client));
    again(&mut client, Disposition::LeaveCard);
    assert!(may_sign(&client));
    again(&mut client, Disposition::UnpowerCard);
    // The power-up level is current, and it has no certificate.
    assert_eq!(client.status(SELECT_CERTIFICATE), 0x6A82);
    assert!(!may_sign(&client));
}

fn a_transaction_keeps_others_out(desk: &Desk) {
    let mut first = desk.connect();
    let context = Context::establish(Scope::User).expect("pcscd runs");
    let other = desk.connect_in(&context);
    first.data(SELECT_JPKI);
    first.data(SELECT_CERTIFICATE);
    // Without a transaction the other one moves the current EF.
    other.data(SELECT_PIN);
    assert_eq!(first.status(READ_FOUR), 0x6981);
    first.data(SELECT_CERTIFICATE);
    let transaction = first.0.transaction().expect("a transaction");
    // Within it, what the other one sends waits until it is over.
    let waiting = std::thread::spawn(move || (other.status(SELECT_PIN), other));
    std::thread::sleep(Duration::from_millis(500));
    let mut buffer = [0; 258];
    let answer = transaction.transmit(READ_FOUR, &mut buffer).expect("the card answers");
    assert!(answer.starts_with(&[0x30, 0x82]) && answer.ends_with(&[0x90, 0x00]));
    assert!(!waiting.is_finished());
    transaction.end(Disposition::LeaveCard).map_err(|(_, error)| error).expect("its end");
    let (status, _other) = waiting.join().expect("the other one's answer");
    assert_eq!((status, first.status(READ_FOUR)), (0x9000, 0x6981));
}

fn a_card_that_was_away_comes_back_with_its_counters(mut desk: Desk) {
    let client = desk.connect();
    client.data(SELECT_JPKI);
    client.data(SELECT_PIN);
    assert_eq!(client.status(&verify("")), 0x6700, "five bytes are no question");
    let wrong = if desk.citizen.user_pin == "0000" { "1111" } else { "0000" };
    assert_eq!(client.status(&verify(wrong)), 0x63C2);
    desk.link.abort();
    desk.wait_until(State::EMPTY);
    let gone = client.try_send(SELECT_PIN).expect_err("there is no card");
    assert!(matches!(gone, Error::RemovedCard | Error::NoSmartcard), "{gone:?}");
    drop(client);
    desk.link = put(&desk.runtime, &desk.card);
    desk.wait_until(State::PRESENT);
    let client = desk.connect();
    assert_eq!(client.status(SELECT_PIN), 0x6A82, "no application is current");
    client.data(SELECT_JPKI);
    client.data(SELECT_PIN);
    assert_eq!((client.status(&[0x00, 0x20, 0x00, 0x80]), desk.tries_left()), (0x63C2, 2));
    client.data(&desk.verify_pin());
    assert_eq!(desk.tries_left(), 3);
}
