//! The arguments as written: keys with spans and values, each at most once.
//!
//! It knows how each key's value is written, and not what the values mean.

use crate::args::foreign_closure;
use crate::args::key::{self, Key, Macro, ValueKind};
use crate::args::key_value::{Value, parse_names};
use crate::args::other_key;
use crate::args::other_names;
use crate::args::pattern_check;
use crate::args::punctuation;
use crate::args::value;
use crate::faults::{self, Faults};
use crate::syntax::{expr, is_end, is_mark, part, source_text, tokens_to_comma};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use reattempt_policy::other_names::in_small_letters;
use reattempt_policy::{Kind, Setting};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit, Token, parenthesized, token};

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
            match self.parse_entry(input, macro_) {
                Ok(entry) => self.add(entry, faults),
                Err((key, fault)) => {
                    self.unparsed.extend(key);
                    faults.push(fault);
                    tokens_to_comma(input);
                }
            }
            if !is_end(input) {
                let fault = input.error("expected `,` between two keys");
                faults.push(punctuation::no_comma(&tokens_to_comma(input), fault));
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

    /// Parses a key with its value. A fault comes with the key, if that is known.
    fn parse_entry(&self, input: ParseStream<'_>, macro_: Macro) -> Result<Entry, (Option<Key>, syn::Error)> {
        let (key, name) = self.parse_key(input, macro_)?;
        let value = parse_value(input, key, &name).map_err(|fault| (Some(key), fault))?;
        Ok(Entry { key, span: name.span(), value })
    }

    fn parse_key(&self, input: ParseStream<'_>, macro_: Macro) -> Result<(Key, Ident), (Option<Key>, syn::Error)> {
        let ahead = input.fork();
        let Ok(name) = ahead.call(Ident::parse_any) else { return Err((None, no_name(input))) };
        let word = name.to_string();
        let behind = ahead.fork();
        if let Some((words, tokens)) = hyphenated(&behind, &name) {
            let meant = Key::named(&words.replace('-', "_"));
            return Err((meant, faults::spanning(tokens, self.unknown(&words, &behind, input, macro_))));
        }
        if let Some(key) = Key::named(&word).filter(|key| key.belongs_to(macro_)) {
            input.advance_to(&ahead);
            return Ok((key, name));
        }
        let fault = match word.as_str() {
            "false" | "true" => no_name(input),
            _ if is_end(&ahead) => self.another_classifier(&name).unwrap_or_else(|| word_alone(&name, macro_)),
            _ => syn::Error::new(name.span(), self.unknown(&word, &ahead, input, macro_)),
        };
        Err((None, fault))
    }

    /// Returns the fault of a word alone behind `on = is_busy,`: a second classifier.
    fn another_classifier(&self, name: &Ident) -> Option<syn::Error> {
        let last = self.entries.last().filter(|entry| entry.key.value_kind() == ValueKind::Classifier)?;
        let Value::Expression(first) = &last.value else { return None };
        let is_function = expr::path(first).is_some() && other_names::meaning(&name.to_string()).is_none();
        let (key, first) = (last.key.name(), source_text::of(first));
        let message = format!(
            "`{key}` has one classifier, found `{name}` behind it; write `{key} = reattempt::classify::any_of(({first}, {name}))`"
        );
        is_function.then(|| syn::Error::new(name.span(), message))
    }

    /// Returns the message for a word that is not a key, with what is behind it. Takes the entry from the input.
    fn unknown(&self, word: &str, behind: ParseStream<'_>, input: ParseStream<'_>, macro_: Macro) -> String {
        let is_policy = macro_ == Macro::Policy && Key::named(word).is_some();
        // A value may contain commas.
        let whole = behind.fork();
        let is_whole = whole.parse::<Token![=]>().is_ok() && expr::parse(&whole).is_ok() && is_end(&whole);
        let tokens = tokens_between(behind, is_whole.then_some(&whole));
        if is_whole {
            input.advance_to(&whole);
        }
        let value = punctuation::split(&tokens).1;
        let is_strategy = |key: &Key| matches!(key, Key::Policy | Key::Setting(Setting::Strategy));
        let has_strategy = self.entries.iter().map(|entry| &entry.key).any(is_strategy) || writes_strategy(input);
        let known = other_key::unknown(word, &value, macro_, has_strategy).filter(|_| !is_policy);
        known.unwrap_or_else(|| key::unknown(word, macro_))
    }
}

/// Returns the tokens up to an end, or to the next comma.
fn tokens_between(start: ParseStream<'_>, end: Option<ParseStream<'_>>) -> Vec<TokenTree> {
    let Some(end) = end else { return tokens_to_comma(&start.fork()) };
    let [all, rest] = [start, end]
        .map(|input| input.fork().parse::<TokenStream>().map(|tokens| tokens.into_iter().collect::<Vec<_>>()));
    let (all, rest) = (all.unwrap_or_default(), rest.unwrap_or_default());
    part(&all, ..all.len().saturating_sub(rest.len())).to_vec()
}

/// Returns whether `strategy` or `policy` is a key in the rest of the input.
fn writes_strategy(rest: ParseStream<'_>) -> bool {
    let rest: Vec<TokenTree> = rest.fork().parse::<TokenStream>().into_iter().flatten().collect();
    let is_key = |word: &TokenTree| matches!(word, TokenTree::Ident(word) if word == "strategy" || word == "policy");
    rest.windows(2).any(|pair| matches!(pair, [word, mark] if is_key(word) && is_mark(Some(mark), '=')))
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
    if input.peek(Token![,]) {
        return input.error("found `,` where a key should be; remove it");
    }
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
    if let Some(message) = reattempt_policy::other_names::meaning(&in_small_letters(&word))
        .and_then(|_| other_key::unknown(&word, &[], macro_, false))
    {
        return syn::Error::new(name.span(), message);
    }
    let kind = other_names::kind(&word);
    let is_keyword = syn::parse_str::<Ident>(&word).is_err();
    let advice = match word.as_str() {
        "async" => "`#[retry]` sees by itself that a function is async; remove `async`".to_owned(),
        _ if kind.is_some() => format!("write `strategy = \"{}\"`", kind.map_or("", Kind::name)),
        _ if is_keyword => "write `key = value`".to_owned(),
        _ => format!("for a classifier write `on = {word}`, else `key = {word}`"),
    };
    syn::Error::new(name.span(), format!("expected a key, found `{word}` alone; {advice}"))
}

fn parse_value(input: ParseStream<'_>, key: Key, name: &Ident) -> syn::Result<Value> {
    let kind = key.value_kind();
    if kind == ValueKind::Names {
        if !input.peek(token::Paren) {
            return Err(punctuation::no_equals(key, name, &tokens_to_comma(&input.fork())));
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
    let behind = input.fork();
    if !input.peek(Token![=]) || input.peek(Token![==]) || input.peek(Token![=>]) {
        return Err(punctuation::no_equals(key, name, &tokens_to_comma(input)));
    }
    input.parse::<Token![=]>()?;
    if is_end(input) {
        return Err(punctuation::no_equals(key, name, &[]));
    }
    if let Some((argument, _)) = key.closure_argument() {
        foreign_closure::refuse(key.name(), argument, &tokens_to_comma(&input.fork()))?;
    }
    if kind == ValueKind::Classifier {
        pattern_check::refuse_value(key.name(), &tokens_to_comma(&input.fork()))?;
    }
    let ahead = input.fork();
    let value = Value::parse(&ahead, kind).map_err(|fault| {
        let behind = tokens_to_comma(&behind);
        let (wrong, value) = punctuation::split(&behind);
        if !wrong.is_empty() {
            return punctuation::no_equals(key, name, &behind);
        }
        punctuation::unfinished(wrong_kind(fault, input, key), key, &value)
    })?;
    input.advance_to(&ahead);
    Ok(value)
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
        if key == Key::Crate {
            let quoted = match syn::parse2(tokens.iter().cloned().collect()) {
                Ok(literal) => value::quoted(&literal),
                Err(_) => None,
            };
            advice = format!("crate = {}", quoted.unwrap_or_else(|| "reattempt".to_owned()));
        }
    }
    let found = source_text::of_tokens(&tokens);
    let message = format!("`{}` expects {expected}, found `{found}`; write `{advice}`", key.name());
    faults::spanning(tokens.into_iter().collect::<TokenStream>(), message)
}
