//! Functions that return a future they make themselves: finds the `async` block at the end, and splits it into what runs once and
//! the body of an attempt.
//!
//! It knows what `async_trait` writes, and no key.

use crate::faults::Faults;
use crate::function::{Binding, BindingKind, Receiver, cfgs, spanned_braces, take_bindings};
use crate::uses;
use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{
    Block, Expr, ExprAsync, ExprClosure, ExprReturn, FnArg, GenericArgument, Item, Local, Pat, PatIdent, Path,
    PathArguments, Signature, Stmt, Token, Type, TypeParamBound, parse_quote,
};

/// The output of a type that looks like a future: it says `Future<Output = ...>`, or is one of the common aliases.
pub(crate) fn output(ty: &Type) -> Option<Type> {
    match ty {
        Type::Group(group) => output(&group.elem),
        Type::Paren(paren) => output(&paren.elem),
        Type::ImplTrait(opaque) => bound_output(opaque.bounds.iter()),
        Type::Path(path) => {
            let arguments = type_arguments(&path.path);
            match path.path.segments.last()?.ident.to_string().as_str() {
                // The last one: before it there may be a lifetime alone.
                "BoxFuture" | "LocalBoxFuture" => arguments.last().map(|output| (*output).clone()),
                "Pin" => arguments.first().and_then(|pointer| pointee_output(pointer)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The output of the future behind a pointer: `Box<dyn Future<Output = X>>`.
fn pointee_output(pointer: &Type) -> Option<Type> {
    match pointer {
        Type::Group(group) => pointee_output(&group.elem),
        Type::Paren(paren) => pointee_output(&paren.elem),
        Type::ImplTrait(opaque) => bound_output(opaque.bounds.iter()),
        Type::TraitObject(object) => bound_output(object.bounds.iter()),
        Type::Path(path) => type_arguments(&path.path).first().and_then(|pointee| pointee_output(pointee)),
        _ => None,
    }
}

fn bound_output<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<Type> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(assoc.ty.clone()),
            _ => None,
        })
    })
}

fn type_arguments(path: &Path) -> Vec<&Type> {
    match path.segments.last().map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => {
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            types.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a body ends with `Box::pin(async ...)` or `async { ... }.boxed()`, by its tokens: the return type may be an alias that
/// nobody knows here.
pub(crate) fn ends_with_boxed_async(body: &[TokenTree]) -> bool {
    let mut reversed = body.iter().rev();
    let (Some(TokenTree::Group(arguments)), Some(TokenTree::Ident(callee))) = (reversed.next(), reversed.next()) else {
        return false;
    };
    if arguments.delimiter() != Delimiter::Parenthesis {
        return false;
    }
    if is_boxing(callee) {
        // The dot and the block.
        let mut before = reversed.skip(2);
        return matches!(before.next(), Some(TokenTree::Ident(word)) if word == "async" || word == "move");
    }
    callee == "pin" && matches!(arguments.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "async")
}

/// The methods of `FutureExt` that put a future into a box.
fn is_boxing(method: &Ident) -> bool {
    method == "boxed" || method == "boxed_local"
}

/// The `async` block that a body ends with: plain, in `Box::pin(...)`, or before `.boxed()`.
pub(crate) fn async_tail(block: &mut Block) -> Option<&mut ExprAsync> {
    match block.stmts.last_mut()? {
        Stmt::Expr(tail, None) => async_in(tail),
        _ => None,
    }
}

fn async_in(expression: &mut Expr) -> Option<&mut ExprAsync> {
    match expression {
        Expr::Async(block) => Some(block),
        Expr::Group(group) => async_in(&mut group.expr),
        Expr::Paren(paren) => async_in(&mut paren.expr),
        Expr::MethodCall(call) if is_boxing(&call.method) => async_in(&mut call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(callee) if callee.path.segments.last().is_some_and(|last| last.ident == "pin") => {
                async_in(call.args.first_mut()?)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Refuses futures that leave before the end of the function: they would not be retried.
pub(crate) fn refuse_early_ones(block: &Block, faults: &mut Faults) {
    let Some((_, statements)) = block.stmts.split_last() else { return };
    let mut finder = ReturnFinder(None);
    for statement in statements {
        finder.visit_stmt_mut(&mut statement.clone());
    }
    if let Some(early) = finder.0 {
        let message = "a future that leaves here would not be retried; decide inside of the `async` block that the function ends with";
        faults.on(early, message);
    }
}

/// Finds the first `return` of the function itself.
struct ReturnFinder(Option<ExprReturn>);

impl VisitMut for ReturnFinder {
    fn visit_expr_return_mut(&mut self, expression: &mut ExprReturn) {
        self.0.get_or_insert_with(|| expression.clone());
    }

    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}

    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// An `async` block in its parts.
pub(crate) struct Attempted {
    /// Statements that run once, before the first attempt.
    pub(crate) prefix: Vec<Stmt>,
    /// The body of an attempt.
    pub(crate) body: Group,
}

/// Splits an `async` block into what runs once and the body of an attempt.
///
/// `async_trait` begins its block by binding each argument anew and ends it with `let __ret: T = { BODY }; __ret`. The bindings
/// stay before the loop, so that every attempt finds the arguments as the caller passed them; the body is what is in the braces.
pub(crate) fn split(block: &mut ExprAsync, receiver: &mut Receiver, bindings: &mut Vec<Binding>) -> Attempted {
    let span = block.block.brace_token.span.join();
    let statements = std::mem::take(&mut block.block.stmts);
    let prefix_length = statements.iter().take_while(|statement| is_prefix(statement)).count();
    let mut statements = statements.into_iter();
    let mut prefix: Vec<Stmt> = statements.by_ref().take(prefix_length).collect();
    for statement in &mut prefix {
        if let Stmt::Local(local) = statement {
            bind_anew(local, receiver, bindings);
        }
    }
    let rest: Vec<Stmt> = statements.collect();
    let body = match rest.as_slice() {
        [Stmt::Local(local), Stmt::Expr(tail, None)] => returned_block(local, tail),
        _ => None,
    };
    let body = body.unwrap_or_else(|| spanned_braces(quote!(#(#rest)*), span));
    Attempted { prefix, body }
}

/// Takes in a statement that binds an argument anew: from here on its names are the body's.
fn bind_anew(local: &mut Local, receiver: &mut Receiver, bindings: &mut Vec<Binding>) {
    if let Pat::Ident(pattern) = &local.pat {
        if pattern.ident == "__self" {
            receiver.name = Some(pattern.ident.clone());
            // For `&mut self` it writes a `mut` of its own.
            receiver.mutability = pattern.mutability;
            return;
        }
    }
    let mut found = take_bindings(&mut local.pat, BindingKind::Value, &cfgs(&local.attrs));
    // What the signature says of the type still holds.
    if let [newer] = found.as_mut_slice() {
        if let Some(older) = bindings.iter().find(|older| older.name == newer.name) {
            newer.kind = older.kind;
        }
    }
    let source = local.init.as_ref().and_then(|init| argument(&init.expr));
    bindings.retain(|older| source.as_ref() != Some(&older.name) && found.iter().all(|newer| newer.name != older.name));
    bindings.extend(found);
}

/// Whether a statement binds an argument anew, or is `async_trait`'s branch for type inference.
fn is_prefix(statement: &Stmt) -> bool {
    match statement {
        Stmt::Local(local) => {
            let init = local.init.as_ref().filter(|init| init.diverge.is_none());
            match (init.and_then(|init| argument(&init.expr)), &local.pat) {
                (Some(from), Pat::Ident(to)) => from == to.ident || to.ident == "__self" || is_positional(&from),
                (Some(from), _) => is_positional(&from),
                (None, _) => false,
            }
        }
        Stmt::Expr(Expr::If(branch), _) => match &*branch.cond {
            Expr::Let(condition) => match &*condition.pat {
                Pat::TupleStruct(some) => {
                    matches!(some.elems.first(), Some(Pat::Ident(returned)) if returned.ident == "__ret")
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// The `x` of an initializer `x` or `{ let x = x; x }`.
fn argument(init: &Expr) -> Option<Ident> {
    match init {
        Expr::Path(from) => from.path.get_ident().cloned(),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Local(local), Stmt::Expr(Expr::Path(tail), None)] => {
                let name = tail.path.get_ident()?;
                matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == *name).then(|| name.clone())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether this is `async_trait`'s name for an argument that is a pattern.
fn is_positional(name: &Ident) -> bool {
    name.to_string().starts_with("__arg")
}

/// The `{ BODY }` of `let __ret: T = { BODY }; __ret`.
fn returned_block(local: &Local, tail: &Expr) -> Option<Group> {
    let init = local.init.as_ref()?;
    let name = match &local.pat {
        Pat::Type(pattern) => match &*pattern.pat {
            Pat::Ident(pattern) => &pattern.ident,
            _ => return None,
        },
        _ => return None,
    };
    let is_returned = matches!(tail, Expr::Path(path) if path.path.is_ident(name));
    match &*init.expr {
        Expr::Block(block) if is_returned && name == "__ret" && block.label.is_none() && init.diverge.is_none() => {
            let statements = &block.block.stmts;
            Some(spanned_braces(quote!(#(#statements)*), block.block.brace_token.span.join()))
        }
        _ => None,
    }
}

/// Fits the bindings to the statements before the `async` block, which run once and see the arguments first.
///
/// What they bind under an argument's name is what the body means by it. An argument that the body does not use may be used up by
/// them, or live shorter than the future, so attempts leave it alone; so it is with `self`. An argument that is `mut` stays so for
/// them.
pub(crate) fn fit_to_statements(
    block: &Block,
    body: &Group,
    sig: &mut Signature,
    receiver: &mut Receiver,
    bindings: &mut Vec<Binding>,
) {
    let Some((_, statements)) = block.stmts.split_last() else { return };
    let mut locals = Vec::new();
    for statement in statements {
        if let Stmt::Local(local) = statement {
            locals.extend(take_bindings(&mut local.pat.clone(), BindingKind::Value, &[]));
        }
    }
    let before = Block { brace_token: block.brace_token, stmts: statements.to_vec() };
    // It came out of such a block.
    let Ok(body) = syn::parse2::<Block>(quote!(#body)) else { return };
    if receiver.name.as_ref().is_some_and(|name| !uses::in_block(&body, name)) {
        receiver.kind = BindingKind::Value;
    }
    for binding in bindings.iter_mut() {
        let is_shadowed = locals.iter().any(|local| local.name == binding.name);
        let is_attempted = !is_shadowed && uses::in_block(&body, &binding.name);
        let is_used_before = uses::in_block(&before, &binding.name);
        if let Some(mutability) = binding.mutability.filter(|_| is_used_before || !is_attempted) {
            // Either side may be the one that needs no `mut`.
            binding.is_shared = is_attempted;
            make_mut(sig, &binding.name, mutability, binding.is_shared);
        }
        if !is_attempted {
            binding.kind = BindingKind::Value;
            binding.mutability = None;
        }
    }
    for mut local in locals {
        if bindings.iter().all(|binding| binding.name != local.name) {
            local.mutability = None;
            local.kind = BindingKind::Value;
            bindings.push(local);
        }
    }
}

/// Puts `mut` where the signature binds the name.
fn make_mut(sig: &mut Signature, name: &Ident, mutability: Token![mut], is_shared: bool) {
    for argument in &mut sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let mut setter = SetMut { name, mutability, found: false };
        setter.visit_pat_mut(&mut argument.pat);
        if setter.found && is_shared {
            argument.attrs.push(parse_quote!(#[allow(unused_mut)]));
        }
    }
}

/// Puts `mut` before a name in a pattern.
pub(crate) struct SetMut<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) mutability: Token![mut],
    pub(crate) found: bool,
}

impl VisitMut for SetMut<'_> {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        if pattern.ident == *self.name && pattern.by_ref.is_none() {
            pattern.mutability = Some(self.mutability);
            self.found = true;
        }
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }
}
