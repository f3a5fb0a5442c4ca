//! A live view in words: commands with their answers, by one who remembers which application and which EF are current.

use super::describe::words;
use super::names;
use super::{CommandView, ResponseApdu, StatusWord};
use crate::files::ApplicationName;
use crate::link::Event;

/// Where a card stands, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// `None`: nobody followed the commands.
    application: Option<ApplicationName>,
    file: Option<u16>,
}

impl Place {
    /// For one command out of context.
    pub const fn unknown() -> Self {
        Self { application: None, file: None }
    }

    /// After power-up.
    const fn power_up() -> Self {
        Self { application: Some(ApplicationName::IssuerSecurityDomain), file: None }
    }

    /// An EF under the current application, with its name where one is known.
    pub fn ef(&self, id: u16) -> String {
        match self.application.and_then(|application| names::file(application, id)) {
            Some((japanese, english)) => format!("EF {id:04X} {japanese} ({english})"),
            None => format!("EF {id:04X}"),
        }
    }

    /// The current EF.
    pub fn current(&self) -> Option<String> {
        self.file.map(|id| self.ef(id))
    }

    /// Follows one command that was answered with `status`.
    fn follow(&mut self, view: &CommandView<'_>, status: StatusWord) {
        let [cla, ins, p1, p2] = view.header;
        match (cla, ins, p1, view.data) {
            (0x00, 0xA4, 0x04, aid) if status.is_success() => {
                let application = names::application(aid).map(|(application, _)| application);
                *self = Self { application, file: None };
            }
            (0x00, 0xA4, 0x02, &[high, low]) if status.is_success() => {
                self.file = Some(u16::from_be_bytes([high, low]));
            }
            // Within secure messaging nobody outside knows which EF was selected.
            (0x08, 0xA4, ..) if status.is_success() => self.file = None,
            (0x00 | 0x08, 0xB0, 0x81..=0x9E, _) => self.open(p1 & 0x1F, status),
            (0x00, 0xB2, ..) if p2 >> 3 != 0 => self.open(p2 >> 3, status),
            (0x00, 0x20 | 0x24 | 0x88, ..) | (0x08, 0x20, ..) | (0x80, 0x2A | 0x32, ..)
                if (0x81..=0x9E).contains(&p2) =>
            {
                self.open(p2 & 0x1F, status);
            }
            _ => (),
        }
    }

    /// A short EF identifier makes its EF current, also where the command is refused after that.
    fn open(&mut self, sfi: u8, status: StatusWord) {
        let early = [
            StatusWord::NOT_FOUND,
            StatusWord::REFERENCE_NOT_FOUND,
            StatusWord::WRONG_P1_P2,
            StatusWord::FUNCTION_NOT_SUPPORTED,
            StatusWord::WRONG_LENGTH,
        ];
        if !early.contains(&status) {
            self.file = Some(u16::from(sfi));
        }
    }
}

/// Puts commands and answers into words, in the order in which they pass, and follows which EF is current.
///
/// Safe to log, as [`describe`](super::describe) is: data are told by their length only.
#[derive(Debug, Clone)]
pub struct Describer {
    at: Place,
}

impl Default for Describer {
    fn default() -> Self {
        Self { at: Place::power_up() }
    }
}

impl Describer {
    /// The card got power or lost it: nothing is selected but what power-up selects.
    pub fn power(&mut self) {
        self.at = Place::power_up();
    }

    /// Warm reset: the application stays current, the EF does not.
    pub fn reset(&mut self) {
        self.at.file = None;
    }

    /// Anything that passes between a reader and the card, as one line.
    pub fn event(&mut self, event: &Event<'_>) -> String {
        match *event {
            Event::PowerOn => {
                self.power();
                "power on".to_owned()
            }
            Event::PowerOff => {
                self.power();
                "power off".to_owned()
            }
            Event::Reset => {
                self.reset();
                "reset".to_owned()
            }
            Event::Exchange { command, answer } => self.exchange(command, answer),
            Event::Silence { command, silence } => {
                format!("{} -> no answer: {silence}", self.command(command))
            }
        }
    }

    /// What a command asks for. The card stands where it stood.
    pub fn command(&self, command: &[u8]) -> String {
        CommandView::parse(command).map_or_else(
            |_| format!("{} bytes that are no APDU", command.len()),
            |view| words(&view, &self.at),
        )
    }

    /// One command with its answer: `READ BINARY EF 000A 利用者証明用電子証明書 (user authentication certificate) offset 0,
    /// Ne 256 -> 256 bytes, 9000 done`.
    pub fn exchange(&mut self, command: &[u8], answer: &[u8]) -> String {
        let asked = self.command(command);
        let Ok(response) = ResponseApdu::parse(answer) else {
            return format!("{asked} -> no status word");
        };
        if let Ok(view) = CommandView::parse(command) {
            self.at.follow(&view, response.sw);
        }
        format!("{asked} -> {}", answered(&response))
    }
}

/// An answer in words: `256 bytes, 9000 done`, `6A82 file or application not found`.
fn answered(response: &ResponseApdu) -> String {
    let data = match response.data.len() {
        0 => String::new(),
        1 => "1 byte, ".to_owned(),
        count => format!("{count} bytes, "),
    };
    format!("{data}{}", response.sw.in_words())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text.replace(' ', "")).unwrap()
    }

    #[test]
    fn a_session_in_words() {
        let mut view = Describer::default();
        for (command, answer, line) in [
            ("00A4040C0AD392F000260100000001", "9000", "SELECT 公的個人認証AP (JPKI) -> 9000 done"),
            (
                "00A4020C02000A",
                "9000",
                "SELECT EF 000A 利用者証明用電子証明書 (user authentication certificate) -> 9000 done",
            ),
            (
                "00B0000004",
                "308206319000",
                "READ BINARY EF 000A 利用者証明用電子証明書 (user authentication certificate) offset 0, Ne 4 -> 4 bytes, 9000 done",
            ),
            (
                "002000980430303030",
                "63C2",
                "VERIFY EF 0018 利用者証明用PIN (user authentication PIN), 4 bytes -> 63C2 2 tries left",
            ),
            (
                "00200080",
                "63C2",
                "VERIFY EF 0018 利用者証明用PIN (user authentication PIN), tries left? -> 63C2 2 tries left",
            ),
            (
                "00B0860020",
                "6982",
                "READ BINARY EF 0006 トークン情報 (token information) offset 0, Ne 32 -> 6982 security condition not met",
            ),
            (
                "00B0000001",
                "009000",
                "READ BINARY EF 0006 トークン情報 (token information) offset 0, Ne 1 -> 1 byte, 9000 done",
            ),
            (
                "00A4040C0AD3921000310001010408",
                "9000",
                "SELECT 券面入力補助AP (text input) -> 9000 done",
            ),
            ("00B0000001", "6986", "READ BINARY offset 0, Ne 1 -> 6986 no current EF"),
            (
                "00B2010C00",
                "6981",
                "READ RECORD 1 of EF 0001 個人番号 (individual number), Ne 256 -> 6981 command does not fit the file",
            ),
            (
                "00A4040C0431323334",
                "6A82",
                "SELECT unknown application, AID of 4 bytes -> 6A82 file or application not found",
            ),
            (
                "00200080",
                "6981",
                "VERIFY EF 0001 個人番号 (individual number), tries left? -> 6981 command does not fit the file",
            ),
        ] {
            assert_eq!(view.exchange(&bytes(command), &bytes(answer)), line);
        }
    }

    #[test]
    fn reset_and_power_clear_what_they_clear_on_the_card() {
        let mut view = Describer::default();
        view.exchange(&bytes("00A4040C0AD392F000260100000001"), &bytes("9000"));
        view.exchange(&bytes("00A4020C020018"), &bytes("9000"));
        view.reset();
        assert_eq!(view.command(&bytes("00200080")), "VERIFY current EF, tries left?");
        let named = "VERIFY EF 0018 利用者証明用PIN (user authentication PIN), tries left?";
        assert_eq!(view.command(&bytes("00200098")), named);
        view.power();
        assert_eq!(view.command(&bytes("00200098")), "VERIFY EF 0018, tries left?");
    }

    #[test]
    fn every_file_of_every_application_has_a_name() {
        let contents = crate::population::Population::new(1).citizen(42).unwrap();
        let mut authority = crate::pki::Authority::new(Default::default()).unwrap();
        let at = crate::population::REFERENCE_DAY.at(12, 0, 0, 0);
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let contents = contents.card(&mut authority, at, |_| Vec::new()).unwrap().contents;
        for application in crate::apps::layout(&std::sync::Arc::new(contents), None) {
            for file in &application.files {
                let named = names::file(application.name, file.id);
                assert!(named.is_some(), "{:?} {:04X}", application.name, file.id);
            }
        }
    }

    proptest! {
        #[test]
        fn what_was_sent_is_never_told(
            session in prop::collection::vec((any::<[u8; 4]>(), "[0-9]{6,14}"), 1..8),
            status: [u8; 2],
        ) {
            let mut view = Describer::default();
            for (header, pin) in session {
                let length = u8::try_from(pin.len()).unwrap();
                let command = [&header[..], &[length], pin.as_bytes()].concat();
                let answer = [pin.as_bytes(), &status].concat();
                let line = view.exchange(&command, &answer);
                prop_assert!(!line.contains(&pin) && !line.contains(&hex::encode(&pin)), "{}", line);
            }
        }

        #[test]
        fn any_bytes_are_put_into_words(
            session in prop::collection::vec(
                (prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(any::<u8>(), 0..8)), 0..8),
        ) {
            let mut view = Describer::default();
            for (command, answer) in session {
                prop_assert!(view.exchange(&command, &answer).contains(" -> "));
            }
        }
    }
}
