//! A mistake in a body has the error that it has without the attribute: the same code, the same message, the same place. The
//! exceptions are marked in the fixtures, with the reason.

use crate::package::{ASYNC_TRAIT, Package, REATTEMPT, fixtures, is_pinned};
use crate::user_lints::{assert_marked, missing};

/// Checks a fixture in which each function has one mistake.
#[track_caller]
fn check(name: &str, at_least: usize) {
    if !is_pinned() {
        return;
    }
    let source = format!("mistakes/{name}.rs");
    let package = Package::library(&format!("mistakes-{name}"), "2024", &source, &[REATTEMPT, ASYNC_TRAIT]);
    let (plain, retried) = (package.errors(&[]), package.errors(&["--features", "retried"]));
    assert!(plain.len() >= at_least, "the fixture is full of mistakes: {plain:#?}");
    assert_marked(&missing(&plain, &retried), &source, "// lost: ");
    assert_marked(&missing(&retried, &plain), &source, "// new: ");
}

#[test]
fn mistakes_in_functions() {
    check("sync", 60);
}

#[test]
fn mistakes_in_async_functions() {
    check("asynchronous", 60);
}

#[test]
fn mistakes_in_functions_that_return_a_boxed_future() {
    check("boxed", 35);
}

#[test]
fn mistakes_in_functions_that_return_a_future() {
    check("future", 18);
}

#[test]
fn mistakes_in_methods_and_with_generics() {
    check("methods", 40);
}

#[test]
fn the_documentation_shows_the_error_of_an_argument_that_is_used_up() {
    if !is_pinned() {
        return;
    }
    let text = Package::library("used-up", "2024", "used_up.rs", &[REATTEMPT]).check_in_full();
    let error: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(|line| format!("/// {line}\n")).collect();
    let error = error.concat().replace(&fixtures().display().to_string(), "src").replace("/// \n", "///\n");
    let documentation = include_str!("../../src/lib.rs");
    assert!(documentation.contains(&error), "src/lib.rs does not show this:\n{error}");
}
