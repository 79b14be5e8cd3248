//! Parse, validate, expand. On faults: all of them, and the item exactly as it was written, so that nothing else breaks.

use crate::expand;
use crate::faults::Faults;
use crate::function::Function;
use crate::options::{Options, Place};
use crate::plan::Plan;
use crate::validate;
use crate::value::Reader;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// Expands `#[retry(arguments)] item`.
pub(crate) fn retry(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let options = Options::parse(arguments, Place::Attribute, &mut faults);
    let function = Function::parse(item.clone(), &mut faults);
    let model = function.and_then(|function| validate::model(&options, function, &mut faults));
    match faults.check(model) {
        Ok(model) => expand::function(model),
        Err(errors) => quote!(#item #errors),
    }
}

/// Expands `policy!(arguments)`.
pub(crate) fn policy(arguments: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let options = Options::parse(arguments, Place::Policy, &mut faults);
    let plan = Plan::read(&options, &Reader { taken: &[] }, &mut faults);
    let settings = plan.settings(&validate::paths(&options));
    if let Some(custom) = &settings.custom {
        let message = "a policy holds strategies by name and lists of constant durations; give a strategy of your own to `#[retry(strategy = ...)]`";
        faults.on(custom, message);
    }
    // Whatever is not constant here, the compiler refuses in the constant that this becomes.
    let all: Vec<_> = settings.fixed.into_iter().chain(settings.dynamic).collect();
    match faults.check(Some(all)) {
        Ok(settings) => expand::policy(&settings, &validate::paths(&options)),
        Err(errors) => {
            let paths = validate::paths(&options);
            let policy = paths.public("Policy");
            let default = quote::quote_spanned!(Span::mixed_site()=> <#policy as ::core::default::Default>::default());
            quote!({ #errors #default })
        }
    }
}
