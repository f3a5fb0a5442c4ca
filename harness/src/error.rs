//! What keeps the bench from reaching a verdict, sorted by whose fault it is.

use std::path::PathBuf;

use reports::model::{Blame, Verdict};
use reports::words::{self, Phrase};

use crate::catalogue::CatalogueError;
use crate::world::tls::TlsError;

/// Not a failed check: that is a verdict.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum BenchError {
    // The operator's: the configuration says something that cannot be.
    #[error("cannot read {}: {source}", path.display())]
    ConfigRead { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}{}", path.display(), meant(source))]
    ConfigYaml { path: PathBuf, source: serde_yaml::Error },
    #[error("{}: {reason}", path.display())]
    Config { path: PathBuf, reason: String },
    #[error("cannot start {command}: {source}")]
    ProductStart { command: String, source: std::io::Error },
    #[error("{product} cannot be reached at {url}")]
    ProductUnreachable { product: String, url: String, source: reqwest::Error },
    #[error("{product} takes no orders: its adapter is `reverse`")]
    NoOrders { product: String },
    #[error("{}: {reason}", path.display())]
    TapFile { path: PathBuf, reason: String },
    // The environment's.
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot listen on a loopback port: {0}")]
    Listen(std::io::Error),
    #[error("cannot listen on {address}: {source}")]
    ListenAt { address: String, source: std::io::Error },
    #[error("{day}, the day on which the stories of this run begin, is over in Japan")]
    DayOver { day: String },
    #[error("no card can be used in the reader {reader}: {reason}")]
    NoCard { reader: String, reason: String },
    #[error("cannot serve {what} on {address}: {source}")]
    Address { what: &'static str, address: std::net::SocketAddr, source: std::io::Error },
    #[error("the shared folder {} cannot be used: {reason}", path.display())]
    Folder { path: PathBuf, reason: String },
    #[error("{how}")]
    PersonLeft { how: &'static str },
    #[error("the {seam} tap cannot listen on {address}: {source}")]
    TapListen { seam: &'static str, address: String, source: std::io::Error },
    // The product's, but no refusal.
    #[error("{product} gave no answer within {waited_ms} ms")]
    ProductSilent { product: String, waited_ms: u64 },
    #[error("{product} ended in the middle of its work ({how})")]
    ProductGone { product: String, how: String },
    #[error("{product} answered with something that is no reply: {reason}")]
    ProductUnreadable { product: String, reason: String },
    #[error("{product} could not do its work: {reason}")]
    ProductError { product: String, reason: String },
    #[error(
        "{product} was not asked any more: {times} scenarios in a row ended alike, the last one: {last}"
    )]
    ProductGivenUp { product: String, times: u32, last: String },
    #[error("the product goes by its own clock, which can't be moved: {why}")]
    ClockNotMoved { why: String },
    #[error("{product} does not do this: {what}")]
    ProductUnsupported { product: String, what: String },
    // The bench's own.
    #[error(transparent)]
    Catalogue(#[from] &'static CatalogueError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the bench cannot set up its {part}: {reason}")]
    Setup { part: &'static str, reason: String },
    #[error("the bench cannot read what its {part} said: {reason}")]
    Reading { part: &'static str, reason: String },
    #[error("the scenario is wrong: {0}")]
    Scenario(String),
}

impl BenchError {
    /// A set-up fault of the bench.
    pub fn setup(part: &'static str, reason: impl ToString) -> Self {
        Self::Setup { part, reason: reason.to_string() }
    }

    /// The verdict that an error leads to. Silence is never a refusal, so it never fails a product.
    pub fn verdict(&self) -> Verdict {
        if let Self::ProductUnsupported { .. } | Self::ClockNotMoved { .. } = self {
            return Verdict::NotApplicable;
        }
        if let Self::DayOver { .. } = self {
            return Verdict::NotRun;
        }
        match self.blame() {
            Blame::Configuration => Verdict::ConfigError,
            Blame::Environment | Blame::Product => Verdict::Inconclusive,
            Blame::Bench => Verdict::BenchError,
        }
    }

    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::ConfigRead { .. }
            | Self::ConfigYaml { .. }
            | Self::Config { .. }
            | Self::ProductStart { .. }
            | Self::ProductUnreachable { .. }
            | Self::NoOrders { .. }
            | Self::TapFile { .. } => Blame::Configuration,
            Self::Write { .. }
            | Self::Listen(_)
            | Self::ListenAt { .. }
            | Self::DayOver { .. }
            | Self::NoCard { .. }
            | Self::Address { .. }
            | Self::Folder { .. }
            | Self::PersonLeft { .. }
            | Self::TapListen { .. } => Blame::Environment,
            Self::ProductSilent { .. }
            | Self::ProductGone { .. }
            | Self::ProductUnreadable { .. }
            | Self::ProductError { .. }
            | Self::ProductGivenUp { .. }
            | Self::ClockNotMoved { .. }
            | Self::ProductUnsupported { .. } => Blame::Product,
            Self::Catalogue(_)
            | Self::Tls(_)
            | Self::Setup { .. }
            | Self::Reading { .. }
            | Self::Scenario(_) => Blame::Bench,
        }
    }

    /// Whose fault it is, in words.
    pub fn blame_word(&self) -> Phrase {
        words::blame(self.blame())
    }

    /// Whether a product that does nothing but this is dead.
    pub fn is_of_a_dead_product(&self) -> bool {
        match self {
            Self::ProductStart { .. }
            | Self::ProductUnreachable { .. }
            | Self::NoCard { .. }
            | Self::ProductSilent { .. }
            | Self::ProductGone { .. }
            | Self::ProductUnreadable { .. }
            | Self::ProductError { .. } => true,
            Self::ConfigRead { .. }
            | Self::ConfigYaml { .. }
            | Self::Config { .. }
            | Self::Write { .. }
            | Self::Listen(_)
            | Self::ListenAt { .. }
            | Self::DayOver { .. }
            | Self::Address { .. }
            | Self::Folder { .. }
            | Self::PersonLeft { .. }
            | Self::TapListen { .. }
            | Self::NoOrders { .. }
            | Self::TapFile { .. }
            | Self::ProductGivenUp { .. }
            | Self::ClockNotMoved { .. }
            | Self::ProductUnsupported { .. }
            | Self::Catalogue(_)
            | Self::Tls(_)
            | Self::Setup { .. }
            | Self::Reading { .. }
            | Self::Scenario(_) => false,
        }
    }

    /// What to do next, as an order to the reader.
    pub fn help(&self) -> &'static str {
        match self {
            Self::ConfigRead { .. } => "check the path given to --sut",
            Self::ConfigYaml { .. } | Self::Config { .. } => {
                "correct the line named; docs/madoguchi-yaml.md lists every key"
            }
            Self::ProductStart { .. } => {
                "check `command` in madoguchi.yaml; paths in it are relative to that file"
            }
            Self::ProductUnreachable { .. } => {
                "start the product, or correct `url` in madoguchi.yaml"
            }
            Self::Write { .. } => "free some space or choose another folder with --out",
            Self::Listen(_) => "close programs that hold loopback ports, then run again",
            Self::ListenAt { .. } => {
                "choose another address with --listen, or stop the program that holds it"
            }
            Self::NoCard { .. } => {
                "put a card of the test authority into that reader, start pcscd, and end other programs that hold the card"
            }
            Self::Address { .. } => {
                "choose another port in madoguchi.yaml, or stop the program that holds this one"
            }
            Self::Folder { .. } => {
                "create req, res and face, let the bench write there, and clear them of what lies there: a run that was killed may have left it, but the bench removes nothing of others"
            }
            Self::PersonLeft { .. } => "go on with --rerun-failed; docs/human.md tells how",
            Self::TapListen { .. } => {
                "choose another `listen` under `taps` in madoguchi.yaml, or stop the program that holds it"
            }
            Self::NoOrders { .. } => "listen to it with `madoguchi tap --sut madoguchi.yaml`",
            Self::TapFile { .. } => {
                "correct the path under `taps` in madoguchi.yaml; docs/tap.md tells what each file must hold"
            }
            Self::ProductSilent { .. } => {
                "look at the product's own log, or raise `timeout_ms` in madoguchi.yaml"
            }
            Self::ProductGone { .. }
            | Self::ProductUnreadable { .. }
            | Self::ProductError { .. } => {
                "run the product by hand and send it the line shown in the evidence"
            }
            Self::ProductGivenUp { .. } => {
                "let `madoguchi doctor` show whether the product answers, then run again; --no-circuit-breaker asks it every time"
            }
            Self::ProductUnsupported { .. } => "nothing, if the product does not claim it",
            Self::ClockNotMoved { .. } => {
                "nothing; with `clock: told` in madoguchi.yaml a product that takes the bench's time is asked this too"
            }
            Self::DayOver { .. } => "run again, within one day",
            Self::Catalogue(_) | Self::Scenario(_) => "correct the file under scenarios/",
            Self::Tls(_) | Self::Setup { .. } | Self::Reading { .. } => {
                "this is a defect of the bench: please report it with the seed"
            }
        }
    }
}

/// Adapters of positions whose orders a person can carry out.
const PEOPLES: [&str; 2] = ["human", "folder"];

/// Names the key or word that an unknown one was probably meant for.
fn meant(error: &serde_yaml::Error) -> String {
    /// How much alike two words are that may be one misspelt.
    const ALIKE: f64 = 0.7;
    let words = error.to_string();
    if !words.contains("unknown field") && !words.contains("unknown variant") {
        return String::new();
    }
    let mut quoted = words.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next() else { return String::new() };
    if words.contains("unknown variant") && PEOPLES.contains(&unknown) {
        return " (no person keeps up with what is asked in this position)".to_owned();
    }
    let alike = |known: &&str| strsim::jaro_winkler(unknown, known);
    let nearest = quoted.max_by(|one, other| alike(one).total_cmp(&alike(other)));
    let nearest = nearest.filter(|known| alike(known) >= ALIKE);
    nearest.map(|known| format!(" (did you mean `{known}`?)")).unwrap_or_default()
}
