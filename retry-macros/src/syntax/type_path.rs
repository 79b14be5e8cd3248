//! Types in signatures: the type within parentheses, the last segment of a path, and `_` for `impl Trait`.
//!
//! It knows no type by its name.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Path, PathArguments, Token, Type, TypeInfer};

/// Returns the type without the parentheses and the invisible groups around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(parentheses) => peel(&parentheses.elem),
        ty => ty,
    }
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
pub(crate) fn inferable(ty: &Type) -> Type {
    struct Inferred;

    impl VisitMut for Inferred {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::ImplTrait(opaque) => {
                    let underscore_token = Token![_](opaque.impl_token.span);
                    *ty = Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token });
                }
                ty => visit_mut::visit_type_mut(self, ty),
            }
        }
    }

    let mut ty = ty.clone();
    Inferred.visit_type_mut(&mut ty);
    ty
}
