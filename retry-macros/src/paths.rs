//! The only spelling of runtime paths in generated code; honours `crate = ...`.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Path;

/// Where the crate is, as generated code names it.
pub(crate) struct Paths {
    root: Option<Path>,
}

impl Paths {
    /// The crate by its own name, or where the user says it is.
    pub(crate) fn new(root: Option<&Path>) -> Self {
        Self { root: root.cloned() }
    }

    /// A public item.
    pub(crate) fn public<'a>(&'a self, name: &'a str) -> ItemPath<'a> {
        ItemPath { root: self.root.as_ref(), is_private: false, name, span: Span::mixed_site() }
    }

    /// An item for generated code alone, all of it reported at the span.
    pub(crate) fn private_at<'a>(&'a self, name: &'a str, span: Span) -> ItemPath<'a> {
        let span = Span::mixed_site().located_at(span);
        ItemPath { root: self.root.as_ref(), is_private: true, name, span }
    }

    /// An item for generated code alone.
    pub(crate) fn private<'a>(&'a self, name: &'a str) -> ItemPath<'a> {
        self.private_at(name, Span::mixed_site())
    }
}

/// The path of an item. It becomes tokens where it is written: as a stream of its own, each would be handed to the compiler and back.
pub(crate) struct ItemPath<'a> {
    root: Option<&'a Path>,
    is_private: bool,
    name: &'a str,
    span: Span,
}

impl ToTokens for ItemPath<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self.root {
            Some(root) => root.to_tokens(tokens),
            None => self.segment("reattempt", tokens),
        }
        if self.is_private {
            self.segment("__private", tokens);
        }
        self.segment(self.name, tokens);
    }
}

impl ItemPath<'_> {
    fn segment(&self, name: &str, tokens: &mut TokenStream) {
        let colon = |spacing| {
            let mut colon = Punct::new(':', spacing);
            colon.set_span(self.span);
            TokenTree::from(colon)
        };
        tokens.extend([colon(Spacing::Joint), colon(Spacing::Alone), Ident::new(name, self.span).into()]);
    }
}
