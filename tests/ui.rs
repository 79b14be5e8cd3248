//! Programs that do not compile, and the compiler's messages. Each case in `ui/<theme>/` is the smallest program with one fault.
//!
//! If the message is our own, the whole text is compared with the `.stderr` beside the case. These texts belong to one toolchain.
//! `TRYBUILD=overwrite cargo test -p reattempt-tests --test ui` updates them. Messages of rustc change with
//! every release and with what is installed beside it. Such a case begins with a line for each error:
//! `//@ CODE | part of the message or of its label | source under the primary span`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The toolchain of the expected texts.
const TOOLCHAIN: &str = "rustc 1.95.";

const MARK: &str = "//@ ";

/// A case with the expected messages of rustc. There are none if the messages are our own.
struct Case {
    path: PathBuf,
    expected: Vec<String>,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let list = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("the folder of cases is there");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths
    };
    let sources =
        list(&root).into_iter().flat_map(|theme| list(&theme)).filter(|path| path.extension() == Some("rs".as_ref()));
    sources
        .map(|path| {
            let text = fs::read_to_string(&path).expect("the case is text");
            let expected = text.lines().map_while(|line| line.strip_prefix(MARK)).map(str::to_owned).collect();
            Case { path, expected }
        })
        .collect()
}

/// Returns whether the compiler is the one that the expected messages belong to. If not, it says that the test is not run.
fn is_expected_toolchain() -> bool {
    let version = Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let is_expected = version.starts_with(TOOLCHAIN);
    if !is_expected {
        eprintln!("NOT RUN: the expected messages are those of {TOOLCHAIN}x, this is {version}");
    }
    is_expected
}

#[test]
fn our_words_are_as_expected_to_the_letter() {
    if !is_expected_toolchain() {
        return;
    }
    let trybuild = trybuild::TestCases::new();
    for case in cases().iter().filter(|case| case.expected.is_empty()) {
        // Relative, as the expected texts name it.
        let path = case.path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("the cases lie beside this file");
        trybuild.compile_fail(path);
    }
}

#[test]
fn the_words_of_rustc_have_the_right_code_and_point_at_the_right_place() {
    if !is_expected_toolchain() {
        return;
    }
    let cases: Vec<_> = cases().into_iter().filter(|case| !case.expected.is_empty()).collect();
    assert!(cases.len() > 30, "{} cases were found", cases.len());
    let mut found = check_all(&cases);
    let mut differences = String::new();
    for (index, case) in cases.iter().enumerate() {
        let errors = found.remove(&name(index)).unwrap_or_default();
        let missing: Vec<_> =
            case.expected.iter().filter(|wanted| !errors.iter().any(|error| fits(error, wanted))).collect();
        if !missing.is_empty() || errors.len() != case.expected.len() {
            writeln!(differences, "{}\n  expected {:#?}\n  found {errors:#?}", case.path.display(), case.expected)
                .expect("a string takes it");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Returns whether an error, as `CODE | message: label | source`, is the expected one.
fn fits(error: &str, wanted: &str) -> bool {
    let error: Vec<_> = error.split(" | ").collect();
    let wanted: Vec<_> = wanted.split(" | ").collect();
    matches!((error.as_slice(), wanted.as_slice()), ([code, message, source], [wanted_code, part, wanted_source])
        if code == wanted_code && message.contains(part) && source == wanted_source)
}

fn name(index: usize) -> String {
    format!("case{index}")
}

/// Compiles all cases as programs of one package, and returns the errors of each.
fn check_all(cases: &[Case]) -> BTreeMap<String, Vec<String>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tests.parent().expect("the workspace is around the tests");
    let quoted = |path: &Path| format!("{:?}", path.to_str().expect("the path is text"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("words-of-rustc");
    fs::create_dir_all(&package).expect("the target folder can be written");
    let mut manifest = format!(
        "[package]\nname = \"words-of-rustc\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         reattempt = {{ path = {}, features = [\"tower\"] }}\n\
         anyhow = \"1\"\n\
         tower = {{ version = \"0.5\", default-features = false, features = [\"retry\"] }}\n",
        quoted(root)
    );
    for (index, case) in cases.iter().enumerate() {
        let (name, path) = (name(index), quoted(&case.path));
        write!(manifest, "[[bin]]\nname = \"{name}\"\npath = {path}\n").expect("a string takes it");
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("the target folder can be written");
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock file can be copied");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--keep-going", "--quiet", "--message-format=json"])
        .arg("--target-dir")
        .arg(package.join("target"))
        .current_dir(&package)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for line in messages.lines() {
        let line: Value = serde_json::from_str(line).expect("cargo writes JSON");
        let message = &line["message"];
        let is_summary = message["spans"].as_array().is_none_or(Vec::is_empty);
        if line["reason"] == "compiler-message" && message["level"] == "error" && !is_summary {
            let target = line["target"]["name"].as_str().unwrap_or_default().to_owned();
            found.entry(target).or_default().push(describe(message));
        }
    }
    assert!(!found.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    found
}

/// `CODE | message: label | source under the primary span`.
fn describe(message: &Value) -> String {
    let code = message["code"]["code"].as_str().unwrap_or("-");
    let text = message["message"].as_str().unwrap_or_default();
    let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
    let primary = spans.iter().find(|span| span["is_primary"] == true);
    let label = primary.and_then(|span| span["label"].as_str()).unwrap_or_default();
    let source = primary.map(source_of).unwrap_or_default();
    format!("{code} | {text}: {label} | {source}")
}

fn source_of(span: &Value) -> String {
    let lines = span["text"].as_array().map_or(&[][..], Vec::as_slice);
    let marked = lines.iter().map(|line| {
        let text: Vec<char> = line["text"].as_str().unwrap_or_default().chars().collect();
        let end = |key: &str| line[key].as_u64().and_then(|column| usize::try_from(column).ok()).unwrap_or(1);
        let (start, end) = (end("highlight_start"), end("highlight_end"));
        text.get(start.saturating_sub(1)..end.saturating_sub(1)).unwrap_or_default().iter().collect::<String>()
    });
    marked.collect::<Vec<_>>().join(" ")
}
