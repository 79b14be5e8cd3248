//! The name of a variant or of a type where a classifier should be. Functions and constants are in another case.

use super::Place;
use super::joined::leaves;
use crate::args::key::Key;
use crate::args::pattern_check;
use crate::syntax::matched_pattern::alternatives;
use crate::syntax::type_path::{is_camel_case, names};
use crate::syntax::{expr, has_word, source_text};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, Pat, Path, Type};

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
            Expr::Binary(_) => leaves(written, "|"),
            one => vec![one],
        };
        if let Some(inner) = inside_err(written).filter(|_| self.key == Key::On) {
            return Some(format!("`{found}`, and a classifier judges what is in the `Err`; {}", self.inside(inner)));
        }
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
        let patterns: Vec<String> = list.iter().map(|one| source_text::of(*one)).collect();
        let patterns = patterns.join(" | ");
        if self.are_kinds(list.iter().map(|one| expr::path(one).map(|path| &path.path))) {
            return Some(format!("the kinds `{found}`; write `{}`", self.kinds(&patterns)));
        }
        let is_type = |one: &&Expr| {
            expr::path(one).is_some_and(|path| names(&path.path).last().is_some_and(|last| is_camel_case(last)))
        };
        if list.len() > 1 && list.iter().all(is_type) && !list.iter().all(is_variant) {
            return Some(format!("the types `{found}`; write a closure, `{}`", self.closure(self.argument(), "...")));
        }
        if list.is_empty() || !list.iter().all(is_variant) {
            return None;
        }
        let what = if list.len() > 1 { "variants" } else { "a variant" };
        let one = if list.len() > 1 { "one" } else { "it" };
        let or = list.iter().find_map(|one| expr::path(one)).map_or_else(String::new, |path| {
            format!(", with `{} {{ .. }}` if {one} has fields", source_text::of(path))
        });
        Some(format!("{what}, `{found}`; write `{}`{or}", self.pattern(&patterns)))
    }

    /// Returns the message for a pattern of something else than the error: of a whole `Result`, or of the kind of an `io::Error`.
    pub(super) fn for_pattern(self, pattern: &TokenStream) -> Option<String> {
        let judged = self.judged.map(source_text::of).filter(|_| self.key == Key::On)?;
        let parsed = Pat::parse_multi_with_leading_vert.parse2(pattern.clone()).ok()?;
        let (found, alternatives) = (source_text::of(pattern), alternatives(&parsed));
        let inner: Option<Vec<&Pat>> = alternatives.iter().map(|one| inside_err_pattern(one)).collect();
        if let Some(inner) = inner.filter(|_| !judged.contains("Result")) {
            let inner: Vec<String> = inner.into_iter().map(source_text::of).collect();
            let advice = self.inside_text(&inner.join(" | "));
            return Some(format!("`on` judges what is in the `Err`, found the pattern `{found}`; {advice}"));
        }
        let paths = alternatives.iter().map(|one| match one {
            Pat::Path(path) => Some(&path.path),
            _ => None,
        });
        let is_io = matches!(judged.trim_start_matches("::"), "io::Error" | "std::io::Error");
        (is_io && self.are_kinds(paths)).then(|| {
            format!("`on` judges a value of type `{judged}`, found its kind `{found}`; write `{}`", self.kinds(&found))
        })
    }

    /// Returns whether these are variants of an enum like `ErrorKind`, and what is judged is none.
    fn are_kinds<'p>(self, mut paths: impl Iterator<Item = Option<&'p Path>>) -> bool {
        let judged = self.judged.map(source_text::of).unwrap_or_default();
        paths.all(|path| {
            let names = path.map(names).unwrap_or_default();
            matches!(names.as_slice(), [.., owner, last] if is_camel_case(last) && owner.ends_with("Kind")
                && is_camel_case(owner) && !judged.ends_with(owner.as_str()))
        })
    }

    /// Returns a classifier that looks at the kind of an error.
    fn kinds(self, pattern: &str) -> String {
        let argument = self.argument();
        self.closure(argument, &format!("matches!({argument}.kind(), {pattern})"))
    }

    /// Returns the way out for what is in an `Err(...)`.
    fn inside(self, inner: &Expr) -> String {
        self.inside_text(&source_text::of(inner))
    }

    fn inside_text(self, inner: &str) -> String {
        let is_pattern = inner.parse().is_ok_and(|tokens| pattern_check::is_alternatives(tokens, 1));
        if is_pattern {
            format!("write `{}`", self.pattern(inner))
        } else {
            format!("if all of them may pass, write `{}`", self.value("reattempt::any_error"))
        }
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
            None if is_error && last == "Err" => format!(
                "`Err`, which is every failure; if all of them may pass, write `{}`",
                self.value("reattempt::any_error")
            ),
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
            None if ["Error", "Kind", "Self"].iter().any(|end| last.ends_with(end)) || is_judged || is_generic => {
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

/// Returns what is in an `Err(...)`: a variant, a variable or `_`.
fn inside_err(written: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = written else { return None };
    let inner = call.args.first().filter(|_| call.args.len() == 1)?;
    let is_err = expr::name(&call.func).is_some_and(|name| name == "Err");
    let is_any = matches!(inner, Expr::Infer(_)) || expr::variable(inner).is_some();
    (is_err && (is_any || pattern_check::is_alternatives(inner.to_token_stream(), 1))).then_some(inner)
}

fn inside_err_pattern(pattern: &Pat) -> Option<&Pat> {
    let Pat::TupleStruct(tuple) = pattern else { return None };
    let is_err = tuple.path.is_ident("Err") && tuple.elems.len() == 1;
    tuple.elems.first().filter(|_| is_err)
}

/// Returns whether the type of an error is known to be erased.
pub(super) fn is_erased(ty: &Type) -> bool {
    ["dyn", "anyhow", "eyre"].iter().any(|word| has_word(ty.to_token_stream(), word))
}
