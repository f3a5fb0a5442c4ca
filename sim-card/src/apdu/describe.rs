//! One line of words for one command, for traces and live views. Reference data never appear.

use super::CommandView;

/// What a command asks for, in words: `READ BINARY offset 0, Ne 256`.
///
/// Safe to log: PINs, passwords, 照合番号 and signing input are told by their length only.
pub fn describe(command: &[u8]) -> String {
    let Ok(view) = CommandView::parse(command) else {
        return format!("{} bytes that are no APDU", command.len());
    };
    let CommandView { header: [cla, ins, p1, p2], data, .. } = view;
    let nc = data.len();
    match (cla, ins) {
        (0x00, 0xA4) => select(p1, data),
        (0x00, 0xB0) => format!("READ BINARY {}{}", place(p1, p2), ne(&view)),
        (0x00, 0xB2) => format!("READ RECORD {p1}{}{}", record_file(p2), ne(&view)),
        (0x00, 0x20) if nc == 0 => format!("VERIFY {}, tries left?", reference(p2)),
        (0x00, 0x20) => format!("VERIFY {}, {nc} bytes", reference(p2)),
        (0x00, 0x24) => format!("CHANGE REFERENCE DATA {}, {nc} bytes", reference(p2)),
        (0x00, 0x82) => format!("EXTERNAL AUTHENTICATE, {nc} bytes"),
        (0x00, 0x84) => format!("GET CHALLENGE{}", ne(&view)),
        (0x00, 0x88) => format!("INTERNAL AUTHENTICATE {}, {nc} bytes", reference(p2)),
        (0x00, 0xCA) => format!("GET DATA {}{}", object(p1, p2), ne(&view)),
        (0x80, 0x2A) => {
            format!("COMPUTE DIGITAL SIGNATURE {}, {}, {nc} bytes", reference(p2), padding(p1))
        }
        (0x80, 0x32) => format!("CHANGE KEY {}, {nc} bytes", reference(p2)),
        (0x80, 0x54) => format!("UNLOCK KEY {}, {nc} bytes", reference(p2)),
        (0x80, 0xAE) => format!("SET SESSION KEY, {nc} bytes"),
        (0x80, 0xA2) => format!("terminal certificate, {nc} bytes"),
        (0x80, 0xFC) => "end of session".to_owned(),
        _ => format!("{cla:02X} {ins:02X} {p1:02X} {p2:02X}, {nc} bytes{}", ne(&view)),
    }
}

fn select(p1: u8, data: &[u8]) -> String {
    match (p1, data) {
        (0x04, aid) => match crate::apps::name_of(aid) {
            Some(name) => format!("SELECT {name}"),
            None => format!("SELECT application {}", upper_hex(aid)),
        },
        (0x02, &[high, low]) => format!("SELECT EF {high:02X}{low:02X}"),
        _ => format!("SELECT P1 {p1:02X}, {}", upper_hex(data)),
    }
}

fn place(p1: u8, p2: u8) -> String {
    if p1 & 0x80 == 0 {
        format!("offset {}", u16::from_be_bytes([p1, p2]))
    } else {
        format!("EF {:04X} offset {p2}", p1 & 0x1F)
    }
}

fn record_file(p2: u8) -> String {
    match p2 >> 3 {
        0 => String::new(),
        sfi => format!(" of EF {sfi:04X}"),
    }
}

fn reference(p2: u8) -> String {
    match p2 {
        0x00 => "default key".to_owned(),
        0x80 => "current EF".to_owned(),
        _ => format!("EF {:04X}", p2 & 0x1F),
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

fn upper_hex(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_in_words() {
        for (command, words) in [
            ("00A4040C0AD392F000260100000001", "SELECT JPKI application"),
            ("00A4040C0AD3921000310001010402", "SELECT card-face application"),
            ("00A4020C020018", "SELECT EF 0018"),
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
            ("80320080 04 31323334", "CHANGE KEY current EF, 4 bytes"),
            ("00", "1 bytes that are no APDU"),
        ] {
            let bytes = hex::decode(command.replace(' ', "")).unwrap();
            assert_eq!(describe(&bytes), words);
        }
    }

    proptest! {
        #[test]
        fn a_pin_is_never_told(pin in "[0-9]{6,14}") {
            let mut command = vec![0x00, 0x20, 0x00, 0x80, u8::try_from(pin.len()).unwrap()];
            command.extend_from_slice(pin.as_bytes());
            let words = describe(&command);
            prop_assert!(!words.contains(&pin) && !words.contains(&hex::encode(&pin)));
        }
    }
}
