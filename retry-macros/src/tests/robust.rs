//! Tests that the macros accept any tokens without a panic. The module `oracle` has the checks.

use crate::tests::grammar::{self, Choices};
use crate::tests::mutation;
use crate::tests::oracle::{self, Answer};
use proc_macro2::TokenStream;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::proptest;
use proptest::strategy::Strategy;
use proptest::test_runner::Config;

/// Returns whether the fault is one of the few that have no span of their own and point at the whole attribute.
fn is_placeless(message: &str) -> bool {
    // Syn's message if the attribute or the item ends before a punctuation: "expected `,`".
    let is_punctuation = message.starts_with("expected `") && message.ends_with('`');
    // Syn's message if something else is missing at the end.
    is_punctuation || message.starts_with("unexpected end of input")
}

fn config() -> Config {
    let config = Config { failure_persistence: None, ..Config::default() };
    // Proptest has read the number from the environment already. Its own default is too low.
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { Config { cases: 1_500, ..config } }
}

/// Expands, and checks that each fault points into the texts. Text that is not a sequence of tokens never reaches a macro.
fn check(arguments: &str, item: &str) {
    // Drops the texts of earlier cases, whose tokens are gone.
    proc_macro2::extra::invalidate_current_thread_spans();
    let (Ok(arguments_tokens), Ok(item_tokens)) = (arguments.parse(), item.parse()) else { return };
    if let Answer::Refused(faults) = oracle::retry(&arguments_tokens, &item_tokens) {
        oracle::check_places(&faults, &[arguments, item], is_placeless);
    }
}

fn check_policy(arguments: &str) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let Ok(tokens) = arguments.parse() else { return };
    if let Answer::Refused(faults) = oracle::policy(&tokens) {
        oracle::check_places(&faults, &[arguments], is_placeless);
    }
}

fn check_derive(item: &str) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let Ok(tokens) = item.parse() else { return };
    if let Answer::Refused(faults) = oracle::derive(&tokens) {
        oracle::check_places(&faults, &[item], is_placeless);
    }
}

/// Returns an input from a number of choices.
fn made<T: std::fmt::Debug>(longest: usize, make: impl Fn(&mut Choices<'_>) -> T) -> impl Strategy<Value = T> {
    vec(any::<u8>(), 0..longest).prop_map(move |bytes| make(&mut Choices::new(&bytes)))
}

/// Returns the tokens of a text after some changes.
fn mutilated(text: &str, choices: &mut Choices<'_>) -> TokenStream {
    match text.parse() {
        Ok(tokens) if !choices.once_in(12) => mutation::mutate(tokens, choices),
        _ => mutation::random(choices, 16),
    }
}

fn plain_texts(choices: &mut Choices<'_>) -> (String, String) {
    (grammar::attribute(choices), grammar::item(choices))
}

fn mutilated_texts(choices: &mut Choices<'_>) -> (String, String) {
    let (arguments, item) = plain_texts(choices);
    let arguments = mutilated(&arguments, choices).to_string();
    (arguments, if choices.once_in(2) { mutilated(&item, choices).to_string() } else { item })
}

fn mutilated_tokens(choices: &mut Choices<'_>) -> (TokenStream, TokenStream) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let (arguments, item) = plain_texts(choices);
    (mutilated(&arguments, choices), mutilated(&item, choices))
}

fn mutilated_type(choices: &mut Choices<'_>) -> String {
    let item = grammar::error_type(choices);
    mutilated(&item, choices).to_string()
}

/// Each message is short, whatever is long: a name, an expression or a text.
#[test]
fn a_message_shows_at_most_a_hundred_characters_of_what_was_found() {
    let name = "x".repeat(20_000);
    let text = format!("\"`{name}` {}\"", "x ".repeat(1_000));
    let list = format!("f({})", vec!["xx"; 1_000].join(", "));
    let check = |faults: Vec<oracle::Fault>, arguments: &str| {
        assert!(!faults.is_empty());
        for oracle::Fault { message, .. } in faults {
            let shown = message.split(|c| c != 'x' && c != ' ' && c != ',').map(|part| part.matches('x').count()).max();
            assert!(message.len() < 1_500 && shown.is_some_and(|shown| shown <= 100), "{arguments}: {}", message.len());
        }
    };
    for long in [name.as_str(), &text, &list] {
        for arguments in [
            "LONG",
            "LONG = 1",
            "max LONG",
            "key-LONG = 1",
            "base = LONG, base = 1, cap = LONG LONG",
            "max = -LONG",
            "policy = \"LONG\"",
            "max = 3 + LONG?, factor = [LONG, LONG]",
            "strategy = 1, jitter = [LONG; 2]",
            "clone(LONG)",
            "clone(a, LONG.x)",
            "attempt = LONG()",
            "idempotency_key = argument(LONG)",
            "name = LONG",
            "doc = LONG",
            "method = LONG",
            "crate = 1 + LONG",
            "history = LONG, error = LONG!",
            "on = matches(LONG => 1)",
            "on = matches(LONG == 1)",
            "on = LONG | LONG",
            "on = |a, b| LONG",
            "on = matches(x if LONG ==)",
            "on_value = x == LONG",
            "sleep = LONG LONG",
            "timeout = 5 LONG",
            "strategy = LONG, on = LONG => 1",
        ] {
            let arguments = arguments.replace("LONG", long);
            let shown: String = arguments.chars().take(60).collect();
            let item = quote::quote!(
                fn call(a: u8) -> RetryError {
                    1
                }
            );
            let Ok(tokens) = arguments.parse() else { continue };
            if let Answer::Refused(faults) = oracle::retry(&tokens, &item) {
                check(faults, &shown);
            }
            if let Answer::Refused(faults) = oracle::policy(&tokens) {
                check(faults, &shown);
            }
        }
        let item =
            format!("enum E {{ #[transient({long} = 1, if = {long})] A(u8), #[transient(after = {long} +)] B }}");
        if let Answer::Refused(faults) = item.parse().map_or(Answer::Refused(Vec::new()), |item| oracle::derive(&item))
        {
            check(faults, "derive");
        }
    }
    let longest = "x".repeat(1_000_000);
    for arguments in [format!("{longest} = 1"), format!("doc = f({longest}, \"{longest}\")")] {
        let arguments = arguments.parse().expect("tokens");
        let Answer::Refused(faults) = oracle::retry(
            &arguments,
            &quote::quote!(
                fn call() -> Option<u8> {}
            ),
        ) else {
            panic!()
        };
        check(faults, "a megabyte");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn error_types_derive_or_are_refused(item in made(64, grammar::error_type)) {
        check_derive(&item);
    }

    #[test]
    fn mutilated_error_types_derive_or_are_refused(item in made(96, mutilated_type)) {
        check_derive(&item);
    }

    #[test]
    fn attributes_and_functions_expand_or_are_refused((arguments, item) in made(64, plain_texts)) {
        check(&arguments, &item);
    }

    #[test]
    fn mutilated_ones_expand_or_are_refused((arguments, item) in made(128, mutilated_texts)) {
        check(&arguments, &item);
    }

    #[test]
    fn tokens_that_no_text_gives_expand_or_are_refused((arguments, item) in made(128, mutilated_tokens)) {
        oracle::retry(&arguments, &item);
        oracle::policy(&arguments);
        oracle::derive(&item);
    }

    #[test]
    fn policies_expand_or_are_refused(arguments in made(64, grammar::attribute)) {
        check_policy(&arguments);
    }

    #[test]
    fn mutilated_policies_expand_or_are_refused((arguments, _) in made(96, mutilated_texts)) {
        check_policy(&arguments);
    }
}
