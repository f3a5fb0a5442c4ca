//! One row of the requirement catalogue: whom it binds, what it says, where it comes from, how it is checked.

use std::collections::BTreeSet;

use reports::model::{Level, RequirementRow, Source, Text2};
use reports::scope::CheckKind;
use serde::{Deserialize, Serialize};

/// One row of the requirement catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `OQS-…`, immutable.
    pub id: String,
    /// Whom it binds: one of [`ACTORS`].
    pub actor: String,
    /// The positions of a product that it binds, when they are more than the actor's own.
    #[serde(default)]
    positions: Vec<Position>,
    /// What must hold, in our own words.
    pub statement: Statement,
    /// Where it comes from.
    pub source: Source,
    /// 1: binding. 2: a recommendation of the bench.
    pub tier: u8,
    /// What goes wrong when it does not hold.
    pub risk: Risk,
    /// How it is checked.
    pub check: CheckKind,
    /// Why no assertion checks it; said unless [`CheckKind::Auto`].
    pub reason: Option<Statement>,
}

/// Everybody whom a row can bind. People and offices are no positions of a product.
pub const ACTORS: [&str; 12] = [
    "authority",
    "backend",
    "bench",
    "card",
    "institution",
    "insurer",
    "patient",
    "reader",
    "receipt-computer",
    "review-agency",
    "terminal",
    "welfare-office",
];

/// A place in the chain that a product can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// The card in the patient's hand.
    Card,
    /// Software between a program and the card.
    CardMiddleware,
    /// 顔認証付きカードリーダー.
    Reader,
    /// What compares two faces.
    Matcher,
    /// 資格確認端末.
    Terminal,
    /// レセコン.
    ReceiptComputer,
    /// 資格確認機関.
    Backend,
    /// What asks the authority about certificates.
    AuthorityClient,
}

impl Position {
    /// The word in `madoguchi.yaml` and in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::CardMiddleware => "card-middleware",
            Self::Reader => "reader",
            Self::Matcher => "matcher",
            Self::Terminal => "terminal",
            Self::ReceiptComputer => "receipt-computer",
            Self::Backend => "backend",
            Self::AuthorityClient => "authority-client",
        }
    }

    /// The position whose name an actor bears.
    fn of_actor(actor: &str) -> Option<Self> {
        match actor {
            "card" => Some(Self::Card),
            "reader" => Some(Self::Reader),
            "terminal" => Some(Self::Terminal),
            "receipt-computer" => Some(Self::ReceiptComputer),
            "backend" => Some(Self::Backend),
            _ => None,
        }
    }
}

/// A statement in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Statement {
    /// As reports take it.
    pub fn text(&self) -> Text2 {
        Text2::new(&self.ja, &self.en)
    }
}

/// What goes wrong when a requirement does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// One patient's data with another's.
    PatientMixUp,
    /// Somebody learns what they must not.
    Privacy,
    /// A dead certificate is taken for a living one.
    Revocation,
    /// Reception stands still.
    Availability,
    /// A wrong word or code.
    Wording,
    /// A wrong share or a returned claim.
    Money,
}

impl Risk {
    /// The word in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::PatientMixUp => "patient-mix-up",
            Self::Privacy => "privacy",
            Self::Revocation => "revocation",
            Self::Availability => "availability",
            Self::Wording => "wording",
            Self::Money => "money",
        }
    }
}

impl Requirement {
    /// Tier 1 is a MUST, tier 2 a SHOULD.
    pub fn level(&self) -> Level {
        self.level_at(1)
    }

    /// The level when rows down to this tier bind.
    pub fn level_at(&self, binding: u8) -> Level {
        if self.tier <= binding { Level::Must } else { Level::Should }
    }

    /// The positions of a product that it binds.
    pub fn positions(&self) -> BTreeSet<Position> {
        let own = Position::of_actor(&self.actor);
        self.positions.iter().copied().chain(own).collect()
    }

    /// Whether it is this row, or stands under this beginning of ids: `OQS-CERT-07` under `OQS-CERT`.
    pub fn is_under(&self, beginning: &str) -> bool {
        let rest = self.id.strip_prefix(beginning);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// `CERT` of `OQS-CERT-07`.
    pub fn group(&self) -> &str {
        let rest = self.id.strip_prefix("OQS-").unwrap_or(&self.id);
        rest.rsplit_once('-').map_or(rest, |(group, _)| group)
    }

    /// The row as reports show it, when rows down to this tier bind.
    pub fn row(&self, binding: u8) -> RequirementRow {
        RequirementRow {
            level: self.level_at(binding),
            statement: self.statement.text(),
            source: self.source,
            tier: self.tier,
            check: self.check,
            reason: self.reason.as_ref().map(Statement::text),
        }
    }
}
