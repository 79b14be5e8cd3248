//! Return types that borrow from what the next attempt has to borrow uniquely again.
//!
//! The compiler refuses the loop written by hand as well, but in words about closures. Only signatures that leave no doubt are
//! refused here; it looks at lifetimes alone and knows no key.

use crate::faults::Faults;
use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Lifetime, Receiver, ReceiverKind, Signature, Type, TypeFnPtr, TypeReference};

/// Refuses a return type that borrows from a `&mut` argument.
pub(crate) fn refuse(sig: &Signature, returned: &Type, faults: &mut Faults) {
    let returned = Borrows::of(&mut returned.clone());
    if returned.0.is_empty() {
        return;
    }
    let inputs: Vec<Input> = sig.inputs.iter().map(Input::of).collect();
    let source = returned.0.iter().find_map(|borrow| {
        let source = match borrow.name.as_str() {
            ELIDED => elided_source(&inputs),
            name => named_source(&inputs, name),
        };
        source.map(|source| (source, borrow.span))
    });
    if let Some((source, span)) = source {
        let message = format!(
            "the return type borrows from {source}, which each attempt needs for itself (a loop written by hand does not compile \
             either); return an owned value, or write `'static` if nothing is borrowed"
        );
        faults.at(span, message);
    }
}

/// What an elided lifetime of the return type borrows from, if that is a unique reference.
fn elided_source(inputs: &[Input]) -> Option<&str> {
    if let Some(receiver) = inputs.iter().find(|input| input.is_receiver) {
        return receiver.unique.as_ref().map(|_| receiver.name.as_str());
    }
    let mut elided = inputs.iter().filter(|input| input.borrows.0.iter().any(|borrow| borrow.name == ELIDED));
    match (elided.next(), elided.next()) {
        (Some(only), None) if only.unique.as_deref() == Some(ELIDED) && only.borrows.count(ELIDED) == 1 => {
            Some(&only.name)
        }
        _ => None,
    }
}

/// What a named lifetime of the return type borrows from, if that is a unique reference alone.
fn named_source<'a>(inputs: &'a [Input], name: &str) -> Option<&'a str> {
    let mut users = inputs.iter().filter(|input| input.borrows.count(name) > 0);
    match (users.next(), users.next()) {
        (Some(only), None) if only.unique.as_deref() == Some(name) && only.borrows.count(name) == 1 => Some(&only.name),
        _ => None,
    }
}

/// An argument, by its lifetimes.
struct Input {
    /// As messages name it.
    name: String,
    is_receiver: bool,
    /// The lifetime's name of the argument's own `&mut`, if it is one.
    unique: Option<String>,
    borrows: Borrows,
}

impl Input {
    fn of(argument: &FnArg) -> Self {
        match argument {
            FnArg::Receiver(receiver) => Self::of_receiver(receiver),
            FnArg::Typed(argument) => {
                let mut ty = (*argument.ty).clone();
                let name = match &*argument.pat {
                    syn::Pat::Ident(pattern) => format!("the `&mut` argument `{}`", pattern.ident),
                    _ => "a `&mut` argument".to_owned(),
                };
                Self { name, is_receiver: false, unique: unique(&ty), borrows: Borrows::of(&mut ty) }
            }
        }
    }

    fn of_receiver(receiver: &Receiver) -> Self {
        let name = "`&mut self`".to_owned();
        let (unique, borrows) = match &receiver.kind {
            ReceiverKind::Reference(and, lifetime, mutability) => {
                let lifetime = lifetime_name(lifetime.as_ref());
                let borrow = Borrow { name: lifetime.clone(), span: and.span };
                (mutability.map(|_| lifetime), Borrows(vec![borrow]))
            }
            ReceiverKind::Typed(_, ty) => {
                let mut ty = (**ty).clone();
                (unique(&ty), Borrows::of(&mut ty))
            }
            _ => (None, Borrows(Vec::new())),
        };
        Self { name, is_receiver: true, unique, borrows }
    }
}

fn unique(ty: &Type) -> Option<String> {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => {
            Some(lifetime_name(reference.lifetime.as_ref()))
        }
        Type::Group(group) => unique(&group.elem),
        Type::Paren(paren) => unique(&paren.elem),
        _ => None,
    }
}

/// The name of a lifetime that is not written, or written as `'_`.
const ELIDED: &str = "_";

fn lifetime_name(lifetime: Option<&Lifetime>) -> String {
    lifetime.map_or_else(|| ELIDED.to_owned(), |lifetime| lifetime.ident.to_string())
}

/// The lifetimes in a type, elided ones of references included.
struct Borrows(Vec<Borrow>);

struct Borrow {
    /// `_` where it is elided.
    name: String,
    span: Span,
}

impl Borrows {
    fn of(ty: &mut Type) -> Self {
        let mut borrows = Self(Vec::new());
        borrows.visit_type_mut(ty);
        borrows
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|borrow| borrow.name == name).count()
    }
}

impl VisitMut for Borrows {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            self.0.push(Borrow { name: ELIDED.to_owned(), span: reference.and_token.span });
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.0.push(Borrow { name: lifetime_name(Some(lifetime)), span: lifetime.apostrophe });
    }

    // A function pointer's elided lifetimes are its own.
    fn visit_type_fn_ptr_mut(&mut self, _pointer: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _arguments: &mut syn::ParenthesizedGenericArguments) {}
}
