//! Attributes, by their names.

use crate::syntax::statement::behind_attributes;
use crate::syntax::{group, inside, is_path_separator, part, scan};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// `#[name ...]`.
#[derive(Clone)]
pub(crate) struct Attribute {
    mark: TokenTree,
    group: Group,
}

impl Attribute {
    /// The attribute of a mark and the brackets behind it.
    pub(crate) fn new(mark: TokenTree, group: Group) -> Self {
        Self { mark, group }
    }

    /// The attributes that the tokens begin with, and where these end.
    pub(crate) fn outer(tokens: &[TokenTree]) -> (Vec<Self>, usize) {
        let end = behind_attributes(tokens, 0);
        let attributes = part(tokens, ..end).chunks_exact(2).filter_map(|pair| {
            let group = group(pair.last(), Delimiter::Bracket)?;
            Some(Self::new(pair.first()?.clone(), group.clone()))
        });
        (attributes.collect(), end)
    }

    /// The path and what follows it.
    pub(crate) fn parts(&self) -> (Vec<TokenTree>, Vec<TokenTree>) {
        let mut path = self.content();
        let end = scan::path(&path, 0).unwrap_or(path.len().min(1));
        let rest = path.split_off(end);
        (path, rest)
    }

    /// What is in the brackets; `macro_rules!` may hide the beginning in a group.
    fn content(&self) -> Vec<TokenTree> {
        let mut content = inside(&self.group);
        if let Some(hidden) = group(content.first(), Delimiter::None).map(inside) {
            content.splice(..1, hidden);
        }
        content
    }

    /// Its name, if that is a single word.
    pub(crate) fn word(&self) -> Option<Ident> {
        let tokens = self.content();
        match tokens.first() {
            Some(TokenTree::Ident(word)) if !is_path_separator(&tokens, 1) => Some(word.clone()),
            _ => None,
        }
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(self.mark.clone());
        tokens.append(self.group.clone());
    }
}
