//! Thirty callers of a server that is limited for a second: one of them gets the 429, and all of them wait.
//! Run it with `cargo run -p reattempt-examples --example limited`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{CircuitBreaker, retry};
use reattempt_examples::{response, serve};
use reqwest::Client;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The hint of a 429 opens it, for as long as the server says.
static API: CircuitBreaker = CircuitBreaker::consecutive(20).pause_on_hint();

/// Each caller learns by itself that the server wants a pause.
#[retry(max = 5, deadline = "10s")]
async fn alone(client: Client, url: String) -> Result<(), Error> {
    client.get(&url).send().await?.checked()?;
    Ok(())
}

/// The callers share a breaker, and wait where it refuses.
#[retry(max = 5, deadline = "10s", breaker = API, wait_for_breaker = true)]
async fn together(client: Client, url: String) -> Result<(), Error> {
    client.get(&url).send().await?.checked()?;
    Ok(())
}

/// Answers nine requests, and no other one in the second that follows. Records when it sent which status.
fn limited(sent: &Mutex<Vec<(Instant, &'static str)>>) -> String {
    let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let is_early = sent.get(9).map_or(sent.len() == 9, |(limited, _)| now - *limited < Duration::from_secs(1));
    let (status, lines) = if is_early { ("429 Too Many Requests", ["Retry-After: 1"]) } else { ("200 OK", ["A: b"]) };
    sent.push((now, status));
    response(status, &lines, "")
}

/// Ten callers, one after the other, and twenty more at once a moment later.
async fn thirty<F>(title: &str, call: impl Fn(Client, String) -> F) -> io::Result<()>
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let sent = Arc::new(Mutex::new(Vec::new()));
    let url = serve({
        let sent = Arc::clone(&sent);
        move |_| limited(&sent)
    })?;
    let client = Client::builder().no_proxy().build().map_err(io::Error::other)?;
    let mut callers = JoinSet::new();
    for caller in 1..=30 {
        callers.spawn(call(client.clone(), url.clone()));
        if caller <= 10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let outcomes = callers.join_all().await;
    let answered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let refused = sent.iter().filter(|(_, status)| status.starts_with("429")).count();
    println!(
        "{title}:\n  {} requests, {refused} of them too early\n  {answered} of 30 callers have an answer",
        sent.len()
    );
    Ok(())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    thirty("Each caller by itself", alone).await?;
    thirty("With one breaker for all", together).await
}
