//! `madoguchi terminal`: a terminal by itself, its shared folders in front of a backend, on the wall clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use sim_backend::http::serve_plain;
use sim_reader::terminal::{
    BackendClient, Encoding, FolderService, Folders, PlannedStop, Seal, Settings, Terminal,
    TerminalConfig, TerminalError, server,
};

use super::service_log::ServiceLog;
use super::shutdown::Shutdown;
use super::terminal_story::Story;
use super::{Failure, INCOMPLETE, block_on, listen, say};
use crate::catalogue::Catalogue;
use crate::clock::wall;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::world::account;

const EXAMPLES: &str = "\
Examples:
  madoguchi backend serve                                    first, in another window
  madoguchi terminal serve --folders /srv/oqs                req, res and face in /srv/oqs, for the first institution
  madoguchi terminal serve --folders oqs --institution 1349999997 --encoding shift-jis
  madoguchi terminal serve --folders oqs --stay 1440 --idle 30 --closed 22:00-06:00
  madoguchi terminal serve --folders oqs --zip-prefix YZKsiquc01res --zip-password-file secret.txt

Ctrl-C or SIGTERM ends it; a request that is not answered then stays and is answered the next time. docs/terminal.md has the whole of it.";

/// What can be done with a terminal.
#[derive(Debug, Subcommand)]
pub enum TerminalCommand {
    /// Serve the shared folders req, res and face, and the readers of an institution
    #[command(after_help = EXAMPLES)]
    Serve(Box<ServeArgs>),
}

/// Arguments of `terminal serve`. What it tells of files is no log, so that a log of the same would only double it.
#[derive(Debug, Args)]
#[command(mut_arg("log", |log| log.default_value("error")))]
pub struct ServeArgs {
    /// Folder in which req, res and face are; made if they are not there
    #[arg(long, value_name = "DIR")]
    folders: PathBuf,
    /// The backend: https:// with the certificates of --tls-dir, or http://
    #[arg(long, value_name = "URL", default_value = "https://127.0.0.1:8443")]
    backend: String,
    /// Folder with ca.pem and each institution's certificate and key, as `backend serve` makes it
    #[arg(long, value_name = "DIR", default_value = "madoguchi-tls")]
    tls_dir: PathBuf,
    /// Ten-digit code of the institution. Without it the first of the built-in ones
    #[arg(long, value_name = "CODE")]
    institution: Option<String>,
    /// Face account of a reader, once for each. Without it F0 and the institution's code
    #[arg(long, value_name = "NAME")]
    account: Vec<String>,
    /// Address for readers, and for logging in again (HTTP)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8884")]
    listen: String,
    /// Encoding of the files in face; answers in res have that of their request
    #[arg(long, value_enum, default_value_t = FaceEncoding::Utf8)]
    encoding: FaceEncoding,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    log: ServiceLog,
}

/// What an operator sets.
#[derive(Debug, Args)]
struct Rules {
    /// Minutes until an answer that nobody took is removed from res, with a notice DEL….txt (ResponseFileStayTime). Without it never
    #[arg(long, value_name = "MINUTES")]
    stay: Option<u32>,
    /// Minutes until a result is removed from face. Without it never
    #[arg(long, value_name = "MINUTES")]
    face_stay: Option<u32>,
    /// Put no notice into res when answers are removed
    #[arg(long)]
    no_notice: bool,
    /// Put no results into face (OutputFlg=false)
    #[arg(long)]
    no_face: bool,
    /// The terminal cannot show medical aid (医療扶助), and says so with each card (bench profile)
    #[arg(long)]
    no_medical_aid: bool,
    /// Give answers whose names begin so as encrypted ZIP, e.g. YZKsiquc01res (encrypt.conf)
    #[arg(long, value_name = "PREFIX", requires = "zip_password_file")]
    zip_prefix: Vec<String>,
    /// Give results in face as encrypted ZIP (encrypt_face.conf)
    #[arg(long, requires = "zip_password_file")]
    zip_face: bool,
    /// File whose first line is the password of the ZIP files
    #[arg(long, value_name = "FILE")]
    zip_password_file: Option<PathBuf>,
    /// Minutes without a request until the log-in ends, in the field some 30. Without it never
    #[arg(long, value_name = "MINUTES")]
    idle: Option<u32>,
    /// A planned stop of the service, every day, in Japanese time
    #[arg(long, value_name = "HH:MM-HH:MM")]
    closed: Vec<PlannedStop>,
    /// Milliseconds between two looks at req
    #[arg(long, value_name = "MS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    poll: u32,
    /// Seconds without change until a file that is no message is answered so
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    patience: u32,
}

/// See `--encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FaceEncoding {
    /// CharacterCodeIdentifier 0
    #[value(name = "utf-8")]
    Utf8,
    /// CharacterCodeIdentifier 1
    ShiftJis,
}

/// Does what is asked.
pub fn run(command: &TerminalCommand) -> Result<u8, Failure> {
    match command {
        TerminalCommand::Serve(arguments) => serve(arguments),
    }
}

/// Serves until a signal.
fn serve(arguments: &ServeArgs) -> Result<u8, Failure> {
    arguments.log.begin()?;
    let institution = institution(arguments.institution.as_deref())?;
    let http = client(&arguments.backend, &arguments.tls_dir, &institution)?;
    let settings = arguments.rules.settings()?;
    block_on(async {
        let shutdown = Shutdown::at_signals()?;
        let listener = listen(&arguments.listen).await?;
        let place = listener.local_addr().map_err(BenchError::Listen)?;
        let story = Arc::new(Story::default());
        let backend = BackendClient::new(http.clone(), &arguments.backend, &institution);
        let folders = Folders::under(&arguments.folders);
        let accounts = accounts(&arguments.account, &institution);
        let told = accounts.join(", ");
        let seed = Seed::fresh().map_err(|error| BenchError::setup("terminal", error))?;
        let seed = seed.number("names of results");
        let encoding = arguments.encoding.into();
        let config = TerminalConfig { accounts, encoding, seed, settings };
        let heard = Arc::clone(&story);
        let observer = Arc::new(move |event| heard.hear(&event));
        let terminal = Terminal::new(config, backend, folders.clone(), Arc::new(wall), observer)
            .map_err(|error| unusable(&arguments.folders, &error))?;
        say(format_args!("requests   {}", folders.req.display()));
        say(format_args!("answers    {}", folders.res.display()));
        say(format_args!("results    {}", folders.face.display()));
        say(format_args!("backend    {}   as {}", arguments.backend, named(&institution)?));
        say(format_args!("readers    http://{place}/reader/…   accounts {told}"));
        say(format_args!("log in     curl -X POST http://{place}{}", server::LOG_IN_PATH));
        say_example(arguments, &folders);
        story.reach(&http, &arguments.backend).await;
        say("Ctrl-C ends it; the folders stay\n");
        let readers =
            serve_plain(listener, server::router(terminal.clone()), shutdown.clone().begun());
        tokio::join!(readers, sweep(terminal, &arguments.rules, &story, &shutdown));
        say("ended; what is in req is answered the next time");
        Ok(0)
    })
}

/// Looks at `req` until the shutdown. It may come at any moment: nothing of a request is done before its answer is there.
async fn sweep(terminal: Terminal, rules: &Rules, story: &Story, shutdown: &Shutdown) {
    let mut service = FolderService::new(terminal, rules.sweeps());
    let pause = Duration::from_millis(rules.poll.into());
    let looking = async {
        loop {
            story.tell(service.sweep().await);
            tokio::time::sleep(pause).await;
        }
    };
    tokio::select! {
        () = looking => {}
        () = shutdown.clone().begun() => {}
    }
}

impl Rules {
    fn settings(&self) -> Result<Settings, Failure> {
        let minutes =
            |given: Option<u32>| given.map(|given| SignedDuration::from_mins(given.into()));
        Ok(Settings {
            stay: minutes(self.stay),
            face_stay: minutes(self.face_stay),
            notice: !self.no_notice,
            face_output: !self.no_face,
            seal: self.zip_password_file.as_deref().map(|file| self.seal(file)).transpose()?,
            idle: minutes(self.idle),
            stops: self.closed.clone(),
            medical_aid: !self.no_medical_aid,
        })
    }

    fn seal(&self, file: &Path) -> Result<Seal, Failure> {
        let text = std::fs::read_to_string(file).map_err(|source| {
            unreadable(file, &source, "look whether --zip-password-file names a text file")
        })?;
        let password = text.lines().next().unwrap_or_default().to_owned();
        if password.is_empty() {
            let message = format!("the first line of {} is empty", file.display());
            return Err(Failure::told(super::CONFIGURATION, message, "write the password into it"));
        }
        let face = if self.zip_face { vec![String::new()] } else { Vec::new() };
        Ok(Seal { res: self.zip_prefix.clone(), face, password })
    }

    /// The patience in looks at `req`.
    fn sweeps(&self) -> u32 {
        self.patience.saturating_mul(1000) / self.poll
    }
}

impl From<FaceEncoding> for Encoding {
    fn from(encoding: FaceEncoding) -> Self {
        match encoding {
            FaceEncoding::Utf8 => Self::Utf8,
            FaceEncoding::ShiftJis => Self::ShiftJis,
        }
    }
}

/// The institution's code as given, or the first one.
fn institution(given: Option<&str>) -> Result<String, Failure> {
    if let Some(given) = given {
        let is_code = given.len() == 10 && given.bytes().all(|digit| digit.is_ascii_digit());
        let wrong =
            || Failure::Usage(format!("{given:?} is no institution's code; it has ten digits"));
        return is_code.then(|| given.to_owned()).ok_or_else(wrong);
    }
    Ok(Catalogue::embedded()?.institutions.keys().next().cloned().unwrap_or_default())
}

/// The institution's code with its name as far as it is known.
fn named(code: &str) -> Result<String, Failure> {
    let known = Catalogue::embedded()?.institutions.get(code);
    Ok(known.map_or_else(|| code.to_owned(), |known| format!("{code} {}", known.name)))
}

fn accounts(given: &[String], institution: &str) -> Vec<String> {
    if given.is_empty() { vec![account(institution)] } else { given.to_vec() }
}

/// A client with somebody's certificate of the folder, or a bare one for http.
pub(super) fn client(backend: &str, tls: &Path, whose: &str) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder().no_proxy();
    let builder = match backend.split_once("://").map(|(scheme, _)| scheme) {
        Some("http") => builder.tls_certs_only(std::iter::empty()),
        Some("https") => {
            let authority = pem(&tls.join("ca.pem"))?;
            let identity = pem(&tls.join(format!("{whose}.pem")))?;
            let wrong = |error: reqwest::Error| {
                let message = format!("{} holds no usable certificates: {error}", tls.display());
                Failure::told(
                    super::CONFIGURATION,
                    message,
                    "name the folder of `backend serve` with --tls-dir",
                )
            };
            let authority = reqwest::Certificate::from_pem(&authority).map_err(wrong)?;
            let identity = reqwest::Identity::from_pem(&identity).map_err(wrong)?;
            builder.tls_certs_only([authority]).identity(identity)
        }
        Some(_) | None => {
            let told = format!("{backend:?} is no address of a backend; write https://HOST:PORT");
            return Err(Failure::Usage(told));
        }
    };
    Ok(builder.build().map_err(|error| BenchError::setup("HTTP client", error))?)
}

fn pem(path: &Path) -> Result<Vec<u8>, Failure> {
    const NEXT: &str = "start `madoguchi backend serve` first, which makes it for insurers and every built-in institution, or name its folder with --tls-dir";
    std::fs::read(path).map_err(|source| unreadable(path, &source, NEXT))
}

fn unreadable(path: &Path, source: &std::io::Error, next: &'static str) -> Failure {
    Failure::told(super::CONFIGURATION, format!("cannot read {}: {source}", path.display()), next)
}

fn unusable(folders: &Path, error: &TerminalError) -> Failure {
    let next = match error {
        TerminalError::DuplicateAccount(_) => return Failure::Usage(error.to_string()),
        TerminalError::Shared => "end it, or choose another folder with --folders",
        TerminalError::Folder(_) => "choose a folder that can be written with --folders",
    };
    Failure::told(INCOMPLETE, format!("{}: {error}", folders.display()), next)
}

/// A first request to try, when the backend's folder has one for this institution.
fn say_example(arguments: &ServeArgs, folders: &Folders) {
    let query = arguments.tls_dir.join("number-query.xml");
    if query.exists() && arguments.institution.is_none() {
        say(format_args!(
            "try        cp {} {}   and look into res",
            query.display(),
            folders.req.join("OQSsiquc01req_1.xml").display()
        ));
    }
}
