//! Tokens as text for messages, with the usual spaces. The compiler's own text may have a space around each token.

use proc_macro2::{Delimiter, Spacing, TokenTree};
use quote::ToTokens;

/// Marks without spaces around them.
const CLOSE: [&str; 8] = ["::", ".", "..", "..=", "?", "!", "'", "#"];

/// Keywords before a value.
const LEADING: [&str; 6] = ["if", "in", "match", "mut", "ref", "return"];

/// Returns the tokens as text.
pub(crate) fn of_tokens(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut is_in_closure = false;
    let mut open_generics = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let last = at.checked_sub(1).and_then(|last| tokens.get(last));
        let is_behind_mark = matches!(last, None | Some(TokenTree::Punct(_)));
        let is_behind_lead = matches!(last, Some(TokenTree::Ident(word)) if LEADING.iter().any(|lead| word == lead));
        let operator = operator(tokens, at);
        let is_first = is_behind_mark || is_behind_lead;
        let is_bar = operator.starts_with('|');
        // After a value it is a comparison.
        let is_generic =
            is_first || matches!(last, Some(TokenTree::Ident(ty)) if ty.to_string().starts_with(char::is_uppercase));
        let (before, behind) = match operator.as_str() {
            "" => {
                let is_close = matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::Brace);
                (is_behind_lead || !(is_behind_mark || is_close), false)
            }
            "," | ";" | ":" => (false, true),
            "<" if is_generic => {
                open_generics += 1;
                (is_behind_lead, false)
            }
            ">" if open_generics > 0 => {
                open_generics -= 1;
                (false, false)
            }
            "|" if is_in_closure => (false, true),
            _ if is_bar && is_first => (is_behind_lead, operator == "||"),
            close if CLOSE.contains(&close) => (is_behind_lead, false),
            "&" | "&&" | "*" | "-" if is_first => (is_behind_lead, false),
            _ => (at > 0, true),
        };
        if operator == "|" {
            is_in_closure = is_first && !is_in_closure;
        }
        if before && !text.ends_with(' ') {
            text.push(' ');
        }
        at += operator.chars().count().max(1);
        text.push_str(&if operator.is_empty() { one(token) } else { operator });
        if behind && at < tokens.len() {
            text.push(' ');
        }
    }
    text
}

/// Returns the text of anything that becomes tokens.
pub(crate) fn of(tokens: &impl ToTokens) -> String {
    of_tokens(&tokens.to_token_stream().into_iter().collect::<Vec<_>>())
}

fn one(token: &TokenTree) -> String {
    let TokenTree::Group(group) = token else { return token.to_string() };
    let content = of(&group.stream());
    match group.delimiter() {
        Delimiter::Parenthesis => format!("({content})"),
        Delimiter::Bracket => format!("[{content}]"),
        Delimiter::Brace if content.is_empty() => "{}".to_owned(),
        Delimiter::Brace => format!("{{ {content} }}"),
        Delimiter::None => content,
    }
}

/// Returns the marks that are written together, or an empty list.
pub(crate) fn operator(tokens: &[TokenTree], from: usize) -> String {
    let mut operator = String::new();
    for token in tokens.iter().skip(from) {
        let TokenTree::Punct(mark) = token else { break };
        let next = mark.as_char();
        // `>::<` is three marks.
        let is_new =
            "*-#'".contains(next) || (next == ':') != operator.ends_with(':') || (next == '>' && operator == ">");
        if !operator.is_empty() && is_new {
            break;
        }
        operator.push(next);
        if mark.spacing() == Spacing::Alone {
            break;
        }
    }
    operator
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenStream;

    #[test]
    fn texts_come_back_as_they_were_written() {
        for written in [
            "reqwest::Method::POST",
            "E::A | E::B(_)",
            "concat!(\"a b\", \"c\")",
            "self.0.name()",
            "generate(1, &x)",
            "a: Attempt",
            "Status { code: 500..=599, .. }",
            "e if *e == 500 && -1 < e.len()",
            "self.len > 5",
            "|e| e.is_busy()",
            "x == 5",
            "Vec<Vec<u8>>",
            "&s",
            "<T as Trait>::NAME",
            "!ready",
        ] {
            let tokens: TokenStream = written.parse().expect("tokens");
            assert_eq!(of(&tokens), written);
        }
    }
}
