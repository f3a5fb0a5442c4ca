//! The words of the reports, in Japanese and English. One word per idea, so that no two writers name a thing differently.

use crate::model::{Blame, Level, Source, Verdict};

/// A fixed phrase in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

/// The language of a writer that speaks one language at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Japanese.
    #[default]
    Japanese,
    /// English.
    English,
}

impl Phrase {
    /// The phrase in one language.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Japanese => self.ja,
            Language::English => self.en,
        }
    }
}

const fn phrase(ja: &'static str, en: &'static str) -> Phrase {
    Phrase { ja, en }
}

/// The word for one verdict.
#[must_use]
pub fn verdict(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Pass => phrase("合格", "pass"),
        Verdict::Warn => phrase("注意", "warn"),
        Verdict::Fail => phrase("不合格", "fail"),
        Verdict::NotApplicable => phrase("対象外", "not applicable"),
        Verdict::Inconclusive => phrase("判定不能", "inconclusive"),
        Verdict::NeedsReview => phrase("要確認", "needs review"),
        Verdict::ConfigError => phrase("設定誤り", "config error"),
        Verdict::BenchError => phrase("ベンチ障害", "bench error"),
        Verdict::NotRun => phrase("未実施", "not run"),
    }
}

/// The verdict of a whole run, as a reader would say it.
#[must_use]
pub fn headline(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Pass => phrase("適合", "Conformant"),
        Verdict::Warn => phrase("適合（注意あり）", "Conformant, with warnings"),
        Verdict::Fail => phrase("不適合", "Not conformant"),
        Verdict::NotApplicable => phrase("判定対象なし", "Nothing applied"),
        Verdict::Inconclusive => phrase("判定不能", "Inconclusive"),
        Verdict::NeedsReview => phrase("人による確認が必要", "Waits for a person's review"),
        Verdict::ConfigError => phrase("設定誤り", "Configuration error"),
        Verdict::BenchError => phrase("ベンチ障害", "Fault of the bench"),
        Verdict::NotRun => phrase("未完了", "Not complete"),
    }
}

/// What the verdict of a whole run means, in one sentence.
#[must_use]
pub fn meaning(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Pass => phrase(
            "評価した要件はすべて満たされました。",
            "Every requirement that was evaluated holds.",
        ),
        Verdict::Warn => phrase(
            "必須要件は満たされましたが、推奨事項に注意があります。",
            "Every MUST that was evaluated holds; some recommendations do not.",
        ),
        Verdict::Fail => {
            phrase("満たされない必須要件があります。", "At least one MUST does not hold.")
        }
        Verdict::NotApplicable => phrase(
            "この製品に当てはまるシナリオがなく、何も評価していません。",
            "No scenario applied to this product, so nothing was evaluated.",
        ),
        Verdict::Inconclusive => phrase(
            "観測が足りず、判定に至りませんでした。",
            "The bench did not see enough to reach a verdict.",
        ),
        Verdict::NeedsReview => phrase(
            "人が確認するまで判定は確定しません。",
            "The verdict stays open until a person has looked.",
        ),
        Verdict::ConfigError => phrase(
            "設定の誤りにより、製品を正しく評価できませんでした。",
            "The configuration kept the bench from judging the product.",
        ),
        Verdict::BenchError => phrase(
            "ベンチ自身の障害です。この実行の判定は製品の評価に使えません。",
            "The bench itself is at fault; this run says nothing reliable about the product.",
        ),
        Verdict::NotRun => phrase(
            "予定したシナリオがすべては実行されていません。",
            "Not every planned scenario was run.",
        ),
    }
}

/// How strongly a requirement binds.
#[must_use]
pub fn level(level: Level) -> Phrase {
    match level {
        Level::Must => phrase("必須", "MUST"),
        Level::Should => phrase("推奨", "SHOULD"),
    }
}

/// Where a requirement comes from.
#[must_use]
pub fn source(source: Source) -> Phrase {
    match source {
        Source::Public => phrase("公開資料", "public"),
        Source::Customer => phrase("顧客資料", "customer"),
        Source::BenchProfile => phrase("ベンチ独自", "bench profile"),
    }
}

/// On whose side the cause lies.
#[must_use]
pub fn blame(blame: Blame) -> Phrase {
    match blame {
        Blame::Product => phrase("製品", "product"),
        Blame::Configuration => phrase("設定", "configuration"),
        Blame::Environment => phrase("環境", "environment"),
        Blame::Bench => phrase("ベンチ", "bench"),
    }
}
