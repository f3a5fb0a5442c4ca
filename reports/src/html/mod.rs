//! `report.html`: one file that opens by double click, with its style and script inside and nothing loaded from elsewhere.
//!
//! Everything from the record is escaped by the template engine; the only trusted markup is the picture, which escapes
//! for itself. A content security policy allows exactly our own style and script, by their hash, so that a text which
//! found a way through the escaping would still do nothing.

mod compare;
mod view;

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use sha2::{Digest, Sha256};

use crate::ReportWriter;
use crate::model::RunRecord;

const PAGE: &str = include_str!("../../templates/report.html");
const CASE: &str = include_str!("../../templates/case.html");
pub(crate) const WORDS: &str = include_str!("../../templates/macros.html");
pub(crate) const STYLE: &str = include_str!("../../templates/style.css");
pub(crate) const SCRIPT: &str = include_str!("../../templates/script.js");

/// The writer of the HTML report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Html;

impl ReportWriter for Html {
    fn write(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let page = render(run).map_err(io::Error::other)?;
        out.write_all(page.as_bytes())
    }
}

fn render(run: &RunRecord) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_syntax(syntax()?);
    // Names end in `.html`, which switches escaping on.
    for (name, text) in [("report.html", PAGE), ("case.html", CASE), ("macros.html", WORDS)] {
        templates.add_template(name, text)?;
    }
    templates.get_template("report.html")?.render(context! {
        page => Serde(view::page(run)),
        style => STYLE,
        script => SCRIPT,
        style_hash => source_hash(STYLE),
        script_hash => source_hash(SCRIPT),
    })
}

/// How our templates are written: lines that hold blocks alone leave nothing behind.
pub(crate) fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

/// A hash source. Source: W3C Content Security Policy Level 3, §2.3.1.
pub(crate) fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
