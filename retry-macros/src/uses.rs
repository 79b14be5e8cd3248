//! Whether statements use a variable of the function, told from what else may have its name.
//!
//! It knows scopes, and no types: in the arguments of a macro every word counts.

use crate::syntax::pattern::names;
use crate::syntax::statement::{self, closure, item_end, pattern_end};
use crate::syntax::{
    behind_generics, find_mark, group, inside, is_behind_path_separator, is_mark, is_path_separator, is_word, part,
};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use std::ops::ControlFlow;

/// Whether the statements use a variable of that name that is not their own.
pub(crate) fn in_statements(tokens: &[TokenTree], name: &Ident) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        match step(tokens, at, name) {
            ControlFlow::Continue(next) => at = next,
            ControlFlow::Break(is_used) => return is_used,
        }
    }
    false
}

/// Looks at what begins there: where to go on, or the answer.
fn step(tokens: &[TokenTree], at: usize, name: &Ident) -> ControlFlow<bool, usize> {
    let found = |is_used: bool, next: usize| {
        if is_used { ControlFlow::Break(true) } else { ControlFlow::Continue(next) }
    };
    if let Some(end) = item_end(tokens, at) {
        return ControlFlow::Continue(end);
    }
    match &tokens[at] {
        TokenTree::Ident(word) if word == "let" => {
            let end = find_mark(tokens, at, &[';']).unwrap_or(tokens.len());
            let pattern_end = pattern_end(tokens, at + 1);
            let value = statement::equals(tokens, pattern_end).map_or(end, |equals| equals + 1).min(end);
            if in_statements(part(tokens, value..end), name) {
                return ControlFlow::Break(true);
            }
            // What follows means the new one.
            if binds(part(tokens, at + 1..pattern_end), name) {
                ControlFlow::Break(false)
            } else {
                ControlFlow::Continue(end)
            }
        }
        TokenTree::Ident(word) if word == "if" || word == "while" => {
            let Some((before, block, next)) = block(tokens, at + 1) else { return ControlFlow::Continue(at + 1) };
            let is_hidden = (0..before.len())
                .filter(|at| is_word(before.get(*at), "let"))
                .any(|at| binds(part(before, at + 1..pattern_end(before, at + 1)), name));
            found(in_statements(before, name) || (!is_hidden && in_statements(&block, name)), next)
        }
        TokenTree::Ident(word) if word == "for" => {
            if is_mark(tokens.get(at + 1), '<') {
                return ControlFlow::Continue(behind_generics(tokens, at + 1));
            }
            let Some((before, block, next)) = block(tokens, at + 1) else { return ControlFlow::Continue(at + 1) };
            let split = (0..before.len()).find(|at| is_word(before.get(*at), "in")).unwrap_or(before.len());
            let (pattern, items) = before.split_at(split);
            found(in_statements(items, name) || (!binds(pattern, name) && in_statements(&block, name)), next)
        }
        TokenTree::Ident(word) if word == "match" => {
            let Some((before, block, next)) = block(tokens, at + 1) else { return ControlFlow::Continue(at + 1) };
            found(in_statements(before, name) || in_arms(&block, name), next)
        }
        TokenTree::Ident(word) => found(word == name && is_variable(tokens, at), at + 1),
        TokenTree::Punct(_) => match closure(tokens, at) {
            Some(closure) if binds(&tokens[closure.inputs.clone()], name) => ControlFlow::Continue(closure.body.end),
            Some(closure) => ControlFlow::Continue(closure.body.start),
            None => ControlFlow::Continue(at + 1),
        },
        TokenTree::Group(group) => {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let is_used = if is_mark(before, '#') {
                false
            } else if is_mark(before, '!') {
                mentions(group.stream(), name)
            } else {
                in_statements(&inside(group), name)
            };
            found(is_used, at + 1)
        }
        TokenTree::Literal(_) => ControlFlow::Continue(at + 1),
    }
}

/// What stands before the next block, what is in that, and where the rest begins.
fn block(tokens: &[TokenTree], from: usize) -> Option<(&[TokenTree], Vec<TokenTree>, usize)> {
    let (at, block) = (from..tokens.len()).find_map(|at| Some((at, group(tokens.get(at), Delimiter::Brace)?)))?;
    Some((part(tokens, from..at), inside(block), at + 1))
}

fn in_arms(tokens: &[TokenTree], name: &Ident) -> bool {
    let mut rest = tokens;
    while let Some(arrow) = (1..rest.len()).find(|at| is_mark(rest.get(at - 1), '=') && is_mark(rest.get(*at), '>')) {
        let head = part(rest, ..arrow - 1);
        let guard = (0..head.len()).find(|at| is_word(head.get(*at), "if")).unwrap_or(head.len());
        let start = arrow + 1;
        let end = match group(rest.get(start), Delimiter::Brace) {
            Some(_) => start + 1,
            None => find_mark(rest, start, &[',']).unwrap_or(rest.len()),
        };
        let is_used = || in_statements(part(head, guard..), name) || in_statements(part(rest, start..end), name);
        if !binds(part(head, ..guard), name) && is_used() {
            return true;
        }
        let comma = usize::from(is_mark(rest.get(end), ','));
        rest = part(rest, end + comma..);
    }
    false
}

/// Whether a pattern binds the name.
fn binds(pattern: &[TokenTree], name: &Ident) -> bool {
    names(pattern).contains(name)
}

/// Whether a word stands where a variable does: not a field, a method, a module, a label or a macro.
fn is_variable(tokens: &[TokenTree], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is_member = is_mark(before(1), '.') && !is_mark(before(2), '.');
    let is_label = is_mark(before(1), '\'');
    let is_field_or_path = is_mark(tokens.get(at + 1), ':') || is_path_separator(tokens, at + 1);
    let is_macro = is_mark(tokens.get(at + 1), '!') && matches!(tokens.get(at + 2), Some(TokenTree::Group(_)));
    !(is_member || is_label || is_field_or_path || is_macro || is_behind_path_separator(tokens, at))
}

/// Whether the tokens have the word in them.
fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        // In a format string: `{x}`, `{x:?}`.
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.match_indices(&format!("{{{name}")).any(|(at, found)| text[at + found.len()..].starts_with(['}', ':']))
        }
        TokenTree::Punct(_) => false,
    })
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
        ] {
            assert!(!uses(block), "{block}");
        }
    }
}
