//! Functions for the compiler to check: annotated, with loops by hand, and without any retry. Each kind is a crate of its own, written
//! into a folder, whose dependencies are checked first; then rustc is called as cargo called it.

use crate::callgrind;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::{error, fs, io};

/// The way in which the functions of a crate are retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By `#[retry]`.
    Annotated,
    /// By a loop.
    ByHand,
    /// Not at all.
    Plain,
}

const KINDS: [Kind; 3] = [Kind::Annotated, Kind::ByHand, Kind::Plain];

impl Kind {
    /// Returns the name of its crate.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Annotated => "annotated",
            Self::ByHand => "by_hand",
            Self::Plain => "plain",
        }
    }
}

/// Which functions a crate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Functions {
    /// Every second one is async.
    Mixed,
    /// None is async.
    Sync,
    /// All are async.
    Async,
}

impl Functions {
    fn is_async(self, number: usize) -> bool {
        match self {
            Self::Mixed => number % 2 == 1,
            Self::Sync => false,
            Self::Async => true,
        }
    }
}

/// The crates in their folder.
#[derive(Debug, Clone, Copy)]
pub struct Workspace<'a> {
    /// Made by [`Workspace::write`].
    pub folder: &'a Path,
    /// The number of functions in each crate.
    pub count: usize,
    /// Sync or async.
    pub functions: Functions,
}

impl Workspace<'_> {
    /// Writes the crates.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self) -> io::Result<()> {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = bench.parent().unwrap_or(bench);
        fs::create_dir_all(self.folder)?;
        fs::copy(root.join("Cargo.lock"), self.folder.join("Cargo.lock"))?;
        fs::write(
            self.folder.join("Cargo.toml"),
            "[workspace]\nmembers = [\"annotated\", \"by_hand\", \"plain\"]\nresolver = \"3\"\n",
        )?;
        for kind in KINDS {
            let (name, member) = (kind.name(), self.folder.join(kind.name()));
            fs::create_dir_all(member.join("src"))?;
            let manifest = format!(
                "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nreattempt = {{ path = '{}' }}\n\
                 tokio = {{ version = \"1\", default-features = false, features = [\"time\"] }}\n",
                root.display()
            );
            fs::write(member.join("Cargo.toml"), manifest)?;
            fs::write(member.join("src/lib.rs"), source(kind, self.count, self.functions))?;
        }
        Ok(())
    }

    /// Checks a crate with its dependencies, and returns the call of rustc for the crate itself.
    ///
    /// # Errors
    ///
    /// Cargo fails, or prints no such call.
    pub fn check_command(&self, kind: Kind) -> Result<String, Box<dyn error::Error>> {
        let name = kind.name();
        let output = Command::new("cargo")
            .args(["check", "-v", "-p", name])
            .current_dir(self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .output()?;
        let text = String::from_utf8(output.stderr)?;
        if !output.status.success() {
            return Err(text.into());
        }
        let mut call = text.lines().filter_map(|line| line.trim().strip_prefix("Running `")?.strip_suffix('`'));
        let call = call.rfind(|call| call.contains(&format!("--crate-name {name} ")));
        Ok(call.ok_or("cargo shows no call of rustc")?.to_owned())
    }

    /// Counts the instructions of rustc for a crate.
    ///
    /// # Errors
    ///
    /// The crate cannot be checked, or valgrind prints no count.
    pub fn instructions(&self, kind: Kind) -> Result<u64, Box<dyn error::Error>> {
        let call = self.check_command(kind)?;
        let (_, arguments) = call.split_once(' ').ok_or("a call of rustc has arguments")?;
        // Not the one that only finds the toolchain.
        let output = Command::new("rustc").args(["--print", "sysroot"]).output()?;
        let rustc = Path::new(String::from_utf8(output.stdout)?.trim()).join("bin/rustc");
        let mut command = Command::new("bash");
        command.arg("-c").arg(format!("exec \"$@\" {arguments}")).arg("bash");
        callgrind::count(command.current_dir(self.folder), &rustc)
    }
}

/// The code that all functions share: a client, an error, and for the loops by hand a backoff and a classifier.
const PRELUDE: &str = r#"//! Functions that ask a service.
#![allow(dead_code, unused_imports)]

use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub enum ApiError {
    Timeout,
    Busy { retry_after: Option<Duration> },
    Status(u16),
    Malformed(String),
}

impl reattempt::Transient for ApiError {
    fn is_transient(&self) -> bool {
        is_transient(self)
    }
}

pub fn is_transient(error: &ApiError) -> bool {
    matches!(error, ApiError::Timeout | ApiError::Busy { .. } | ApiError::Status(500..=599))
}

#[derive(Debug, Default, Clone)]
pub struct Summary {
    pub account: String,
    pub entries: Vec<(String, u64)>,
    pub total: u64,
    pub pages: u32,
}

pub struct Reply {
    pub status: u16,
    pub body: String,
    pub has_more: bool,
}

pub struct Client {
    pub host: String,
}

impl Client {
    pub fn get(&self, path: &str, headers: &[(&str, String)]) -> Result<Reply, ApiError> {
        self.answer(path, headers.len())
    }

    pub async fn get_async(&self, path: &str, headers: &[(&str, String)]) -> Result<Reply, ApiError> {
        std::future::ready(self.answer(path, headers.len())).await
    }

    fn answer(&self, path: &str, headers: usize) -> Result<Reply, ApiError> {
        if headers > 9 {
            return Err(ApiError::Timeout);
        }
        Ok(Reply { status: 200, body: format!("{}{path}", self.host), has_more: false })
    }
}

pub struct Backoff {
    next: Duration,
    cap: Duration,
    factor: f64,
    seed: u64,
}

impl Backoff {
    pub fn new(base: Duration, cap: Duration, factor: f64) -> Self {
        Self { next: base, cap, factor, seed: 0x9E37_79B9_7F4A_7C15 }
    }

    pub fn delay(&mut self) -> Duration {
        let nominal = self.next.min(self.cap);
        self.next = nominal.mul_f64(self.factor);
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        nominal.mul_f64((self.seed >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
"#;

/// One variety of settings: the attribute, and the same by hand.
struct Settings {
    attribute: &'static str,
    /// Before the loop.
    setup: &'static str,
    /// The condition for a retry.
    condition: &'static str,
}

const SETTINGS: [Settings; 4] = [
    Settings {
        attribute: r#"#[reattempt::retry(max = 5, base = "100ms", cap = "5s", on = is_transient)]"#,
        setup: "let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5), 2.0);",
        condition: "attempt < 5 && is_transient(&error)",
    },
    Settings {
        attribute: r#"#[reattempt::retry(strategy = "equal_jitter", max = 4, deadline = "30s", on = matches(ApiError::Busy { .. } | ApiError::Timeout))]"#,
        setup: "let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(10), 2.0);\n    \
                let started = Instant::now();",
        condition: "attempt < 4\n                    && matches!(error, ApiError::Busy { .. } | ApiError::Timeout)\n                    \
                    && started.elapsed() < Duration::from_secs(30)",
    },
    Settings {
        attribute: "#[reattempt::retry]",
        setup: "let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(10), 2.0);",
        condition: "attempt < 3 && is_transient(&error)",
    },
    Settings {
        attribute: r#"#[reattempt::retry(strategy = "exponential", base = "50ms", jitter = 0.2, max = 6, on = |error| matches!(error, ApiError::Timeout))]"#,
        setup: "let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(10), 2.0);",
        condition: "attempt < 6 && matches!(error, ApiError::Timeout)",
    },
];

/// The body of a function: 30 lines.
const BODY: &str = r#"let mut summary = Summary { account: account.to_owned(), ..Summary::default() };
let mut headers = vec![("accept", String::from("text/plain")), ("x-request", format!("NUMBER-{account}"))];
if limit > 100 {
    headers.push(("x-large", limit.to_string()));
}
loop {
    let path = format!("/accounts/{account}/entries?page={}&limit={limit}", summary.pages);
    let reply = GET?;
    match reply.status {
        200..=299 => {}
        503 => return Err(ApiError::Busy { retry_after: Some(Duration::from_secs(1)) }),
        status => return Err(ApiError::Status(status)),
    }
    for line in reply.body.lines() {
        let Some((name, amount)) = line.split_once('=') else {
            return Err(ApiError::Malformed(line.to_owned()));
        };
        let amount: u64 = amount.trim().parse().map_err(|_| ApiError::Malformed(amount.to_owned()))?;
        summary.total = summary.total.saturating_add(amount * NUMBER);
        summary.entries.push((name.trim().to_owned(), amount));
    }
    summary.pages += 1;
    let is_full = summary.entries.len() >= limit as usize;
    if is_full || !reply.has_more {
        break;
    }
}
summary.entries.sort_by(|left, right| right.1.cmp(&left.1));
summary.entries.truncate(limit as usize);
Ok(summary)
"#;

fn source(kind: Kind, count: usize, functions: Functions) -> String {
    let mut source = PRELUDE.to_owned();
    for number in 0..count {
        let is_async = functions.is_async(number);
        // Each variety of settings for sync and async functions alike.
        let settings = &SETTINGS[number / 2 % SETTINGS.len()];
        let get = if is_async { "client.get_async(&path, &headers).await" } else { "client.get(&path, &headers)" };
        let body = BODY.replace("NUMBER", &number.to_string()).replace("GET", get);
        let keyword = if is_async { "async " } else { "" };
        let attribute = if kind == Kind::Annotated { settings.attribute } else { "" };
        let body = match kind {
            Kind::Annotated | Kind::Plain => indented(&body, 1),
            Kind::ByHand => by_hand(&body, is_async, settings),
        };
        let written = write!(
            source,
            "\n/// Sums up the entries of an account, variety {number}.\n{attribute}\n\
             pub {keyword}fn sum_{number}(client: &Client, account: &str, limit: u32) -> Result<Summary, ApiError> {{\n{body}}}\n"
        );
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }
    source
}

/// Returns the body in a loop written by hand.
fn by_hand(body: &str, is_async: bool, settings: &Settings) -> String {
    let (open, close) = if is_async {
        ("let outcome: Result<Summary, ApiError> = async {", "}\n        .await;")
    } else {
        ("let outcome = (|| -> Result<Summary, ApiError> {", "})();")
    };
    let sleep =
        if is_async { "tokio::time::sleep(backoff.delay()).await" } else { "std::thread::sleep(backoff.delay())" };
    let Settings { setup, condition, .. } = settings;
    let body = indented(body, 3);
    format!(
        "    {setup}\n    let mut attempt = 0_u32;\n    loop {{\n        attempt += 1;\n        {open}\n{body}        {close}\n        \
         match outcome {{\n            Err(error) if {condition} => {{\n                {sleep};\n            }}\n            \
         outcome => return outcome,\n        }}\n    }}\n"
    )
}

fn indented(text: &str, depth: usize) -> String {
    text.lines().flat_map(|line| ["    ".repeat(depth), line.to_owned(), "\n".to_owned()]).collect()
}
