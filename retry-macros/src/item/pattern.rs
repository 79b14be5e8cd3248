//! Patterns: the names that they bind, and the `mut` before a name.
//!
//! It knows no argument and no statement.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::token::Paren;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, FieldPat, Macro, Pat, PatIdent, PatParen, Token, Type};

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
        pattern => Names { each, context: Context::default() }.visit_pat_mut(pattern),
    }
}

struct Names<'a> {
    each: &'a mut dyn FnMut(&mut PatIdent, &Context),
    context: Context,
}

impl VisitMut for Names<'_> {
    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        let outer = self.context.clone();
        match pattern {
            Pat::Reference(reference) => self.context.is_behind_unique |= reference.mutability.is_some(),
            Pat::Or(_) => self.context.is_alternative = true,
            _ => {}
        }
        visit_mut::visit_pat_mut(self, pattern);
        self.context = outer;
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        let outer = self.context.clone();
        self.context.attributes.extend_from_slice(&field.attrs);
        self.visit_pat_mut(&mut field.pat);
        self.context = outer;
    }

    fn visit_pat_ident_mut(&mut self, name: &mut PatIdent) {
        let is_plain = name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none();
        if !(is_plain && (is_constant(&name.ident) || name.ident == "self")) {
            (self.each)(name, &self.context);
        }
        if let Some((_, inner)) = &mut name.subpat {
            self.visit_pat_mut(inner);
        }
    }

    fn visit_pat_paren_mut(&mut self, parentheses: &mut PatParen) {
        let is_mut = |pattern: &Pat| matches!(pattern, Pat::Ident(name) if name.mutability.is_some());
        let was_mut = is_mut(&parentheses.pat);
        visit_mut::visit_pat_paren_mut(self, parentheses);
        // Without the `mut` the parentheses are needless, and the compiler would warn about them.
        if was_mut && !is_mut(&parentheses.pat) {
            let span = Span::mixed_site().located_at(parentheses.paren_token.span.join());
            parentheses.paren_token = Paren(span);
        }
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}

    fn visit_type_mut(&mut self, _: &mut Type) {}
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
pub(crate) fn macro_call(pattern: &Pat) -> Option<TokenStream> {
    struct FirstMacro(Option<TokenStream>);

    impl VisitMut for FirstMacro {
        fn visit_macro_mut(&mut self, call: &mut Macro) {
            self.0.get_or_insert_with(|| call.to_token_stream());
        }

        fn visit_expr_mut(&mut self, _: &mut Expr) {}
    }

    let mut first = FirstMacro(None);
    first.visit_pat_mut(&mut pattern.clone());
    first.0
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
