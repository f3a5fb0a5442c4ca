//! What a tap recognises in bytes: text or not, a canary, a photo, the meaning of a message.

use memchr::memmem;
use reports::Text2;
use reports::evidence::Bytes;

/// The signature box that every JP2 file begins with. Source: ISO/IEC 15444-1 annex I.5.1.
const JP2_SIGNATURE: &[u8] = b"\x00\x00\x00\x0cjP  ";
/// The same, base64 at the start of a string.
const JP2_SIGNATURE_BASE64: &[u8] = b"AAAADGpQICAN";

/// Text as it stands where it is text, hexadecimal otherwise. Shift_JIS is shown decoded.
pub fn readable(bytes: &[u8]) -> Bytes {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Bytes::Text(text.to_owned());
    }
    let (text, _, damaged) = encoding_rs::SHIFT_JIS.decode(bytes);
    let looks_like_text = !damaged && bytes.starts_with(b"<?xml") || is_csv(bytes, damaged);
    if looks_like_text { Bytes::Text(text.into_owned()) } else { Bytes::Hex(hex::encode(bytes)) }
}

fn is_csv(bytes: &[u8], damaged: bool) -> bool {
    !damaged && bytes.starts_with(b"IR,")
}

/// Whether the bytes hold `secret`. A secret of less than twelve characters must stand alone: not within a longer run of letters,
/// digits and what joins them.
pub fn contains(bytes: &[u8], secret: &str) -> bool {
    let joins = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/=-:.".contains(byte))
    };
    let alone = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        secret.len() >= 12 || !(joins(before) || joins(bytes.get(at + secret.len())))
    };
    !secret.is_empty() && memmem::find_iter(bytes, secret).any(alone)
}

/// Whether the bytes hold a JPEG 2000 photo, bare or in base64.
pub fn holds_photo(bytes: &[u8]) -> bool {
    [JP2_SIGNATURE, JP2_SIGNATURE_BASE64].iter().any(|mark| memmem::find(bytes, mark).is_some())
}

/// What a message family is for.
pub fn family(name: &str) -> Text2 {
    let (ja, en) = match name.trim_end_matches(".xml").split('_').next().unwrap_or(name) {
        "SIMchalng01req" => ("新しいチャレンジを求める", "asks for a fresh challenge"),
        "SIMchalng01res" => ("チャレンジを渡す", "hands out a challenge"),
        "SIMcertif01req" => ("証明書と署名を提示する", "presents certificate and signature"),
        "SIMcertif01res" => ("証明書の検証結果", "what came of the certificate"),
        "SIMqualif01req" => {
            ("同意を添えて資格を照会する", "asks for the qualification, with consents")
        }
        "OQSsiquc01req" => ("番号で資格を照会する", "asks for the qualification by numbers"),
        "OQSsiquc01res" => ("資格の回答", "answers the qualification"),
        "YZKsiquc01req" => ("薬剤情報を求める", "asks for the drug history"),
        "YZKsiquc01res" => ("薬剤情報の回答", "answers about the drug history"),
        "TKKsiquc01req" => ("健診情報を求める", "asks for the health checks"),
        "TKKsiquc01res" => ("健診情報の回答", "answers about the health checks"),
        "OQSmuquc01req" => ("一括照会を送る", "asks about many at once"),
        "OQSmuquc01res" => ("一括照会の受付", "takes the bulk query"),
        "OQSmuquc02req" => ("一括照会の結果を求める", "asks for the bulk result"),
        "OQSmuquc02res" => {
            ("一括照会の結果または処理中", "gives the bulk result, or says in process")
        }
        "OQSsiimm01req" => ("照会番号を登録する", "registers a reference number"),
        "OQSsiimm01res" => ("照会番号登録の回答", "answers the registration"),
        "OQSmuimm01req" => ("照会番号を一括で登録する", "registers many reference numbers"),
        "OQSmuimm01res" => ("一括登録の受付", "takes the bulk registration"),
        "OQSmuimm02req" => ("一括登録の結果を求める", "asks what came of the registration"),
        "OQSmuimm02res" => {
            ("一括登録の結果または処理中", "tells what came of it, or says in process")
        }
        _ => return Text2::new(name, name),
    };
    Text2::new(format!("{ja} ({name})"), format!("{en} ({name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_must_stand_alone() {
        assert!(contains(b"<Pin>1234</Pin>", "1234"));
        assert!(!contains(b"<Number>0001234</Number>", "1234"));
        assert!(!contains(b"12345", "1234"));
    }

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        assert!(contains(b"x900003140000y", "900003140000"));
        assert!(contains(b"1900003140000", "900003140000"));
        assert!(contains(b"\x82\xa0900003140000\x82\xa2", "900003140000"), "within Shift_JIS");
    }

    #[test]
    fn shift_jis_is_shown_as_text() {
        let (bytes, ..) = encoding_rs::SHIFT_JIS
            .encode("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><N>髙﨑</N>");
        assert!(matches!(readable(&bytes), Bytes::Text(text) if text.contains("髙﨑")));
    }

    #[test]
    fn a_photo_is_found_in_base64_too() {
        assert!(holds_photo(b"..\x00\x00\x00\x0cjP  \r\n"));
        assert!(holds_photo(b"{\"p\":\"AAAADGpQICANCocK\"}"));
        assert!(!holds_photo(b"{}"));
    }
}
