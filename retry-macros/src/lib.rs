//! The macros of the crate `reattempt`; use them from there. The only file that names `proc_macro`.

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

/// Makes a function try again when it fails and the failure may pass. The reference is at `reattempt::retry`.
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::retry(arguments.into(), &item.into()).into()
}

/// Builds a policy at compile time. The reference is at `reattempt::policy`.
#[proc_macro]
pub fn policy(arguments: TokenStream) -> TokenStream {
    pipeline::policy(arguments.into()).into()
}

/// Implements `Transient` for an error type from an attribute on each variant. The reference is at `reattempt::Transient`.
#[proc_macro_derive(Transient, attributes(transient, permanent))]
pub fn derive_transient(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}
