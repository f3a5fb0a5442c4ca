//! The terminal report: what the run is worth, a table of areas and verdicts, and whatever needs somebody's attention.

use std::io::{self, Write};

use crate::columns::{clip, pad_left, pad_right, width, wrap};
use crate::model::{Blame, CaseResult, Check, RunRecord, Verdict};
use crate::rollup::ReturnedShares;
use crate::scope::{Budgeted, ProfileInfo, WaiverUse};
use crate::words::{self, Language, Phrase};
use crate::{ReportWriter, clean, rollup};

/// The widest name of an area, in columns.
const AREA_COLUMNS: usize = 24;

/// Scenarios left out of a budget that are named.
const LEFT_OUT: usize = 8;

/// Order in which cases are listed: what must be dealt with first comes first.
const LISTED: [Verdict; 7] = [
    Verdict::BenchError,
    Verdict::ConfigError,
    Verdict::Fail,
    Verdict::Inconclusive,
    Verdict::NotRun,
    Verdict::NeedsReview,
    Verdict::Warn,
];

/// The writer of the terminal report.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// The language of everything that is ours.
    pub language: Language,
    /// Whether ANSI colours may be used.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { language: Language::default(), colour: false, width: 80 }
    }
}

impl ReportWriter for Text {
    fn write(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let screen = Screen { style: *self, width: self.width.max(40) };
        screen.table(run, out)?;
        for verdict in LISTED {
            for case in run.cases.iter().filter(|case| case.verdict == verdict) {
                screen.case(case, out)?;
            }
        }
        screen.conclusion(run, out)
    }
}

struct Screen {
    style: Text,
    width: usize,
}

impl Screen {
    fn say(&self, phrase: Phrase) -> &'static str {
        phrase.in_language(self.style.language)
    }

    fn words(&self, ja: &'static str, en: &'static str) -> &'static str {
        self.say(Phrase { ja, en })
    }

    fn painted(&self, verdict: Verdict, text: &str) -> String {
        let code = match verdict {
            Verdict::Pass => "32",
            Verdict::Warn => "33",
            Verdict::Fail => "1;31",
            Verdict::Inconclusive | Verdict::NeedsReview => "36",
            Verdict::ConfigError | Verdict::BenchError => "1;35",
            Verdict::NotApplicable | Verdict::NotRun => "2",
        };
        self.sgr(code, text)
    }

    fn sgr(&self, code: &str, text: &str) -> String {
        if self.style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Areas by verdicts. Only verdicts that occur have a column; signs replace words when those do not fit.
    fn table(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let totals = rollup::counts(&run.cases);
        let shown: Vec<Verdict> =
            Verdict::ALL.into_iter().filter(|v| totals.get(v).is_some_and(|n| *n > 0)).collect();
        let areas = rollup::by_area(run);
        let first =
            areas.keys().map(|area| width(area)).max().unwrap_or_default().clamp(8, AREA_COLUMNS);
        let worded =
            |verdict: &Verdict| format!("{} {}", verdict.symbol(), self.say(verdict.word()));
        let fits =
            first + shown.iter().map(|verdict| width(&worded(verdict)) + 2).sum::<usize>() + 8
                <= self.width;
        let heads: Vec<(Verdict, String)> = shown
            .iter()
            .map(|v| (*v, if fits { worded(v) } else { format!("  {}", v.symbol()) }))
            .collect();

        let line: String =
            heads.iter().map(|(v, head)| format!("  {}", self.painted(*v, head))).collect();
        let total = self.words("計", "all");
        writeln!(
            out,
            "{}{line}  {}",
            pad_right(self.words("領域", "area"), first),
            pad_left(total, 6)
        )?;
        for (area, cases) in &areas {
            let name = pad_right(&clip(&clean::one_line(area), first), first);
            self.table_row(&name, &heads, cases, out)?;
        }
        if areas.len() > 1 {
            self.table_row(
                &pad_right(total, first),
                &heads,
                &run.cases.iter().collect::<Vec<_>>(),
                out,
            )?;
        }
        if !fits {
            self.legend(&shown.iter().map(worded).collect::<Vec<_>>(), out)?;
        }
        writeln!(out)
    }

    /// The words of the signs, never broken in the middle of one.
    fn legend(&self, words: &[String], out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        for word in words {
            if !line.is_empty() && width(&line) + width(word) + 2 > self.width {
                write!(out, "\n{}", std::mem::take(&mut line))?;
            }
            line.push_str(if line.is_empty() { "" } else { "  " });
            line.push_str(word);
        }
        writeln!(out, "\n{line}")
    }

    fn table_row(
        &self,
        name: &str,
        heads: &[(Verdict, String)],
        cases: &[&CaseResult],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write!(out, "{name}")?;
        let counts = rollup::counts(cases.iter().copied());
        for (verdict, head) in heads {
            let count = counts.get(verdict).copied().unwrap_or_default();
            let (text, columns) =
                (if count == 0 { "·".to_owned() } else { count.to_string() }, width(head));
            let cell = pad_left(&text, columns);
            let cell =
                if count == 0 { self.sgr("2", &cell) } else { self.painted(*verdict, &cell) };
            write!(out, "  {cell}")?;
        }
        writeln!(out, "  {}", pad_left(&cases.len().to_string(), 6))
    }

    fn case(&self, case: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("{} {}", case.verdict.symbol(), self.say(case.verdict.word()));
        let title = match self.style.language {
            Language::Japanese => &case.title.ja,
            Language::English => &case.title.en,
        };
        writeln!(out, "{}  {}", self.painted(case.verdict, &head), clean::one_line(&case.id))?;
        self.indented("", title, out)?;
        if let Some(why) = &case.why {
            let side = case
                .blame
                .map(|blame| format!("（{}）", self.say(words::blame(blame))))
                .unwrap_or_default();
            let side = if self.style.language == Language::English {
                side.replace('（', " (").replace('）', ")")
            } else {
                side
            };
            self.indented(self.words("理由", "why"), &format!("{why}{side}"), out)?;
        }
        for check in case
            .checks
            .iter()
            .filter(|check| !matches!(check.verdict, Verdict::Pass | Verdict::NotApplicable))
        {
            self.check(check, out)?;
        }
        for judgement in &case.judgements {
            let Some(at) = judgement.divergence.as_ref() else { continue };
            let (expected, actual) = (self.words("期待", "expected"), self.words("実際", "actual"));
            let text = format!(
                "{} {}: {expected} {} / {actual} {}",
                judgement.event, at.pointer, at.expected, at.actual
            );
            self.indented(self.words("相違", "diverges"), &text, out)?;
        }
        if let Some(next) = &case.next_step {
            self.indented(self.words("次に", "next"), next, out)?;
        }
        self.indented(self.words("証拠", "evidence"), &case.evidence_file, out)?;
        writeln!(out)
    }

    fn check(&self, check: &Check, out: &mut dyn Write) -> io::Result<()> {
        let (expected, actual) = (self.words("期待", "expected"), self.words("実際", "actual"));
        let level = self.say(words::level(check.level));
        let verdict = self.say(check.verdict.word());
        let text = format!(
            "{} [{level}] {verdict}: {expected} {} / {actual} {}",
            check.requirement.join(" "),
            check.expected,
            check.actual
        );
        self.indented(self.words("要件", "requires"), &text, out)
    }

    /// A label in a column of its own, the text wrapped beside it. Nothing is cut: these lines are for reading.
    fn indented(&self, label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        const LABEL: usize = 10;
        let lines = wrap(&clean::one_line(text), self.width.saturating_sub(LABEL + 2));
        for (index, line) in lines.iter().enumerate() {
            let label = pad_right(if index == 0 { label } else { "" }, LABEL);
            writeln!(out, "{}", format!("  {label}{line}").trim_end())?;
        }
        Ok(())
    }

    fn conclusion(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let verdict = rollup::run_verdict(run);
        let head = format!("{} {}", verdict.symbol(), self.say(words::headline(verdict)));
        writeln!(out, "{}", self.painted(verdict, &head))?;
        self.indented("", self.say(words::meaning(verdict)), out)?;
        if let Some(why) = &run.incomplete {
            self.indented(self.words("中断", "cut short"), why, out)?;
        }
        let product = &run.product;
        let positions = product.positions.join(", ");
        let product =
            format!("{} {} ({}) [{positions}]", product.name, product.version, product.vendor);
        self.indented(self.words("製品", "product"), &product, out)?;
        if let Some(profile) = &run.scope.profile {
            self.indented(self.words("適合表", "profile"), &self.profile(profile), out)?;
        }
        self.indented(self.words("要件", "covered"), &self.coverage(run), out)?;
        self.scope(run, out)?;
        if let Some(returned) = rollup::returned(run) {
            self.indented(self.words("返戻率", "returned"), &self.returned(returned), out)?;
        }
        let code = self.words("終了コード", "exit code");
        let bench = format!("{} {}", run.bench.name, run.bench.version);
        let text = format!("seed {} · {bench} · {code} {}", run.seed, rollup::exit_code(verdict));
        self.indented(self.words("再現", "replay"), &text, out)
    }

    fn returned(&self, shares: ReturnedShares) -> String {
        let (old, new) = (self.words("旧方式", "old flow"), self.words("新方式", "new flow"));
        let note = self.words("この実行の請求", "claims of this run");
        format!("{old} {} / {new} {} · {note}", shares.old.in_words(), shares.new.in_words())
    }

    fn profile(&self, profile: &ProfileInfo) -> String {
        let title = match self.style.language {
            Language::Japanese => &profile.title.ja,
            Language::English => &profile.title.en,
        };
        let (rows, tier) = (self.words("要件", "requirements"), self.words("段", "tier"));
        format!("{} · {title} · {} {rows} · {tier} {}", profile.name, profile.rows, profile.tier)
    }

    /// What a conformance statement left out, what was waived, and what changed since an earlier run.
    fn scope(&self, run: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        let scope = &run.scope;
        if scope.conceptual {
            let text = self.words(
                "概念（拒否の種類は問わない）",
                "conceptual: a refusal of any class counts where one is expected",
            );
            self.indented(self.words("等級", "grade"), text, out)?;
        }
        if let Some(day) = &scope.relative_to {
            let words = self.words(
                "から始まる物語（製品自身の時計による）",
                "stories begin on this day: the product goes by its own clock",
            );
            let text = format!("{day} {words}");
            self.indented(self.words("日", "day"), &text, out)?;
        }
        if scope.listened {
            let text = self.words(
                "製品の間を通ったものだけを判定した",
                "what passed between the products, and nothing else, was judged",
            );
            self.indented(self.words("聞いた", "listened"), text, out)?;
        }
        if let Some(budget) = &scope.budget {
            self.indented(self.words("時間枠", "budget"), &self.budget(budget), out)?;
        }
        for row in &scope.not_claimed {
            let text = format!("{}: {}", row.requirement, row.reason);
            self.indented(self.words("対象外", "no claim"), &text, out)?;
        }
        for waiver in &scope.waivers {
            self.indented(self.words("免除", "waived"), &self.waiver(waiver), out)?;
            if let Some(next) = waiver.state.next() {
                let whose = self.say(words::blame(Blame::Configuration));
                let text = match self.style.language {
                    Language::Japanese => format!("{}（{whose}）", next.ja),
                    Language::English => format!("{} ({whose})", next.en),
                };
                self.indented(self.words("次に", "next"), &text, out)?;
            }
        }
        let Some(since) = &scope.since else { return Ok(()) };
        let told = |ja, en, ids: &[String]| format!("{} {}", self.words(ja, en), ids.join(" "));
        let parts = [
            ("新たな不成立", "newly failing", &since.new),
            ("不成立のまま", "still failing", &since.still),
            ("解消", "repaired", &since.repaired),
        ];
        let parts = parts.into_iter().filter(|(_, _, ids)| !ids.is_empty());
        let text: Vec<String> = parts.map(|(ja, en, ids)| told(ja, en, ids)).collect();
        let text = if text.is_empty() {
            self.words("変化なし", "no change").to_owned()
        } else {
            text.join(" · ")
        };
        self.indented(self.words("前回比", "since"), &format!("{}: {text}", since.version), out)
    }

    fn budget(&self, budget: &Budgeted) -> String {
        let words = budget.words();
        let (words, left_out) = match self.style.language {
            Language::Japanese => (words.ja, "未評価のシナリオ"),
            Language::English => (words.en, "left out"),
        };
        let some: Vec<&str> = budget.left_out.iter().take(LEFT_OUT).map(String::as_str).collect();
        let more = budget.left_out.len() - some.len();
        let more = if more > 0 { format!(" … +{more} (result.json)") } else { String::new() };
        if some.is_empty() {
            words
        } else {
            format!("{words} · {left_out}: {}{more}", some.join(" "))
        }
    }

    fn waiver(&self, waiver: &WaiverUse) -> String {
        let word = waiver.state.word();
        let (word, until) = match self.style.language {
            Language::Japanese => (word.ja, "期限"),
            Language::English => (word.en, "until"),
        };
        let WaiverUse { requirement, owner, reason, expires, hits, limit, .. } = waiver;
        format!("{requirement} {word} {hits}/{limit} · {until} {expires} · {owner}: {reason}")
    }

    fn coverage(&self, run: &RunRecord) -> String {
        let outcomes = rollup::requirements(run);
        let listed = outcomes.values().filter(|outcome| outcome.listed);
        let evaluated = listed.clone().filter(|outcome| outcome.evaluated > 0).count();
        let (of, words) = (listed.count(), self.words("件を評価", "requirements evaluated"));
        let by_hand = run.requirements.values().filter(|row| !row.check.is_auto()).count();
        if by_hand == 0 {
            return format!("{evaluated} / {of} {words}");
        }
        let rest = self.words("件は機械では確かめない", "not checked by a machine");
        format!("{evaluated} / {of} {words} · {by_hand} {rest}")
    }
}
