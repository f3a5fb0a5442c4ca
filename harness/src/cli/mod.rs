//! The command `madoguchi`: arguments in, one of its jobs, an exit code out.

mod answers;
mod authority;
mod backend;
mod backend_people;
mod backend_tls;
mod breaker;
mod budget;
mod card;
mod card_door;
mod card_faults;
mod card_holder;
mod card_issue;
mod card_relay;
mod card_script;
mod card_state;
mod claims;
mod coverage;
mod demo;
mod doctor;
mod expected;
mod explain;
mod export;
mod face;
mod face_pictures;
mod feed;
mod fuzz;
mod lint;
mod list;
mod matcher;
mod merge;
mod mutants;
mod own;
mod plan;
mod population;
mod portal;
mod reader;
mod responder;
mod run;
mod selection;
mod service_log;
mod shutdown;
mod tap;
mod terminal;
mod terminal_story;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::error::BenchError;
use crate::shard::Share;

/// Exit code of a wrong command line or an unknown name.
pub const USAGE: u8 = 2;
/// Exit code of a file that says something that cannot be.
const CONFIGURATION: u8 = 3;
/// Exit code when something outside keeps the command from its work.
const INCOMPLETE: u8 = 4;

/// Folder of a report, unless another is named.
const REPORT: &str = "madoguchi-report";

const EXAMPLES: &str = "\
Examples:
  madoguchi                                    run the whole suite against the built-in reference stack
  madoguchi run --only certificate/revoked     run one scenario
  madoguchi run --only OQS-CERT-07             run the scenarios that bear a requirement
  madoguchi run --sut examples/receipt-computer-python/madoguchi.yaml
  madoguchi run --profile reader-2026          hold a kind of product against its rows
  madoguchi run --shard 1/3 --out share-1      one of three shares; madoguchi merge share-* --out whole
  madoguchi tap --sut pair/madoguchi.yaml      listen between two products that work together already
  madoguchi doctor --sut my/madoguchi.yaml     is everything set up for a run?
  madoguchi fuzz --sut my/madoguchi.yaml       stories that nobody wrote; the smallest that fails as a scenario
  madoguchi explain OQS-MSG-19                 what a requirement means and who checks it
  madoguchi card serve --persona hanako        a virtual card for pcscd's vpcd driver
  madoguchi demo --persona hanako              the eight steps of a visit one by one, in a browser

Exit codes: 0 conformant, 1 a MUST failed, 2 usage, 3 configuration, 4 incomplete or inconclusive, 5 fault of the bench";

/// Simulator and conformance test bench for Japan's online medical-insurance eligibility verification (オンライン資格確認).
#[derive(Debug, Parser)]
#[command(name = "madoguchi", version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the conformance suite and write the report (the default)
    Run(RunArgs),
    /// Put the reports of all shares of one plan together
    Merge(merge::MergeArgs),
    /// Find faults in scenarios, requirements, profiles and steps
    Lint(lint::LintArgs),
    /// Show which assertions bear each requirement, and which mutants must die by it
    Coverage(coverage::CoverageArgs),
    /// List scenarios, requirements, profiles or personas
    List(ListArgs),
    /// Look at configuration, machine and product before anything is judged
    Doctor(doctor::DoctorArgs),
    /// Explain a scenario (area/slug) or a requirement (OQS-…)
    Explain {
        /// Its id
        id: String,
    },
    /// Plant defects into the reference stack and see which assertion finds each
    Mutants(mutants::MutantsArgs),
    /// Play stories that nobody wrote, and tell the smallest that fails as a scenario
    Fuzz(fuzz::FuzzArgs),
    /// A virtual My Number Card
    #[command(subcommand)]
    Card(card::CardCommand),
    /// The test authority: CA certificates, CRL, OCSP
    #[command(subcommand)]
    Authority(authority::AuthorityCommand),
    /// Any citizen of a fictitious country of 125,000,000
    #[command(subcommand)]
    Population(population::PopulationCommand),
    /// The mock qualification backend
    #[command(subcommand)]
    Backend(backend::BackendCommand),
    /// Insurers' feed: a file of records sent to a running backend
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// Claims: a file held against a backend, and the old flow beside the new
    #[command(subcommand)]
    Claims(claims::ClaimsCommand),
    /// Schemas of the messages
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Drawn faces, and how well a matcher tells them apart
    #[command(subcommand)]
    Face(face::FaceCommand),
    /// The patient's portal (マイナポータル role) with a page
    #[command(subcommand)]
    Portal(PortalCommand),
    /// The virtual face reader with everything behind it
    #[command(subcommand)]
    Reader(ReaderCommand),
    /// The terminal (資格確認端末) with its shared folders
    #[command(subcommand)]
    Terminal(terminal::TerminalCommand),
    /// Listen between two products that work together already, and judge what passes
    #[command(after_help = tap::EXAMPLES)]
    Tap(tap::TapArgs),
    /// For trainers: a visit and what follows it in eight steps, each with what crosses the seams
    Demo(demo::DemoArgs),
}

impl Command {
    /// Whether its own options say what is logged.
    fn logs_by_itself(&self) -> bool {
        match self {
            Self::Backend(_) | Self::Terminal(_) => true,
            Self::Run(_)
            | Self::Merge(_)
            | Self::Lint(_)
            | Self::Coverage(_)
            | Self::List(_)
            | Self::Mutants(_)
            | Self::Fuzz(_)
            | Self::Doctor(_)
            | Self::Explain { .. }
            | Self::Card(_)
            | Self::Authority(_)
            | Self::Population(_)
            | Self::Claims(_)
            | Self::Feed(_)
            | Self::Export(_)
            | Self::Face(_)
            | Self::Portal(_)
            | Self::Reader(_)
            | Self::Tap(_)
            | Self::Demo(_) => false,
        }
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Product under test: its madoguchi.yaml. Without it the reference stack is judged
    #[arg(long, value_name = "FILE")]
    pub sut: Option<PathBuf>,
    /// Scenarios in this folder, laid out like scenarios/, in the place of those built in
    #[arg(long, value_name = "DIR")]
    pub scenarios: Option<PathBuf>,
    /// Plant this defect into the reference stack; see `list mutants`
    #[arg(long, value_name = "ID", conflicts_with = "sut")]
    pub mutant: Option<String>,
    /// Only this scenario (area/slug) or the scenarios that bear this requirement (OQS-…)
    #[arg(long, value_name = "ID")]
    pub only: Option<String>,
    /// Only scenarios whose tags fit, e.g. "@area:certificate and not @twin"
    #[arg(long, value_name = "EXPR")]
    pub tags: Option<String>,
    /// Seed of everything that looks random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Hold the product against the rows of this profile; see `list profiles`
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The weakest tier that binds: 2 lets the bench's own recommendations fail a product
    #[arg(long, value_name = "TIER", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub tier: Option<u8>,
    /// Only this share of the plan, e.g. 2/5; `merge` puts the reports of all shares together
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Share>,
    /// Only the scenarios that did not end well in this report
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = REPORT)]
    pub rerun_failed: Option<PathBuf>,
    /// Say what would be run, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long it may take
    #[command(flatten)]
    pub budget: budget::BudgetArgs,
    /// When a product is given up
    #[command(flatten)]
    pub breaker: breaker::BreakerArgs,
    /// What was expected to fail
    #[command(flatten)]
    pub expected: expected::ExpectedArgs,
    /// Folder of the report
    #[arg(long, value_name = "DIR", default_value = REPORT)]
    pub out: PathBuf,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// How the backend's answers look
    #[command(flatten)]
    pub answers: answers::Answers,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self {
            sut: None,
            scenarios: None,
            mutant: None,
            only: None,
            tags: None,
            seed: None,
            profile: None,
            tier: None,
            shard: None,
            rerun_failed: None,
            dry_run: false,
            budget: budget::BudgetArgs::default(),
            breaker: breaker::BreakerArgs::default(),
            expected: expected::ExpectedArgs::default(),
            out: PathBuf::from(REPORT),
            quiet: false,
            answers: answers::Answers::default(),
        }
    }
}

/// Arguments of `list`.
#[derive(Debug, Args)]
struct ListArgs {
    /// What to list
    what: Listed,
    /// How
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Listed {
    /// Scenarios
    Scenarios,
    /// Requirements
    Requirements,
    /// Profiles
    Profiles,
    /// Personas
    Personas,
    /// Mutants: defects of the reference stack
    Mutants,
    /// Lawful variants of the reference stack
    Variants,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
enum PortalCommand {
    /// Serve the portal with all personas insured: a page on which one logs in with a persona's card, and its JSON interface
    Serve {
        /// Address of page and interface
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8882")]
        listen: String,
    },
}

#[derive(Debug, Subcommand)]
enum ReaderCommand {
    /// Serve a counter: reader, terminal and folders, with the patient's screen, the staff's screen and a JSON interface
    Serve {
        /// Address of the page
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8880")]
        listen: String,
        #[command(flatten)]
        comparison: matcher::ComparisonArgs,
    },
    /// Print the states of a visit at the reader, and what leads from one to the other
    Diagram {
        /// Mermaid text, or a picture
        #[arg(long, value_enum, default_value_t)]
        format: reader::DiagramFormat,
    },
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or_else(|| Command::Run(RunArgs::default()));
    if !command.logs_by_itself() {
        service_log::by_environment();
    }
    let done = match command {
        Command::Run(args) => run::run(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Coverage(args) => coverage::coverage(&args),
        Command::Lint(args) => lint::lint(&args),
        Command::List(args) => list::list(args.what, args.format),
        Command::Doctor(args) => doctor::run(&args),
        Command::Explain { id } => explain::explain(&id),
        Command::Mutants(args) => mutants::mutants(&args),
        Command::Fuzz(args) => fuzz::fuzz(&args),
        Command::Card(command) => card::run(&command),
        Command::Authority(command) => authority::run(&command),
        Command::Population(command) => population::run(&command),
        Command::Backend(command) => backend::run(&command),
        Command::Feed(command) => feed::run(&command),
        Command::Claims(command) => claims::run(&command),
        Command::Export(command) => export::run(&command),
        Command::Face(command) => face::run(&command),
        Command::Portal(PortalCommand::Serve { listen }) => portal::serve(&listen),
        Command::Reader(ReaderCommand::Serve { listen, comparison }) => {
            reader::serve(&listen, &comparison)
        }
        Command::Terminal(command) => terminal::run(&command),
        Command::Reader(ReaderCommand::Diagram { format }) => Ok(reader::diagram(format)),
        Command::Tap(args) => tap::tap(&args),
        Command::Demo(args) => demo::run(&args),
    };
    ExitCode::from(done.unwrap_or_else(|failure| failure.tell()))
}

/// Why a job ended without a result of its own.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The command line names something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// Something outside of the bench, with a next step of its own.
    #[error("{message}")]
    Told {
        /// Exit code.
        code: u8,
        /// What is wrong.
        message: String,
        /// What to do next.
        next: std::borrow::Cow<'static, str>,
    },
    /// Everything else, sorted by whose fault it is.
    #[error(transparent)]
    Bench(#[from] BenchError),
}

impl From<&'static crate::catalogue::CatalogueError> for Failure {
    fn from(error: &'static crate::catalogue::CatalogueError) -> Self {
        Self::Bench(error.into())
    }
}

impl Failure {
    /// Something outside of the bench, with a next step of its own.
    fn told(code: u8, message: String, next: &'static str) -> Self {
        Self::Told { code, message, next: next.into() }
    }

    /// Says what happened and what to do, and gives the exit code.
    fn tell(&self) -> u8 {
        tell_error(&self.to_string());
        match self {
            Self::Usage(_) => USAGE,
            Self::Told { code, next, .. } => {
                tell_next(next);
                *code
            }
            Self::Bench(error) => {
                tell_next(error.help());
                reports::rollup::exit_code(error.verdict())
            }
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
fn tell_error(message: &str) {
    eprintln!("madoguchi: {message}");
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
fn tell_next(help: &str) {
    eprintln!("  next: {help}");
}

/// A line for people. A reader that went away has seen enough.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Runs a service until Ctrl-C.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| BenchError::setup("runtime", error))?;
    runtime.block_on(work)
}

/// Resolves at Ctrl-C or when the service manager asks to stop.
async fn stopped() {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match terminate.as_mut() {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Listens where the user said.
async fn listen(address: &str) -> Result<tokio::net::TcpListener, Failure> {
    let bound = tokio::net::TcpListener::bind(address).await;
    bound.map_err(|source| BenchError::ListenAt { address: address.to_owned(), source }.into())
}

/// Writes a file, its folder first.
fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |source| BenchError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)?;
    Ok(())
}
