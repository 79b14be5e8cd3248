//! The imports of a source file: the paths that begin with `crate`, `super` or `self`, outside of its tests.
//!
//! It reads tokens, not syntax trees, and knows nothing of other files.

use std::str::Chars;

/// A path as written, from `crate`, `super` or `self` on; a `use` tree has one for each of its leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) line: usize,
    /// The modules that the file has around it, in braces of its own.
    pub(crate) within: Vec<String>,
    pub(crate) path: Vec<String>,
}

/// Returns what a source imports, in the order in which it is written.
pub(crate) fn imports(source: &str) -> Vec<Import> {
    let tokens = without_tests(&tokens(source));
    let mut imports = Vec::new();
    // The open braces; those of modules have their name.
    let mut braces = Vec::new();
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let text = |ahead: usize| tokens.get(index + ahead).map_or("", |token| token.text.as_str());
        let mut found = Vec::new();
        let mut length = 1;
        match token.text.as_str() {
            "mod" if text(2) == "{" => {
                braces.push(Some(text(1).to_owned()));
                length = 3;
            }
            "{" => braces.push(None),
            "}" => drop(braces.pop()),
            "use" if is_root(text(1)) => length += use_tree(&tokens[index + 1..], &[], &mut found),
            root if is_root(root) && text(1) == "::" => {
                let (path, read) = simple_path(&tokens[index..]);
                found.push(path);
                length = read;
            }
            _ => {}
        }
        let within: Vec<String> = braces.iter().flatten().cloned().collect();
        imports.extend(found.into_iter().map(|path| Import { line: token.line, within: within.clone(), path }));
        index += length;
    }
    imports
}

fn is_root(word: &str) -> bool {
    matches!(word, "crate" | "super" | "self")
}

/// Reads `a::b::c`, and returns it with the number of its tokens.
fn simple_path(tokens: &[Token]) -> (Vec<String>, usize) {
    let mut path = vec![tokens[0].text.clone()];
    let mut read = 1;
    while let [colons, name, ..] = &tokens[read..] {
        if colons.text != "::" || !name.is_word() {
            break;
        }
        path.push(name.text.clone());
        read += 2;
    }
    (path, read)
}

/// Reads a `use` tree behind `prefix`, adds a path for each leaf, and returns the number of tokens.
fn use_tree(tokens: &[Token], prefix: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    let mut read = 0;
    while let Some(token) = tokens.get(read) {
        match token.text.as_str() {
            "::" => read += 1,
            "as" => read += 2,
            "{" => {
                read += 1;
                while tokens.get(read).is_some_and(|token| token.text != "}") {
                    read += use_tree(&tokens[read..], &path, paths);
                    read += usize::from(tokens.get(read).is_some_and(|token| token.text == ","));
                }
                return read + 1;
            }
            _ if token.is_word() || token.text == "*" => {
                path.push(token.text.clone());
                read += 1;
            }
            _ => break,
        }
    }
    // `use a::{self}` imports `a`.
    if path.len() > prefix.len().max(1) && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    paths.push(path);
    read.max(1)
}

#[derive(Clone, Debug)]
struct Token {
    line: usize,
    text: String,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// Leaves out items with `#[cfg(test)]` or `#[cfg(all(test, ...))]`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const TEST: [&[&str]; 2] = [&["#", "[", "cfg", "(", "test"], &["#", "[", "cfg", "(", "all", "(", "test"]];
    let is_test = |rest: &[Token]| {
        TEST.iter().any(|test| {
            rest.len() > test.len() && rest.iter().zip(*test).all(|(token, expected)| token.text == **expected)
        })
    };
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        if !is_test(rest) {
            kept.push(first.clone());
            rest = after;
            continue;
        }
        // The item ends with its first pair of braces, or with a semicolon outside of all brackets.
        let mut depth = 0_usize;
        let end = rest.iter().position(|token| {
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(token.text.as_str(), "}" | ";")
        });
        rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
    }
    kept
}

/// Splits a source into words, `::` and single characters, without comments and literals.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source.chars();
    let (mut line, mut counted) = (1, 0);
    loop {
        let before = rest.as_str();
        let read = source.len() - before.len();
        line += source[counted..read].matches('\n').count();
        counted = read;
        let Some(first) = rest.next() else { return tokens };
        if first.is_whitespace() {
            continue;
        }
        if before.starts_with("//") {
            skip(&mut rest, before.find('\n').unwrap_or(before.len()) - 1);
        } else if before.starts_with("/*") {
            skip_block_comment(&mut rest);
        } else if let Some(length) = literal(before) {
            skip(&mut rest, length - first.len_utf8());
        } else if first == '\'' {
            // A lifetime: its name is no path.
            skip(&mut rest, word(&before[1..]).len());
        } else if first.is_alphabetic() || first == '_' {
            let is_raw = before.starts_with("r#");
            let name = word(if is_raw { &before[2..] } else { before });
            skip(&mut rest, name.len() + if is_raw { 2 } else { 0 } - first.len_utf8());
            tokens.push(Token { line, text: name.to_owned() });
        } else if before.starts_with("::") {
            skip(&mut rest, 1);
            tokens.push(Token { line, text: "::".to_owned() });
        } else {
            tokens.push(Token { line, text: first.to_string() });
        }
    }
}

/// Skips this number of bytes.
fn skip(rest: &mut Chars<'_>, bytes: usize) {
    *rest = rest.as_str()[bytes..].chars();
}

/// Skips a block comment, with those inside of it, from its second character on.
fn skip_block_comment(rest: &mut Chars<'_>) {
    skip(rest, 1);
    let mut depth = 1;
    while depth > 0 {
        let text = rest.as_str();
        if text.is_empty() {
            return;
        } else if text.starts_with("/*") || text.starts_with("*/") {
            depth += if text.starts_with('/') { 1 } else { -1 };
            skip(rest, 2);
        } else {
            rest.next();
        }
    }
}

/// Returns the word that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Returns the length of the string or character literal that a text begins with.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| text.starts_with(prefix))?;
    let unprefixed = &text[prefix.len()..];
    let hashes = unprefixed.len() - unprefixed.trim_start_matches('#').len();
    if prefix.ends_with('r') && unprefixed[hashes..].starts_with('"') {
        let content = &unprefixed[hashes + 1..];
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(prefix.len() + hashes + 1 + content.find(&end)? + end.len());
    }
    let quote = unprefixed.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    if quote == '\'' && !is_character(&unprefixed[1..]) {
        return None;
    }
    let mut is_escaped = false;
    let end = unprefixed[1..].find(|character| {
        let is_end = character == quote && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end
    })?;
    Some(prefix.len() + end + 2)
}

/// Returns whether a single quote begins a character, and not a lifetime's name.
fn is_character(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('\\') || characters.next() == Some('\'')
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let found: Vec<String> = imports(source).iter().map(|import| import.path.join("::")).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn each_leaf_of_a_use_tree_is_an_import() {
        check("use crate::time::Clock;", &["crate::time::Clock"]);
        check(
            "pub(crate) use crate::{time::{self, clock::{Clock as _, now}}, policy::*};",
            &["crate::time", "crate::time::clock::Clock", "crate::time::clock::now", "crate::policy::*"],
        );
        check("use super::super::a::{b::c, d,};", &["super::super::a::b::c", "super::super::a::d"]);
        check("use std::crate_like::x; use other::x;", &[]);
    }

    #[test]
    fn paths_in_code_are_imports() {
        check("fn f() -> crate::a::B { super::c::d::<crate::e::F>() }", &["crate::a::B", "super::c::d", "crate::e::F"]);
        check("macro_rules! m { () => { $crate::a::b() } }", &["crate::a::b"]);
        check("pub(crate) fn f(self) {} pub(super) struct S;", &[]);
        check("fn f() -> impl Sized + use<> { r#type::x() }", &[]);
    }

    #[test]
    fn comments_and_literals_are_no_imports() {
        check("// use crate::a::b;\n/* crate::a /* crate::b */ crate::c */", &[]);
        check(r##"const A: &str = "crate::a\"crate::b"; const B: &[u8] = br#"crate::c"crate::d"#;"##, &[]);
        check(r"const C: [char; 3] = ['{', '\'', '\\']; fn f<'a>(x: &'a crate::x::Y) {}", &["crate::x::Y"]);
    }

    #[test]
    fn tests_are_left_out() {
        check("#[cfg(test)] mod tests { use crate::a::b; fn f() { '}'; } } use crate::c::d;", &["crate::c::d"]);
        check("#[cfg(all(test, not(loom)))] #[expect(x, reason = \"y\")] mod t { use crate::a; }", &[]);
        check("#[cfg(test)] mod tests; use crate::c::d;", &["crate::c::d"]);
        check("#[cfg(any(test, feature = \"x\"))] use crate::a::b;", &["crate::a::b"]);
    }

    #[test]
    fn an_import_has_its_line_and_the_modules_around_it() {
        let found = imports("mod outer {\n    mod inner {\n        use super::super::a;\n    }\n}\nuse crate::b;");
        assert_eq!((found[0].line, &*found[0].within), (3, &["outer".to_owned(), "inner".to_owned()][..]));
        assert_eq!((found[1].line, found[1].within.len()), (6, 0));
    }
}
