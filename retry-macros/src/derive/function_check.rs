//! Recognizes an expression that was meant as the body of a function, such as `code >= 500`, and writes the function.
//!
//! If in doubt it treats the expression as a function, which the compiler checks.

use crate::syntax::{expr, source_text, type_path};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::iter;
use syn::BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
use syn::parse::ParseStream;
use syn::token::Paren;
use syn::{
    Expr, ExprAwait, ExprCall, ExprCast, ExprField, ExprGroup, ExprIf, ExprMatch, ExprParen, ExprPath, ExprReference,
    ExprTry, ExprUnary, Fields, Member, Token, UnOp,
};

/// Returns the function that an expression was meant as. `None` if the expression may be a function.
///
/// `is_struct`: the function gets the whole struct, not each field.
pub(super) fn function_for(value: &Expr, fields: &Fields, is_struct: bool) -> Option<String> {
    let names: Vec<Ident> = fields.iter().filter_map(|field| field.ident.clone()).collect();
    let mut body = expr::peel(value).clone();
    let mut variables = Vec::new();
    let has_self = normalize(&mut body, &names, &mut variables);
    let has_field = variables.iter().any(|variable| names.contains(variable));
    let is_body = match &body {
        // A function may have the name of a field.
        Expr::Path(_) => is_duration(&body) || matches!(expr::peel(value), Expr::Field(_)),
        Expr::Lit(_) | Expr::Array(_) | Expr::Cast(_) => false,
        _ => has_self && is_struct || has_field || is_comparison(&body) || is_matches(&body) || is_duration(&body),
    };
    if !is_body {
        return None;
    }
    if let Some(function) = called_with_all(&body, &names, is_struct) {
        return Some(source_text::of(function));
    }
    // `!is_busy`, where `is_busy` is a function.
    let negated = match &body {
        Expr::Unary(not) if !has_field && matches!(*not.expr, Expr::Path(_)) => Some(&not.expr),
        _ => None,
    };
    let parameters = match negated {
        None if is_struct && !has_self && variables.is_empty() => vec![format_ident!("_")],
        _ if is_struct => vec![format_ident!("error")],
        None => parameters(&variables, &names, fields.len()),
        Some(_) if !names.is_empty() => names.clone(),
        Some(_) if fields.len() == 1 => vec![format_ident!("field")],
        Some(_) => (0..fields.len()).map(|at| format_ident!("field_{at}")).collect(),
    };
    let body = if let Some(function) = negated {
        quote!(!#function(#(#parameters),*))
    } else {
        let replacement = |name: &Ident, is_value: bool| {
            if !is_struct {
                return (is_value && parameters.contains(name)).then(|| quote!(*#name));
            }
            if name == "self" {
                return Some(quote!(error));
            }
            if names.is_empty() {
                let number = variables.iter().take(fields.len()).position(|variable| variable == name)?;
                let number = Literal::usize_unsuffixed(number);
                return Some(quote!(error.#number));
            }
            names.contains(name).then(|| quote!(error.#name))
        };
        replace(&mut body, &replacement, true);
        body.into_token_stream()
    };
    let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
    Some(format!("|{}| {}", parameters.join(", "), source_text::of(&body)))
}

/// Replaces `self.field` by `field`, and `matches!(value, pattern)` by a call. Collects the names that can only be variables, each once.
/// Returns whether `self` occurs.
fn normalize(expr: &mut Expr, fields: &[Ident], variables: &mut Vec<Ident>) -> bool {
    let is_self = |expr: &Expr| expr::name(expr).is_some_and(|name| name == "self");
    let mut has_self = is_self(expr);
    let new = match expr {
        Expr::Field(ExprField { base, member: Member::Named(name), .. }) if is_self(base) && fields.contains(name) => {
            has_self = true;
            Some(Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path: name.clone().into() }))
        }
        Expr::Macro(invocation) if invocation.mac.path.is_ident("matches") => {
            invocation.mac.parse_body_with(matches_call).ok()
        }
        _ => None,
    };
    if let Some(new) = new {
        *expr = new;
    }
    if let Some(name) = expr::name(expr) {
        let is_keyword = ["self", "super", "crate"].iter().any(|keyword| name == keyword);
        if name.to_string().starts_with(char::is_lowercase) && !is_keyword && !variables.contains(name) {
            variables.push(name.clone());
        }
    }
    for operand in operands(expr) {
        has_self |= normalize(operand, fields, variables);
    }
    has_self
}

fn matches_call(input: ParseStream<'_>) -> syn::Result<Expr> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    Ok(Expr::Call(ExprCall {
        attrs: Vec::new(),
        func: Box::new(Expr::Verbatim(quote!(matches!))),
        paren_token: Paren::default(),
        args: [value, Expr::Verbatim(input.parse()?)].into_iter().collect(),
    }))
}

/// Returns the operands of an expression. It does not look into blocks, closures and macros, which may have variables of their own.
fn operands(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Binary(binary) => vec![&mut *binary.left, &mut *binary.right],
        Expr::Call(call) => {
            let function = Some(&mut *call.func).filter(|function| !matches!(function, Expr::Path(_)));
            function.into_iter().chain(&mut call.args).collect()
        }
        Expr::MethodCall(call) => iter::once(&mut *call.receiver).chain(&mut call.args).collect(),
        Expr::Index(index) => vec![&mut *index.expr, &mut *index.index],
        Expr::Array(array) => array.elems.iter_mut().collect(),
        Expr::Tuple(tuple) => tuple.elems.iter_mut().collect(),
        Expr::Await(ExprAwait { base: operand, .. })
        | Expr::Cast(ExprCast { expr: operand, .. })
        | Expr::Field(ExprField { base: operand, .. })
        | Expr::Group(ExprGroup { expr: operand, .. })
        | Expr::If(ExprIf { cond: operand, .. })
        | Expr::Match(ExprMatch { expr: operand, .. })
        | Expr::Paren(ExprParen { expr: operand, .. })
        | Expr::Reference(ExprReference { expr: operand, .. })
        | Expr::Try(ExprTry { expr: operand, .. })
        | Expr::Unary(ExprUnary { expr: operand, .. }) => vec![operand],
        _ => Vec::new(),
    }
}

/// Replaces names in an expression. `is_value`: an operator or a function takes the name by value, not by reference.
fn replace(expr: &mut Expr, replacement: &dyn Fn(&Ident, bool) -> Option<TokenStream>, is_value: bool) {
    if let Some(new) = expr::name(expr).and_then(|name| replacement(name, is_value)) {
        *expr = Expr::Verbatim(new);
    }
    let takes_values = is_comparison(expr) || is_duration(expr);
    for operand in operands(expr) {
        replace(operand, replacement, takes_values);
    }
}

/// Returns whether the expression is a `bool`, and so not a function.
fn is_comparison(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)),
        Expr::Binary(binary) => matches!(binary.op, And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_)),
        _ => false,
    }
}

fn is_matches(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(*call.func, Expr::Verbatim(_)))
}

/// Returns whether the expression is or may contain a duration: `Duration::ZERO`, `Duration::from_secs(5)`, `Some(pause)`.
fn is_duration(expr: &Expr) -> bool {
    let (path, is_call) = match expr {
        Expr::Call(call) => (expr::path(&call.func), true),
        expr => (expr::path(expr), false),
    };
    match path.map(|path| type_path::names(&path.path)).unwrap_or_default().as_slice() {
        [.., ty, name] => ty == "Duration" && (is_call || name == "ZERO" || name == "MAX"),
        [name] => is_call && name == "Some",
        [] => false,
    }
}

/// Returns the function itself, if it is called with exactly its arguments: `is_server_side(code)`.
fn called_with_all<'a>(expr: &'a Expr, names: &[Ident], is_struct: bool) -> Option<&'a Expr> {
    let Expr::Call(ExprCall { func, args, .. }) = expr else { return None };
    let mut given = Vec::new();
    for mut argument in args {
        while let Expr::Reference(reference) = argument {
            argument = &reference.expr;
        }
        given.push(expr::name(argument)?.clone());
    }
    let is_all = if is_struct { matches!(given.as_slice(), [this] if this == "self") } else { given == names };
    (is_all && expr::path(func).is_some() && !is_duration(expr)).then_some(func)
}

/// Returns the names of a closure's parameters, one for each field.
fn parameters(variables: &[Ident], names: &[Ident], count: usize) -> Vec<Ident> {
    // If the expression mentions a name that is not a field, all fields are shown.
    let is_strange = !variables.is_empty() && !variables.iter().any(|variable| names.contains(variable));
    let parameter = |at| match names.get(at) {
        Some(name) => Some(name).filter(|name| is_strange || variables.contains(name)),
        None => variables.get(at),
    };
    (0..count).map(|at| parameter(at).cloned().unwrap_or_else(|| format_ident!("_"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::ItemStruct;

    /// Checks the suggestion for an expression. Fields: `{ code: u16 }` or `(u16)`.
    fn check(fields: &str, is_struct: bool, table: &[(&str, Option<&str>)]) {
        let end = if fields.ends_with(')') { ";" } else { "" };
        let item: ItemStruct = syn::parse_str(&format!("struct Case {fields}{end}")).expect(fields);
        for (value, expected) in table {
            let found = function_for(&syn::parse_str(value).expect(value), &item.fields, is_struct);
            assert_eq!(found.as_deref(), *expected, "{value} of {fields}");
        }
    }

    #[test]
    fn a_body_becomes_a_function_of_the_named_fields() {
        check(
            "{ code: u16, is_busy: bool }",
            false,
            &[
                ("code >= 500", Some("|code, _| *code >= 500")),
                ("(code >= 500)", Some("|code, _| *code >= 500")),
                ("code / 100 == 5 && is_busy", Some("|code, is_busy| code / 100 == 5 && *is_busy")),
                ("self.code >= 500", Some("|code, _| *code >= 500")),
                ("self.is_busy", Some("|_, is_busy| *is_busy")),
                ("!is_busy", Some("|_, is_busy| !*is_busy")),
                ("!is_late", Some("|code, is_busy| !is_late(code, is_busy)")),
                ("status > 5", Some("|code, is_busy| status > 5")),
                ("matches!(code, 500..=599)", Some("|code, _| matches!(code, 500..=599)")),
                (
                    "!matches!(code, 404 | 410) && is_busy",
                    Some("|code, is_busy| !matches!(code, 404 | 410) && *is_busy"),
                ),
                (
                    "match code { 500..=599 => true, _ => false }",
                    Some("|code, _| match code { 500..=599 => true, _ => false }"),
                ),
                ("is_server_side(code)", Some("|code, _| is_server_side(code)")),
                ("is_late(code, &is_busy)", Some("is_late")),
                ("Duration::from_secs(code)", Some("|code, _| Duration::from_secs(*code)")),
                ("Some(code)", Some("|code, _| Some(*code)")),
                ("Duration::MAX", Some("|_, _| Duration::MAX")),
            ],
        );
    }

    #[test]
    fn a_body_becomes_a_function_of_the_numbered_fields() {
        check(
            "(u16, u8)",
            false,
            &[
                ("code >= 500", Some("|code, _| *code >= 500")),
                ("!is_busy", Some("|field_0, field_1| !is_busy(field_0, field_1)")),
                ("matches!(a, 1) || b", Some("|a, b| matches!(a, 1) || *b")),
                ("is_busy(code)", None),
            ],
        );
    }

    #[test]
    fn a_body_becomes_a_function_of_the_struct() {
        check(
            "{ code: u16, is_busy: bool }",
            true,
            &[
                ("self.code >= 500", Some("|error| error.code >= 500")),
                ("code >= 500", Some("|error| error.code >= 500")),
                ("matches!(self.code, 500..)", Some("|error| matches!(error.code, 500..)")),
                ("self.is_busy()", Some("|error| error.is_busy()")),
                ("Self::is_busy(self)", Some("Self::is_busy")),
                ("is_busy(&self.code)", Some("|error| is_busy(&error.code)")),
                ("!Self::is_busy", Some("|error| !Self::is_busy(error)")),
                ("Duration::ZERO", Some("|_| Duration::ZERO")),
            ],
        );
        check(
            "(u16)",
            true,
            &[("code >= 500", Some("|error| error.0 >= 500")), ("self.0 > 1", Some("|error| error.0 > 1"))],
        );
    }

    #[test]
    fn what_may_be_a_function_is_left_to_the_compiler() {
        let functions = [
            "is_busy",
            "code",
            "code::is_busy",
            "at_least(500)",
            "at_least::<u16>(500)",
            "not(|code: &u16| *code >= 500)",
            "LISTED[0]",
            "&is_late",
            "{ is_late }",
            "is_late as fn(&u16) -> bool",
            "if FLAG { is_late } else { is_busy }",
            "Self::is_late",
        ];
        for function in functions {
            check("{ code: u16 }", false, &[(function, None)]);
            check("{ code: u16 }", true, &[(function, None)]);
        }
    }
}
