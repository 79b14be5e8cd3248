//! From the cases to tokens. It cannot fail: a case that could not be written cannot be built.

use super::{After, Case, Derived, Kind, Word, words};
use crate::options::peel;
use crate::paths::{ItemPath, Paths};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Fields, GenericParam, Generics, Item, Member, Type, WherePredicate};

/// Writes the `impl`:
///
/// ```text
/// impl<...> Transient for Name<...> where FORWARDED: Transient {
///     fn verdict(&self) -> Verdict { match self { Self::Variant { field: __reattempt_field, .. } => VERDICT, ... } }
///     fn is_transient(&self) -> bool { IS THE VERDICT NOT `Stop`? }
///     fn retry_after(&self) -> Option<Duration> { THE VERDICT'S HINT }
/// }
/// ```
pub(super) fn implementation(derived: &Derived) -> TokenStream {
    let here = Span::mixed_site();
    let Derived { paths, name, generics, kind } = derived;
    let (transient, verdict) = (paths.public("Transient"), paths.public("Verdict"));
    let writer = Writer { paths, verdict: &verdict };
    let body = match kind {
        Kind::Struct(case) => {
            let (bindings, answer) = writer.case(case, true);
            match case.fields {
                // Nothing to take apart.
                _ if bindings.is_empty() => answer,
                _ => quote_spanned!(here=> { let Self { #(#bindings,)* .. } = self; #answer }),
            }
        }
        Kind::Enum(cases) if cases.is_empty() => quote_spanned!(here=> match *self {}),
        Kind::Enum(cases) => {
            let arms = cases.iter().map(|(variant, case)| {
                let (bindings, answer) = writer.case(case, false);
                match (&case.fields, bindings.as_slice()) {
                    (Fields::Unit, _) => quote_spanned!(here=> Self::#variant => #answer),
                    (_, []) => quote_spanned!(here=> Self::#variant { .. } => #answer),
                    (_, bindings) => quote_spanned!(here=> Self::#variant { #(#bindings,)* .. } => #answer),
                }
            });
            quote_spanned!(here=> match self { #(#arms,)* })
        }
    };
    let bounded = bounded(derived, &transient);
    let (_, arguments, _) = generics.split_for_impl();
    let (parameters, _, conditions) = bounded.split_for_impl();
    quote_spanned! {here=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #transient for #name #arguments #conditions {
            fn is_transient(&self) -> bool {
                !::core::matches!(<Self as #transient>::verdict(self), #verdict::Stop)
            }

            fn retry_after(&self) -> ::core::option::Option<::core::time::Duration> {
                match <Self as #transient>::verdict(self) {
                    #verdict::RetryAfter(__reattempt_hint) => ::core::option::Option::Some(__reattempt_hint),
                    #verdict::Stop | #verdict::Retry => ::core::option::Option::None,
                }
            }

            fn verdict(&self) -> #verdict {
                #body
            }
        }
    }
}

/// Writes an `impl` for a type whose words have faults: `impl Transient for Name { fn is_transient(&self) -> bool { false } }`.
pub(super) fn stand_in(item: &Item) -> TokenStream {
    let here = Span::mixed_site();
    let (name, generics) = match item {
        Item::Enum(item) => (&item.ident, &item.generics),
        Item::Struct(item) => (&item.ident, &item.generics),
        _ => return TokenStream::new(),
    };
    let paths = words::root(item);
    let transient = paths.public("Transient");
    let (parameters, arguments, conditions) = generics.split_for_impl();
    quote_spanned! {here=>
        #[automatically_derived]
        impl #parameters #transient for #name #arguments #conditions {
            fn is_transient(&self) -> bool {
                false
            }
        }
    }
}

/// The generics with `Transient` demanded of the forwarded fields whose types depend on a parameter.
///
/// Not of those that contain the type itself: rustc would look for the end of that for ever.
fn bounded(derived: &Derived, transient: &ItemPath<'_>) -> Generics {
    let mut generics = derived.generics.clone();
    let parameters: Vec<&Ident> = derived
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
        })
        .collect();
    let cases: Vec<&Case> = match &derived.kind {
        Kind::Struct(case) => vec![case],
        Kind::Enum(cases) => cases.iter().map(|(_, case)| case).collect(),
    };
    let mut conditions: Vec<WherePredicate> = Vec::new();
    for case in cases {
        let Word::Forward(member) = &case.word else { continue };
        let Some(ty) = type_of(&case.fields, member) else { continue };
        let tokens = ty.to_token_stream();
        if parameters.iter().any(|parameter| mentions(&tokens, parameter)) && !mentions(&tokens, &derived.name) {
            conditions.push(syn::parse_quote!(#ty: #transient));
        }
    }
    if !conditions.is_empty() {
        generics.make_where_clause().predicates.extend(conditions);
    }
    generics
}

fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

fn type_of<'a>(fields: &'a Fields, member: &Member) -> Option<&'a Type> {
    let at = match member {
        Member::Named(name) => fields.iter().position(|field| field.ident.as_ref() == Some(name))?,
        Member::Unnamed(index) => usize::try_from(index.index).ok()?,
    };
    fields.iter().nth(at).map(|field| &field.ty)
}

struct Writer<'a> {
    paths: &'a Paths,
    verdict: &'a ItemPath<'a>,
}

impl Writer<'_> {
    /// The fields that a case needs, each as `field: __reattempt_field`, and its verdict.
    fn case(&self, case: &Case, is_struct: bool) -> (Vec<TokenStream>, TokenStream) {
        let here = Span::mixed_site();
        let verdict = self.verdict;
        let (condition, after) = match &case.word {
            Word::Permanent => return (Vec::new(), quote_spanned!(here=> #verdict::Stop)),
            Word::Forward(member) => {
                // What is wrong with the field's type is reported there.
                let there = type_of(&case.fields, member).map_or(here, |ty| here.located_at(ty.span()));
                let (forward, name) = (self.paths.private_at("forward", there), binding(member, there));
                return (vec![quote_spanned!(here=> #member: #name)], quote_spanned!(here=> #forward(#name)));
            }
            Word::Transient { condition, after } => (condition, after),
        };
        let asks = condition.is_some() || matches!(after, Some(After::Function(_)));
        // A variant's function gets the variant's fields, a struct's the struct.
        let all: Vec<Member> = if is_struct || !asks { Vec::new() } else { case.fields.members().collect() };
        let arguments: Vec<TokenStream> = if is_struct {
            vec![quote_spanned!(here=> self)]
        } else {
            all.iter().map(|member| binding(member, here).into_token_stream()).collect()
        };
        let mut needed = all;
        let hint = after.as_ref().map(|after| match after {
            After::Field(member) => {
                if !needed.contains(member) {
                    needed.push(member.clone());
                }
                let there = type_of(&case.fields, member).map_or(here, |ty| here.located_at(ty.span()));
                let (hint, name) = (self.paths.private_at("hint", there), binding(member, there));
                quote_spanned!(here=> #hint(#name))
            }
            After::Function(function) => {
                let there = here.located_at(function.span());
                let hint = self.paths.private_at("hint", there);
                let asked = asked(function, &arguments);
                quote_spanned!(there=> #hint(&#asked))
            }
        });
        let verdict = match condition {
            None => quote_spanned!(here=> #verdict::Retry),
            Some(condition) => {
                let there = here.located_at(condition.span());
                let into_verdict = self.paths.private_at("into_verdict", there);
                let asked = asked(condition, &arguments);
                quote_spanned!(there=> #into_verdict(#asked))
            }
        };
        let answer = match hint {
            None => verdict,
            Some(hint) => {
                let hinted = self.paths.private("hinted");
                quote_spanned!(here=> #hinted(#verdict, || #hint))
            }
        };
        let bindings = needed.iter().map(|member| {
            let name = binding(member, here);
            quote_spanned!(here=> #member: #name)
        });
        (bindings.collect(), answer)
    }
}

/// A field in a pattern and behind it, at a place where it is reported.
fn binding(member: &Member, span: Span) -> Ident {
    match member {
        Member::Named(name) => format_ident!("__reattempt_{}", name, span = span),
        Member::Unnamed(index) => format_ident!("__reattempt_{}", index.index, span = span),
    }
}

/// Calls a function of the user's: `FUNCTION(ARGUMENTS)`. A closure is called by a function of ours, which tells it the types of its
/// arguments:
///
/// ```text
/// { fn __reattempt_ask<R, A>(a: &A, ask: impl FnOnce(&A) -> R) -> R { ask(a) } __reattempt_ask(ARGUMENT, CLOSURE) }
/// ```
fn asked(function: &Expr, arguments: &[TokenStream]) -> TokenStream {
    let here = Span::mixed_site();
    let there = here.located_at(function.span());
    match peel(function) {
        Expr::Closure(_) => {
            let types: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("A{}", at, span = here)).collect();
            let names: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("a{}", at, span = here)).collect();
            let call = quote_spanned!(there=> __reattempt_ask(#(#arguments,)* #function));
            quote_spanned! {here=> {
                fn __reattempt_ask<R, #(#types),*>(#(#names: &#types,)* ask: impl ::core::ops::FnOnce(#(&#types),*) -> R) -> R {
                    ask(#(#names),*)
                }
                #call
            }}
        }
        Expr::Path(_) => {
            let function = quote!(#function);
            quote_spanned!(there=> #function(#(#arguments),*))
        }
        _ => quote_spanned!(there=> (#function)(#(#arguments),*)),
    }
}
