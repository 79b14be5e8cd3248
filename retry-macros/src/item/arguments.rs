//! The names that the signature binds, and how each attempt gets them: what is bound anew, what is kept, what cannot be either.
//!
//! It knows no body.

use crate::faults::Faults;
use crate::syntax::attribute::Attribute;
use crate::syntax::signature::{Argument, Signature};
use crate::syntax::{is_word, pattern, types};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::Token;

/// How the body names `self`, and how it is bound.
pub(crate) struct Receiver {
    /// `self`, or what `async_trait` made of it.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: BindingKind,
    pub(crate) mutability: Option<Token![mut]>,
}

/// A name that the signature binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) kind: BindingKind,
    /// The user's `mut`, kept so that a needless one is still reported. Where it is a by-value argument's, the attempts bind it anew.
    pub(crate) mutability: Option<Token![mut]>,
    /// Whether it is `ref mut`, of a by-value argument.
    pub(crate) is_reference: bool,
    /// Whether statements before the attempts name it too, so that the `mut` may be theirs alone, or the body's.
    pub(crate) is_shared: bool,
    /// Those of the parameter that a binding in its place needs: `#[cfg]`, and levels of lints.
    pub(crate) attrs: Vec<Attribute>,
}

/// How a name is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Value,
    /// `name: &mut T`, or `ref mut name` of what is behind one.
    MutReference,
    /// `name: Option<&mut T>`.
    MutInOption,
    /// `name: Pin<&mut T>`.
    MutInPin,
}

/// Reads the arguments, and strips the `mut` of those that the attempts bind anew.
pub(crate) fn arguments(sig: &mut Signature) -> (Receiver, Vec<Binding>) {
    let mut receiver = Receiver { name: None, kind: BindingKind::Value, mutability: None };
    if let Some(this) = &sig.receiver {
        receiver.name = Some(this.name.clone());
        receiver.kind = match &this.reference {
            Some(reference) if reference.is_unique => BindingKind::MutReference,
            _ => binding_kind(&this.ty),
        };
        receiver.mutability = this.mutability;
    }
    let mut bindings = Vec::new();
    for argument in sig.inputs.iter_mut().filter(|argument| !is_unit(argument)) {
        let (kind, attrs) = (binding_kind(&argument.ty), inherited(&argument.attrs));
        let found = take_bindings(&mut argument.pattern, kind, &attrs);
        if found.iter().any(|binding| binding.kind != BindingKind::Value || binding.mutability.is_some()) {
            for attr in argument.attrs.iter_mut().filter(|attr| attr.is("expect") || attr.is("cfg_attr")) {
                *attr = attr.map(&|content| Some(without_expectation(content))).unwrap_or_else(|| attr.clone());
            }
        }
        bindings.extend(found);
    }
    (receiver, bindings)
}

/// Whether the pattern of an argument is the name of a unit struct, by its type: `Unit: &mut Unit`.
fn is_unit(argument: &Argument) -> bool {
    let is_last = |name: &Ident| matches!(argument.ty.last(), Some(TokenTree::Ident(last)) if last == name);
    argument.name().is_some_and(|name| pattern::is_constant(&name) && is_last(&name))
}

/// Refuses a pattern of which it cannot be told what it binds, or how.
pub(crate) fn refuse_pattern(pattern: &[TokenTree], ty: &[TokenTree], faults: &mut Faults) {
    if let Some(call) = pattern::macro_call(pattern) {
        let message = "what a macro binds is not seen here, so it cannot be bound anew for each attempt; write the pattern out, or take \
                       the argument by a name and take it apart in the body";
        faults.on(call.into_iter().collect::<TokenStream>(), message);
    }
    let ty = types::peel(ty);
    if types::reference(&ty).is_some() || !types::has_unique_reference(&ty) {
        return;
    }
    pattern::rebind(pattern, &mut |bound| {
        if let (true, false, Some(mutability)) = (bound.is_reference, bound.around.is_unique, bound.mutability) {
            let message = "it cannot be told here whether this is behind the `&mut` in the type; write `&mut` in the pattern where it is, or \
                           take the argument by a name and take it apart in the body";
            faults.on(mutability, message);
        }
        None
    });
}

/// Strips the `mut` of by-value names in a pattern, and answers all names that it binds. The kind is that of a pattern that is a
/// name alone.
pub(crate) fn take_bindings(pattern: &mut Vec<TokenTree>, kind: BindingKind, attrs: &[Attribute]) -> Vec<Binding> {
    let mut bindings: Vec<Binding> = Vec::new();
    let peeled = pattern::peel(pattern);
    let is_name = pattern::single_name(&peeled).is_some();
    // Each side of an or-pattern binds the same. Elsewhere the same word twice is two names, of which a macro has made one.
    let has_sides = pattern::has_sides(&peeled);
    // `ref mut name` alone refers to the argument itself.
    let is_taken_apart = !is_word(peeled.first(), "ref");
    *pattern = pattern::rebind_argument(&peeled, &mut |bound| {
        let is_kept = bound.around.is_unique || (is_taken_apart && kind == BindingKind::MutReference);
        let is_unique = bound.is_reference && bound.mutability.is_some();
        let kind = match bound.is_reference {
            true if is_unique && is_kept => BindingKind::MutReference,
            false if is_name => kind,
            _ => BindingKind::Value,
        };
        if !has_sides || bindings.iter().all(|binding| binding.name != bound.name) {
            bindings.push(Binding {
                name: bound.name.clone(),
                kind,
                mutability: bound.mutability.filter(|_| !(is_unique && is_kept)),
                is_reference: is_unique && !is_kept,
                is_shared: false,
                attrs: [attrs, &inherited(&Attribute::outer(&bound.around.attributes).0)].concat(),
            });
        }
        None
    });
    bindings
}

/// The attributes of an argument that a binding in its place needs too: `#[cfg]`, and levels of lints.
pub(crate) fn inherited(attrs: &[Attribute]) -> Vec<Attribute> {
    const INHERITED: [&str; 5] = ["cfg", "allow", "warn", "deny", "forbid"];
    let inherited = |content: &[TokenTree]| {
        let content = without_expectation(content);
        INHERITED.iter().any(|name| is_word(content.first(), name)).then_some(content)
    };
    attrs.iter().filter_map(|attr| attr.map(&inherited)).collect()
}

/// The attribute with `allow` for `expect`: of two bindings the lint finds one.
fn without_expectation(attribute: &[TokenTree]) -> Vec<TokenTree> {
    match attribute {
        [first, rest @ ..] if is_word(Some(first), "expect") => {
            let allow = Ident::new("allow", Span::mixed_site().located_at(first.span()));
            [allow.into()].into_iter().chain(rest.iter().cloned()).collect()
        }
        attribute => attribute.to_vec(),
    }
}

/// How an argument of that type is bound.
fn binding_kind(ty: &[TokenTree]) -> BindingKind {
    if let Some(reference) = types::reference(&types::peel(ty)) {
        return if reference.is_unique { BindingKind::MutReference } else { BindingKind::Value };
    }
    let Some((name, arguments)) = types::generic_path(ty) else { return BindingKind::Value };
    let first = types::peel(ty).into_iter().find(|token| matches!(token, TokenTree::Ident(_)));
    // A path that begins elsewhere leads to a type of the user's own.
    let is_std = |start: &str| ["std", "core", start].iter().any(|start| is_word(first.as_ref(), start));
    let holds_reference = arguments.first().is_some_and(|inner| binding_kind(inner) == BindingKind::MutReference);
    match name.to_string().as_str() {
        "Option" if holds_reference && (is_std("Option") || is_std("option")) => BindingKind::MutInOption,
        "Pin" if holds_reference && (is_std("Pin") || is_std("pin")) => BindingKind::MutInPin,
        _ => BindingKind::Value,
    }
}
