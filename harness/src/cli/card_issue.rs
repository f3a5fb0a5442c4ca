//! `madoguchi card issue`: what is on a card, written to a folder.

use std::path::Path;

use serde_json::json;

use super::card_holder::HeldCard;
use super::{Failure, say};
use crate::card_folder;

/// Writes what is on a card to a folder.
pub fn issue(card: &HeldCard, out: &Path) -> Result<u8, Failure> {
    let mut facts = card.facts.clone();
    if card.valid_check_digit {
        facts.insert("note".to_owned(), json!(VALID));
    }
    card_folder::write(&card.contents, facts, out)?;
    say(format_args!("written to {}; every key in it is a throwaway", out.display()));
    Ok(0)
}

const VALID: &str = "fictitious, but the 12-digit number has a right check digit and may be somebody's; it is left out on purpose";
