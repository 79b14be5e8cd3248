//! The cost of a closure's call that succeeds at once, in instructions, compared with an annotated function with the same body.
//!
//! ```text
//! cargo build --release --bin closures
//! valgrind --tool=callgrind --callgrind-out-file=/dev/null target/release/closures annotated 1000000
//! ```
//!
//! The first argument says which: `annotated`, `closure`, `annotated_async`, `closure_async`, with `_body` behind each of them for a body
//! of some hundred instructions, `annotated_io` and `closure_io` for one that sends eight bytes through a pair of sockets of tokio's,
//! `annotated_policy` and `closure_policy` for a policy that is known at run time, or `nothing`. The difference of two runs with different numbers of calls, divided by that of the numbers,
//! is the cost of a call with its share of the loop around it.
//!
//! ```text
//! target/release/closures failures 100000 10000
//! ```
//!
//! This prints the nanoseconds of a call with three failures and no delay, in a process where this number of other closures has failed before.

use reattempt::{Policy, policy, retry};
use std::future::{Future, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use std::{env, error, io};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;

const POLICY: Policy = policy!(strategy = "equal_jitter", max = 5);

/// Nothing at all.
#[expect(clippy::inline_always, reason = "both twins have the body in them")]
#[inline(always)]
fn empty(value: u64) -> Result<u64, u8> {
    if black_box(value) == u64::MAX { Err(1) } else { Ok(value) }
}

/// Adds and multiplies for a while.
#[expect(clippy::inline_always, reason = "both twins have the body in them")]
#[inline(always)]
fn busy(value: u64) -> Result<u64, u8> {
    let mut sum = black_box(value);
    for round in 0..64 {
        sum = black_box(sum.wrapping_mul(31).wrapping_add(round));
    }
    if sum == u64::MAX { Err(1) } else { Ok(sum) }
}

macro_rules! twins {
    ($body:ident: $annotated:ident $closure:ident $annotated_async:ident $closure_async:ident) => {
        #[inline(never)]
        #[retry(strategy = "equal_jitter", max = 5, on = |error: &u8| *error == 1)]
        fn $annotated(value: u64) -> Result<u64, u8> {
            $body(value)
        }

        #[inline(never)]
        fn $closure(value: u64) -> Result<u64, u8> {
            POLICY.retry(|| $body(value)).on(|error| *error == 1).call()
        }

        #[retry(strategy = "equal_jitter", max = 5, on = |error: &u8| *error == 1)]
        async fn $annotated_async(value: u64) -> Result<u64, u8> {
            ready(()).await;
            $body(value)
        }

        fn $closure_async(value: u64) -> impl Future<Output = Result<u64, u8>> {
            let attempt = move || async move {
                ready(()).await;
                $body(value)
            };
            POLICY.retry_async(attempt).on(|error| *error == 1).call()
        }
    };
}

twins!(empty: annotated closure annotated_async closure_async);
twins!(busy: annotated_body closure_body annotated_async_body closure_async_body);

#[inline(never)]
#[retry(policy = *policy, on = |error: &u8| *error == 1)]
fn annotated_policy(policy: &Policy, value: u64) -> Result<u64, u8> {
    empty(value)
}

#[inline(never)]
fn closure_policy(policy: &Policy, value: u64) -> Result<u64, u8> {
    policy.retry(|| empty(value)).on(|error| *error == 1).call()
}

/// A pair of sockets.
struct Link(Mutex<(UnixStream, UnixStream)>);

impl Link {
    fn new() -> io::Result<Self> {
        Ok(Self(Mutex::new(UnixStream::pair()?)))
    }

    /// Sends a number from one to the other.
    async fn exchange(&self, value: u64) -> io::Result<u64> {
        let mut link = self.0.lock().await;
        let (near, far) = &mut *link;
        near.write_u64(value).await?;
        far.read_u64().await
    }
}

fn is_interrupted(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted
}

#[retry(strategy = "equal_jitter", max = 5, on = is_interrupted)]
async fn annotated_io(link: &Link, value: u64) -> io::Result<u64> {
    link.exchange(value).await
}

fn closure_io(link: &Link, value: u64) -> impl Future<Output = io::Result<u64>> + use<'_> {
    POLICY.retry_async(move || link.exchange(value)).on(is_interrupted).call()
}

/// Makes this number of exchanges, one after the other.
fn exchanges<'l, F: Future<Output = io::Result<u64>> + 'l>(
    runtime: &Runtime,
    link: &'l Link,
    calls: u64,
    call: impl Fn(&'l Link, u64) -> F,
) -> io::Result<()> {
    runtime.block_on(async {
        for value in 0..calls {
            assert_eq!(black_box(call(link, black_box(value)).await)?, value);
        }
        Ok(())
    })
}

/// Returns the nanoseconds of a call with three failures, after this number of other closures has failed.
fn failures(calls: u32, others: u32) -> f64 {
    const AT_ONCE: Policy = policy!(strategy = "immediate", max = 4);
    for number in 0..others {
        let name = format!("other.{number}").leak();
        black_box(AT_ONCE.retry(|| Err::<(), u8>(1)).on(|_| false).name(name).call()).unwrap_err();
    }
    let started = Instant::now();
    for _ in 0..calls {
        let mut left = 4_u8;
        let attempt = || {
            left -= 1;
            if black_box(left) > 0 { Err(left) } else { Ok(()) }
        };
        black_box(AT_ONCE.retry(attempt).on(|_| true).call()).expect("the fourth attempt succeeds");
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

#[inline(never)]
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut arguments = env::args().skip(1);
    let which = arguments.next().ok_or("which call is to be measured?")?;
    let calls: u64 = arguments.next().map_or(Ok(1_000), |count| count.parse())?;
    if which == "failures" {
        let others = arguments.next().map_or(Ok(10), |count| count.parse())?;
        println!("{:.1}", failures(u32::try_from(calls)?, others));
        return Ok(());
    }
    if which.ends_with("_io") {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let link = runtime.block_on(async { Link::new() })?;
        match which.as_str() {
            "annotated_io" => exchanges(&runtime, &link, calls, annotated_io)?,
            _ => exchanges(&runtime, &link, calls, closure_io)?,
        }
        return Ok(());
    }
    let unknown: &Policy = black_box(&POLICY);
    let call: &dyn Fn(u64) -> Result<u64, u8> = match which.as_str() {
        "annotated" => &annotated,
        "closure" => &closure,
        "annotated_body" => &annotated_body,
        "closure_body" => &closure_body,
        "annotated_policy" => &|value| annotated_policy(unknown, value),
        "closure_policy" => &|value| closure_policy(unknown, value),
        "annotated_async" => &|value| block_on(annotated_async(value)),
        "closure_async" => &|value| block_on(closure_async(value)),
        "annotated_async_body" => &|value| block_on(annotated_async_body(value)),
        "closure_async_body" => &|value| block_on(closure_async_body(value)),
        "nothing" => &Ok,
        other => return Err(format!("{other} is nothing that is measured").into()),
    };
    for value in 0..calls {
        black_box(call(black_box(value))).map_err(|error| error.to_string())?;
    }
    Ok(())
}
