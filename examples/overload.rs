//! A shop goes down while it is asked a lot: a budget ends the retries, a breaker the requests, and a cache answers.
//! Run it with `cargo run -p reattempt-examples --example overload`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{Budget, CircuitBreaker, RetryError, retry};
use reattempt_examples::{response, serve};
use reqwest::Client;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, mem};

const COOL_DOWN: Duration = Duration::from_millis(500);

/// Five retries at once. Then only successful calls earn new ones: ten of them one retry.
static BUDGET: Budget = Budget::new().capacity(5).reserve(0.0);
/// Twenty failures in a row, and the shop is left alone for a while.
static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(20).cool_down(COOL_DOWN);

#[retry(
    max = 4, base = "5ms", timeout = "2s", budget = BUDGET, breaker = BREAKER,
    recover = from_the_cache
)]
async fn price(client: &Client, url: &str) -> Result<String, RetryError<Error>> {
    let price = client.get(url).send().await?.checked()?.text().await?;
    lock(&CACHE).clone_from(&price);
    Ok(price)
}

/// Answers instead of the shop, and counts why.
fn from_the_cache(error: RetryError<Error>) -> Result<String, RetryError<Error>> {
    *lock(&WHY).entry(error.reason().to_string()).or_default() += 1;
    let cached = lock(&CACHE).clone();
    if cached.is_empty() { Err(error) } else { Ok(cached) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static CACHE: Mutex<String> = Mutex::new(String::new());
static WHY: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
static IS_DOWN: AtomicBool = AtomicBool::new(false);
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Calls one hundred times, and prints where the answers came from.
async fn hundred_calls(what: &str, client: &Client, url: &str) {
    let mut answers = 0;
    for _ in 0..100 {
        answers += u32::from(price(client, url).await.is_ok());
    }
    println!("{what}: 100 calls, {} requests to the shop", REQUESTS.swap(0, Relaxed));
    println!("  {answers:>3} answers");
    for (reason, calls) in mem::take(&mut *lock(&WHY)) {
        println!("  {calls:>3} from the cache: {reason}");
    }
    println!("  the breaker is {}, the budget pays for {} retries", BREAKER.state(), BUDGET.balance());
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let url = serve(|_| {
        REQUESTS.fetch_add(1, Relaxed);
        let status = if IS_DOWN.load(Relaxed) { "503 Service Unavailable" } else { "200 OK" };
        response(status, &[], "2 each")
    })?;
    let client = Client::builder().no_proxy().build().map_err(io::Error::other)?;
    hundred_calls("The shop is up", &client, &url).await;
    IS_DOWN.store(true, Relaxed);
    hundred_calls("It is down", &client, &url).await;
    IS_DOWN.store(false, Relaxed);
    tokio::time::sleep(COOL_DOWN).await;
    hundred_calls("It is up again, and the breaker has cooled down", &client, &url).await;
    Ok(())
}
