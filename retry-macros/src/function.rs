//! Facts of the annotated function: what it is, what each attempt has to bind anew, where its body is.
//!
//! The signature is parsed, the body is kept as tokens, except for functions that return a future: there the `async` block has to
//! be found. This file knows no key.

use crate::faults::Faults;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprAsync, FnArg, GenericArgument, Pat, PatIdent, Path, PathArguments, ReceiverKind,
    ReturnType, Signature, Stmt, Token, Type, Visibility,
};

/// The annotated function.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    /// Without the `mut` of by-value bindings: the attempts bind them anew.
    pub(crate) sig: Signature,
    pub(crate) shape: Shape,
    pub(crate) receiver: Receiver,
    /// What each attempt binds anew, or may be asked to clone.
    pub(crate) bindings: Vec<Binding>,
    /// What an attempt returns, as declared; `None` where the signature hides it.
    pub(crate) returned: Option<Type>,
    /// The body of an attempt, in the user's own braces.
    pub(crate) body: Group,
}

/// Where the loop goes.
pub(crate) enum Shape {
    /// Into the function.
    Sync,
    /// Into the `async fn`.
    Async,
    /// Into the `async` block that the function ends with.
    Future {
        /// The whole body; the `async` block at its end waits for its new content.
        block: Block,
        /// Statements of the `async` block that run once, before the first attempt.
        prefix: Vec<Stmt>,
    },
}

/// How the body names `self`, and whether an `async` attempt has to own a unique borrow of it.
pub(crate) struct Receiver {
    /// `self`, or what `async_trait` made of it.
    pub(crate) name: Option<Ident>,
    pub(crate) is_mut_reference: bool,
}

/// A name that the signature binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) kind: BindingKind,
    /// The user's `mut`, kept so that a needless one is still reported.
    pub(crate) mutability: Option<Token![mut]>,
    /// `#[cfg]` of the parameter.
    pub(crate) cfgs: Vec<Attribute>,
}

/// How a name is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Value,
    /// `name: &mut T`, or `ref mut name`.
    MutReference,
}

impl Function {
    /// Whether attempts are awaited.
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self.shape, Shape::Sync)
    }

    /// Reads the annotated item. `None` comes with a fault.
    pub(crate) fn parse(item: TokenStream, faults: &mut Faults) -> Option<Self> {
        let Parts {
            mut attrs,
            vis,
            defaultness,
            mut sig,
            body,
        } = faults.take(parts.parse2(item))?;
        let body = if let Some(body) = body {
            body
        } else {
            faults.on(
                &sig,
                "a function without a body cannot be retried; write `#[retry]` on its implementations",
            );
            return None;
        };
        refuse(&attrs, &sig, faults);
        let (inner, body) = faults.take(inner_attributes(&body))?;
        attrs.extend(inner);

        let mut bindings = Vec::new();
        let mut receiver = Receiver {
            name: None,
            is_mut_reference: false,
        };
        for argument in &mut sig.inputs {
            match argument {
                FnArg::Receiver(this) => {
                    receiver.name = Some(Ident::new("self", this.self_token.span));
                    receiver.is_mut_reference = match &this.kind {
                        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
                        ReceiverKind::Typed(_, ty) => is_mut_reference(ty),
                        _ => false,
                    };
                }
                FnArg::Typed(argument) => {
                    let is_reference = is_mut_reference(&argument.ty);
                    let cfgs = cfgs(&argument.attrs);
                    bindings.extend(take_bindings(&mut argument.pat, is_reference, &cfgs));
                }
            }
        }

        let output = match &sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => {
                let message = "this function returns nothing, so it cannot fail; return a `Result` or an `Option`";
                faults.at(sig.ident.span(), message);
                return None;
            }
        };
        if let Type::Never(never) = &output {
            faults.on(never, "a function that never returns has nothing to retry");
            return None;
        }

        if sig.asyncness.is_some() {
            let shape = Shape::Async;
            let returned = Some(output);
            return Some(Self {
                attrs,
                vis,
                defaultness,
                sig,
                shape,
                receiver,
                bindings,
                returned,
                body,
            });
        }
        if !is_future(&output) && !ends_with_boxed_async(&body) {
            let shape = Shape::Sync;
            let returned = Some(output);
            return Some(Self {
                attrs,
                vis,
                defaultness,
                sig,
                shape,
                receiver,
                bindings,
                returned,
                body,
            });
        }

        let mut block: Block = faults.take(syn::parse2(quote!(#body)))?;
        let Some(inner) = async_tail(&mut block) else {
            let message = "this function returns a future that is not made here; make it an `async fn`, or end it with an \
                           `async` block or `Box::pin(async { ... })`";
            faults.on(&output, message);
            return None;
        };
        let Attempted { prefix, body } = split_async(inner, &mut receiver, &mut bindings);
        let shape = Shape::Future { block, prefix };
        let returned = future_output(&output);
        Some(Self {
            attrs,
            vis,
            defaultness,
            sig,
            shape,
            receiver,
            bindings,
            returned,
            body,
        })
    }
}

/// The names that a generic parameter or an argument takes: a path that starts with one is no constant.
pub(crate) fn taken_names(function: &Function) -> Vec<String> {
    let generics = function.sig.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Type(param) => Some(param.ident.to_string()),
        syn::GenericParam::Const(param) => Some(param.ident.to_string()),
        _ => None,
    });
    let arguments = function.bindings.iter().map(|binding| binding.name.to_string());
    generics
        .chain(arguments)
        .chain(["Self".to_owned(), "self".to_owned()])
        .collect()
}

struct Parts {
    attrs: Vec<Attribute>,
    vis: Visibility,
    defaultness: Option<Token![default]>,
    sig: Signature,
    body: Option<Group>,
}

fn parts(input: ParseStream<'_>) -> syn::Result<Parts> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    if let Some(kind) = other_item(input) {
        let advice = match kind {
            "an `impl` block" | "a trait" => "; write it on each method that may fail",
            _ => "",
        };
        return Err(input.error(format!(
            "`#[retry]` belongs on a function with a body, not on {kind}{advice}"
        )));
    }
    let defaultness = input.parse()?;
    let sig = input.parse()?;
    if input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(Parts {
            attrs,
            vis,
            defaultness,
            sig,
            body: None,
        });
    }
    let body = match input.parse::<TokenTree>()? {
        TokenTree::Group(group) => braces(&group),
        _ => None,
    };
    match body {
        Some(body) if input.is_empty() => Ok(Parts {
            attrs,
            vis,
            defaultness,
            sig,
            body: Some(body),
        }),
        _ => Err(input.error("expected the body of the function, in braces")),
    }
}

/// The brace group itself, or the one that a fragment of `macro_rules!` hides.
fn braces(group: &Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => match group.stream().into_iter().next() {
            Some(TokenTree::Group(inner)) => braces(&inner),
            _ => None,
        },
        _ => None,
    }
}

fn other_item(input: ParseStream<'_>) -> Option<&'static str> {
    let is_item = |next: &str| input.fork().call(Ident::parse_any).is_ok_and(|word| word == next);
    let is_function = |input: ParseStream<'_>| input.fork().parse::<Signature>().is_ok();
    [
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("impl", "an `impl` block"),
        ("trait", "a trait"),
        ("mod", "a module"),
        ("use", "a `use` declaration"),
        ("type", "a type alias"),
        ("static", "a static"),
        ("const", "a constant"),
        ("macro_rules", "a macro"),
        ("let", "a `let` statement"),
    ]
    .into_iter()
    .find(|(word, _)| is_item(word) && !is_function(input))
    .map(|(_, kind)| kind)
}

/// Refuses what no rewriting helps.
fn refuse(attrs: &[Attribute], sig: &Signature, faults: &mut Faults) {
    if let Some(again) = attrs
        .iter()
        .find(|attr| attr.path().segments.last().is_some_and(|last| last.ident == "retry"))
    {
        faults.on(
            again,
            "`#[retry]` stands on this function twice, which would multiply the attempts; remove one of the two",
        );
    }
    if let Some(constness) = &sig.constness {
        faults.on(
            constness,
            "a `const fn` cannot sleep, so it cannot be retried; remove `const`",
        );
    }
    if let Some(variadic) = &sig.variadic {
        faults.on(
            variadic,
            "a variadic function cannot be retried; take a slice or a `VaList` instead",
        );
    }
    if let Some(FnArg::Receiver(receiver)) = sig.inputs.first() {
        if let Some(mutability) = &receiver.mutability {
            let message = "`mut self` would keep what one attempt did to it; take `self` or `&mut self`, and make a copy in the body";
            faults.on(mutability, message);
        }
    }
}

/// Takes the inner attributes out of a body: they belong on the function.
fn inner_attributes(body: &Group) -> syn::Result<(Vec<Attribute>, Group)> {
    let split = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        Ok((attrs, input.parse::<TokenStream>()?))
    };
    let (mut attrs, rest) = split.parse2(body.stream())?;
    if attrs.is_empty() {
        return Ok((attrs, body.clone()));
    }
    for attr in &mut attrs {
        attr.style = syn::AttrStyle::Outer;
    }
    Ok((attrs, spanned_braces(rest, body.span())))
}

/// A brace group with the span of the user's own.
pub(crate) fn spanned_braces(content: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(span);
    group
}

/// Strips the `mut` of by-value names in a pattern, and answers all names that it binds.
fn take_bindings(pattern: &mut Pat, is_mut_reference: bool, cfgs: &[Attribute]) -> Vec<Binding> {
    let mut collector = Collector {
        bindings: Vec::new(),
        cfgs,
    };
    collector.visit_pat_mut(pattern);
    if let (Pat::Ident(_), [binding]) = (&*pattern, collector.bindings.as_mut_slice()) {
        if is_mut_reference {
            binding.kind = BindingKind::MutReference;
        }
    }
    collector.bindings
}

struct Collector<'a> {
    bindings: Vec<Binding>,
    cfgs: &'a [Attribute],
}

impl VisitMut for Collector<'_> {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        let name = pattern.ident.clone();
        let is_constant = pattern.subpat.is_none() && name.to_string().starts_with(char::is_uppercase);
        let (kind, mutability) = match (pattern.by_ref.is_some(), pattern.mutability) {
            // A shared reference needs nothing.
            (true, None) => (BindingKind::Value, None),
            (true, Some(_)) => (BindingKind::MutReference, None),
            (false, _) => (BindingKind::Value, pattern.mutability.take()),
        };
        if !is_constant {
            self.bindings.push(Binding {
                name,
                kind,
                mutability,
                cfgs: self.cfgs.to_vec(),
            });
        }
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}

fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .cloned()
        .collect()
}

fn is_mut_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Group(group) => is_mut_reference(&group.elem),
        Type::Paren(paren) => is_mut_reference(&paren.elem),
        _ => false,
    }
}

/// Whether a type is a future by its looks: it says `Future<Output = ...>`, or is one of the common aliases.
fn is_future(ty: &Type) -> bool {
    future_output(ty).is_some()
}

/// The output of a type that looks like a future.
fn future_output(ty: &Type) -> Option<Type> {
    let mut finder = OutputFinder(None);
    if let Type::Path(path) = peel_type(ty) {
        if let Some(output) = alias_output(&path.path) {
            return Some(output);
        }
        if path.path.segments.last().is_none_or(|last| last.ident != "Pin") {
            return None;
        }
    }
    finder.visit_type_mut(&mut ty.clone());
    finder.0
}

fn alias_output(path: &Path) -> Option<Type> {
    let last = path.segments.last()?;
    if last.ident != "BoxFuture" && last.ident != "LocalBoxFuture" {
        return None;
    }
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().rev().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    }
}

fn peel_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel_type(&group.elem),
        Type::Paren(paren) => peel_type(&paren.elem),
        _ => ty,
    }
}

/// Finds the `X` of the first `Future<Output = X>`.
struct OutputFinder(Option<Type>);

impl VisitMut for OutputFinder {
    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        if self.0.is_some() {
            return;
        }
        if let (true, PathArguments::AngleBracketed(arguments)) = (segment.ident == "Future", &segment.arguments) {
            self.0 = arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(assoc.ty.clone()),
                _ => None,
            });
        }
        visit_mut::visit_path_segment_mut(self, segment);
    }
}

/// Whether a body ends with `Box::pin(async ...)`, by its tokens: the return type may be an alias that nobody knows here.
fn ends_with_boxed_async(body: &Group) -> bool {
    let mut reversed = body.stream().into_iter().collect::<Vec<_>>().into_iter().rev();
    let (Some(TokenTree::Group(arguments)), Some(TokenTree::Ident(callee))) = (reversed.next(), reversed.next()) else {
        return false;
    };
    let starts_async = matches!(arguments.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "async");
    callee == "pin" && arguments.delimiter() == Delimiter::Parenthesis && starts_async
}

/// The `async` block that a body ends with, plain or in `Box::pin(...)`.
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
        Expr::Call(call) => match &*call.func {
            Expr::Path(callee) if callee.path.segments.last().is_some_and(|last| last.ident == "pin") => {
                async_in(call.args.first_mut()?)
            }
            _ => None,
        },
        _ => None,
    }
}

struct Attempted {
    prefix: Vec<Stmt>,
    body: Group,
}

/// Splits an `async` block into what runs once and the body of an attempt.
///
/// `async_trait` begins its block by binding each argument anew and ends it with `let __ret: T = { BODY }; __ret`. The bindings
/// stay before the loop, so that every attempt finds the arguments as the caller passed them; the body is what is in the braces.
fn split_async(block: &mut ExprAsync, receiver: &mut Receiver, bindings: &mut Vec<Binding>) -> Attempted {
    let span = block.block.brace_token.span.join();
    let statements = std::mem::take(&mut block.block.stmts);
    let prefix_length = statements.iter().take_while(|statement| is_prefix(statement)).count();
    let mut statements = statements.into_iter();
    let mut prefix: Vec<Stmt> = statements.by_ref().take(prefix_length).collect();
    for statement in &mut prefix {
        if let Stmt::Local(local) = statement {
            let is_self = matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == "__self");
            let found = take_bindings(&mut local.pat, false, &cfgs(&local.attrs));
            if is_self {
                receiver.name = found.into_iter().next().map(|binding| binding.name);
            } else {
                bindings.retain(|binding| found.iter().all(|newer| newer.name != binding.name));
                bindings.extend(found);
            }
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

/// Whether a statement binds an argument anew, or is `async_trait`'s branch for type inference.
fn is_prefix(statement: &Stmt) -> bool {
    match statement {
        Stmt::Local(local) => match &local.init {
            Some(init) if init.diverge.is_none() => is_argument(&init.expr, &local.pat),
            _ => false,
        },
        Stmt::Expr(Expr::If(branch), _) => {
            let condition = branch.cond.to_token_stream().to_string();
            condition.starts_with("let ") && condition.contains("Some (__ret) = ")
        }
        _ => false,
    }
}

/// `x` for `let x = x`, `self` for `let __self = self`, `{ let __arg1 = __arg1; __arg1 }` for a pattern.
fn is_argument(init: &Expr, pattern: &Pat) -> bool {
    match (init, pattern) {
        (Expr::Path(from), Pat::Ident(to)) => from
            .path
            .get_ident()
            .is_some_and(|from| *from == to.ident || (from == "self" && to.ident == "__self")),
        (Expr::Block(block), _) => match block.block.stmts.as_slice() {
            [Stmt::Local(local), Stmt::Expr(Expr::Path(tail), None)] => {
                let name = tail.path.get_ident();
                name.is_some_and(|name| name.to_string().starts_with("__arg"))
                    && matches!(&local.pat, Pat::Ident(pattern) if name == Some(&pattern.ident))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The `{ BODY }` of `let __ret: T = { BODY }; __ret`.
fn returned_block(local: &syn::Local, tail: &Expr) -> Option<Group> {
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
            Some(spanned_braces(
                quote!(#(#statements)*),
                block.block.brace_token.span.join(),
            ))
        }
        _ => None,
    }
}

/// The type with `_` for each `impl Trait` in it, which only signatures may name.
pub(crate) fn inferable(ty: &Type) -> Type {
    let mut ty = ty.clone();
    ImplToInfer.visit_type_mut(&mut ty);
    ty
}

struct ImplToInfer;

impl VisitMut for ImplToInfer {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let underscore = Token![_](opaque.impl_token.span);
            *ty = Type::Infer(syn::TypeInfer {
                attrs: Vec::new(),
                underscore_token: underscore,
            });
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
