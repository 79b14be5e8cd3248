//! Functions that return a future they make themselves: finds the `async` block at the end, and splits it into what runs once and
//! the body of an attempt.
//!
//! It knows what `async_trait` writes, and no key.

use crate::faults::Faults;
use crate::item::arguments::{Binding, BindingKind, Receiver, inherited, take_bindings};
use crate::item::function::spanned_braces;
use crate::item::uses;
use crate::syntax::attribute::Attribute;
use crate::syntax::scan;
use crate::syntax::signature::Signature;
use crate::syntax::statement::{self, Local, behind_attributes, closure, ends_statement, item_end};
use crate::syntax::{find_mark, group, inside, is_mark, is_word, part, pattern, types};
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use syn::Token;

/// The output of a type that looks like a future: it says `Future<Output = ...>`, or is one of the common aliases.
pub(crate) fn output(ty: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let ty = types::peel(ty);
    if is_word(ty.first(), "impl") {
        return bound_output(part(&ty, 1..));
    }
    let (name, arguments) = types::generic_path(&ty)?;
    match name.to_string().as_str() {
        // The last one: before it there may be a lifetime alone.
        "BoxFuture" | "LocalBoxFuture" => arguments.into_iter().last().filter(|last| !is_mark(last.first(), '\'')),
        "Pin" => pointee_output(arguments.first()?),
        _ => None,
    }
}

/// The output of the future behind a pointer: `Box<dyn Future<Output = X>>`.
fn pointee_output(pointer: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let pointer = types::peel(pointer);
    if is_word(pointer.first(), "impl") || is_word(pointer.first(), "dyn") {
        return bound_output(part(&pointer, 1..));
    }
    pointee_output(types::generic_path(&pointer)?.1.first()?)
}

fn bound_output(bounds: &[TokenTree]) -> Option<Vec<TokenTree>> {
    types::split(bounds, '+').into_iter().find_map(|bound| {
        let (_, arguments) = types::generic_path(&bound).filter(|(name, _)| name == "Future")?;
        arguments.into_iter().find_map(|argument| match argument.as_slice() {
            [name, equals, ty @ ..] if is_word(Some(name), "Output") && is_mark(Some(equals), '=') => Some(ty.to_vec()),
            _ => None,
        })
    })
}

/// Whether a body ends with `Box::pin(async ...)` or `async { ... }.boxed()`, by its tokens: the return type may be an alias that
/// nobody knows here.
pub(crate) fn ends_with_boxed_async(body: &[TokenTree]) -> bool {
    let mut reversed = body.iter().rev();
    let (Some(TokenTree::Group(arguments)), Some(TokenTree::Ident(callee))) = (reversed.next(), reversed.next()) else {
        return false;
    };
    if arguments.delimiter() != Delimiter::Parenthesis {
        return false;
    }
    if is_boxing(callee) {
        // The dot and the block.
        let mut before = reversed.skip(2);
        return matches!(before.next(), Some(TokenTree::Ident(word)) if word == "async" || word == "move");
    }
    let is_of_type = callee == "pin" && is_mark(reversed.next(), ':');
    is_of_type && matches!(arguments.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "async")
}

/// The methods of `FutureExt` that put a future into a box.
fn is_boxing(method: &Ident) -> bool {
    method == "boxed" || method == "boxed_local"
}

/// The body of a function that ends with the future it makes: an `async` block, plain, in `Box::pin(...)`, or before `.boxed()`.
pub(crate) struct Made {
    span: Span,
    tokens: Vec<TokenTree>,
    /// Where the expression at the end begins.
    tail: usize,
    /// Where the braces of the `async` block are, from group to group.
    block: Vec<usize>,
    /// Statements of the `async` block that run once, before the first attempt.
    prefix: Vec<Statement>,
}

enum Statement {
    Local(Local),
    Other(TokenStream),
}

impl Made {
    /// Finds the `async` block.
    pub(crate) fn find(body: &Group) -> Option<Self> {
        let tokens = inside(body);
        let (tail, block) = tail(&tokens)?;
        Some(Self { span: body.span(), tokens, tail, block, prefix: Vec::new() })
    }

    /// The statements before the expression at the end.
    pub(crate) fn before(&self) -> &[TokenTree] {
        part(&self.tokens, ..self.tail)
    }

    /// The statements that bind arguments anew.
    pub(crate) fn locals(&mut self) -> impl Iterator<Item = &mut Local> {
        self.prefix.iter_mut().filter_map(|statement| match statement {
            Statement::Local(local) => Some(local),
            Statement::Other(_) => None,
        })
    }

    /// Whether the statements before the `async` block have a name of the type for something else, or import whatever there is.
    pub(crate) fn hides(&self, ty: &TokenStream) -> bool {
        let names = statement::item_names(self.before());
        is_any(&names, &|name| match name {
            TokenTree::Ident(name) => is_any(ty, &|word| is_word(Some(word), &name.to_string())),
            name => {
                is_mark(Some(name), '*') && is_any(ty, &|word| matches!(word, TokenTree::Ident(word) if word != "_"))
            }
        })
    }

    /// The whole body, with other content in the `async` block behind the statements that run once.
    ///
    /// A value that stays outside of the body is moved into the `async` block:
    /// `{ let __reattempt_typed = OUTSIDE; ({ .. async { let __reattempt_typed = __reattempt_typed; CONTENT } }) }`.
    pub(crate) fn with(&self, content: TokenStream, outside: Option<TokenStream>) -> Group {
        let here = Span::mixed_site();
        let mut statements = TokenStream::new();
        for statement in &self.prefix {
            match statement {
                Statement::Local(local) => local.to_tokens(&mut statements),
                Statement::Other(other) => other.to_tokens(&mut statements),
            }
        }
        if outside.is_some() {
            statements.extend(quote_spanned!(here=> let __reattempt_typed = __reattempt_typed;));
        }
        statements.extend(content);
        let body = spanned_braces(replaced(&self.tokens, &self.block, statements), self.span);
        match outside {
            Some(outside) => {
                spanned_braces(quote_spanned!(here=> let __reattempt_typed = #outside; (#body)), self.span)
            }
            None => body,
        }
    }

    /// Splits the `async` block into what runs once, which is kept, and the body of an attempt.
    ///
    /// `async_trait` begins its block by binding each argument anew and ends it with `let __ret: T = { BODY }; __ret`. The bindings
    /// stay before the loop, so that every attempt finds the arguments as the caller passed them; the body is what is in the braces.
    pub(crate) fn split(&mut self, receiver: &mut Receiver, bindings: &mut Vec<Binding>) -> Group {
        let (mut tokens, mut span) = (self.tokens.clone(), self.span);
        for at in &self.block {
            if let Some(TokenTree::Group(group)) = tokens.get(*at) {
                (tokens, span) = (inside(group), group.span());
            }
        }
        // Inner attributes stay in the braces that they are written in.
        let mut at = 0;
        while is_mark(tokens.get(at), '#')
            && is_mark(tokens.get(at + 1), '!')
            && group(tokens.get(at + 2), Delimiter::Bracket).is_some()
        {
            at += 3;
        }
        self.prefix.extend((at > 0).then(|| Statement::Other(part(&tokens, ..at).iter().cloned().collect())));
        loop {
            if let Some((mut local, end)) = Local::at(&tokens, at).filter(|(local, _)| binds_argument(local)) {
                bind_anew(&mut local, receiver, bindings);
                self.prefix.push(Statement::Local(local));
                at = end;
            } else if let Some(end) = inference_end(&tokens, at) {
                self.prefix.push(Statement::Other(part(&tokens, at..end).iter().cloned().collect()));
                at = end;
            } else {
                break;
            }
        }
        let rest = part(&tokens, at..);
        returned_block(rest).unwrap_or_else(|| spanned_braces(rest.iter().cloned().collect(), span))
    }
}

/// Whether there is such a one among the tokens, in a group or not.
fn is_any(tokens: &TokenStream, is_it: &dyn Fn(&TokenTree) -> bool) -> bool {
    tokens.clone().into_iter().any(|token| match &token {
        TokenTree::Group(group) => is_any(&group.stream(), is_it),
        token => is_it(token),
    })
}

/// Where the expression begins that the tokens end with, and where the braces of its `async` block are.
fn tail(tokens: &[TokenTree]) -> Option<(usize, Vec<usize>)> {
    let (TokenTree::Group(last), before) = tokens.split_last()? else { return None };
    let at = before.len();
    let statement = before.iter().rposition(ends_statement).map_or(0, |end| end + 1);
    let start = behind_attributes(before, statement);
    let callee = before.get(start..)?;
    let whole = |tokens: &[TokenTree]| {
        let (_, mut block) = tail(tokens).filter(|(start, _)| *start == 0)?;
        block.insert(0, at);
        Some(block)
    };
    let block = match (last.delimiter(), callee) {
        (Delimiter::Brace, [first, rest @ ..]) if is_word(Some(first), "async") => match rest {
            [] => vec![at],
            [word] if is_word(Some(word), "move") => vec![at],
            _ => return None,
        },
        (Delimiter::Parenthesis | Delimiter::None, []) => whole(&inside(last))?,
        (Delimiter::Parenthesis, [.., dot, TokenTree::Ident(method)])
            if is_mark(Some(dot), '.') && is_boxing(method) =>
        {
            return tail(part(before, ..at - 2));
        }
        (Delimiter::Parenthesis, callee) => {
            scan::path(callee, 0).filter(|end| *end == callee.len() && is_word(callee.last(), "pin"))?;
            let arguments = inside(last);
            whole(&arguments[..find_mark(&arguments, 0, &[',']).unwrap_or(arguments.len())])?
        }
        _ => return None,
    };
    Some((statement, block))
}

/// The tokens with other content in the group that the places lead to.
fn replaced(tokens: &[TokenTree], places: &[usize], content: TokenStream) -> TokenStream {
    let Some((place, deeper)) = places.split_first() else { return content };
    let mut replaced: TokenStream = part(tokens, ..*place).iter().cloned().collect();
    if let TokenTree::Group(group) = &tokens[*place] {
        let mut inside = Group::new(group.delimiter(), self::replaced(&inside(group), deeper, content));
        inside.set_span(group.span());
        replaced.append(inside);
    }
    replaced.extend(part(tokens, place + 1..).iter().cloned());
    replaced
}

/// Refuses futures that leave before the end of the function: they would not be retried.
pub(crate) fn refuse_early_ones(before: &[TokenTree], faults: &mut Faults) {
    if let Some(early) = early_return(before) {
        let message = "a future that leaves here would not be retried; decide inside of the `async` block that the function ends with";
        faults.on(early, message);
    }
}

/// The first `return` of the function itself, with its value.
fn early_return(tokens: &[TokenTree]) -> Option<TokenStream> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_macro = at > 0 && is_mark(tokens.get(at - 1), '!');
        if let Some(end) = closure(tokens, at).map(|closure| closure.body.end).or_else(|| item_end(tokens, at)) {
            at = end;
            continue;
        }
        match token {
            TokenTree::Ident(word) if word == "return" => {
                let end = find_mark(tokens, at, &[';', ',']).unwrap_or(tokens.len());
                return Some(part(tokens, at..end).iter().cloned().collect());
            }
            TokenTree::Ident(word) if word == "async" => {
                let block = at + 1 + usize::from(is_word(tokens.get(at + 1), "move"));
                if group(tokens.get(block), Delimiter::Brace).is_some() {
                    at = block;
                }
            }
            TokenTree::Group(group) if !is_macro => {
                if let Some(early) = early_return(&inside(group)) {
                    return Some(early);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Takes in a statement that binds an argument anew: from here on its names are the body's.
fn bind_anew(local: &mut Local, receiver: &mut Receiver, bindings: &mut Vec<Binding>) {
    if let Some(name) = local.name().filter(|name| name == "__self") {
        receiver.name = Some(name);
        // For `&mut self` it writes a `mut` of its own.
        pattern::rebind(&local.pattern, &mut |bound| {
            receiver.mutability = bound.mutability;
            None
        });
        return;
    }
    let attrs = inherited(&local.attributes);
    let source = argument(local.initializer());
    // What the signature says of the type still holds.
    let older = bindings.iter().find(|older| source.as_ref() == Some(&older.name));
    let kind = older.map_or(BindingKind::Value, |older| older.kind);
    let found = take_bindings(&mut local.pattern, kind, &attrs);
    bindings.retain(|older| source.as_ref() != Some(&older.name) && found.iter().all(|newer| newer.name != older.name));
    bindings.extend(found);
}

/// Whether a statement binds an argument anew.
fn binds_argument(local: &Local) -> bool {
    let Some(from) = argument(local.initializer()) else { return false };
    is_positional(&from) || local.name().is_some_and(|to| (from == to || to == "__self") && !local.has_type())
}

/// Where the branch ends that `async_trait` writes for type inference: `if let Some(__ret) = None::<T> { return __ret; }`.
fn inference_end(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let at = behind_attributes(tokens, start);
    if !(is_word(tokens.get(at), "if") && is_word(tokens.get(at + 1), "let")) {
        return None;
    }
    let pattern = (at..tokens.len()).find_map(|at| group(tokens.get(at), Delimiter::Parenthesis))?;
    if !is_word(inside(pattern).first(), "__ret") {
        return None;
    }
    let block = (at..tokens.len()).find(|at| group(tokens.get(*at), Delimiter::Brace).is_some())?;
    Some(block + 1 + usize::from(is_mark(tokens.get(block + 1), ';')))
}

/// The `x` of an initializer `x` or `{ let x = x; x }`.
pub(crate) fn argument(init: &[TokenTree]) -> Option<Ident> {
    match init {
        [TokenTree::Ident(from)] => Some(from.clone()),
        [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
            let statements = inside(block);
            let (local, end) = Local::at(&statements, 0)?;
            match part(&statements, end..) {
                [TokenTree::Ident(name)] => local.name().filter(|bound| bound == name),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether this is `async_trait`'s name for an argument that is a pattern.
fn is_positional(name: &Ident) -> bool {
    name.to_string().starts_with("__arg")
}

/// The `{ BODY }` of `let __ret: T = { BODY }; __ret`.
fn returned_block(tokens: &[TokenTree]) -> Option<Group> {
    let (local, end) = Local::at(tokens, 0)?;
    local.name().filter(|name| name == "__ret" && local.has_type())?;
    match part(tokens, behind_attributes(tokens, end)..) {
        [name] if is_word(Some(name), "__ret") => {}
        _ => return None,
    }
    match local.initializer() {
        [block] => group(Some(block), Delimiter::Brace).cloned(),
        _ => None,
    }
}

/// Fits the bindings to the statements before the `async` block, which run once and see the arguments first. Answers the body.
///
/// What they bind under an argument's name is what the body means by it. An argument that the body does not use may be used up by
/// them, or live shorter than the future, so attempts leave it alone; so it is with `self`. An argument that is `mut` stays so for
/// them.
pub(crate) fn fit_to_statements(
    before: &[TokenTree],
    body: Group,
    sig: &mut Signature,
    receiver: &mut Receiver,
    bindings: &mut Vec<Binding>,
    faults: &mut Faults,
) -> Group {
    let tokens = inside(&body);
    let locals = statement::locals(before);
    if receiver.name.as_ref().is_some_and(|name| !uses::in_statements(&tokens, name)) {
        receiver.kind = BindingKind::Value;
    }
    let mut unseen = Vec::new();
    for binding in bindings.iter_mut() {
        let hiding = || locals.iter().filter(|local| uses::hides(&local.pattern, &binding.name));
        let is_shadowed = hiding().any(|local| !local.is_conditional());
        let is_attempted = !is_shadowed && uses::in_statements(&tokens, &binding.name);
        let is_used_before = uses::in_statements(before, &binding.name);
        binding.attrs.extend(hiding().filter_map(Local::absence));
        if let Some(mutability) = binding.mutability {
            refuse_macro(before, &tokens, &binding.name, faults);
            if is_used_before || !is_attempted {
                // Either side may be the one that needs no `mut`.
                binding.is_shared = is_attempted;
                make_mut(sig, &binding.name, mutability, binding.is_shared);
            }
            if !is_attempted && !is_shadowed && uses::are_mentioned(&tokens, &binding.name) {
                unseen.push(binding.name.clone());
            }
        }
        if !is_attempted {
            binding.kind = BindingKind::Value;
            binding.mutability = None;
        }
    }
    for mut local in locals {
        for mut local in take_bindings(&mut local.pattern, BindingKind::Value, &[]) {
            if bindings.iter().all(|binding| !uses::is_same(&binding.name, &local.name)) {
                local.mutability = None;
                local.kind = BindingKind::Value;
                bindings.push(local);
            }
        }
    }
    without(&unseen, body, &tokens)
}

/// Refuses a macro that gets at a `mut` argument itself, wherever it is called: attempts cannot put another in its place.
fn refuse_macro(before: &[TokenTree], body: &[TokenTree], name: &Ident, faults: &mut Faults) {
    if let Some(word) = uses::through_macro(before, body, name) {
        let message = format!(
            "through `{word}!` each attempt would find `{name}` as the one before left it; define the macro inside of the `async` block"
        );
        faults.on(word, message);
    }
}

/// The body with something else in the place of `mut` arguments that it names and does not use, as far as one can see: if it did
/// use one, what it did to that would be kept.
///
/// `{ let NAME = { struct Unseen; Unseen }; let _ = &NAME; BODY }`
fn without(unseen: &[Ident], body: Group, tokens: &[TokenTree]) -> Group {
    if unseen.is_empty() {
        return body;
    }
    let here = Span::mixed_site();
    let content = quote_spanned! {here=>
        #(
            let #unseen = { struct Unseen; Unseen };
            let _ = &#unseen;
        )*
        #(#tokens)*
    };
    spanned_braces(content, body.span())
}

/// Puts `mut` where the signature binds the name.
fn make_mut(sig: &mut Signature, name: &Ident, mutability: Token![mut], is_shared: bool) {
    for argument in &mut sig.inputs {
        if pattern::set_mut(&mut argument.pattern, name, mutability) && is_shared {
            let allow = Group::new(Delimiter::Bracket, quote!(allow(unused_mut)));
            argument.attrs.push(Attribute::new(Punct::new('#', Spacing::Alone).into(), allow));
        }
    }
}
