//! What was heard at all seams: exchanges, files, commands and troubles, each with its evidence and its line of the live view.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use reports::Text2;
use reports::evidence::{Direction, EvidenceEntry, Seam, party};

use super::card_log::CommandNote;
use super::folder_seam::FileNote;
use super::form::{secrets, shown};
use super::wire::Message;
use crate::checks::files::{decode, value};
use crate::clock::{JST, VirtualClock, wall};
use crate::seed::Seed;
use crate::taps::http::Place;
use crate::taps::{Crossed, Taps, words};

/// Names the message family in requests and answers.
const FAMILY: &str = "x-oqs-message";

/// Is told one line for each message.
pub type View = Arc<dyn Fn(String) + Send + Sync>;

/// A request with its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// Where.
    pub place: Place,
    /// Common name of the certificate with which the asking side came.
    pub peer: Option<String>,
    /// What was asked.
    pub request: Message,
    /// What was answered.
    pub answer: Message,
    /// From the last byte of the request to the last byte of the answer, on the wall clock.
    pub waited: SignedDuration,
    /// The evidence entry of the answer.
    pub seq: u64,
}

/// Something that kept an exchange from being whole. Never a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub seam: Seam,
    /// What.
    pub what: String,
}

impl Trouble {
    /// A trouble in a connection that speaks HTTP.
    pub fn at(place: Place, what: impl Into<String>) -> Self {
        Self { seam: place.parties().0, what: what.into() }
    }
}

/// Everything that was noted, for the rules.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Exchanges in the order of their answers.
    pub calls: Vec<Call>,
    /// Files in the order in which they appeared.
    pub files: Vec<FileNote>,
    /// Commands of cards in the order of their answers.
    pub commands: Vec<CommandNote>,
    /// Cards that were put in.
    pub(super) cards: u32,
    /// What kept exchanges from being whole.
    pub troubles: Vec<Trouble>,
    /// How long answers took.
    pub waits: BTreeMap<Seam, Vec<SignedDuration>>,
}

/// Keeps it all. Clones share it.
#[derive(Clone)]
pub struct Heard {
    taps: Taps,
    clock: VirtualClock,
    notes: Arc<Mutex<Notes>>,
    view: View,
}

impl Heard {
    /// Nothing heard yet. The seed keys the digests of secrets, so it must be one that nobody can guess.
    pub fn new(secret: Seed, view: View) -> Self {
        let clock = VirtualClock::new(wall());
        let taps = Taps::new(clock.clone(), secret, Vec::new());
        Self { taps, clock, notes: Arc::default(), view }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was noted so far.
    pub fn look(&self) -> Notes {
        self.notes().clone()
    }

    /// The evidence of one seam, or of all.
    pub fn evidence(&self, seam: Option<Seam>) -> Vec<EvidenceEntry> {
        let wanted = |entry: &EvidenceEntry| seam.is_none_or(|seam| entry.seam == seam);
        self.taps.entries().into_iter().filter(wanted).collect()
    }

    /// The taps, their clock at the present instant.
    pub fn taps(&self) -> &Taps {
        self.clock.advance(wall());
        &self.taps
    }

    /// Takes down what crossed; where its form tells a secret, only that and its length.
    pub fn take(&self, crossed: Crossed, bytes: &[u8]) {
        match secrets(bytes).first() {
            None => self.taps().take(crossed, bytes),
            Some(secret) => self.taps().take_secret(crossed, secret.name(), bytes),
        }
    }

    /// A request passed, whole.
    pub fn asked(&self, place: Place, request: &Message) {
        let (seam, asking, answering) = place.parties();
        let summary = asked_in_words(place, request);
        let crossed =
            Crossed { seam, from: asking, to: answering, direction: Direction::Request, summary };
        let line = format!("→ {}   {} bytes", crossed.summary.en, request.body.len());
        self.take(crossed, &request.body);
        self.tell(seam, &line);
    }

    /// An answer passed, whole.
    pub fn answered(&self, call: Call) {
        let (seam, asking, answering) = call.place.parties();
        let summary = answered_in_words(&call.answer);
        let crossed =
            Crossed { seam, from: answering, to: asking, direction: Direction::Answer, summary };
        let (bytes, ms) = (call.answer.body.len(), call.waited.as_millis());
        let line = format!("← {}   {bytes} bytes   {ms} ms", crossed.summary.en);
        self.take(crossed, &call.answer.body);
        self.tell(seam, &line);
        let seq = self.taps.last_seq().unwrap_or_default();
        let mut notes = self.notes();
        notes.waits.entry(seam).or_default().push(call.waited);
        notes.calls.push(Call { seq, ..call });
    }

    /// A file appeared; gives the place of its note.
    pub fn file(&self, file: FileNote) -> usize {
        let mut notes = self.notes();
        notes.files.push(file);
        notes.files.len() - 1
    }

    /// A file has more in it than before: it was seen while it was being written. `false`: it is another file.
    pub fn file_grew(&self, note: usize, bytes: &[u8]) -> bool {
        let mut notes = self.notes();
        let Some(file) = notes.files.get_mut(note) else { return false };
        let longer = bytes.len() > file.bytes.len() && bytes.starts_with(&file.bytes);
        if longer {
            file.bytes = bytes.to_vec();
            file.grew = true;
        }
        longer || bytes == file.bytes
    }

    /// A file is not there any more.
    pub fn file_gone(&self, note: usize) {
        if let Some(file) = self.notes().files.get_mut(note) {
            file.gone = true;
        }
    }

    /// A card was put in; gives the number by which its commands are told from another's.
    pub fn next_card(&self) -> u32 {
        let mut notes = self.notes();
        notes.cards += 1;
        notes.cards
    }

    /// A card answered a command.
    pub fn command(&self, command: CommandNote) {
        self.notes().commands.push(command);
    }

    /// Something kept an exchange from being whole.
    pub fn trouble(&self, trouble: Trouble) {
        let Trouble { seam, what } = &trouble;
        let summary = Text2::new(what.clone(), what.clone());
        let (from, to) = (party::BENCH, party::BENCH);
        let crossed = Crossed { seam: *seam, from, to, direction: Direction::Event, summary };
        self.taps().take(crossed, &[]);
        self.tell(*seam, &format!("! {what}"));
        self.notes().troubles.push(trouble);
    }

    /// A line of the live view.
    pub fn tell(&self, seam: Seam, what: &str) {
        let time = wall().to_zoned(TimeZone::fixed(JST)).strftime("%H:%M:%S").to_string();
        (self.view)(format!("{time}  {:<9} {what}", name(seam)));
    }
}

/// The seam as `taps` in `madoguchi.yaml` calls it.
pub fn name(seam: Seam) -> &'static str {
    match seam {
        Seam::ValidationAuthority => "authority",
        Seam::Folder => "folders",
        Seam::Camera
        | Seam::Matcher
        | Seam::Card
        | Seam::Reader
        | Seam::Backend
        | Seam::Feed
        | Seam::Claim
        | Seam::Portal
        | Seam::Control => seam.name(),
    }
}

/// The family that a message names in its header.
pub fn family(message: &Message) -> Option<&str> {
    message.header(FAMILY)
}

fn asked_in_words(place: Place, request: &Message) -> Text2 {
    let path = shown(request.target().1);
    place.request(&path, family(request).map(shown).as_deref())
}

/// The family, or the status; and the code where it tells an error.
fn answered_in_words(answer: &Message) -> Text2 {
    let status = answer.status().unwrap_or_default();
    let named = family(answer).map(|name| words::family(&shown(name)));
    let told =
        named.unwrap_or_else(|| Text2::new(format!("応答 {status}"), format!("answers {status}")));
    let Some(code) = error_code(answer) else { return told };
    Text2::new(format!("{}：{code}", told.ja), format!("{}: {code}", told.en))
}

/// `ErrorCode` of a message, or the code of a refusal to the reader.
pub fn error_code(answer: &Message) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(&answer.body) {
        return json.pointer("/refused/code").and_then(|code| code.as_str()).map(shown);
    }
    let (text, _) = decode(&answer.body).ok()?;
    value(&text, "ErrorCode").map(shown)
}
