//! Classifiers that ask whether an `Option` is `None`. They would get a `NoneError`, which is all that a `None` says.

use super::Validator;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::faults::Faults;
use crate::syntax::{expr, is_word, source_text, type_path};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Pat, Path, Type};

impl Validator<'_> {
    /// Refuses `on = Option::is_none`, `on = |value: &Option<T>| ...` and `on = matches(None)`, if the function visibly returns an `Option`.
    pub(super) fn refuse_option_classifier(&self, faults: &mut Faults) {
        if !self.function.returned.as_ref().is_some_and(is_option) {
            return;
        }
        let found = match self.arguments.get(Key::On).map(|entry| &entry.value) {
            Some(Value::Pattern(pattern)) if is_none(pattern) => pattern.clone(),
            Some(Value::Expression(classifier)) if takes_option(classifier) => classifier.to_token_stream(),
            _ => return,
        };
        let message = format!(
            "`on` is called where the `Option` is `None`, and not with the `Option`, found `{}`; to retry on `None`, write \
             `on = reattempt::any_error`",
            source_text::of(&found)
        );
        faults.on(found, message);
    }
}

fn is_none(pattern: &TokenStream) -> bool {
    let mut tokens = pattern.clone().into_iter();
    is_word(tokens.next().as_ref(), "None") && tokens.next().is_none()
}

fn takes_option(classifier: &Expr) -> bool {
    if let Some(path) = expr::path(classifier) {
        return is_method_of_option(&path.path);
    }
    expr::closure(classifier).is_some_and(|closure| match closure.inputs.first() {
        Some(Pat::Type(typed)) => is_option(&typed.ty),
        _ => false,
    })
}

/// Returns whether this is `Option::is_none`, as it stands or with a path or types.
fn is_method_of_option(path: &Path) -> bool {
    matches!(type_path::names(path).as_slice(), [.., option, method] if option == "Option" && method.starts_with("is_"))
}

/// Returns whether the type is an `Option` or a reference to one.
fn is_option(ty: &Type) -> bool {
    match type_path::peel(ty) {
        Type::Reference(reference) => is_option(&reference.elem),
        Type::Path(ty) => ty.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}
