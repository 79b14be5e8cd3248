//! The expansions of small functions, compared with files.
//!
//! `UPDATE_EXPECTED=1 cargo test -p retry-macros` updates the files.

use crate::{derive, pipeline};
use proc_macro2::TokenStream;
use quote::quote;
use std::path::Path;

/// Expands, formats, and compares with the file of that name.
#[track_caller]
fn check(name: &str, arguments: TokenStream, item: &TokenStream) {
    check_tokens(name, pipeline::retry(arguments, item));
}

#[track_caller]
fn check_tokens(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("the expansion parses");
    let found = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/expected").join(name).with_extension("rs.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &found).expect("the file can be written");
    }
    // A checkout may have other line ends.
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(found, expected, "{name} differs; see the module on how to write it anew");
}

#[test]
fn a_function_becomes_a_loop_around_a_closure() {
    check(
        "sync",
        quote!(max = 5, base = "200ms", on = is_transient),
        &quote! {
            /// Reads a page.
            pub fn read(&mut self, mut page: u32, into: &mut Vec<u8>) -> io::Result<usize> {
                page += 1;
                self.file.read_page(page, into)
            }
        },
    );
}

#[test]
fn an_async_function_becomes_a_loop_around_an_async_block() {
    check(
        "async",
        quote!(strategy = "equal_jitter", max = MAX, deadline = "30s", clone(payload)),
        &quote! {
            async fn send(&mut self, payload: Vec<u8>) -> Result<Receipt, Error> {
                let reply = self.client.post(payload).await?;
                Ok(reply.into())
            }
        },
    );
}

#[test]
fn progress_and_the_attempt_are_locals_that_the_body_borrows() {
    check(
        "progress",
        quote!(max = 3, progress = progress, attempt = attempt, on = is_transient),
        &quote! {
            fn download(file: &mut File) -> io::Result<u64> {
                while let Some(part) = next_part(file, attempt.number())? {
                    part.write()?;
                    progress.made();
                }
                file.length()
            }
        },
    );
}

#[test]
fn a_boxed_future_has_the_loop_inside() {
    // In the form that `async_trait` writes.
    check(
        "boxed",
        quote!(on = matches(Error::Busy)),
        &quote! {
            fn fetch<'life0, 'async_trait>(
                &'life0 self,
                mut id: u64,
            ) -> Pin<Box<dyn Future<Output = Result<Item, Error>> + Send + 'async_trait>>
            where
                'life0: 'async_trait,
                Self: 'async_trait,
            {
                Box::pin(async move {
                    if let Some(__ret) = None::<Result<Item, Error>> {
                        return __ret;
                    }
                    let __self = self;
                    let mut id = id;
                    let __ret: Result<Item, Error> = {
                        id += 1;
                        __self.items.get(id).await
                    };
                    __ret
                })
            }
        },
    );
}

#[test]
fn a_generic_function_with_run_time_settings_and_a_retry_error() {
    check(
        "generic",
        quote!(max = max, base = self.base, history = 4),
        &quote! {
            fn resolve<T, const N: usize>(&self, names: [T; N], max: u32) -> Result<impl Iterator<Item = T>, RetryError<T::Err>>
            where
                T: FromStr,
            {
                self.lookup(&names)
            }
        },
    );
}

#[test]
fn an_error_type_with_words_becomes_a_match() {
    check_tokens(
        "derived",
        derive::expand(quote! {
            enum ApiError<E> {
                #[transient]
                Timeout,
                #[transient(after = retry_after)]
                RateLimited { user: String, retry_after: Option<Duration> },
                #[transient(if = is_server_side, after = |status, _| hint(*status))]
                Status(u16, String),
                #[transient(forward)]
                Transport(Box<E>),
                #[permanent]
                NotFound(String),
            }
        }),
    );
}

#[test]
fn a_function_with_an_idempotency_key_makes_it_before_the_loop() {
    check(
        "keyed",
        quote!(method = POST, idempotency_key = key, on = is_transient),
        &quote! {
            async fn pay(&self) -> Result<(), Error> {
                self.client.pay(key).await
            }
        },
    );
}

#[test]
fn a_key_of_the_callers_own_adds_nothing_to_the_expansion() {
    let item = quote! {
        async fn pay(&self, key: &str) -> Result<(), Error> {
            self.client.pay(key).await
        }
    };
    let keyed = quote!(on = is_transient, method = POST, idempotency_key = argument(key));
    let without = pipeline::retry(quote!(on = is_transient), &item);
    assert_eq!(pipeline::retry(keyed, &item).to_string(), without.to_string());
}

#[test]
fn a_function_that_can_be_cancelled_keeps_the_outcome_while_it_sleeps() {
    check(
        "cancellable",
        quote!(max = 3, budget = BUDGET, cancel = self.stop, history = 2, on = is_transient),
        &quote! {
            async fn load(&self, id: u64) -> Result<Item, RetryError<Error>> {
                self.items.load(id).await
            }
        },
    );
}

#[test]
fn a_guarded_function_asks_the_breaker_before_each_attempt_and_hands_both_to_the_step() {
    check(
        "guarded",
        quote!(max = 3, budget = BUDGET, breaker = self.breaker, notify = log_it, recover = |error| self.cached(error)),
        &quote! {
            fn load(&self, id: u64) -> Result<Item, Error> {
                self.items.load(id)
            }
        },
    );
}
