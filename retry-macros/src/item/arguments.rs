//! The names that the signature binds, and how each attempt gets them. Some are bound again, some are kept, some are refused.
//!
//! It knows no body.

use crate::faults::Faults;
use crate::item::attributes::{inherited, without_expectation};
use crate::syntax::{is_mark, is_word, pattern, type_path};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, FnArg, GenericArgument, Pat, PatType, ReceiverKind, Signature, Token, Type, parse_quote};

/// The name of `self` in the body, and how it is bound.
pub(crate) struct Receiver {
    /// `self`, or the name that `async_trait` gave it.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: BindingKind,
    pub(crate) mutability: Option<Token![mut]>,
}

/// A name that the signature binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) kind: BindingKind,
    /// The user's `mut`, kept so that the lint for a needless one still works. For a by-value argument, the attempts bind it again.
    pub(crate) mutability: Option<Token![mut]>,
    /// Whether it is `ref mut`, of a by-value argument.
    pub(crate) is_reference: bool,
    /// Whether statements before the `async` block mention it too, so that the `mut` may be needed only there.
    pub(crate) is_shared: bool,
    /// The attributes of the parameter that its binding also needs: `#[cfg]`, and lint levels.
    pub(crate) attrs: Vec<Attribute>,
}

/// The kind of a binding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Value,
    /// `name: &mut T`, or a `ref mut name` behind a `&mut`.
    MutReference,
    /// `name: Option<&mut T>`.
    MutInOption,
    /// `name: Pin<&mut T>`.
    MutInPin,
}

/// Reads the arguments, and removes the `mut` of those that the attempts bind again.
pub(crate) fn arguments(sig: &mut Signature) -> (Receiver, Vec<Binding>) {
    let mut receiver = Receiver { name: None, kind: BindingKind::Value, mutability: None };
    let mut bindings = Vec::new();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(this) => {
                receiver.name = Some(Ident::new("self", this.self_token.span));
                receiver.mutability = this.mutability;
                receiver.kind = binding_kind(&receiver_type(this));
            }
            FnArg::Typed(argument) if !is_unit(argument) => {
                let found = take_bindings(&mut argument.pat, binding_kind(&argument.ty), &inherited(&argument.attrs));
                if found.iter().any(|binding| binding.kind != BindingKind::Value || binding.mutability.is_some()) {
                    for attr in &mut argument.attrs {
                        attr.meta = without_expectation(&attr.meta);
                    }
                }
                bindings.extend(found);
            }
            FnArg::Typed(_) => {}
        }
    }
    (receiver, bindings)
}

/// Returns the type of `self`, also if it is written in the short form.
pub(crate) fn receiver_type(receiver: &syn::Receiver) -> Type {
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        ReceiverKind::Reference(and, lifetime, mutability) => parse_quote!(#and #lifetime #mutability Self),
        _ => parse_quote!(Self),
    }
}

/// Returns the arguments of a signature without the receiver.
pub(crate) fn typed(sig: &mut Signature) -> impl Iterator<Item = &mut PatType> {
    sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    })
}

/// Returns whether the pattern of an argument is the name of a unit struct. Its type has the same name: `Unit: &mut Unit`.
fn is_unit(argument: &PatType) -> bool {
    let mut ty = type_path::peel(&argument.ty);
    while let Type::Reference(reference) = ty {
        ty = type_path::peel(&reference.elem);
    }
    let Type::Path(ty) = ty else { return false };
    let is_last = |name: &Ident| ty.path.segments.last().is_some_and(|last| last.ident == *name);
    pattern::single_name(&argument.pat).is_some_and(|name| pattern::is_constant(name) && is_last(name))
}

/// Refuses a pattern whose bindings are unknown: a macro may bind anything, and a `ref mut` may be behind a `&mut` of the type.
pub(crate) fn refuse_pattern(pattern: &mut Pat, ty: Option<&Type>, faults: &mut Faults) {
    if let Some(call) = pattern::macro_call(pattern) {
        let message = "what a macro binds is not seen here, so it cannot be bound anew for each attempt; write the pattern out, or take \
                       the argument by a name and take it apart in the body";
        faults.on(call, message);
    }
    let Some(ty) = ty.map(type_path::peel) else { return };
    if matches!(ty, Type::Reference(_)) || !has_unique_reference(ty.to_token_stream()) {
        return;
    }
    pattern::for_each_name(pattern, &mut |name, context| {
        if let (Some(_), Some(mutability), false) = (name.by_ref, name.mutability, context.is_behind_unique) {
            let message = "it cannot be told here whether this is behind the `&mut` in the type; write `&mut` in the pattern where it is, or \
                           take the argument by a name and take it apart in the body";
            faults.on(mutability, message);
        }
    });
}

/// Returns whether a `&mut` stands in a type, at any depth.
fn has_unique_reference(ty: TokenStream) -> bool {
    let mut is_pointer = false;
    ty.into_iter().any(|token| {
        let is_found = match &token {
            TokenTree::Group(group) => has_unique_reference(group.stream()),
            token => is_word(Some(token), "mut") && !is_pointer,
        };
        is_pointer = is_mark(Some(&token), '*');
        is_found
    })
}

/// Removes the `mut` of by-value names in a pattern, and returns all names that it binds. `kind` is for a pattern that is only a name.
pub(crate) fn take_bindings(pattern: &mut Pat, kind: BindingKind, attrs: &[Attribute]) -> Vec<Binding> {
    let mut bindings: Vec<Binding> = Vec::new();
    let is_name = pattern::single_name(pattern).is_some();
    // `ref mut name` alone refers to the argument itself.
    let is_taken_apart = !matches!(pattern, Pat::Ident(name) if name.by_ref.is_some());
    pattern::for_each_name(pattern, &mut |name, context| {
        let is_kept = context.is_behind_unique || (is_taken_apart && kind == BindingKind::MutReference);
        let is_unique = name.by_ref.is_some() && name.mutability.is_some();
        let kind = match name.by_ref {
            Some(_) if is_unique && is_kept => BindingKind::MutReference,
            None if is_name => kind,
            _ => BindingKind::Value,
        };
        // Each side of an or-pattern binds the same names. Elsewhere, two equal names mean that a macro made one of them.
        if !context.is_alternative || bindings.iter().all(|binding| binding.name != name.ident) {
            bindings.push(Binding {
                name: name.ident.clone(),
                kind,
                mutability: name.mutability.filter(|_| !(is_unique && is_kept)),
                is_reference: is_unique && !is_kept,
                is_shared: false,
                attrs: [attrs, &inherited(&context.attributes)].concat(),
            });
        }
        if name.by_ref.is_none() {
            name.mutability = None;
        }
    });
    bindings
}

/// Returns the kind of binding for an argument of a type.
fn binding_kind(ty: &Type) -> BindingKind {
    let path = match type_path::peel(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => return BindingKind::MutReference,
        Type::Path(ty) if ty.qself.is_none() => &ty.path,
        _ => return BindingKind::Value,
    };
    let (Some((name, arguments)), Some(first)) = (type_path::last_generic(path), path.segments.first()) else {
        return BindingKind::Value;
    };
    let holds_reference = matches!(arguments.first(), Some(GenericArgument::Type(inner))
        if binding_kind(inner) == BindingKind::MutReference);
    // Any other path may be a type of the user's own.
    let is_std = |start: &str| ["std", "core", start].iter().any(|start| first.ident == start);
    match name.to_string().as_str() {
        "Option" if holds_reference && (is_std("Option") || is_std("option")) => BindingKind::MutInOption,
        "Pin" if holds_reference && (is_std("Pin") || is_std("pin")) => BindingKind::MutInPin,
        _ => BindingKind::Value,
    }
}
