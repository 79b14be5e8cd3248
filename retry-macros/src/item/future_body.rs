//! Bodies of functions that make and return a future. Finds the `async` block at the end, and splits it into a part that runs once and
//! the body of an attempt.
//!
//! The statements before the block are parsed, its content is not. This module knows the output of `async_trait`, and no key.

use crate::item::arguments::{Binding, BindingKind, Receiver, take_bindings};
use crate::item::attributes::inherited;
use crate::item::mention::is_mentioned;
use crate::syntax::{is_mark, is_word, pattern, replace_within, spanned_braces};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::token::Brace;
use syn::{Attribute, Block, ExprPath, Pat, PatType, Stmt, Token};

/// The body of a function that ends with a future: an `async` block, alone, in `Box::pin(...)`, or before `.boxed()`.
pub(crate) struct FutureBody {
    body: Group,
    /// The statements before the expression at the end.
    pub(crate) before: Vec<Stmt>,
    block: AsyncBlock,
    /// The beginning of the `async` block, which runs once: inner attributes, and a branch for type inference.
    prelude: TokenStream,
    /// The next statements, which bind arguments again.
    pub(crate) rebindings: Vec<Rebinding>,
}

struct AsyncBlock {
    braces: Group,
    /// The place of the braces in the body, from group to group.
    place: Vec<usize>,
}

impl FutureBody {
    /// Finds the `async` block. `None` if there is none.
    pub(crate) fn find(body: &Group) -> syn::Result<Option<Self>> {
        let until_block = |input: ParseStream<'_>| {
            let mut before = Vec::new();
            loop {
                let rest: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
                if let Some(block) = async_block(&rest) {
                    input.parse::<TokenStream>()?;
                    return Ok((before, rest.len(), block));
                }
                before.push(input.parse::<Stmt>()?);
            }
        };
        let Ok((before, length, mut block)) = until_block.parse2(body.stream()) else {
            return Block::parse_within.parse2(body.stream()).map(|_| None);
        };
        if let Some(at) = block.place.first_mut() {
            *at += body.stream().into_iter().count().saturating_sub(length);
        }
        let (body, prelude) = (body.clone(), TokenStream::new());
        Ok(Some(Self { body, before, block, prelude, rebindings: Vec::new() }))
    }

    /// Returns whether there are items before the `async` block. Inside of it, a name of the return type may mean one of them.
    pub(crate) fn has_items(&self) -> bool {
        self.before.iter().any(|statement| matches!(statement, Stmt::Item(_)))
    }

    /// Returns the whole body, with other content in the `async` block after the statements that run once.
    ///
    /// A value from outside of the body is moved into the `async` block:
    /// `{ let __reattempt_typed = OUTSIDE; ({ .. async { let __reattempt_typed = __reattempt_typed; CONTENT } }) }`.
    pub(crate) fn with(&self, content: &TokenStream, outside: Option<TokenStream>) -> Group {
        let here = Span::mixed_site();
        let Self { prelude, rebindings, .. } = self;
        let typed = outside.as_ref().map(|_| quote_spanned!(here=> let __reattempt_typed = __reattempt_typed;));
        let content = quote!(#prelude #(#rebindings)* #typed #content);
        let braces = spanned_braces(content, self.block.braces.span());
        let body = replace_within(&self.body, &self.block.place, &|_| Some(braces.clone()));
        let body = body.unwrap_or_else(|| self.body.clone());
        match outside {
            Some(outside) => {
                spanned_braces(quote_spanned!(here=> let __reattempt_typed = #outside; (#body)), self.body.span())
            }
            None => body,
        }
    }

    /// Splits the `async` block into the part that runs once, which is kept, and the body of an attempt. Returns the body, and the place of its
    /// braces if they are the user's.
    ///
    /// `async_trait` binds each argument again at the beginning of its block, and ends it with `let __ret: T = { BODY }; __ret`. The bindings
    /// stay before the loop, so every attempt gets the arguments that the caller passed. The body is the content of the braces.
    pub(crate) fn split(
        &mut self,
        receiver: &mut Receiver,
        bindings: &mut Vec<Binding>,
    ) -> (Group, Option<Vec<usize>>) {
        let AsyncBlock { braces, place } = &self.block;
        let parts = |input: ParseStream<'_>| Ok((prelude(input)?, rebindings(input), input.parse::<TokenStream>()?));
        let (prelude, mut rebindings, rest) = parts.parse2(braces.stream()).unwrap_or_default();
        for rebinding in &mut rebindings {
            rebinding.take_in(receiver, bindings);
        }
        let is_whole = prelude.is_empty() && rebindings.is_empty();
        (self.prelude, self.rebindings) = (prelude, rebindings);
        if let Ok(body) = returned_block.parse2(rest.clone()) {
            let is_braces =
                |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            let at = braces.stream().into_iter().collect::<Vec<_>>().iter().rposition(is_braces);
            (body, at.map(|at| [place.as_slice(), &[at]].concat()))
        } else if is_whole {
            (braces.clone(), Some(place.clone()))
        } else {
            (spanned_braces(rest, braces.span()), None)
        }
    }
}

/// Returns whether a body ends with `Box::pin(async ...)` or `async { ... }.boxed()`. Then it makes a future, even if the return type is an
/// alias that does not show it.
pub(crate) fn ends_with_boxed_async(body: &[TokenTree]) -> bool {
    let is_async = |token: Option<&TokenTree>| is_word(token, "async");
    match body {
        [.., mark, TokenTree::Ident(callee), TokenTree::Group(arguments)]
            if callee == "pin" && is_mark(Some(mark), ':') && arguments.delimiter() == Delimiter::Parenthesis =>
        {
            is_async(arguments.stream().into_iter().next().as_ref())
        }
        [.., keyword, TokenTree::Group(_), _, TokenTree::Ident(method), TokenTree::Group(_)] if is_boxing(method) => {
            is_async(Some(keyword)) || is_word(Some(keyword), "move")
        }
        _ => false,
    }
}

/// Returns whether a method of `FutureExt` boxes a future.
fn is_boxing(method: &Ident) -> bool {
    method == "boxed" || method == "boxed_local"
}

/// Returns the `async` block, if the tokens are an expression that makes a future of it.
fn async_block(tokens: &[TokenTree]) -> Option<AsyncBlock> {
    let (TokenTree::Group(last), before) = tokens.split_last()? else { return None };
    let at = before.len();
    let mut callee = before;
    while let [mark, TokenTree::Group(_), rest @ ..] = callee {
        if !is_mark(Some(mark), '#') {
            break;
        }
        callee = rest;
    }
    let within = |argument: &[TokenTree]| {
        let mut block = async_block(argument)?;
        block.place.insert(0, at);
        Some(block)
    };
    let content: Vec<TokenTree> = last.stream().into_iter().collect();
    match (last.delimiter(), callee) {
        (Delimiter::Brace, [word, by @ ..])
            if is_word(Some(word), "async") && matches!(by, [] | [TokenTree::Ident(_)]) =>
        {
            Some(AsyncBlock { braces: last.clone(), place: vec![at] })
        }
        (Delimiter::Parenthesis | Delimiter::None, []) => within(&content),
        (Delimiter::Parenthesis, [.., dot, TokenTree::Ident(method)])
            if is_mark(Some(dot), '.') && is_boxing(method) =>
        {
            async_block(before.get(..at - 2)?)
        }
        (Delimiter::Parenthesis, [.., TokenTree::Ident(name)]) if name == "pin" => {
            syn::parse2::<ExprPath>(callee.iter().cloned().collect()).ok()?;
            within(content.split(|token| is_mark(Some(token), ',')).next()?)
        }
        _ => None,
    }
}

/// Returns the inner attributes of an `async` block, which stay in its braces, and the branch after them.
fn prelude(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut prelude: TokenStream = input.call(Attribute::parse_inner)?.iter().map(ToTokens::to_token_stream).collect();
    let fork = input.fork();
    if let Ok(branch) = inference_branch(&fork) {
        input.advance_to(&fork);
        prelude.extend(branch);
    }
    Ok(prelude)
}

/// Returns the statements that bind arguments again.
fn rebindings(input: ParseStream<'_>) -> Vec<Rebinding> {
    let mut rebindings = Vec::new();
    loop {
        let fork = input.fork();
        let Some(rebinding) = fork.parse::<Rebinding>().ok().filter(Rebinding::binds_argument) else {
            return rebindings;
        };
        input.advance_to(&fork);
        rebindings.push(rebinding);
    }
}

/// Returns the branch that `async_trait` writes for type inference: `if let Some(__ret) = None::<T> { return __ret; }`.
fn inference_branch(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut branch: TokenStream = input.call(Attribute::parse_outer)?.iter().map(ToTokens::to_token_stream).collect();
    branch.extend(input.parse::<Token![if]>()?.to_token_stream());
    while !input.peek(Brace) {
        branch.extend([input.parse::<TokenTree>()?]);
    }
    if !is_mentioned(branch.clone(), &Ident::new("__ret", Span::call_site())) {
        return Err(input.error("another branch"));
    }
    branch.extend([input.parse::<TokenTree>()?]);
    branch.extend(input.parse::<Option<Token![;]>>()?.to_token_stream());
    Ok(branch)
}

/// Returns the `{ BODY }` of `let __ret: T = { BODY }; __ret`.
fn returned_block(input: ParseStream<'_>) -> syn::Result<Group> {
    let result: Rebinding = input.parse()?;
    input.call(Attribute::parse_outer)?;
    let name: Ident = input.parse()?;
    let is_it = name == "__ret" && result.is_typed() && pattern::single_name(&result.pattern) == Some(&name);
    match result.value {
        TokenTree::Group(block) if is_it && block.delimiter() == Delimiter::Brace => Ok(block),
        _ => Err(input.error("another statement")),
    }
}

/// `let PATTERN = VALUE;` with a token as value. This is how `async_trait` binds an argument again.
pub(crate) struct Rebinding {
    attrs: Vec<Attribute>,
    let_token: Token![let],
    /// The pattern, with its type if it has one.
    pub(crate) pattern: Pat,
    equals: Token![=],
    value: TokenTree,
    semicolon: Token![;],
}

impl Parse for Rebinding {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let let_token = input.parse()?;
        let mut pattern = input.call(Pat::parse_single)?;
        if let Some(colon_token) = input.parse::<Option<Token![:]>>()? {
            pattern = Pat::Type(PatType { attrs: Vec::new(), pat: Box::new(pattern), colon_token, ty: input.parse()? });
        }
        let (equals, value, semicolon) = (input.parse()?, input.parse()?, input.parse()?);
        Ok(Self { attrs, let_token, pattern, equals, value, semicolon })
    }
}

impl ToTokens for Rebinding {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, let_token, pattern, equals, value, semicolon } = self;
        tokens.extend(quote!(#(#attrs)* #let_token #pattern #equals #value #semicolon));
    }
}

impl Rebinding {
    /// Returns the `x` in a value `x` or `{ let x = x; x }`.
    pub(crate) fn argument(&self) -> Option<Ident> {
        let name_in_block = |input: ParseStream<'_>| Ok((input.parse::<Self>()?, input.parse::<Ident>()?));
        match &self.value {
            TokenTree::Ident(name) => Some(name.clone()),
            TokenTree::Group(block) if block.delimiter() == Delimiter::Brace => {
                let (inner, name) = name_in_block.parse2(block.stream()).ok()?;
                (pattern::single_name(&inner.pattern) == Some(&name)).then_some(name)
            }
            _ => None,
        }
    }

    fn binds_argument(&self) -> bool {
        let (Some(from), to) = (self.argument(), pattern::single_name(&self.pattern)) else { return false };
        // `async_trait` gives this name to an argument that is a pattern.
        let is_positional = from.to_string().starts_with("__arg");
        is_positional || to.is_some_and(|to| (from == *to || to == "__self") && !self.is_typed())
    }

    fn is_typed(&self) -> bool {
        matches!(self.pattern, Pat::Type(_))
    }

    /// Updates the bindings: the body uses the names that this statement binds.
    fn take_in(&mut self, receiver: &mut Receiver, bindings: &mut Vec<Binding>) {
        if let Some(name) = pattern::single_name(&self.pattern).filter(|name| *name == "__self").cloned() {
            receiver.name = Some(name);
            // For `&mut self`, `async_trait` adds a `mut`.
            pattern::for_each_name(&mut self.pattern, &mut |name, _| receiver.mutability = name.mutability);
            return;
        }
        let source = self.argument();
        // The kind that the signature shows is still right.
        let older = bindings.iter().find(|older| source.as_ref() == Some(&older.name));
        let kind = older.map_or(BindingKind::Value, |older| older.kind);
        let found = take_bindings(&mut self.pattern, kind, &inherited(&self.attrs));
        bindings
            .retain(|older| source.as_ref() != Some(&older.name) && found.iter().all(|newer| newer.name != older.name));
        bindings.extend(found);
    }
}
