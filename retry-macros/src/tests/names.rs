//! Names of other libraries: each message shows what to write instead, and the macro accepts it.

use super::oracle::{self, Answer};
use proc_macro2::TokenStream;
use quote::quote;

macro_rules! names {
    ($($library:ident { $(($($written:tt)*) => ($($advice:tt)*);)* })*) => {
        const LIBRARIES: &[(&str, &[(&str, &str)])] = &[
            $((stringify!($library), &[$((stringify!($($written)*), stringify!($($advice)*))),*])),*
        ];
    };
}

include!("names_of_libraries.rs");

fn tokens(text: &str) -> TokenStream {
    text.parse().expect(text)
}

#[test]
fn each_name_of_a_library_leads_to_what_the_macro_accepts() {
    let function = quote!(
        fn call() -> Result<(), Error> {
            Ok(())
        }
    );
    let mut differences = Vec::new();
    for (library, rows) in LIBRARIES {
        for (written, advice) in *rows {
            let with_classifier = |text: &str| match text.split_once(' ').map_or("", |(key, _)| key) {
                "on" => tokens(text),
                _ => tokens(&format!("{text}, on = is_transient")),
            };
            let message = match oracle::retry(&with_classifier(written), &function) {
                Answer::Refused(faults) => faults.into_iter().next().map(|fault| fault.message).unwrap_or_default(),
                Answer::Expanded(_) => "accepted".to_owned(),
            };
            let mut shown = message.split('`').skip(1).step_by(2).filter_map(|text| text.parse::<TokenStream>().ok());
            if !shown.any(|shown| shown.to_string() == tokens(advice).to_string()) {
                differences.push(format!("{library}: {written}\n    expected: {advice}\n    found: {message}"));
            }
            if let Answer::Refused(faults) = oracle::retry(&with_classifier(advice), &function) {
                let faults: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
                differences.push(format!("{library}: {advice} is refused: {faults:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
