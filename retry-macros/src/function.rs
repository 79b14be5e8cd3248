//! Facts of the annotated function: what it is, what each attempt has to bind anew, where its body is.
//!
//! The signature is parsed, the body is kept as tokens, except for functions that return a future: there the `async` block has to
//! be found. It knows no key.

use crate::borrow;
use crate::faults::Faults;
use crate::future::{self, Made};
use crate::syntax::attribute::Attribute;
use crate::syntax::scan::{self, without_parts};
use crate::syntax::signature::{Argument, Signature};
use crate::syntax::{behind_type, behind_visibility, inside, is_mark, is_word, part, pattern, span, types};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
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

/// How the body names `self`, and how it is bound.
pub(crate) struct Receiver {
    /// `self`, or what `async_trait` made of it.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: BindingKind,
    pub(crate) mutability: Option<Token![mut]>,
}

/// A name that the signature binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) kind: BindingKind,
    /// The user's `mut`, kept so that a needless one is still reported. Where it is a by-value argument's, the attempts bind it anew.
    pub(crate) mutability: Option<Token![mut]>,
    /// Whether it is `ref mut`, of a by-value argument.
    pub(crate) is_reference: bool,
    /// Whether statements before the attempts name it too, so that the `mut` may be theirs alone, or the body's.
    pub(crate) is_shared: bool,
    /// Those of the parameter that a binding in its place needs: `#[cfg]`, and levels of lints.
    pub(crate) attrs: Vec<Attribute>,
}

/// How a name is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Value,
    /// `name: &mut T`, or `ref mut name` of what is behind one.
    MutReference,
    /// `name: Option<&mut T>`.
    MutInOption,
    /// `name: Pin<&mut T>`.
    MutInPin,
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
            borrow::refuse(&sig, returned, faults);
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

/// Reads the arguments, and strips the `mut` of those that the attempts bind anew.
fn arguments(sig: &mut Signature) -> (Receiver, Vec<Binding>) {
    let mut receiver = Receiver { name: None, kind: BindingKind::Value, mutability: None };
    if let Some(this) = &sig.receiver {
        receiver.name = Some(this.name.clone());
        receiver.kind = match &this.reference {
            Some(reference) if reference.is_unique => BindingKind::MutReference,
            _ => binding_kind(&this.ty),
        };
        receiver.mutability = this.mutability;
    }
    let mut bindings = Vec::new();
    for argument in sig.inputs.iter_mut().filter(|argument| !is_unit(argument)) {
        let (kind, attrs) = (binding_kind(&argument.ty), inherited(&argument.attrs));
        let found = take_bindings(&mut argument.pattern, kind, &attrs);
        if found.iter().any(|binding| binding.kind != BindingKind::Value || binding.mutability.is_some()) {
            for attr in argument.attrs.iter_mut().filter(|attr| attr.is("expect") || attr.is("cfg_attr")) {
                *attr = attr.map(&|content| Some(without_expectation(content))).unwrap_or_else(|| attr.clone());
            }
        }
        bindings.extend(found);
    }
    (receiver, bindings)
}

/// Whether the pattern of an argument is the name of a unit struct, by its type: `Unit: &mut Unit`.
fn is_unit(argument: &Argument) -> bool {
    let is_last = |name: &Ident| matches!(argument.ty.last(), Some(TokenTree::Ident(last)) if last == name);
    argument.name().is_some_and(|name| pattern::is_constant(&name) && is_last(&name))
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

fn refuse_pattern(pattern: &[TokenTree], ty: &[TokenTree], faults: &mut Faults) {
    if let Some(call) = pattern::macro_call(pattern) {
        let message = "what a macro binds is not seen here, so it cannot be bound anew for each attempt; write the pattern out, or take \
                       the argument by a name and take it apart in the body";
        faults.on(call.into_iter().collect::<TokenStream>(), message);
    }
    let ty = types::peel(ty);
    if types::reference(&ty).is_some() || !types::has_unique_reference(&ty) {
        return;
    }
    pattern::rebind(pattern, &mut |bound| {
        if let (true, false, Some(mutability)) = (bound.is_reference, bound.around.is_unique, bound.mutability) {
            let message = "it cannot be told here whether this is behind the `&mut` in the type; write `&mut` in the pattern where it is, or \
                           take the argument by a name and take it apart in the body";
            faults.on(mutability, message);
        }
        None
    });
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

/// Strips the `mut` of by-value names in a pattern, and answers all names that it binds. The kind is that of a pattern that is a
/// name alone.
pub(crate) fn take_bindings(pattern: &mut Vec<TokenTree>, kind: BindingKind, attrs: &[Attribute]) -> Vec<Binding> {
    let mut bindings: Vec<Binding> = Vec::new();
    let peeled = pattern::peel(pattern);
    let is_name = pattern::single_name(&peeled).is_some();
    // Each side of an or-pattern binds the same. Elsewhere the same word twice is two names, of which a macro has made one.
    let has_sides = pattern::has_sides(&peeled);
    // `ref mut name` alone refers to the argument itself.
    let is_taken_apart = !is_word(peeled.first(), "ref");
    *pattern = pattern::rebind_argument(&peeled, &mut |bound| {
        let is_kept = bound.around.is_unique || (is_taken_apart && kind == BindingKind::MutReference);
        let is_unique = bound.is_reference && bound.mutability.is_some();
        let kind = match bound.is_reference {
            true if is_unique && is_kept => BindingKind::MutReference,
            false if is_name => kind,
            _ => BindingKind::Value,
        };
        if !has_sides || bindings.iter().all(|binding| binding.name != bound.name) {
            bindings.push(Binding {
                name: bound.name.clone(),
                kind,
                mutability: bound.mutability.filter(|_| !(is_unique && is_kept)),
                is_reference: is_unique && !is_kept,
                is_shared: false,
                attrs: [attrs, &inherited(&Attribute::outer(&bound.around.attributes).0)].concat(),
            });
        }
        None
    });
    bindings
}

/// The attributes of an argument that a binding in its place needs too: `#[cfg]`, and levels of lints.
pub(crate) fn inherited(attrs: &[Attribute]) -> Vec<Attribute> {
    const INHERITED: [&str; 5] = ["cfg", "allow", "warn", "deny", "forbid"];
    let inherited = |content: &[TokenTree]| {
        let content = without_expectation(content);
        INHERITED.iter().any(|name| is_word(content.first(), name)).then_some(content)
    };
    attrs.iter().filter_map(|attr| attr.map(&inherited)).collect()
}

/// The attribute with `allow` for `expect`: of two bindings the lint finds one.
fn without_expectation(attribute: &[TokenTree]) -> Vec<TokenTree> {
    match attribute {
        [first, rest @ ..] if is_word(Some(first), "expect") => {
            let allow = Ident::new("allow", Span::mixed_site().located_at(first.span()));
            [allow.into()].into_iter().chain(rest.iter().cloned()).collect()
        }
        attribute => attribute.to_vec(),
    }
}

/// How an argument of that type is bound.
fn binding_kind(ty: &[TokenTree]) -> BindingKind {
    if let Some(reference) = types::reference(&types::peel(ty)) {
        return if reference.is_unique { BindingKind::MutReference } else { BindingKind::Value };
    }
    let Some((name, arguments)) = types::generic_path(ty) else { return BindingKind::Value };
    let first = types::peel(ty).into_iter().find(|token| matches!(token, TokenTree::Ident(_)));
    // A path that begins elsewhere leads to a type of the user's own.
    let is_std = |start: &str| ["std", "core", start].iter().any(|start| is_word(first.as_ref(), start));
    let holds_reference = arguments.first().is_some_and(|inner| binding_kind(inner) == BindingKind::MutReference);
    match name.to_string().as_str() {
        "Option" if holds_reference && (is_std("Option") || is_std("option")) => BindingKind::MutInOption,
        "Pin" if holds_reference && (is_std("Pin") || is_std("pin")) => BindingKind::MutInPin,
        _ => BindingKind::Value,
    }
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
