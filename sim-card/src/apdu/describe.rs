//! One line of words for one command, for traces and live views. Reference data never appear.

use super::CommandView;
use super::describer::Place;
use super::names;

/// What a command asks for, in words: `READ BINARY offset 0, Ne 256`.
///
/// Safe to log: PINs, passwords, 照合番号 and signing input are told by their length only, and so is the data of a SELECT that
/// names no application of the card: nobody knows what a client puts there.
pub fn describe(command: &[u8]) -> String {
    let Ok(view) = CommandView::parse(command) else {
        return format!("{} bytes that are no APDU", command.len());
    };
    words(&view, &Place::unknown())
}

/// The same for one who knows where the card stands.
pub(super) fn words(view: &CommandView<'_>, at: &Place) -> String {
    let CommandView { header: [cla, ins, p1, p2], data, .. } = *view;
    let nc = data.len();
    match (cla, ins) {
        (0x00, 0xA4) => select(p1, data, at),
        (0x00, 0xB0) => format!("READ BINARY {}{}", place(p1, p2, at), ne(view)),
        (0x00, 0xB2) => format!("READ RECORD {p1}{}{}", record_file(p2, at), ne(view)),
        (0x00, 0x20) if nc == 0 => format!("VERIFY {}, tries left?", reference(p2, at)),
        (0x00, 0x20) => format!("VERIFY {}, {nc} bytes", reference(p2, at)),
        (0x00, 0x24) => format!("CHANGE REFERENCE DATA {}, {nc} bytes", reference(p2, at)),
        (0x00, 0x82) => format!("EXTERNAL AUTHENTICATE, {nc} bytes"),
        (0x00, 0x84) => format!("GET CHALLENGE{}", ne(view)),
        (0x00, 0x88) => format!("INTERNAL AUTHENTICATE {}, {nc} bytes", reference(p2, at)),
        (0x00, 0xCA) => format!("GET DATA {}{}", object(p1, p2), ne(view)),
        (0x80, 0x2A) => {
            let key = reference(p2, at);
            format!("COMPUTE DIGITAL SIGNATURE {key}, {}, {nc} bytes", padding(p1))
        }
        (0x80, 0x32) => format!("CHANGE KEY {}, {nc} bytes", reference(p2, at)),
        (0x80, 0x54) => format!("UNLOCK KEY {}, {nc} bytes", reference(p2, at)),
        (0x80, 0xAE) => format!("SET SESSION KEY, {nc} bytes"),
        (0x80, 0xA2) => format!("terminal certificate, {nc} bytes"),
        (0x80, 0xFC) => "end of session".to_owned(),
        (0x08, 0xA4) => format!("SELECT, secured, {nc} bytes"),
        (0x08, 0xB0) => format!("READ BINARY {}, secured{}", place(p1, p2, at), ne(view)),
        (0x08, 0x20) => format!("VERIFY {}, secured, {nc} bytes", reference(p2, at)),
        _ => format!("{cla:02X} {ins:02X} {p1:02X} {p2:02X}, {nc} bytes{}", ne(view)),
    }
}

fn select(p1: u8, data: &[u8], at: &Place) -> String {
    match (p1, data) {
        (0x04, aid) => match names::application(aid) {
            Some((_, (japanese, english))) => format!("SELECT {japanese} ({english})"),
            None => format!("SELECT unknown application, AID of {} bytes", aid.len()),
        },
        (0x02, &[high, low]) => format!("SELECT {}", at.ef(u16::from_be_bytes([high, low]))),
        _ => format!("SELECT P1 {p1:02X}, {} bytes", data.len()),
    }
}

fn place(p1: u8, p2: u8, at: &Place) -> String {
    if p1 & 0x80 == 0 {
        let file = at.current().map_or_else(String::new, |file| format!("{file} "));
        format!("{file}offset {}", u16::from_be_bytes([p1, p2]))
    } else {
        format!("{} offset {p2}", at.ef(u16::from(p1 & 0x1F)))
    }
}

fn record_file(p2: u8, at: &Place) -> String {
    let file = match p2 >> 3 {
        0 => at.current(),
        sfi => Some(at.ef(u16::from(sfi))),
    };
    file.map_or_else(String::new, |file| format!(" of {file}"))
}

fn reference(p2: u8, at: &Place) -> String {
    match p2 {
        0x00 => "default key".to_owned(),
        0x80 => at.current().unwrap_or_else(|| "current EF".to_owned()),
        _ => at.ef(u16::from(p2 & 0x1F)),
    }
}

fn object(p1: u8, p2: u8) -> String {
    if p1 == 0 { format!("{p2:02X}") } else { format!("{p1:02X}{p2:02X}") }
}

fn padding(p1: u8) -> &'static str {
    match p1 {
        0x00 => "PKCS #1 v1.5 as given",
        0x01 => "PKCS #1 v1.5, hash on card, no DigestInfo",
        0x02 => "PKCS #1 v1.5 over a given hash",
        0x03 => "PKCS #1 v1.5, hash on card",
        0x04 => "PSS over a given hash",
        0x05 => "PSS, hash on card",
        _ => "unknown padding",
    }
}

fn ne(view: &CommandView<'_>) -> String {
    view.ne.map_or_else(String::new, |ne| format!(", Ne {ne}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_in_words() {
        for (command, words) in [
            ("00A4040C0AD392F000260100000001", "SELECT 公的個人認証AP (JPKI)"),
            ("00A4040C0AD3921000310001010402", "SELECT 券面事項確認AP (card face)"),
            ("00A4040C03D39210", "SELECT 共通カードAP (common card)"),
            ("00A4040C04 31323334", "SELECT unknown application, AID of 4 bytes"),
            ("00A4020C020018", "SELECT EF 0018"),
            ("00A4020C04 31323334", "SELECT P1 02, 4 bytes"),
            ("00A4000C04 31323334", "SELECT P1 00, 4 bytes"),
            ("00B0000000", "READ BINARY offset 0, Ne 256"),
            ("00B0860020", "READ BINARY EF 0006 offset 0, Ne 32"),
            ("00200080", "VERIFY current EF, tries left?"),
            ("0020008004 31323334", "VERIFY current EF, 4 bytes"),
            ("0024019804 31323334", "CHANGE REFERENCE DATA EF 0018, 4 bytes"),
            ("0084000010", "GET CHALLENGE, Ne 16"),
            ("00CA5F5100", "GET DATA 5F51, Ne 256"),
            (
                "802A000001 AA 00",
                "COMPUTE DIGITAL SIGNATURE default key, PKCS #1 v1.5 as given, 1 bytes",
            ),
            ("08B00000 02 AABB 00", "READ BINARY offset 0, secured, Ne 256"),
            ("08200091 02 AABB 00", "VERIFY EF 0011, secured, 2 bytes"),
            ("80320080 04 31323334", "CHANGE KEY current EF, 4 bytes"),
            ("00", "1 bytes that are no APDU"),
        ] {
            let bytes = hex::decode(command.replace(' ', "")).unwrap();
            assert_eq!(describe(&bytes), words);
        }
    }

    proptest! {
        #[test]
        fn a_pin_is_never_told(header: [u8; 2], ins: u8, cla: u8, pin in "[0-9]{6,14}") {
            for start in [[0x00, 0x20, 0x00, 0x80], [0x00, 0xA4, header[0], header[1]], [cla, ins, 0x00, 0x80]] {
                let length = u8::try_from(pin.len()).unwrap();
                let command = [&start[..], &[length], pin.as_bytes()].concat();
                let words = describe(&command);
                prop_assert!(!words.contains(&pin) && !words.contains(&hex::encode(&pin)));
            }
        }
    }
}
