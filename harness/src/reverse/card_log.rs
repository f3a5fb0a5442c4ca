//! Follows the commands of one card and notes what the rules need of each: never a PIN, a number or a picture.

use sim_card::apdu::{CommandApdu, ResponseApdu};
use sim_card::apps::{CARD_FACE_AID, JPKI_AID, TEXT_INPUT_AID};

const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
const VERIFY: u8 = 0x20;
const COMPUTE_DIGITAL_SIGNATURE: u8 = 0x2A;

/// The applications that rules speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Application {
    /// 公的個人認証AP.
    Jpki,
    /// 券面事項確認AP.
    CardFace,
    /// 券面入力補助AP.
    TextInput,
    /// Any other.
    Other,
}

/// One command that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandNote {
    /// Which card, and how often it had got power: grants end there.
    pub session: (u32, u32),
    /// CLA INS P1 P2.
    pub header: [u8; 4],
    /// The application that is current after it.
    pub application: Application,
    /// The EF that it concerns.
    pub file: Option<u16>,
    /// Bytes of its data.
    pub nc: usize,
    /// Whether these are digits only.
    pub digits: bool,
    /// SW1-SW2.
    pub status: u16,
    /// The signature that it brought: no secret, since it goes on to the backend.
    pub signature: Option<Vec<u8>>,
    /// The evidence entry of the answer.
    pub seq: u64,
}

impl CommandNote {
    /// Whether it was answered 9000.
    pub fn is_success(&self) -> bool {
        self.status == 0x9000
    }

    /// VERIFY with a reference in it.
    pub fn presents(&self) -> bool {
        self.header[1] == VERIFY && self.nc > 0
    }

    /// VERIFY without one: how many tries are left?
    pub fn asks_tries(&self) -> bool {
        self.header[1] == VERIFY && self.nc == 0
    }

    /// READ BINARY.
    pub fn reads(&self) -> bool {
        self.header[1] == READ_BINARY
    }

    /// Tries left, as the answer tells them. Source: ISO/IEC 7816-4:2020 §5.6, 63CX.
    pub fn tries(&self) -> Option<u16> {
        (self.status & 0xFFF0 == 0x63C0).then_some(self.status & 0x000F)
    }

    /// Whether the answer says that the reference is blocked.
    pub fn tells_block(&self) -> bool {
        self.tries() == Some(0) || [0x6983, 0x6984].contains(&self.status)
    }
}

/// What is current on one card.
#[derive(Debug)]
pub struct CardLog {
    session: (u32, u32),
    application: Application,
    file: Option<u16>,
}

impl CardLog {
    /// A card that just got power.
    pub fn new(card: u32) -> Self {
        Self { session: (card, 0), application: Application::Other, file: None }
    }

    /// Nothing is current or granted any more.
    pub fn power_up(&mut self) {
        self.session.1 += 1;
        (self.application, self.file) = (Application::Other, None);
    }

    /// Follows a command, and notes it.
    pub fn note(&mut self, command: &[u8], answer: &[u8], seq: u64) -> CommandNote {
        let parsed = CommandApdu::parse(command).ok();
        let header = command.first_chunk().copied().unwrap_or_default();
        let data = parsed.map(|command| command.data).unwrap_or_default();
        let response = ResponseApdu::parse(answer).ok();
        let status = response.as_ref().map_or(0, |response| response.sw.0);
        self.follow(header, &data, status == 0x9000);
        let signs = header[1] == COMPUTE_DIGITAL_SIGNATURE && status == 0x9000;
        CommandNote {
            session: self.session,
            header,
            application: self.application,
            file: self.file,
            nc: data.len(),
            digits: !data.is_empty() && data.iter().all(u8::is_ascii_digit),
            status,
            signature: response.filter(|_| signs).map(|response| response.data),
            seq,
        }
    }

    fn follow(&mut self, [cla, ins, p1, p2]: [u8; 4], data: &[u8], success: bool) {
        let short = |byte: u8| Some(u16::from(byte & 0x1F));
        match (cla, ins) {
            (_, SELECT) if p1 == 0x04 && success => {
                (self.application, self.file) = (application(data), None);
            }
            // Within secure messaging nobody outside knows which EF was selected.
            (0x08, SELECT) => self.file = None,
            (_, SELECT) if p1 == 0x02 && success => {
                self.file = data.try_into().ok().map(u16::from_be_bytes);
            }
            (_, READ_BINARY) if (0x81..=0x9E).contains(&p1) => self.file = short(p1),
            (_, VERIFY | COMPUTE_DIGITAL_SIGNATURE) if (0x81..=0x9E).contains(&p2) => {
                self.file = short(p2);
            }
            _ => {}
        }
    }
}

/// A prefix selects the first that begins so.
fn application(aid: &[u8]) -> Application {
    let known = [
        (&JPKI_AID, Application::Jpki),
        (&CARD_FACE_AID, Application::CardFace),
        (&TEXT_INPUT_AID, Application::TextInput),
    ];
    let found = known.into_iter().find(|(known, _)| !aid.is_empty() && known.starts_with(aid));
    found.map_or(Application::Other, |(_, application)| application)
}
