//! The user's lints are kept: with and without the attribute, lines get the same messages. The few exceptions are marked in the
//! fixtures and checked, so that each lost message is known.

use crate::package::{ASYNC_TRAIT, Message, Package, REATTEMPT, is_pinned, markers};

/// Returns the messages of the first list that are not in the second.
pub(crate) fn missing(of: &[Message], from: &[Message]) -> Vec<Message> {
    let mut rest = from.to_vec();
    let mut missing = of.to_vec();
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
pub(crate) fn assert_marked(messages: &[Message], source: &str, word: &str) {
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

/// Checks the warnings about a source in an edition; there are at least so many without the attribute.
#[track_caller]
fn check_compiler(name: &str, edition: &str, source: &str, at_least: usize) {
    if !is_pinned() {
        return;
    }
    let package = Package::library(name, edition, source, &[REATTEMPT, ASYNC_TRAIT]);
    let (plain, retried) = (package.check(&[]), package.check(&["--features", "retried"]));
    assert!(plain.is_success && retried.is_success, "{}{}", plain.text, retried.text);
    assert!(plain.messages.len() >= at_least, "the fixture is full of faults: {}", plain.text);
    assert_marked(&missing(&plain.messages, &retried.messages), source, "// lost: ");
    assert_marked(&missing(&retried.messages, &plain.messages), source, "// new: ");
}

#[test]
fn lints_of_the_compiler_are_kept() {
    check_compiler("lints-compiler", "2024", "lints/compiler.rs", 80);
}

#[test]
fn the_lint_of_captures_sees_a_body_as_a_closure_before_edition_2021() {
    check_compiler("lints-before-2021", "2018", "lints/before_2021.rs", 0);
}

#[test]
fn lints_of_clippy_are_kept() {
    let source = "lints/clippy.rs";
    let package = Package::library("lints-clippy", "2024", source, &[REATTEMPT]);
    let Some(plain) = package.clippy(&[]) else { return };
    let Some(retried) = package.clippy(&["--features", "retried"]) else { return };
    assert!(plain.is_success && retried.is_success, "{}{}", plain.text, retried.text);
    assert!(plain.messages.len() > 30, "the fixture is full of faults: {}", plain.text);
    assert_marked(&missing(&plain.messages, &retried.messages), source, "// lost: ");
    assert_marked(&missing(&retried.messages, &plain.messages), source, "// new: ");
}
