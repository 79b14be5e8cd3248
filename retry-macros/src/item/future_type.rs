//! Return types that look like a future, and their output.
//!
//! It knows no body.

use crate::syntax::type_path;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Token, Type, TypeParamBound};

/// Returns the output of a type that looks like a future: it contains `Future<Output = ...>`, or it is a common alias.
pub(crate) fn output(ty: &Type) -> Option<&Type> {
    let path = match type_path::peel(ty) {
        Type::ImplTrait(opaque) => return bound_output(&opaque.bounds),
        Type::Path(ty) => &ty.path,
        _ => return None,
    };
    let (name, arguments) = type_path::last_generic(path)?;
    match name.to_string().as_str() {
        // The last argument, since a lifetime may come before it.
        "BoxFuture" | "LocalBoxFuture" => as_type(arguments.last()?),
        "Pin" => pointee_output(as_type(arguments.first()?)?),
        _ => None,
    }
}

/// Returns the output of a future behind a pointer: `Box<dyn Future<Output = X>>`.
fn pointee_output(pointer: &Type) -> Option<&Type> {
    match type_path::peel(pointer) {
        Type::ImplTrait(opaque) => bound_output(&opaque.bounds),
        Type::TraitObject(object) => bound_output(&object.bounds),
        Type::Path(ty) => pointee_output(as_type(type_path::last_generic(&ty.path)?.1.first()?)?),
        _ => None,
    }
}

fn bound_output(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let (_, arguments) = type_path::last_generic(&bound.path).filter(|(name, _)| *name == "Future")?;
        arguments.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

fn as_type(argument: &GenericArgument) -> Option<&Type> {
    match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}
