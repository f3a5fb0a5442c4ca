//! `report.html`: what came of a run. The only trusted markup in it is the picture, which escapes for itself.

mod compare;
mod view;

use std::io::{self, Write};

use crate::model::RunRecord;
use crate::{ReportWriter, page};

const PAGE: &str = include_str!("../../templates/report.html");
const CASE: &str = include_str!("../../templates/case.html");

/// The writer of the HTML report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Html;

impl ReportWriter for Html {
    fn write(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let templates = [("report.html", PAGE), ("case.html", CASE)];
        let page = page::render(&templates, view::page(run)).map_err(io::Error::other)?;
        out.write_all(page.as_bytes())
    }
}
