//! Attributes: those of a parameter that its binding also needs, and those at the beginning of a body.
//!
//! It knows no key.

use crate::syntax::{is_mark, spanned_braces};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Meta, MetaList, Path, Token, parse_quote};

/// Returns the attributes of a parameter that its binding also needs: `#[cfg]`, and lint levels.
pub(crate) fn inherited(attrs: &[Attribute]) -> Vec<Attribute> {
    let inherited =
        attrs.iter().filter_map(|attr| Some(Attribute { meta: inherited_meta(&attr.meta)?, ..attr.clone() }));
    inherited.collect()
}

fn inherited_meta(meta: &Meta) -> Option<Meta> {
    const INHERITED: [&str; 6] = ["cfg", "allow", "warn", "deny", "forbid", "expect"];
    let Meta::List(list) = meta else { return None };
    if list.path.is_ident("cfg_attr") {
        return each_under_condition(list, inherited_meta);
    }
    INHERITED.iter().any(|name| list.path.is_ident(name)).then(|| without_expectation(meta))
}

/// Returns the attribute with `allow` instead of `expect`. With two bindings, the lint fires for only one of them.
pub(crate) fn without_expectation(meta: &Meta) -> Meta {
    let changed = match meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            each_under_condition(list, |meta| Some(without_expectation(meta)))
        }
        Meta::List(list) if list.path.is_ident("expect") => {
            let span = list.path.get_ident().map_or_else(Span::call_site, Ident::span);
            let allow = Ident::new("allow", Span::mixed_site().located_at(span));
            Some(Meta::List(MetaList { path: Path::from(allow), ..list.clone() }))
        }
        _ => None,
    };
    changed.unwrap_or_else(|| meta.clone())
}

/// Maps each attribute in `cfg_attr(CONDITION, ATTRIBUTES)`. `None` if none is left.
fn each_under_condition(list: &MetaList, each: impl Fn(&Meta) -> Option<Meta>) -> Option<Meta> {
    let parts = |input: ParseStream<'_>| {
        let mut condition = TokenStream::new();
        while !input.peek(Token![,]) {
            condition.extend([input.parse::<TokenTree>()?]);
        }
        input.parse::<Token![,]>()?;
        Ok((condition, Punctuated::<Meta, Token![,]>::parse_terminated(input)?))
    };
    let (condition, attributes) = parts.parse2(list.tokens.clone()).ok()?;
    let attributes: Vec<Meta> = attributes.iter().filter_map(each).collect();
    let tokens = quote!(#condition, #(#attributes),*);
    (!attributes.is_empty()).then(|| Meta::List(MetaList { tokens, ..list.clone() }))
}

/// Returns whether the attributes may remove their item.
pub(crate) fn are_conditional(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"))
}

/// Returns the `#[cfg]` that is true if the statement with these attributes is removed. `None` if a `#[cfg_attr]` decides that.
pub(crate) fn absence(attrs: &[Attribute]) -> Option<Attribute> {
    let predicates: Vec<&TokenStream> = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .filter_map(|attr| attr.meta.require_list().ok())
        .map(|list| &list.tokens)
        .collect();
    let is_certain = !attrs.iter().any(|attr| attr.path().is_ident("cfg_attr"));
    match predicates.as_slice() {
        [only] if is_certain => Some(parse_quote!(#[cfg(not(#only))])),
        [_, ..] if is_certain => Some(parse_quote!(#[cfg(not(all(#(#predicates),*)))])),
        _ => None,
    }
}

/// Takes the inner attributes out of a body, given its first token. They belong on the function. `None` if there are none.
pub(crate) fn take_inner(body: &Group, first: Option<&TokenTree>) -> Option<(Vec<Attribute>, Group)> {
    // Other bodies have no inner attributes.
    first.filter(|token| is_mark(Some(token), '#') || matches!(token, TokenTree::Group(_)))?;
    let parts = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.parse::<TokenStream>()?));
    let (mut attrs, rest) = parts.parse2(body.stream()).ok()?;
    for attr in &mut attrs {
        attr.style = AttrStyle::Outer;
    }
    (!attrs.is_empty()).then(|| (attrs, spanned_braces(rest, body.span())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Delimiter;

    #[test]
    fn inner_attributes_are_found_behind_invisible_groups() {
        let inner = |tokens: &str| {
            // Parentheses here stand for invisible groups.
            let shown: TokenStream = tokens.parse().expect(tokens);
            let hidden = shown.into_iter().map(|token| match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    TokenTree::Group(Group::new(Delimiter::None, group.stream()))
                }
                token => token,
            });
            let body = Group::new(Delimiter::Brace, hidden.collect());
            let (attrs, body) =
                take_inner(&body, body.stream().into_iter().next().as_ref()).unwrap_or((Vec::new(), body));
            (attrs.len(), body.stream().to_string())
        };
        assert_eq!(inner("#![a] #![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("#![a] (#)![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("(#!)[a] #![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("(#![a]) (#![b] c)"), (2, "c".to_owned()));
        assert_eq!(inner("(c)"), (0, "c".to_owned()));
        assert_eq!(inner("(#[a] c)"), (0, "# [a] c".to_owned()));
    }
}
