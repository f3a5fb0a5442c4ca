//! The positions at which something can be wrong.

use serde::{Deserialize, Serialize};

/// One position of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// My Number Card.
    Card,
    /// 顔認証付きカードリーダー.
    Reader,
    /// 資格確認端末.
    Terminal,
    /// レセコン.
    ReceiptComputer,
    /// 資格確認機関.
    Backend,
    /// 保険者.
    Insurer,
    /// 審査支払機関.
    ReviewAgency,
    /// 公的個人認証の認証局.
    Authority,
}

impl Place {
    /// The word of the YAML.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Reader => "reader",
            Self::Terminal => "terminal",
            Self::ReceiptComputer => "receipt-computer",
            Self::Backend => "backend",
            Self::Insurer => "insurer",
            Self::ReviewAgency => "review-agency",
            Self::Authority => "authority",
        }
    }
}
