//! Signatures: names, arguments and types, told by their tokens.

use crate::syntax::attribute::Attribute;
use crate::syntax::scan::without_parts;
use crate::syntax::statement::{behind_attributes, pattern_end};
use crate::syntax::types::{self, Reference};
use crate::syntax::{behind_generics, group, inside, is_mark, is_word, part, pattern};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::Token;

/// The signature of a function.
pub(crate) struct Signature {
    /// What stands before the arguments: the qualifiers, the name, the generic parameters.
    head: Vec<TokenTree>,
    pub(crate) constness: Option<Ident>,
    pub(crate) is_async: bool,
    pub(crate) ident: Ident,
    /// Where the generic parameters begin in the head.
    generics: usize,
    parentheses: Span,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) inputs: Vec<Argument>,
    /// The `...` with what belongs to it.
    pub(crate) variadic: Option<TokenStream>,
    /// The type behind the arrow; empty where there is none.
    pub(crate) output: Vec<TokenTree>,
    /// From the arrow on, with the conditions.
    after: Vec<TokenTree>,
}

/// `self` in any of its forms.
pub(crate) struct Receiver {
    tokens: Vec<TokenTree>,
    pub(crate) reference: Option<Reference>,
    /// That of the binding itself.
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    /// The type behind the colon; empty where there is none.
    pub(crate) ty: Vec<TokenTree>,
}

/// An argument that is no receiver.
pub(crate) struct Argument {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pattern: Vec<TokenTree>,
    pub(crate) ty: Vec<TokenTree>,
    colon: TokenTree,
}

impl Signature {
    /// Reads a signature and what follows it, all that is there: the body or a semicolon.
    pub(crate) fn read(tokens: &[TokenTree]) -> syn::Result<(Self, &[TokenTree])> {
        let (constness, at) = qualifier(tokens, 0, "const");
        let (asyncness, at) = qualifier(tokens, at, "async");
        let (_, at) = qualifier(tokens, at, "unsafe");
        let (abi, at) = qualifier(tokens, at, "extern");
        let has_name = abi.is_some() && matches!(tokens.get(at), Some(TokenTree::Literal(_) | TokenTree::Group(_)));
        let at = at + usize::from(has_name);
        if !is_word(tokens.get(at), "fn") {
            return Err(missing(tokens, at, "expected `fn`"));
        }
        let Some(TokenTree::Ident(ident)) = tokens.get(at + 1) else {
            return Err(missing(tokens, at + 1, "expected the name of the function"));
        };
        let generics = at + 2;
        let end = if is_mark(tokens.get(generics), '<') { behind_generics(tokens, generics) } else { generics };
        let Some(arguments) = group(tokens.get(end), Delimiter::Parenthesis) else {
            return Err(missing(tokens, end, "expected the arguments of the function, in parentheses"));
        };
        let rest = part(tokens, end + 1..);
        // The body is last; braces before it belong to types.
        let body = rest.iter().position(|token| is_mark(Some(token), ';')).unwrap_or(rest.len().saturating_sub(1));
        let (rest, body) = rest.split_at(body);
        let has_arrow = is_mark(rest.first(), '-') && is_mark(rest.get(1), '>');
        let mut output = if has_arrow { without_parts(part(rest, 2..)) } else { Vec::new() };
        output.truncate(output.iter().position(|token| is_word(Some(token), "where")).unwrap_or(output.len()));
        if let Some(token) = rest.first().filter(|token| output.is_empty() && !is_word(Some(token), "where")) {
            return Err(syn::Error::new(token.span(), "expected the type that the function returns, or its body"));
        }
        let mut signature = Self {
            head: part(tokens, ..end).to_vec(),
            constness,
            is_async: asyncness.is_some(),
            ident: ident.clone(),
            generics,
            parentheses: arguments.span(),
            receiver: None,
            inputs: Vec::new(),
            variadic: None,
            output,
            after: rest.to_vec(),
        };
        for argument in types::split(&inside(arguments), ',') {
            signature.add(argument)?;
        }
        Ok((signature, body))
    }

    /// Adds an argument.
    fn add(&mut self, tokens: Vec<TokenTree>) -> syn::Result<()> {
        if self.receiver.is_none() && self.inputs.is_empty() {
            self.receiver = Receiver::read(&tokens);
            if self.receiver.is_some() {
                return Ok(());
            }
        }
        let is_dot = |at: usize| is_mark(tokens.get(at), '.');
        let start = behind_attributes(&tokens, 0);
        let end = pattern_end(&tokens, start);
        let dots = if is_dot(start) { start } else { end + 1 };
        if is_dot(dots) && is_dot(dots + 1) && is_dot(dots + 2) {
            self.variadic = Some(tokens.into_iter().collect());
            return Ok(());
        }
        let colon = tokens.get(end).filter(|colon| is_mark(Some(colon), ':') && end > start && end + 1 < tokens.len());
        let Some(colon) = colon else {
            let span = tokens.last().map_or(self.parentheses, TokenTree::span);
            return Err(syn::Error::new(span, "expected an argument with its type, such as `name: Type`"));
        };
        self.inputs.push(Argument {
            attrs: Attribute::outer(&tokens).0,
            pattern: part(&tokens, start..end).to_vec(),
            ty: part(&tokens, end + 1..).to_vec(),
            colon: colon.clone(),
        });
        Ok(())
    }

    /// The names of its generic types and constants.
    pub(crate) fn generic_names(&self) -> Vec<String> {
        let end = self.head.len().saturating_sub(1);
        let mut names = Vec::new();
        for parameter in types::split(self.head.get(self.generics + 1..end).unwrap_or_default(), ',') {
            let start = behind_attributes(&parameter, 0);
            let start = start + usize::from(is_word(parameter.get(start), "const"));
            if let Some(TokenTree::Ident(name)) = parameter.get(start) {
                names.push(name.to_string());
            }
        }
        names
    }
}

/// The word, if it stands there, and where the next token is.
fn qualifier(tokens: &[TokenTree], at: usize, word: &str) -> (Option<Ident>, usize) {
    match tokens.get(at) {
        Some(TokenTree::Ident(found)) if found == word => (Some(found.clone()), at + 1),
        _ => (None, at),
    }
}

/// A fault at a token that is not what has to stand there, or at the last one before it.
fn missing(tokens: &[TokenTree], at: usize, expected: &str) -> syn::Error {
    let span = tokens.get(at).or(tokens.last()).map_or_else(Span::call_site, TokenTree::span);
    syn::Error::new(span, expected)
}

impl Receiver {
    fn read(tokens: &[TokenTree]) -> Option<Self> {
        let mut at = behind_attributes(tokens, 0);
        let reference = types::reference(part(tokens, at..));
        at += reference.as_ref().map_or(0, |reference| reference.length);
        let mutability = match tokens.get(at)? {
            TokenTree::Ident(word) if word == "mut" => Some(Token![mut](word.span())),
            _ => None,
        };
        at += usize::from(mutability.is_some());
        let name = match tokens.get(at)? {
            TokenTree::Ident(word) if word == "self" => word.clone(),
            _ => return None,
        };
        let ty = match part(tokens, at + 1..) {
            [] => Vec::new(),
            [colon, ty @ ..] if is_mark(Some(colon), ':') && !is_mark(ty.first(), ':') => ty.to_vec(),
            _ => return None,
        };
        Some(Self { tokens: tokens.to_vec(), reference, mutability, name, ty })
    }
}

impl Argument {
    /// The name that its pattern is, if it is nothing else.
    pub(crate) fn name(&self) -> Option<Ident> {
        pattern::single_name(&pattern::peel(&self.pattern)).cloned()
    }
}

impl ToTokens for Signature {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.head);
        let comma = |inputs: &mut TokenStream| {
            if !inputs.is_empty() {
                Token![,](Span::mixed_site()).to_tokens(inputs);
            }
        };
        let mut inputs = TokenStream::new();
        if let Some(receiver) = &self.receiver {
            inputs.append_all(&receiver.tokens);
        }
        for argument in &self.inputs {
            comma(&mut inputs);
            argument.to_tokens(&mut inputs);
        }
        if let Some(variadic) = &self.variadic {
            comma(&mut inputs);
            variadic.to_tokens(&mut inputs);
        }
        let mut inputs = Group::new(Delimiter::Parenthesis, inputs);
        inputs.set_span(self.parentheses);
        tokens.append(inputs);
        tokens.append_all(&self.after);
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        tokens.append_all(&self.pattern);
        self.colon.to_tokens(tokens);
        tokens.append_all(&self.ty);
    }
}
