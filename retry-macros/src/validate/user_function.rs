//! Functions and other values of the user's. Literals and closures that the key cannot use are refused.

use super::Validator;
use crate::args::key::Key;
use crate::args::{pattern_check, punctuation, value};
use crate::faults::Faults;
use crate::syntax::expr;
use crate::syntax::source_text;
use quote::ToTokens;
use reattempt_policy::{Kind, duration};
use syn::{Expr, Lit};

impl Validator<'_> {
    /// Returns the expression of a key for a function or a value, if it is not a literal.
    pub(super) fn function(&self, key: Key, faults: &mut Faults) -> Option<Expr> {
        let expression = self.arguments.expression(key)?;
        let message = match (wrong_closure(key, expression), expr::literal(expression)) {
            (Some(message), _) => message,
            (None, None) if key == Key::Policy && matches!(expr::peel(expression), Expr::Assign(_)) => {
                punctuation::not_in_policy(&source_text::of(expr::peel(expression)))
            }
            (None, Some(literal)) => literal_instead(key, literal),
            (None, None) => return Some(expression.clone()),
        };
        faults.on(expression, message);
        None
    }
}

/// Returns the message for a literal. Its quotes may contain the right value.
fn literal_instead(key: Key, literal: &Lit) -> String {
    let (name, (what, details)) = (key.name(), key.expected());
    let pattern = value::quoted_tokens(literal).filter(|tokens| pattern_check::is_alternatives(tokens.clone(), 1));
    if let (Key::On | Key::OnValue, Some(pattern)) = (key, pattern) {
        let pattern = source_text::of(&pattern);
        return format!(
            "`{name}` expects a function, or a pattern in `matches(...)`, not in quotes; write `{name} = matches({pattern})`"
        );
    }
    if let Some(kind) = value::quoted(literal).filter(|_| key == Key::Policy).and_then(|text| Kind::from_name(&text)) {
        return format!("`policy` expects {what}{details}; write `strategy = \"{}\"`", kind.name());
    }
    if let Some(quoted) = value::quoted(literal) {
        return format!("`{name}` expects {what}, not its name in quotes; write `{name} = {quoted}`");
    }
    let found = literal.to_token_stream().to_string();
    if let (Key::On, Lit::Bool(all)) = (key, literal) {
        let name = if all.value { "reattempt::any_error" } else { "reattempt::no_error" };
        return format!("`on` expects {what}{details}, found `{found}`; write `on = {name}`");
    }
    let is_delay = key == Key::Sleep && matches!(literal, Lit::Str(text) if duration::is_duration(&text.value()));
    let or_delay = if is_delay { format!(", or for a delay `base = {found}`") } else { String::new() };
    format!("`{name}` expects {what}{details}, found `{found}`; write `{}`{or_delay}", key.example())
}

/// Returns the message for a closure that the key cannot call, whatever its types are.
fn wrong_closure(key: Key, expression: &Expr) -> Option<String> {
    let closure = expr::closure(expression)?;
    let (argument, what) = key.closure_argument()?;
    let (name, count) = (key.name(), closure.inputs.len());
    let problem = match count {
        1 if closure.asyncness.is_none() || key == Key::Sleep => return None,
        1 => format!("`{name}` is not awaited, so its closure cannot be `async`"),
        _ => format!("`{name}` is called with one argument, {what}, and this closure takes {count}"),
    };
    let (argument, body) = match closure.inputs.first() {
        // The body may be about the other arguments.
        Some(_) if count > 1 => (argument.to_owned(), "...".to_owned()),
        Some(argument) => (source_text::of(argument), source_text::of(&closure.body)),
        None => ("_".to_owned(), source_text::of(&closure.body)),
    };
    Some(format!("{problem}; write `{name} = |{argument}| {body}`"))
}
