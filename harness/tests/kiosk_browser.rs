//! The counter's screens in a browser: one visit clicked through, and every screen held against WCAG 2.2 AA with axe.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod browser;
#[path = "support/served.rs"]
mod served;

use browser::{Browser, Page};
use harness::catalogue::Catalogue;
use serde_json::Value;
use served::Served;

/// axe-core 4.14.1, MPL-2.0; its licence lies beside it.
const AXE: &str = include_str!("axe/axe.min.js");
const PORTRAIT: (u32, u32) = (1080, 1920);
const LANDSCAPE: (u32, u32) = (1280, 800);

/// A patient's page with a browser around it.
struct Seat {
    browser: Browser,
    page: Page,
}

impl Seat {
    fn at(url: &str, (width, height): (u32, u32)) -> Self {
        let mut browser = Browser::start();
        let page = browser.page(width, height);
        page.open(&mut browser, url);
        page.value(&mut browser, AXE);
        page.until(&mut browser, "document.querySelector('.drawer button')");
        Self { browser, page }
    }

    fn sees(&mut self, screen: &str) {
        self.page.until(&mut self.browser, &format!("document.body.dataset.screen === '{screen}'"));
    }

    fn click(&mut self, selector: &str) {
        self.page.click(&mut self.browser, &format!("document.querySelector(`{selector}`)"));
    }

    /// Clicks the button that bears these words.
    fn press(&mut self, words: &str) {
        let find = format!(
            "[...document.querySelectorAll('button')].find((button) => !button.disabled && button.innerText.trim() === `{words}`)"
        );
        self.page.until(&mut self.browser, &find);
        self.page.click(&mut self.browser, &find);
    }

    fn reads(&mut self, words: &str) {
        let text = self.page.text(&mut self.browser);
        assert!(text.contains(words), "{words}: {text}");
    }

    /// Holds the screen against the rules in both sizes, and in Japanese, with furigana and in English.
    fn is_accessible(&mut self, screen: &str) {
        for ((width, height), language, furigana) in
            [(PORTRAIT, "ja", true), (LANDSCAPE, "en", false), (LANDSCAPE, "ja", false)]
        {
            self.page.resize(&mut self.browser, width, height);
            let speak = format!("language = '{language}'; furigana = {furigana}; speak();");
            self.page.value(&mut self.browser, &speak);
            let found = violations(&self.page, &mut self.browser);
            assert!(found.is_empty(), "{screen}, {language}, {width}×{height}: {found:#?}");
        }
    }
}

/// What axe finds wrong, in a line each.
fn violations(page: &Page, browser: &mut Browser) -> Vec<String> {
    let tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";
    let run = format!(
        "axe.run({{ runOnly: {tags}, resultTypes: ['violations'] }}).then(({{ violations }}) => violations.map(({{ id, help, nodes }}) => `${{id}}: ${{help}}: ${{nodes.map(({{ html, failureSummary }}) => html + failureSummary).join(' | ')}}`))"
    );
    let found = page.value(browser, &run);
    found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

fn pin_of(persona: &str) -> String {
    let catalogue = Catalogue::embedded().unwrap();
    catalogue.personas[persona].card.as_ref().unwrap().pin.clone().unwrap()
}

#[test]
fn a_whole_visit_is_clicked_through_and_every_screen_is_accessible() {
    let counter = Served::start(&["reader", "serve"]);
    let mut seat = Seat::at(&format!("{}/?lang=ja", counter.url), PORTRAIT);
    seat.sees("place-card");
    seat.reads("マイナンバーカードを置いてください");
    seat.is_accessible("place-card");
    seat.click("[data-card=hanako]");
    seat.sees("mode");
    seat.is_accessible("mode");
    seat.press("顔認証");
    seat.sees("look");
    seat.is_accessible("look");
    seat.click("[data-capture=other]");
    seat.sees("mode");
    seat.reads("お顔を確認できませんでした");
    seat.is_accessible("mode again");
    seat.press("暗証番号");
    seat.sees("pin");
    seat.is_accessible("pin");
    // Typed on the keyboard, wrong at first.
    for key in ["0", "0", "0", "0"] {
        seat.page.key(&mut seat.browser, key);
    }
    seat.press("決定");
    seat.page.until(&mut seat.browser, "document.body.innerText.includes('あと2回入力できます')");
    seat.is_accessible("wrong pin");
    for key in pin_of("hanako").chars() {
        seat.press(&key.to_string());
    }
    seat.press("決定");
    let mut asked = 0;
    seat.sees("consent");
    seat.is_accessible("consent");
    while seat.page.value(&mut seat.browser, "document.body.dataset.screen") == "consent" {
        asked += 1;
        let answer = if asked == 1 { "同意しない" } else { "同意する" };
        let before = seat.page.value(&mut seat.browser, "session.revision").to_string();
        seat.press(answer);
        seat.page
            .until(&mut seat.browser, &format!("session.revision > {before} && session.question"));
    }
    assert_eq!(asked, 6, "one screen for each kind");
    seat.sees("prescription-form");
    seat.is_accessible("prescription-form");
    seat.press("電子処方箋");
    seat.sees("take-card-back");
    seat.reads("受付が終わりました");
    seat.reads("保険の資格: 有効");
    seat.is_accessible("take-card-back");
    seat.press("カードを取る");
    seat.sees("over");
    seat.is_accessible("over");
    let visit = seat.page.value(&mut seat.browser, "ask('/api/visits/1')");
    assert_eq!(visit["outcome"]["end"], "completed", "{visit}");
    assert_eq!(visit["outcome"]["answer"]["consents"].as_array().unwrap().len(), 5);
    assert_eq!(visit["outcome"]["answer"]["prescription"], "electronic");
    assert_eq!(visit["outcome"]["pin_tries_left"], 3);
}

#[test]
fn a_mask_is_worn_and_a_phone_is_held_over() {
    let counter = Served::start(&["reader", "serve"]);
    let mut seat = Seat::at(&format!("{}/?lang=ja", counter.url), PORTRAIT);
    seat.click("[data-card=hanako]");
    seat.press("顔認証");
    seat.sees("look");
    let choose = |capture: &str| {
        format!("$('how').value = '{capture}'; $('how').dispatchEvent(new Event('change')); true")
    };
    // A blank sheet decides nothing; what was chosen stays chosen.
    seat.page.value(&mut seat.browser, &choose("blank"));
    seat.press("本人");
    seat.sees("mode");
    seat.reads("撮影できませんでした");
    seat.press("顔認証");
    seat.sees("look");
    assert_eq!(seat.page.value(&mut seat.browser, "$('how').value"), "blank");
    let offered = seat.page.value(&mut seat.browser, "$('how').options.length");
    assert_eq!(offered, 14, "ten conditions, three attacks, a broken camera");
    seat.press("カードを取る");
    seat.sees("over");

    seat.click("[data-phone=android]");
    seat.page.until(&mut seat.browser, "document.querySelector('.plastic.phone')");
    seat.is_accessible("whose phone");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    seat.click("[data-card=hanako]");
    seat.sees("phone-pin");
    seat.is_accessible("phone-pin");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    for key in pin_of("hanako").chars() {
        seat.press(&key.to_string());
    }
    seat.press("決定");
    seat.sees("hold-phone");
    seat.is_accessible("hold-phone");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    seat.press("かざしました");
    seat.sees("consent");
    seat.page.until(&mut seat.browser, "$('take').disabled");
    while seat.page.value(&mut seat.browser, "document.body.dataset.screen") == "consent" {
        let before = seat.page.value(&mut seat.browser, "session.revision").to_string();
        seat.press("同意しない");
        seat.page
            .until(&mut seat.browser, &format!("session.revision > {before} && session.question"));
    }
    seat.press("紙の処方箋");
    seat.sees("over");
    seat.reads("受付が終わりました");
}

#[test]
fn staff_notices_refusals_and_public_codes_are_shown_and_accessible() {
    let counter = Served::start(&["reader", "serve"]);
    let mut seat = Seat::at(&format!("{}/?lang=ja", counter.url), LANDSCAPE);
    let staff = seat.browser.page(LANDSCAPE.0, LANDSCAPE.1);
    staff.open(&mut seat.browser, &format!("{}/staff?lang=ja", counter.url));
    staff.value(&mut seat.browser, AXE);
    staff.until(&mut seat.browser, "document.querySelector('#now b')");
    assert_eq!(violations(&staff, &mut seat.browser), [""; 0], "staff, nobody there");

    for (card, code, screen) in [("blank", "001", "001"), ("foreign", "002", "002")] {
        seat.click(&format!("[data-card={card}]"));
        seat.sees("take-card-back");
        seat.reads(&format!("画面コード {code}"));
        seat.is_accessible(screen);
        seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
        seat.press("カードを取る");
        seat.sees("over");
    }

    // Near its end: the notice is there to be read.
    seat.click("[data-card=ichiro]");
    seat.sees("mode");
    seat.press("顔認証");
    seat.sees("look");
    seat.press("本人");
    seat.sees("consent");
    while seat.page.value(&mut seat.browser, "document.body.dataset.screen") == "consent" {
        let before = seat.page.value(&mut seat.browser, "session.revision").to_string();
        seat.press("同意しない");
        seat.page
            .until(&mut seat.browser, &format!("session.revision > {before} && session.question"));
    }
    seat.press("紙の処方箋");
    seat.sees("take-card-back");
    seat.reads("市区町村の窓口で更新してください");
    seat.is_accessible("notice");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    seat.press("カードを取る");
    seat.sees("over");

    seat.page.value(&mut seat.browser, "ask('/api/authority', { person: 'taro', act: 'revoke' })");
    seat.page.until(&mut seat.browser, "document.querySelector('[data-card=taro]')");
    seat.click("[data-card=taro]");
    seat.sees("mode");
    let start = "[...document.querySelectorAll('#todo button')].at(-1)";
    staff.until(&mut seat.browser, &format!("{start}?.innerText === '目視確認を始める'"));
    staff.click(&mut seat.browser, start);
    seat.sees("staff-check");
    seat.is_accessible("staff-check");
    staff.until(&mut seat.browser, "document.querySelector('.todo .go')");
    assert_eq!(violations(&staff, &mut seat.browser), [""; 0], "staff, check");
    staff.click(&mut seat.browser, "document.querySelector('.todo .go')");
    seat.sees("take-card-back");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    seat.reads("画面コード 006");
    seat.is_accessible("006");
    seat.page.value(&mut seat.browser, "language = 'ja'; speak()");
    seat.press("カードを取る");
    staff.until(&mut seat.browser, "document.querySelector('.proofs')");
    assert_eq!(violations(&staff, &mut seat.browser), [""; 0], "staff, other proofs");
    staff.value(&mut seat.browser, "language = 'en'; speak()");
    assert_eq!(violations(&staff, &mut seat.browser), [""; 0], "staff, English");
}

#[test]
fn the_guide_leads_through_the_eight_steps() {
    let demo = Served::start(&["demo", "--persona", "hanako", "--lang", "en"]);
    let mut seat = Seat::at(&format!("{}/?lang=en", demo.url), LANDSCAPE);
    let forward = "document.querySelector('.forward:enabled')";
    let mut seen = Vec::new();
    while seen.last() != Some(&8) {
        seat.page.until(&mut seat.browser, forward);
        let state = "JSON.stringify([session.revision, at, reached])";
        // At once, since the button goes whenever the reader is at work.
        let press = format!(
            "(() => {{ const before = {state}; if (!{forward}) return null; {forward}.click(); return before; }})()"
        );
        let before = seat.page.value(&mut seat.browser, &press);
        if before.is_null() {
            continue;
        }
        let moved = format!("({state} !== {before} && {forward}) || at === 8");
        seat.page.until(&mut seat.browser, &moved);
        let at = seat.page.value(&mut seat.browser, "at").as_i64().unwrap();
        if at > 0 && seen.last() != Some(&at) {
            let found = violations(&seat.page, &mut seat.browser);
            assert!(found.is_empty(), "step {at}: {found:#?}");
            let crossed =
                seat.page.value(&mut seat.browser, "document.querySelectorAll('.crossing').length");
            assert!(crossed.as_i64() > Some(0), "nothing crossed in step {at}");
            seen.push(at);
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
    let sorted = "JSON.stringify([1, 2, 3, 4, 5, 6, 7, 8].map((step) => (crossed[step] ?? []).map(({ seq }) => seq)))";
    let before = seat.page.value(&mut seat.browser, sorted);
    // Loaded anew, the page finds in each step what crossed in it, and no more.
    seat.page.open(&mut seat.browser, &format!("{}/?lang=en&again", demo.url));
    seat.page.until(&mut seat.browser, "typeof reached !== 'undefined' && reached === 8");
    assert_eq!(seat.page.value(&mut seat.browser, sorted), before);
    let evidence = seat.page.value(&mut seat.browser, "ask('/api/evidence?after=0')");
    let seams = |seam: &str| evidence.as_array().unwrap().iter().any(|entry| entry["seam"] == seam);
    for seam in ["card", "reader", "backend", "va", "folder", "claim", "feed"] {
        assert!(seams(seam), "{seam}");
    }
    let secret = |value: &Value, secret: &str| value.to_string().contains(secret);
    for person in Catalogue::embedded().unwrap().personas.values() {
        assert!(!secret(&evidence, &person.individual_number));
    }
}
