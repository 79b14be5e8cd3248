//! Twins of `tests/ui/cancelling`.

use super::immediate;
use crate::support::runs::Runs;
use reattempt::{Cancellation, Policy, any_error, policy, retry, testing};
use std::future::ready;
use std::sync::Arc;
use std::sync::LazyLock;
use tokio_util_0_7::sync::CancellationToken;

static STOP: Cancellation = Cancellation::new();
const AT_ONCE: Policy = policy!(strategy = "immediate");

repaired! {
    [a_number, in_quotes, made_at_each_use, unknown_cancellation_token, of_the_wrong_type] {
        (strategy = "immediate", cancel = STOP) => immediate(3);
    }
    [of_a_constant] {
        static LAZY: LazyLock<Arc<Cancellation>> = LazyLock::new(Arc::default);
        (strategy = "immediate", cancel = LAZY) => immediate(3);
    }
}

/// Cancels a call in its first attempt, and checks that there was no other.
fn is_cancelled(call: impl FnOnce(&Cancellation, &Runs) -> Option<()>) {
    let (stop, runs) = (Cancellation::new(), Runs::new());
    assert_eq!((call(&stop, &runs), runs.count()), (None, 1));
}

#[test]
fn beside_a_sleeper_that_blocks() {
    #[retry(strategy = "constant", cancel = stop, on = any_error)]
    fn without(stop: &Cancellation, runs: &Runs) -> Option<()> {
        runs.fail();
        stop.cancel();
        None
    }
    is_cancelled(without);
    #[retry(strategy = "constant", cancel = stop, sleep = tokio::time::sleep, on = any_error)]
    async fn task(stop: &Cancellation, runs: &Runs) -> Option<()> {
        runs.fail();
        stop.cancel();
        None
    }
    is_cancelled(|stop, runs| futures_util::FutureExt::now_or_never(task(stop, runs)).flatten());
}

#[test]
fn of_the_wrong_type_in_an_async_function() {
    #[retry(strategy = "constant", cancel = stop, on = any_error)]
    async fn call(stop: Arc<Cancellation>, runs: &Runs) -> Option<()> {
        runs.fail();
        stop.cancel();
        None
    }
    is_cancelled(|_, runs| futures_util::FutureExt::now_or_never(call(Arc::default(), runs)).flatten());
}

#[test]
fn token_in_a_sync_function() {
    #[retry(strategy = "constant", cancel = token, on = any_error)]
    async fn call(token: &CancellationToken, runs: &Runs) -> Option<()> {
        runs.fail();
        token.cancel();
        None
    }
    is_cancelled(|_, runs| futures_util::FutureExt::now_or_never(call(&CancellationToken::new(), runs)).flatten());
}

shared! {
    [wrong_type_for_a_blocking_call, sleeper_of_a_blocking_call_before_it, sleeper_of_a_blocking_call_after_it] {
        is_cancelled(|stop, runs| {
            let call = AT_ONCE.retry(|| {
                runs.fail();
                stop.cancel();
                None
            });
            call.on(any_error).cancel(stop).call()
        });
    }
    [wrong_type_for_an_async_call, token_for_a_blocking_call] {
        let (token, _paused) = (CancellationToken::new(), testing::pause());
        is_cancelled(|stop, runs| {
            let call = AT_ONCE.retry_async(|| {
                runs.fail();
                stop.cancel();
                ready(None)
            });
            futures_util::FutureExt::now_or_never(call.on(any_error).cancel(stop).call()).flatten()
        });
        is_cancelled(|_, runs| {
            let call = AT_ONCE.retry_async(|| {
                runs.fail();
                token.cancel();
                ready(None)
            });
            futures_util::FutureExt::now_or_never(call.on(any_error).cancel(&token).call()).flatten()
        });
    }
}
