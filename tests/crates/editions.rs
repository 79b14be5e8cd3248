//! A body follows the rules of the edition that it is written in.

use crate::package::{Package, WITHOUT_SLEEPER, markers};
use std::process::Command;

/// Returns the drop orders in an edition, which the program finds to be the same without and with the attribute.
#[track_caller]
fn drop_orders(name: &str, edition: &str) -> String {
    let package = Package::program(name, edition, "editions.rs", &[WITHOUT_SLEEPER]);
    let output = Command::new(package.build(&[])).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

/// Returns the lines of one report that are not in the other.
fn differing<'a>(one: &'a str, other: &str) -> Vec<&'a str> {
    one.lines().filter(|line| !other.lines().any(|same| same == *line)).collect()
}

#[test]
fn drop_orders_are_those_of_the_edition() {
    let (in_2018, in_2021, in_2024) = (
        drop_orders("editions-2018", "2018"),
        drop_orders("editions-2021", "2021"),
        drop_orders("editions-2024", "2024"),
    );
    assert_eq!(
        differing(&in_2018, &in_2021),
        [
            "capture: captured, beside the captured, closure is gone",
            "capture, async: captured, beside the captured, closure is gone",
        ]
    );
    assert_eq!(
        differing(&in_2021, &in_2024),
        [
            "fragment: local, temporary of the tail",
            "tail: local, temporary of the tail",
            "tail, async: local, temporary of the tail",
            "tail, boxed: local, temporary of the tail",
            "branch: else, temporary of the condition, local",
            "branch, async: else, temporary of the condition, local",
        ]
    );
}

#[test]
fn what_an_edition_refuses_is_refused_in_its_words() {
    let source = "borrowed_tail.rs";
    let in_2021 = Package::library("borrowed-tail-2021", "2021", source, &[WITHOUT_SLEEPER]).check(&[]);
    let expected = markers(source, "// before 2024: ");
    let found: Vec<usize> = in_2021.messages.iter().map(|message| message.line).collect();
    assert_eq!(found, expected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), "{}", in_2021.text);
    for (message, (_, text)) in in_2021.messages.iter().zip(&expected) {
        assert!(message.text.starts_with("error[E0597]") && message.text.contains(text), "{}", in_2021.text);
    }
    let in_2024 = Package::library("borrowed-tail-2024", "2024", source, &[WITHOUT_SLEEPER]).check(&[]);
    assert!(in_2024.is_success && in_2024.messages.is_empty(), "{}", in_2024.text);
}

#[test]
fn a_syntax_that_is_not_understood_is_refused() {
    let source = "nameless_argument.rs";
    let package = Package::library("nameless-argument", "2015", source, &[WITHOUT_SLEEPER]);
    let report = package.check(&[]);
    let errors: Vec<_> = report.messages.iter().filter(|message| message.text.starts_with("error")).collect();
    let [(line, text)] = &markers(source, "// not understood: ")[..] else { panic!("{source} has one such line") };
    assert!(matches!(errors[..], [error] if error.line == *line && error.text.contains(text)), "{}", report.text);
    let report = package.check_in_full();
    assert!(report.contains("`#[retry]` does not understand the syntax of this function: expected `:`"), "{report}");
}
