//! What the bench built in, as the product reaches it: the camera, and the key that it signs with and does not have.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use harness::sut::reader::protocol::{Approval, Proof, Prove};
use sim_card::apdu::CommandApdu;
use sim_card::pki::{FixtureKey, fixture_key};
use sim_reader::card_client::TerminalCredential;
use sim_reader::reader_link::Bytes;
use sim_reader::{Camera, CameraFault, CardChannel, ChannelError, GreyImage};

/// One exchange over HTTP/1.0; `None` unless the status is 200.
fn exchange(method: &str, url: &str, body: &[u8]) -> Option<Vec<u8>> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let mut stream = TcpStream::connect(host).ok()?;
    let length = body.len();
    let head = format!(
        "{method} /{path} HTTP/1.0\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    answer.get(9..12).filter(|status| *status == b"200")?;
    Some(answer.split_off(end + 4))
}

/// A camera that gives a picture at each look.
pub struct Lens(pub String);

impl Camera for Lens {
    fn capture(&mut self) -> Result<GreyImage, CameraFault> {
        let pgm = exchange("GET", &self.0, b"").ok_or(CameraFault)?;
        let head = b"P5\n240 320\n255\n";
        let pixels = pgm.strip_prefix(head).ok_or(CameraFault)?.to_vec();
        Ok(GreyImage { width: 240, height: 320, pixels })
    }
}

/// A credential whose certificate is right and whose key is any: what it signs is signed anew on the way to the card.
pub fn credential(approval: &Approval) -> TerminalCredential {
    let key = fixture_key(FixtureKey::Terminal).unwrap();
    TerminalCredential::new(key, approval.certificate.0.clone())
}

/// On the way to the card, the proof is the one that the bench's key makes.
pub struct Proving<'a, C> {
    pub card: C,
    pub approval: Option<&'a Approval>,
    pub challenge: Vec<u8>,
}

impl<C> Proving<'_, C> {
    fn proof(&self) -> Option<Vec<u8>> {
        let prove = Prove { challenge: Bytes(self.challenge.clone()) };
        let body = serde_json::to_vec(&prove).unwrap();
        let answer = exchange("POST", &self.approval?.key_url, &body)?;
        let Proof { signature: Bytes(signature) } = serde_json::from_slice(&answer).unwrap();
        Some(signature)
    }
}

impl<C: CardChannel> CardChannel for Proving<'_, C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let parsed = CommandApdu::parse(command).unwrap();
        if parsed.header != [0x00, 0x82, 0x00, 0x80] {
            let answer = self.card.transmit(command)?;
            if parsed.header[1] == 0x84 {
                self.challenge = answer[..answer.len() - 2].to_vec();
            }
            return Ok(answer);
        }
        let proof = self.proof().expect("the key gives no proof");
        self.card.transmit(&CommandApdu::new(parsed.header, proof, None).to_bytes())
    }
}
