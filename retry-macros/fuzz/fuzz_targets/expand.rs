//! Fuzzes `#[retry]`, `policy!` and `#[derive(Transient)]` with text: an attribute's arguments, a line of `====`, an item.
//!
//! A proc-macro crate exports nothing but its macros, so its files are part of this program too. What is checked stands in
//! `oracle`, which the property tests share.
//!
//! ```text
//! cd retry-macros && cargo +nightly fuzz run expand fuzz/corpus/expand fuzz/seeds/expand -- -dict=fuzz/expand.dict -max_len=1024
//! ```
#![no_main]

#[path = "../../src"]
mod sources {
    pub(crate) mod args;
    pub(crate) mod derive;
    pub(crate) mod docs;
    pub(crate) mod expand;
    pub(crate) mod faults;
    pub(crate) mod item;
    pub(crate) mod model;
    pub(crate) mod paths;
    pub(crate) mod pipeline;
    pub(crate) mod syntax;
    pub(crate) mod validate;
}

#[path = "../../src/tests"]
mod tests {
    #[expect(
        dead_code,
        reason = "built for fuzzing, proc-macro2 knows no places, so nothing asks where a fault points"
    )]
    pub(crate) mod oracle;
}

use libfuzzer_sys::{Corpus, fuzz_target};
use proc_macro2::TokenStream;
// The files name each other from the crate's root.
use sources::{args, derive, docs, expand, faults, item, model, paths, pipeline, syntax, validate};
use tests::oracle;

/// Between the arguments and the item.
const MARK: &str = "\n====\n";

/// What parses deeper groups is recursive, here and in rustc.
const DEEPEST: usize = 32;

fuzz_target!(|bytes: &[u8]| -> Corpus { if run(bytes).is_some() { Corpus::Keep } else { Corpus::Reject } });

/// Expands what is text and tokens, and answers nothing for all else.
fn run(bytes: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (arguments, item) = text.split_once(MARK).unwrap_or((text, ""));
    if is_deep(arguments) || is_deep(item) {
        return None;
    }
    let arguments: TokenStream = arguments.parse().ok()?;
    let item: TokenStream = item.parse().ok()?;
    oracle::retry(&arguments, &item);
    oracle::policy(&arguments);
    oracle::derive(&item);
    Some(())
}

fn is_deep(text: &str) -> bool {
    let mut depth: usize = 0;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}
