//! Writes an item whose syntax is not understood.
//!
//! The compiler has reported a mistake in it already, and this module adds nothing. It may also be correct, in a syntax that is newer than
//! this crate. Then it has to be refused, or it would lose its retries in silence. A lint does both: the compiler looks for lints only if
//! it has found no error.

use crate::syntax::{is_mark, part};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// Returns the item as it is, with a lint at the beginning of its body, behind inner attributes:
///
/// ```text
/// { #[deny(unused_must_use)] const _: () = { #[must_use = "why"] struct SyntaxUnknownToRetry; SyntaxUnknownToRetry; }; BODY }
/// ```
///
/// An item that ends without a body is a declaration.
pub(crate) fn unread(item: &TokenStream, fault: &syn::Error) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
            let text = format!(
                "`#[retry]` does not understand the syntax of this function: {fault}; write it in an older syntax, or retry a \
                 function that calls it"
            );
            let lint = quote_spanned! {fault.span()=>
                #[allow(path_statements)]
                #[deny(unused_must_use)]
                const _: () = {
                    #[must_use = #text]
                    struct SyntaxUnknownToRetry;
                    SyntaxUnknownToRetry;
                };
            };
            let content: Vec<TokenTree> = body.stream().into_iter().collect();
            let is_inner = |tokens: &[TokenTree]| is_mark(tokens.first(), '#') && is_mark(tokens.get(1), '!');
            let attributes = 3 * content.chunks_exact(3).take_while(|tokens| is_inner(tokens)).count();
            let (attributes, content) = (part(&content, ..attributes), part(&content, attributes..));
            let mut with_lint = Group::new(Delimiter::Brace, quote!(#(#attributes)* #lint #(#content)*));
            // The compiler may have reported the closing brace. It reports nothing twice at one place.
            with_lint.set_span(body.span_close());
            tokens.into_iter().chain([with_lint.into()]).collect()
        }
        Some(TokenTree::Punct(mark)) if mark.as_char() != ';' => quote!(#item;),
        _ => {
            let error = fault.to_compile_error();
            quote!(#item #error)
        }
    }
}
