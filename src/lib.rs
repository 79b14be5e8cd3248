//! Retries as an attribute: [`#[retry]`](macro@retry) makes a sync or async function try again, at the right moments, the right number of
//! times, and only where that helps.
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
//! 1. **Nothing is retried by accident.** Somebody has to say which failures are transient: a classifier in the attribute, or the
//!    error type itself by [`Transient`](trait@Transient). There is no retry-everything default, also not for `Option`.
//! 2. **A mistake does not compile.** Unknown keys, values out of range and keys that contradict each other are errors on the wrong
//!    token, with a way out.
//! 3. **A call that succeeds at once pays nothing**: no clock, no random number, no allocation, no atomic write. Keys that need one
//!    of these (`deadline`, `attempt`, a [`RetryError`]) pay for themselves alone.
//!
//! # What to retry
//!
//! A failure is *transient* if it may pass on its own, and *permanent* if it will not. A classifier decides: any function from a
//! reference to the failure to a `bool` or a [`Verdict`].
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
//! // A closure, that hands on the server's hint:
//! #[retry(on = |error| match error {
//!     ApiError::Timeout => Verdict::Retry,
//!     ApiError::Busy { retry_after } => Verdict::RetryAfter(*retry_after),
//!     ApiError::NotFound => Verdict::Stop,
//! })]
//! fn by_closure() -> Result<u32, ApiError> {
//!     Err(ApiError::NotFound)
//! }
//!
//! // The error type itself, for every function that returns it: the words on its variants.
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
//! [`#[derive(Transient)]`](macro@Transient) writes [`Transient`](trait@Transient) from a word on each variant. Errors and responses of
//! other crates have their classifiers in the modules that the features below add; errors of erased type, such as `anyhow::Error`, are looked
//! through by [`classify::source`].
//!
//! # What may be repeated
//!
//! A request that was answered with an error, or not at all, may have been carried out. Reading twice does no harm; paying twice does. A
//! function that declares `method = POST` does not compile without an [`IdempotencyKey`], by which the server tells a repeated request from
//! a new one:
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
//! # Retries of many callers
//!
//! Retries multiply the load of a server that has trouble with its load already. A [`Budget`] bounds them across calls: each is paid with a
//! token, and successful calls bring a tenth of one back. A [`CircuitBreaker`] refuses attempts while a server keeps failing, and lets a few through
//! from time to time to see whether it is back.
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
//! # Seen and steered
//!
//! [`event::observe`] adds an observer of everything that happens; [`sites()`](sites()) lists the functions that have failed, with counts, and each can be
//! limited or switched off at run time: [`Site::disable`], [`site::disable`].
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
//! let _time_stands_still = testing::pause(); // feature `test-util`
//! let error = ping("localhost").await.unwrap_err();
//! assert_eq!(error.attempts(), 4);
//! assert_eq!(error.reason(), StopReason::MaxAttempts);
//! assert_eq!(error.into_last(), Some(Down));
//! # }
//! ```
//!
//! Without [`RetryError`] in the signature, the signature stays the truth: on giving up, the last outcome is returned as it is.
//!
//! # Without a function to annotate
//!
//! A [`Policy`] calls closures, with the attribute's keys as methods: [`Policy::retry`], [`Policy::retry_async`], and
//! [the chapter on them](guide::closures), which has a loop written by hand around a [`Session`] too.
//!
//! # Feature flags
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `async` | with `tokio` | [`Policy::retry_async`], with a sleeper of your own where `tokio` is off |
//! | `tokio` | yes | async functions sleep on tokio's timer, and deadlines follow its paused time |
//! | `test-util` | no | `testing`: fake time, recorded sleeps, a fixed jitter seed |
//! | `idempotency` | yes | [`IdempotencyKey`], by the operating system's randomness, and the key `idempotency_key` |
//! | `http` | no | `http`: transient statuses, server hints and idempotent methods, for the types of the crate `http` |
//! | `reqwest-0_13` | no | `reqwest_0_13`: responses and errors of reqwest; `reqwest-0_13-blocking` adds its blocking responses |
//! | `tonic-0_14` | no | `tonic_0_14`: gRPC statuses with their hints; Rust 1.88 |
//! | `sqlx-0_9` | no | `sqlx_0_9`: errors of PostgreSQL, MySQL and SQLite; Rust 1.94 |
//! | `redis-1` | no | `redis_1`: errors of Redis; Rust 1.88 |
//! | `tracing` | no | [events](guide::events) for subscribers of the crate `tracing` |
//! | `metrics` | no | [events](guide::events) counted by the recorder of the crate `metrics` |
//! | `serde` | no | `Serialize` and `Deserialize` for [`Policy`]: policies in configuration files |
//! | `tower` | no | `tower`: a policy, a budget and classifiers as a `tower::retry::Policy`; needs tokio, as tower does |
//!
//! Integrations carry the version of their crate in their name. A new major gets a feature of its own, so that all of them are additive.
//!
//! Without `tokio`, sync functions work as they are, and async ones with `sleep = path`.
//!
//! # More
//!
//! The attribute's reference, with all keys, is at [`#[retry]`](macro@retry); what is measured and why things are as they are is in the
//! repository (`docs/design.md`, `ARCHITECTURE.md`).

/// Makes a function try again when it fails and the failure may pass.
///
/// It goes on a function or method with a body: sync or `async`, in `impl` blocks and traits, under `#[async_trait]`, on functions
/// that return `impl Future` or `Pin<Box<dyn Future>>` and end with an `async` block. The function returns a `Result` or an `Option`,
/// or with `on_value` anything.
///
/// The body runs in place: it may use `?` and `return` as ever, and each of them ends one attempt.
///
/// # Keys
///
/// Each at most once, in any order.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `strategy = "equal_jitter"` | `"full_jitter"` | how long to wait; see below |
/// | `base = "100ms"` | 100 ms | the first nominal delay |
/// | `cap = "10s"` | 10 s, or `base` if longer | the longest delay; no jitter passes it |
/// | `factor = 2.0` | 2 | growth of the exponential strategies, at least 1 |
/// | `increment = "50ms"` | `base` | growth of `"linear"` |
/// | `jitter = "full"` | none | spreads a strategy that has no jitter: `"full"`, `"equal"`, a ratio (`0.2`), a duration (`"50ms"`, the only one for `"immediate"`) |
/// | `max = 5` | 3 | attempts in all, the first included; `"unlimited"` only with a `deadline` |
/// | `deadline = "30s"` | none | no attempt begins later than this after the call began, and the call gives up at once where the next delay would end at or after it. It bounds when attempts begin, not when the call ends; with `timeout` beside it each attempt gets what is left, and it bounds both |
/// | `timeout = "2s"` | none | async only: an attempt is dropped when its time is up, which counts as transient. Without [`RetryError`] the error type is `From<`[`TimedOut`]`>`, for when the last attempt ends so; an `Option` is `None` then |
/// | `budget = BUDGET` | none | a [`Budget`] that calls share: a retry that it does not pay for does not happen. A call that ends without a transient failure deposits |
/// | `breaker = BREAKER` | none | a [`CircuitBreaker`] that calls share: it sees each attempt, and one that it refuses does not happen. Without [`RetryError`] the error type is `From<`[`BreakerOpen`]`>`; an `Option` is `None` then |
/// | `recover = from_the_cache` | | a function from the [`RetryError`] to what the function returns, called instead of returning a failure. No conversion from time-outs and refusals is needed then |
/// | `notify = log_it` | | a function that is told before each sleep, by a `&`[`Retrying`] |
/// | `max_hint = "60s"` | 60 s | the longest server hint that is obeyed |
/// | `on = is_transient` | the error's [`Transient`](trait@Transient); with `on_value` alone, no error is transient | the classifier of errors (and of `None`): a path, a closure, any expression that is `FnOnce(&E) -> bool` or [`Verdict`] |
/// | `on = matches(A \| B if x)` | | the same as a pattern, with an optional guard. It is a pattern for a `&E`: where `E` is `&str`, write `matches(&"busy")` |
/// | `on_value = not_ready` | | the same for the success value: a value that it finds transient is not good enough yet. Alone, it makes every error permanent |
/// | `policy = EXPR` | | a [`Policy`], copied once per call; keys beside it replace one setting each, `strategy` backoff and jitter together |
/// | `error = E` | | the error of an attempt, where the function's own is made from `RetryError<E>` or hidden by an alias |
/// | `history = 16` | | with `RetryError`: keeps so many of the newest failures |
/// | `clone(a, b)` | | by-value arguments that the body uses up or changes: each attempt gets a clone |
/// | `attempt = name` | | binds an [`Attempt`] in the body |
/// | `idempotency_key = name` | | binds a `&`[`IdempotencyKey`] in the body: made once per call from the operating system's randomness, the same for each attempt (feature `idempotency`) |
/// | `method = POST` | | what the body sends: `POST`, `PATCH` and `CONNECT` do not compile without `idempotency_key`; `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are idempotent |
/// | `sleep = path` | by feature | the sleeper: `fn(Duration)`, for async functions `fn(Duration) -> impl Future<Output = ()>`, whose future lies in the function's own instead of in a box |
/// | `name = "payments.charge"` | `module::path::function` | the site's name in events |
/// | `doc = false` | `true` | no "Retries" section in the function's documentation |
/// | `crate = path` | `::reattempt` | where this crate is, when it is renamed or re-exported |
///
/// Durations are string literals with a unit (`ns`, `us`, `ms`, `s`, `min`, `h`, `d`) or expressions of type
/// [`Duration`](core::time::Duration). Literals and constants (a path in capitals) are checked at compile time. Any other expression, and
/// anything in braces (for what depends on generics inside of a path or of an `impl`: `max = { N }`, `max = { Limit::<T>::MAX }`), is a run-time value: evaluated once per call, with the arguments
/// and `self` in sight, and brought into range by the table in [`Policy`]'s documentation. `on`, `on_value`, `sleep` and a strategy of
/// your own are evaluated when they are needed, while no attempt is alive; so are `notify`, `recover` and `budget`. `budget` and `breaker` may be
/// statics, references, `Arc`s and `LazyLock`s.
///
/// # Strategies
///
/// n is the number of the retry (1, 2, ...), `e(n) = min(cap, base * factor^(n-1))`, and `U(a, b)` is anything between a and b.
///
/// | `strategy =` | delay before retry n | keys it takes |
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
/// | `["100ms", "1s", "5s"]` | the n-th entry, the last one from then on | `max` defaults to entries + 1 |
/// | any other expression | a value that implements [`Backoff`] | |
///
/// # What happens
///
/// The first attempt starts at once, and asks only the breaker. After a transient failure these questions are asked, before the sleep, and the
/// first "no" ends the call: is the [`Site`] switched on? is an attempt left? is the server's hint at most `max_hint`? does the delay end before
/// the deadline? is the breaker closed, or will it let a probe through by then? does the budget pay? After the sleep the breaker is asked
/// once more; a retry that it refuses then gets its token back. A hint that is longer
/// than the strategy's delay is obeyed: the delay is then the hint plus up to a tenth of it, or plus up to the strategy's delay if that
/// is longer, so that not all callers come back at once. The failure is dropped before the sleep. A delay of zero does not touch the
/// timer; an async function then yields once.
///
/// On giving up, the last outcome is returned as it is. A function that returns `Result<T, RetryError<E>>` writes its body as if it
/// returned `Result<T, E>`, and its caller gets the last error with the number of attempts, the time and the reason.
///
/// # Arguments
///
/// Each attempt finds by-value arguments as the caller passed them, or the function does not compile: an argument that the body only
/// borrows needs nothing, one that it uses up has to be listed in `clone(...)`, and `mut x: T` needs a `T: Copy` or the list; so does
/// `ref mut x`, which refers to a value of the attempt's own. What is behind `&mut` is kept between attempts, and so is what an
/// argument lets the body change behind a shared reference (`Cell`, `Mutex`, an atomic), unless a listed one's clone has its own.
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
/// # Order with other attributes
///
/// The attribute written first expands first. `#[retry]` above `#[tracing::instrument]` makes one span around all attempts; below it, one
/// span for each, which cannot work on async functions that take `&mut self` or use up arguments (rustc says "use of moved value").
/// Write `#[retry]` above `#[tokio::test]` and `#[tokio::main]`; below them it repeats the whole runtime. `#[async_trait]` stands on the
/// `impl` or the trait and so always comes first.
///
/// # Limits
///
/// - The return type cannot borrow from a `&mut` argument or `&mut self` (nor can it in a loop written by hand).
/// - `mut self` is refused; `self` cannot be used up by the body, since the next attempt needs it.
/// - `&mut T`, `Option<&mut T>` and `Pin<&mut T>` arguments are borrowed anew for each attempt, by these names; a `&mut` inside of
///   another type or behind an alias is not: the body does that itself. A type of your own that is called `Option` or `Pin` does not
///   compile there, unless its path says where it is (`wire::Option<&mut T>`) or an alias hides it.
/// - Such a reference lives as long as an attempt: a `&'a mut T` that the body keeps for all of `'a` (by pushing it into a list, or as
///   a `&'a mut T<'a>`) does not compile.
/// - A macro in an argument's pattern is refused: what it binds is not seen.
/// - `impl Trait` in the return type has to be written there, not by a macro.
/// - In a function that returns a future, what stands before the `async` block runs once, and a `mut` local made there keeps its
///   state between attempts. An early `return` of another future is refused: it would not be retried.
///   So is a `macro_rules!` there that names a `mut` argument, if the block calls it: define it in the block.
///   An argument whose name the block mentions counts as used by the block. So if what stands before uses up a `mut` or `&mut`
///   argument, the block cannot give its name to something else (a field or a method of that name is no mention).
///   With `recover` or a `RetryError`, what stands there must not give a name of the return type to something else.
/// - An async function with a by-value argument that is `Send`, not `Sync`, only read, and not in `clone(...)` has a future that is not
///   `Send`.
/// - `#[track_caller]` stops at the body: it sees its own line.
/// - The body is a closure, or an `async` block, of the function: `std::any::type_name` in it ends with one more `::{{closure}}`.
/// - A returned future has to be a visible `async` block at the function's end.
/// - The compiler's and clippy's lints see an annotated function as they see a plain one, except that `unused_variables` is silent for
///   `&mut` arguments of async functions, for cloned ones, for `mut` ones that are only written to, and for those that are read in
///   unreachable code alone, `unused_assignments` for the first value and the last write of a `mut` argument, `unused_mut` for an argument
///   that both a returned `async` block and a statement before it use, `needless_pass_by_value` for cloned arguments, and
///   `unconditional_recursion`, `needless_return`, `implicit_return`, `unused_async`, `missing_const_for_fn`, `unnecessary_wraps`,
///   `needless_lifetimes`, `elidable_lifetime_names`, `needless_pass_by_ref_mut` and `ptr_arg` altogether, and `must_use_candidate` with
///   run-time settings and some keys. An `expect` of one of these on the function is then unfulfilled; on an argument that is bound anew
///   `expect` counts as `allow`. An inner `#![allow]` of the body counts as an outer one, which `clippy::allow_attributes` reports.
/// - `forbid` of one of `unused_mut`, `clippy::needless_pass_by_value`, `clippy::shadow_reuse` or `clippy::shadow_same` (for names that
///   begin with an underscore also `clippy::used_underscore_binding` and `clippy::no_effect_underscore_binding`) collides with an `allow`
///   in the expansion of functions that bind arguments anew; `deny` does not, and neither does `forbid` of a group.
///
/// # Cancel safety
///
/// Dropping the future of an annotated async function at any point drops the attempt or the sleep under way, and leaves nothing behind.
///
/// # Panics
///
/// The expansion adds none, except that with the feature `tokio` an async function that has to sleep outside of a tokio runtime panics, as
/// tokio's own timer does; the message names the function and the cure.
pub use retry_macros::retry;

/// Makes a [`Policy`] at compile time, with the keys and the checks of [`#[retry]`](macro@retry).
///
/// The keys are `strategy` (by name, or a list of durations), `base`, `cap`, `factor`, `increment`, `jitter`, `max`, `deadline`, `max_hint`
/// and `crate`. Values are literals or constants; for values that are only known at run time there is [`Policy::builder`].
///
/// What is wrong with a constant is found when the policy is evaluated: in a `const` or a `static` always, in the body of a function when
/// that function is compiled for use.
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

/// Writes [`Transient`](trait@Transient) for an enum or a struct: a word on each variant says whether it may pass.
///
/// A variant without a word does not compile, so that somebody decides when a new one is added.
///
/// | word | meaning |
/// |---|---|
/// | `#[transient]` | it may pass on its own |
/// | `#[permanent]` | it will not |
/// | `#[transient(if = is_server_side)]` | a function decides: it gets the variant's fields, each by reference, and answers a `bool` or a [`Verdict`] |
/// | `#[transient(after = retry_after)]` | it may pass, and the server said when: a field (by its name, or its number in a tuple), or a function as for `if`, of type `Duration` or `Option<Duration>` |
/// | `#[transient(if = ..., after = ...)]` | both |
/// | `#[transient(forward)]` | the variant's field decides, by its own `Transient`; of several fields the one that `forward = source` names |
///
/// On a struct the word stands on the struct itself, and its functions get the struct by reference. `if` and `after` take paths, closures
/// (types inferred) and any expression that makes a function. Where the crate is renamed or re-exported: `#[transient(crate = path)]` on the
/// type. Fields that depend on a type parameter and are forwarded to need `Transient` themselves; the `impl` says so.
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
#[cfg(feature = "tonic-0_14")]
pub use retry_runtime::tonic_0_14;
#[cfg(feature = "tower")]
pub use retry_runtime::tower;
pub use retry_runtime::{
    Attempt, Backoff, BreakerOpen, Breakers, Budget, BudgetBuilder, BudgetError, CircuitBreaker, Delays, FailedAttempt,
    Failure, IntoVerdict, Jitter, NoneError, Outcome, Plain, Policy, PolicyBuilder, PolicyError, Retry, RetryError,
    Retrying, Session, Site, SiteCounts, Step, StopReason, Strategy, TimedOut, Transient, Verdict, any_error, breaker,
    classify, event, site, sites,
};

#[doc(hidden)]
pub use retry_runtime::macro_support as __private;

/// Chapters on what does not fit into the reference of one item.
pub mod guide {
    #[doc = include_str!("../docs/guide/closures.md")]
    pub mod closures {}
    #[doc = include_str!("../docs/guide/events.md")]
    pub mod events {}
    #[cfg(feature = "serde")]
    #[doc = include_str!("../docs/guide/configuration.md")]
    pub mod configuration {}

    #[cfg(feature = "test-util")]
    #[doc = include_str!("../docs/guide/testing.md")]
    pub mod testing {}
}
