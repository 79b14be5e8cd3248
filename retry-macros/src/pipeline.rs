//! Parse, validate, expand. On faults: all of them, and the item as it was written, so that nothing else breaks.

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
        // Items beside an expression would be a fault more.
        Err(errors) if is_expression(item) => quote!({ #errors }),
        Err(errors) => {
            let item = without_loop(&arguments, item).unwrap_or_else(|| item.clone());
            quote!(#item #errors)
        }
    }
}

/// Returns a function whose body yields something else than the function returns, since it is written for a `RetryError`: alone, it would be
/// a fault more. It keeps its signature and its body, with the body's own type. `None` for all other items.
fn without_loop(arguments: &Arguments, item: &TokenStream) -> Option<TokenStream> {
    let function = Function::parse(item, &mut Faults::default())?;
    // Where the value is out of sight, so is what the body yields.
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
