//! The paths of the runtime in generated code, with `crate = ...` respected. Only this file spells them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

/// The path of the crate in generated code.
pub(crate) struct Paths {
    root: Option<Path>,
}

impl Paths {
    /// Returns the crate by its own name, or by the path that the user sets.
    pub(crate) fn new(root: Option<&Path>) -> Self {
        Self { root: root.cloned() }
    }

    fn root(&self, span: Span) -> TokenStream {
        self.root.as_ref().map_or_else(|| quote_spanned!(span=> ::reattempt), ToTokens::to_token_stream)
    }

    /// Returns the path of a public item.
    pub(crate) fn public(&self, name: &str) -> TokenStream {
        let here = Span::mixed_site();
        let (root, name) = (self.root(here), Ident::new(name, here));
        quote_spanned!(here=> #root::#name)
    }

    /// Returns the path of an item for generated code, with the span on all of it.
    pub(crate) fn private_at(&self, name: &str, span: Span) -> TokenStream {
        let span = Span::mixed_site().located_at(span);
        let (root, name) = (self.root(span), Ident::new(name, span));
        quote_spanned!(span=> #root::__private::#name)
    }

    /// Returns the path of an item for generated code.
    pub(crate) fn private(&self, name: &str) -> TokenStream {
        self.private_at(name, Span::mixed_site())
    }
}
