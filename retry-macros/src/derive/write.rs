//! From the cases to tokens. It cannot fail: a case that could not be written cannot be built.

use super::item::{Data, Fields, Item, Member};
use super::{After, Case, Derived, Kind, Word, words};
use crate::args::expression::{Expression, Kind as Form, Path};
use crate::paths::{ItemPath, Paths};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

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
                    (None, _) => quote_spanned!(here=> Self::#variant => #answer),
                    (_, []) => quote_spanned!(here=> Self::#variant { .. } => #answer),
                    (_, bindings) => quote_spanned!(here=> Self::#variant { #(#bindings,)* .. } => #answer),
                }
            });
            quote_spanned!(here=> match self { #(#arms,)* })
        }
    };
    let (parameters, arguments) = (generics.declared(), generics.arguments());
    let conditions = conditions(derived, &transient);
    quote_spanned! {here=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl <#parameters> #transient for #name <#arguments> #conditions {
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
    if matches!(item.data, Data::Union) {
        return TokenStream::new();
    }
    let (name, generics) = (&item.name, &item.generics);
    let paths = words::root(item);
    let transient = paths.public("Transient");
    let (parameters, arguments) = (generics.declared(), generics.arguments());
    let conditions = where_clause(&generics.conditions, &[]);
    quote_spanned! {here=>
        #[automatically_derived]
        impl <#parameters> #transient for #name <#arguments> #conditions {
            fn is_transient(&self) -> bool {
                false
            }
        }
    }
}

/// The conditions, with `Transient` demanded of the forwarded fields whose types depend on a parameter.
///
/// Not of those that contain the type itself: rustc would look for the end of that for ever.
fn conditions(derived: &Derived, transient: &ItemPath<'_>) -> Option<TokenStream> {
    let parameters = derived.generics.types();
    let mut demanded = Vec::new();
    let mut demand = |case: &Case| {
        let Word::Forward(member) = &case.word else { return };
        let Some(ty) = type_of(&case.fields, member) else { return };
        if parameters.iter().any(|parameter| mentions(ty, parameter)) && !mentions(ty, &derived.name) {
            demanded.push(quote!(#ty: #transient));
        }
    };
    match &derived.kind {
        Kind::Struct(case) => demand(case),
        Kind::Enum(cases) => {
            for (_, case) in cases {
                demand(case);
            }
        }
    }
    where_clause(&derived.generics.conditions, &demanded)
}

/// `where WRITTEN, DEMANDED`, unless there is neither.
fn where_clause(written: &TokenStream, demanded: &[TokenStream]) -> Option<TokenStream> {
    let ends = matches!(written.clone().into_iter().last(), Some(TokenTree::Punct(mark)) if mark.as_char() == ',');
    let comma = (!written.is_empty() && !demanded.is_empty() && !ends).then(|| quote!(,));
    (!written.is_empty() || !demanded.is_empty()).then(|| quote!(where #written #comma #(#demanded),*))
}

fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

fn type_of<'a>(fields: &'a Fields, member: &Member) -> Option<&'a TokenStream> {
    fields.iter().flatten().find(|field| field.member == *member).map(|field| &field.ty)
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
        let all: Vec<Member> = if is_struct || !asks { Vec::new() } else { words::members(&case.fields) };
        let arguments: Vec<Ident> = if is_struct {
            vec![Ident::new("self", here)]
        } else {
            all.iter().map(|member| binding(member, here)).collect()
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
                let asked = self.asked(function, &arguments);
                quote_spanned!(there=> #hint(&#asked))
            }
        });
        let verdict = match condition {
            None => quote_spanned!(here=> #verdict::Retry),
            Some(condition) => {
                let there = here.located_at(condition.span());
                let into_verdict = self.paths.private_at("into_verdict", there);
                let asked = self.asked(condition, &arguments);
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
        let mut bindings = Vec::new();
        for member in &needed {
            let name = binding(member, here);
            bindings.push(quote_spanned!(here=> #member: #name));
        }
        (bindings, answer)
    }

    /// Calls a function of the user's. Whatever is wrong with it is reported there.
    ///
    /// A function is given its arguments one by one, which tells more of a wrong one than a call does: `ask_2(FUNCTION).give(A).give(B)`.
    ///
    /// A closure is called by a function of ours, which tells it the types of its arguments:
    ///
    /// ```text
    /// { fn __reattempt_ask<R, A>(a: &A, ask: impl FnOnce(&A) -> R) -> R { ask(a) } __reattempt_ask(ARGUMENT, CLOSURE) }
    /// ```
    ///
    /// Of what else there is, constants and statics among them, only a call knows whether it can be called.
    fn asked(&self, function: &Expression, arguments: &[Ident]) -> TokenStream {
        let here = Span::mixed_site();
        let there = here.located_at(function.span());
        let arguments: Vec<Ident> = arguments.iter().map(|argument| Ident::new(&argument.to_string(), there)).collect();
        match &function.kind {
            Form::Closure(_) => {
                let names: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("a{}", at, span = here)).collect();
                let types: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("A{}", at, span = here)).collect();
                let call = quote_spanned!(there=> __reattempt_ask(#(#arguments,)* #function));
                quote_spanned! {here=> {
                    fn __reattempt_ask<R, #(#types),*>(#(#names: &#types,)* ask: impl ::core::ops::FnOnce(#(&#types),*) -> R) -> R {
                        ask(#(#names),*)
                    }
                    #call
                }}
            }
            Form::Path(path) => {
                let function = quote!(#function);
                match ASK.get(arguments.len()).filter(|_| is_function(path)) {
                    Some(ask) => {
                        let ask = self.paths.private_at(ask, there);
                        quote_spanned!(there=> #ask(#function)#(.give(#arguments))*)
                    }
                    None => quote_spanned!(there=> #function(#(#arguments),*)),
                }
            }
            _ => quote_spanned!(there=> (#function)(#(#arguments),*)),
        }
    }
}

/// By the number of arguments.
const ASK: [&str; 4] = ["", "ask_1", "ask_2", "ask_3"];

/// Whether its name is written as a function's: one in capitals is a constant's or a static's.
fn is_function(path: &Path) -> bool {
    path.last.to_string().starts_with(|first: char| !first.is_uppercase())
}

/// A field in a pattern and behind it, at a place where it is reported.
fn binding(member: &Member, span: Span) -> Ident {
    match member {
        Member::Named(name) => format_ident!("__reattempt_{}", name, span = span),
        Member::Numbered(number, _) => format_ident!("__reattempt_{}", number, span = span),
    }
}
