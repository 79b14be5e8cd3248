//! The site of a function: a static that the body cannot name, and that takes no space in a future.
//!
//! It does not know the use of a policy.

use crate::model::{Ending, Model, OwnValue};
use crate::paths::Paths;
use crate::syntax::spanned_braces;
use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// Returns whether the site is needed before an attempt or while it runs.
pub(super) fn is_early(model: &Model) -> bool {
    let has_history = match &model.ending {
        Ending::Error(ending) => matches!(ending.history, Some(OwnValue::Runtime(_))),
        Ending::Outcome => false,
    };
    let has_policy = !model.settings.is_fixed();
    has_policy || has_history || model.timeout.is_some() || model.attempt.is_some() || model.breaker.is_some()
}

/// Returns the site for the whole function: a closure without captures, which takes no space in a future.
///
/// `let __reattempt_site = || { static __REATTEMPT_SITE: Site = ...; &__REATTEMPT_SITE };`
pub(super) fn early(model: &Model) -> Option<TokenStream> {
    let site = is_early(model).then(|| site(model))?;
    Some(quote_spanned!(Span::mixed_site()=> let __reattempt_site = || #site;))
}

/// Returns the function's name, without `r#`.
fn function(model: &Model) -> String {
    let function = model.function.sig.ident.to_string();
    function.strip_prefix("r#").map_or_else(|| function.clone(), ToOwned::to_owned)
}

/// Returns a reference to the site for the step. If nothing needs it earlier, it is in place, since a closure costs compile time.
pub(super) fn reference(model: &Model) -> TokenStream {
    if is_early(model) {
        quote_spanned!(Span::mixed_site()=> __reattempt_site())
    } else {
        site(model).into_token_stream()
    }
}

/// `{ static __REATTEMPT_SITE: Site = Site::new(NAME, "max = 5"); &__REATTEMPT_SITE }`, or
///
/// ```text
/// {
///     static __REATTEMPT_POLICY: Policy = check::policy(...);
///     static __REATTEMPT_SITE: Site = Site::with_policy(NAME, &__REATTEMPT_POLICY);
///     &__REATTEMPT_SITE
/// }
/// ```
fn site(model: &Model) -> Group {
    let here = Span::mixed_site();
    let site = model.paths.private("Site");
    let name = match &model.name {
        Some(name) => quote!(#name),
        None => {
            let function = function(model);
            quote_spanned!(here=> ::core::concat!(::core::module_path!(), "::", #function))
        }
    };
    let (policy, made) = match &model.settings.notation {
        Some(notation) => (None, quote_spanned!(here=> #site::new(#name, #notation))),
        None => {
            let finish = if model.settings.is_fixed() { "policy" } else { "policy_part" };
            let policy = fixed_policy(&model.settings.fixed, model.settings.end, &model.paths, finish);
            let policy_type = model.paths.public("Policy");
            (
                Some(quote_spanned!(here=> static __REATTEMPT_POLICY: #policy_type = #policy;)),
                quote_spanned!(here=> #site::with_policy(#name, &__REATTEMPT_POLICY)),
            )
        }
    };
    let inside = quote_spanned! {here=>
        #policy
        static __REATTEMPT_SITE: #site = #made;
        &__REATTEMPT_SITE
    };
    spanned_braces(inside, here)
}

/// Returns a policy of literals and constants, checked when it is evaluated, and reported at this place: `check::policy(BUILDER)`
pub(super) fn fixed_policy(builder: &TokenStream, end: Option<Span>, paths: &Paths, finish: &str) -> TokenStream {
    let there = Span::mixed_site().located_at(end.unwrap_or_else(Span::mixed_site));
    let (check, finish) = (paths.private_at("check", there), Ident::new(finish, there));
    quote_spanned!(there=> #check::#finish(#builder))
}
