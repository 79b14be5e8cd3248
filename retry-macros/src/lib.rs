//! The macros of the crate `reattempt`. Use them from there. This is the only file that uses `proc_macro`.

mod args;
mod derive;
mod docs;
mod expand;
mod faults;
mod item;
mod model;
mod paths;
mod pipeline;
mod syntax;
#[cfg(test)]
mod tests;
mod validate;

use proc_macro::TokenStream;

/// Calls a function again when it fails and the failure is transient. See `reattempt::retry` for the reference.
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::retry(arguments.into(), &item.into()).into()
}

/// Builds a policy at compile time. See `reattempt::policy` for the reference.
#[proc_macro]
pub fn policy(arguments: TokenStream) -> TokenStream {
    pipeline::policy(arguments.into()).into()
}

/// Implements `Transient` for an error type, from an attribute on each variant. See `reattempt::Transient` for the reference.
#[proc_macro_derive(Transient, attributes(transient, permanent))]
pub fn derive_transient(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}
