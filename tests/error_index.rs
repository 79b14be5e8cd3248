//! The index of errors: `docs/errors.md` has one entry for each message of the library, and none for a message that does not exist.
//!
//! It compiles nothing. The messages are those of the expected outputs in `ui/`, and those in the runtime's and the policy's sources that
//! rustc shows.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const INDEX: &str = "docs/errors.md";

/// What shows the messages of rustc in a case.
const MARK: &str = "//@ ";

/// What begins a message of ours in an expected output. The other ones there are rustc's own, or are in the sources too.
const OURS: [&str; 2] = ["error: ", "error[E0080]: evaluation panicked: "];

/// The files whose `summary` has the messages of values that are checked at compile time.
const SUMMARIES: [&str; 3] = [
    "retry-policy/src/policy_error.rs",
    "retry-runtime/src/overload/breaker/error.rs",
    "retry-runtime/src/overload/budget.rs",
];

/// An entry of the index: an item of a list that begins with a message in double backticks.
struct Entry {
    line: usize,
    lines: usize,
    /// The messages, with `...` for what differs.
    patterns: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries() -> Vec<Entry> {
    let text = read(&root().join(INDEX));
    let lines: Vec<_> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| line.starts_with("- ``"));
    let entries = starts.map(|(start, _)| {
        let rest = lines[start + 1..].iter().take_while(|line| line.starts_with("  "));
        let item: Vec<_> = lines[start..=start].iter().chain(rest).map(|line| line.trim()).collect();
        let joined = item.join(" ");
        let patterns = joined.split("``").skip(1).step_by(2).map(|pattern| pattern.trim().to_owned());
        Entry { line: start + 1, lines: item.len(), patterns: patterns.collect() }
    });
    entries.collect()
}

/// All files of a folder and of the folders in it, with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.append(&mut files(&path, extension));
        } else if path.extension() == Some(extension.as_ref()) {
            found.push(path);
        }
    }
    found
}

/// Each message of ours, with the file that shows it.
fn messages() -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for path in files(&root().join("tests/ui"), "stderr") {
        for line in read(&path).lines() {
            if let Some(message) = OURS.iter().find_map(|start| line.strip_prefix(start)) {
                found.insert(message.to_owned(), path.clone());
            }
        }
    }
    let mut from_sources = 0;
    for path in files(&root().join("retry-runtime/src"), "rs") {
        for part in read(&path).split("on_unimplemented(").skip(1) {
            let message = part.split_once("message = \"").expect("the attribute has a message").1;
            found.insert(with_dots(&literal(message)), path.clone());
            from_sources += 1;
        }
    }
    assert!(found.len() > 300 && from_sources > 40, "{} messages, {from_sources} of the runtime", found.len());
    for path in SUMMARIES.map(|path| root().join(path)) {
        let text = read(&path);
        let summary = text.split_once("const fn summary(").expect("the file has a summary").1;
        let summary = summary.split_once("\n    }\n").expect("the function ends").0;
        // A literal with a blank is a message, and one without is a name.
        let mut rest = summary;
        while let Some((_, after)) = rest.split_once('"') {
            let message = literal(after);
            rest = &after[source_length(after)..];
            if message.contains(' ') {
                found.insert(message, path.clone());
            }
        }
    }
    found
}

/// The number of bytes of a literal in the source, with the quote at its end.
fn source_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.find(|character| {
        let is_end = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end
    });
    end.expect("the literal ends") + 1
}

/// The text of a literal, without the quotes.
fn literal(text: &str) -> String {
    text[..source_length(text) - 1].replace("\\\"", "\"")
}

/// A message with `...` in place of each `{name}`.
fn with_dots(message: &str) -> String {
    let mut parts = message.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("...");
        text.push_str(part.split_once('}').expect("the placeholder ends").1);
    }
    text
}

/// Returns whether a text is what the pattern says, with anything in place of each `...`.
fn fits(pattern: &str, text: &str) -> bool {
    let parts: Vec<_> = pattern.split("...").collect();
    let [first, between @ .., last] = parts.as_slice() else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    between.iter().all(|part| {
        let found = rest.split_once(part).map(|(_, after)| rest = after);
        found.is_some()
    })
}

/// The `CODE` and a part of the message of each error of rustc in the cases.
fn words_of_rustc() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in files(&root().join("tests/ui"), "stderr") {
        for line in read(&path).lines() {
            if let Some((code, message)) = line.strip_prefix("error[").and_then(|rest| rest.split_once("]: ")) {
                found.push((code.to_owned(), message.to_owned()));
            }
        }
    }
    for path in files(&root().join("tests/ui"), "rs") {
        for line in read(&path).lines().map_while(|line| line.strip_prefix(MARK)) {
            let parts: Vec<_> = line.split(" | ").collect();
            found.push((parts[0].to_owned(), parts[1].to_owned()));
        }
    }
    found
}

/// Returns whether a case shows this message of rustc, `error[CODE]: message` or `error: message`.
fn is_shown(pattern: &str, cases: &[(String, String)]) -> bool {
    let (code, message) = match pattern.strip_prefix("error[") {
        Some(rest) => rest.split_once("]: ").expect("the message follows the code"),
        None => ("-", pattern.strip_prefix("error: ").expect("no code, so `error: `")),
    };
    cases.iter().any(|(of_case, part)| of_case == code && fits(message, part))
}

#[test]
fn each_message_has_one_entry_and_each_entry_has_a_message() {
    let entries = entries();
    let messages = messages();
    let cases = words_of_rustc();
    let mut found = String::new();
    let mut is_used = vec![false; entries.iter().map(|entry| entry.patterns.len()).sum()];
    let patterns: Vec<_> =
        entries.iter().flat_map(|entry| entry.patterns.iter().map(move |pattern| (entry, pattern))).collect();
    for (message, path) in &messages {
        let at: Vec<_> = (0..patterns.len()).filter(|&at| fits(patterns[at].1, message)).collect();
        for &at in &at {
            is_used[at] = true;
        }
        let path = path.strip_prefix(root()).expect("in the workspace").display();
        match at.as_slice() {
            [_] => {}
            [] => writeln!(found, "add an entry for: {message}\n  of {path}").expect("a string takes it"),
            several => {
                let lines: Vec<_> = several.iter().map(|&at| patterns[at].0.line).collect();
                writeln!(found, "lines {lines:?} both have: {message}\n  of {path}").expect("a string takes it");
            }
        }
    }
    for ((entry, pattern), is_used) in patterns.iter().zip(&is_used) {
        let is_shown = *is_used || pattern.starts_with("error") && is_shown(pattern, &cases);
        if !is_shown {
            writeln!(found, "remove or correct line {}, no message is: {pattern}", entry.line)
                .expect("a string takes it");
        }
    }
    for entry in entries.iter().filter(|entry| entry.lines > 4) {
        writeln!(found, "shorten line {}: an entry has at most 4 lines", entry.line).expect("a string takes it");
    }
    assert!(found.is_empty(), "{INDEX}:\n{found}");
}

#[test]
fn three_dots_stand_for_any_text() {
    assert!(fits("`...` is no unit of time; units are ...", "`x` is no unit of time; units are `ns`"));
    assert!(fits("`max` has no value", "`max` has no value"));
    assert!(fits("found `...`", "found `...`"));
    assert!(!fits("`max` has no value", "`max` has no value; write `max = 3`"));
    assert!(!fits("`...` is no unit", "`x` is no unit of time"));
    assert!(!fits("`...` a `...` b `...`", "`1` b `2` a `3`"));
    assert_eq!(with_dots("`{Self}` is no classifier of `{T}`"), "`...` is no classifier of `...`");
    assert_eq!(literal("a \\\"name\\\" in quotes\", \"more\""), "a \"name\" in quotes");
}
