//! The coverage as a table for a terminal.

use std::io::{self, Write};

use super::{Coverage, CoverageWriter, Row, State};
use crate::columns::{pad_left, pad_right};
use crate::model::Level;
use crate::words::Language;

/// The writer of the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table {
    /// The language.
    pub language: Language,
}

impl CoverageWriter for Table {
    fn write(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        self.head(out)?;
        for row in &coverage.rows {
            self.row(coverage, row, out)?;
        }
        writeln!(out)?;
        self.sums(coverage, out)
    }
}

impl Table {
    fn words<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Japanese => ja,
            Language::English => en,
        }
    }

    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}{}{}{}  {}",
            pad_right(self.words("要件／シナリオ", "requirement / scenario"), 46),
            pad_right(self.words("水準", "level"), 8),
            pad_left(self.words("判定", "assertions"), 11),
            pad_left(self.words("変異体", "mutants"), 9),
            self.words("状態", "state"),
        )
    }

    fn row(&self, coverage: &Coverage, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let level = match row.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        };
        let mutants =
            if coverage.with_mutants { row.mutants.len().to_string() } else { "–".to_owned() };
        let word = row.state().word();
        writeln!(
            out,
            "{}{}{}{}  {}",
            pad_right(&row.id, 46),
            pad_right(level, 8),
            pad_left(&row.assertions().to_string(), 11),
            pad_left(&mutants, 9),
            self.words(&word.ja, &word.en),
        )?;
        for scene in &row.scenarios {
            let twin = if scene.deviation { self.words("逸脱", "deviation") } else { "" };
            let name = pad_right(&format!("  {}", scene.id), 46);
            let count = pad_left(&scene.assertions.len().to_string(), 11);
            let line = format!("{name}{}{count}  {}{twin}", pad_right("", 8), pad_right("", 9));
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn sums(&self, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        for tier in [1, 2] {
            let total = coverage.rows.iter().filter(|row| row.tier == tier).count();
            let told = State::ALL.into_iter().map(|state| {
                let word = state.word();
                format!("{} {}", self.words(&word.ja, &word.en), coverage.count(tier, state))
            });
            let told: Vec<String> = told.collect();
            let name = self.words("段", "tier");
            writeln!(out, "{name} {tier}: {total} = {}", told.join(" + "))?;
        }
        if !coverage.with_mutants {
            let ja = "変異体がまだないため、判定が失敗し得ることは示されていない。";
            let en = "There are no mutants, so nothing shows that an assertion can fail.";
            writeln!(out, "{}", self.words(ja, en))?;
        }
        Ok(())
    }
}
