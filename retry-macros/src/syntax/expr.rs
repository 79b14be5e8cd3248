//! Kinds of expressions, seen through parentheses and the invisible groups of `macro_rules!`.
//!
//! Syn parses the expressions. This file knows no key.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Expr, ExprClosure, ExprLit, ExprPath, Lit, LitStr, Member, ReturnType, Stmt, UnOp};

/// Parses the next expression.
pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Expr> {
    let start = input.span();
    input.parse().map_err(|fault: syn::Error| match fault.to_string().strip_prefix("unexpected end of input") {
        // The end of the input has no span of its own.
        Some(_) => syn::Error::new(start, "expected an expression"),
        None => fault,
    })
}

/// Returns the expression without the parentheses and the invisible groups around it.
pub(crate) fn peel(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Group(group) if group.attrs.is_empty() => &group.expr,
            Expr::Paren(paren) if paren.attrs.is_empty() => &paren.expr,
            other => return other,
        }
    }
}

/// Returns the literal, if the expression is one.
pub(crate) fn literal(expression: &Expr) -> Option<&Lit> {
    match peel(expression) {
        Expr::Lit(ExprLit { attrs, lit }) if attrs.is_empty() => Some(lit),
        _ => None,
    }
}

/// Returns the string literal, if the expression is one.
pub(crate) fn text(expression: &Expr) -> Option<&LitStr> {
    match literal(expression) {
        Some(Lit::Str(text)) => Some(text),
        _ => None,
    }
}

/// Returns whether the expression is a literal with a minus before it.
pub(crate) fn is_negative(expression: &Expr) -> bool {
    matches!(peel(expression), Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) && literal(&unary.expr).is_some())
}

/// Returns the path, if the expression is one.
pub(crate) fn path(expression: &Expr) -> Option<&ExprPath> {
    match peel(expression) {
        Expr::Path(path) if path.attrs.is_empty() => Some(path),
        _ => None,
    }
}

/// Returns the identifier, if the expression is one.
pub(crate) fn name(expression: &Expr) -> Option<&Ident> {
    path(expression).filter(|path| path.qself.is_none())?.path.get_ident()
}

/// Returns whether an expression calls a function or a method.
pub(crate) fn is_call(expression: &Expr) -> bool {
    matches!(peel(expression), Expr::Call(_) | Expr::MethodCall(_))
}

/// Returns the closure, if the expression is one.
pub(crate) fn closure(expression: &Expr) -> Option<&ExprClosure> {
    match peel(expression) {
        Expr::Closure(closure) => Some(closure),
        _ => None,
    }
}

/// Returns whether a closure is `|inputs| body` or `move |inputs| body`.
pub(crate) fn is_plain_closure(closure: &ExprClosure) -> bool {
    let ExprClosure { attrs, lifetimes, constness, asyncness, output, .. } = closure;
    attrs.is_empty()
        && lifetimes.is_none()
        && constness.is_none()
        && asyncness.is_none()
        && matches!(output, ReturnType::Default)
}

/// Returns the expression in `{ expression }`, if the braces contain nothing else.
pub(crate) fn braced(expression: &Expr) -> Option<&Expr> {
    let Expr::Block(block) = peel(expression) else { return None };
    match block.block.stmts.as_slice() {
        [Stmt::Expr(inner, None)] if block.attrs.is_empty() && block.label.is_none() => Some(inner),
        _ => None,
    }
}

/// Returns the variable that the expression is, or is a part of: `x`, `&x.y[0]`. The result of a call is not a part.
pub(crate) fn variable(expression: &Expr) -> Option<&Ident> {
    match peel(expression) {
        Expr::Reference(reference) => variable(&reference.expr),
        Expr::Unary(unary) => variable(&unary.expr),
        Expr::Index(index) => variable(&index.expr),
        Expr::Field(field) if matches!(field.member, Member::Named(_) | Member::Unnamed(_)) => variable(&field.base),
        place => name(place),
    }
}
