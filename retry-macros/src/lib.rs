//! The macros of the crate `reattempt`; use them from there. The only file that names `proc_macro`.

mod binding;
mod borrow;
mod derive_transient;
mod doc;
mod duration;
mod expand;
mod faults;
mod function;
mod future;
mod model;
mod options;
mod paths;
mod pipeline;
mod plan;
mod settings;
mod strategy;
mod syntax;
#[cfg(test)]
mod tests;
mod uses;
mod validate;
mod value;
mod wait;

use proc_macro::TokenStream;

/// Makes a function try again when it fails and the failure may pass. The reference is at `reattempt::retry`.
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::retry(arguments.into(), &item.into()).into()
}

/// Makes a policy at compile time. The reference is at `reattempt::policy`.
#[proc_macro]
pub fn policy(arguments: TokenStream) -> TokenStream {
    pipeline::policy(arguments.into()).into()
}

/// Writes `Transient` for an error type, from a word on each variant. The reference is at `reattempt::Transient`.
#[proc_macro_derive(Transient, attributes(transient, permanent))]
pub fn derive_transient(item: TokenStream) -> TokenStream {
    derive_transient::expand(item.into()).into()
}
