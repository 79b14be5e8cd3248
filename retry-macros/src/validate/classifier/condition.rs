//! A condition where a classifier should be: an expression with a variable that only a closure could have.

use super::Place;
use crate::args::key::Key;
use crate::syntax::type_path::{is_camel_case, names};
use crate::syntax::{expr, replace_word, source_text};
use quote::ToTokens;
use syn::{BinOp, Expr};

/// The usual names of an error. An argument of the function, or of a closure, may have them too.
const ERRORS: [&str; 6] = ["e", "err", "error", "exception", "failure", "it"];

/// The usual names of a value.
const VALUES: [&str; 9] = ["it", "res", "resp", "response", "result", "ok", "v", "val", "value"];

impl Place<'_> {
    /// Returns what was found and a way out, if this is a condition.
    pub(super) fn for_condition(self, written: &Expr, found: &str) -> Option<String> {
        if expr::path(written).is_some() || super::joined::is_joining(written) {
            return None;
        }
        if matches!(written, Expr::Infer(_)) {
            return Some(format!("`_`; if all may pass, write a closure, `{}`", self.closure("_", "true")));
        }
        let variable = self.variable(written)?;
        let text = source_text::of(written);
        if let Expr::Call(call) = written {
            let is_it = |argument: &Expr| matches!(argument, Expr::Infer(_)) || expr::variable(argument).is_some();
            let is_all = call.args.len() == 1 && call.args.first().is_some_and(is_it);
            if let (true, Some(function)) = (is_all, expr::path(&call.func)) {
                let is_variant = names(&function.path).last().is_some_and(|last| is_camel_case(last));
                let named = source_text::of(function);
                return Some(if is_variant {
                    format!("a pattern, `{found}`; write `{}`", self.pattern(&text))
                } else {
                    format!("a call of one, `{found}`; write `{}`", self.value(&named))
                });
            }
        }
        let (variable, text) = match variable.as_str() {
            "_" => {
                let named = replace_word(written.to_token_stream(), "_", self.argument());
                (self.argument().to_owned(), source_text::of(&named))
            }
            _ => (variable, text),
        };
        let body = match written {
            // The argument is a reference.
            Expr::Binary(binary) if is_comparison(&binary.op) && expr::name(&binary.left).is_some() => {
                format!("*{text}")
            }
            _ => text,
        };
        Some(format!("the condition `{found}`; write `{}`", self.closure(&variable, &body)))
    }

    /// Returns the variable in an expression that could only be the argument of a closure around it.
    fn variable(self, expression: &Expr) -> Option<String> {
        let usual: &[&str] = if self.key == Key::On { &ERRORS } else { &VALUES };
        let mut parts: Vec<&Expr> = match expr::peel(expression) {
            Expr::Path(_) => {
                let name = expr::name(expression)?.to_string();
                return Some(name).filter(|name| usual.contains(&name.as_str()) && !self.taken.contains(name));
            }
            Expr::Infer(_) => return Some("_".to_owned()),
            Expr::Call(call) => call.args.iter().collect(),
            Expr::MethodCall(call) => call.args.iter().chain([&*call.receiver]).collect(),
            Expr::Binary(binary) => vec![&binary.left, &binary.right],
            Expr::Field(field) => vec![&field.base],
            Expr::Index(index) => vec![&index.expr],
            Expr::If(condition) => vec![&condition.cond],
            Expr::Match(choice) => vec![&choice.expr],
            Expr::Reference(reference) => vec![&reference.expr],
            Expr::Unary(unary) => vec![&unary.expr],
            Expr::Cast(cast) => vec![&cast.expr],
            _ => return None,
        };
        parts.drain(..).find_map(|part| self.variable(part))
    }
}

fn is_comparison(operator: &BinOp) -> bool {
    matches!(operator, BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_))
}
