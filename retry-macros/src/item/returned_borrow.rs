//! Return types that borrow from an argument which the next attempt has to borrow uniquely again.
//!
//! The compiler also refuses such a loop, but with messages about closures. Only signatures without doubt are refused here. This module
//! looks at lifetimes alone and knows no key.

use crate::faults::Faults;
use crate::item::arguments::receiver_type;
use crate::syntax::{pattern, type_path};
use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, Lifetime, ReturnType, Signature, Token, Type, token};

/// Refuses a return type that borrows from a `&mut` argument.
pub(crate) fn refuse(sig: &Signature, returned: &Type, faults: &mut Faults) {
    let returned = Borrows::of(returned);
    if returned.0.is_empty() {
        return;
    }
    let inputs: Vec<Input> = sig.inputs.iter().map(Input::of).collect();
    let source = returned.0.iter().find_map(|borrow| source(&inputs, &borrow.name).map(|source| (source, borrow.span)));
    if let Some((source, span)) = source {
        let message = format!(
            "the return type borrows from {source}, which each attempt needs for itself (a loop written by hand does not compile \
             either); return an owned value, or write `'static` if nothing is borrowed"
        );
        faults.at(span, message);
    }
}

/// Returns the source of a lifetime of the return type, if it is a unique reference alone. An elided lifetime is the receiver's.
fn source<'a>(inputs: &'a [Input], lifetime: &str) -> Option<&'a str> {
    if let Some(receiver) = inputs.first().filter(|input| input.is_receiver && lifetime == ELIDED) {
        return receiver.unique.as_ref().map(|_| receiver.name.as_str());
    }
    let mut users = inputs.iter().filter(|input| input.borrows.count(lifetime) > 0);
    match (users.next(), users.next()) {
        (Some(only), None) if only.unique.as_deref() == Some(lifetime) && only.borrows.count(lifetime) == 1 => {
            Some(&only.name)
        }
        _ => None,
    }
}

/// An argument and its lifetimes.
struct Input {
    /// The argument's name in messages.
    name: String,
    is_receiver: bool,
    /// The lifetime of the argument's own `&mut`, if it is one.
    unique: Option<String>,
    borrows: Borrows,
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
                Some(reference.lifetime.as_ref().map_or_else(|| ELIDED.to_owned(), |name| name.ident.to_string()))
            }
            _ => None,
        };
        Self { name, is_receiver: matches!(input, FnArg::Receiver(_)), unique, borrows: Borrows::of(ty) }
    }
}

/// The name of an elided lifetime or of `'_`.
const ELIDED: &str = "_";

/// Collects the lifetimes in a type, including elided ones of references.
struct Borrows(Vec<Borrow>);

struct Borrow {
    /// The names, with `_` for an elided lifetime.
    name: String,
    span: Span,
}

impl Borrows {
    fn of(ty: &Type) -> Self {
        let mut borrows = Self(Vec::new());
        let collect = |input: ParseStream<'_>| borrows.collect(input);
        // Whatever a type contains, what stands before that is seen.
        let _ = collect.parse2(ty.to_token_stream());
        borrows
    }

    fn collect(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() {
            if let Some(lifetime) = input.parse::<Option<Lifetime>>()? {
                self.0.push(Borrow { name: lifetime.ident.to_string(), span: lifetime.apostrophe });
            } else if let Some(and) = input.parse::<Option<Token![&]>>()? {
                if !input.peek(Lifetime) {
                    self.0.push(Borrow { name: ELIDED.to_owned(), span: and.spans[0] });
                }
            } else if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
                // Elided lifetimes in `fn(&T) -> &U` and `Fn(&T) -> &U` belong to these types.
                input.call(Ident::parse_any)?;
                input.parse::<TokenTree>()?;
                input.call(ReturnType::without_plus)?;
            } else if let TokenTree::Group(group) = input.parse()? {
                (|input: ParseStream<'_>| self.collect(input)).parse2(group.stream())?;
            }
        }
        Ok(())
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|borrow| borrow.name == name).count()
    }
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
            let borrows = Borrows::of(&syn::parse_str(ty).expect(ty));
            let names: Vec<&str> = borrows.0.iter().map(|borrow| borrow.name.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{ty}");
        }
    }
}
