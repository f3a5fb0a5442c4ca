//! The questions to a person in a browser: clicked through, typed wrongly, and every screen held against WCAG 2.2 AA with axe.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod browser;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use browser::{Browser, Page};

/// axe-core 4.14.1, MPL-2.0; its licence lies beside it.
const AXE: &str = include_str!("axe/axe.min.js");
const YAML: &str = "product: {name: Example Receipt Computer, version: 1.0.0, vendor: Test}\npositions:\n  receipt-computer:\n    adapter: human\nhuman: {page: 127.0.0.1:0}\n";

/// Doctor, and somebody before its page.
struct Seat {
    doctor: Child,
    browser: Browser,
    page: Page,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let _ = self.doctor.kill();
        let _ = self.doctor.wait();
    }
}

impl Seat {
    fn at(folder: &Path) -> Self {
        std::fs::write(folder.join("madoguchi.yaml"), YAML).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["doctor", "--sut"]).arg(folder.join("madoguchi.yaml"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut doctor = command.env("LC_ALL", "C.UTF-8").spawn().unwrap();
        let mut line = String::new();
        BufReader::new(doctor.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let mut browser = Browser::start();
        let page = browser.page(1280, 900);
        page.open(&mut browser, &format!("{url}?lang=ja"));
        page.value(&mut browser, AXE);
        Self { doctor, browser, page }
    }

    fn sees(&mut self, words: &str) {
        self.page.until(&mut self.browser, &format!("document.body.innerText.includes('{words}')"));
    }

    fn click(&mut self, selector: &str) {
        let find = format!("document.querySelector(`{selector}`)");
        self.page.until(&mut self.browser, &find);
        self.page.click(&mut self.browser, &find);
    }

    /// Holds the screen against the rules, wide and narrow, in both languages.
    fn is_accessible(&mut self, screen: &str) {
        for (width, language) in [(390, "en"), (1280, "en"), (390, "ja"), (1280, "ja")] {
            self.page.resize(&mut self.browser, width, 900);
            self.page.value(&mut self.browser, &format!("language = '{language}'; speak()"));
            let tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";
            let run = format!(
                "axe.run({{ runOnly: {tags}, resultTypes: ['violations'] }}).then(({{ violations }}) => violations.map(({{ id, nodes }}) => `${{id}}: ${{nodes.map(({{ html, failureSummary }}) => html + failureSummary).join(' | ')}}`))"
            );
            let found = self.page.value(&mut self.browser, &run);
            assert_eq!(
                found.as_array().unwrap().len(),
                0,
                "{screen}, {language}, {width}: {found:#}"
            );
        }
    }
}

#[test]
fn every_question_is_clicked_through_and_accessible() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::at(folder.path());
    seat.sees("これから操作する製品は「Example Receipt Computer」");
    seat.is_accessible("greeting");
    seat.click("[data-choice=this]");
    seat.sees("診察券番号");
    seat.is_accessible("charts");
    seat.click("[data-choice=done]");
    seat.sees("診療録 K-1");
    seat.click("[data-choice=opened]");
    seat.sees("診療録 K-2");
    seat.click("[data-choice=error]");
    seat.sees("何が起きたか");
    let focused = seat.page.value(&mut seat.browser, "document.activeElement.id");
    assert_eq!(focused, "field-reason", "one can type at once");
    seat.page.value(&mut seat.browser, "document.activeElement.value = 'kept'");
    seat.is_accessible("form");
    let typed = seat.page.value(&mut seat.browser, "document.querySelector('#field-reason').value");
    assert_eq!(typed, "kept", "another language takes nothing away");
    seat.click("[data-choice='no-chart']");
    seat.sees("何か結果を知らせましたか");
    seat.click("[data-choice=told]");
    seat.sees("どの診療録か");
    seat.click("form.fields [type=submit]");
    seat.sees("空にできません");
    let invalid = "document.activeElement.getAttribute('aria-invalid')";
    assert_eq!(seat.page.value(&mut seat.browser, invalid), "true");
    seat.is_accessible("a field that must not be empty");
    seat.click("[data-choice=none]");
    seat.sees("ベンチが応答しません");
    seat.is_accessible("over");
    assert_eq!(seat.doctor.wait().unwrap().code(), Some(0));
}
