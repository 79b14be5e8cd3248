//! The expansion is silent: no lint that a crate turns on finds anything in it, in no edition and under no name of the library.

use crate::package::{ASYNC_TRAIT, Package, REATTEMPT, Report, markers};

const RENAMED: &str = "again = { package = 'reattempt', path = '{root}' }";

/// Checks that the package compiles without a message.
#[track_caller]
fn assert_silent(report: &Report) {
    assert!(report.is_success && report.messages.is_empty(), "{}", report.text);
}

/// Every kind of function, without a prelude, with the library renamed, in an edition.
#[track_caller]
fn check_every_kind(name: &str, edition: &str) {
    let package = Package::library(name, edition, "silent/lib.rs", &[RENAMED, ASYNC_TRAIT]);
    assert_silent(&package.check(&[]));
    if let Some(report) = package.clippy(&[]) {
        assert_silent(&report);
    }
}

#[test]
fn every_kind_of_function_in_edition_2018() {
    check_every_kind("silent-2018", "2018");
}

#[test]
fn every_kind_of_function_in_edition_2021() {
    check_every_kind("silent-2021", "2021");
}

#[test]
fn every_kind_of_function_in_edition_2024() {
    check_every_kind("silent-2024", "2024");
}

#[test]
fn functions_of_edition_2015() {
    let package = Package::library("silent-2015", "2015", "edition_2015.rs", &[REATTEMPT]);
    assert_silent(&package.check(&[]));
    if let Some(report) = package.clippy(&[]) {
        assert_silent(&report);
    }
}

#[test]
fn the_library_behind_a_facade() {
    let facade = Package::library("facade", "2021", "facade.rs", &[REATTEMPT]);
    let user =
        Package::library("behind-a-facade", "2021", "behind_a_facade.rs", &[&facade.as_dependency(), ASYNC_TRAIT]);
    assert_silent(&user.check(&[]));
    if let Some(report) = user.clippy(&[]) {
        assert_silent(&report);
    }
}

/// Returns the `#[allow]`s of the expansion that the compiler finds in contradiction to what is forbidden: line, lint, and whether it is
/// an error.
fn contradictions(package: &Package, forbidden: &[&str]) -> Option<Vec<(usize, String, bool)>> {
    let arguments: Vec<&str> = ["--"].into_iter().chain(forbidden.iter().flat_map(|lint| ["-F", lint])).collect();
    let report = package.clippy(&arguments)?;
    let mut contradictions: Vec<_> = report
        .messages
        .iter()
        .filter_map(|message| {
            let (allow, _) = message.text.split_once(" incompatible with previous forbid")?;
            let lint = allow.split_once("allow(")?.1.trim_end_matches(')');
            Some((message.line, lint.to_owned(), message.text.starts_with("error[E0453]")))
        })
        .collect();
    contradictions.sort();
    contradictions.dedup();
    Some(contradictions)
}

/// Returns the `#[allow]`s that the fixture says the expansion has: line and lint.
fn allowed(filter: &[&str]) -> Vec<(usize, String)> {
    let mut allowed = Vec::new();
    for (line, lints) in markers("forbidding.rs", "// allows: ") {
        allowed.extend(lints.split(", ").filter(|lint| filter.contains(lint)).map(|lint| (line, lint.to_owned())));
    }
    assert!(!allowed.is_empty(), "the fixture has {filter:?}");
    allowed.sort();
    allowed
}

#[test]
fn six_lints_cannot_be_forbidden_one_by_one() {
    let lints = [
        "unused_mut",
        "clippy::needless_pass_by_value",
        "clippy::no_effect_underscore_binding",
        "clippy::shadow_reuse",
        "clippy::shadow_same",
        "clippy::used_underscore_binding",
    ];
    let package = Package::library("forbidding-lints", "2024", "forbidding.rs", &[REATTEMPT]);
    if let Some(contradictions) = contradictions(&package, &lints) {
        let expected: Vec<_> = allowed(&lints).into_iter().map(|(line, lint)| (line, lint, true)).collect();
        assert_eq!(contradictions, expected);
    }
}

#[test]
fn their_groups_can_be_forbidden_at_the_price_of_a_warning() {
    let package = Package::library("forbidding-groups", "2024", "forbidding.rs", &[REATTEMPT]);
    for (group, lints) in [
        ("warnings", &["unused_mut"][..]),
        ("unused", &["unused_mut"]),
        (
            "clippy::pedantic",
            &[
                "clippy::needless_pass_by_value",
                "clippy::no_effect_underscore_binding",
                "clippy::used_underscore_binding",
            ],
        ),
        ("clippy::restriction", &["clippy::shadow_reuse", "clippy::shadow_same"]),
    ] {
        if let Some(contradictions) = contradictions(&package, &[group]) {
            let expected: Vec<_> = allowed(lints).into_iter().map(|(line, lint)| (line, lint, false)).collect();
            assert_eq!(contradictions, expected, "{group}");
        }
    }
}

#[test]
fn all_other_lints_can_be_forbidden() {
    let package = Package::library("forbidding-others", "2024", "forbidding.rs", &[REATTEMPT]);
    let groups = [
        "unsafe_code",
        "missing_docs",
        "dead_code",
        "unreachable_code",
        "unused_assignments",
        "unused_qualifications",
        "unused_variables",
        "nonstandard_style",
        "clippy::correctness",
        "clippy::suspicious",
        "clippy::style",
        "clippy::complexity",
        "clippy::perf",
        "clippy::nursery",
    ];
    if let Some(contradictions) = contradictions(&package, &groups) {
        assert_eq!(contradictions, []);
    }
}
