//! Chromium without a window, driven over a pipe: just enough of the DevTools protocol to open a page, click, type and look.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than anything takes; who waits so long waits in vain.
const LIMIT: Duration = Duration::from_secs(60);

/// A browser of its own, which ends with the value, also when a test panics.
pub struct Browser {
    process: Child,
    orders: ChildStdin,
    answers: Receiver<Value>,
    last: u64,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken over the descriptors 3 and 4, which here lead to the standard ones.
        let script = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut process = Command::new("sh")
            .args(["-c", script, "sh", "--headless", "--no-sandbox", "--disable-gpu"])
            .args(["--remote-debugging-pipe", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--force-prefers-reduced-motion", "--lang=ja"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap());
        let (heard, answers) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while told.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let Ok(message_) = serde_json::from_slice(&message) else { break };
                message.clear();
                if heard.send(message_).is_err() {
                    break;
                }
            }
        });
        Self { process, orders, answers, last: 0, _profile: profile }
    }

    fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut order = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = session {
            order["sessionId"] = json!(session);
        }
        self.orders.write_all(order.to_string().as_bytes()).unwrap();
        self.orders.write_all(b"\0").unwrap();
        loop {
            let message = self.answers.recv_timeout(LIMIT).expect("chromium says nothing");
            if message["id"] == json!(self.last) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
        }
    }

    /// A page of this size, in CSS pixels.
    pub fn page(&mut self, width: u32, height: u32) -> Page {
        let target = self.call(None, "Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.call(None, "Target.attachToTarget", attach);
        let page = Page(attached["sessionId"].as_str().unwrap().to_owned());
        page.resize(self, width, height);
        page
    }
}

/// One page of a browser.
pub struct Page(String);

impl Page {
    fn call(&self, browser: &mut Browser, method: &str, params: Value) -> Value {
        browser.call(Some(&self.0), method, params)
    }

    pub fn resize(&self, browser: &mut Browser, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call(browser, "Emulation.setDeviceMetricsOverride", size);
    }

    pub fn open(&self, browser: &mut Browser, url: &str) {
        self.call(browser, "Page.navigate", json!({"url": url}));
        self.until(
            browser,
            &format!("location.href === {} && document.readyState === 'complete'", json!(url)),
        );
    }

    /// What an expression comes to; a promise is waited for.
    pub fn value(&self, browser: &mut Browser, expression: &str) -> Value {
        let order = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.call(browser, "Runtime.evaluate", order);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {}",
            result["exceptionDetails"]
        );
        result["result"]["value"].clone()
    }

    /// Waits until a condition holds in the page.
    pub fn until(&self, browser: &mut Browser, condition: &str) {
        let look = format!(
            "new Promise((done) => {{ const end = performance.now() + 15000; const look = () => {{ if ({condition}) done(true); else if (performance.now() > end) done(document.body.dataset.screen + ': ' + document.body.innerText); else setTimeout(look, 10); }}; look(); }})"
        );
        let held = self.value(browser, &look);
        assert_eq!(held, json!(true), "in vain: {condition}");
    }

    /// Clicks with the mouse into the middle of an element, which must be seen there and nothing over it.
    pub fn click(&self, browser: &mut Browser, element: &str) {
        let find = format!(
            "(() => {{ const found = {element}; if (!found) return null; found.scrollIntoView({{ block: 'nearest' }}); const {{ x, y, width, height }} = found.getBoundingClientRect(); const at = [x + width / 2, y + height / 2]; const top = document.elementFromPoint(...at); return found.contains(top) ? at : 'covered'; }})()"
        );
        let at = self.value(browser, &find);
        let [Some(x), Some(y)] = [at[0].as_f64(), at[1].as_f64()] else {
            panic!("cannot be clicked: {element}: {at}: {}", self.text(browser));
        };
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.call(browser, "Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key.
    pub fn key(&self, browser: &mut Browser, key: &str) {
        let text = if key.chars().count() == 1 {
            key
        } else if key == "Enter" {
            "\r"
        } else {
            ""
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key});
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            match key {
                "Tab" => event["windowsVirtualKeyCode"] = json!(9),
                "Enter" => event["windowsVirtualKeyCode"] = json!(13),
                _ => {}
            }
            self.call(browser, "Input.dispatchKeyEvent", event);
        }
    }

    /// Everything that is to be read on the page.
    pub fn text(&self, browser: &mut Browser) -> String {
        self.value(browser, "document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// The page as a PNG, base64.
    pub fn picture(&self, browser: &mut Browser) -> String {
        let shot = self.call(browser, "Page.captureScreenshot", json!({"format": "png"}));
        shot["data"].as_str().unwrap_or_default().to_owned()
    }
}
