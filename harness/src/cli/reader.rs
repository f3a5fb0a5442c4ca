//! `madoguchi reader`: a counter one can use from a browser or with curl, everything behind it included; and its states as a diagram.

use std::sync::Arc;

use axum::Router;
use clap::ValueEnum;
use sim_reader::session::diagram::{mermaid, svg};

use super::matcher::ComparisonArgs;
use super::{Failure, block_on, listen, say, selection, stopped};
use crate::catalogue::Catalogue;
use crate::counter_page::{self, Names, Reception, Session};
use crate::error::BenchError;
use crate::kiosk_page;
use crate::seed::Seed;
use crate::world::{Comparison, Workshop};

/// Serves until Ctrl-C.
pub fn serve(address: &str, comparison: &ComparisonArgs) -> Result<u8, Failure> {
    let (comparison, named) = comparison.comparison()?;
    open(address, None, comparison, |base| {
        say(format_args!("patient    {base}/"));
        say(format_args!("staff      {base}/staff"));
        say(format_args!("visits     {base}/visits"));
        say(format_args!("interface  {base}/openapi.json   (bench profile)"));
        if let Some(matcher) = named {
            say(format_args!("matcher    {matcher}"));
        }
        say("Ctrl-C ends it; nothing is kept");
    })
}

/// Opens a counter, guided for this persona if there is one, says where with `told`, and serves until Ctrl-C.
pub fn open(
    address: &str,
    guided_for: Option<&str>,
    comparison: Comparison,
    told: impl FnOnce(&str),
) -> Result<u8, Failure> {
    let workshop = Arc::new(Workshop::new(Seed(1), None)?.with_comparison(comparison));
    block_on(async {
        let listener = listen(address).await?;
        let bound = listener.local_addr().map_err(BenchError::Listen)?;
        let (reception, door) = Reception::open(workshop).await?;
        let names = Names { catalogue: Catalogue::embedded()?, nearest };
        let session = Session::new(names.first_reader(), guided_for.is_some());
        let routes: Router =
            counter_page::router(door, names, session).merge(kiosk_page::router(guided_for));
        told(&format!("http://{bound}"));
        let server = tokio::spawn(sim_backend::http::serve_plain(listener, routes, stopped()));
        tokio::select! {
            ended = server => ended.map_err(|error| BenchError::setup("counter", error))?,
            () = reception.run() => {}
        }
        Ok(0)
    })
}

/// How the states are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum DiagramFormat {
    /// A Mermaid state diagram
    #[default]
    Mermaid,
    /// A picture, for a browser
    Svg,
}

/// Prints the states of a visit and what leads from one to the other.
pub fn diagram(format: DiagramFormat) -> u8 {
    let text = match format {
        DiagramFormat::Mermaid => mermaid(),
        DiagramFormat::Svg => svg(),
    };
    say(text.trim_end());
    0
}

fn nearest(wanted: &str, known: &[&str]) -> Option<String> {
    selection::nearest(wanted, known.iter().copied()).map(str::to_owned)
}
