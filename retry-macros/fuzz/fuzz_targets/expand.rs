//! Fuzzes `#[retry]` and `policy!` with text: an attribute's arguments, a line of `====`, an item.
//!
//! A proc-macro crate exports nothing but its macros, so its files are part of this program too. What is checked stands in
//! `oracle`, which the property tests share.
//!
//! ```text
//! cd retry-macros && cargo +nightly fuzz run expand fuzz/corpus/expand fuzz/seeds/expand -- -dict=fuzz/expand.dict -max_len=1024
//! ```
#![no_main]

#[path = "../../src/borrow.rs"]
mod borrow;
#[path = "../../src/doc.rs"]
mod doc;
#[path = "../../src/duration.rs"]
mod duration;
#[path = "../../src/expand.rs"]
mod expand;
#[path = "../../src/faults.rs"]
mod faults;
#[path = "../../src/function.rs"]
mod function;
#[path = "../../src/future.rs"]
mod future;
#[path = "../../src/model.rs"]
mod model;
#[path = "../../src/options.rs"]
mod options;
#[path = "../../src/paths.rs"]
mod paths;
#[path = "../../src/pipeline.rs"]
mod pipeline;
#[path = "../../src/plan.rs"]
mod plan;
#[path = "../../src/strategy.rs"]
mod strategy;
#[path = "../../src/uses.rs"]
mod uses;
#[path = "../../src/validate.rs"]
mod validate;
#[path = "../../src/value.rs"]
mod value;
#[path = "../../src/wait.rs"]
mod wait;
#[expect(dead_code, reason = "where a fault points is not known here: built for fuzzing, proc-macro2 has no spans")]
#[path = "../../src/tests/oracle.rs"]
mod oracle;

use libfuzzer_sys::{Corpus, fuzz_target};
use proc_macro2::TokenStream;

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
