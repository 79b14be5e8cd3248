//! The annotated function: its kind, the bindings that each attempt makes again, and the place of its body.
//!
//! The signature is parsed, and the body is kept as tokens. In functions that return a future, the `async` block has to be found. This
//! module knows no key.

use crate::faults::{self, Faults};
use crate::item::arguments::{self, Binding, BindingKind, Receiver, refuse_pattern};
use crate::item::future_body::{self, FutureBody};
use crate::item::{attributes, before_block, future_type, kind, returned_borrow};
use crate::syntax::{has_word, pattern, replace_within};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, GenericParam, Pat, ReceiverKind, ReturnType, Signature, Token, Type, Visibility};

/// The annotated function.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    /// The signature, without the `mut` of by-value bindings. The attempts bind those again.
    pub(crate) sig: Signature,
    pub(crate) kind: FunctionKind,
    pub(crate) receiver: Receiver,
    /// The bindings that each attempt makes again, or that it may clone.
    pub(crate) bindings: Vec<Binding>,
    /// The declared type of an attempt. `None` if the signature hides it.
    pub(crate) returned: Option<Type>,
    /// The span of that type, or of the function's name if the type is hidden.
    pub(crate) returned_span: Span,
    /// The body of an attempt, in the user's own braces.
    pub(crate) body: Group,
    /// The place of these braces in the last group of the item, from group to group. `None` if they are not the user's own.
    body_place: Option<Vec<usize>>,
}

/// The kind of a function, which decides where the loop goes.
pub(crate) enum FunctionKind {
    /// The loop goes into the function.
    Sync,
    /// The loop goes into the `async fn`.
    Async,
    /// The loop goes into the `async` block at the end of the function.
    Future(FutureBody),
}

impl Function {
    /// Returns whether attempts are awaited.
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self.kind, FunctionKind::Sync)
    }

    /// Reads the annotated item. `None` comes with a reported fault.
    pub(crate) fn parse(item: &TokenStream, faults: &mut Faults) -> Option<Self> {
        let Parts { mut attrs, vis, defaultness, mut sig, body } = faults.take(Parts::read(item))?;
        let Some((body, mut body_place)) = body else {
            let message =
                "a function without a body cannot be retried; give it one, or write `#[retry]` on its implementations";
            faults.at(sig.ident.span(), message);
            return None;
        };
        refuse_qualifiers(&attrs, &sig, faults);
        // Read once for all uses: the compiler hands over each token.
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let (inner, body) = attributes::take_inner(&body, tokens.first()).unwrap_or_else(|| (Vec::new(), body));
        if !inner.is_empty() {
            body_place = None;
        }
        attrs.extend(inner);
        let output = output(&sig, faults)?;

        let (mut receiver, mut bindings) = arguments::arguments(&mut sig);
        // A pinned receiver is borrowed again for each attempt.
        let mut kept_self = receiver.mutability.filter(|_| receiver.kind != BindingKind::MutInPin);
        let (mut kind, returned, body) = if sig.asyncness.is_some() {
            (FunctionKind::Async, Some(output), body)
        } else if !makes_future(&output, &tokens) {
            (FunctionKind::Sync, Some(output), body)
        } else {
            let mut future = future_body(&output, &body, faults)?;
            let (body, place) = future.split(&mut receiver, &mut bindings);
            body_place = body_place.zip(place).map(|(outer, inner)| [outer, inner].concat());
            kept_self = kept_self.or(receiver.mutability.filter(|_| receiver.kind == BindingKind::Value));
            before_block::refuse_early_return(&future.before, faults);
            let text = body.stream();
            before_block::fit_bindings(&future.before, &text, &mut sig, &mut receiver, &mut bindings, faults);
            (FunctionKind::Future(future), future_type::output(&output).cloned(), body)
        };
        refuse_patterns(&mut sig, &mut kind, faults);
        if let Some(returned) = &returned {
            returned_borrow::refuse(&sig, returned, faults);
        }
        if let Some(mutability) = kept_self {
            let message = "`mut self` would keep what one attempt did to it; take `self` or `&mut self`, and make a copy in the body";
            faults.on(mutability, message);
        }
        own_hidden_references(&mut sig, &mut kind, &bindings);
        let returned_span = returned.as_ref().map_or_else(|| sig.ident.span(), faults::place);
        Some(Self { attrs, vis, defaultness, sig, kind, receiver, bindings, returned, returned_span, body, body_place })
    }

    /// Returns the fault of an item whose syntax is not understood.
    pub(crate) fn syntax_fault(item: &TokenStream) -> Option<syn::Error> {
        let parts = match Parts::read(item) {
            Err(fault) => return kind::other_than_function(item).is_none().then_some(fault),
            Ok(parts) => parts,
        };
        let (ReturnType::Type(_, output), Some((body, _))) = (parts.sig.output, parts.body) else { return None };
        let is_future =
            parts.sig.asyncness.is_none() && makes_future(&output, &body.stream().into_iter().collect::<Vec<_>>());
        is_future.then(|| FutureBody::find(&body).err())?
    }

    /// Returns a declaration with a body. The compiler would report that it has none, unless it stands in a trait. `None` for all other items,
    /// and where a body would be one more fault.
    pub(crate) fn implemented(item: &TokenStream) -> Option<TokenStream> {
        let Parts { sig, body: None, .. } = Parts::read(item).ok()? else { return None };
        let is_moved = sig.receiver().is_some_and(|receiver| !matches!(receiver.kind, ReceiverKind::Reference(..)));
        if is_moved || has_word(sig.output.to_token_stream(), "impl") {
            return None;
        }
        let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
        tokens.pop();
        tokens.push(Group::new(Delimiter::Brace, quote_spanned!(Span::mixed_site()=> loop {})).into());
        Some(tokens.into_iter().collect())
    }

    /// Returns the item with other content in place of an attempt's body. `None` if the body has no braces of its own.
    pub(crate) fn with_body(
        &self,
        item: TokenStream,
        replace: &dyn Fn(&Group) -> Option<Group>,
    ) -> Option<TokenStream> {
        let mut tokens: Vec<TokenTree> = item.into_iter().collect();
        let TokenTree::Group(last) = tokens.pop()? else { return None };
        let replaced = replace_within(&last, self.body_place.as_ref()?, replace)?;
        Some(tokens.into_iter().chain([replaced.into()]).collect())
    }

    /// Returns the names of generic parameters and arguments. A path that starts with one is not a constant.
    pub(crate) fn taken_names(&self) -> Vec<String> {
        let mut names = vec!["Self".to_owned(), "self".to_owned()];
        for parameter in &self.sig.generics.params {
            match parameter {
                GenericParam::Type(parameter) => names.push(parameter.ident.to_string()),
                GenericParam::Const(parameter) => names.push(parameter.ident.to_string()),
                GenericParam::Lifetime(_) => {}
            }
        }
        names.extend(self.bindings.iter().map(|binding| binding.name.to_string()));
        names
    }
}

/// Returns the declared return type. `None` comes with a reported fault.
fn output(sig: &Signature, faults: &mut Faults) -> Option<Type> {
    match &sig.output {
        ReturnType::Default => {
            let message = "this function returns nothing, so it cannot fail; return a `Result` or an `Option`";
            faults.at(sig.ident.span(), message);
            None
        }
        ReturnType::Type(_, output) => match &**output {
            Type::Never(never) => {
                faults.on(never, "a function that never returns has nothing to retry; return a `Result`, such as `Result<Infallible, E>`");
                None
            }
            output => Some(output.clone()),
        },
    }
}

/// Returns whether a function that is not `async` returns a future.
fn makes_future(output: &Type, body: &[TokenTree]) -> bool {
    future_type::output(output).is_some() || future_body::ends_with_boxed_async(body)
}

/// Returns the body of a function that returns a future. `None` comes with a reported fault.
fn future_body(output: &Type, body: &Group, faults: &mut Faults) -> Option<FutureBody> {
    let future = faults.take(FutureBody::find(body))?;
    if future.is_none() {
        let message = "this function returns a future that is not made here; make it an `async fn`, or end it with an \
                       `async` block or `Box::pin(async { ... })`";
        faults.on(output, message);
    }
    future
}

/// Refuses patterns whose bindings are unknown, also if `async_trait` has moved them into the body.
fn refuse_patterns(sig: &mut Signature, kind: &mut FunctionKind, faults: &mut Faults) {
    for argument in arguments::typed(sig) {
        refuse_pattern(&mut argument.pat, Some(&argument.ty), faults);
    }
    if let FunctionKind::Future(future) = kind {
        for rebinding in &mut future.rebindings {
            let name = rebinding.argument();
            let mut arguments = arguments::typed(sig);
            let argument = arguments.find(|argument| pattern::single_name(&argument.pat) == name.as_ref());
            refuse_pattern(&mut rebinding.pattern, argument.map(|argument| &*argument.ty), faults);
        }
    }
}

/// Adds `mut` to the arguments that attempts borrow again out of an `Option` or a `Pin`, where the body binds them.
fn own_hidden_references(sig: &mut Signature, kind: &mut FunctionKind, bindings: &[Binding]) {
    let rebindings = match kind {
        FunctionKind::Future(future) => future.rebindings.as_mut_slice(),
        FunctionKind::Sync | FunctionKind::Async => &mut [],
    };
    let rebound = rebindings.iter_mut().map(|rebinding| &mut rebinding.pattern);
    let mut patterns: Vec<&mut Pat> = rebound.chain(arguments::typed(sig).map(|argument| &mut *argument.pat)).collect();
    let hidden = |binding: &&Binding| matches!(binding.kind, BindingKind::MutInOption | BindingKind::MutInPin);
    for Binding { name, .. } in bindings.iter().filter(hidden) {
        let mutability = Token![mut](Span::mixed_site().located_at(name.span()));
        // Only the first pattern is changed, since it hides the others.
        let _ = patterns.iter_mut().any(|pattern| pattern::set_mut(pattern, name, mutability));
    }
}

/// A function whose body is not parsed.
struct Parts {
    attrs: Vec<Attribute>,
    vis: Visibility,
    defaultness: Option<Token![default]>,
    sig: Signature,
    /// The body, and the place of its braces in the last group of the item.
    body: Option<(Group, Option<Vec<usize>>)>,
}

impl Parts {
    /// Reads everything but the content of the body.
    fn read(item: &TokenStream) -> syn::Result<Self> {
        let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
        let body = match tokens.last() {
            Some(TokenTree::Group(group)) => braces(group).map(|braces| {
                let is_plain = group.delimiter() == Delimiter::Brace;
                (braces, is_plain.then(Vec::new))
            }),
            _ => None,
        };
        let is_declaration = matches!(tokens.last(), Some(TokenTree::Punct(mark)) if mark.as_char() == ';');
        if body.is_some() || is_declaration {
            tokens.pop();
        }
        let end = tokens.last().map_or_else(Span::call_site, TokenTree::span);
        let head = |input: ParseStream<'_>| {
            Ok((input.call(Attribute::parse_outer)?, input.parse()?, input.parse()?, input.parse()?))
        };
        let (attrs, vis, defaultness, sig) =
            head.parse2(tokens.into_iter().collect()).map_err(|fault| no_function(item).unwrap_or(fault))?;
        if body.is_none() && !is_declaration {
            return Err(syn::Error::new(end, "expected the body of the function, in braces"));
        }
        refuse_unstable(&sig)?;
        Ok(Self { attrs, vis, defaultness, sig, body })
    }
}

/// Returns the fault of an item that is not a function.
fn no_function(item: &TokenStream) -> Option<syn::Error> {
    let (kind, span) = kind::other_than_function(item)?;
    let advice = match kind {
        kind::IMPL | kind::TRAIT => "; write it on each method that may fail",
        kind::CLOSURE => "; give it to `policy.retry(...)` or `policy.retry_async(...)`, or make it a function",
        kind::BLOCK | kind::EXPRESSION => "; move it into a function",
        kind::EXTERN => "; write it on a function that calls what the block declares",
        _ => "",
    };
    let message = format!("`#[retry]` belongs on a function with a body, not on {kind}{advice}");
    Some(syn::Error::new(span, message))
}

/// Returns the brace group itself, or the brace group in an invisible group of `macro_rules!`.
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

/// Refuses functions that a stable compiler refuses, too.
fn refuse_unstable(sig: &Signature) -> syn::Result<()> {
    match (&sig.variadic, &sig.constness, &sig.asyncness) {
        (Some(variadic), ..) => {
            let message = "a variadic function cannot be retried; take a slice or a `VaList` instead";
            Err(faults::spanning(variadic, message))
        }
        (None, Some(constness), Some(_)) => {
            Err(faults::spanning(constness, "a function cannot be both `const` and `async`; remove `const`"))
        }
        _ => Ok(()),
    }
}

/// Refuses functions that cannot be retried.
fn refuse_qualifiers(attrs: &[Attribute], sig: &Signature, faults: &mut Faults) {
    let is_retry = |attr: &&Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "retry");
    if let Some(again) = attrs.iter().find(is_retry) {
        faults.on(
            again,
            "`#[retry]` stands on this function twice, which would multiply the attempts; remove one of the two",
        );
    }
    if let Some(constness) = &sig.constness {
        faults.on(constness, "a `const fn` cannot sleep, so it cannot be retried; remove `const`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_body_leaves_the_signature_alive() {
        for item in [
            "fn call(&self, mut n: u32) -> Option<u8> { let x = ; self. }",
            "async fn call(&self, name: String) -> Option<u8> { match name { Some( ) => } }",
            "fn call(&self, n: u32) -> impl Future<Output = Option<u8>> { let m = n; async move { self.; if m } }",
            "fn call<'a>(&'a self) -> Pin<Box<dyn Future<Output = Option<u8>> + 'a>> { Box::pin(async { self. }) }",
        ] {
            let mut faults = Faults::default();
            let function = Function::parse(&item.parse().expect(item), &mut faults);
            assert!(function.is_some_and(|function| function.sig.ident == "call"), "{item}");
            assert!(faults.check(Some(())).is_ok(), "{item}");
        }
    }

    #[test]
    fn an_unfinished_statement_before_an_async_block_is_reported_where_it_is() {
        let item = "fn call(n: u32) -> impl Future<Output = Option<u8>> { let m = ; async move { None } }";
        let mut faults = Faults::default();
        assert!(Function::parse(&item.parse().expect(item), &mut faults).is_none());
        let fault = faults.check(Some(())).expect_err("a fault").to_string();
        assert!(fault.contains("expected an expression"), "{fault}");
    }
}
