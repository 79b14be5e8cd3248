//! `#[derive(Transient)]`: each variant's attribute becomes an arm of a `match`.
//!
//! `attributes` reads, `input` judges, `expand` writes. It knows nothing of `#[retry]`.

mod attributes;
mod expand;
mod function_check;
mod input;

use crate::faults::Faults;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::time::Duration;
use syn::{DeriveInput, Expr, Fields, Member};

/// A variant, or a struct as a whole.
struct Case<'a> {
    /// `None` for a struct.
    variant: Option<&'a Ident>,
    fields: &'a Fields,
    rule: Rule,
}

/// How a case is classified.
enum Rule {
    Permanent,
    /// Transient if the condition holds.
    Transient {
        condition: Option<Box<Expr>>,
        wait: Option<Wait>,
    },
    /// The field decides.
    Forward(Member),
}

/// What a case says about the time before the next attempt.
struct Wait {
    kind: WaitKind,
    source: WaitSource,
}

/// The key that says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WaitKind {
    /// `after`: at least this long, because the server asked for it.
    Hint,
    /// `delay`: exactly this long.
    Delay,
}

/// Where the time comes from.
enum WaitSource {
    Literal(Duration),
    Field(Member),
    Function(Box<Expr>),
}

/// Expands `#[derive(Transient)] item` to an `impl`. If there are faults, the `impl` is a placeholder, so that they are the only errors.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let Some(item) = faults.take(syn::parse2::<DeriveInput>(item)) else {
        return faults.check(None::<TokenStream>).unwrap_or_else(|errors| errors);
    };
    let (paths, cases) = input::read(&item, &mut faults);
    match faults.check(cases) {
        Ok(cases) => expand::implementation(&item, &cases, &paths),
        Err(errors) => {
            let placeholder = expand::placeholder(&item, &paths);
            quote!(#placeholder #errors)
        }
    }
}
