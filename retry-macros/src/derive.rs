//! `#[derive(Transient)]`: a word on each variant becomes an arm of a match.
//!
//! Read and judged in `words`, written in `write`. It knows nothing of `#[retry]`.

mod body;
mod item;
mod words;
mod write;

use crate::args::expression::Expression;
use crate::faults::Faults;
use crate::paths::Paths;
use item::{Fields, Generics, Item, Member};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// An error type of which each case has its word. A faulty one cannot be built.
struct Derived {
    paths: Paths,
    name: Ident,
    generics: Generics,
    kind: Kind,
}

enum Kind {
    Struct(Box<Case>),
    Enum(Vec<(Ident, Case)>),
}

/// A variant, or a struct as a whole.
struct Case {
    fields: Fields,
    word: Word,
}

/// What is said of a case.
enum Word {
    Permanent,
    /// Transient, if the condition holds where there is one, and with a hint where there is one.
    Transient {
        condition: Option<Box<Expression>>,
        after: Option<After>,
    },
    /// A field decides.
    Forward(Member),
}

/// Where a hint comes from.
enum After {
    Field(Member),
    Function(Box<Expression>),
}

/// Expands `#[derive(Transient)] item`: an `impl`, with faults beside one that stands for it, so that nothing else breaks.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let item = faults.take(Item::read(item));
    let stand_in = item.as_ref().map(write::stand_in);
    let derived = item.and_then(|item| words::read(item, &mut faults));
    match faults.check(derived) {
        Ok(derived) => write::implementation(&derived),
        Err(errors) => quote!(#stand_in #errors),
    }
}
