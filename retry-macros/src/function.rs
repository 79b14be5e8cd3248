//! Facts of the annotated function: what it is, what each attempt has to bind anew, where its body is.
//!
//! The signature is parsed, the body is kept as tokens, except for functions that return a future: there the `async` block has to
//! be found. It knows no key.

use crate::borrow;
use crate::faults::Faults;
use crate::future::{self, Attempted, SetMut};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, FnArg, GenericArgument, Pat, PatIdent, PathArguments, ReceiverKind, ReturnType, Signature, Stmt,
    Token, Type, Visibility,
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
    /// Where that stands; the function's name where it is hidden.
    pub(crate) returned_span: Span,
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

/// How the body names `self`, and how it is bound.
pub(crate) struct Receiver {
    /// `self`, or what `async_trait` made of it.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: BindingKind,
    pub(crate) mutability: Option<Token![mut]>,
}

/// A name that the signature binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) kind: BindingKind,
    /// The user's `mut`, kept so that a needless one is still reported.
    pub(crate) mutability: Option<Token![mut]>,
    /// Whether statements before the attempts name it too, so that the `mut` may be theirs alone, or the body's.
    pub(crate) is_shared: bool,
    /// `#[cfg]` of the parameter.
    pub(crate) cfgs: Vec<Attribute>,
}

/// How a name is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    Value,
    /// `name: &mut T`, or `ref mut name`.
    MutReference,
    /// `name: Option<&mut T>`.
    MutInOption,
    /// `name: Pin<&mut T>`.
    MutInPin,
}

impl Function {
    /// Whether attempts are awaited.
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self.shape, Shape::Sync)
    }

    /// Reads the annotated item. `None` comes with a fault.
    pub(crate) fn parse(item: TokenStream, faults: &mut Faults) -> Option<Self> {
        let Parts { mut attrs, vis, defaultness, mut sig, body } = faults.take(Parts::parse(item))?;
        let Some(body) = body else {
            faults.on(&sig, "a function without a body cannot be retried; write `#[retry]` on its implementations");
            return None;
        };
        refuse(&attrs, &sig, faults);
        // Once for all who look into it: the compiler hands over each token.
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let (inner, body) = faults.take(inner_attributes(body, &tokens))?;
        attrs.extend(inner);

        let output = match &sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => {
                let message = "this function returns nothing, so it cannot fail; return a `Result` or an `Option`";
                faults.at(sig.ident.span(), message);
                return None;
            }
        };
        if let Type::Never(never) = &output {
            faults.on(never, "a function that never returns has nothing to retry; return a `Result`, such as `Result<Infallible, E>`");
            return None;
        }

        let (mut receiver, mut bindings) = arguments(&mut sig);
        // Borrowed anew in the body, a pinned one keeps nothing itself.
        let mut kept_self = receiver.mutability.filter(|_| receiver.kind != BindingKind::MutInPin);
        let is_future = || future::output(&output).is_some() || future::ends_with_boxed_async(&tokens);
        let (mut shape, returned, body) = if sig.asyncness.is_some() {
            (Shape::Async, Some(output), body)
        } else if !is_future() {
            (Shape::Sync, Some(output), body)
        } else {
            let mut block: Block = faults.take(syn::parse2(quote!(#body)))?;
            let Some(inner) = future::async_tail(&mut block) else {
                let message = "this function returns a future that is not made here; make it an `async fn`, or end it with an \
                               `async` block or `Box::pin(async { ... })`";
                faults.on(&output, message);
                return None;
            };
            let Attempted { prefix, body } = future::split(inner, &mut receiver, &mut bindings);
            kept_self = kept_self.or(receiver.mutability.filter(|_| receiver.kind == BindingKind::Value));
            future::refuse_early_ones(&block, faults);
            future::fit_to_statements(&block, &body, &mut sig, &mut receiver, &mut bindings);
            (Shape::Future { block, prefix }, future::output(&output), body)
        };
        if let Some(returned) = &returned {
            borrow::refuse(&sig, returned, faults);
        }
        if let Some(mutability) = kept_self {
            let message = "`mut self` would keep what one attempt did to it; take `self` or `&mut self`, and make a copy in the body";
            faults.on(mutability, message);
        }
        own_hidden_references(&mut sig, &mut shape, &bindings);
        // Of a type, syn finds the span by writing it, so it is looked for once.
        let returned_span = returned.as_ref().map_or_else(|| sig.ident.span(), Spanned::span);
        Some(Self { attrs, vis, defaultness, sig, shape, receiver, bindings, returned, returned_span, body })
    }
}

/// Reads the arguments, and strips the `mut` of those that the attempts bind anew.
fn arguments(sig: &mut Signature) -> (Receiver, Vec<Binding>) {
    let mut bindings = Vec::new();
    let mut receiver = Receiver { name: None, kind: BindingKind::Value, mutability: None };
    for argument in &mut sig.inputs {
        match argument {
            FnArg::Receiver(this) => {
                receiver.name = Some(Ident::new("self", this.self_token.span));
                receiver.kind = match &this.kind {
                    ReceiverKind::Reference(_, _, Some(_)) => BindingKind::MutReference,
                    ReceiverKind::Typed(_, ty) => binding_kind(ty),
                    _ => BindingKind::Value,
                };
                receiver.mutability = this.mutability;
            }
            FnArg::Typed(argument) => {
                let kind = binding_kind(&argument.ty);
                let cfgs = cfgs(&argument.attrs);
                bindings.extend(take_bindings(&mut argument.pat, kind, &cfgs));
            }
        }
    }
    (receiver, bindings)
}

/// Puts `mut` before the arguments that attempts borrow anew out of an `Option` or a `Pin`, where the body finds them.
fn own_hidden_references(sig: &mut Signature, shape: &mut Shape, bindings: &[Binding]) {
    let hidden = |binding: &&Binding| matches!(binding.kind, BindingKind::MutInOption | BindingKind::MutInPin);
    for Binding { name, .. } in bindings.iter().filter(hidden) {
        let mut setter =
            SetMut { name, mutability: Token![mut](Span::mixed_site().located_at(name.span())), found: false };
        if let Shape::Future { prefix, .. } = shape {
            for statement in prefix {
                if let Stmt::Local(local) = statement {
                    setter.visit_pat_mut(&mut local.pat);
                }
            }
        }
        if !setter.found {
            for argument in &mut sig.inputs {
                if let FnArg::Typed(argument) = argument {
                    setter.visit_pat_mut(&mut argument.pat);
                }
            }
        }
    }
}

/// The names that a generic parameter or an argument takes: a path that starts with one is no constant.
pub(crate) fn taken_names(function: &Function) -> Vec<String> {
    let generics = function.sig.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Type(param) => Some(param.ident.to_string()),
        syn::GenericParam::Const(param) => Some(param.ident.to_string()),
        syn::GenericParam::Lifetime(_) => None,
    });
    let arguments = function.bindings.iter().map(|binding| binding.name.to_string());
    generics.chain(arguments).chain(["Self".to_owned(), "self".to_owned()]).collect()
}

struct Parts {
    attrs: Vec<Attribute>,
    vis: Visibility,
    defaultness: Option<Token![default]>,
    sig: Signature,
    body: Option<Group>,
}

impl Parts {
    /// Parses all but the body, which would be most of the work: an empty one stands in its place.
    fn parse(item: TokenStream) -> syn::Result<Self> {
        let mut tokens: Vec<TokenTree> = item.into_iter().collect();
        let body = match tokens.last() {
            Some(TokenTree::Group(group)) => braces(group),
            _ => None,
        };
        if let (Some(body), Some(last)) = (&body, tokens.last_mut()) {
            *last = TokenTree::Group(spanned_braces(TokenStream::new(), body.span()));
        }
        let parts = parts.parse2(tokens.into_iter().collect())?;
        Ok(Self { body: parts.body.and(body), ..parts })
    }
}

fn parts(input: ParseStream<'_>) -> syn::Result<Parts> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    if let Some(kind) = other_item(input) {
        let advice = match kind {
            "an `impl` block" | "a trait" => "; write it on each method that may fail",
            _ => "",
        };
        return Err(input.error(format!("`#[retry]` belongs on a function with a body, not on {kind}{advice}")));
    }
    let defaultness = input.parse()?;
    let sig = input.parse()?;
    if input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(Parts { attrs, vis, defaultness, sig, body: None });
    }
    let body = match input.parse::<TokenTree>()? {
        TokenTree::Group(group) => braces(&group),
        _ => None,
    };
    match body {
        Some(body) if input.is_empty() => Ok(Parts { attrs, vis, defaultness, sig, body: Some(body) }),
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
    let word = input.fork().call(Ident::parse_any).ok()?.to_string();
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
    .find(|(item, _)| *item == word && !is_function(input))
    .map(|(_, kind)| kind)
}

/// Refuses what no rewriting helps.
fn refuse(attrs: &[Attribute], sig: &Signature, faults: &mut Faults) {
    if let Some(again) = attrs.iter().find(|attr| attr.path().segments.last().is_some_and(|last| last.ident == "retry"))
    {
        faults.on(
            again,
            "`#[retry]` stands on this function twice, which would multiply the attempts; remove one of the two",
        );
    }
    if let Some(constness) = &sig.constness {
        faults.on(constness, "a `const fn` cannot sleep, so it cannot be retried; remove `const`");
    }
    if let Some(variadic) = &sig.variadic {
        faults.on(variadic, "a variadic function cannot be retried; take a slice or a `VaList` instead");
    }
}

/// Takes the inner attributes out of a body: they belong on the function.
fn inner_attributes(body: Group, tokens: &[TokenTree]) -> syn::Result<(Vec<Attribute>, Group)> {
    let is_mark = |token: &TokenTree, mark| matches!(token, TokenTree::Punct(found) if found.as_char() == mark);
    if !matches!(tokens, [first, second, ..] if is_mark(first, '#') && is_mark(second, '!')) {
        return Ok((Vec::new(), body));
    }
    let split = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        Ok((attrs, input.parse::<TokenStream>()?))
    };
    let (mut attrs, rest) = split.parse2(body.stream())?;
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

/// Strips the `mut` of by-value names in a pattern, and answers all names that it binds. The kind is that of a pattern that is a
/// name alone.
pub(crate) fn take_bindings(pattern: &mut Pat, kind: BindingKind, cfgs: &[Attribute]) -> Vec<Binding> {
    let mut collector = Collector { bindings: Vec::new(), cfgs };
    collector.visit_pat_mut(pattern);
    if let (Pat::Ident(pattern), [binding]) = (&*pattern, collector.bindings.as_mut_slice()) {
        if pattern.by_ref.is_none() {
            binding.kind = kind;
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
            self.bindings.push(Binding { name, kind, mutability, is_shared: false, cfgs: self.cfgs.to_vec() });
        }
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}

pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

/// How an argument of that type is bound.
fn binding_kind(ty: &Type) -> BindingKind {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => BindingKind::MutReference,
        Type::Group(group) => binding_kind(&group.elem),
        Type::Paren(paren) => binding_kind(&paren.elem),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return BindingKind::Value;
            };
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return BindingKind::Value;
            };
            let holds_reference = matches!(
                arguments.args.first(),
                Some(GenericArgument::Type(inner)) if binding_kind(inner) == BindingKind::MutReference
            );
            match last.ident.to_string().as_str() {
                "Option" if holds_reference => BindingKind::MutInOption,
                "Pin" if holds_reference => BindingKind::MutInPin,
                _ => BindingKind::Value,
            }
        }
        _ => BindingKind::Value,
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
            *ty = Type::Infer(syn::TypeInfer { attrs: Vec::new(), underscore_token: underscore });
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
