//! `mut` arguments of a generic type that is surely not `Copy`: each attempt needs a value of its own, which nothing makes.
//!
//! What may be `Copy` is left to the compiler: a trait of the user's may demand it.

use super::Validator;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::faults::Faults;
use crate::item::arguments::{Binding, BindingKind};
use crate::syntax::{pattern, source_text, type_path};
use proc_macro2::Ident;
use syn::{FnArg, GenericParam, Signature, Type, TypeParamBound, WherePredicate};

/// Traits of the standard library that do not demand `Copy`.
const WITHOUT_COPY: [&str; 23] = [
    "AsMut",
    "AsRef",
    "BufRead",
    "Clone",
    "Debug",
    "Default",
    "Display",
    "DoubleEndedIterator",
    "Error",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "Into",
    "IntoIterator",
    "Iterator",
    "Read",
    "Seek",
    "Send",
    "Sync",
    "Unpin",
    "Write",
];

impl Validator<'_> {
    /// Refuses the arguments that are `mut` and not listed in `clone`.
    pub(super) fn refuse_mut_arguments(&self, clones: &[Ident], faults: &mut Faults) {
        let is_known = match self.arguments.get(Key::Clone).map(|entry| &entry.value) {
            Some(Value::Names(names)) => names.len() == clones.len(),
            _ => !self.arguments.mentions(Key::Clone),
        };
        if !is_known {
            // A name in a faulty `clone` may mean any argument.
            return;
        }
        let is_copied = |binding: &&Binding| {
            binding.kind == BindingKind::Value && binding.mutability.is_some() && !clones.contains(&binding.name)
        };
        for Binding { name, .. } in self.function.bindings.iter().filter(is_copied) {
            let Some((ty, bounds)) = generic_type(&self.function.sig, name) else { continue };
            // A lifetime says nothing about `Copy`.
            let bounds = bounds.into_iter().filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_)));
            let traits: Option<Vec<String>> = bounds.map(trait_name).collect();
            let Some(traits) = traits.filter(|traits| traits.iter().all(|name| WITHOUT_COPY.contains(&name.as_str())))
            else {
                continue;
            };
            let ty = source_text::of(ty);
            let behind = if ty.contains('+') { format!("({ty})") } else { ty.clone() };
            let advice = if traits.iter().any(|name| name == "Clone") {
                format!("write `clone({name})` in the attribute")
            } else {
                format!(
                    "take it as `{name}: &mut {behind}`, which keeps what attempts do to it, or let it be `Clone` and write `clone({name})` \
                     in the attribute"
                )
            };
            let message = format!(
                "each attempt needs a value of its own of the `mut` argument `{name}`, and `{ty}` is not `Copy`; {advice}"
            );
            faults.at(name.span(), message);
        }
    }
}

/// Returns the type of an argument and its bounds, if that is `impl Trait` or a type parameter of the function.
fn generic_type<'a>(sig: &'a Signature, name: &Ident) -> Option<(&'a Type, Vec<&'a TypeParamBound>)> {
    let ty = sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(argument) if pattern::single_name(&argument.pat) == Some(name) => {
            Some(type_path::peel(&argument.ty))
        }
        _ => None,
    })?;
    if let Type::ImplTrait(opaque) = ty {
        return Some((ty, opaque.bounds.iter().collect()));
    }
    let is_same = |other: &Type, parameter: &Ident| matches!(type_path::peel(other), Type::Path(path) if path.qself.is_none() && path.path.is_ident(parameter));
    let parameter = sig.generics.params.iter().find_map(|parameter| match parameter {
        GenericParam::Type(parameter) if is_same(ty, &parameter.ident) => Some(parameter),
        _ => None,
    })?;
    let predicates = sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let of_clause = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(bounded) if is_same(&bounded.bounded_ty, &parameter.ident) => Some(&bounded.bounds),
        _ => None,
    });
    Some((ty, parameter.bounds.iter().chain(of_clause.flatten()).collect()))
}

/// Returns the name of the trait in a bound.
fn trait_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}
