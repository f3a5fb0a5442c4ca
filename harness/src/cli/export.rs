//! `madoguchi export`: what the bench knows about messages, written to a folder.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use sim_backend::messages::{Family, schema};

use super::{Failure, say, write};

/// What can be exported.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// An XML Schema for each message, e.g. for `xmllint --schema OQSsiquc01res.xsd FILE`
    Schemas {
        /// Folder they are written to
        #[arg(long, value_name = "DIR", default_value = "madoguchi-schemas")]
        out: PathBuf,
    },
}

/// Writes what is asked for.
pub fn run(command: &ExportCommand) -> Result<u8, Failure> {
    match command {
        ExportCommand::Schemas { out } => schemas(out),
    }
}

fn schemas(out: &Path) -> Result<u8, Failure> {
    for family in Family::ALL {
        write(&out.join(schema::file_name(*family)), schema::xsd(*family).as_bytes())?;
    }
    say(format_args!("{} schemas in {}", Family::ALL.len(), out.display()));
    Ok(0)
}
