//! The arguments as written: keys with spans and values, each at most once.
//!
//! It knows how each key's value is written, and not what the values mean.

use crate::args::key::{self, Key, Macro, ValueKind};
use crate::args::pattern_check;
use crate::faults::Faults;
use crate::syntax::{expr, is_end, source_text, tokens_to_comma};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use reattempt_policy::Kind;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit, Path, Token, Type, parenthesized, token};

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

/// A key with its value.
pub(crate) struct Entry {
    pub(crate) key: Key,
    /// The span of the key itself.
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// All keys of one attribute.
#[derive(Default)]
pub(crate) struct Arguments {
    entries: Vec<Entry>,
    /// The keys whose values could not be parsed. Their faults are reported already.
    unparsed: Vec<Key>,
}

impl Arguments {
    /// Parses all entries. After a fault it goes on at the next comma.
    pub(crate) fn parse(tokens: TokenStream, macro_: Macro, faults: &mut Faults) -> Self {
        let mut arguments = Self::default();
        let parser = |input: ParseStream<'_>| {
            arguments.parse_entries(input, macro_, faults);
            Ok(())
        };
        let result = parser.parse2(tokens);
        faults.take(result);
        arguments
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns whether the key is written, even if its value could not be parsed.
    pub(crate) fn mentions(&self, key: Key) -> bool {
        self.get(key).is_some() || self.unparsed.contains(&key)
    }

    /// Returns the expression of a key that has one.
    pub(crate) fn expression(&self, key: Key) -> Option<&Expr> {
        match &self.get(key)?.value {
            Value::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    fn parse_entries(&mut self, input: ParseStream<'_>, macro_: Macro, faults: &mut Faults) {
        while !input.is_empty() {
            match parse_entry(input, macro_) {
                Ok(entry) => self.add(entry, faults),
                Err((key, fault)) => {
                    self.unparsed.extend(key);
                    faults.push(fault);
                    tokens_to_comma(input);
                }
            }
            if !is_end(input) {
                faults.push(input.error("expected `,` between two keys"));
                tokens_to_comma(input);
            }
            faults.take(input.parse::<Option<Token![,]>>());
        }
    }

    fn add(&mut self, entry: Entry, faults: &mut Faults) {
        if self.get(entry.key).is_some() {
            let advice = match entry.key {
                Key::Clone => "list all arguments in one, such as `clone(a, b)`",
                _ => "remove one of the two",
            };
            faults.at(entry.span, format!("`{}` is given twice; {advice}", entry.key.name()));
        } else {
            self.entries.push(entry);
        }
    }
}

/// Parses a key with its value. A fault comes with the key, if that is known.
fn parse_entry(input: ParseStream<'_>, macro_: Macro) -> Result<Entry, (Option<Key>, syn::Error)> {
    let (key, name) = parse_key(input, macro_)?;
    let value = parse_value(input, key, &name).map_err(|fault| (Some(key), fault))?;
    Ok(Entry { key, span: name.span(), value })
}

fn parse_key(input: ParseStream<'_>, macro_: Macro) -> Result<(Key, Ident), (Option<Key>, syn::Error)> {
    let ahead = input.fork();
    let Ok(name) = ahead.call(Ident::parse_any) else { return Err((None, no_name(input))) };
    let word = name.to_string();
    if let Some((words, tokens)) = hyphenated(&ahead.fork(), &name) {
        let meant = Key::named(&words.replace('-', "_"));
        return Err((meant, syn::Error::new_spanned(tokens, key::unknown(&words, macro_))));
    }
    if let Some(key) = Key::named(&word).filter(|key| key.belongs_to(macro_)) {
        input.advance_to(&ahead);
        return Ok((key, name));
    }
    let fault = match word.as_str() {
        "false" | "true" => no_name(input),
        _ if is_end(&ahead) => word_alone(&name, macro_),
        _ => syn::Error::new(name.span(), key::unknown(&word, macro_)),
    };
    Err((None, fault))
}

/// Returns the words of a name with hyphens, before an `=`.
fn hyphenated(behind: ParseStream<'_>, first: &Ident) -> Option<(String, TokenStream)> {
    let (mut words, mut tokens) = (first.to_string(), first.to_token_stream());
    while let Some(hyphen) = behind.parse::<Option<Token![-]>>().ok()? {
        let word = behind.call(Ident::parse_any).ok()?;
        words = format!("{words}-{word}");
        tokens.extend(quote!(#hyphen #word));
    }
    (words.contains('-') && behind.peek(Token![=])).then_some((words, tokens))
}

/// Returns the fault of something else than a name where a key should be.
fn no_name(input: ParseStream<'_>) -> syn::Error {
    let Ok(literal) = input.fork().parse::<Lit>() else {
        return input.error("expected a key, such as `max = 3`");
    };
    let found = literal.to_token_stream();
    let advice = match &literal {
        Lit::Int(number) => format!("write `max = {number}`"),
        Lit::Str(text) if Kind::from_name(&text.value()).is_some() => format!("write `strategy = {found}`"),
        Lit::Str(text) if text.value().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("write `base = {found}` or `deadline = {found}`")
        }
        _ => "write `key = value`".to_owned(),
    };
    input.error(format!("expected a key, found `{found}`; {advice}"))
}

/// Returns the fault of a word without a value that is not a key.
fn word_alone(name: &Ident, macro_: Macro) -> syn::Error {
    let word = name.to_string();
    let lower = word.to_lowercase();
    if macro_ == Macro::Policy || (word == lower.to_uppercase() && Key::named(&lower).is_some()) {
        return syn::Error::new(name.span(), key::unknown(&word, macro_));
    }
    let is_keyword = syn::parse_str::<Ident>(&word).is_err();
    let advice = match word.as_str() {
        "async" => "`#[retry]` sees by itself that a function is async; remove `async`".to_owned(),
        _ if Kind::from_name(&word).is_some() => format!("write `strategy = \"{word}\"`"),
        _ if is_keyword => "write `key = value`".to_owned(),
        _ => format!("for a classifier write `on = {word}`, else `key = {word}`"),
    };
    syn::Error::new(name.span(), format!("expected a key, found `{word}` alone; {advice}"))
}

fn parse_value(input: ParseStream<'_>, key: Key, name: &Ident) -> syn::Result<Value> {
    let kind = key.value_kind();
    if kind == ValueKind::Names {
        if !input.peek(token::Paren) {
            return Err(no_value(input, key, name));
        }
        let list;
        parenthesized!(list in input);
        let names = parse_names(&list)?;
        if names.is_empty() {
            let message = "`clone()` lists no argument; write `clone(payload)`, or remove it";
            return Err(syn::Error::new(name.span(), message));
        }
        return Ok(Value::Names(names));
    }
    if !input.peek(Token![=]) {
        return Err(no_value(input, key, name));
    }
    input.parse::<Token![=]>()?;
    if is_end(input) {
        return Err(no_value(input, key, name));
    }
    if kind == ValueKind::Classifier {
        pattern_check::refuse_value(key.name(), &tokens_to_comma(&input.fork()))?;
    }
    let ahead = input.fork();
    let value = Value::parse(&ahead, kind).map_err(|fault| wrong_kind(fault, input, key))?;
    input.advance_to(&ahead);
    Ok(value)
}

impl Value {
    fn parse(input: ParseStream<'_>, kind: ValueKind) -> syn::Result<Self> {
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
pub(crate) fn parse_module_path(input: ParseStream<'_>) -> syn::Result<Path> {
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
fn parse_names(list: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
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

/// Returns the fault of a key without a value, or with something else in its place.
fn no_value(input: ParseStream<'_>, key: Key, name: &Ident) -> syn::Error {
    let (key_name, example) = (key.name(), key.example());
    let found: TokenTree = match input.fork().parse() {
        Ok(found) if !is_end(input) => found,
        _ => return syn::Error::new(name.span(), format!("`{key_name}` has no value; write `{example}`")),
    };
    let advice = match &found {
        TokenTree::Group(list) if key == Key::Clone => format!("clone({})", source_text::of(&list.stream())),
        _ => example.to_owned(),
    };
    let found = source_text::of(&found);
    input.error(format!("found `{found}` where the value of `{key_name}` should be; write `{advice}`"))
}

/// Returns the fault of a value in the wrong form. Faults inside of expressions are returned unchanged.
fn wrong_kind(fault: syn::Error, input: ParseStream<'_>, key: Key) -> syn::Error {
    let expected = match key.value_kind() {
        ValueKind::Name => "a name for the body to use",
        ValueKind::NameOrArgument => "a name for the body to use, or `argument(name)` for an argument that is the key",
        ValueKind::Type => "a type",
        ValueKind::Path => "the path of a module",
        ValueKind::Expression | ValueKind::Classifier | ValueKind::Names => return fault,
    };
    let mut tokens = tokens_to_comma(&input.fork());
    let mut advice = key.example().to_owned();
    if let ValueKind::Name | ValueKind::NameOrArgument = key.value_kind() {
        match tokens.as_slice() {
            [TokenTree::Ident(name), TokenTree::Punct(mark), ..] if mark.as_char() == ':' => {
                advice = format!("{} = {name}", key.name());
            }
            [TokenTree::Ident(word), TokenTree::Group(_)] if key == Key::Idempotency && word == "argument" => {
                "idempotency_key = argument(key)".clone_into(&mut advice);
            }
            _ => {}
        }
    } else {
        tokens.truncate(1);
    }
    let found = source_text::of_tokens(&tokens);
    let message = format!("`{}` expects {expected}, found `{found}`; write `{advice}`", key.name());
    syn::Error::new_spanned(tokens.into_iter().collect::<TokenStream>(), message)
}
