//! Patterns: the names that they bind, and the `mut` before a name.
//!
//! It knows no argument and no statement.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::token::Paren;
use syn::{Attribute, Pat, PatIdent, Token};

/// The context of a name in a pattern.
#[derive(Clone, Default)]
pub(crate) struct Context {
    /// Whether it is behind a `&mut`.
    pub(crate) is_behind_unique: bool,
    /// Whether it is in an or-pattern. Each side of that binds the same names.
    pub(crate) is_alternative: bool,
    /// The attributes of the fields around it.
    pub(crate) attributes: Vec<Attribute>,
}

/// Calls a function with each name that a pattern binds. A pattern that is only a name binds it, even if it looks like a constant.
pub(crate) fn for_each_name(pattern: &mut Pat, each: &mut dyn FnMut(&mut PatIdent, &Context)) {
    match pattern {
        Pat::Type(typed) => for_each_name(&mut typed.pat, each),
        Pat::Ident(name) if name.subpat.is_none() => each(name, &Context::default()),
        pattern => each_name_within(pattern, Context::default(), each),
    }
}

fn each_name_within(pattern: &mut Pat, mut context: Context, each: &mut dyn FnMut(&mut PatIdent, &Context)) {
    match pattern {
        Pat::Reference(reference) => context.is_behind_unique |= reference.mutability.is_some(),
        Pat::Or(_) => context.is_alternative = true,
        Pat::Ident(name) => {
            let is_plain = name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none();
            if !(is_plain && (is_constant(&name.ident) || name.ident == "self")) {
                each(name, &context);
            }
        }
        Pat::Paren(parentheses) => {
            let is_mut = |pattern: &Pat| matches!(pattern, Pat::Ident(name) if name.mutability.is_some());
            let was_mut = is_mut(&parentheses.pat);
            each_name_within(&mut parentheses.pat, context, each);
            // Without the `mut` the parentheses are needless, and the compiler would warn about them.
            if was_mut && !is_mut(&parentheses.pat) {
                let span = Span::mixed_site().located_at(parentheses.paren_token.span.join());
                parentheses.paren_token = Paren(span);
            }
            return;
        }
        Pat::Struct(fields) => {
            for field in &mut fields.fields {
                let mut context = context.clone();
                context.attributes.extend_from_slice(&field.attrs);
                each_name_within(&mut field.pat, context, each);
            }
            return;
        }
        _ => {}
    }
    for part in parts(pattern) {
        each_name_within(part, context.clone(), each);
    }
}

/// Returns the patterns that a pattern is made of.
fn parts(pattern: &mut Pat) -> Vec<&mut Pat> {
    match pattern {
        Pat::Guard(guard) => vec![&mut guard.pat],
        Pat::Ident(name) => name.subpat.iter_mut().map(|(_, part)| &mut **part).collect(),
        Pat::Or(or) => or.cases.iter_mut().collect(),
        Pat::Paren(parentheses) => vec![&mut parentheses.pat],
        Pat::Reference(reference) => vec![&mut reference.pat],
        Pat::Slice(slice) => slice.elems.iter_mut().collect(),
        Pat::Struct(fields) => fields.fields.iter_mut().map(|field| &mut *field.pat).collect(),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().collect(),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().collect(),
        Pat::Type(typed) => vec![&mut typed.pat],
        _ => Vec::new(),
    }
}

/// Returns the name, if a pattern is only a name: `name`, `mut name`.
pub(crate) fn single_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Type(typed) => single_name(&typed.pat),
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(&name.ident),
        _ => None,
    }
}

/// Returns the first call of a macro in a pattern.
pub(crate) fn macro_call(pattern: &mut Pat) -> Option<TokenStream> {
    match pattern {
        Pat::Macro(call) => Some(call.mac.to_token_stream()),
        pattern => parts(pattern).into_iter().find_map(macro_call),
    }
}

/// Returns the names in capitals that a pattern may bind. They are constants and unit variants, or variables by mistake.
pub(crate) fn names_in_capitals(pattern: &mut Pat) -> Vec<Ident> {
    match pattern {
        Pat::Ident(name) if name.subpat.is_none() && is_constant(&name.ident) => vec![name.ident.clone()],
        pattern => {
            let mut names = Vec::new();
            for part in parts(pattern) {
                names.extend(names_in_capitals(part));
            }
            names
        }
    }
}

/// Returns whether a name looks like a constant.
pub(crate) fn is_constant(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// Adds `mut` to a name that is not bound by `ref`. Returns whether the pattern binds such a name.
pub(crate) fn set_mut(pattern: &mut Pat, name: &Ident, mutability: Token![mut]) -> bool {
    let mut is_found = false;
    for_each_name(pattern, &mut |bound, _| {
        if bound.ident == *name && bound.by_ref.is_none() {
            bound.mutability = Some(mutability);
            is_found = true;
        }
    });
    is_found
}
