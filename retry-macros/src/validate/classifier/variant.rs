//! The name of a variant or of a type where a classifier should be. Functions and constants are in another case.

use super::Place;
use crate::args::key::Key;
use crate::args::pattern_check;
use crate::syntax::type_path::{is_camel_case, names};
use crate::syntax::{expr, has_word, source_text};
use quote::ToTokens;
use syn::{Expr, Path, Type};

impl Place<'_> {
    /// Returns what was found and a way out, if this is a variant or a type.
    pub(super) fn for_variant(self, written: &Expr, found: &str) -> Option<String> {
        let written = match written {
            Expr::Reference(reference) => expr::peel(&reference.expr),
            other => other,
        };
        let list: Vec<&Expr> = match written {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
            Expr::Array(array) => array.elems.iter().collect(),
            one => vec![one],
        };
        if let (Expr::Path(path), [_]) = (written, list.as_slice()) {
            return self.for_name(&path.path, found);
        }
        let is_variant = |one: &&Expr| {
            // A tuple struct may dereference to a function.
            let has_owner = |path: &Path| matches!(names(path).as_slice(), [.., owner, _] if is_camel_case(owner));
            let is_owned = match expr::peel(one) {
                Expr::Path(path) => has_owner(&path.path),
                Expr::Call(call) => expr::path(&call.func).is_some_and(|path| has_owner(&path.path)),
                Expr::Struct(value) => has_owner(&value.path),
                _ => false,
            };
            is_owned && pattern_check::is_alternatives(one.to_token_stream(), 1)
        };
        if list.is_empty() || !list.iter().all(is_variant) {
            return None;
        }
        let patterns: Vec<String> = list.iter().map(|one| source_text::of(*one)).collect();
        let what = if patterns.len() > 1 { "variants" } else { "a variant" };
        Some(format!("{what}, `{found}`; write `{}`", self.pattern(&patterns.join(" | "))))
    }

    /// Returns a classifier that accepts a pattern, as a value.
    pub(super) fn pattern(self, pattern: &str) -> String {
        if self.is_joined {
            let argument = self.argument();
            return self.closure(argument, &format!("matches!({argument}, {pattern})"));
        }
        self.value(&format!("matches({pattern})"))
    }

    fn for_name(self, path: &Path, found: &str) -> Option<String> {
        let names = names(path);
        let (last, owner) = match names.as_slice() {
            [last] => (last, None),
            [.., owner, last] => (last, Some(owner)),
            [] => return None,
        };
        if last.chars().count() == 1 || !is_camel_case(last) {
            return None;
        }
        let name = source_text::of(path);
        let judged = self.judged.map(source_text::of);
        // `Error` and `io::Error` are not the same for sure.
        let is_judged = judged.as_deref().is_some_and(|judged| {
            judged == name
                || [judged, &name].iter().all(|ty| ty.contains("::"))
                    && (judged.ends_with(&name) || name.ends_with(judged))
        });
        let variant_of = owner.filter(|owner| is_camel_case(owner));
        let is_generic = path.segments.last().is_some_and(|last| !last.arguments.is_none());
        let (argument, is_error) = (self.argument(), self.key == Key::On);
        Some(match variant_of {
            None if is_error && last == "None" => {
                format!(
                    "`None`, which is the only failure of an `Option`; write `{}`",
                    self.value("reattempt::any_error")
                )
            }
            None if last == "None" => format!("`None`; write `{}`", self.pattern("None")),
            None if last == "Transient" && names.first().is_some_and(|first| first == "reattempt") => {
                format!("the trait `{found}`; write `{}`", self.value("reattempt::classify::transient"))
            }
            None if is_error && is_judged => format!(
                "`{found}`, the type of every failure here; if all of them may pass, write `{}`",
                self.value("reattempt::any_error")
            ),
            None if last.ends_with("Error") && is_error && self.judged.is_some_and(is_erased) => {
                format!(
                    "the type `{found}`; write `{}`",
                    self.value(&format!("reattempt::classify::source::<{name}>()"))
                )
            }
            None if last.ends_with("Error") || is_judged || is_generic => {
                format!("the type `{found}`; write a closure, `{}`", self.closure(argument, "..."))
            }
            Some(owner) if owner == "Verdict" => {
                format!("the verdict `{found}`; write `{}`", self.closure("_", &name))
            }
            Some(owner)
                if owner.ends_with("Kind") && !judged.is_some_and(|judged| judged.ends_with(owner.as_str())) =>
            {
                let body = format!("{argument}.kind() == {name}");
                format!("the kind `{found}`; write `{}`", self.closure(argument, &body))
            }
            _ => format!(
                "`{found}`, which is named like a variant; write `{}`, with `{name} {{ .. }}` if it has fields",
                self.pattern(&name)
            ),
        })
    }
}

/// Returns whether the type of an error is known to be erased.
fn is_erased(ty: &Type) -> bool {
    ["dyn", "anyhow", "eyre"].iter().any(|word| has_word(ty.to_token_stream(), word))
}
