//! Tells what may be a function from what was meant as the body of one, such as `code >= 500`.
//!
//! In doubt it is a function, and the compiler's to judge.

use super::item::{Fields, Member};
use crate::args::expression::{Expression, Kind};
use crate::syntax::{behind_generics, find_mark, group, inside, is_mark, is_path_separator, is_word, part};
use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, Span, TokenStream, TokenTree};
use quote::{TokenStreamExt, quote};

/// Words that an expression may begin with whose value can be anything.
const LEADING: [&str; 10] = ["async", "const", "for", "if", "loop", "match", "move", "return", "static", "unsafe"];

/// The function that an expression was meant as; `None` where it may be one already. A struct's function gets the `whole` of it.
pub(super) fn function_for(value: &Expression, fields: &Fields, whole: bool) -> Option<String> {
    let (Kind::Call | Kind::Path(_) | Kind::Other) = value.kind else { return None };
    let mut tokens: Vec<TokenTree> = value.peeled().into_iter().collect();
    let names: Vec<Ident> = fields.iter().flatten().filter_map(|field| name(&field.member)).collect();
    let is_of_self =
        if whole { names_self(&tokens) } else { (0..tokens.len()).any(|at| is_field_of_self(&tokens, at, &names)) };
    let is_body = match value.kind {
        // A function may have a field's name.
        Kind::Path(_) => is_duration(&tokens),
        _ => is_of_self || is_body(&tokens, &names),
    };
    if !is_body {
        return None;
    }
    // A variant's field has no `self`, and a struct's gets it back.
    while let Some(at) = (0..tokens.len()).find(|at| is_field_of_self(&tokens, *at, &names)) {
        tokens.drain(at..at + 2);
    }
    if let Some(callee) = callee(&tokens, &names, whole) {
        return Some(text(callee));
    }
    let count = fields.as_ref().map_or(0, Vec::len);
    let negated = match tokens.as_slice() {
        [mark, function @ ..] if is_mark(Some(mark), '!') && is_path(function) => Some(function),
        _ => None,
    };
    let negated = negated.filter(|function| !variables(function).iter().any(|variable| names.contains(variable)));
    let parameters: Vec<Ident> = match (whole, negated) {
        (true, None) if !is_of_self && variables(&tokens).is_empty() => vec![word("_")],
        (true, _) => vec![word("error")],
        (false, Some(_)) if names.is_empty() => match count {
            1 => vec![word("field")],
            _ => (0..count).map(|at| word(&format!("field_{at}"))).collect(),
        },
        (false, Some(_)) => names.clone(),
        (false, None) => parameters(&variables(&tokens), &names, count),
    };
    let body = match negated {
        Some(function) => quote!(!#(#function)*(#(#parameters),*)),
        None => {
            let variables = match (whole, names.is_empty()) {
                (false, _) => parameters.clone(),
                (true, false) => names.clone(),
                (true, true) => variables(&tokens).into_iter().take(count).collect(),
            };
            Body { variables, has_names: !names.is_empty(), whole }.of(&tokens, false)
        }
    };
    let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
    let body: Vec<TokenTree> = body.into_iter().collect();
    Some(format!("|{}| {}", parameters.join(", "), text(&body)))
}

/// Whether it is no function, whatever its parts are: a comparison, a negation, a `matches!`, a `Duration`, or something of a field,
/// which is in no scope there.
fn is_body(tokens: &[TokenTree], fields: &[Ident]) -> bool {
    let is_leading = |word: &&str| is_word(tokens.first(), word);
    if is_mark(tokens.first(), '#') || LEADING.iter().any(is_leading) || has_word(tokens, "as") {
        return false;
    }
    is_mark(tokens.first(), '!')
        || (0..tokens.len()).any(|at| is_matches(tokens, at))
        || has_comparison(tokens)
        || is_duration(tokens)
        || variables(tokens).iter().any(|variable| fields.contains(variable))
}

/// Whether `self.field` begins there.
fn is_field_of_self(tokens: &[TokenTree], at: usize, fields: &[Ident]) -> bool {
    let is_field = matches!(tokens.get(at + 2), Some(TokenTree::Ident(name)) if fields.contains(name));
    is_field && is_word(tokens.get(at), "self") && is_mark(tokens.get(at + 1), '.')
}

/// Whether there is a `self`, which no word can name.
fn names_self(tokens: &[TokenTree]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| match token {
        // In braces may be items, which have theirs.
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace && names_self(&inside(group)),
        token => is_word(Some(token), "self") && !is_path_separator(tokens, at + 1),
    })
}

/// Whether there is an operator whose answer is a `bool`.
fn has_comparison(tokens: &[TokenTree]) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        if is_mark(tokens.get(at), '<') && (at == 0 || is_mark(tokens.get(at - 1), ':')) {
            at = behind_generics(tokens, at);
            continue;
        }
        if at > 0 && comparison(tokens, at) {
            return true;
        }
        // What is doubled is another operator.
        at += if is_joint(tokens.get(at)) { 2 } else { 1 };
    }
    false
}

/// Whether such an operator begins there.
fn comparison(tokens: &[TokenTree], at: usize) -> bool {
    let mark = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(mark)) => Some(mark.as_char()),
        _ => None,
    };
    let is_joint = is_joint(tokens.get(at));
    // Behind another operator, these are a part of it, or they borrow.
    let is_behind_value = at.checked_sub(1).is_some_and(|before| mark(before).is_none_or(|mark| mark == '?'));
    match (mark(at), mark(at + 1).filter(|_| is_joint)) {
        (Some('=' | '!' | '<' | '>'), Some('=')) | (Some('&'), Some('&')) | (Some('|'), Some('|')) => is_behind_value,
        (Some('<'), next) => is_behind_value && next != Some('<'),
        (Some('>'), next) => is_behind_value && next != Some('>'),
        _ => false,
    }
}

fn is_joint(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if mark.spacing() == Spacing::Joint)
}

/// Whether it is one, or there may be one in it: `Duration::ZERO`, `Duration::from_secs(5)`, `Some(pause)`.
fn is_duration(tokens: &[TokenTree]) -> bool {
    let (path, ty, first, second) = match tokens {
        [path @ .., TokenTree::Ident(ty), first, second, TokenTree::Ident(name)]
            if ["ZERO", "MAX"].iter().any(|constant| name == constant) =>
        {
            (path, ty, first, second)
        }
        [path @ .., TokenTree::Ident(ty), first, second, TokenTree::Ident(_), TokenTree::Group(_)] => {
            (path, ty, first, second)
        }
        [TokenTree::Ident(some), TokenTree::Group(_)] => return some == "Some",
        _ => return false,
    };
    ty == "Duration"
        && [first, second].iter().all(|mark| is_mark(Some(mark), ':'))
        && (path.is_empty() || is_path(path))
}

/// Whether there are names and `::` alone.
fn is_path(tokens: &[TokenTree]) -> bool {
    let is_part = |token: &TokenTree| matches!(token, TokenTree::Ident(_)) || is_mark(Some(token), ':');
    !tokens.is_empty() && tokens.iter().all(is_part)
}

fn has_word(tokens: &[TokenTree], word: &str) -> bool {
    tokens.iter().any(|token| is_word(Some(token), word))
}

fn is_macro(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens.get(at + 1), '!') && matches!(tokens.get(at + 2), Some(TokenTree::Group(_)))
}

fn is_matches(tokens: &[TokenTree], at: usize) -> bool {
    is_word(tokens.get(at), "matches") && is_macro(tokens, at)
}

/// The names that can only be those of variables, each once. What is in braces, in a macro's hands, or beside a closure is left out: it
/// may have variables of its own.
fn variables(tokens: &[TokenTree]) -> Vec<Ident> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let inner = match token {
            TokenTree::Ident(name) if is_variable(tokens, at) => vec![name.clone()],
            TokenTree::Group(group) if at > 1 && is_matches(tokens, at - 2) => {
                let inside = inside(group);
                let end = find_mark(&inside, 0, &[',']).unwrap_or(inside.len());
                variables(part(&inside, ..end))
            }
            TokenTree::Group(group) if has_variables(tokens, at, group) => variables(&inside(group)),
            _ => continue,
        };
        for name in inner {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

fn has_variables(tokens: &[TokenTree], at: usize, group: &Group) -> bool {
    let is_of_macro = at > 1 && is_macro(tokens, at - 2);
    let has_closure = inside(group).iter().any(|token| is_mark(Some(token), '|'));
    group.delimiter() != Delimiter::Brace && !is_of_macro && !has_closure
}

/// Whether the name there is in small letters, and no part of a path, no member, no function and no macro.
fn is_variable(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Ident(name)) = tokens.get(at) else { return false };
    let name = name.to_string();
    let is_behind = at > 0 && ['.', ':'].iter().any(|mark| is_mark(tokens.get(at - 1), *mark));
    let is_called = group(tokens.get(at + 1), Delimiter::Parenthesis).is_some();
    name.starts_with(|first: char| first.is_lowercase())
        && !["self", "super", "crate", "true", "false", "mut", "ref", "if", "in", "as", "dyn"].contains(&name.as_str())
        && !(is_behind || is_called || is_path_separator(tokens, at + 1) || is_macro(tokens, at))
}

/// The function itself, where it is called with all that it gets: `is_server_side(code)`.
fn callee<'a>(tokens: &'a [TokenTree], fields: &[Ident], whole: bool) -> Option<&'a [TokenTree]> {
    let (TokenTree::Group(arguments), callee) = tokens.split_last()? else { return None };
    if arguments.delimiter() != Delimiter::Parenthesis || !is_path(callee) || is_duration(tokens) {
        return None;
    }
    let given = inside(arguments);
    let given = given.iter().filter(|token| !['&', ','].iter().any(|mark| is_mark(Some(token), *mark)));
    let given: Vec<String> = given.map(ToString::to_string).collect();
    let expected: Vec<String> =
        if whole { vec!["self".to_owned()] } else { fields.iter().map(ToString::to_string).collect() };
    (given == expected).then_some(callee)
}

/// The names of a closure's parameters, one for each field.
fn parameters(variables: &[Ident], names: &[Ident], count: usize) -> Vec<Ident> {
    let is_named = !names.is_empty();
    // Something else is named: all are shown.
    let is_strange = !variables.is_empty() && !variables.iter().any(|variable| names.contains(variable));
    let parameter = |at: usize| match names.get(at) {
        Some(name) if is_strange || variables.contains(name) => Some(name.clone()),
        _ => variables.get(at).filter(|_| !is_named).cloned(),
    };
    (0..count).map(|at| parameter(at).unwrap_or_else(|| word("_"))).collect()
}

fn name(member: &Member) -> Option<Ident> {
    match member {
        Member::Named(name) => Some(name.clone()),
        Member::Numbered(..) => None,
    }
}

fn word(word: &str) -> Ident {
    Ident::new(word, Span::call_site())
}

/// Writes an expression anew, as one of what a function gets.
struct Body {
    /// What stands for the fields, in their order.
    variables: Vec<Ident>,
    has_names: bool,
    whole: bool,
}

impl Body {
    /// `is_given`: whether these are what makes a `Duration`, which is made of values.
    fn of(&self, tokens: &[TokenTree], is_given: bool) -> TokenStream {
        let mut body = TokenStream::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Ident(this) if this == "self" && self.whole => body.append(word("error")),
                TokenTree::Ident(name) if self.variables.contains(name) && is_variable(tokens, at) => {
                    if self.whole {
                        body.extend(quote!(error.));
                    } else if is_value(tokens, at) || is_given && tokens.len() == 1 {
                        body.extend(quote!(*));
                    }
                    let place = self.variables.iter().position(|variable| variable == name);
                    match place.filter(|_| self.whole && !self.has_names) {
                        Some(number) => body.append(Literal::usize_unsuffixed(number)),
                        None => body.append(name.clone()),
                    }
                }
                TokenTree::Group(group) => {
                    let is_given = at + 1 == tokens.len() && is_duration(tokens);
                    body.append(Group::new(group.delimiter(), self.of(&inside(group), is_given)));
                }
                token => body.append(token.clone()),
            }
            at += 1;
        }
        body
    }
}

/// Whether an operator takes the variable there as a value.
fn is_value(tokens: &[TokenTree], at: usize) -> bool {
    let is_alone = !matches!(tokens.get(at + 1), Some(TokenTree::Group(_))) && !is_mark(tokens.get(at + 1), '.');
    let before = part(tokens, ..at);
    let is_behind = before.len() > 1 && (comparison(tokens, at - 1) || comparison(tokens, at - 2))
        || before.len() == 1 && is_mark(before.first(), '!');
    is_alone && (comparison(tokens, at + 1) || is_behind)
}

/// The tokens as somebody would write them.
pub(super) fn text(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let end = at + 1 + part(tokens, at..).iter().take_while(|token| is_joint(Some(token))).count();
        let marks: String = match token {
            TokenTree::Punct(_) => part(tokens, at..end).iter().map(ToString::to_string).collect(),
            _ => String::new(),
        };
        let is_behind_mark = at == 0 || matches!(tokens.get(at - 1), Some(TokenTree::Punct(_)));
        let is_tight = is_behind_mark || is_macro(tokens, at - 1) || marks.starts_with("::") || marks.starts_with("..");
        let (before, after) = match (token, marks.as_str()) {
            (_, ",") => ("", " "),
            (_, "." | "?") => ("", ""),
            (TokenTree::Punct(_), _) if is_tight => ("", ""),
            (TokenTree::Punct(_), _) => (" ", " "),
            (TokenTree::Group(group), _) if group.delimiter() != Delimiter::Brace => ("", ""),
            _ if is_behind_mark => ("", ""),
            _ => (" ", ""),
        };
        text.push_str(before);
        match token {
            TokenTree::Group(group) => {
                let inside = self::text(&inside(group));
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.extend([open, inside.as_str(), close]);
            }
            TokenTree::Punct(_) => text.push_str(&marks),
            token => text.push_str(&token.to_string()),
        }
        text.push_str(after);
        at = if marks.is_empty() { at + 1 } else { end };
    }
    text
}
