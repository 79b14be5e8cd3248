//! Writes the `impl` of an error type. It cannot fail: faulty cases cannot be built.

use super::{Case, Rule, Wait, WaitKind, WaitSource};
use crate::paths::Paths;
use crate::syntax::{duration_tokens, expr, has_word};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprPath, Fields, Member, Type};

/// Writes the `impl`:
///
/// ```text
/// impl<...> Transient for Name<...> where FORWARDED: Transient {
///     fn verdict(&self) -> Verdict { match self { Self::Variant { field: __reattempt_field, .. } => VERDICT, ... } }
///     fn is_transient(&self) -> bool { IS THE VERDICT NOT `Stop`? }
///     fn retry_after(&self) -> Option<Duration> { THE VERDICT'S HINT }
/// }
/// ```
pub(super) fn implementation(item: &DeriveInput, cases: &[Case<'_>], paths: &Paths) -> TokenStream {
    let here = Span::mixed_site();
    let (transient, verdict) = (paths.public("Transient"), paths.public("Verdict"));
    let writer = Writer { paths, verdict: &verdict };
    let arms = cases.iter().map(|case| {
        let variant = case.variant.map(|variant| quote_spanned!(here=> ::#variant));
        let bindings = bindings(case);
        let fields = (!matches!(case.fields, Fields::Unit)).then(|| quote_spanned!(here=> { #(#bindings,)* .. }));
        let verdict = writer.verdict(case);
        quote_spanned!(here=> Self #variant #fields => #verdict)
    });
    // A reference to an enum without variants cannot be matched without an arm.
    let place = cases.is_empty().then(|| quote_spanned!(here=> *));
    let head = head(item, &transient, &demanded(item, cases));
    quote_spanned! {here=>
        #[automatically_derived]
        #[allow(deprecated)]
        #head {
            fn is_transient(&self) -> bool {
                !::core::matches!(<Self as #transient>::verdict(self), #verdict::Stop)
            }

            fn retry_after(&self) -> ::core::option::Option<::core::time::Duration> {
                match <Self as #transient>::verdict(self) {
                    #verdict::RetryAfter(__reattempt_hint) => ::core::option::Option::Some(__reattempt_hint),
                    #verdict::Stop | #verdict::Retry | #verdict::RetryIn(_) => ::core::option::Option::None,
                }
            }

            fn verdict(&self) -> #verdict {
                match #place self { #(#arms,)* }
            }
        }
    }
}

/// Writes an `impl` for a type whose attributes have faults: `impl Transient for Name { fn is_transient(&self) -> bool { false } }`.
pub(super) fn placeholder(item: &DeriveInput, paths: &Paths) -> TokenStream {
    if matches!(item.data, Data::Union(_)) {
        return TokenStream::new();
    }
    let head = head(item, &paths.public("Transient"), &[]);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #head {
            fn is_transient(&self) -> bool {
                false
            }
        }
    }
}

/// Returns `impl<...> Transient for Name<...> where WRITTEN, DEMANDED: Transient`.
fn head(item: &DeriveInput, transient: &TokenStream, demanded: &[&Type]) -> TokenStream {
    let (parameters, arguments, _) = item.generics.split_for_impl();
    let (name, written) = (&item.ident, item.generics.where_clause.iter().flat_map(|clause| &clause.predicates));
    quote_spanned! {Span::mixed_site()=>
        impl #parameters #transient for #name #arguments where #(#written,)* #(#demanded: #transient,)*
    }
}

/// Returns the types of the forwarded fields that depend on a parameter.
///
/// Types that contain the type itself are left out: for them the compiler's search would never end.
fn demanded<'a>(item: &DeriveInput, cases: &[Case<'a>]) -> Vec<&'a Type> {
    let forwarded = cases.iter().filter_map(|case| match &case.rule {
        Rule::Forward(member) => type_of(case.fields, member),
        _ => None,
    });
    let is_demanded = |ty: &&Type| {
        let mentions = |name: &Ident| has_word(ty.to_token_stream(), &name.to_string());
        item.generics.type_params().any(|parameter| mentions(&parameter.ident)) && !mentions(&item.ident)
    };
    forwarded.filter(is_demanded).collect()
}

fn type_of<'a>(fields: &'a Fields, member: &Member) -> Option<&'a Type> {
    fields.members().zip(fields).find(|(found, _)| found == member).map(|(_, field)| &field.ty)
}

/// Writes the fields that the verdict needs, each as `field: __reattempt_field`.
fn bindings(case: &Case<'_>) -> Vec<TokenStream> {
    let here = Span::mixed_site();
    let is_needed = |member: &Member| match &case.rule {
        Rule::Permanent => false,
        Rule::Forward(field) => field == member,
        Rule::Transient { condition, wait } => {
            let source = wait.as_ref().map(|wait| &wait.source);
            let is_called = condition.is_some() || matches!(source, Some(WaitSource::Function(_)));
            matches!(source, Some(WaitSource::Field(field)) if field == member) || case.variant.is_some() && is_called
        }
    };
    let bind = |member| {
        let name = binding(&member, here);
        quote_spanned!(here=> #member: #name)
    };
    case.fields.members().filter(is_needed).map(bind).collect()
}

struct Writer<'a> {
    paths: &'a Paths,
    verdict: &'a TokenStream,
}

impl Writer<'_> {
    fn verdict(&self, case: &Case<'_>) -> TokenStream {
        let here = Span::mixed_site();
        let verdict = self.verdict;
        let (condition, wait) = match &case.rule {
            Rule::Permanent => return quote_spanned!(here=> #verdict::Stop),
            Rule::Forward(member) => return self.of_field("forward", case, member),
            Rule::Transient { condition, wait } => (condition, wait),
        };
        // A variant's function gets the variant's fields, a struct's function gets the struct.
        let arguments: Vec<Ident> = if case.variant.is_none() {
            vec![Ident::new("self", here)]
        } else {
            case.fields.members().map(|member| binding(&member, here)).collect()
        };
        let verdict = match condition {
            None => quote_spanned!(here=> #verdict::Retry),
            Some(condition) => {
                let there = here.located_at(condition.span());
                let into_verdict = self.paths.private_at("IntoVerdict", there);
                let call = self.call(condition, &arguments);
                quote_spanned!(there=> #into_verdict::into_verdict(#call))
            }
        };
        let Some(Wait { kind, source }) = wait else { return verdict };
        let wait = match source {
            WaitSource::Literal(duration) => {
                let duration = duration_tokens(duration);
                quote_spanned!(here=> ::core::option::Option::Some(#duration))
            }
            WaitSource::Field(member) => self.of_field("wait", case, member),
            WaitSource::Function(function) => {
                let there = here.located_at(function.span());
                let wait = self.paths.private_at("wait", there);
                let call = self.call(function, &arguments);
                quote_spanned!(there=> #wait(&#call))
            }
        };
        let (waiting, own) = (self.paths.private("waiting"), self.verdict);
        let kind = match kind {
            WaitKind::Hint => quote_spanned!(here=> #own::RetryAfter),
            WaitKind::Delay => quote_spanned!(here=> #own::RetryIn),
        };
        quote_spanned!(here=> #waiting(#verdict, #kind, || #wait))
    }

    /// Calls a function of the runtime with a field. Faults of the field's type are reported at that type.
    fn of_field(&self, function: &str, case: &Case<'_>, member: &Member) -> TokenStream {
        let here = Span::mixed_site();
        let there = type_of(case.fields, member).map_or(here, |ty| here.located_at(ty.span()));
        let (function, field) = (self.paths.private_at(function, there), binding(member, there));
        quote_spanned!(here=> #function(#field))
    }

    /// Calls a function of the user's. Its faults are reported there.
    ///
    /// A function gets its arguments one by one, which makes better messages than a call: `ask_2(FUNCTION).give(A).give(B)`.
    ///
    /// A closure is called by a generated function, which gives the types of its arguments:
    ///
    /// ```text
    /// { fn __reattempt_ask<R, A>(a: &A, ask: impl FnOnce(&A) -> R) -> R { ask(a) } __reattempt_ask(ARGUMENT, CLOSURE) }
    /// ```
    ///
    /// Other expressions, such as constants and statics, are called directly: only the call shows whether that is possible.
    fn call(&self, function: &Expr, arguments: &[Ident]) -> TokenStream {
        let here = Span::mixed_site();
        let there = here.located_at(function.span());
        let arguments: Vec<Ident> = arguments.iter().map(|argument| Ident::new(&argument.to_string(), there)).collect();
        match expr::peel(function) {
            Expr::Closure(_) => {
                let names: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("a{at}", span = here)).collect();
                let types: Vec<Ident> = (0..arguments.len()).map(|at| format_ident!("A{at}", span = here)).collect();
                let call = quote_spanned!(there=> __reattempt_ask(#(#arguments,)* #function));
                quote_spanned! {here=> {
                    fn __reattempt_ask<R, #(#types),*>(#(#names: &#types,)* ask: impl ::core::ops::FnOnce(#(&#types),*) -> R) -> R {
                        ask(#(#names),*)
                    }
                    #call
                }}
            }
            Expr::Path(path) => match ASK.get(arguments.len()).filter(|_| is_function(path)) {
                Some(ask) => {
                    let ask = self.paths.private_at(ask, there);
                    quote_spanned!(there=> #ask(#function)#(.give(#arguments))*)
                }
                None => quote_spanned!(there=> #function(#(#arguments),*)),
            },
            _ => quote_spanned!(there=> (#function)(#(#arguments),*)),
        }
    }
}

/// The names of the runtime's functions, by the number of arguments.
const ASK: [&str; 4] = ["", "ask_1", "ask_2", "ask_3"];

/// Returns whether the name looks like a function's. A name in capitals is that of a constant or a static.
fn is_function(path: &ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| !last.ident.to_string().starts_with(char::is_uppercase))
}

/// Returns the variable for a field, with the span where its faults are reported.
fn binding(member: &Member, span: Span) -> Ident {
    match member {
        Member::Named(name) => format_ident!("__reattempt_{}", name, span = span),
        Member::Unnamed(index) => format_ident!("__reattempt_{}", index.index, span = span),
    }
}
