//! The only spelling of runtime paths in generated code; honours `crate = ...`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Where the crate is, as generated code names it.
pub(crate) struct Paths {
    root: Option<TokenStream>,
}

impl Paths {
    /// The crate by its own name, or where the user says it is.
    pub(crate) fn new(root: Option<&TokenStream>) -> Self {
        Self { root: root.cloned() }
    }

    /// A public item.
    pub(crate) fn public(&self, item: &str) -> TokenStream {
        let here = Span::mixed_site();
        let root = self.root_at(here);
        let item = Ident::new(item, here);
        quote_spanned!(here=> #root::#item)
    }

    /// An item for generated code alone, all of it reported at the span.
    pub(crate) fn private_at(&self, item: &str, span: Span) -> TokenStream {
        let span = Span::mixed_site().located_at(span);
        let root = self.root_at(span);
        let item = Ident::new(item, span);
        quote_spanned!(span=> #root::__private::#item)
    }

    /// An item for generated code alone.
    pub(crate) fn private(&self, item: &str) -> TokenStream {
        self.private_at(item, Span::mixed_site())
    }

    fn root_at(&self, span: Span) -> TokenStream {
        match &self.root {
            Some(path) => quote_spanned!(span=> #path),
            None => quote_spanned!(span=> ::reattempt),
        }
    }
}
