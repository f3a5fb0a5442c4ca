//! One HTML file that opens by double click, with its style and script inside and nothing loaded from elsewhere.
//!
//! Everything that is told is escaped by the template engine. A content security policy allows exactly our own style and
//! script, by their hash, so that a text which found a way through the escaping would still do nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

const HEAD: &str = include_str!("../templates/head.html");
const WORDS: &str = include_str!("../templates/macros.html");
const STYLE: &str = include_str!("../templates/style.css");
const SCRIPT: &str = include_str!("../templates/script.js");

/// The first of these templates, filled in with what stands on the page.
pub(crate) fn render(templates: &[(&str, &str)], page: impl Serialize) -> Result<String, Error> {
    let mut environment = Environment::new();
    // Lines that hold blocks alone leave nothing behind.
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // Names end in `.html`, which switches escaping on.
    for (name, text) in [("head.html", HEAD), ("macros.html", WORDS)].iter().chain(templates) {
        environment.add_template(name, text)?;
    }
    let first = templates.first().map_or("head.html", |(name, _)| name);
    environment.get_template(first)?.render(context! {
        page => Value::from(Serde(page)),
        style => STYLE,
        script => SCRIPT,
        style_hash => source_hash(STYLE),
        script_hash => source_hash(SCRIPT),
    })
}

/// A hash source. Source: W3C Content Security Policy Level 3, §2.3.1.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
