//! A package around a source of `fixtures`, and cargo's messages about it.
//!
//! It knows nothing of the attribute. The packages lie in the target directory, each a workspace of its own with the versions of this
//! one, so that they are built offline. They share what they have in common.

use serde_json::Value;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The toolchain whose lints the fixtures are written for.
const TOOLCHAIN: &str = "rustc 1.95.";

/// The library with its default features.
pub(crate) const REATTEMPT: &str = "reattempt = { path = '{root}' }";

/// The library without a sleeper for async functions.
pub(crate) const WITHOUT_SLEEPER: &str = "reattempt = { path = '{root}', default-features = false }";

/// The attribute that boxes the futures of traits.
pub(crate) const ASYNC_TRAIT: &str = "async-trait = '0.1'";

/// Returns the folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/fixtures")
}

/// Returns the folder of the packages and of what cargo builds of them.
fn ground() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates")
}

/// Returns a program of the toolchain that runs this test.
fn tool(name: &str) -> PathBuf {
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from(env!("CARGO")), PathBuf::from);
    let beside = cargo.with_file_name(name).with_extension(env::consts::EXE_EXTENSION);
    if beside.exists() { beside } else { PathBuf::from(name) }
}

/// Returns the compiler of that toolchain.
pub(crate) fn rustc() -> Command {
    Command::new(tool("rustc"))
}

/// Prints that something was not tested, also where the output of tests is captured.
pub(crate) fn not_run(why: &str) {
    writeln!(io::stderr(), "NOT RUN: {}", why.trim_end()).expect("standard error is open");
}

/// Returns whether the lints and texts are those that the fixtures were written for; says so if not.
pub(crate) fn is_pinned() -> bool {
    let version = rustc().arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let is_pinned = version.starts_with(TOOLCHAIN);
    if !is_pinned {
        not_run(&format!("the fixtures have the lints of {TOOLCHAIN}x, this is {version}"));
    }
    is_pinned
}

/// A package. Each test has some of its own, so that no two write the same files.
pub(crate) struct Package {
    name: String,
    directory: PathBuf,
}

impl Package {
    /// Returns a library: its root is a path in `fixtures`, its dependencies are lines of a manifest.
    pub(crate) fn library(name: &str, edition: &str, source: &str, dependencies: &[&str]) -> Self {
        Self::new(name, edition, "[lib]", source, dependencies)
    }

    /// Returns a program.
    pub(crate) fn program(name: &str, edition: &str, source: &str, dependencies: &[&str]) -> Self {
        Self::new(name, edition, "[[bin]]", source, dependencies)
    }

    fn new(name: &str, edition: &str, kind: &str, source: &str, dependencies: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
        let directory = ground().join(name);
        let source = fixtures().join(source);
        let dependencies = dependencies.join("\n").replace("{root}", &root.display().to_string());
        let manifest = format!(
            "[workspace]\n\n[package]\nname = '{name}'\nversion = '0.0.0'\nedition = '{edition}'\npublish = false\n\n{kind}\n\
             name = '{library}'\npath = '{source}'\n\n[features]\nretried = []\n\n[dependencies]\n{dependencies}\n",
            library = name.replace('-', "_"),
            source = source.display(),
        );
        fs::create_dir_all(&directory).expect("the target directory can be written");
        // An unchanged manifest keeps its age, so that nothing is built again.
        let path = directory.join("Cargo.toml");
        if fs::read_to_string(&path).ok().as_deref() != Some(&*manifest) {
            fs::write(&path, manifest).expect("the target directory can be written");
        }
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock")).expect("the workspace has a lock file");
        Self { name: name.to_owned(), directory }
    }

    /// Returns the line by which another package depends on this one.
    pub(crate) fn as_dependency(&self) -> String {
        format!("{} = {{ path = '{}' }}", self.name, self.directory.display())
    }

    /// `cargo check`, a line for each message.
    pub(crate) fn check(&self, arguments: &[&str]) -> Report {
        Report::new(&self.cargo("check").arg("--message-format=short").args(arguments).output().expect("cargo runs"))
    }

    /// The errors of `cargo check`: code and message, and the whole of the place.
    pub(crate) fn errors(&self, arguments: &[&str]) -> Vec<Message> {
        let output = self.cargo("check").arg("--message-format=json").args(arguments).output().expect("cargo runs");
        let lines = String::from_utf8_lossy(&output.stdout);
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("cargo writes JSON"));
        let mut errors: Vec<_> = lines.filter_map(|line| Message::error(&line["message"])).collect();
        errors.sort();
        errors
    }

    /// `cargo check`, with all messages of the compiler.
    pub(crate) fn check_in_full(&self) -> String {
        let output = self.cargo("check").output().expect("cargo runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// `cargo clippy`, a line for each message; `None`, and a line about it, where the fixtures are written for another one.
    pub(crate) fn clippy(&self, arguments: &[&str]) -> Option<Report> {
        if !is_pinned() {
            return None;
        }
        let version = self.cargo("clippy").arg("--version").output();
        if !version.is_ok_and(|version| version.status.success()) {
            not_run("there is no clippy; `rustup component add clippy`");
            return None;
        }
        let mut clippy = self.cargo("clippy");
        Some(Report::new(&clippy.arg("--message-format=short").args(arguments).output().expect("clippy runs")))
    }

    /// Builds the program with arguments for its compiler, and returns its path.
    #[track_caller]
    pub(crate) fn build(&self, compiler_arguments: &[&str]) -> PathBuf {
        let output = self.cargo("rustc").arg("--").args(compiler_arguments).output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let program = ground().join("target").join("debug").join(self.name.replace('-', "_"));
        program.with_extension(env::consts::EXE_EXTENSION)
    }

    fn cargo(&self, subcommand: &str) -> Command {
        // The first argument is clippy's own name, even without cargo.
        let program = if subcommand == "clippy" { "cargo-clippy" } else { "cargo" };
        let mut cargo = Command::new(tool(program));
        cargo.args([subcommand, "--offline", "--quiet"]).current_dir(&self.directory);
        cargo.env("CARGO", tool("cargo")).env("RUSTC", tool("rustc"));
        cargo.env("CARGO_TARGET_DIR", ground().join("target"));
        cargo.env("CARGO_TERM_COLOR", "never").env("CARGO_INCREMENTAL", "0");
        // Flags of the environment are for this workspace alone.
        for variable in
            ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS"]
        {
            cargo.env_remove(variable);
        }
        cargo
    }
}

/// The messages of cargo.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) is_success: bool,
    pub(crate) messages: Vec<Message>,
    /// The whole output.
    pub(crate) text: String,
}

/// A message with a place in a fixture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// The line and the column where the place ends, if the compiler was asked for them.
    pub(crate) end: Option<(usize, usize)>,
    pub(crate) file: PathBuf,
    /// Begins with `error` or `warning`.
    pub(crate) text: String,
}

impl Report {
    fn new(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        // Messages about the library itself are left out.
        let mut messages: Vec<Message> = text.lines().filter_map(Message::parse).collect();
        messages.retain(|message| message.file.starts_with(fixtures()));
        messages.sort();
        Self { is_success: output.status.success(), messages, text }
    }
}

impl Message {
    /// Reads `path:line:column: level: text`.
    fn parse(line: &str) -> Option<Self> {
        let (place, text) = line.split_once(": ")?;
        if !text.starts_with("error") && !text.starts_with("warning") {
            return None;
        }
        let mut place = place.rsplitn(3, ':');
        let column = place.next()?.parse().ok()?;
        let line = place.next()?.parse().ok()?;
        let file = PathBuf::from(place.next()?);
        Some(Self { line, column, end: None, file, text: text.to_owned() })
    }

    /// Reads an error that has a place.
    fn error(message: &Value) -> Option<Self> {
        let text = (message["level"] == "error").then(|| message["message"].as_str())??;
        let code = message["code"]["code"].as_str().unwrap_or("-");
        let place = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
        let number = |key: &str| place[key].as_u64().and_then(|number| usize::try_from(number).ok());
        Some(Self {
            line: number("line_start")?,
            column: number("column_start")?,
            end: number("line_end").zip(number("column_end")),
            file: PathBuf::from(place["file_name"].as_str()?),
            text: format!("{code}: {text}"),
        })
    }
}

/// Returns the comments of a source that begin with a word, such as `// lost: `, and the numbers of the lines that they are about: their
/// own, or the next line of code where they stand alone.
pub(crate) fn markers(source: &str, word: &str) -> Vec<(usize, String)> {
    let source = fs::read_to_string(fixtures().join(source)).expect("the fixture is there");
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let lines: Vec<&str> = source.lines().collect();
    let marked = lines.iter().enumerate().filter_map(|(index, line)| {
        let (_, marker) = line.split_once(word)?;
        let ahead = lines[index..].iter().position(is_code)?;
        Some((index + ahead + 1, marker.to_owned()))
    });
    marked.collect()
}
