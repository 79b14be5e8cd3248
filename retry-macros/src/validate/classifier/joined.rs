//! Classifiers that are joined, and what was meant to join them.

use super::Place;
use crate::args::pattern_check;
use crate::model::{MAKERS, is_of_this_crate};
use crate::syntax::type_path::names;
use crate::syntax::{expr, source_text};
use syn::{BinOp, Expr, ExprArray, ExprTuple, PathArguments, UnOp};

impl Place<'_> {
    /// Returns what was found and a way out, if this joins classifiers in another way, or names a function that makes one.
    pub(super) fn for_list(self, written: &Expr, found: &str) -> Option<String> {
        let joined = |function: &str, list: &[&Expr]| {
            let list: Vec<String> = list.iter().map(|one| named(one)).collect();
            format!("; write `{}`", self.value(&format!("{function}(({}))", list.join(", "))))
        };
        match written {
            Expr::Binary(binary) => {
                let (operator, function) = match binary.op {
                    BinOp::Or(_) => ("||", "any_of"),
                    BinOp::And(_) => ("&&", "all_of"),
                    BinOp::BitOr(_) => ("|", "any_of"),
                    BinOp::BitAnd(_) => ("&", "all_of"),
                    _ => return None,
                };
                let leaves = leaves(written, operator);
                // Types of the user's may have these operators, functions have none.
                let is_function = |one: &&Expr| {
                    let last = expr::path(one).and_then(|path| path.path.segments.last());
                    last.is_some_and(|last| last.ident.to_string().starts_with(char::is_lowercase))
                        && expr::name(one).is_none_or(|name| !self.taken.iter().any(|taken| name == taken))
                };
                if operator.len() == 1 && !leaves.iter().all(is_function) {
                    return None;
                }
                let advice = joined(&format!("reattempt::classify::{function}"), &leaves);
                Some(format!("`{operator}`, which joins values{advice}"))
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) && expr::path(&unary.expr).is_some() => {
                let advice = self.value(&format!("reattempt::classify::not({})", named(&unary.expr)));
                Some(format!("`!`, which inverts a value; write `{advice}`"))
            }
            Expr::Tuple(ExprTuple { elems, .. }) | Expr::Array(ExprArray { elems, .. })
                if !elems.is_empty() && elems.iter().all(|one| expr::literal(one).is_some()) =>
            {
                Some(format!("`{found}`; write a closure, `{}`", self.closure(self.argument(), "...")))
            }
            Expr::Tuple(tuple) if tuple.elems.len() > 1 => Some(format!(
                "a list{}",
                joined("reattempt::classify::any_of", &tuple.elems.iter().collect::<Vec<_>>())
            )),
            Expr::Array(array) if array.elems.len() > 1 => Some(format!(
                "a list{}",
                joined("reattempt::classify::any_of", &array.elems.iter().collect::<Vec<_>>())
            )),
            Expr::Call(call) => {
                let path = &expr::path(&call.func)?.path;
                let (last, is_ours) = (names(path).pop()?, is_of_this_crate(path));
                let first = call.args.first().map(expr::peel);
                match (last.as_str(), first) {
                    ("any_of" | "all_of", Some(Expr::Array(array))) if is_ours && call.args.len() == 1 => {
                        let advice = joined(&source_text::of(path), &array.elems.iter().collect::<Vec<_>>());
                        Some(format!("an array, and `{last}` takes a tuple{advice}"))
                    }
                    ("any_of" | "all_of", Some(_)) if is_ours && call.args.len() > 1 => {
                        let advice = joined(&source_text::of(path), &call.args.iter().collect::<Vec<_>>());
                        Some(format!("{} arguments, and `{last}` takes one tuple{advice}", call.args.len()))
                    }
                    ("any_error" | "no_error" | "transient", None) if is_ours => {
                        Some(format!("a call of one, `{found}`; write `{}`", self.value(&source_text::of(path))))
                    }
                    ("any_of" | "all_of", None) if is_ours => {
                        let advice = self.value(&format!("{}((is_busy, is_time_out))", source_text::of(path)));
                        Some(format!("no classifiers for `{last}`; write `{advice}`"))
                    }
                    ("source", Some(Expr::Path(ty))) if is_ours => {
                        let advice = self.value(&format!("{}::<{}>()", source_text::of(path), source_text::of(ty)));
                        Some(format!("an argument, and `source` takes a type; write `{advice}`"))
                    }
                    ("matches", Some(_)) if self.is_joined => {
                        let pattern = call.args.iter().map(source_text::of).collect::<Vec<_>>().join(", ");
                        let is_pattern = pattern_check::is_alternatives(pattern.parse().ok()?, 1);
                        let advice = self.pattern(&pattern);
                        is_pattern.then(|| format!("`{found}`, which only stands alone; write `{advice}`"))
                    }
                    _ => None,
                }
            }
            Expr::Path(path) => {
                let path = &path.path;
                let last = path.segments.last()?;
                let missing = match last.ident.to_string().as_str() {
                    "source" if matches!(last.arguments, PathArguments::AngleBracketed(_)) => "()",
                    "source" if is_of_this_crate(path) => "::<std::io::Error>()",
                    "any_of" | "all_of" if is_of_this_crate(path) => "((is_busy, is_time_out))",
                    "not" if is_of_this_crate(path) => "(is_fatal)",
                    _ => return None,
                };
                let advice = self.value(&format!("{}{missing}", source_text::of(path)));
                Some(format!("`{found}`, which makes one when it is called; write `{advice}`"))
            }
            _ => None,
        }
    }
}

/// Returns the classifiers that `any_of((a, b))`, `all_of((a, b))` or `not(a)` is made of.
pub(super) fn operands(written: &Expr) -> Vec<&Expr> {
    let Expr::Call(call) = written else { return Vec::new() };
    if !is_joining(written) {
        return Vec::new();
    }
    let tuple = |argument| match expr::peel(argument) {
        Expr::Tuple(tuple) => tuple.elems.iter().collect(),
        _ => vec![argument],
    };
    call.args.iter().flat_map(tuple).collect()
}

/// Returns whether this calls a function that joins classifiers.
pub(super) fn is_joining(written: &Expr) -> bool {
    let Expr::Call(call) = written else { return false };
    let last = expr::path(&call.func).and_then(|path| path.path.segments.last());
    last.is_some_and(|last| last.ident != "source" && MAKERS.iter().any(|name| last.ident == name))
}

/// Returns what an operator joins.
pub(super) fn leaves<'a>(expression: &'a Expr, operator: &str) -> Vec<&'a Expr> {
    let mut leaves = Vec::new();
    collect(expression, operator, &mut leaves);
    leaves
}

fn collect<'a>(expression: &'a Expr, operator: &str, leaves: &mut Vec<&'a Expr>) {
    match expr::peel(expression) {
        Expr::Binary(binary) if source_text::of(&binary.op) == operator => {
            collect(&binary.left, operator, leaves);
            collect(&binary.right, operator, leaves);
        }
        other => leaves.push(other),
    }
}

/// Returns the text of a classifier. A call without arguments may be the call of one.
fn named(expression: &Expr) -> String {
    match expr::peel(expression) {
        Expr::Call(call) if call.args.is_empty() => source_text::of(&call.func),
        other => source_text::of(other),
    }
}
