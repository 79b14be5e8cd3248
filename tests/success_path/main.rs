//! A call that succeeds at once pays nothing: no allocation, no clock, no random number, and few bytes in a future.
//!
//! A binary of its own, for its allocator counts.

use reattempt::{Budget, Cancellation, CircuitBreaker, Policy, policy, retry, testing};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::{Future, IntoFuture};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Counts the allocations of each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Asserts that a call allocates nothing, and that it neither reads the clock nor draws a random number nor sleeps.
#[track_caller]
fn check_free<R>(call: impl FnOnce() -> R) -> R {
    let forbidden = testing::forbid();
    let before = ALLOCATIONS.get();
    let returned = call();
    let allocations = ALLOCATIONS.get() - before;
    drop(forbidden);
    assert_eq!(allocations, 0);
    returned
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[retry(on = |_: &u8| true)]
fn sync(value: u32) -> Result<u32, u8> {
    Ok(black_box(value))
}

#[retry(strategy = "decorrelated_jitter_v2", max = 9, on = |_: &u8| true, on_value = |value: &u32| *value == 0)]
async fn awaited(value: u32) -> Result<u32, u8> {
    Ok(black_box(value))
}

#[retry(strategy = ["1s", "2s"], on = reattempt::any_error)]
fn option(value: u32) -> Option<u32> {
    Some(black_box(value))
}

#[retry(max = attempts, base = std::time::Duration::from_millis(5), on = |_: &u8| true)]
fn settings_of_run_time(value: u32, attempts: u32) -> Result<u32, u8> {
    Ok(black_box(value))
}

static STOP: Cancellation = Cancellation::new();

#[retry(cancel = STOP, on = |_: &u8| true)]
async fn cancellable<const BYTES: usize>() -> Result<u8, u8> {
    plain::<BYTES>().await
}

#[test]
fn a_success_allocates_nothing_and_needs_no_clock_and_no_chance() {
    assert_eq!(check_free(|| sync(1)), Ok(1));
    assert_eq!(check_free(|| block_on(awaited(2))), Ok(2));
    assert_eq!(check_free(|| option(3)), Some(3));
    assert_eq!(check_free(|| settings_of_run_time(4, 5)), Ok(4));
    assert_eq!(check_free(|| block_on(cancellable::<8>())), Ok(1));
}

#[test]
fn a_closures_success_costs_as_little() {
    const POLICY: Policy = policy!(strategy = "decorrelated_jitter_v2", max = 9);
    let (breaker, budget) = (CircuitBreaker::consecutive(5), Budget::new());
    let with_a_breaker = || POLICY.retry(|| Some(black_box(5))).on(|_| true).breaker(&breaker).call();
    assert_eq!(check_free(|| POLICY.retry(|| Ok::<_, u8>(black_box(1))).on(|_| true).call()), Ok(1));
    assert_eq!(check_free(|| POLICY.retry(|| Some(black_box(2))).on(|_| true).on_value(|_| false).call()), Some(2));
    assert_eq!(check_free(with_a_breaker), Some(5));
    assert_eq!(check_free(|| POLICY.retry(|| Some(black_box(6))).on(|_| true).cancel(&STOP).call()), Some(6));
    assert_eq!(check_free(|| block_on(POLICY.retry_async(plain::<8>).on(|_| true).into_future())), Ok(1));
    let all_that_is_free = || {
        let call = POLICY.retry_async(|| async { Some(black_box(3)) });
        block_on(call.on(|_| true).notify(|_| {}).name("free").sleep(tokio::time::sleep).into_future())
    };
    assert_eq!(check_free(all_that_is_free), Some(3));
    // A deposit into a full bucket reads the clock, for the reserve.
    assert_eq!(POLICY.retry(|| Ok::<_, u8>(4)).on(|_| true).budget(&budget).call(), Ok(4));
}

#[test]
fn the_check_notices_allocations() {
    let caught = std::panic::catch_unwind(|| check_free(|| Box::new(black_box(1))));
    assert!(caught.is_err());
}

#[test]
fn the_check_notices_chance_clocks_and_sleeps() {
    #[retry(strategy = "full_jitter", on = |_: &u8| true)]
    fn draws() -> Result<u32, u8> {
        Err(1)
    }
    #[retry(deadline = "1h", on = |_: &u8| true)]
    fn reads_the_clock() -> Result<u32, u8> {
        Ok(1)
    }
    #[retry(strategy = "constant", on = |_: &u8| true)]
    fn sleeps() -> Result<u32, u8> {
        Err(1)
    }
    for call in [draws, reads_the_clock, sleeps] {
        let caught = std::panic::catch_unwind(|| {
            let _forbidden = testing::forbid();
            call()
        });
        assert!(caught.is_err());
    }
}

/// The body whose future takes as many bytes as it keeps over its await.
async fn plain<const BYTES: usize>() -> Result<u8, u8> {
    let kept = [1_u8; BYTES];
    pin!(std::future::ready(())).await;
    Ok(black_box(&kept)[0])
}

#[retry(on = |_: &u8| true)]
async fn retried<const BYTES: usize>() -> Result<u8, u8> {
    let kept = [1_u8; BYTES];
    pin!(std::future::ready(())).await;
    Ok(black_box(&kept)[0])
}

/// Asserts that the attribute adds at most 40 bytes to a future, and prints what it adds.
#[expect(clippy::print_stdout, reason = "the figures are asked for in reports")]
fn check_size<const BYTES: usize>() {
    let (body, whole) = (size_of_val(&plain::<BYTES>()), size_of_val(&retried::<BYTES>()));
    println!("body {BYTES:4}: future of the body {body:4}, retried {whole:4}, more by {}", whole - body);
    assert!(whole <= body + 40, "{body} bytes became {whole}");
    assert_eq!(check_free(|| block_on(retried::<BYTES>())), Ok(1));
}

#[retry(sleep = tokio::time::sleep, on = |_: &u8| true)]
async fn with_a_sleeper_of_ones_own<const BYTES: usize>() -> Result<u8, u8> {
    let kept = [1_u8; BYTES];
    pin!(std::future::ready(())).await;
    Ok(black_box(&kept)[0])
}

/// The future of a sleeper of the user's is boxed as that of ours is, so that it takes no room but in a sleep.
#[test]
#[expect(clippy::print_stdout, reason = "the figures are asked for in reports")]
fn a_sleeper_of_ones_own_takes_no_room_in_the_future() {
    let (own, ours) = (size_of_val(&with_a_sleeper_of_ones_own::<8>()), size_of_val(&retried::<8>()));
    println!("body    8: with a sleeper of one's own {own:4}, with ours {ours:4}");
    assert_eq!(own, ours);
    assert_eq!(size_of_val(&with_a_sleeper_of_ones_own::<1024>()), size_of_val(&retried::<1024>()));
}

#[test]
fn the_attribute_adds_at_most_forty_bytes_to_a_future() {
    check_size::<8>();
    check_size::<128>();
    check_size::<1024>();
    check_size::<4096>();
}

/// Asserts that a closure's future is at most 24 bytes larger than that of the annotated function, and prints by how much: it holds the policy,
/// its place, and a pointer to a series.
#[expect(clippy::print_stdout, reason = "the figures are asked for in reports")]
fn check_closure<const BYTES: usize>(policy: &Policy) {
    let call = policy.retry_async(plain::<BYTES>).on(|_| true).into_future();
    let (annotated, closure) = (size_of_val(&retried::<BYTES>()), size_of_val(&call));
    println!("body {BYTES:4}: annotated {annotated:4}, closure {closure:4}, more by {}", closure - annotated);
    assert!(closure <= annotated + 24, "{annotated} bytes became {closure}");
    assert_eq!(check_free(|| block_on(call)), Ok(1));
}

#[retry(deadline = "1h", on = |_: &u8| true)]
async fn with_a_deadline<const BYTES: usize>() -> Result<u8, u8> {
    plain::<BYTES>().await
}

#[retry(timeout = "1s", on = |_| true)]
async fn with_a_timeout<const BYTES: usize>() -> Option<u8> {
    plain::<BYTES>().await.ok()
}

#[retry(breaker = breaker, budget = budget, on = |_| true)]
async fn guarded<const BYTES: usize>(breaker: &CircuitBreaker, budget: &Budget) -> Option<u8> {
    plain::<BYTES>().await.ok()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are asked for in reports")]
fn a_closure_adds_at_most_twenty_four_bytes_to_the_future_of_the_attribute() {
    const POLICY: Policy = policy!(strategy = "full_jitter");
    check_closure::<8>(&POLICY);
    check_closure::<128>(&POLICY);
    check_closure::<1024>(&POLICY);
    check_closure::<4096>(&POLICY);
    // With more keys the difference is smaller: the attribute's has some of this too.
    let second = std::time::Duration::from_secs(1);
    let (breaker, budget) = (CircuitBreaker::consecutive(5), Budget::new());
    let body = || async { plain::<128>().await.ok() };
    let sizes = [
        (
            size_of_val(&with_a_deadline::<128>()),
            size_of_val(&POLICY.retry_async(|| async { plain::<128>().await }).on(|_| true).into_future()),
        ),
        (
            size_of_val(&with_a_timeout::<128>()),
            size_of_val(&POLICY.retry_async(body).on(|_| true).timeout(second).into_future()),
        ),
        (
            size_of_val(&guarded::<128>(&breaker, &budget)),
            size_of_val(&POLICY.retry_async(body).on(|_| true).breaker(&breaker).budget(&budget).into_future()),
        ),
    ];
    for ((annotated, closure), key) in sizes.into_iter().zip(["deadline", "timeout", "breaker and budget"]) {
        println!("body  128, {key}: annotated {annotated:4}, closure {closure:4}");
        assert!(closure <= annotated + 16, "{key}: {annotated} bytes became {closure}");
    }
}
