//! A real Chromium, without a window and without scripts, driven over a pair of pipes by its own protocol (DevTools, NUL between messages).
//!
//! Never reaches beyond loopback, and never says that a page is well where the browser did not come up.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::tool;

/// On a busy machine a page may take its time.
const PATIENCE: Duration = Duration::from_secs(60);
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
    "--lang=sr",
];

/// A browser with one page.
pub struct Browser {
    child: Child,
    commands: File,
    answers: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    asked: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// None, and a loud word, where there is no Chromium.
    pub fn open() -> Option<Browser> {
        let chromium = tool("chromium")?;
        let profile = tempfile::tempdir().unwrap();
        let pipes = ["commands", "answers"].map(|name| profile.path().join(name));
        assert!(Command::new("mkfifo").args(&pipes).status().unwrap().success());
        // The protocol wants its pipes as descriptors 3 and 4.
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$COMMANDS\" 4>\"$ANSWERS\""])
            .arg(chromium)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .arg("about:blank")
            .env("COMMANDS", &pipes[0])
            .env("ANSWERS", &pipes[1])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = OpenOptions::new().write(true).open(&pipes[0]).unwrap();
        let from = BufReader::new(File::open(&pipes[1]).unwrap());
        let (tell, answers) = channel();
        std::thread::spawn(move || {
            for message in from.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Browser { child, commands, answers, events: VecDeque::new(), session: None, asked: 0, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let session = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for method in ["Page.enable", "DOM.enable", "Log.enable", "Network.enable"] {
            browser.call(method, json!({}));
        }
        browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
        Some(browser)
    }

    fn next(&self) -> Value {
        self.answers.recv_timeout(PATIENCE).expect("the browser answers")
    }

    /// One command of the protocol, and its result.
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.next();
            if answer["id"] == json!(self.asked) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push_back(answer);
        }
    }

    /// A window so wide, in CSS pixels, for people who like it dark or light.
    pub fn is_seen(&mut self, width: u32, scheme: &str) {
        let params = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", params);
        self.call("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}));
    }

    /// Opens an address, and waits until it is there.
    pub fn visit(&mut self, address: &str) {
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        let gone = self.call("Page.navigate", json!({"url": address}));
        assert!(gone["errorText"].is_null(), "{address}: {}", gone["errorText"]);
        self.waits_for_the_page();
    }

    fn waits_for_the_page(&mut self) {
        let began = Instant::now();
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            assert!(began.elapsed() < PATIENCE, "no page came");
            let event = self.next();
            self.events.push_back(event);
        }
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
    }

    fn root(&mut self) -> Value {
        self.call("DOM.getDocument", json!({"depth": 0}))["root"]["nodeId"].clone()
    }

    /// Everything that a selector means.
    fn all(&mut self, selector: &str) -> Vec<Value> {
        let root = self.root();
        let found = self.call("DOM.querySelectorAll", json!({"nodeId": root, "selector": selector}));
        found["nodeIds"].as_array().unwrap().clone()
    }

    fn one(&mut self, selector: &str) -> Value {
        self.all(selector).into_iter().next().unwrap_or_else(|| panic!("no {selector} in\n{}", self.source()))
    }

    /// The page as the browser understood it.
    pub fn source(&mut self) -> String {
        let root = self.root();
        self.call("DOM.getOuterHTML", json!({"nodeId": root}))["outerHTML"].as_str().unwrap().to_owned()
    }

    /// The sizes of all that a selector means and that is shown: width, height, and its markup.
    pub fn sizes(&mut self, selector: &str) -> Vec<(f64, f64, String)> {
        let mut sizes = Vec::new();
        for node in self.all(selector) {
            self.asked += 1;
            let id = self.asked;
            let message = json!({"id": id, "method": "DOM.getBoxModel", "params": {"nodeId": node}, "sessionId": self.session});
            self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
            let answer = loop {
                let answer = self.next();
                if answer["id"] == json!(id) {
                    break answer;
                }
                self.events.push_back(answer);
            };
            // What is folded away has no box.
            let model = &answer["result"]["model"];
            if let (Some(width), Some(height)) = (model["width"].as_f64(), model["height"].as_f64()) {
                let markup = self.call("DOM.getOuterHTML", json!({"nodeId": node}))["outerHTML"].as_str().unwrap().to_owned();
                sizes.push((width, height, markup));
            }
        }
        sizes
    }

    /// How wide the page is, and how wide the window.
    pub fn widths(&mut self) -> (f64, f64) {
        let metrics = self.call("Page.getLayoutMetrics", json!({}));
        let of = |part: &str, name: &str| metrics[part][name].as_f64().unwrap();
        (of("cssContentSize", "width"), of("cssLayoutViewport", "clientWidth"))
    }

    /// Writes into a field.
    pub fn types(&mut self, selector: &str, text: &str) {
        let node = self.one(selector);
        self.call("DOM.focus", json!({"nodeId": node}));
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Clicks into the middle of something.
    pub fn clicks(&mut self, selector: &str) {
        let node = self.one(selector);
        self.call("DOM.scrollIntoViewIfNeeded", json!({"nodeId": node}));
        // A link may break over two lines: the first of them.
        let quads = self.call("DOM.getContentQuads", json!({"nodeId": node}))["quads"].clone();
        let corner = |n: usize| quads[0][n].as_f64().unwrap();
        let (x, y) = ((corner(0) + corner(4)) / 2.0, (corner(1) + corner(5)) / 2.0);
        for kind in ["mousePressed", "mouseReleased"] {
            self.call("Input.dispatchMouseEvent", json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}));
        }
    }

    /// Clicks something that leads to another page, and waits until that is there.
    pub fn follows(&mut self, selector: &str) {
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        self.clicks(selector);
        self.waits_for_the_page();
    }

    /// What the browser complained of since it was last asked: policies broken, things not found.
    pub fn complaints(&mut self) -> Vec<String> {
        // Whatever was said before this answer was said already.
        self.widths();
        let (said, rest): (Vec<Value>, Vec<Value>) = self.events.drain(..).partition(|event| event["method"] == "Log.entryAdded");
        self.events = rest.into();
        said.iter().map(|entry| entry["params"]["entry"]["text"].to_string()).collect()
    }

    /// Every address the browser asked for since it was last asked.
    pub fn requests(&mut self) -> Vec<String> {
        self.widths();
        let (said, rest): (Vec<Value>, Vec<Value>) =
            self.events.drain(..).partition(|event| event["method"] == "Network.requestWillBeSent");
        self.events = rest.into();
        said.iter().filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
