//! The machine to look at: as Mermaid text and as a picture of our own.

mod layout;
mod svg;

use super::machine::{ARROWS, Action, State, Transition};

pub use svg::svg;

/// The machine as a Mermaid state diagram, without the arrows that leave every state alike: see [`super::machine::AT_WORK`] and
/// [`super::machine::WAITING`].
pub fn mermaid() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    [*] --> Idle".to_owned()];
    for Transition { from, event, to, action } in ARROWS {
        let why = match action {
            Action::End(cause) => format!(" / {cause:?}"),
            Action::Perform | Action::Ignore => String::new(),
        };
        lines.push(format!("    {from:?} --> {to:?}: {event:?}{why}"));
    }
    lines.push("    Done --> [*]".to_owned());
    lines.join("\n")
}

/// The states in the order of the machine's table, each once.
fn states() -> Vec<State> {
    let mut all = vec![State::Idle];
    for Transition { from, to, .. } in ARROWS {
        for state in [*from, *to] {
            if !all.contains(&state) {
                all.push(state);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_the_machine_as_it_is() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&mermaid()), "put this into README.md:\n{}", mermaid());
    }
}
