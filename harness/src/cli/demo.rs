//! `madoguchi demo`: the eight steps of the flow one by one, for a trainer.

use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};

use super::{Failure, reader, say, selection};
use crate::catalogue::Catalogue;
use crate::world::Comparison;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Whose card is used: a short name or 氏名 of `madoguchi list personas`
    #[arg(long, value_name = "NAME", default_value = "hanako")]
    persona: String,
    /// Language in which the page opens; both can be chosen there
    #[arg(long, value_enum, default_value_t = Language::Ja)]
    lang: Language,
    /// Address of the page
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8885")]
    listen: String,
    /// Open the page in this computer's browser
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Japanese
    Ja,
    /// English
    En,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

/// Serves until Ctrl-C.
pub fn run(args: &DemoArgs) -> Result<u8, Failure> {
    let persona = holder(&args.persona)?;
    reader::open(&args.listen, Some(persona), Comparison::default(), |base| {
        let page = format!("{base}/?lang={}", args.lang.name());
        say(format_args!("guide      {page}"));
        say(format_args!("staff      {base}/staff"));
        say(format_args!("interface  {base}/openapi.json   (bench profile)"));
        say("Ctrl-C ends it; nothing is kept");
        if args.open && !browse(&page) {
            say("no browser could be started; open the address above in one");
        }
    })
}

/// A persona who has a card; the reader is the first step.
fn holder(name: &str) -> Result<&'static str, Failure> {
    let personas = &Catalogue::embedded()?.personas;
    let Some((slug, person)) = Catalogue::embedded()?.persona(name) else {
        let near = selection::nearest(name, personas.keys().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(Failure::Usage(format!(
            "there is no persona of this name{hint} (see `madoguchi list personas`)"
        )));
    };
    if person.card.is_none() {
        return Err(Failure::Usage(format!(
            "{slug} has no My Number Card; choose another of `madoguchi list personas`"
        )));
    }
    Ok(slug)
}

/// Asks the desktop to show a page; whether something that does so could be started.
fn browse(page: &str) -> bool {
    ["xdg-open", "open"].into_iter().any(|opener| {
        let mut command = Command::new(opener);
        command.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok()
    })
}
