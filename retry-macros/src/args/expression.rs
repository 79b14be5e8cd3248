//! Expressions: tokens, and of which kind they are.
//!
//! What stands in no group is judged here; for the rest the compiler is the judge.

use crate::syntax::scan;
use crate::syntax::{behind_generics, find_mark, group, inside, is_mark, is_path_separator, is_word, part};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::ParseStream;
use syn::{Lit, LitBool, Token};

/// An expression of the user's.
#[derive(Clone)]
pub(crate) struct Expression {
    tokens: Vec<TokenTree>,
    /// Without the invisible groups that `macro_rules!` puts around fragments, and without parentheses.
    peeled: Vec<TokenTree>,
    pub(crate) kind: Kind,
}

/// What an expression is, as far as somebody asks.
#[derive(Clone)]
pub(crate) enum Kind {
    Literal(Lit),
    /// A literal with a minus before it.
    Negative,
    Path(Path),
    /// A function or a method that is called.
    Call,
    /// `[a, b]`.
    List(Vec<Expression>),
    Closure(Closure),
    /// `{ expression }`.
    Braced(Box<Expression>),
    Other,
}

/// A path by its names.
#[derive(Clone)]
pub(crate) struct Path {
    /// `None` behind a type: `<T as Trait>::name`.
    pub(crate) first: Option<Ident>,
    pub(crate) last: Ident,
    /// Whether there is one name, and nothing else.
    pub(crate) is_word: bool,
}

/// A closure in its parts.
#[derive(Clone)]
pub(crate) struct Closure {
    pub(crate) capture: Option<Token![move]>,
    pub(crate) inputs: TokenStream,
    pub(crate) body: TokenStream,
    /// Whether nothing else is said, such as `async` or a type to return.
    pub(crate) is_plain: bool,
}

impl Expression {
    /// Reads an expression that ends at a comma or with the input.
    pub(crate) fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
        if ahead.is_empty() {
            return Err(input.error(EXPECTED));
        }
        let (expression, length) = Self::first(&ahead)?;
        for _ in 0..length {
            input.parse::<TokenTree>()?;
        }
        Ok(expression)
    }

    /// The expression that the tokens begin with, up to a comma or to their end, and how many of them it is.
    ///
    /// Commas may be in it: `|a, b| a`, `f::<A, B>()`. So it is the shortest run up to a comma that is an expression; where there is
    /// none, as much of the first run as is one, and what follows is the caller's fault to report.
    pub(crate) fn first(tokens: &[TokenTree]) -> syn::Result<(Self, usize)> {
        let run_end = |from| find_mark(tokens, from, &[',']).unwrap_or(tokens.len());
        let first = run_end(0);
        let mut end = first;
        let length = loop {
            if is_expression(part(tokens, ..end)) {
                break Some(end);
            }
            if end == tokens.len() {
                break (1..first).rev().find(|length| is_expression(part(tokens, ..*length)));
            }
            end = run_end(end + 1);
        };
        let Some(length) = length else {
            return Err(syn::Error::new(tokens.first().map_or_else(Span::call_site, TokenTree::span), EXPECTED));
        };
        Ok((Self::new(part(tokens, ..length).to_vec())?, length))
    }

    /// An expression of tokens that are one. The only fault is one in a list's entry.
    fn new(tokens: Vec<TokenTree>) -> syn::Result<Self> {
        let peeled = peel(&tokens);
        let kind = kind(&peeled)?;
        Ok(Self { tokens, peeled, kind })
    }

    /// An expression of our own.
    pub(crate) fn made(tokens: TokenStream) -> Self {
        Self { tokens: tokens.into_iter().collect(), peeled: Vec::new(), kind: Kind::Other }
    }

    /// The literal that it is, if it is one.
    pub(crate) fn literal(&self) -> Option<&Lit> {
        match &self.kind {
            Kind::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// The path that it is, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The variable that it is, or of which it is a part: `x`, `&x.y[0]`. A call may give something of its own.
    pub(crate) fn variable(&self) -> Option<Ident> {
        variable(&self.peeled)
    }

    /// The tokens without groups around them all.
    pub(crate) fn peeled(&self) -> TokenStream {
        self.peeled.iter().cloned().collect()
    }
}

impl ToTokens for Expression {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.tokens);
    }
}

const EXPECTED: &str = "expected an expression";

/// Whether the tokens are one expression, as far as their groups' insides don't matter.
fn is_expression(tokens: &[TokenTree]) -> bool {
    scan::expression(tokens, 0) == Some(tokens.len())
}

/// Looks through the groups around all of the tokens that mean nothing: invisible ones, and parentheses that make no tuple.
fn peel(tokens: &[TokenTree]) -> Vec<TokenTree> {
    if let [TokenTree::Group(group)] = tokens {
        let inside = inside(group);
        let is_peel = match group.delimiter() {
            Delimiter::None => true,
            Delimiter::Parenthesis => is_expression(&inside),
            Delimiter::Brace | Delimiter::Bracket => false,
        };
        if is_peel {
            return peel(&inside);
        }
    }
    tokens.to_vec()
}

fn kind(tokens: &[TokenTree]) -> syn::Result<Kind> {
    match tokens {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            return Ok(entries(&inside(group))?.map_or(Kind::Other, Kind::List));
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
            let inside = inside(group);
            if !is_expression(&inside) {
                return Ok(Kind::Other);
            }
            return Ok(Kind::Braced(Box::new(Expression::new(inside)?)));
        }
        [first, rest @ ..] if is_mark(Some(first), '-') => {
            let is_literal = matches!(peel(rest).as_slice(), [TokenTree::Literal(_)]);
            return Ok(if is_literal { Kind::Negative } else { Kind::Other });
        }
        [first, ..] if is_mark(Some(first), '#') => return Ok(Kind::Other),
        _ => {}
    }
    if let Some(closure) = closure(tokens) {
        return Ok(Kind::Closure(closure));
    }
    match tokens {
        [TokenTree::Literal(literal)] => return Ok(Kind::Literal(Lit::new(literal.clone()))),
        [word @ TokenTree::Ident(name)] if is_word(Some(word), "true") || is_word(Some(word), "false") => {
            return Ok(Kind::Literal(Lit::Bool(LitBool::new(name == "true", name.span()))));
        }
        _ => {}
    }
    if is_call(tokens) {
        return Ok(Kind::Call);
    }
    Ok(path(tokens).map_or(Kind::Other, Kind::Path))
}

fn path(tokens: &[TokenTree]) -> Option<Path> {
    scan::path(tokens, 0).filter(|end| *end == tokens.len())?;
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let TokenTree::Ident(name) = token {
            names.push(name);
        }
        at = if is_mark(Some(token), '<') { behind_generics(tokens, at) } else { at + 1 };
    }
    let first = (*names.first()?).clone();
    let first = (!is_mark(tokens.first(), '<')).then_some(first);
    Some(Path { first, last: (*names.last()?).clone(), is_word: tokens.len() == 1 })
}

/// The entries of a list; `None` where it is `[value; length]`.
fn entries(tokens: &[TokenTree]) -> syn::Result<Option<Vec<Expression>>> {
    let mut entries = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        let (entry, length) = Expression::first(rest)?;
        entries.push(entry);
        rest = part(rest, length..);
        if is_mark(rest.first(), ';') {
            return Ok(None);
        }
        if let Some(token) = rest.first().filter(|token| !is_mark(Some(token), ',')) {
            return Err(syn::Error::new(token.span(), "expected `,` between two entries"));
        }
        rest = part(rest, 1..);
    }
    Ok(Some(entries))
}

fn closure(tokens: &[TokenTree]) -> Option<Closure> {
    let is_lead =
        |token: &&TokenTree| ["move", "async", "static", "const"].iter().any(|word| is_word(Some(token), word));
    let mut start = tokens.iter().take_while(is_lead).count();
    if is_word(tokens.first(), "for") {
        start = behind_generics(tokens, 1);
        start += tokens.get(start..)?.iter().take_while(is_lead).count();
    }
    if !is_mark(tokens.get(start), '|') {
        return None;
    }
    let end = find_mark(tokens, start + 1, &['|'])?;
    let body = part(tokens, end + 1..);
    let has_type = is_mark(body.first(), '-') && is_mark(body.get(1), '>');
    let (capture, is_simple) = match part(tokens, ..start) {
        [] => (None, true),
        [TokenTree::Ident(word)] if word == "move" => (Some(Token![move](word.span())), true),
        _ => (None, false),
    };
    Some(Closure {
        capture,
        inputs: part(tokens, start + 1..end).iter().cloned().collect(),
        body: body.iter().cloned().collect(),
        is_plain: is_simple && !has_type,
    })
}

/// Words that begin an expression whose last call is a part of it.
const LEADING: [&str; 13] =
    ["as", "break", "if", "let", "loop", "match", "return", "unsafe", "while", "yield", "for", "async", "const"];

/// Whether the last token calls what is before it, and nothing but names, calls and other steps of a chain is there.
fn is_call(tokens: &[TokenTree]) -> bool {
    let Some((last, callee)) = tokens.split_last() else { return false };
    if group(Some(last), Delimiter::Parenthesis).is_none() || callee.is_empty() || is_mark(callee.last(), '.') {
        return false;
    }
    let mut at = 0;
    while let Some(token) = callee.get(at) {
        let is_step = match token {
            TokenTree::Ident(word) => !LEADING.iter().any(|leading| word == leading),
            TokenTree::Punct(mark) => matches!(mark.as_char(), ':' | '.' | '?'),
            TokenTree::Group(_) | TokenTree::Literal(_) => true,
        };
        let begins_generics = is_mark(Some(token), '<') && (at == 0 || is_mark(callee.get(at - 1), ':'));
        if begins_generics {
            at = behind_generics(callee, at);
        } else if is_step && !(is_mark(Some(token), '.') && is_mark(callee.get(at + 1), '.')) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

fn variable(tokens: &[TokenTree]) -> Option<Ident> {
    let operators = ['&', '*', '!', '-'];
    let is_prefix =
        |token: &&TokenTree| operators.iter().any(|mark| is_mark(Some(token), *mark)) || is_word(Some(token), "mut");
    let start = tokens.iter().take_while(is_prefix).count();
    let (name, mut steps) = match tokens.get(start)? {
        TokenTree::Ident(name) => (name.clone(), part(tokens, start + 1..)),
        TokenTree::Group(group) if matches!(group.delimiter(), Delimiter::None | Delimiter::Parenthesis) => {
            (variable(&inside(group))?, part(tokens, start + 1..))
        }
        _ => return None,
    };
    loop {
        steps = match steps {
            [] => return Some(name),
            [TokenTree::Group(index), rest @ ..] if index.delimiter() == Delimiter::Bracket => rest,
            [dot, TokenTree::Ident(_) | TokenTree::Literal(_), rest @ ..] if is_mark(Some(dot), '.') => {
                // A method.
                if is_path_separator(rest, 0) || group(rest.first(), Delimiter::Parenthesis).is_some() {
                    return None;
                }
                rest
            }
            _ => return None,
        };
    }
}
