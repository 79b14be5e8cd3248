//! Return types that borrow from an argument which the next attempt has to borrow uniquely again.
//!
//! The compiler also refuses such a loop, but with messages about closures. Only signatures without doubt are refused here. This module
//! looks at lifetimes alone and knows no key.

use crate::faults::Faults;
use crate::item::arguments::receiver_type;
use crate::item::pattern;
use crate::syntax::type_path;
use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Lifetime, ParenthesizedGenericArguments, Signature, Type, TypeFnPtr, TypeReference};

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
        borrows.visit_type_mut(&mut ty.clone());
        borrows
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|borrow| borrow.name == name).count()
    }
}

impl VisitMut for Borrows {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.0.push(Borrow { name: lifetime.ident.to_string(), span: lifetime.apostrophe });
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            self.0.push(Borrow { name: ELIDED.to_owned(), span: reference.and_token.spans[0] });
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    // Elided lifetimes in `fn(&T) -> &U` and `Fn(&T) -> &U` belong to these types.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}
}
