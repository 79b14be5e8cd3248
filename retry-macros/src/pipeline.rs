//! Parses, validates and expands. With faults the output is all of them, and the item as the user wrote it.

use crate::args::arguments::Arguments;
use crate::args::key::Macro;
use crate::args::policy_args::PolicyArgs;
use crate::args::value::ValueReader;
use crate::expand;
use crate::faults::Faults;
use crate::item::function::Function;
use crate::item::kind::is_expression;
use crate::validate;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// Expands `#[retry(arguments)] item`.
pub(crate) fn retry(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let arguments = Arguments::parse(arguments, Macro::Retry, &mut faults);
    let function = Function::parse(item, &mut faults);
    let model = function.and_then(|function| validate::model(&arguments, function, &mut faults));
    match faults.check(model) {
        Ok(model) => expand::function(model),
        // An item after an expression would be one more fault.
        Err(errors) if is_expression(item) => quote!({ #errors }),
        Err(errors) => match Function::syntax_fault(item) {
            Some(fault) => expand::unread(item, &fault),
            None => {
                let changed = without_loop(&arguments, item).or_else(|| Function::implemented(item));
                let item = changed.as_ref().unwrap_or(item);
                quote!(#item #errors)
            }
        },
    }
}

/// Returns a function whose body has another type than the function, since the function returns a `RetryError`. Unchanged, it would
/// be one more fault. The result keeps its signature and body. `None` for all other items.
fn without_loop(arguments: &Arguments, item: &TokenStream) -> Option<TokenStream> {
    let function = Function::parse(item, &mut Faults::default())?;
    // If the signature hides the value's type, it hides the body's type, too.
    let ending = validate::error_ending(arguments, &function).filter(|ending| ending.value.is_some())?;
    function.with_body(item.clone(), &|body| expand::unlooped(&function, &ending, body, &validate::paths(arguments)))
}

/// Expands `policy!(arguments)`.
pub(crate) fn policy(arguments: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let arguments = Arguments::parse(arguments, Macro::Policy, &mut faults);
    let args = PolicyArgs::read(&arguments, &ValueReader { local_names: &[] }, &mut faults);
    if let Some(custom) = &args.custom {
        let message = "a policy holds strategies by name and lists of constant durations; give a strategy of your own to `#[retry(strategy = ...)]`";
        faults.on(custom, message);
    }
    for local in args.local_variables() {
        let message =
            "a policy made by `policy!` holds literals and constants; for a value of run time use `Policy::builder()`";
        faults.on(local, message);
    }
    let paths = validate::paths(&arguments);
    match faults.check(Some(())) {
        Ok(()) => expand::policy(&args.setters(&paths), &paths),
        Err(errors) => {
            let policy = paths.public("Policy");
            let default = quote::quote_spanned!(Span::mixed_site()=> <#policy as ::core::default::Default>::default());
            quote!({ #errors #default })
        }
    }
}
