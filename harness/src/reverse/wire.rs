//! HTTP/1.1 messages out of a copy of the bytes that pass, in whatever pieces they come.
//!
//! Source: RFC 9112 §2 to §7. It reads only; what it cannot read is passed on all the same.

use std::collections::BTreeMap;

/// A head longer than this is none.
const MAX_HEAD: usize = 64 * 1_024;
/// Bytes of one body that are kept; what is longer is counted only.
const MAX_BODY: usize = 32 * 1_024 * 1_024;

/// One message, whole or as far as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Request line or status line.
    pub start: String,
    /// Header fields, names in lower case; of several with one name the last.
    pub headers: BTreeMap<String, String>,
    /// The content, without the framing of chunks.
    pub body: Vec<u8>,
    /// Whether it was too long to be kept.
    pub cut: bool,
}

impl Message {
    /// The status code of an answer.
    pub fn status(&self) -> Option<u16> {
        self.start.split(' ').nth(1)?.parse().ok()
    }

    /// Method and path of a request, the path without its query: that may hold anything.
    pub fn target(&self) -> (&str, &str) {
        let mut words = self.start.split(' ');
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        (method, target.split('?').next().unwrap_or(target))
    }

    /// The value of a header field, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_BODY.saturating_sub(self.body.len());
        self.body.extend(bytes.iter().take(room));
        self.cut |= bytes.len() > room;
    }
}

/// What a piece of the stream brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A whole message.
    Whole(Message),
    /// What came is no HTTP; nothing more is read from this stream.
    NoHttp,
}

/// Which side of the connection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Requests: without a length there is no body.
    Requests,
    /// Answers: without a length the body ends with the connection.
    Answers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes are still to come.
    Body(u64),
    ChunkSize,
    Chunk(u64),
    Trailer,
    UntilClosed,
    Lost,
}

/// Reads one direction of a connection.
#[derive(Debug)]
pub struct Wire {
    part: Part,
    state: State,
    buffer: Vec<u8>,
    message: Message,
    /// The next answer is one to HEAD or CONNECT, so it has no body.
    bodiless: bool,
}

impl Wire {
    /// A reader at the beginning of a connection.
    pub fn new(part: Part) -> Self {
        Self {
            part,
            state: State::Head,
            buffer: Vec::new(),
            message: Message::default(),
            bodiless: false,
        }
    }

    /// Says that the answer to come has no body, whatever its head tells.
    pub fn expect_no_body(&mut self, none: bool) {
        self.bodiless = none;
    }

    /// Takes what passed, and gives the messages that it completed.
    pub fn hear(&mut self, bytes: &[u8]) -> Vec<Piece> {
        if self.state == State::Lost {
            return Vec::new();
        }
        self.buffer.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while let Some(piece) = self.step() {
            pieces.extend(piece);
        }
        pieces
    }

    /// The stream ended: a body that ends with the connection is whole now.
    pub fn end(&mut self) -> Option<Message> {
        (self.state == State::UntilClosed).then(|| self.finished())
    }

    /// What came of a message that is not whole; `None` between two messages.
    pub fn half(&self) -> Option<&Message> {
        let begun = match self.state {
            State::Head => !self.buffer.is_empty(),
            State::Lost => false,
            State::Body(_)
            | State::ChunkSize
            | State::Chunk(_)
            | State::Trailer
            | State::UntilClosed => true,
        };
        begun.then_some(&self.message)
    }

    /// One step on; `None` when more bytes are needed.
    fn step(&mut self) -> Option<Option<Piece>> {
        match self.state {
            State::Head => self.head(),
            State::Body(left) => self.body(left),
            State::ChunkSize => self.chunk_size(),
            State::Chunk(left) => self.chunk(left),
            State::Trailer => self.trailer(),
            State::UntilClosed => {
                let bytes = std::mem::take(&mut self.buffer);
                self.message.keep(&bytes);
                None
            }
            State::Lost => None,
        }
    }

    fn head(&mut self) -> Option<Option<Piece>> {
        // An empty line before a message is passed over. Source: RFC 9112 §2.2.
        while self.buffer.starts_with(b"\r\n") {
            self.buffer.drain(..2);
        }
        let Some(end) = find(&self.buffer, b"\r\n\r\n") else {
            return self.no_head_yet();
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        let Some(message) = parse_head(&head, self.part) else { return Some(Some(self.lost())) };
        self.message = message;
        self.state = match self.framing() {
            // A word in between; the answer itself is still to come. Source: RFC 9110 §15.2.
            None => return Some(None),
            Some(State::Body(0)) => return Some(Some(Piece::Whole(self.finished()))),
            Some(framing) => framing,
        };
        Some(None)
    }

    fn no_head_yet(&mut self) -> Option<Option<Piece>> {
        let begins_right = match self.part {
            Part::Requests => {
                let begins = |first: &u8| first.is_ascii_uppercase() || self.buffer == b"\r";
                self.buffer.first().is_none_or(begins)
            }
            Part::Answers => b"HTTP/1.".starts_with(self.buffer.get(..7).unwrap_or(&self.buffer)),
        };
        let is_none = !begins_right || self.buffer.len() > MAX_HEAD;
        is_none.then(|| Some(self.lost()))
    }

    /// How the body ends; `None` for an answer that is only the first word. Source: RFC 9112 §6.3.
    fn framing(&self) -> Option<State> {
        let status = self.message.status().filter(|_| self.part == Part::Answers);
        if status.is_some_and(|status| (100..200).contains(&status) && status != 101) {
            return None;
        }
        if status == Some(101) {
            return Some(State::UntilClosed);
        }
        if self.bodiless || matches!(status, Some(204 | 304)) {
            return Some(State::Body(0));
        }
        let chunked = self.message.header("transfer-encoding");
        if chunked.is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked")) {
            return Some(State::ChunkSize);
        }
        let length = self.message.header("content-length").and_then(|text| text.parse().ok());
        Some(match (length, self.part) {
            (Some(length), _) => State::Body(length),
            (None, Part::Requests) => State::Body(0),
            (None, Part::Answers) => State::UntilClosed,
        })
    }

    fn body(&mut self, left: u64) -> Option<Option<Piece>> {
        let left = self.take(left)?;
        self.state = State::Body(left);
        if left > 0 {
            return None;
        }
        Some(Some(Piece::Whole(self.finished())))
    }

    fn chunk_size(&mut self) -> Option<Option<Piece>> {
        let line = self.line()?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = u64::from_str_radix(digits, 16) else { return Some(Some(self.lost())) };
        self.state = if size == 0 { State::Trailer } else { State::Chunk(size) };
        Some(None)
    }

    fn chunk(&mut self, left: u64) -> Option<Option<Piece>> {
        if left > 0 {
            let left = self.take(left)?;
            self.state = State::Chunk(left);
            return if left > 0 { None } else { Some(None) };
        }
        self.line()?;
        self.state = State::ChunkSize;
        Some(None)
    }

    fn trailer(&mut self) -> Option<Option<Piece>> {
        if !self.line()?.is_empty() {
            return Some(None);
        }
        Some(Some(Piece::Whole(self.finished())))
    }

    /// Moves up to `left` bytes into the body; `None` when there are none.
    fn take(&mut self, left: u64) -> Option<u64> {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
        if here == 0 && left > 0 {
            return None;
        }
        let bytes: Vec<u8> = self.buffer.drain(..here).collect();
        self.message.keep(&bytes);
        Some(left - u64::try_from(here).unwrap_or(left))
    }

    /// The next line without its end.
    fn line(&mut self) -> Option<String> {
        let end = find(&self.buffer, b"\r\n")?;
        let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn finished(&mut self) -> Message {
        self.state = State::Head;
        std::mem::take(&mut self.message)
    }

    fn lost(&mut self) -> Piece {
        self.state = State::Lost;
        self.buffer = Vec::new();
        Piece::NoHttp
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn parse_head(head: &[u8], part: Part) -> Option<Message> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let start = lines.next()?.to_owned();
    let is_right = match part {
        Part::Requests => start.split(' ').count() == 3 && start.contains(" HTTP/1."),
        Part::Answers => start.starts_with("HTTP/1."),
    };
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.filter_map(field).collect();
    is_right.then(|| Message { start, headers, ..Message::default() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What these bytes say when they come in pieces of this size.
    fn heard(part: Part, bytes: &[u8], size: usize) -> Vec<Piece> {
        let mut wire = Wire::new(part);
        bytes.chunks(size).flat_map(|piece| wire.hear(piece)).collect()
    }

    fn body(piece: &Piece) -> &[u8] {
        let Piece::Whole(message) = piece else { panic!("{piece:?}") };
        &message.body
    }

    #[test]
    fn a_message_ends_as_its_head_says() {
        for (part, text, bodies) in [
            (Part::Requests, "GET /a?b HTTP/1.1\r\n\r\n", vec![""]),
            (
                Part::Requests,
                "\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\n\r\n",
                vec!["ab", ""],
            ),
            (
                Part::Answers,
                "HTTP/1.1 204 -\r\n\r\nHTTP/1.1 200 -\r\ncontent-length:1\r\n\r\nx",
                vec!["", "x"],
            ),
            (
                Part::Answers,
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                vec!["x"],
            ),
            (
                Part::Requests,
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n1\r\nd\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                vec!["abcd", ""],
            ),
        ] {
            for size in [1, 2, 7, 1_000] {
                let pieces = heard(part, text.as_bytes(), size);
                let found: Vec<_> = pieces.iter().map(body).collect();
                assert_eq!(
                    found,
                    bodies.iter().map(|it| it.as_bytes()).collect::<Vec<_>>(),
                    "{text} by {size}"
                );
            }
        }
    }

    #[test]
    fn an_answer_without_a_length_ends_with_the_connection() {
        let mut wire = Wire::new(Part::Answers);
        assert_eq!(wire.hear(b"HTTP/1.1 200 OK\r\n\r\nab"), []);
        assert_eq!(wire.end().unwrap().body, b"ab");
        assert_eq!(wire.half(), None);
    }

    #[test]
    fn half_a_message_is_none() {
        let mut wire = Wire::new(Part::Answers);
        assert_eq!(wire.hear(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), []);
        assert!(wire.end().is_none() && wire.half().is_some());
    }

    #[test]
    fn what_is_no_http_is_told_once() {
        for (part, text) in [
            (Part::Requests, "\x16\x03\x01\x02\x00"),
            (Part::Answers, "SSH-2.0-x\r\n"),
            (Part::Requests, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ] {
            assert_eq!(heard(part, text.as_bytes(), 1), [Piece::NoHttp], "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..300), size in 1_usize..9) {
            heard(Part::Requests, &bytes, size);
            heard(Part::Answers, &bytes, size);
        }

        #[test]
        fn pieces_change_nothing(sizes in prop::collection::vec(0_usize..40, 1..6), cut in 1_usize..50) {
            let mut text = Vec::new();
            for size in &sizes {
                text.extend(format!("POST /x HTTP/1.1\r\ncontent-length: {size}\r\n\r\n{}", "y".repeat(*size)).into_bytes());
            }
            let whole = heard(Part::Requests, &text, usize::MAX);
            prop_assert_eq!(whole.len(), sizes.len());
            prop_assert_eq!(heard(Part::Requests, &text, cut), whole);
        }
    }
}
