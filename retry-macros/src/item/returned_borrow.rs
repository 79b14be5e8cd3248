//! Return types that borrow from an argument which the next attempt has to borrow uniquely again.
//!
//! The compiler also refuses such a loop, but with messages about closures. Only signatures without doubt are refused here. This module
//! looks at lifetimes alone and knows no key.

use crate::faults::Faults;
use crate::item::arguments::receiver_type;
use crate::syntax::{pattern, type_path};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, Lifetime, ReturnType, Signature, Token, Type, token};

/// Refuses a return type that borrows from a `&mut` argument.
pub(crate) fn refuse(sig: &Signature, returned: &Type, faults: &mut Faults) {
    let returned = lifetimes(returned);
    if returned.is_empty() {
        return;
    }
    let inputs: Vec<Input> = sig.inputs.iter().map(Input::of).collect();
    let source = returned.iter().find_map(|lifetime| Some((source(&inputs, lifetime)?, lifetime.apostrophe)));
    if let Some((source, span)) = source {
        let message = format!(
            "the return type borrows from {source}, which each attempt needs for itself (a loop written by hand does not compile \
             either); return an owned value, or write `'static` if nothing is borrowed"
        );
        faults.at(span, message);
    }
}

/// Returns the source of a lifetime of the return type, if it is a unique reference alone. An elided lifetime is the receiver's.
fn source<'a>(inputs: &'a [Input], lifetime: &Lifetime) -> Option<&'a str> {
    if let Some(receiver) = inputs.first().filter(|input| input.is_receiver && lifetime.ident == "_") {
        return receiver.unique.as_ref().map(|_| receiver.name.as_str());
    }
    let count = |input: &Input| input.lifetimes.iter().filter(|found| found.ident == lifetime.ident).count();
    let mut users = inputs.iter().filter(|input| count(input) > 0);
    match (users.next(), users.next()) {
        (Some(only), None) if only.unique.as_ref() == Some(&lifetime.ident) && count(only) == 1 => Some(&only.name),
        _ => None,
    }
}

/// An argument and its lifetimes.
struct Input {
    /// The argument's name in messages.
    name: String,
    is_receiver: bool,
    /// The lifetime of the argument's own `&mut`, if it is one.
    unique: Option<Ident>,
    lifetimes: Vec<Lifetime>,
}

impl Input {
    fn of(input: &FnArg) -> Self {
        let (name, ty) = match input {
            FnArg::Receiver(receiver) => ("`&mut self`".to_owned(), &receiver_type(receiver)),
            FnArg::Typed(argument) => match pattern::single_name(&argument.pat) {
                Some(name) => (format!("the `&mut` argument `{name}`"), &*argument.ty),
                None => ("a `&mut` argument".to_owned(), &*argument.ty),
            },
        };
        let unique = match type_path::peel(ty) {
            Type::Reference(reference) if reference.mutability.is_some() => {
                Some(reference.lifetime.as_ref().map_or_else(|| elided(reference.and_token), Clone::clone).ident)
            }
            _ => None,
        };
        Self { name, is_receiver: matches!(input, FnArg::Receiver(_)), unique, lifetimes: lifetimes(ty) }
    }
}

/// Returns the elided lifetime of a reference as `'_`.
fn elided(and: Token![&]) -> Lifetime {
    Lifetime { apostrophe: and.spans[0], ident: Ident::new("_", and.spans[0]) }
}

/// Returns the lifetimes in a type, including elided ones of references.
fn lifetimes(ty: &Type) -> Vec<Lifetime> {
    let ty = ty.to_token_stream();
    // To look for a mark costs less than to parse, and few return types have one.
    if may_borrow(ty.clone()) { lifetimes_of_tokens.parse2(ty).unwrap_or_default() } else { Vec::new() }
}

fn may_borrow(ty: TokenStream) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Punct(mark) => ['&', '\''].contains(&mark.as_char()),
        TokenTree::Group(group) => may_borrow(group.stream()),
        _ => false,
    })
}

fn lifetimes_of_tokens(input: ParseStream<'_>) -> syn::Result<Vec<Lifetime>> {
    let mut lifetimes = Vec::new();
    while !input.is_empty() {
        if let Some(lifetime) = input.parse::<Option<Lifetime>>()? {
            lifetimes.push(lifetime);
        } else if let Some(and) = input.parse::<Option<Token![&]>>()? {
            if !input.peek(Lifetime) {
                lifetimes.push(elided(and));
            }
        } else if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
            // Elided lifetimes in `fn(&T) -> &U` and `Fn(&T) -> &U` belong to these types.
            input.call(Ident::parse_any)?;
            input.parse::<TokenTree>()?;
            input.call(ReturnType::without_plus)?;
        } else if let TokenTree::Group(group) = input.parse()? {
            lifetimes.extend(lifetimes_of_tokens.parse2(group.stream())?);
        }
    }
    Ok(lifetimes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_of_a_type_are_found_and_not_those_of_a_function_in_it() {
        for (ty, expected) in [
            ("u8", ""),
            ("&u8", "_"),
            ("&&'a mut u8", "_ a"),
            ("Result<&'a str, Error<'b, &[u8]>>", "a b _"),
            ("Box<dyn Trait<'_, Item = &u8> + 'a>", "_ _ a"),
            ("(fn(&u8) -> &u8, &str)", "_"),
            ("Box<dyn Fn(&u8, &'a u8) -> Option<&u8> + 'b>", "b"),
            ("impl FnOnce(&u8) + 'c", "c"),
            ("*const &'static u8", "static"),
        ] {
            let found = lifetimes(&syn::parse_str(ty).expect(ty));
            let names: Vec<String> = found.iter().map(|lifetime| lifetime.ident.to_string()).collect();
            assert_eq!(names.join(" "), expected, "{ty}");
        }
    }
}
