//! The value of a key: an expression, a pattern, names, a type or a path, as the key has it.
//!
//! It knows how a value is written, and not what it means.

use crate::args::key::ValueKind;
use crate::args::pattern_check;
use crate::faults::Faults;
use crate::syntax::{expr, is_end, source_text, tokens_to_comma};
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Path, Token, Type, parenthesized, token};

/// The value of a key.
pub(crate) enum Value {
    Expression(Expr),
    /// The content of `matches(PATTERN if GUARD)`.
    Pattern(TokenStream),
    Names(Vec<Ident>),
    Name(Ident),
    /// The content of `argument(NAME)`.
    Argument(Ident),
    Type(Type),
    Path(Path),
}

impl Value {
    pub(super) fn parse(input: ParseStream<'_>, kind: ValueKind) -> syn::Result<Self> {
        Ok(match kind {
            ValueKind::Classifier => match parse_matches(input)? {
                Some(pattern) => Self::Pattern(pattern),
                None => Self::Expression(expr::parse(input)?),
            },
            ValueKind::Expression | ValueKind::Names => Self::Expression(expr::parse(input)?),
            ValueKind::Name => {
                let name = input.parse()?;
                // If the next word is a key, the comma before it is missing.
                if !(is_end(input) || input.peek(Ident::peek_any)) {
                    return Err(input.error("unexpected token"));
                }
                Self::Name(name)
            }
            ValueKind::NameOrArgument => match parse_argument(input)? {
                Some(name) => Self::Argument(name),
                None => Self::parse(input, ValueKind::Name)?,
            },
            ValueKind::Type => Self::Type(input.parse()?),
            ValueKind::Path => Self::Path(parse_module_path(input)?),
        })
    }
}

/// Parses a path to a module. `Self` is refused, since it has no modules.
fn parse_module_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let path = Path::parse_mod_style(input)?;
    if let Some(segment) = path.segments.iter().find(|segment| segment.ident == "Self") {
        return Err(syn::Error::new(segment.ident.span(), "expected the path of a module"));
    }
    Ok(path)
}

/// Parses `matches(PATTERN if GUARD)`, and returns the content of the parentheses.
fn parse_matches(input: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
    let ahead = input.fork();
    let is_matches = ahead.parse::<Ident>().is_ok_and(|word| word == "matches");
    if !(is_matches && ahead.peek(token::Paren)) {
        return Ok(None);
    }
    let content;
    parenthesized!(content in ahead);
    let pattern: TokenStream = content.parse()?;
    if pattern.is_empty() {
        return Err(input.error("`matches()` holds no pattern; write `matches(MyError::Timeout)`"));
    }
    pattern_check::refuse_content(&pattern)?;
    input.advance_to(&ahead);
    Ok(Some(pattern))
}

/// Parses `argument(NAME)`, and returns the name.
fn parse_argument(input: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    let ahead = input.fork();
    let is_argument = ahead.parse::<Ident>().is_ok_and(|word| word == "argument");
    if !(is_argument && ahead.peek(token::Paren)) {
        return Ok(None);
    }
    let content;
    parenthesized!(content in ahead);
    let name = content.parse()?;
    if !content.is_empty() {
        return Err(content.error("unexpected token"));
    }
    input.advance_to(&ahead);
    Ok(Some(name))
}

/// Parses the names in a list. Each entry that is not a name is a fault.
pub(super) fn parse_names(list: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let (mut names, mut faults) = (Vec::new(), Faults::default());
    while !list.is_empty() {
        if list.peek(Token![,]) {
            faults.at(list.span(), "found `,` where `clone` lists the name of an argument; remove it");
        } else {
            let ahead = list.fork();
            let entry = expr::parse(&ahead).ok().filter(|_| is_end(&ahead));
            let tokens = tokens_to_comma(list);
            match entry.as_ref().and_then(expr::name) {
                Some(name) => names.push(name.clone()),
                None => faults.push(no_argument(&tokens)),
            }
        }
        list.parse::<Option<Token![,]>>()?;
    }
    faults.result(names)
}

/// Returns the fault of an entry of `clone` that is not a name.
fn no_argument(entry: &[TokenTree]) -> syn::Error {
    // In `&name` and `name: Type`, the name is meant.
    let name = entry.iter().find(|token| matches!(token, TokenTree::Ident(word) if word != "mut"));
    let advice = match name {
        Some(name) if *name.to_string() == *"self" => "make a copy of it in the body".to_owned(),
        Some(name) => format!("write `clone({name})`"),
        None => "write `clone(payload)`".to_owned(),
    };
    let message = format!("`clone` lists the names of arguments, found `{}`; {advice}", source_text::of_tokens(entry));
    syn::Error::new_spanned(entry.iter().cloned().collect::<TokenStream>(), message)
}
