//! Retries as an attribute. [`#[retry]`](macro@retry) calls the body of a sync or async function again when it fails, at the right times, the
//! right number of times, and only where that helps.
//!
//! ```
//! use reattempt::retry;
//! use std::io;
//!
//! #[retry(strategy = "equal_jitter", max = 5, on = is_transient)]
//! fn read_config(path: &str) -> io::Result<String> {
//!     std::fs::read_to_string(path)
//! }
//!
//! fn is_transient(error: &io::Error) -> bool {
//!     error.kind() == io::ErrorKind::Interrupted
//! }
//! # assert!(read_config("/there is no such file").is_err());
//! ```
//!
//! Three promises:
//!
//! 1. **Nothing is retried by accident.** You say which failures are transient: with a classifier in the attribute, or with
//!    [`Transient`](trait@Transient) on the error type. Retrying everything is never the default, also not for `Option`.
//! 2. **A mistake does not compile.** An unknown key, a value out of range or two keys that contradict each other are compile errors on the
//!    wrong token, and the message says what to write instead. [`errors`] has each of them, with the reason.
//! 3. **A call that succeeds at once pays nothing**: no clock, no random number, no allocation, no atomic write. Keys that need one
//!    of these (`deadline`, `attempt`, a [`RetryError`]) pay only for themselves.
//!
//! # What to retry
//!
//! A failure is *transient* if it may pass on its own, and *permanent* if it will not. A classifier decides. It is a function that takes a
//! reference to the failure and returns a `bool` or a [`Verdict`].
//!
//! ```
//! use reattempt::{Transient, Verdict, retry};
//! use std::time::Duration;
//!
//! #[derive(Debug, PartialEq, Transient)]
//! enum ApiError {
//!     #[transient]
//!     Timeout,
//!     #[transient(after = retry_after)]
//!     Busy { retry_after: Duration },
//!     #[transient(delay = "0s")]
//!     TokenExpired,
//!     #[permanent]
//!     NotFound,
//! }
//!
//! // A pattern:
//! #[retry(on = matches(ApiError::Timeout | ApiError::Busy { .. }))]
//! fn by_pattern() -> Result<u32, ApiError> {
//!     Err(ApiError::NotFound)
//! }
//!
//! // A closure that passes on the server's hint, and has a delay of its own for one kind of error:
//! #[retry(on = |error| match error {
//!     ApiError::Timeout => Verdict::Retry,
//!     ApiError::Busy { retry_after } => Verdict::RetryAfter(*retry_after),
//!     ApiError::TokenExpired => Verdict::RetryIn(Duration::ZERO),
//!     ApiError::NotFound => Verdict::Stop,
//! })]
//! fn by_closure() -> Result<u32, ApiError> {
//!     Err(ApiError::NotFound)
//! }
//!
//! // The error type itself, for every function that returns it:
//! #[retry]
//! fn by_type() -> Result<u32, ApiError> {
//!     Err(ApiError::NotFound)
//! }
//!
//! assert_eq!(by_pattern(), Err(ApiError::NotFound));
//! assert_eq!(by_closure(), Err(ApiError::NotFound));
//! assert_eq!(by_type(), Err(ApiError::NotFound));
//! ```
//!
//! [`#[derive(Transient)]`](macro@Transient) implements [`Transient`](trait@Transient) from an attribute on each variant. The features below add
//! classifiers for the errors and responses of other crates. [`classify::source`] finds the cause in errors of erased type, such as
//! `Box<dyn Error + Send + Sync>` and `anyhow::Error`. Contexts of anyhow and eyre are no part of the chain that it searches: `anyhow_1::is`
//! finds a marker among them, and `anyhow_1::transient` asks the first error of the given types, a context or a cause (`eyre_0_6` the same).
//!
//! # What may be repeated
//!
//! A request whose answer is an error, or lost, may have been carried out. Reading twice does no harm, but paying twice does. A function
//! that declares `method = POST` does not compile without an [`IdempotencyKey`]. The server uses that key to tell a repeated request from a
//! new one:
//!
//! ```
//! # use reattempt::{any_error, retry};
//! # use std::cell::RefCell;
//! # thread_local! { static SENT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) }; }
//! # fn post(key: String) -> Result<(), ()> { SENT.with_borrow_mut(|sent| { sent.push(key); if sent.len() < 3 { Err(()) } else { Ok(()) } }) }
//! #[retry(strategy = "immediate", method = POST, idempotency_key = key, on = any_error)]
//! fn pay() -> Result<(), ()> {
//!     post(format!("Idempotency-Key: \"{key}\""))
//! }
//!
//! assert!(pay().is_ok());
//! # SENT.with_borrow(|sent| assert!(sent.len() == 3 && sent[0] == sent[1] && sent[1] == sent[2]));
//! ```
//!
//! Where the caller has a key of its own, such as the number of an order, `idempotency_key = argument(order)` names the argument that is the
//! key. A key that outlives the call also protects a payment that the caller itself, or a restarted process, sends again.
//!
//! # Retries of many callers
//!
//! Retries add load to a server that is already overloaded. A [`Budget`] limits them across calls: each retry costs one token, and each call
//! that ends without a transient failure brings back a tenth of a token. A [`CircuitBreaker`] refuses attempts while a server keeps failing,
//! and lets a few through from time to time to find out whether it has recovered.
//!
//! ```
//! use reattempt::{Budget, CircuitBreaker, retry};
//!
//! static BUDGET: Budget = Budget::new();
//! static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5);
//!
//! #[retry(max = 4, budget = BUDGET, breaker = BREAKER, recover = |_| Some(0), on = reattempt::any_error)]
//! fn stock(item: u64) -> Option<u64> {
//!     item.checked_sub(1)
//! }
//! # assert_eq!(stock(1), Some(0));
//! ```
//!
//! # Stopping
//!
//! A [`Cancellation`] ends the sleeps of all calls that share it, on threads and in tasks, such as when a program shuts down: `cancel = SHUTDOWN`.
//! See [the chapter on cancelling](guide::cancelling).
//!
//! # Observing and switching
//!
//! [`event::observe`] adds an observer of all events. [`sites()`](sites()) lists the functions that have failed, with counts. Each of them can
//! be limited or switched off at run time: [`Site::disable`], [`site::disable`].
//!
//! # Async, and what the caller learns
//!
//! ```
//! use reattempt::{RetryError, StopReason, retry, testing};
//!
//! #[derive(Debug, PartialEq)]
//! struct Down;
//!
//! #[retry(max = 4, deadline = "30s", on = reattempt::any_error)]
//! async fn ping(host: &str) -> Result<(), RetryError<Down>> {
//!     Err(Down)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let _paused = testing::pause(); // feature `test-util`
//! let error = ping("localhost").await.unwrap_err();
//! assert_eq!(error.attempts(), 4);
//! assert_eq!(error.reason(), StopReason::MaxAttempts);
//! assert_eq!(error.into_last(), Some(Down));
//! # }
//! ```
//!
//! A function that does not return a [`RetryError`] returns its last outcome as it is, also a value that `on_value` rejected: an `Ok` may then
//! hold a value that is not good enough. A function that returns `Result<T, RetryError<E, T>>` returns an error instead, which has that value:
//!
//! ```
//! use reattempt::{RetryError, retry};
//! use std::io;
//!
//! #[retry(strategy = "immediate", on_value = |state| *state == "pending")]
//! fn finish(job: u32) -> Result<&'static str, RetryError<io::Error, &'static str>> {
//!     Ok(if job == 7 { "pending" } else { "done" })
//! }
//!
//! assert_eq!(finish(1).unwrap(), "done");
//! assert_eq!(finish(7).unwrap_err().into_last_value(), Some("pending"));
//! ```
//!
//! # Without a function to annotate
//!
//! A [`Policy`] runs closures: [`Policy::retry`], [`Policy::retry_async`]. The attribute's keys are methods there. See
//! [the chapter on closures](guide::closures), which also shows a loop written by hand around a [`Session`].
//!
//! # Feature flags
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `async` | with `tokio` | [`Policy::retry_async`], with a sleeper of your own where `tokio` is off |
//! | `tokio` | yes | async functions sleep on tokio's timer, and deadlines follow its paused time |
//! | `test-util` | no | `testing`: fake time, recorded sleeps, a fixed jitter seed |
//! | `idempotency` | yes | [`IdempotencyKey`], made from the operating system's randomness, and the key `idempotency_key` |
//! | `http` | no | `http`: transient statuses, server hints, responses as errors and idempotent methods, for the types of the crate `http` |
//! | `reqwest-0_13` | no | `reqwest_0_13`: an error for requests and their responses; `reqwest-0_13-blocking` adds reqwest's blocking responses |
//! | `ureq-3` | no | `ureq_3`: the same for ureq |
//! | `tonic-0_14` | no | `tonic_0_14`: gRPC statuses with their hints; Rust 1.88 |
//! | `sqlx-0_9` | no | `sqlx_0_9`: errors of PostgreSQL, MySQL and SQLite; Rust 1.94 |
//! | `redis-1` | no | `redis_1`: errors of Redis; Rust 1.88 |
//! | `tokio-postgres-0_7` | no | `tokio_postgres_0_7`: errors of PostgreSQL, by tokio-postgres and the crate `postgres`, and [the guide](guide::transactions) on transactions of any database |
//! | `diesel-2` | no | `diesel_2`: errors of diesel; `diesel-2-r2d2` adds those of its pool |
//! | `anyhow-1`, `eyre-0_6` | no | `anyhow_1`, `eyre_0_6`: markers and transient errors behind contexts |
//! | `tokio-util-0_7` | no | `cancel` of async functions takes a `CancellationToken` |
//! | `tracing` | no | `tracing`: [events](guide::events) for subscribers of the crate `tracing`, and their levels |
//! | `metrics` | no | [events](guide::events) counted by the recorder of the crate `metrics` |
//! | `serde` | no | `Serialize` and `Deserialize` for [`Policy`]: policies in configuration files |
//! | `tower` | no | `tower`: a policy, a budget and classifiers as a `tower::retry::Policy`; needs tokio, as tower does |
//!
//! An integration has the version of its crate in its name. A new major version gets a feature of its own, so features stay additive.
//!
//! Without `tokio`, sync functions work unchanged, and async functions need `sleep = path`.
//!
//! # More
//!
//! [`#[retry]`](macro@retry) is the attribute's reference, with all keys. The repository has the measurements (`bench/RESULTS.md`), the design
//! (`docs/design.md`) and a map of the code (`ARCHITECTURE.md`).

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(
        feature = "async",
        feature = "idempotency",
        feature = "reqwest-0_13",
        feature = "serde",
        feature = "test-util",
        feature = "tokio-postgres-0_7",
        feature = "ureq-3",
    )),
    expect(rustdoc::broken_intra_doc_links, reason = "the docs link to items and chapters of these features")
)]

/// Retries a function when it fails and the failure is transient.
///
/// The function has a body, sync or `async`. It may be a method in an `impl` block or a trait, stand under `#[async_trait]`, or return
/// `impl Future` or `Pin<Box<dyn Future>>` and end with an `async` block. It returns a `Result` or an `Option`, or any type with
/// `on_value`.
///
/// The body stays in place. `?` and `return` work as before; each of them ends one attempt.
///
/// # Keys
///
/// Each key is given at most once, in any order.
///
/// ## Keys: when
///
/// The delays.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `strategy = "equal_jitter"` | `"full_jitter"` | how long to wait; see below |
/// | `base = "100ms"` | 100 ms | the first nominal delay |
/// | `cap = "10s"` | 10 s, or `base` if longer | the longest delay, jitter included |
/// | `factor = 2.0` | 2 | the growth of the exponential strategies, at least 1 |
/// | `increment = "50ms"` | `base` | the growth of `"linear"` |
/// | `jitter = "full"` | none | the jitter of a strategy that has none: `"full"`, `"equal"`, a ratio (`0.2`), or a duration (`"50ms"`, the only one for `"immediate"`) |
/// | `max_hint = "60s"` | 60 s | the longest server hint that is followed |
/// | `policy = EXPR` | | a [`Policy`], copied once per call; each key beside it replaces one setting, `strategy` replaces backoff and jitter together |
/// | `sleep = path` | by feature | the sleeper: `fn(Duration)`, for async functions `fn(Duration) -> impl Future`, whose output is ignored (`smol::Timer::after`). The future is boxed, after a failure alone |
///
/// ## Keys: what
///
/// Which outcomes are retried, and what the body gets.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `on = is_transient` | the error's [`Transient`](trait@Transient) | the classifier of errors (and of `None`): a path, a closure, or any expression that is `FnOnce(&E) -> bool` or [`Verdict`] |
/// | `on = matches(A \| B if x)` | | the classifier as a pattern, with an optional guard. The pattern matches a `&E`: where `E` is `&str`, write `matches(&"busy")` |
/// | `on_value = not_ready` | | the classifier of the success value: a value that it calls transient is not good enough yet. It says nothing about errors: without `on` beside it, the error's `Transient` counts, and `on = reattempt::no_error` says that errors are never retried. Unless the function returns a [`RetryError`], the last rejected value is returned as it is: an `Ok` may hold a value that is not good enough |
/// | `method = POST` | | the HTTP method that the body uses: `POST`, `PATCH` and `CONNECT` do not compile without `idempotency_key`; `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are idempotent |
/// | `idempotency_key = name` | | binds a `&`[`IdempotencyKey`] in the body. It is made once per call from the operating system's randomness and is the same for each attempt (feature `idempotency`) |
/// | `idempotency_key = argument(name)` | | says that this argument is the key that the body sends, because the caller has one already. None is made, and the feature is not needed |
/// | `clone(a, b)` | | by-value arguments that the body consumes or changes: each attempt gets a clone (see [E0382](#an-argument-that-is-used-up-e0382)) |
/// | `attempt = name` | | binds an [`Attempt`] in the body |
/// | `progress = name` | | binds a `&`[`Progress`] in the body. If an attempt says [`made`](Progress::made) and then fails, its failure is the first of a new series; see [the guide](guide::progress) |
///
/// ## Keys: limits
///
/// When a call ends.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `max = 5` | 3 | the number of attempts, the first included; `"unlimited"` only with a `deadline`, which may be `"none"`: then the call goes on without end |
/// | `deadline = "30s"` | none | no attempt begins later than this after the start of the call. The call gives up at once if the next delay would end at or after the deadline. It limits when attempts begin, not when the call ends. With `timeout` beside it each attempt gets the time that is left, and the deadline limits both. `"none"` takes the deadline of a `policy` away |
/// | `final_attempt = true` | `false` | a delay that would end at or after the `deadline` is cut, so that one last attempt begins at the deadline, or one `timeout` before it. A server's hint is never cut. See [limits](guide::limits) |
/// | `timeout = "2s"` | none | async only: an attempt is dropped when its time is up, which is a transient failure. Its time begins with the attempt; only code that blocks the thread can overrun it, until its next wait. If the last attempt ends so and the function does not return a [`RetryError`], the error is made by `From<`[`TimedOut`]`>`, or is `None` for an `Option` |
/// | `reset_after = "10min"` | none | an attempt that ran for so long before it failed was healthy: its failure is the first of a new series, from which `max`, the delays and the deadline count; see [the guide](guide::progress) |
/// | `cancel = STOP` | none | a [`Cancellation`] that calls share: when it is cancelled, sleeps end, no further attempt begins, and the last outcome is returned. The first attempt always runs, and a running one is not touched. The last outcome is kept during sleeps, so the future of an async function is `Send` only if values and errors are. With the feature `tokio-util-0_7` an async function also takes a `CancellationToken`. A sync function with `sleep` cannot have it |
///
/// ## Keys: overload
///
/// What calls share.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `budget = BUDGET` | none | a [`Budget`] that calls share: no retry when the budget is empty. A call that ends without a transient failure deposits |
/// | `breaker = BREAKER` | none | a [`CircuitBreaker`] that calls share: it sees each attempt and may refuse it. If it does and the function does not return a [`RetryError`], the error is made by `From<`[`BreakerOpen`]`>`, or is `None` for an `Option` |
/// | `wait_for_breaker = true` | `false` | where the breaker refuses an attempt, also the first, the call waits until a probe may run, and a random part longer, as long as the `deadline` allows. It counts as no attempt. It needs a `breaker` and a `deadline` (which may be the one of `policy`; a policy without one does not wait). A breaker that is isolated is not waited for |
/// | `recover = from_the_cache` | | a function that turns the [`RetryError`] into what the function returns. It is called instead of returning a failure, and makes the conversions from [`TimedOut`] and [`BreakerOpen`] unnecessary |
///
/// ## Keys: seeing
///
/// What the caller and the events tell.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `notify = log_it` | | a function that is called before each sleep, with a [`&Retrying<'_, E>`](Retrying), beside `on_value` with a `&Retrying<'_, E, T>`, which has the rejected value |
/// | `error = E` | | the error of an attempt, where the function's own error type is made from `RetryError<E>` or hidden by an alias. A rejected value is not kept then |
/// | `history = 16` | | with `RetryError`: keeps this many of the newest failures |
/// | `name = "payments.charge"` | `module::path::function` | the site's name in events |
/// | `doc = false` | `true` | no "Retries" section in the function's documentation |
/// | `crate = path` | `::reattempt` | the path of this crate, if it is renamed or re-exported |
///
/// ## Values
///
/// A duration is a string literal or an expression of type [`Duration`](core::time::Duration). The literal is a number with a unit (`ns`,
/// `us`, `ms`, `s`, `m` or `min`, `h`, `d`), or several of them with the longer unit first: `"1m 30s"`.
///
/// Literals and constants (a path in capitals) are checked at compile time. Any other expression is a run-time value, and so is anything in
/// braces. Braces are for constants that depend on the generics of an `impl` or stand inside of a path: `max = { N }`,
/// `max = { Limit::<T>::MAX }`. A run-time value is evaluated once per call and can use the arguments and `self`. If it is out of range, it
/// is replaced as [`Policy`]'s documentation says.
///
/// `on`, `on_value`, `sleep`, `notify`, `recover`, `budget`, `cancel` and a strategy of your own are evaluated when they are needed, while no
/// attempt is running. `budget`, `breaker` and `cancel` may be statics, references, `Arc`s and `LazyLock`s.
///
/// # Strategies
///
/// n is the number of the retry (1, 2, ...), `e(n) = min(cap, base * factor^(n-1))`, and `U(a, b)` is a random duration between a and b.
///
/// | `strategy =` | delay before retry n | keys |
/// |---|---|---|
/// | `"immediate"` | 0 | |
/// | `"constant"` | `base` | `base` |
/// | `"linear"` | `min(cap, base + (n-1) * increment)` | `base`, `increment`, `cap` |
/// | `"exponential"` | `e(n)` | `base`, `factor`, `cap` |
/// | `"fibonacci"` | `min(cap, base * F(n))`, F = 1, 1, 2, 3, 5, ... | `base`, `cap` |
/// | `"full_jitter"` | `U(0, e(n))` | `base`, `factor`, `cap` |
/// | `"equal_jitter"` | `e(n)/2 + U(0, e(n)/2)` | `base`, `factor`, `cap` |
/// | `"decorrelated_jitter"` | `min(cap, U(base, 3 * previous))` | `base`, `cap` |
/// | `"decorrelated_jitter_v2"` | Polly's smooth curve, see [`Strategy::DecorrelatedJitterV2`] | `base`, `cap` |
/// | `["100ms", "1s", "5s"]` | the n-th entry, then the last one again and again | `max` defaults to entries + 1 |
/// | any other expression | a value that implements [`Backoff`] | |
///
/// # What happens
///
/// The first attempt starts at once; only the breaker can refuse it. After a transient failure these questions are asked, before the sleep,
/// and the first "no" ends the call:
///
/// 1. Is the call not cancelled?
/// 2. Is the [`Site`] switched on?
/// 3. Is an attempt left?
/// 4. Is the server's hint at most `max_hint`?
/// 5. Does the delay end before the deadline, or can it be cut for the `final_attempt`?
/// 6. Is the breaker closed, or will it let a probe through by the end of the delay? With `wait_for_breaker` the delay reaches until then, if
///    that is before the deadline.
/// 7. Does the budget have a token?
///
/// After the sleep the breaker is asked once more. If it refuses the retry then, or if the sleep was cancelled, the budget gets its token back.
///
/// A hint that is longer than the strategy's delay is followed. The delay is then the hint plus a random part: up to a tenth of the hint, or
/// up to the strategy's delay if that is longer. So callers with the same hint do not all come back at once.
///
/// [`Verdict::RetryIn`] and `#[transient(delay = ...)]` give a kind of failure a delay of its own, which is slept exactly: without jitter, and
/// whatever the strategy and `max_hint` say.
///
/// The failure is dropped before the sleep, except with `history` and `cancel`. A delay of zero does not use the timer; an async function then yields once.
///
/// When the call gives up, it returns the last outcome as it is. A function that returns `Result<T, RetryError<E>>` has a body that
/// returns `Result<T, E>`. Its caller gets the last error with the number of attempts, the time and the reason.
///
/// # Arguments
///
/// Each attempt gets by-value arguments as the caller passed them. An argument that the body only borrows needs nothing. One that the body
/// consumes must be in `clone(...)`, or the function does not compile. `mut x: T` needs `T: Copy` or `clone(x)`, and so does
/// `ref mut x`, which refers to a value of the attempt. Changes behind `&mut` are kept between attempts, and so are changes behind a
/// shared reference (`Cell`, `Mutex`, an atomic), unless the clone of an argument has its own.
///
/// ```
/// use reattempt::retry;
///
/// #[retry(strategy = "immediate", on = reattempt::any_error, clone(payload))]
/// fn send(payload: Vec<u8>, sent: &mut u32) -> Result<Vec<u8>, &'static str> {
///     *sent += 1;
///     if *sent < 3 { Err("busy") } else { Ok(payload) }
/// }
///
/// let mut sent = 0;
/// assert_eq!(send(vec![1, 2], &mut sent), Ok(vec![1, 2]));
/// assert_eq!(sent, 3);
/// ```
///
/// ## An argument that is used up: E0382
///
/// Without `clone(...)`, the compiler reports the argument and the place that uses it up. The loop is the one that makes the attempts:
///
/// ```text
/// error[E0382]: use of moved value: `names`
///  --> src/used_up.rs:4:8
///   |
/// 4 | pub fn publish(names: Vec<String>) -> Result<(), String> {
///   |        ^^^^^^^^-----^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
///   |        |       |
///   |        |       move occurs because `names` has type `Vec<String>`, which does not implement the `Copy` trait
///   |        value moved into closure here, in previous iteration of loop
/// 5 |     for name in names {
///   |                 ----- use occurs due to use in closure
/// ```
///
/// In an async function it says "value moved here, in previous iteration of loop". Typical places are `for name in names`, a
/// `move` closure (`spawn_blocking(move || read(path))`), an `async move` block, `value.into()` and the fields of a struct.
///
/// - Add `clone(names)` to the attribute: each attempt gets a clone, also the last one.
/// - Or borrow: `for name in &names`, or an argument `names: &[String]`. No attempt then needs a clone.
/// - Or clone only what is used up: `move || read(path)` takes `let path = path.clone();` before it.
/// - `self` cannot be in `clone(...)`: take `&self`. If an attempt moves a field out of `&mut self`, E0507 says so at the field; an E0382
///   for `self` beside it goes away with that.
///
/// # Order with other attributes
///
/// The attribute that stands first expands first.
///
/// - `#[retry]` above `#[tracing::instrument]` makes one span around all attempts. Below it, each attempt gets a span; that does not compile
///   for async functions that take `&mut self` or consume arguments (rustc says "use of moved value").
/// - Write `#[retry]` above `#[tokio::test]` and `#[tokio::main]`. Below them it repeats the whole runtime.
/// - `#[async_trait]` stands on the `impl` or the trait, so it always expands first.
///
/// # Limits
///
/// - The return type cannot borrow from a `&mut` argument or `&mut self`. (A loop written by hand has the same limit.)
/// - `mut self` is refused. The body cannot consume `self`, because the next attempt needs it.
/// - `&mut T`, `Option<&mut T>` and `Pin<&mut T>` arguments are borrowed again for each attempt. They are recognized by these names. A `&mut`
///   inside of another type or behind an alias must be borrowed again in the body. A type of your own that is called `Option` or `Pin`
///   does not compile there, unless it has a path (`wire::Option<&mut T>`) or an alias.
/// - A function that returns a future must end with a visible `async` block. What stands before the block runs once. An early `return` of
///   another future is refused, because it would not be retried.
/// - The future of an async function is not `Send` if it has a by-value argument that is `Send`, not `Sync`, only read, and not in
///   `clone(...)`.
///
/// <details>
/// <summary>Limits that few functions meet: kept references, macros, lints</summary>
///
/// - A reference that is borrowed again lives as long as an attempt. A `&'a mut T` that the body keeps for all of `'a` does not compile: one
///   that it pushes into a list, or a `&'a mut T<'a>`.
/// - A macro in an argument's pattern is refused, because the names that it binds are unknown.
/// - `impl Trait` in the return type must be written there, not made by a macro.
/// - Where a function returns a future, a `mut` local that is made before the block keeps its state between attempts. A `macro_rules!` there
///   that names a `mut` argument is refused if the block calls it: define it in the block. An argument whose name the block mentions counts
///   as used by the block (a field or a method of that name does not count). So if a statement before the block consumes a `mut` or `&mut`
///   argument, the block cannot bind its name to something else. With `recover` or a `RetryError`, what stands before the block must not
///   redefine a name of the return type.
/// - `#[track_caller]` ends at the body, which sees its own line.
/// - The body becomes a closure or an `async` block of the function: `std::any::type_name` in it ends with one more `::{{closure}}`.
/// - The compiler's and clippy's lints see an annotated function as they see a plain one, with these exceptions. `unused_variables` is silent
///   for `&mut` arguments of async functions, for cloned ones, for `mut` ones that are only written to, and for those that only unreachable
///   code reads. `unused_assignments` is silent for the first value and the last write of a `mut` argument, `unused_mut` for an argument
///   that both a returned `async` block and a statement before it use, and `needless_pass_by_value` for cloned arguments.
///   `unconditional_recursion`, `unused_async`, `missing_const_for_fn`, `unnecessary_wraps`, `needless_lifetimes`,
///   `elidable_lifetime_names`, `needless_pass_by_ref_mut` and `ptr_arg` are always silent, and `must_use_candidate` is with `recover`.
///   Before edition 2021, `rust_2021_incompatible_closure_captures` sees the body as a closure. An `expect` of one of these on the function
///   is then unfulfilled; on an argument that is bound again, `expect` counts as `allow`. An inner `#![allow]` of the body counts as an
///   outer one, which `clippy::allow_attributes` reports.
/// - `forbid` of one of `unused_mut`, `clippy::needless_pass_by_value`, `clippy::shadow_reuse` or `clippy::shadow_same` (for names that
///   begin with an underscore also `clippy::used_underscore_binding` and `clippy::no_effect_underscore_binding`) conflicts with an `allow`
///   in the expansion of functions that bind arguments again. `deny` does not, and neither does `forbid` of a group.
///
/// </details>
///
/// # Cancel safety
///
/// Dropping the future of an annotated async function drops the running attempt or sleep. Nothing is left behind.
///
/// # Panics
///
/// The expansion adds no panics, with one exception: with the feature `tokio`, an async function that has to sleep outside of a tokio runtime
/// panics, as tokio's own timer does. The message names the function and what to do.
pub use retry_macros::retry;

/// Builds a [`Policy`] at compile time, with the keys and the checks of [`#[retry]`](macro@retry).
///
/// The keys are `strategy` (a name, or a list of durations), `base`, `cap`, `factor`, `increment`, `jitter`, `max`, `deadline`,
/// `final_attempt`, `max_hint`, `reset_after` and `crate`. Values are literals or constants. For values that are known at run time only, use [`Policy::builder`].
///
/// An error in a constant is found when the policy is evaluated: in a `const` or a `static` always, in the body of a function when the
/// compiler generates code for it.
///
/// # Examples
///
/// ```
/// use reattempt::{Policy, policy, retry};
///
/// const PATIENT: Policy = policy!(strategy = "equal_jitter", base = "1s", max = 10, deadline = "5min");
///
/// #[retry(policy = PATIENT, on = reattempt::any_error)]
/// fn connect() -> Option<()> {
///     Some(())
/// }
/// # assert!(connect().is_some());
/// ```
pub use retry_macros::policy;

/// Implements [`Transient`](trait@Transient) for an enum or a struct, from an attribute on each variant.
///
/// A variant without an attribute does not compile, so a new variant cannot be forgotten.
///
/// | attribute | meaning |
/// |---|---|
/// | `#[transient]` | the failure may pass on its own |
/// | `#[permanent]` | the failure will not pass |
/// | `#[transient(if = is_server_side)]` | a function decides: it takes the variant's fields, each by reference, and returns a `bool` or a [`Verdict`] |
/// | `#[transient(after = retry_after)]` | the failure is transient, and this is the server's hint: a field (its name, or its number in a tuple) or a function as for `if`, of type `Duration` or `Option<Duration>` |
/// | `#[transient(delay = "0s")]` | the failure is transient, and the next attempt begins after exactly this time, zero means at once: a duration, or a field or a function as for `after`. `None` leaves the delay to the strategy |
/// | `#[transient(if = ..., after = ...)]`, `#[transient(if = ..., delay = ...)]` | both |
/// | `#[transient(forward)]` | the variant's only field decides, by its own `Transient`; `forward = source` names one of several fields |
///
/// On a struct the attribute stands above the struct, and its functions take a reference to the struct. `if`, `after` and `delay` take paths, closures
/// (types are inferred) and any expression whose value is a function. `#[transient(crate = path)]` on the type says where this crate is, if
/// it is renamed or re-exported. If the type of a forwarded field depends on a type parameter, the `impl` requires it to be
/// `Transient`.
///
/// # Examples
///
/// ```
/// use reattempt::{Transient, Verdict};
/// use std::{io, time::Duration};
///
/// #[derive(Debug, Transient)]
/// enum ApiError {
///     #[transient]
///     Timeout,
///     #[transient(after = retry_after)]
///     RateLimited { retry_after: Option<Duration> },
///     #[transient(delay = "0s")]
///     TokenExpired,
///     #[transient(if = |status| *status >= 500)]
///     Status(u16),
///     #[transient(forward)]
///     Transport(io::Error),
///     #[transient(forward = source)]
///     Page { number: u32, source: Box<ApiError> },
///     #[permanent]
///     NotFound,
/// }
///
/// assert_eq!(ApiError::Timeout.verdict(), Verdict::Retry);
/// let limited = ApiError::RateLimited { retry_after: Some(Duration::from_secs(3)) };
/// assert_eq!(limited.verdict(), Verdict::RetryAfter(Duration::from_secs(3)));
/// assert_eq!(ApiError::TokenExpired.verdict(), Verdict::RetryIn(Duration::ZERO));
/// assert_eq!(ApiError::Status(503).verdict(), Verdict::Retry);
/// assert_eq!(ApiError::Status(400).verdict(), Verdict::Stop);
/// assert!(ApiError::Transport(io::ErrorKind::ConnectionReset.into()).is_transient());
/// assert!(!ApiError::Page { number: 7, source: Box::new(ApiError::NotFound) }.is_transient());
/// ```
pub use retry_macros::Transient;

#[cfg(feature = "idempotency")]
pub use retry_runtime::IdempotencyKey;
#[cfg(feature = "async")]
pub use retry_runtime::RetryFuture;
#[cfg(feature = "anyhow-1")]
pub use retry_runtime::anyhow_1;
#[cfg(feature = "diesel-2")]
pub use retry_runtime::diesel_2;
#[cfg(feature = "eyre-0_6")]
pub use retry_runtime::eyre_0_6;
#[cfg(feature = "http")]
pub use retry_runtime::http;
#[cfg(feature = "redis-1")]
pub use retry_runtime::redis_1;
#[cfg(feature = "reqwest-0_13")]
pub use retry_runtime::reqwest_0_13;
#[cfg(feature = "sqlx-0_9")]
pub use retry_runtime::sqlx_0_9;
#[cfg(feature = "test-util")]
pub use retry_runtime::testing;
#[cfg(feature = "tokio-postgres-0_7")]
pub use retry_runtime::tokio_postgres_0_7;
#[cfg(feature = "tonic-0_14")]
pub use retry_runtime::tonic_0_14;
#[cfg(feature = "tower")]
pub use retry_runtime::tower;
#[cfg(feature = "tracing")]
pub use retry_runtime::tracing;
#[cfg(feature = "ureq-3")]
pub use retry_runtime::ureq_3;
pub use retry_runtime::{
    Attempt, Backoff, BreakerOpen, Breakers, Budget, BudgetBuilder, BudgetError, Cancellation, CircuitBreaker, Delays,
    FailedAttempt, Failure, IntoVerdict, Jitter, NoneError, Outcome, Plain, Policy, PolicyBuilder, PolicyError,
    Progress, Retry, RetryError, Retrying, Session, Site, SiteCounts, Step, StopReason, Strategy, TimedOut, Transient,
    Verdict, any_error, breaker, classify, event, no_error, site, sites,
};

#[doc(hidden)]
pub use retry_runtime::macro_support as __private;

pub mod cookbook;
pub mod errors;
pub mod guide;

/// The README, so that its examples are tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
