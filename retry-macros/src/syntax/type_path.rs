//! Types in signatures: the type within parentheses, the last segment of a path, and `_` for `impl Trait`.
//!
//! It knows no type by its name.

use crate::syntax::{has_word, with_content};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Path, PathArguments, Token, Type, TypeImplTrait};

/// Returns the type without the parentheses and the invisible groups around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(parentheses) => peel(&parentheses.elem),
        ty => ty,
    }
}

/// Returns the names in a path, without generic arguments.
pub(crate) fn names(path: &Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// Returns whether a word looks like neither a constant nor a function.
pub(crate) fn is_camel_case(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && (word.chars().count() == 1 || word.contains(char::is_lowercase))
}

/// Returns the last name of a path with its generic arguments: `Result` of `std::result::Result<T, E>`, with `T` and `E`.
pub(crate) fn last_generic(path: &Path) -> Option<(&Ident, &Punctuated<GenericArgument, Token![,]>)> {
    let last = path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some((&last.ident, &arguments.args)),
        _ => None,
    }
}

/// Returns the generic arguments of a path with this last name, if all of them are types.
pub(crate) fn type_arguments<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(ty) = peel(ty) else { return None };
    let (_, arguments) = last_generic(&ty.path).filter(|(found, _)| *found == name)?;
    let type_of = |argument: &'a GenericArgument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    };
    arguments.iter().map(type_of).collect()
}

/// Returns the type with `_` for each `impl Trait` in it. Only signatures may contain `impl Trait`.
pub(crate) fn inferable(ty: &Type) -> TokenStream {
    fn inferred(input: ParseStream<'_>) -> syn::Result<TokenStream> {
        let mut ty = TokenStream::new();
        while !input.is_empty() {
            if input.peek(Token![impl]) {
                let opaque: TypeImplTrait = input.parse()?;
                Token![_](opaque.impl_token.span).to_tokens(&mut ty);
                continue;
            }
            ty.extend([match input.parse()? {
                TokenTree::Group(group) => {
                    let content = inferred.parse2(group.stream())?;
                    with_content(content, group.delimiter(), group.span()).into()
                }
                token => token,
            }]);
        }
        Ok(ty)
    }

    let ty = ty.to_token_stream();
    // To look for the word costs less than to parse, and few types have it.
    if has_word(ty.clone(), "impl") { inferred.parse2(ty.clone()).unwrap_or(ty) } else { ty }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_opaque_type_becomes_an_underscore() {
        for (ty, expected) in [
            ("Result<u8, E>", "Result<u8, E>"),
            ("impl Iterator<Item = impl Clone> + 'a", "_"),
            ("Result<impl Iterator<Item = u8> + Send, Box<dyn From<impl A>>>", "Result<_, Box<dyn From<_>>>"),
            ("(&'a (impl A + B), [impl Fn(u8) -> u8; 2])", "(&'a (_), [_; 2])"),
        ] {
            let without_spaces = |tokens: TokenStream| tokens.to_string().replace(' ', "");
            assert_eq!(without_spaces(inferable(&syn::parse_str(ty).expect(ty))), expected.replace(' ', ""));
        }
    }
}
