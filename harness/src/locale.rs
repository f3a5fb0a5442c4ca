//! The language of whoever sits before the command.

use reports::words::Language;

/// Japanese where the locale says so, English otherwise.
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("ja")) {
        Language::Japanese
    } else {
        Language::English
    }
}
