//! The only spelling of runtime paths in generated code; honours `crate = ...`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

/// Where the crate is, as generated code names it.
pub(crate) struct Paths {
    root: Option<Path>,
}

impl Paths {
    /// Returns the crate by its own name, or where the user says it is.
    pub(crate) fn new(root: Option<&Path>) -> Self {
        Self { root: root.cloned() }
    }

    fn root(&self, span: Span) -> TokenStream {
        self.root.as_ref().map_or_else(|| quote_spanned!(span=> ::reattempt), ToTokens::to_token_stream)
    }

    /// Returns a public item.
    pub(crate) fn public(&self, name: &str) -> TokenStream {
        let here = Span::mixed_site();
        let (root, name) = (self.root(here), Ident::new(name, here));
        quote_spanned!(here=> #root::#name)
    }

    /// Returns an item for generated code alone, all of it reported at the span.
    pub(crate) fn private_at(&self, name: &str, span: Span) -> TokenStream {
        let span = Span::mixed_site().located_at(span);
        let (root, name) = (self.root(span), Ident::new(name, span));
        quote_spanned!(span=> #root::__private::#name)
    }

    /// Returns an item for generated code alone.
    pub(crate) fn private(&self, name: &str) -> TokenStream {
        self.private_at(name, Span::mixed_site())
    }
}
