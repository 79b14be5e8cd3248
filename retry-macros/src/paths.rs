//! The only spelling of runtime paths in generated code; honours `crate = ...`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

/// Where the crate is, as generated code names it.
#[derive(Clone)]
pub(crate) struct Paths {
    root: TokenStream,
}

impl Paths {
    /// The crate by its own name, or where the user says it is.
    pub(crate) fn new(root: Option<&Path>) -> Self {
        let root = match root {
            Some(path) => quote!(#path),
            None => quote_spanned!(Span::mixed_site()=> ::reattempt),
        };
        Self { root }
    }

    /// A public item.
    pub(crate) fn public(&self, item: &str) -> TokenStream {
        let root = &self.root;
        let item = Ident::new(item, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> #root::#item)
    }

    /// An item for generated code alone, reported at the span.
    pub(crate) fn private_at(&self, item: &str, span: Span) -> TokenStream {
        let root = &self.root;
        let span = Span::mixed_site().located_at(span);
        let item = Ident::new(item, span);
        quote_spanned!(span=> #root::__private::#item)
    }

    /// An item for generated code alone.
    pub(crate) fn private(&self, item: &str) -> TokenStream {
        self.private_at(item, Span::mixed_site())
    }
}
