//! Statements in a body: where `let`, closures and items begin and end, told by their tokens.

use crate::syntax::attribute::Attribute;
use crate::syntax::pattern;
use crate::syntax::{
    behind_generics, behind_visibility, find_mark, group, is_behind_path_separator, is_mark, is_path_separator,
    is_word, part,
};
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use std::ops::Range;

/// `let PATTERN: TYPE = INITIALIZER;`, with its attributes.
pub(crate) struct Local {
    pub(crate) attributes: Vec<Attribute>,
    keyword: TokenTree,
    pub(crate) pattern: Vec<TokenTree>,
    /// The type, the initializer, and the semicolon.
    rest: Vec<TokenTree>,
}

impl Local {
    /// The statement that begins there, and where the next one does.
    pub(crate) fn at(tokens: &[TokenTree], start: usize) -> Option<(Self, usize)> {
        let at = behind_attributes(tokens, start);
        let keyword = tokens.get(at).filter(|token| is_word(Some(token), "let"))?;
        let end = find_mark(tokens, at, &[';'])? + 1;
        // A pattern that has no end before the semicolon is no Rust.
        let pattern_end = pattern_end(tokens, at + 1).min(end - 1);
        let local = Self {
            attributes: Attribute::outer(part(tokens, start..)).0,
            keyword: keyword.clone(),
            pattern: part(tokens, at + 1..pattern_end).to_vec(),
            rest: part(tokens, pattern_end..end).to_vec(),
        };
        Some((local, end))
    }

    /// The name that it binds, if that is all.
    pub(crate) fn name(&self) -> Option<Ident> {
        pattern::single_name(&self.pattern).cloned()
    }

    /// Whether it is there or not by a `#[cfg]`.
    pub(crate) fn is_conditional(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.is("cfg") || attribute.is("cfg_attr"))
    }

    /// The `#[cfg]` that holds where its own does not; it has none where a `#[cfg_attr]` decides.
    pub(crate) fn absence(&self) -> Option<Attribute> {
        let predicates: Vec<TokenTree> = self
            .attributes
            .iter()
            .filter(|attribute| attribute.is("cfg"))
            .flat_map(|attribute| attribute.parts().1)
            .collect();
        let is_certain = !predicates.is_empty() && !self.attributes.iter().any(|attribute| attribute.is("cfg_attr"));
        let not = match predicates.as_slice() {
            [only] => quote!(cfg(not #only)),
            all => quote!(cfg(not(all(#(all #all),*)))),
        };
        let not = Group::new(Delimiter::Bracket, not);
        is_certain.then(|| Attribute::new(Punct::new('#', Spacing::Alone).into(), not))
    }

    pub(crate) fn has_type(&self) -> bool {
        is_mark(self.rest.first(), ':')
    }

    /// The value; empty where there is none.
    pub(crate) fn initializer(&self) -> &[TokenTree] {
        let start = equals(&self.rest, 0).map_or(self.rest.len(), |equals| equals + 1);
        let end = self.rest.len().saturating_sub(1).max(start);
        part(&self.rest, start..end)
    }
}

impl ToTokens for Local {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.keyword.to_tokens(tokens);
        tokens.append_all(&self.pattern);
        tokens.append_all(&self.rest);
    }
}

/// All `let`s that are statements there, not conditions.
pub(crate) fn locals(tokens: &[TokenTree]) -> Vec<Local> {
    (0..tokens.len())
        .filter(|at| *at == 0 || ends_statement(&tokens[at - 1]))
        .filter_map(|at| Local::at(tokens, at))
        .map(|(local, _)| local)
        .collect()
}

/// Whether a statement may end with the token.
pub(crate) fn ends_statement(token: &TokenTree) -> bool {
    is_mark(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
}

/// Where what stands behind the attributes begins.
pub(crate) fn behind_attributes(tokens: &[TokenTree], from: usize) -> usize {
    let mut at = from;
    while is_mark(tokens.get(at), '#') && group(tokens.get(at + 1), Delimiter::Bracket).is_some() {
        at += 2;
    }
    at
}

/// Where the attributes begin that end there.
pub(crate) fn attributes_start(tokens: &[TokenTree], end: usize) -> usize {
    let mut at = end;
    while at > 1 && is_mark(tokens.get(at - 2), '#') && group(tokens.get(at - 1), Delimiter::Bracket).is_some() {
        at -= 2;
    }
    at
}

/// Whether a statement begins there, behind its attributes.
pub(crate) fn is_statement(tokens: &[TokenTree], at: usize) -> bool {
    let start = attributes_start(tokens, at);
    start == 0 || ends_statement(&tokens[start - 1])
}

/// Where the pattern ends that begins there: before its type, the `=`, or the `;`.
pub(crate) fn pattern_end(tokens: &[TokenTree], from: usize) -> usize {
    let mut at = from;
    while at < tokens.len() {
        if is_path_separator(tokens, at) {
            at += 2;
        } else if is_mark(tokens.get(at), '<') && is_behind_path_separator(tokens, at) {
            at = behind_generics(tokens, at);
        } else if is_mark(tokens.get(at), ':') || is_mark(tokens.get(at), ';') || is_equals(tokens, at) {
            break;
        } else {
            at += 1;
        }
    }
    at
}

/// Where the `=` is before a value, behind a pattern and a type.
pub(crate) fn equals(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    while at < tokens.len() {
        if is_equals(tokens, at) {
            return Some(at);
        }
        at = if is_mark(tokens.get(at), '<') { behind_generics(tokens, at) } else { at + 1 };
    }
    None
}

/// Whether this is a `=` and no part of `..=`.
fn is_equals(tokens: &[TokenTree], at: usize) -> bool {
    let is_part = match at.checked_sub(1).map(|before| &tokens[before]) {
        Some(TokenTree::Punct(mark)) => mark.as_char() == '.' && mark.spacing() == Spacing::Joint,
        _ => false,
    };
    is_mark(tokens.get(at), '=') && !is_part
}

/// A closure: where its arguments are and where its body is.
pub(crate) struct ClosureAt {
    pub(crate) inputs: Range<usize>,
    pub(crate) body: Range<usize>,
}

/// The closure that begins with a `|` there. Behind a value it is an operator.
pub(crate) fn closure(tokens: &[TokenTree], at: usize) -> Option<ClosureAt> {
    const BEFORE: [&str; 11] =
        ["move", "return", "static", "async", "else", "in", "match", "if", "while", "break", "yield"];
    let is_start = match at.checked_sub(1).map(|before| &tokens[before]) {
        None => true,
        // The second half of `||` is none either, nor is what stands behind generic arguments.
        Some(TokenTree::Punct(mark)) => match mark.as_char() {
            '?' | '|' => false,
            '>' => at > 1 && is_mark(tokens.get(at - 2), '='),
            _ => true,
        },
        Some(TokenTree::Ident(word)) => BEFORE.iter().any(|before| word == before),
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => false,
    };
    if !is_start || !is_mark(tokens.get(at), '|') {
        return None;
    }
    let end = find_mark(tokens, at + 1, &['|'])?;
    let is_braces = |at: &usize| group(tokens.get(*at), Delimiter::Brace).is_some();
    let mut start = end + 1;
    if is_mark(tokens.get(start), '-') {
        start = (start..tokens.len()).find(is_braces)?;
    }
    let stop =
        if is_braces(&start) { start + 1 } else { find_mark(tokens, start, &[',', ';']).unwrap_or(tokens.len()) };
    Some(ClosureAt { inputs: at + 1..end, body: start..stop })
}

/// Where the item ends that begins with a keyword there. Items see no variables.
pub(crate) fn item_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    const BRACED: [&str; 6] = ["enum", "impl", "mod", "struct", "trait", "union"];
    let TokenTree::Ident(word) = tokens.get(at)? else { return None };
    let next = tokens.get(at + 1);
    let has_name = matches!(next, Some(TokenTree::Ident(_)));
    let is_end = match word.to_string().as_str() {
        "const" => has_name && is_mark(tokens.get(at + 2), ':'),
        "static" => has_name && (is_word(next, "mut") || is_mark(tokens.get(at + 2), ':')),
        "type" => has_name,
        "use" => return import_end(tokens, at),
        "impl" => return is_statement(tokens, at).then(|| braces_end(tokens, at)),
        word if BRACED.contains(&word) => return has_name.then(|| braces_end(tokens, at)),
        _ => return function_end(tokens, at),
    };
    is_end.then(|| find_mark(tokens, at, &[';']).map_or(tokens.len(), |end| end + 1))
}

/// The names of types and modules among the statements, and all that is in imports.
pub(crate) fn item_names(tokens: &[TokenTree]) -> TokenStream {
    const NAMED: [&str; 6] = ["enum", "mod", "struct", "trait", "type", "union"];
    let mut names = TokenStream::new();
    for start in (0..tokens.len()).filter(|at| *at == 0 || ends_statement(&tokens[at - 1])) {
        let at = behind_visibility(tokens, behind_attributes(tokens, start));
        if is_word(tokens.get(at), "use") {
            let end = find_mark(tokens, at, &[';']).unwrap_or(tokens.len());
            names.append_all(part(tokens, at + 1..end));
        } else if NAMED.iter().any(|keyword| is_word(tokens.get(at), keyword)) {
            names.append_all(tokens.get(at + 1));
        }
    }
    names
}

/// Where the function ends that begins with its keyword there.
pub(crate) fn function_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let has_name = matches!(tokens.get(at + 1), Some(TokenTree::Ident(_)));
    (has_name && is_word(tokens.get(at), "fn")).then(|| braces_end(tokens, at))
}

/// Where the `use` ends that begins there.
pub(crate) fn import_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_import = is_word(tokens.get(at), "use") && is_statement(tokens, at) && !is_mark(tokens.get(at + 1), '<');
    is_import.then(|| find_mark(tokens, at, &[';']).map_or(tokens.len(), |end| end + 1))
}

/// Where the next braces end, or the semicolon before them.
fn braces_end(tokens: &[TokenTree], from: usize) -> usize {
    let is_end = |at: &usize| is_mark(tokens.get(*at), ';') || group(tokens.get(*at), Delimiter::Brace).is_some();
    (from..tokens.len()).find(is_end).map_or(tokens.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_end_where_the_next_statement_begins() {
        for item in [
            "fn one(x: u8) -> u8 { x }",
            "fn one(x: u8);",
            "const ONE: [u8; 1] = [{ 1 }; 1];",
            "const _: u8 = { 1 };",
            "static mut ONE: u8 = { 1 };",
            "type One = u8;",
            "use one::{two, three};",
            "struct One { two: u8 }",
            "struct One(u8);",
            "impl One for Two { fn three() {} }",
        ] {
            let tokens: TokenStream = format!("{item} return").parse().expect(item);
            let tokens: Vec<_> = tokens.into_iter().collect();
            assert_eq!(item_end(&tokens, 0), Some(tokens.len() - 1), "{item}");
        }
        // The keyword of the function comes later.
        for other in ["const fn one() -> u8 { 1 }", "const unsafe fn one() {}", "const { 1 }", "static || 1", "one(2);"]
        {
            let tokens: Vec<_> = other.parse::<TokenStream>().expect(other).into_iter().collect();
            assert_eq!(item_end(&tokens, 0), None, "{other}");
        }
    }
}
