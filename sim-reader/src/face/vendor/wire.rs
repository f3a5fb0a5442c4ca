//! Requests and replies on the matcher seam, in JSON; pictures as base64 of binary PGM files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::super::{GreyImage, NoScore, Picture};

/// Replies longer than this are none.
pub(super) const REPLY_LIMIT: u64 = 64 * 1024;

/// What is asked.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
    op: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<String>,
    capture: String,
}

impl Request<'_> {
    /// How alike are these two?
    pub(super) fn compare(photo: &GreyImage, capture: &GreyImage) -> Self {
        Self { id: None, op: "compare", photo: Some(encoded(photo)), capture: encoded(capture) }
    }

    /// Is this a living face?
    pub(super) fn attack(capture: &GreyImage) -> Self {
        Self { id: None, op: "attack", photo: None, capture: encoded(capture) }
    }

    /// As text without a line break.
    pub(super) fn text(&self) -> Result<String, NoScore> {
        serde_json::to_string(self).map_err(|error| NoScore::Unreadable(error.to_string()))
    }

    /// The same request with a number.
    pub(super) fn numbered(&self, id: u64) -> Self {
        let Self { op: _, photo, capture, .. } = self;
        let op = if photo.is_some() { "compare" } else { "attack" };
        Self { id: Some(id), op, photo: photo.clone(), capture: capture.clone() }
    }
}

/// Base64 of its PGM.
fn encoded(image: &GreyImage) -> String {
    STANDARD.encode(image.pgm())
}

/// What a reply says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answer {
    Score(f64),
    Unusable(Picture),
    Unsupported,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    id: Option<u64>,
    score: Option<f64>,
    unusable: Option<Named>,
    #[serde(default)]
    unsupported: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Photo,
    Capture,
}

/// Reads a reply to the request of this number.
pub(super) fn read(reply: &[u8], id: Option<u64>) -> Result<Answer, NoScore> {
    // The parser's words may repeat the reply, and with it a picture: only where it stopped is told.
    let reply: Reply = serde_json::from_slice(reply).map_err(|error| {
        let what = if error.is_data() { "JSON of another shape" } else { "no JSON" };
        NoScore::Unreadable(format!("{what} at column {}", error.column()))
    })?;
    if id.is_some() && reply.id != id {
        return Err(NoScore::Unreadable("a reply to another request".to_owned()));
    }
    match (reply.score, reply.unusable, reply.unsupported) {
        (Some(score), None, false) if (0.0..=1.0).contains(&score) => Ok(Answer::Score(score)),
        (Some(_), None, false) => Err(NoScore::OutOfRange),
        (None, Some(Named::Photo), false) => Ok(Answer::Unusable(Picture::Photo)),
        (None, Some(Named::Capture), false) => Ok(Answer::Unusable(Picture::Capture)),
        (None, None, true) => Ok(Answer::Unsupported),
        _ => Err(NoScore::Unreadable("neither a score nor a reason, or several".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_as_the_contract_lists_them() {
        let unreadable =
            |reply: &str| matches!(read(reply.as_bytes(), Some(7)), Err(NoScore::Unreadable(_)));
        let answer = |reply: &str| read(reply.as_bytes(), Some(7));
        assert_eq!(answer(r#"{"id":7,"score":0.25}"#), Ok(Answer::Score(0.25)));
        assert_eq!(answer(r#"{"id":7,"score":1}"#), Ok(Answer::Score(1.0)));
        assert_eq!(answer(r#"{"id":7,"unusable":"photo"}"#), Ok(Answer::Unusable(Picture::Photo)));
        assert_eq!(
            answer(r#"{"id":7,"unusable":"capture"}"#),
            Ok(Answer::Unusable(Picture::Capture))
        );
        assert_eq!(answer(r#"{"id":7,"unsupported":true}"#), Ok(Answer::Unsupported));
        for score in ["1.01", "-0.1", "1e9"] {
            assert_eq!(answer(&format!(r#"{{"id":7,"score":{score}}}"#)), Err(NoScore::OutOfRange));
        }
        for reply in [
            "",
            "0.5",
            "{",
            r#"{"id":7}"#,
            r#"{"id":8,"score":0.5}"#,
            r#"{"score":0.5}"#,
            r#"{"id":7,"score":"high"}"#,
            r#"{"id":7,"score":0.5,"unusable":"photo"}"#,
            r#"{"id":7,"unusable":"both"}"#,
            r#"{"id":7,"score":NaN}"#,
            r#"{"id":7,"score":0.5,"certain":true}"#,
        ] {
            assert!(unreadable(reply), "{reply}");
        }
    }

    #[test]
    fn pictures_are_whole_pgm_files() {
        let image = GreyImage { width: 3, height: 2, pixels: vec![1, 2, 3, 4] };
        assert_eq!(
            STANDARD.decode(encoded(&image)).unwrap(),
            b"P5\n3 2\n255\n\x01\x02\x03\x04\0\0"
        );
        let text = Request::attack(&image).numbered(3).text().unwrap();
        assert_eq!(text, r#"{"id":3,"op":"attack","capture":"UDUKMyAyCjI1NQoBAgMEAAA="}"#);
    }

    #[test]
    fn what_a_matcher_said_is_not_repeated() {
        let Err(NoScore::Unreadable(reason)) = read(br#"{"photo":"UDUKMy"}"#, None) else {
            panic!("read")
        };
        assert!(!reason.contains("UDUK") && !reason.contains("photo"), "{reason}");
    }
}
