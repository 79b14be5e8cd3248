//! The user's lints are kept: with and without the attribute, lines get the same messages. The few exceptions are marked in the
//! fixtures and checked, so that each lost message is known.

use crate::package::{ASYNC_TRAIT, Message, Package, REATTEMPT, Report, is_pinned, markers};

/// Returns the messages of the first report that are not in the second.
fn missing(of: &Report, from: &Report) -> Vec<Message> {
    let mut rest = from.messages.clone();
    let mut missing = of.messages.clone();
    missing.retain(|message| match rest.iter().position(|other| other == message) {
        Some(same) => {
            rest.remove(same);
            false
        }
        None => true,
    });
    missing
}

/// Checks that the messages are those that the source is marked with.
#[track_caller]
fn assert_marked(messages: &[Message], source: &str, word: &str) {
    let marked: Vec<(usize, String)> = markers(source, word)
        .into_iter()
        .flat_map(|(line, texts)| texts.split(", ").map(|text| (line, text.to_owned())).collect::<Vec<_>>())
        .collect();
    let is_marked = |message: &Message| {
        marked.iter().any(|(line, text)| *line == message.line && message.text.contains(text.as_str()))
    };
    let unexpected: Vec<&Message> = messages.iter().filter(|message| !is_marked(message)).collect();
    assert!(unexpected.is_empty(), "{source} has no `{word}` for {unexpected:#?}");
    assert_eq!(messages.len(), marked.len(), "{source}: not all of `{word}` are so: {messages:#?}");
}

#[test]
fn lints_of_the_compiler_are_kept() {
    if !is_pinned() {
        return;
    }
    let source = "lints/compiler.rs";
    let package = Package::library("lints-compiler", "2024", source, &[REATTEMPT, ASYNC_TRAIT]);
    let (plain, retried) = (package.check(&[]), package.check(&["--features", "retried"]));
    assert!(plain.is_success && retried.is_success, "{}{}", plain.text, retried.text);
    assert!(plain.messages.len() > 80, "the fixture is full of faults: {}", plain.text);
    assert_marked(&missing(&plain, &retried), source, "// lost: ");
    assert_marked(&missing(&retried, &plain), source, "// new: ");
}

#[test]
fn lints_of_clippy_are_kept() {
    let source = "lints/clippy.rs";
    let package = Package::library("lints-clippy", "2024", source, &[REATTEMPT]);
    let Some(plain) = package.clippy(&[]) else { return };
    let Some(retried) = package.clippy(&["--features", "retried"]) else { return };
    assert!(plain.is_success && retried.is_success, "{}{}", plain.text, retried.text);
    assert!(plain.messages.len() > 30, "the fixture is full of faults: {}", plain.text);
    assert_marked(&missing(&plain, &retried), source, "// lost: ");
    assert_marked(&missing(&retried, &plain), source, "// new: ");
}
