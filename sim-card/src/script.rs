//! APDU scripts: commands in hexadecimal, one a line, and what the answer must be. Recordings of real clients are such
//! scripts too.
//!
//! ```text
//! # a comment, to the end of the line
//! power-on                                  also power-off and reset
//! 00A4040C 0A D392F000260100000001          any answer will do
//! 00A4020C 02 0018  -> 9000                 this status word
//! 00200080          -> 63Cx                 x: any digit
//! 00B0860020        -> 4A504B49.. 9000      data that begin so
//! 0084000008        -> ..(8 bytes) 9000     so many data bytes
//! 00B0880003        -> 8F8F00 9000          exactly these data
//! ```
//!
//! In a recording `-- POWER_ON`, `-- POWER_OFF` and `-- RESET` are the three words, `C:` stands before a command and `R:`
//! before its answer on the next line, whose data are exact. `…` may be written for `..`.

use std::fmt;

/// Most lines a script may have.
const LONGEST: usize = 1_000_000;

/// One line of a script that does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Line of the script, the first has number 1.
    pub line: usize,
    /// What is done.
    pub act: Act,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Gives the card power.
    PowerOn,
    /// Takes the power away.
    PowerOff,
    /// Warm reset.
    Reset,
    /// Sends a command.
    Send {
        /// The command's bytes, which need not be an APDU.
        command: Vec<u8>,
        /// What the answer must be; `None`: anything.
        expected: Option<Expected>,
    },
}

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its data.
    pub data: ExpectedData,
    /// Its status word, digit by digit; `None`: any digit.
    pub status: [Option<u8>; 4],
}

/// What the data of an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedData {
    /// Anything.
    Any,
    /// Exactly these.
    Exactly(Vec<u8>),
    /// These and any number of others.
    Begin(Vec<u8>),
    /// These, and so many in all.
    BeginOfLength(Vec<u8>, usize),
}

/// A line that cannot be read. It repeats nothing of the line: PINs stand in scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ScriptError {
    /// Line of the script, the first has number 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Expected {
    /// Whether an answer is as it must be.
    pub fn fits(&self, answer: &[u8]) -> bool {
        let Some((data, status)) = answer.split_last_chunk::<2>() else { return false };
        let digits = status.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
        let status = self.status.iter().zip(digits);
        let status = status.into_iter().all(|(wanted, got)| wanted.is_none_or(|one| one == got));
        status
            && match &self.data {
                ExpectedData::Any => true,
                ExpectedData::Exactly(wanted) => data == wanted.as_slice(),
                ExpectedData::Begin(head) => data.starts_with(head),
                ExpectedData::BeginOfLength(head, length) => {
                    data.starts_with(head) && data.len() == *length
                }
            }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.data {
            ExpectedData::Any => (),
            ExpectedData::Exactly(data) if data.is_empty() => f.write_str("no data, ")?,
            ExpectedData::Exactly(data) => write!(f, "exactly the {} bytes given, ", data.len())?,
            ExpectedData::Begin(head) => {
                write!(f, "data that begin with the {} bytes given, ", head.len())?
            }
            ExpectedData::BeginOfLength(head, length) if head.is_empty() => {
                write!(f, "{length} bytes, ")?
            }
            ExpectedData::BeginOfLength(head, length) => {
                write!(f, "{length} bytes that begin with the {} given, ", head.len())?;
            }
        }
        self.status.iter().try_for_each(|digit| match digit {
            Some(digit) => write!(f, "{digit:X}"),
            None => f.write_str("x"),
        })
    }
}

/// Reads a script.
///
/// # Errors
/// [`ScriptError`] with the first line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Step>, ScriptError> {
    let mut steps: Vec<Step> = Vec::new();
    // Recorded answers belong to the command before them.
    let mut open = false;
    for (place, line) in text.lines().enumerate() {
        let number = place + 1;
        let failed = |reason| ScriptError { line: number, reason };
        if number > LONGEST {
            return Err(failed("a script has at most a million lines"));
        }
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(answer) = line.strip_prefix("R:") {
            let last = steps.last_mut().filter(|_| open);
            let Some(Step { act: Act::Send { expected, .. }, .. }) = last else {
                return Err(failed("an answer without a command before it"));
            };
            *expected = Some(recorded(answer.trim()).map_err(failed)?);
            open = false;
        } else if !line.is_empty() {
            let act = act(line).map_err(failed)?;
            open = line.starts_with("C:");
            steps.push(Step { line: number, act });
        }
    }
    Ok(steps)
}

fn act(line: &str) -> Result<Act, &'static str> {
    match line.strip_prefix("-- ").unwrap_or(line) {
        "power-on" | "POWER_ON" => return Ok(Act::PowerOn),
        "power-off" | "POWER_OFF" => return Ok(Act::PowerOff),
        "reset" | "RESET" => return Ok(Act::Reset),
        _ => (),
    }
    let line = line.strip_prefix("C:").unwrap_or(line);
    let (command, answer) = match line.split_once("->") {
        Some((command, answer)) => (command, Some(answer.trim())),
        None => (line, None),
    };
    let command = bytes(command)
        .ok_or("neither hexadecimal bytes nor one of the words power-on, power-off and reset")?;
    if command.is_empty() {
        return Err("no command before the arrow");
    }
    Ok(Act::Send { command, expected: answer.map(expectation).transpose()? })
}

/// After `->`: a status word alone says nothing about data.
fn expectation(text: &str) -> Result<Expected, &'static str> {
    let read = split(text)?;
    Ok(if text.contains(char::is_whitespace) {
        read
    } else {
        Expected { data: ExpectedData::Any, ..read }
    })
}

/// After `R:`: a status word alone says that there were no data.
fn recorded(text: &str) -> Result<Expected, &'static str> {
    split(text)
}

/// `SW`, `DATA SW`, `HEAD.. SW` or `HEAD..(N bytes) SW`.
fn split(text: &str) -> Result<Expected, &'static str> {
    let (data, status) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
    Ok(Expected { data: data_of(data.trim())?, status: status_of(status)? })
}

fn data_of(text: &str) -> Result<ExpectedData, &'static str> {
    const NOT_HEX: &str = "the data expected are not hexadecimal";
    let Some((head, rest)) = text.split_once('…').or_else(|| text.split_once("..")) else {
        return Ok(ExpectedData::Exactly(bytes(text).ok_or(NOT_HEX)?));
    };
    let head = bytes(head).ok_or(NOT_HEX)?;
    if rest.is_empty() {
        return Ok(ExpectedData::Begin(head));
    }
    let count = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let count = count.and_then(|count| count.split_whitespace().next());
    let length = count.and_then(|count| count.parse().ok());
    length
        .map(|length| ExpectedData::BeginOfLength(head, length))
        .ok_or("after the two dots only a length like (256 bytes) may stand")
}

fn status_of(text: &str) -> Result<[Option<u8>; 4], &'static str> {
    const WRONG: &str = "the status word expected has four hexadecimal digits; x stands for any";
    let digit = |character: char| match character {
        'x' | 'X' => Some(None),
        other => other.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).map(Some),
    };
    let digits: Option<Vec<Option<u8>>> = text.chars().map(digit).collect();
    digits.and_then(|digits| digits.try_into().ok()).ok_or(WRONG)
}

/// Hexadecimal, spaces allowed between bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    hex::decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn send(command: &[u8], expected: Option<&str>) -> Act {
        let expected = expected.map(|text| split(text).unwrap());
        Act::Send { command: command.to_vec(), expected }
    }

    #[test]
    fn both_spellings_are_read() {
        let text = "# head\n\npower-on # now\n00 84 0000 08 -> ..(8 bytes) 9000\nreset\n\
                    -- POWER_OFF\n-- POWER_ON\n-- RESET\nC: 00200080\nR: 63C3\n";
        let steps = parse(text).unwrap();
        let acts: Vec<(usize, Act)> = steps.into_iter().map(|step| (step.line, step.act)).collect();
        let wanted = [
            (3, Act::PowerOn),
            (4, send(&[0x00, 0x84, 0x00, 0x00, 0x08], Some("…(8 bytes) 9000"))),
            (5, Act::Reset),
            (6, Act::PowerOff),
            (7, Act::PowerOn),
            (8, Act::Reset),
            (9, send(&[0x00, 0x20, 0x00, 0x80], Some("63C3"))),
        ];
        assert_eq!(acts, wanted);
    }

    #[test]
    fn what_an_expectation_accepts() {
        for (expected, answer, fits) in [
            ("9000", "9000", true),
            ("9000", "AABB9000", true),
            ("9000", "6982", false),
            ("63Cx", "63C2", true),
            ("63Cx", "6300", false),
            ("AA BB 9000", "AABB9000", true),
            ("AA 9000", "AABB9000", false),
            ("AA.. 9000", "AABB9000", true),
            ("AA… 9000", "AB9000", false),
            ("..(2 bytes) 9000", "AABB9000", true),
            ("AA…(3 bytes) 9000", "AABB9000", false),
            ("9000", "90", false),
        ] {
            let read = expectation(expected).unwrap();
            assert_eq!(read.fits(&hex::decode(answer).unwrap()), fits, "{expected} {answer}");
        }
        assert!(!recorded("9000").unwrap().fits(&[0xAA, 0x90, 0x00]), "a recording tells all data");
    }

    #[test]
    fn the_line_that_cannot_be_read_is_named_and_not_repeated() {
        for (text, line, reason) in [
            ("reset\nrestart 4711", 2, "neither hexadecimal"),
            ("00A40", 1, "neither hexadecimal"),
            ("-> 9000", 1, "no command"),
            ("00200080 -> 900", 1, "four hexadecimal digits"),
            ("00200080 -> 47 11.. 63Cy", 1, "four hexadecimal digits"),
            ("00200080 -> 4711Z 9000", 1, "not hexadecimal"),
            ("00200080 -> 4711..(many) 9000", 1, "a length like"),
            ("\nR: 9000", 2, "without a command"),
            ("C: 00200080\nR: 9000\nR: 9000", 3, "without a command"),
            ("00200080\nR: 9000", 2, "without a command"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            let told = error.to_string();
            assert!(told.contains(reason) && !told.contains("4711"), "{text}: {told}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|\\n){0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn anything_like_a_script_is_read_or_refused(
            lines in prop::collection::vec("(C: |R: |-- |#)?[0-9A-Fa-f ]{0,12}(->|…|\\.\\.|\\(|\\)|x| |RESET){0,4}[0-9A-F]{0,4}", 0..12),
            answer in prop::collection::vec(any::<u8>(), 0..12),
        ) {
            for step in parse(&lines.join("\n")).unwrap_or_default() {
                if let Act::Send { expected: Some(expected), .. } = step.act {
                    let _ = (expected.fits(&answer), expected.to_string());
                }
            }
        }
    }
}
