//! The statements before the `async` block of a function that returns a future. They run once, and can use the arguments first.
//!
//! It knows no `async` block and no key.

use crate::faults::Faults;
use crate::item::arguments::{Binding, BindingKind, Receiver, take_bindings, typed};
use crate::item::attributes;
use crate::item::mention::{is_mentioned, is_same};
use crate::syntax::pattern;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    ExprAsync, ExprClosure, ExprReturn, Item, ItemFn, ItemMacro, Local, Macro, Pat, Signature, Stmt, Token, parse_quote,
};

/// Refuses statements that return a future before the end of the function. That future would not be retried.
pub(crate) fn refuse_early_return(before: &[Stmt], faults: &mut Faults) {
    let statements = before.iter().map(ToTokens::to_token_stream).collect();
    if let Ok(Some(early)) = early_return.parse2(statements) {
        let message = "a future that leaves here would not be retried; decide inside of the `async` block that the function ends with";
        faults.on(early, message);
    }
}

/// Returns the first `return` that leaves the function. One in a closure, an `async` block or an item does not, and one in a macro
/// is not known to.
fn early_return(input: ParseStream<'_>) -> syn::Result<Option<ExprReturn>> {
    let (mut first, mut is_behind_value) = (None, false);
    while !input.is_empty() {
        if input.peek(Token![return]) {
            let early = input.parse()?;
            first.get_or_insert(early);
            continue;
        }
        // Behind a value, `|` is an operator.
        let is_skipped = (!is_behind_value && skip::<ExprClosure>(input))
            || skip::<ExprAsync>(input)
            || skip::<ItemFn>(input)
            || skip::<ItemMacro>(input)
            || skip::<Macro>(input);
        is_behind_value = is_skipped
            || match input.parse()? {
                TokenTree::Punct(mark) => mark.as_char() == '?',
                TokenTree::Group(group) => {
                    first = first.or(early_return.parse2(group.stream())?);
                    true
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) => true,
            };
    }
    Ok(first)
}

/// Skips what is next, if it is of this kind.
fn skip<T: Parse>(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let is_next = ahead.parse::<T>().is_ok();
    if is_next {
        input.advance_to(&ahead);
    }
    is_next
}

/// Adapts the bindings to the statements.
///
/// If a statement binds the name of an argument, the body means that variable. If the body does not mention an argument or `self`,
/// attempts do not bind it: the statements may move it, or its lifetime may be shorter than the future's. A `mut` argument stays
/// `mut` for the statements.
pub(crate) fn fit_bindings(
    before: &[Stmt],
    body: &TokenStream,
    sig: &mut Signature,
    receiver: &mut Receiver,
    bindings: &mut Vec<Binding>,
    faults: &mut Faults,
) {
    if receiver.name.as_ref().is_some_and(|name| !is_mentioned(body.clone(), name)) {
        receiver.kind = BindingKind::Value;
    }
    let locals = || before.iter().filter_map(as_local);
    let text: TokenStream = before.iter().map(ToTokens::to_token_stream).collect();
    for binding in bindings.iter_mut() {
        let hiding = || locals().filter(|local| binds(&local.pat, &binding.name));
        let is_shadowed = hiding().any(|local| !attributes::are_conditional(&local.attrs));
        let is_attempted = !is_shadowed && is_mentioned(body.clone(), &binding.name);
        let absences: Vec<_> = hiding().filter_map(|local| attributes::absence(&local.attrs)).collect();
        binding.attrs.extend(absences);
        if let Some(mutability) = binding.mutability {
            if let Some(word) = reaching_macro(before, body, &binding.name) {
                let message = format!(
                    "through `{word}!` each attempt would find `{}` as the one before left it; define the macro inside of the \
                     `async` block",
                    binding.name
                );
                faults.on(word, message);
            }
            // The `mut` may be for the statements, for the body, or for both.
            binding.is_shared = is_attempted && is_mentioned(text.clone(), &binding.name);
            if binding.is_shared || !is_attempted {
                make_mut(sig, &binding.name, mutability, binding.is_shared);
            }
        }
        if !is_attempted {
            binding.kind = BindingKind::Value;
            binding.mutability = None;
        }
    }
    for local in locals() {
        for local in take_bindings(&mut local.pat.clone(), BindingKind::Value, &[]) {
            if bindings.iter().all(|binding| !is_same(&binding.name, &local.name)) {
                bindings.push(Binding { mutability: None, kind: BindingKind::Value, ..local });
            }
        }
    }
}

fn as_local(statement: &Stmt) -> Option<&Local> {
    match statement {
        Stmt::Local(local) => Some(local),
        _ => None,
    }
}

/// Returns whether a pattern binds a name.
fn binds(pattern: &Pat, name: &Ident) -> bool {
    let mut is_bound = false;
    pattern::for_each_name(&mut pattern.clone(), &mut |bound, _| is_bound |= is_same(&bound.ident, name));
    is_bound
}

/// Returns the macro, defined in the statements, through which the body uses a variable bound before it.
///
/// A name in `macro_rules!` means the variable at the definition. That is the argument itself, and not the binding of an attempt.
fn reaching_macro(before: &[Stmt], body: &TokenStream, name: &Ident) -> Option<Ident> {
    let is_hiding = |statement: &Stmt| {
        as_local(statement).is_some_and(|local| binds(&local.pat, name) && !attributes::are_conditional(&local.attrs))
    };
    let before: Vec<&Stmt> = before.iter().take_while(|statement| !is_hiding(statement)).collect();
    let mut reaching: Vec<Ident> = Vec::new();
    loop {
        let next = before.iter().find_map(|statement| {
            let Stmt::Item(Item::Macro(item)) = statement else { return None };
            let own = item.ident.as_ref().filter(|own| !reaching.contains(own))?;
            let rules = &item.mac.tokens;
            let does_reach = [name].into_iter().chain(&reaching).any(|name| is_mentioned(rules.clone(), name));
            does_reach.then(|| own.clone())
        });
        match next {
            Some(next) => reaching.push(next),
            None => break,
        }
    }
    // An import may give it another name.
    let is_imported = |reaching: &Ident| {
        before.iter().any(|statement| {
            matches!(statement, Stmt::Item(Item::Use(import)) if is_mentioned(import.tree.to_token_stream(), reaching))
        })
    };
    reaching.into_iter().find(|reaching| is_mentioned(body.clone(), reaching) || is_imported(reaching))
}

/// Puts `mut` where the signature binds the name.
fn make_mut(sig: &mut Signature, name: &Ident, mutability: Token![mut], is_shared: bool) {
    for argument in typed(sig) {
        if pattern::set_mut(&mut argument.pat, name, mutability) && is_shared {
            argument.attrs.push(parse_quote!(#[allow(unused_mut)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(statements: &str) -> bool {
        early_return.parse_str(statements).expect(statements).is_some()
    }

    #[test]
    fn a_return_that_leaves_the_function_is_found() {
        for statements in [
            "return early();",
            "if n == 0 { return early(); }",
            "let Some(n) = n else { return early() };",
            "let n = match n { A | B => return early(), n => n };",
            "n.is_some() || return early();",
            "n? || { return early() };",
            "check!(n) || return early();",
            "let n = !(n || m) && [|x| x](return early());",
            "let f: fn(u8) -> u8 = g; unsafe { return early() }",
            "drop(async { return 1 }); loop { return early() }",
        ] {
            assert!(leaves(statements), "{statements}");
        }
    }

    #[test]
    fn a_return_of_something_else_is_none() {
        for statements in [
            "let f = || return 1;",
            "let f = |x: u8| -> u8 { return x };",
            "let f = move |A | B| { if n { return 1 } 2 };",
            "n.map(|n| return n).filter(move |_| { return true });",
            "let f = async || { return 1 };",
            "let f = async move { return 1 };",
            "fn f() -> u8 { return 1 }",
            "pub(crate) async unsafe fn f<T>() -> T where T: U { return 1 }",
            "impl X { fn f() { return } }",
            "macro_rules! f { () => { return 1 } }",
            "f!(return 1); f! { return 1 } a::f![return 1];",
            "let early_return = n;",
        ] {
            assert!(!leaves(statements), "{statements}");
        }
    }
}
