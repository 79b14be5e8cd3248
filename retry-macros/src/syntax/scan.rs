//! Where expressions, types and paths end. What is in groups is left to the compiler.

use crate::syntax::types::{reference, split};
use crate::syntax::{behind_generics, find_mark, group, inside, is_mark, is_path_separator, is_word, part};
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Operators between two values, those first that begin with another.
const OPERATORS: [&str; 30] = [
    "<<=", ">>=", "..=", "&&", "||", "<<", ">>", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "^=", "&=",
    "|=", "..", "+", "-", "*", "/", "%", "^", "&", "|", "<", ">",
];

/// Words that are no part of a path.
const KEYWORDS: [&str; 36] = [
    "_", "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn", "for",
    "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct",
    "trait", "true", "type", "unsafe", "use", "where", "while", "yield",
];

/// Those among them that an expression may begin with.
const BEGINNINGS: [&str; 16] = [
    "async", "break", "const", "continue", "false", "for", "if", "loop", "match", "move", "return", "static", "true",
    "unsafe", "while", "yield",
];

/// Where the expression ends that begins there, if there is one. No token is looked at twice: what cannot be read is not tried in another way.
pub(crate) fn expression(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = operand(tokens, from)?;
    loop {
        at = steps(tokens, at)?;
        let Some(TokenTree::Punct(_)) = tokens.get(at) else { return Some(at) };
        let is_assignment = is_mark(tokens.get(at), '=') && !is_mark(tokens.get(at + 1), '>');
        let operator = OPERATORS.iter().find(|operator| is_marks(tokens, at, operator));
        at += match operator {
            Some(operator) => operator.len(),
            None if is_assignment => 1,
            None => return Some(at),
        };
        if operator == Some(&"..") && !is_begin(tokens.get(at)) {
            return Some(at);
        }
        at = operand(tokens, at)?;
    }
}

/// Where an expression ends that need not be there.
fn expression_if_any(tokens: &[TokenTree], from: usize) -> Option<usize> {
    if is_begin(tokens.get(from)) { expression(tokens, from) } else { Some(from) }
}

/// Whether an expression may begin with the token.
fn is_begin(token: Option<&TokenTree>) -> bool {
    match token {
        Some(TokenTree::Literal(_) | TokenTree::Group(_)) => true,
        Some(TokenTree::Punct(mark)) => "&*!-#|.'<:".contains(mark.as_char()),
        Some(TokenTree::Ident(word)) => {
            let word = word.to_string();
            !KEYWORDS.contains(&word.as_str()) || BEGINNINGS.contains(&word.as_str())
        }
        None => false,
    }
}

/// Whether these marks stand there, as one.
fn is_marks(tokens: &[TokenTree], at: usize, marks: &str) -> bool {
    marks.char_indices().all(|(offset, wanted)| match tokens.get(at + offset) {
        Some(TokenTree::Punct(mark)) if mark.as_char() == wanted => {
            offset + 1 == marks.len() || mark.spacing() == Spacing::Joint
        }
        _ => false,
    })
}

/// Where a value ends with the marks before it, and without what is done with it.
fn operand(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let next = tokens.get(from + 1);
    match tokens.get(from)? {
        TokenTree::Literal(_) | TokenTree::Group(_) => Some(from + 1),
        TokenTree::Ident(word) => match word.to_string().as_str() {
            "async" | "const" | "loop" | "move" | "static" | "try" | "unsafe" => match next {
                Some(TokenTree::Group(_)) => braces(tokens, from + 1),
                _ => operand(tokens, from + 1),
            },
            "for" if is_mark(next, '<') => operand(tokens, behind_generics(tokens, from + 1)),
            "for" | "while" | "match" => block(tokens, from + 1),
            "if" => {
                let end = block(tokens, from + 1)?;
                match (is_word(tokens.get(end), "else"), is_word(tokens.get(end + 1), "if")) {
                    (false, _) => Some(end),
                    (true, true) => operand(tokens, end + 1),
                    (true, false) => braces(tokens, end + 1),
                }
            }
            "break" | "continue" | "return" | "yield" => {
                let label = if is_mark(next, '\'') { 2 } else { 0 };
                expression_if_any(tokens, from + 1 + label)
            }
            "false" | "true" => Some(from + 1),
            _ => value_path(tokens, from),
        },
        TokenTree::Punct(mark) => match mark.as_char() {
            '&' if is_word(next, "raw") => match tokens.get(from + 2) {
                Some(TokenTree::Ident(word)) if word == "const" || word == "mut" => operand(tokens, from + 3),
                _ => operand(tokens, from + 1),
            },
            '&' => operand(tokens, from + 1 + usize::from(is_word(next, "mut"))),
            '*' | '!' | '-' => operand(tokens, from + 1),
            '#' => operand(tokens, group(next, Delimiter::Bracket).map(|_| from + 2)?),
            '|' => {
                let end = find_mark(tokens, from + 1, &['|'])? + 1;
                if !is_marks(tokens, end, "->") {
                    return expression(tokens, end);
                }
                braces(tokens, ty(tokens, end + 2)?)
            }
            '.' if is_marks(tokens, from, "..=") => expression(tokens, from + 3),
            '.' if is_marks(tokens, from, "..") => expression_if_any(tokens, from + 2),
            // A label.
            '\'' => operand(tokens, is_mark(tokens.get(from + 2), ':').then_some(from + 3)?),
            '<' | ':' => value_path(tokens, from),
            _ => None,
        },
    }
}

/// Where the steps end that follow a value: fields, calls, indices, `?`, and `as`.
fn steps(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = match tokens.get(at) {
            Some(TokenTree::Punct(mark)) if mark.as_char() == '?' => at + 1,
            Some(TokenTree::Punct(mark)) if mark.as_char() == '.' && !is_marks(tokens, at, "..") => {
                let (TokenTree::Ident(_) | TokenTree::Literal(_)) = tokens.get(at + 1)? else { return None };
                if is_path_separator(tokens, at + 2) { generics(tokens, at + 4)? } else { at + 2 }
            }
            Some(TokenTree::Group(group))
                if matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::Bracket) =>
            {
                at + 1
            }
            Some(TokenTree::Ident(word)) if word == "as" => ty(tokens, at + 1)?,
            _ => return Some(at),
        };
    }
}

/// Where the braces end that must stand there.
fn braces(tokens: &[TokenTree], at: usize) -> Option<usize> {
    group(tokens.get(at), Delimiter::Brace).map(|_| at + 1)
}

/// Where the next braces end, with something before them.
fn block(tokens: &[TokenTree], from: usize) -> Option<usize> {
    (from + 1..tokens.len()).find_map(|at| braces(tokens, at))
}

/// Where the generic arguments end that must stand there.
fn generics(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let end = behind_generics(tokens, from);
    let is_closed = end > from + 1 && is_mark(tokens.get(from), '<') && is_mark(tokens.get(end - 1), '>');
    let all = |tokens: &[TokenTree]| split(tokens, ',').iter().all(|argument| is_argument(argument));
    (is_closed && all(part(tokens, from + 1..end - 1))).then_some(end)
}

/// Whether this is a generic argument: a type, a lifetime, a constant, or what is said of an associated type.
fn is_argument(argument: &[TokenTree]) -> bool {
    match argument {
        [mark, TokenTree::Ident(_)] if is_mark(Some(mark), '\'') => true,
        [.., TokenTree::Literal(_)] => argument.len() == 1 || argument.len() == 2 && is_mark(argument.first(), '-'),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => true,
        [TokenTree::Ident(_), equals, value @ ..] if is_mark(Some(equals), '=') => is_argument(value),
        [TokenTree::Ident(_), colon, rest @ ..] if is_mark(Some(colon), ':') && !is_path_separator(argument, 1) => {
            bounds(rest, 0) == Some(rest.len())
        }
        _ => is_type(argument),
    }
}

fn is_type(tokens: &[TokenTree]) -> bool {
    ty(tokens, 0) == Some(tokens.len())
}

/// Whether this is what a function pointer takes: a type, maybe with a name, or the rest.
fn is_input(tokens: &[TokenTree]) -> bool {
    let has_name = tokens.len() > 2 && is_mark(tokens.get(1), ':') && !is_path_separator(tokens, 1);
    is_type(if has_name { part(tokens, 2..) } else { tokens }) || is_marks(tokens, 0, "...")
}

/// Whether a group is a type: a tuple, an array, a slice, or what `macro_rules!` hides.
fn is_group_type(group: &Group) -> bool {
    let inside = inside(group);
    match group.delimiter() {
        Delimiter::Parenthesis => split(&inside, ',').iter().all(|part| is_type(part)),
        Delimiter::Bracket => ty(&inside, 0).is_some_and(|end| {
            let has_length = is_mark(inside.get(end), ';') && expression(&inside, end + 1) == Some(inside.len());
            end == inside.len() || has_length
        }),
        Delimiter::None => is_type(&inside),
        Delimiter::Brace => false,
    }
}

/// Where a path ends, with the macro's arguments or the fields behind it.
fn value_path(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let at = path(tokens, from)?;
    match tokens.get(at + 1) {
        Some(TokenTree::Group(_)) if is_mark(tokens.get(at), '!') => Some(at + 2),
        _ => Some(braces(tokens, at).unwrap_or(at)),
    }
}

/// Where the path ends that begins there; generic arguments stand behind `::`.
pub(crate) fn path(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    if is_mark(tokens.get(at), '<') {
        at = qualifier(tokens, at).filter(|end| is_path_separator(tokens, *end))?;
    }
    at += if is_path_separator(tokens, at) { 2 } else { 0 };
    loop {
        let TokenTree::Ident(word) = tokens.get(at)? else { return None };
        if KEYWORDS.contains(&word.to_string().as_str()) {
            return None;
        }
        at += 1;
        if is_path_separator(tokens, at) && is_mark(tokens.get(at + 2), '<') {
            at = generics(tokens, at + 2)?;
        }
        if !is_path_separator(tokens, at) {
            return Some(at);
        }
        at += 2;
    }
}

/// Where the `<T as Trait>` ends that begins there.
fn qualifier(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let end = behind_generics(tokens, from);
    let inside = tokens.get(from + 1..end - 1).filter(|_| is_mark(tokens.get(end - 1), '>'))?;
    let behind_type = ty(inside, 0)?;
    let is_trait =
        || is_word(inside.get(behind_type), "as") && type_path(inside, behind_type + 1) == Some(inside.len());
    (behind_type == inside.len() || is_trait()).then_some(end)
}

/// Where the type ends that begins there, if there is one.
pub(crate) fn ty(tokens: &[TokenTree], from: usize) -> Option<usize> {
    if let Some(length) = reference(part(tokens, from.min(tokens.len())..)) {
        return ty(tokens, from + length);
    }
    match tokens.get(from)? {
        TokenTree::Group(group) => is_group_type(group).then_some(from + 1),
        TokenTree::Punct(mark) if mark.as_char() == '!' => Some(from + 1),
        TokenTree::Punct(mark) if mark.as_char() == '*' => match tokens.get(from + 1)? {
            TokenTree::Ident(word) if word == "const" || word == "mut" => ty(tokens, from + 2),
            _ => None,
        },
        TokenTree::Punct(mark) if matches!(mark.as_char(), '<' | ':') => type_path(tokens, from),
        TokenTree::Ident(word) => match word.to_string().as_str() {
            "_" => Some(from + 1),
            "for" => ty(tokens, generics(tokens, from + 1)?),
            "unsafe" => ty(tokens, from + 1),
            "extern" => {
                let has_name = matches!(tokens.get(from + 1), Some(TokenTree::Literal(_)));
                ty(tokens, from + 1 + usize::from(has_name))
            }
            "fn" => {
                let inputs = split(&inside(group(tokens.get(from + 1), Delimiter::Parenthesis)?), ',');
                inputs.iter().all(|input| is_input(input)).then(|| returned(tokens, from + 2))?
            }
            "dyn" | "impl" => bounds(tokens, from + 1),
            _ => type_path(tokens, from),
        },
        _ => None,
    }
}

/// Where a type's path ends.
fn type_path(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = path(tokens, at)?;
        at = match tokens.get(at) {
            Some(TokenTree::Punct(mark)) if mark.as_char() == '<' => generics(tokens, at)?,
            Some(TokenTree::Punct(mark)) if mark.as_char() == '!' => match tokens.get(at + 1)? {
                TokenTree::Group(_) => at + 2,
                _ => return None,
            },
            Some(TokenTree::Group(inputs)) if inputs.delimiter() == Delimiter::Parenthesis && is_group_type(inputs) => {
                returned(tokens, at + 1)?
            }
            _ => return Some(at),
        };
        if !is_path_separator(tokens, at) {
            return Some(at);
        }
        at += 2;
    }
}

/// Where the type behind an arrow ends, if there is an arrow.
fn returned(tokens: &[TokenTree], at: usize) -> Option<usize> {
    if is_marks(tokens, at, "->") { ty(tokens, at + 2) } else { Some(at) }
}

/// Where bounds end: `A + B<C> + 'a`.
fn bounds(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += usize::from(is_mark(tokens.get(at), '?'));
        at = match tokens.get(at)? {
            TokenTree::Punct(mark) if mark.as_char() == '\'' => at + 2,
            TokenTree::Ident(word) if word == "for" => type_path(tokens, generics(tokens, at + 1)?)?,
            TokenTree::Ident(word) if word == "use" => generics(tokens, at + 1)?,
            TokenTree::Group(_) => at + 1,
            _ => type_path(tokens, at)?,
        };
        if !is_mark(tokens.get(at), '+') {
            return Some(at.min(tokens.len()));
        }
        at += 1;
    }
}

/// Where the path without generic arguments ends that begins there.
pub(crate) fn plain_path(tokens: &[TokenTree], from: usize) -> Option<usize> {
    path(tokens, from).filter(|end| find_mark(part(tokens, ..*end), from, &['<']).is_none())
}

/// Where the path to a module ends that begins there: `Self` leads to none, and cannot be imported from.
pub(crate) fn module_path(tokens: &[TokenTree], from: usize) -> Option<usize> {
    plain_path(tokens, from).filter(|end| !part(tokens, from..*end).iter().any(|token| is_word(Some(token), "Self")))
}

/// Whether the tokens are a path to a module.
pub(crate) fn is_module_path(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    module_path(&tokens, 0) == Some(tokens.len())
}

/// Whether the tokens are a path without generic arguments.
pub(crate) fn is_plain_path(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    plain_path(&tokens, 0) == Some(tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the scan takes all of the text.
    fn takes(scan: fn(&[TokenTree], usize) -> Option<usize>, text: &str) -> bool {
        let tokens: TokenStream = text.parse().expect(text);
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        scan(&tokens, 0) == Some(tokens.len())
    }

    #[test]
    fn expressions_are_taken_whole() {
        for text in [
            "1",
            "true",
            "-x.y[0].z(1)?.await + *b as u8 % 3",
            "a::<B, { C }>::d::<E>(f)",
            "<T as Tr<'static, 3>>::f",
            "x.collect::<Vec<_>>()",
            "|a, &(b, _): &(u8, u8)| a << b",
            "move || -> Result<u8, fn(u8) -> u8> { Ok(1) }",
            "async move { 1 }",
            "for<'a> |x: &'a str| x",
            "if a { b } else if let Some(c) = d { e } else { f }",
            "match x { _ => y }",
            "'a: loop { break 'a }",
            "&mut x",
            "&raw const x",
            "a..b",
            "a..",
            "..=b",
            "..",
            "....",
            "a.. ..b",
            "return ..",
            "return return",
            "return",
            "break 'a 1",
            "x = y",
            "x == y && !z || a < b",
            "S { a, ..b }",
            "m! { a, b }",
            "#[cfg(a)] x",
            "unsafe { *p }",
            "const { 3 }",
            "x as *const dyn A as usize",
            "f()()",
        ] {
            assert!(takes(expression, text), "{text}");
        }
    }

    /// Each would take longer than anyone waits, were a token looked at once more for each one before it.
    #[test]
    fn long_chains_take_no_longer_than_they_are() {
        let chains = [
            ("..", ""),
            ("..", "x.+"),
            ("a..", ""),
            ("a..", "x.+"),
            ("return..", ""),
            ("return..", "x.+"),
            ("break 'a ..", "x.+"),
            ("return ", "x.+"),
            ("|a| ..", "x.+"),
            ("..=", "x.+"),
            ("a = ..", "x.+"),
            ("-&!*", "x.+"),
            ("if a {} else ", "x.+"),
            ("a::<", "x.+"),
            ("<a as ", "x.+"),
            ("x as a<", "x.+"),
            ("x as fn(&a) -> ", "x.+"),
        ];
        for (link, end) in chains {
            let text = link.repeat(60) + end;
            let tokens: Vec<TokenTree> = text.parse::<TokenStream>().expect(&text).into_iter().collect();
            assert!(expression(&tokens, 0).is_none_or(|at| at <= tokens.len()), "{text}");
            assert!(ty(&tokens, 0).is_none_or(|at| at <= tokens.len()), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_not_taken_whole() {
        for text in [
            "",
            "a b",
            "a, b",
            "a +",
            "let x = 1",
            "x.",
            "x as",
            "|a",
            "if a",
            "a::",
            "fn f() {}",
            "_",
            "a -> b",
            "a < < b",
        ] {
            assert!(!takes(expression, text), "{text}");
        }
    }

    #[test]
    fn types_are_taken_whole_and_nothing_else_is() {
        for text in [
            "Error",
            "Box<dyn std::error::Error + Send + 'static>",
            "(u8, &'static mut str)",
            "impl Fn(u8) -> Option<u8> + use<'a>",
            "[u8; N + 1]",
            "unsafe extern \"C\" fn(a: u8, ...) -> u8",
            "<T as Tr>::Error",
            "for<'a> fn(&'a u8)",
            "*const u8",
            "dyn Iterator<Item = u8>",
            "m!()",
            "!",
            "_",
        ] {
            assert!(takes(ty, text), "{text}");
        }
        for text in ["", "3", "a b", "Box<& a::b + c>", "fn(u8 u8)", "[u8; ,]", "impl return", "&"] {
            assert!(!takes(ty, text), "{text}");
        }
    }
}
