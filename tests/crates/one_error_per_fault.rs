//! A fault of an annotated function is reported once, at its place, and causes no other errors.

use crate::package::{ASYNC_TRAIT, Package, REATTEMPT, WITHOUT_SLEEPER, is_pinned, markers};
use std::fs;

/// Checks that there is one error, with that text, on the line that is marked in the source. (A name that the attribute alone uses
/// may be an unused import then: a warning.)
#[track_caller]
fn assert_only_fault(package: &Package, source: &str) {
    let [(line, text)] = &markers(source, "// error: ")[..] else {
        panic!("{source} has one line with an error");
    };
    let report = package.check(&[]);
    assert!(!report.is_success);
    let errors: Vec<_> = report.messages.iter().filter(|message| message.text.starts_with("error")).collect();
    let [message] = errors[..] else {
        panic!("one error was expected: {}", report.text);
    };
    assert!(message.text.contains(text) && message.line == *line, "{source}: {}", report.text);
}

#[test]
fn a_fault_of_an_attribute_is_the_only_error_of_its_crate() {
    let directory = crate::package::fixtures().join("faulty");
    let sources = fs::read_dir(directory).expect("the fixtures are there");
    let mut checked = 0;
    for source in sources {
        let file = source.expect("the fixtures can be read").file_name().into_string().expect("names are ASCII");
        let name = format!("faulty-{}", file.trim_end_matches(".rs"));
        let source = format!("faulty/{file}");
        let package = Package::library(&name, "2024", &source, &[REATTEMPT, ASYNC_TRAIT]);
        assert_only_fault(&package, &source);
        checked += 1;
    }
    assert!(checked > 5, "the fixtures are there");
}

#[test]
fn without_a_sleeper_an_async_function_has_one_error_that_names_the_cure() {
    let source = "sleepless/unnamed.rs";
    let package = Package::library("sleepless-unnamed", "2024", source, &[WITHOUT_SLEEPER]);
    assert_only_fault(&package, source);
    let text = package.check_in_full();
    for cure in ["enable the feature `tokio` of `reattempt`", "`sleep = path`"] {
        assert!(text.contains(cure), "{text}");
    }
}

#[test]
fn without_a_sleeper_sync_functions_and_those_that_name_one_compile() {
    let package = Package::library("sleepless-named", "2024", "sleepless/named.rs", &[WITHOUT_SLEEPER]);
    let report = package.check(&[]);
    assert!(report.is_success && report.messages.is_empty(), "{}", report.text);
}

#[test]
fn without_what_makes_idempotency_keys_a_function_that_wants_one_has_one_error_that_names_the_cure() {
    // Rust 1.85 adds an error that it has no type.
    if !is_pinned() {
        return;
    }
    let source = "sleepless/keyless.rs";
    let package = Package::library("keyless", "2024", source, &[WITHOUT_SLEEPER]);
    assert_only_fault(&package, source);
    let text = package.check_in_full();
    assert!(text.contains("add `features = [\"idempotency\"]` to `reattempt` in Cargo.toml"), "{text}");
}

#[test]
fn a_mut_argument_of_a_generic_type_proposes_no_bound() {
    if !is_pinned() {
        return;
    }
    let source = "sleepless/mut_of_a_generic_type.rs";
    let package = Package::library("mut-of-a-generic-type", "2024", source, &[WITHOUT_SLEEPER]);
    assert_only_fault(&package, source);
    let text = package.check_in_full();
    assert!(text.contains("list the argument in the attribute, `clone(name)`") && !text.contains("where"), "{text}");
}
