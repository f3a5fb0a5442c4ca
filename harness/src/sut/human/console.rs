//! Questions in the terminal: each is shown on standard error, and lines are read from standard input while one stands.

use std::io::Write as _;
use std::sync::Arc;

use reports::words::Language;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::desk::{Desk, Ended, NotTaken, View};
use super::talk::{Heard, Talk};

/// Whoever sits before the terminal.
struct Console {
    desk: Desk,
    language: Language,
    /// Whether the person can go on elsewhere when the input ends.
    has_page: bool,
    /// The question that stands, with its number.
    talk: Option<(u64, Talk)>,
}

/// Begins to ask in a thread of its own, which ends with the process: nothing can end a line that somebody is about to type.
pub fn start(desk: &Desk, language: Language, page: Option<String>) {
    let console = Console { desk: desk.clone(), language, has_page: page.is_some(), talk: None };
    if let Some(url) = page {
        show(&match language {
            Language::Japanese => format!("質問はブラウザーでも答えられます: {url}\n"),
            Language::English => format!("The questions can be answered in a browser too: {url}\n"),
        });
    }
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(console.run(lines()));
        }
    });
}

/// The lines of standard input; the channel closes with it.
fn lines() -> UnboundedReceiver<String> {
    let (read, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let Ok(line) = line else { break };
            if read.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

impl Console {
    async fn run(mut self, mut lines: UnboundedReceiver<String>) {
        let mut view = self.desk.watch();
        loop {
            let seen = view.borrow_and_update().clone();
            self.looks(&seen);
            // A line that was typed before the question is its answer: whoever writes into a pipe does not wait.
            tokio::select! {
                changed = view.changed() => if changed.is_err() { return },
                line = lines.recv(), if self.talk.is_some() => match line {
                    Some(line) => self.hears(&line),
                    None => return self.input_ended(),
                },
            }
        }
    }

    fn looks(&mut self, seen: &View) {
        let standing = self.talk.as_ref().map(|(number, _)| *number);
        match &seen.prompt {
            Some(_) if standing == Some(seen.number) => {}
            Some(prompt) => {
                let talk = Talk::new(Arc::clone(prompt), self.language);
                show(&talk.opening(&seen.place));
                self.talk = Some((seen.number, talk));
            }
            None => self.talk = None,
        }
    }

    fn hears(&mut self, line: &str) {
        let Some((number, talk)) = &mut self.talk else { return };
        match talk.hear(line) {
            Heard::Say(text) => show(&text),
            Heard::Answer(answer) => match self.desk.answer(*number, answer) {
                Ok(()) | Err(NotTaken::Late) => self.talk = None,
                Err(NotTaken::Wrong(wrong)) => show(&format!("{}\n", wrong.words.en)),
            },
        }
    }

    /// Nobody will type any more. The page goes on, where there is one.
    fn input_ended(&self) {
        if !self.has_page {
            self.desk.end(Ended::InputEnded);
        }
    }
}

/// Shows a text at once; a terminal that went away sees nothing.
fn show(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
