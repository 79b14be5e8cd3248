//! Whether statements use a variable of the function, told from what else may have its name.
//!
//! It knows scopes, and no types. What it cannot read for certain counts as a use: to bind an argument anew for nothing is the
//! smaller mistake, since the other one keeps what an attempt did to it.

use crate::syntax::pattern::names;
use crate::syntax::scan::expression;
use crate::syntax::statement::{
    Local, attributes_start, behind_attributes, closure, function_end, import_end, is_statement, pattern_end,
};
use crate::syntax::types::split;
use crate::syntax::{
    behind_generics, find_mark, group, inside, is_behind_path_separator, is_mark, is_path_separator, is_word, part,
};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use std::ops::ControlFlow;
use syn::ext::IdentExt;

/// Where to go on, or the answer.
type Step = ControlFlow<bool, usize>;

/// Words that a value with braces of its own begins with.
const BLOCKS: [&str; 9] = ["async", "const", "for", "if", "loop", "match", "try", "unsafe", "while"];

/// Whether the statements use a variable of that name that is not their own.
pub(crate) fn in_statements(tokens: &[TokenTree], name: &Ident) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        match step(tokens, at, name) {
            Step::Continue(next) => at = next,
            Step::Break(is_used) => return is_used,
        }
    }
    false
}

/// Looks at what begins there.
fn step(tokens: &[TokenTree], at: usize, name: &Ident) -> Step {
    if let Some(end) = function_end(tokens, at).or_else(|| import_end(tokens, at)) {
        return Step::Continue(end);
    }
    let understood = match &tokens[at] {
        TokenTree::Ident(word) => match word.to_string().as_str() {
            "let" if is_statement(tokens, at) => Some(local(tokens, at, name)),
            "impl" if is_statement(tokens, at) => braces_from(tokens, at).map(Step::Continue),
            "if" | "while" => condition(tokens, at + 1, name),
            "for" if is_mark(tokens.get(at + 1), '<') => Some(Step::Continue(behind_generics(tokens, at + 1))),
            "for" => iteration(tokens, at + 1, name),
            "match" => selection(tokens, at + 1, name),
            _ => Some(found(is_same(word, name) && is_variable(tokens, at), at + 1)),
        },
        TokenTree::Punct(_) => Some(Step::Continue(match closure(tokens, at) {
            Some(closure) => {
                let inputs = split(&tokens[closure.inputs], ',');
                let is_hidden = inputs.iter().any(|input| hides(part(input, ..pattern_end(input, 0)), name));
                let start = closure.body.start;
                let end = || match group(tokens.get(start), Delimiter::Brace) {
                    Some(_) => Some(start + 1),
                    None => expression(tokens, start),
                };
                is_hidden.then(end).flatten().unwrap_or(start)
            }
            None => at + 1,
        })),
        TokenTree::Group(group) => {
            let is_used = match before_group(tokens, at) {
                Before::Attribute => false,
                Before::Macro => is_mentioned(group.stream(), name),
                Before::Nothing => in_statements(&inside(group), name),
            };
            Some(found(is_used, at + 1))
        }
        TokenTree::Literal(_) => Some(Step::Continue(at + 1)),
    };
    understood.unwrap_or_else(|| Step::Break(are_mentioned(part(tokens, at..), name)))
}

fn found(is_used: bool, next: usize) -> Step {
    if is_used { Step::Break(true) } else { Step::Continue(next) }
}

/// `let PATTERN: TYPE = VALUE;`
fn local(tokens: &[TokenTree], at: usize, name: &Ident) -> Step {
    let end = find_mark(tokens, at, &[';']).unwrap_or(tokens.len());
    let pattern_end = pattern_end(tokens, at + 1).min(end);
    if in_statements(part(tokens, pattern_end..end), name) {
        return Step::Break(true);
    }
    // What follows means the new one.
    if is_hiding(tokens, at, name) { Step::Break(false) } else { Step::Continue(end) }
}

/// Whether a statement is there that binds the name anew, for certain.
fn is_hiding(tokens: &[TokenTree], at: usize, name: &Ident) -> bool {
    is_statement(tokens, at)
        && Local::at(tokens, attributes_start(tokens, at))
            .is_some_and(|(local, _)| hides(&local.pattern, name) && !local.is_conditional())
}

/// `CONDITION { .. }`, where the condition may be a chain with `let PATTERN = VALUE` in it.
fn condition(tokens: &[TokenTree], from: usize, name: &Ident) -> Option<Step> {
    let (mut at, mut is_hidden) = (from, false);
    loop {
        let equals = if is_word(tokens.get(at), "let") { pattern_end(tokens, at + 1) } else { at };
        let pattern = part(tokens, at + 1..equals);
        let start = equals + usize::from(equals > at);
        let end = value_end(tokens, start)?;
        if !is_pattern(pattern) {
            return None;
        }
        if !is_hidden && in_statements(part(tokens, start..end), name) {
            return Some(Step::Break(true));
        }
        is_hidden |= hides(pattern, name);
        if let Some(block) = group(tokens.get(end), Delimiter::Brace) {
            return Some(found(!is_hidden && in_statements(&inside(block), name), end + 1));
        }
        at = end + 2;
    }
}

/// `PATTERN in ITEMS { .. }`
fn iteration(tokens: &[TokenTree], from: usize, name: &Ident) -> Option<Step> {
    let items = (from..tokens.len()).find(|at| is_word(tokens.get(*at), "in"))? + 1;
    let pattern = part(tokens, from..items - 1);
    if !is_pattern(pattern) {
        return None;
    }
    let end = head_end(tokens, items)?;
    let block = inside(group(tokens.get(end), Delimiter::Brace)?);
    let is_used = in_statements(part(tokens, items..end), name) || !hides(pattern, name) && in_statements(&block, name);
    Some(found(is_used, end + 1))
}

/// `VALUE { ARMS }`
fn selection(tokens: &[TokenTree], from: usize, name: &Ident) -> Option<Step> {
    let end = head_end(tokens, from)?;
    let arms = inside(group(tokens.get(end), Delimiter::Brace)?);
    Some(found(in_statements(part(tokens, from..end), name) || in_arms(&arms, name), end + 1))
}

fn in_arms(tokens: &[TokenTree], name: &Ident) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        match arm(tokens, at, name) {
            Some(Step::Continue(next)) => at = next,
            Some(Step::Break(is_used)) => return is_used,
            None => return are_mentioned(part(tokens, at..), name),
        }
    }
    false
}

/// `PATTERN if GUARD => VALUE,`
fn arm(tokens: &[TokenTree], at: usize, name: &Ident) -> Option<Step> {
    let start = behind_attributes(tokens, at);
    let arrow = (start..tokens.len()).find(|at| is_arrow(tokens, *at))?;
    let guard = (start..arrow).find(|at| is_word(tokens.get(*at), "if")).unwrap_or(arrow);
    let pattern = part(tokens, start..guard);
    let guard = part(tokens, guard + 1..arrow);
    if !is_pattern(pattern) || guard.iter().any(|token| is_word(Some(token), "let")) {
        return None;
    }
    let body = arrow + 2;
    let end = arm_end(tokens, body)?;
    let is_used = !hides(pattern, name) && (in_statements(guard, name) || in_statements(part(tokens, body..end), name));
    Some(found(is_used, end + usize::from(is_mark(tokens.get(end), ','))))
}

/// Where the value of an arm ends: before the comma, or behind the braces that need none.
fn arm_end(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let first = tokens.get(from)?;
    let has_step = is_mark(tokens.get(from + 1), '.') || is_mark(tokens.get(from + 1), '?');
    let is_block = group(Some(first), Delimiter::Brace).is_some();
    let end = if is_block && !has_step { from + 1 } else { expression(tokens, from)? };
    let is_complete = is_block || is_mark(Some(first), '\'') || BLOCKS.iter().any(|word| is_word(Some(first), word));
    let is_end = end == tokens.len() || is_mark(tokens.get(end), ',');
    let is_next = || !is_word(tokens.get(end), "else") && group(tokens.get(end), Delimiter::Brace).is_none();
    (is_end || is_complete && is_next()).then_some(end)
}

/// Where the braces behind a value are that has none of its own.
fn head_end(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let end = value_end(tokens, from)?;
    if is_mark(tokens.get(end), '&') { head_end(tokens, end + 2) } else { Some(end) }
}

/// Where a value in a condition ends, at `&&` or at the braces behind it, if there is no doubt.
fn value_end(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let is_argument = is_mark(tokens.get(at.checked_sub(1)?), '!');
                return (!is_argument).then_some(at);
            }
            // It may be a block.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None && is_behind_value(tokens, at) => {
                return None;
            }
            TokenTree::Ident(word) if word == "else" || BLOCKS.iter().any(|block| word == block) => return None,
            TokenTree::Punct(mark) => match mark.as_char() {
                ',' | ';' | '\'' | '#' | '$' => return None,
                '|' if closure(tokens, at).is_some() => return None,
                '-' | '=' if is_mark(tokens.get(at + 1), '>') => return None,
                '<' if is_behind_path_separator(tokens, at) => {
                    at = behind_generics(tokens, at);
                    continue;
                }
                '&' if at > from && is_mark(tokens.get(at + 1), '&') && is_behind_value(tokens, at) => return Some(at),
                _ => {}
            },
            TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    None
}

/// Whether a value ends before there, so that what follows is an operator.
fn is_behind_value(tokens: &[TokenTree], at: usize) -> bool {
    const BEFORE: [&str; 7] = ["as", "break", "in", "move", "mut", "return", "yield"];
    match at.checked_sub(1).and_then(|at| tokens.get(at)) {
        Some(TokenTree::Ident(word)) => BEFORE.iter().all(|before| word != before),
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => true,
        Some(TokenTree::Punct(mark)) => mark.as_char() == '?',
        None => false,
    }
}

fn braces_from(tokens: &[TokenTree], from: usize) -> Option<usize> {
    (from..tokens.len()).find(|at| group(tokens.get(*at), Delimiter::Brace).is_some())
}

fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens.get(at), '=') && is_mark(tokens.get(at + 1), '>')
}

/// Whether what follows a pattern means by the name what the pattern binds.
pub(crate) fn hides(pattern: &[TokenTree], name: &Ident) -> bool {
    is_pattern(pattern) && names(pattern).iter().any(|bound| is_same(bound, name))
}

/// Whether the tokens are a pattern of which every part is there, without a macro in it.
fn is_pattern(tokens: &[TokenTree]) -> bool {
    const OTHERS: [&str; 17] = [
        "async", "await", "const", "else", "fn", "for", "if", "impl", "in", "let", "loop", "match", "move", "return",
        "unsafe", "where", "while",
    ];
    tokens.iter().enumerate().all(|(at, token)| match token {
        TokenTree::Ident(word) => OTHERS.iter().all(|other| word != other),
        TokenTree::Punct(mark) => match mark.as_char() {
            '.' => is_mark(tokens.get(at + 1), '.') || at > 0 && is_mark(tokens.get(at - 1), '.'),
            '=' => at > 0 && is_mark(tokens.get(at - 1), '.'),
            mark => "&|,:@-<>'".contains(mark),
        },
        TokenTree::Group(group) => is_pattern(&inside(group)),
        TokenTree::Literal(_) => true,
    })
}

/// What makes a group something else than statements or expressions.
enum Before {
    Attribute,
    Macro,
    Nothing,
}

fn before_group(tokens: &[TokenTree], at: usize) -> Before {
    const BEFORE: [&str; 8] = ["as", "break", "else", "if", "in", "match", "return", "while"];
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is_bracket = group(tokens.get(at), Delimiter::Bracket).is_some();
    let is_not = is_mark(before(1), '!');
    if is_bracket && (is_mark(before(1), '#') || is_not && is_mark(before(2), '#')) {
        return Before::Attribute;
    }
    // Behind anything but a path it negates.
    let is_macro = match before(2) {
        Some(TokenTree::Ident(word)) => BEFORE.iter().all(|before| word != before),
        Some(TokenTree::Group(_)) => true,
        _ => false,
    };
    if is_not && is_macro { Before::Macro } else { Before::Nothing }
}

/// Whether a word stands where a variable does: not a field, a method, a module, a label, a macro, or what a macro puts in.
fn is_variable(tokens: &[TokenTree], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is_member = is_mark(before(1), '.') && !is_mark(before(2), '.');
    let is_other = is_mark(before(1), '\'') || is_mark(before(1), '$');
    let is_field_or_path = is_mark(tokens.get(at + 1), ':') || is_path_separator(tokens, at + 1);
    let is_macro = is_mark(tokens.get(at + 1), '!') && matches!(tokens.get(at + 2), Some(TokenTree::Group(_)));
    !(is_member || is_other || is_field_or_path || is_macro || is_behind_path_separator(tokens, at))
}

/// Whether the tokens have the word in them, whatever it means there.
pub(crate) fn are_mentioned(tokens: &[TokenTree], name: &Ident) -> bool {
    tokens.iter().any(|token| is_in(token, name))
}

fn is_mentioned(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| is_in(&token, name))
}

fn is_in(token: &TokenTree, name: &Ident) -> bool {
    match token {
        TokenTree::Ident(word) => is_same(word, name),
        TokenTree::Group(group) => is_mentioned(group.stream(), name),
        TokenTree::Literal(literal) => is_captured(&literal.to_string(), &name.unraw().to_string()),
        TokenTree::Punct(_) => false,
    }
}

/// Whether a format string has the name in it: `{x}`, `{x:?}`, `{:x$}`.
fn is_captured(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let before_name = before.trim_end();
        // Two of them stand for a brace.
        let braces = before_name.len() - before_name.trim_end_matches('{').len();
        let is_first = braces % 2 == 1 && !after.starts_with(is_part);
        is_first || after.starts_with('$') && !before.ends_with(is_part)
    })
}

/// Whether two words are the same name, with or without their `r#`.
pub(crate) fn is_same(word: &Ident, name: &Ident) -> bool {
    word == name || word.unraw() == name.unraw()
}

/// The macro among the statements through which a body reaches a variable that is bound before them.
///
/// In `macro_rules!` a name means what it meant where the macro stands, wherever that is called.
pub(crate) fn through_macro(before: &[TokenTree], body: &[TokenTree], name: &Ident) -> Option<Ident> {
    let is_hidden = |at: &usize| is_word(before.get(*at), "let") && is_hiding(before, *at, name);
    let before = part(before, ..(0..before.len()).find(is_hidden).unwrap_or(before.len()));
    let mut leading: Vec<Ident> = Vec::new();
    loop {
        let next = before.windows(4).find_map(|tokens| match tokens {
            [word, not, TokenTree::Ident(own), TokenTree::Group(rules)]
                if is_word(Some(word), "macro_rules") && is_mark(Some(not), '!') && !leading.contains(own) =>
            {
                let leads = in_statements(&inside(rules), name)
                    || leading.iter().any(|leading| is_mentioned(rules.stream(), leading));
                leads.then(|| own.clone())
            }
            _ => None,
        });
        match next {
            Some(next) => leading.push(next),
            None => break,
        }
    }
    // An import may give it another name.
    let is_imported = |leading: &Ident| {
        (0..before.len())
            .any(|at| import_end(before, at).is_some_and(|end| are_mentioned(part(before, at..end), leading)))
    };
    leading.into_iter().find(|leading| are_mentioned(body, leading) || is_imported(leading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn uses(block: &str) -> bool {
        let block: TokenStream = block.parse().expect(block);
        in_statements(&block.into_iter().collect::<Vec<_>>(), &Ident::new("x", Span::call_site()))
    }

    #[test]
    fn a_variable_is_used_wherever_it_is_named_in_an_expression() {
        for block in [
            "{ x }",
            "{ x.len(); }",
            "{ y[x] }",
            "{ Y { x } }",
            "{ let x = x + 1; }",
            "{ y.find(|y| y == x) }",
            "{ async move { async { x.await } } }",
            "{ if let Some(x) = x { 1 } }",
            "{ match y { x if false => 1, _ => x } }",
            "{ assert_eq!(y, x); }",
            "{ println!(\"x is {x}\"); }",
            "{ println!(\"{x:?}\"); }",
            "{ { let x = 1; } x }",
            "{ let y = 1; let Some(x) = x else { 2 }; }",
            "{ if let Some(y) = x && y > 1 { 1 } }",
            "{ if let Some(x) = y && x { 1 } else { x } }",
            "{ if let Y { x } = x { x } }",
            "{ while let Some(x) = y { x } x }",
            "{ for x in x { x } }",
            "{ for Y { z } in y { x } }",
            "{ if !(y && x) { 1 } }",
            "{ y.find(|x: u8| x); x }",
            "{ println!(\"{:x$} {:.x$}\", 1); }",
            "{ println!(\"{ x }\"); }",
        ] {
            assert!(uses(block), "{block}");
        }
    }

    #[test]
    fn what_is_not_read_for_certain_counts_as_a_use() {
        for block in [
            "{ const fn one() -> u8 { 1 } { x += one(); } }",
            "{ match y { Some(x) => if x == 0 { 1 } else { x } None => { x } } }",
            "{ match y { Some(x) => { x } None => x } }",
            "{ match y { Some(x) => { x }.max(2), None => x } }",
            "{ match y { None => f::<A, B>(x), Some(x) => x } }",
            "{ match y { None => |a, x| x, Some(_) => x } }",
            "{ match y { Some(x) => for z in unsafe { y } { f(x) } None => x } }",
            "{ match y { Some(1..) => x, x => 1 } }",
            "{ macro_rules! next { () => {{ x += 1; x }} } next!() }",
            "{ #[cfg(any())] let x = 5; x += 1; }",
            "{ #[allow(unused)] #[cfg_attr(all(), cfg(any()))] let x = 5; x += 1; }",
            "{ let Y { #[cfg(any())] x, .. } = y; x += 1; }",
            "{ y.map(|#[cfg(any())] x, z| x) }",
            "{ r#x += 1; }",
            "{ if let Some(x) = match y { Z => { x } } { 1 } }",
            "{ if let Some(x) = y && m! { x } { 1 } }",
            "{ impl A for B {} x += 1; for x in y { 1 } }",
            "{ size::<Y> | x | x; }",
            "{ let 0.. = x else { 1 }; }",
            "{ return !(x); }",
        ] {
            assert!(uses(block), "{block}");
        }
    }

    #[test]
    fn another_thing_of_the_name_is_no_use_of_the_variable() {
        for block in [
            "{ self.x; y.x(); x::y(); y::x() }",
            "{ Y { x: 1 } }",
            "{ println!(\"x {xs} {{x\"); }",
            "{ let x = 1; x + 1 }",
            "{ y.find(|x| x == 1) }",
            "{ if let Some(x) = y { x } }",
            "{ while let Some(Y { x, .. }) = y { x } }",
            "{ for x in y { x } }",
            "{ match y { x => x } }",
            "{ fn f(x: u8) -> u8 { x } }",
            "{ if let Y { x } = y { x } else { 1 } }",
            "{ if y && let Some(x) = z && x > 3 && f(x) { x } }",
            "{ while let Y { z: Some(x) } = &mut y { x } }",
            "{ for Y { x } in &y { x } }",
            "{ match y { Y { x } => x, Z(x) | W(x) if x > 1 => { x } _ => 1 } }",
            "{ match y { Some(x) => if x == 0 { 1 } else { x } None => { 2 } } }",
            "{ match y { Some(x) => f::<A, B>(x), None => 1 } }",
            "{ #[allow(unused_mut)] let mut x = 1; x += 1; }",
            "{ y.fold(0, |y: Vec<A, B>, x: u8| x + 1) }",
            "{ y.map(|x| f::<A, B>(x)) }",
            "{ if a || b { 1 } let x = 2; x }",
            "{ if !(y.x > 1) { 1 } }",
            "{ use a::{x}; }",
            "{ #[allow(dead_code)] impl A for B { fn f(&self, x: u8) -> u8 { x } } }",
            "{ const fn f(x: u8) -> u8 { x } }",
            "{ macro_rules! m { ($x:expr) => {{ let mut x = 0; x += $x; x }} } m!(1) }",
            "{ println!(\"x {y.x}\"); }",
        ] {
            assert!(!uses(block), "{block}");
        }
    }
}
