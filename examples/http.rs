//! HTTP in four lines, and what a server that misbehaves makes of them.
//! Run it with `cargo run -p reattempt-examples --example http`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{CircuitBreaker, Retrying, retry};
use reattempt_examples::{response, serve};
use reqwest::Client;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

static SHOP: CircuitBreaker = CircuitBreaker::consecutive(5);

#[retry(max = 5, timeout = "500ms", deadline = "20s", breaker = SHOP, notify = tell)]
async fn catalogue(client: &Client, url: &str) -> Result<String, Error> {
    Ok(client.get(url).send().await?.checked()?.text().await?)
}

/// An error with the beginning of the body, which often says what is wrong.
#[retry(max = 5, timeout = "500ms", deadline = "20s", breaker = SHOP, notify = tell)]
async fn order(client: &Client, url: &str) -> Result<String, Error> {
    Ok(client.get(url).send().await?.checked_with_body(200).await?.text().await?)
}

fn tell(retrying: &Retrying<'_, Error>) {
    println!("  {} (waits {} ms)", retrying.failure(), retrying.delay().as_millis());
}

/// Fails in four ways before it answers with the catalogue, and knows no order.
fn misbehave(head: &str, requests: &AtomicU32) -> String {
    if head.starts_with("GET /orders/") {
        return response("404 Not Found", &[], "no order 7 of yours");
    }
    match requests.fetch_add(1, Ordering::Relaxed) {
        0 => response("503 Service Unavailable", &[], ""),
        1 => response("429 Too Many Requests", &["Retry-After: 1"], ""),
        2 => response("200 OK", &[], "apples and pears").replace(" and pears", ""),
        3 => {
            thread::sleep(Duration::from_secs(2));
            response("200 OK", &[], "too late")
        }
        _ => response("200 OK", &[], "apples and pears"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = AtomicU32::new(0);
    let url = serve(move |head| misbehave(head, &requests))?;
    let client = Client::builder().no_proxy().build()?;

    println!("The catalogue:");
    println!("  {}", catalogue(&client, &format!("{url}/catalogue")).await?);

    println!("An order that does not exist, which is not asked for twice:");
    match order(&client, &format!("{url}/orders/7?token=secret")).await {
        Ok(order) => println!("  {order}"),
        Err(error) => println!("  {error}"),
    }
    Ok(())
}
