//! Facts of the annotated function: what it is, what each attempt has to bind anew, where its body is.
//!
//! The signature is parsed, the body is kept as tokens, except for functions that return a future: there the `async` block has to
//! be found. It knows no key.

use crate::faults::Faults;
use crate::item::arguments::{Binding, BindingKind, Receiver, arguments, refuse_pattern};
use crate::item::future::{self, Made};
use crate::item::returned_borrow;
use crate::syntax::attribute::Attribute;
use crate::syntax::scan::{self, without_parts};
use crate::syntax::signature::{Argument, Signature};
use crate::syntax::{behind_type, behind_visibility, group, inside, is_mark, is_word, part, pattern, span};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::Token;

/// The annotated function.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Vec<TokenTree>,
    pub(crate) defaultness: Option<TokenTree>,
    /// Without the `mut` of by-value bindings: the attempts bind them anew.
    pub(crate) sig: Signature,
    pub(crate) shape: Shape,
    pub(crate) receiver: Receiver,
    /// What each attempt binds anew, or may be asked to clone.
    pub(crate) bindings: Vec<Binding>,
    /// What an attempt returns, as declared; `None` where the signature hides it.
    pub(crate) returned: Option<Vec<TokenTree>>,
    /// Where that stands; the function's name where it is hidden.
    pub(crate) returned_span: Span,
    /// The body of an attempt, in the user's own braces.
    pub(crate) body: Group,
}

/// Where the loop goes.
pub(crate) enum Shape {
    /// Into the function.
    Sync,
    /// Into the `async fn`.
    Async,
    /// Into the `async` block that the function ends with.
    Future(Made),
}

impl Function {
    /// Whether attempts are awaited.
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self.shape, Shape::Sync)
    }

    /// Reads the annotated item. `None` comes with a fault.
    pub(crate) fn parse(item: TokenStream, faults: &mut Faults) -> Option<Self> {
        let Parts { mut attrs, vis, defaultness, mut sig, body } = faults.take(Parts::read(item))?;
        let Some(body) = body else {
            let message = "a function without a body cannot be retried; write `#[retry]` on its implementations";
            faults.at(sig.ident.span(), message);
            return None;
        };
        refuse(&attrs, &sig, faults);
        // Once for all who look into it: the compiler hands over each token.
        let tokens = inside(&body);
        let (inner, body) = inner_attributes(body, &tokens);
        attrs.extend(inner);

        if sig.output.is_empty() {
            let message = "this function returns nothing, so it cannot fail; return a `Result` or an `Option`";
            faults.at(sig.ident.span(), message);
            return None;
        }
        if let [never @ TokenTree::Punct(_)] = sig.output.as_slice() {
            faults.on(never, "a function that never returns has nothing to retry; return a `Result`, such as `Result<Infallible, E>`");
            return None;
        }

        let (mut receiver, mut bindings) = arguments(&mut sig);
        // Borrowed anew in the body, a pinned one keeps nothing itself.
        let mut kept_self = receiver.mutability.filter(|_| receiver.kind != BindingKind::MutInPin);
        let is_future = || future::output(&sig.output).is_some() || future::ends_with_boxed_async(&tokens);
        let (mut shape, returned, body) = if sig.is_async {
            (Shape::Async, Some(sig.output.clone()), body)
        } else if !is_future() {
            (Shape::Sync, Some(sig.output.clone()), body)
        } else {
            let Some(mut made) = Made::find(&body) else {
                let message = "this function returns a future that is not made here; make it an `async fn`, or end it with an \
                               `async` block or `Box::pin(async { ... })`";
                faults.on(sig.output.iter().cloned().collect::<TokenStream>(), message);
                return None;
            };
            let body = made.split(&mut receiver, &mut bindings);
            kept_self = kept_self.or(receiver.mutability.filter(|_| receiver.kind == BindingKind::Value));
            future::refuse_early_ones(made.before(), faults);
            let body = future::fit_to_statements(made.before(), body, &mut sig, &mut receiver, &mut bindings, faults);
            (Shape::Future(made), future::output(&sig.output), body)
        };
        refuse_patterns(&sig, &mut shape, faults);
        if let Some(returned) = &returned {
            returned_borrow::refuse(&sig, returned, faults);
        }
        if let Some(mutability) = kept_self {
            let message = "`mut self` would keep what one attempt did to it; take `self` or `&mut self`, and make a copy in the body";
            faults.on(mutability, message);
        }
        own_hidden_references(&mut sig, &mut shape, &bindings);
        let returned_span = returned.as_deref().map_or_else(|| sig.ident.span(), span);
        Some(Self { attrs, vis, defaultness, sig, shape, receiver, bindings, returned, returned_span, body })
    }
}

/// Refuses patterns of which it cannot be told what they bind, or how. `async_trait` takes arguments apart in the body.
fn refuse_patterns(sig: &Signature, shape: &mut Shape, faults: &mut Faults) {
    for argument in &sig.inputs {
        refuse_pattern(&argument.pattern, &argument.ty, faults);
    }
    if let Shape::Future(made) = shape {
        for local in made.locals() {
            let argument = future::argument(local.initializer());
            let is_it = |input: &&Argument| argument.is_some() && input.name() == argument;
            refuse_pattern(&local.pattern, sig.inputs.iter().find(is_it).map_or(&[], |input| &input.ty), faults);
        }
    }
}

/// Puts `mut` before the arguments that attempts borrow anew out of an `Option` or a `Pin`, where the body finds them.
fn own_hidden_references(sig: &mut Signature, shape: &mut Shape, bindings: &[Binding]) {
    let hidden = |binding: &&Binding| matches!(binding.kind, BindingKind::MutInOption | BindingKind::MutInPin);
    for Binding { name, .. } in bindings.iter().filter(hidden) {
        let mutability = Token![mut](Span::mixed_site().located_at(name.span()));
        let mut is_found = false;
        if let Shape::Future(made) = shape {
            for local in made.locals() {
                is_found |= pattern::set_mut(&mut local.pattern, name, mutability);
            }
        }
        if !is_found {
            for argument in &mut sig.inputs {
                pattern::set_mut(&mut argument.pattern, name, mutability);
            }
        }
    }
}

/// The names that a generic parameter or an argument takes: a path that starts with one is no constant.
pub(crate) fn taken_names(function: &Function) -> Vec<String> {
    let mut names = function.sig.generic_names();
    for binding in &function.bindings {
        names.push(binding.name.to_string());
    }
    names.extend(["Self".to_owned(), "self".to_owned()]);
    names
}

struct Parts {
    attrs: Vec<Attribute>,
    vis: Vec<TokenTree>,
    defaultness: Option<TokenTree>,
    sig: Signature,
    body: Option<Group>,
}

impl Parts {
    /// Reads all but what is in the body.
    fn read(item: TokenStream) -> syn::Result<Self> {
        let tokens: Vec<TokenTree> = item.into_iter().collect();
        let (attrs, start) = Attribute::outer(&tokens);
        let end = behind_visibility(&tokens, start);
        let vis = part(&tokens, start..end).to_vec();
        let rest = part(&tokens, end..);
        if let Some((kind, span)) = other_item(rest) {
            let advice = match kind {
                "an `impl` block" | "a trait" => "; write it on each method that may fail",
                CLOSURE => "; give it to `policy.retry(...)` or `policy.retry_async(...)`, or make it a function",
                BLOCK | EXPRESSION => "; move it into a function",
                "an `extern` block" => "; write it on a function that calls what the block declares",
                _ => "",
            };
            let message = format!("`#[retry]` belongs on a function with a body, not on {kind}{advice}");
            return Err(syn::Error::new(span, message));
        }
        let defaultness = rest.first().filter(|first| is_word(Some(first), "default")).cloned();
        let (sig, rest) = Signature::read(part(rest, usize::from(defaultness.is_some())..))?;
        let body = match rest {
            [TokenTree::Punct(_)] => None,
            [TokenTree::Group(group)] if braces(group).is_some() => braces(group),
            _ => {
                let span = rest.get(1).or(rest.first()).map_or_else(|| sig.ident.span(), TokenTree::span);
                return Err(syn::Error::new(span, "expected the body of the function, in braces"));
            }
        };
        Ok(Self { attrs, vis, defaultness, sig, body })
    }
}

/// The brace group itself, or the one that a fragment of `macro_rules!` hides.
fn braces(group: &Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => match group.stream().into_iter().next() {
            Some(TokenTree::Group(inner)) => braces(&inner),
            _ => None,
        },
        _ => None,
    }
}

/// What the item is that is no function, and its keyword's place.
fn other_item(tokens: &[TokenTree]) -> Option<(&'static str, Span)> {
    let first = tokens.first()?;
    let is_fn = || Signature::read(tokens).is_ok();
    let TokenTree::Ident(keyword) = first else { return expression(tokens).map(|kind| (kind, first.span())) };
    let word = keyword.to_string();
    let kind = match (word.as_str(), tokens.get(1)) {
        ("extern", next) if is_word(next, "crate") => Some("an `extern crate` declaration"),
        ("extern", _) if tokens.len() < 4 && tokens.last().is_some_and(is_braces) => Some("an `extern` block"),
        ("unsafe" | "default" | "auto", Some(TokenTree::Ident(_))) if !is_fn() => {
            return other_item(part(tokens, 1..));
        }
        ("macro", Some(TokenTree::Ident(_))) => Some("a macro"),
        ("macro_rules" | "fn", _) => None,
        _ => scan::path(tokens, 0).filter(|end| is_mark(tokens.get(*end), '!')).map(|_| "a macro call"),
    };
    let kind = kind.or_else(|| named_item(&word, tokens.get(1)).filter(|_| !is_fn())).or_else(|| expression(tokens))?;
    Some((kind, keyword.span()))
}

const CLOSURE: &str = "a closure";
const BLOCK: &str = "a block";
const EXPRESSION: &str = "an expression";

/// Whether the annotated thing is an expression, which no item may follow.
pub(crate) fn is_expression(item: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let start = Attribute::outer(&tokens).1;
    let kind = other_item(part(&tokens, start..)).map(|(kind, _)| kind);
    kind.is_some_and(|kind| [CLOSURE, BLOCK, EXPRESSION].contains(&kind))
}

/// What the expression is that the tokens are, a semicolon aside, if they are one.
fn expression(tokens: &[TokenTree]) -> Option<&'static str> {
    let end = scan::expression(tokens, 0)?;
    if !matches!(part(tokens, end..), [] | [TokenTree::Punct(_)]) {
        return None;
    }
    let is_lead = |token: &&TokenTree| {
        ["async", "const", "move", "static", "unsafe"].iter().any(|word| is_word(Some(token), word))
    };
    let rest = part(tokens, tokens.iter().take_while(is_lead).count()..);
    Some(match rest.first() {
        bar if is_mark(bar, '|') => CLOSURE,
        Some(token) if is_braces(token) && part(rest, 1..).iter().all(|token| is_mark(Some(token), ';')) => BLOCK,
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => return None,
        _ => EXPRESSION,
    })
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// What the item is that begins with the word, if it is none of a function's; `next` follows it.
fn named_item(word: &str, next: Option<&TokenTree>) -> Option<&'static str> {
    // Else it is a block or a closure.
    let is_item = matches!(next, Some(TokenTree::Ident(word)) if word != "move")
        || matches!(word, "impl" | "use" | "macro_rules" | "let");
    [
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("impl", "an `impl` block"),
        ("trait", "a trait"),
        ("mod", "a module"),
        ("use", "a `use` declaration"),
        ("type", "a type alias"),
        ("static", "a static"),
        ("const", "a constant"),
        ("macro_rules", "a macro"),
        ("let", "a `let` statement"),
    ]
    .into_iter()
    .find(|(item, _)| *item == word && is_item)
    .map(|(_, kind)| kind)
}

/// Refuses what no rewriting helps.
fn refuse(attrs: &[Attribute], sig: &Signature, faults: &mut Faults) {
    if let Some(again) = attrs.iter().find(|attr| is_word(attr.parts().0.last(), "retry")) {
        faults.on(
            again,
            "`#[retry]` stands on this function twice, which would multiply the attempts; remove one of the two",
        );
    }
    if let Some(constness) = &sig.constness {
        faults.on(constness, "a `const fn` cannot sleep, so it cannot be retried; remove `const`");
    }
    if let Some(variadic) = &sig.variadic {
        faults.on(variadic, "a variadic function cannot be retried; take a slice or a `VaList` instead");
    }
}

/// Takes the inner attributes out of a body: they belong on the function.
fn inner_attributes(body: Group, tokens: &[TokenTree]) -> (Vec<Attribute>, Group) {
    let mut rest = tokens;
    let mut attrs = Vec::new();
    while let [mark, not, TokenTree::Group(attribute), behind @ ..] = rest {
        if !(is_mark(Some(mark), '#') && is_mark(Some(not), '!')) {
            break;
        }
        attrs.push(Attribute::new(mark.clone(), attribute.clone()));
        rest = behind;
    }
    // An invisible group may hide the beginning of one.
    if let Some(hidden) = group(rest.first(), Delimiter::None).map(inside) {
        let shown = [hidden.as_slice(), part(rest, 1..)].concat();
        let is_nested = group(shown.first(), Delimiter::None).is_some();
        if is_nested || is_mark(shown.first(), '#') && is_mark(shown.get(1), '!') {
            let (more, body) = inner_attributes(body.clone(), &shown);
            if !more.is_empty() {
                attrs.extend(more);
                return (attrs, body);
            }
        }
    }
    if attrs.is_empty() {
        return (attrs, body);
    }
    (attrs, spanned_braces(rest.iter().cloned().collect(), body.span()))
}

/// A brace group with the span of the user's own.
pub(crate) fn spanned_braces(content: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(span);
    group
}

/// The type with `_` for each `impl Trait` in it, which only signatures may name. At its top no invisible group holds a part of it.
pub(crate) fn inferable(tokens: &[TokenTree]) -> TokenStream {
    let mut inferred = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                Token![_](word.span()).to_tokens(&mut inferred);
                at = behind_type(tokens, at);
            }
            TokenTree::Group(group) => {
                let mut inferable = Group::new(group.delimiter(), inferable(&without_parts(&inside(group))));
                inferable.set_span(group.span());
                inferred.append(inferable);
            }
            token => inferred.append(token.clone()),
        }
    }
    inferred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_attributes_are_found_behind_invisible_groups() {
        let inner = |tokens: &str| {
            // Parentheses stand for the invisible groups.
            let shown: TokenStream = tokens.parse().expect(tokens);
            let hidden = shown.into_iter().map(|token| match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    TokenTree::Group(Group::new(Delimiter::None, group.stream()))
                }
                token => token,
            });
            let body = Group::new(Delimiter::Brace, hidden.collect());
            let (attrs, body) = inner_attributes(body.clone(), &inside(&body));
            (attrs.len(), body.stream().to_string())
        };
        assert_eq!(inner("#![a] #![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("#![a] (#)![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("(#!)[a] #![b] c"), (2, "c".to_owned()));
        assert_eq!(inner("(#![a]) (#![b] c)"), (2, "c".to_owned()));
        assert_eq!(inner("(c)"), (0, "c".to_owned()));
        assert_eq!(inner("(#[a] c)"), (0, "# [a] c".to_owned()));
    }
}
