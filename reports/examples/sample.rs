//! Writes a sample of every report into a folder: `cargo run -p reports --example sample -- FOLDER [CASES]`.
//! CASES asks for that many scenarios instead of nine, to see how a large report behaves.

#[path = "../tests/record/mod.rs"]
mod record;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;

use reports::ReportWriter;
use reports::html::Html;
use reports::json::Json;
use reports::junit::Junit;
use reports::model::RunRecord;
use reports::text::Text;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: sample FOLDER [CASES]")?);
    let run = match arguments.next() {
        Some(cases) => many(cases.to_string_lossy().parse()?),
        None => record::run(),
    };
    fs::create_dir_all(&folder)?;
    let writers: [(&str, &dyn ReportWriter); 4] = [
        ("report.html", &Html),
        ("junit.xml", &Junit),
        ("result.json", &Json),
        ("report.txt", &Text::default()),
    ];
    for (name, writer) in writers {
        writer.write(&run, &mut BufWriter::new(File::create(folder.join(name))?))?;
    }
    Ok(())
}

/// The sample's cases over and over, each under an id of its own.
fn many(count: usize) -> RunRecord {
    let run = record::run();
    let cases =
        run.cases.iter().cycle().take(count).cloned().enumerate().map(|(index, mut case)| {
            case.id = format!("{}-{index}", case.id);
            case
        });
    RunRecord { cases: cases.collect(), ..run }
}
