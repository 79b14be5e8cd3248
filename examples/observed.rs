//! What operators see: the log of `tracing`, and the metrics that Prometheus scrapes from this program.
//! Run it with `cargo run -p reattempt-examples --example observed --features observed`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use metrics_exporter_prometheus::PrometheusBuilder;
use reattempt::{RetryError, retry};
use reqwest::Client;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// The names of the sites are in the log and in the metrics. Without `name` they are paths such as `observed::charge`.
#[retry(name = "bank.charge", strategy = "exponential", base = "20ms", max = 4)]
async fn charge(bank: &Bank) -> io::Result<&'static str> {
    bank.answer()
}

#[retry(name = "bank.balance", strategy = "exponential", base = "20ms", max = 2)]
async fn balance(bank: &Bank) -> Result<&'static str, RetryError<io::Error>> {
    bank.answer()
}

/// Its connection breaks twice, then it answers once, and then it is gone.
struct Bank {
    calls: AtomicU32,
}

impl Bank {
    fn answer(&self) -> io::Result<&'static str> {
        match self.calls.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(io::ErrorKind::ConnectionReset.into()),
            2 => Ok("charged"),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The two lines of an application. No retried function mentions them.
    tracing_subscriber::fmt().without_time().with_ansi(false).with_writer(io::stdout).init();
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    PrometheusBuilder::new().with_recommended_naming(true).with_http_listener(address).install()?;

    println!("The log:");
    let bank = Bank { calls: AtomicU32::new(0) };
    charge(&bank).await?;
    let _gone = balance(&bank).await;

    println!("\nThe metrics, from http://{address}/metrics:");
    let client = Client::builder().no_proxy().build()?;
    let scraped = client.get(format!("http://{address}/metrics")).send().await?.text().await?;
    let mut samples: Vec<_> =
        scraped.lines().filter(|line| line.contains("site=") && !line.contains("delay")).collect();
    samples.sort_unstable();
    println!("{}", samples.join("\n"));
    Ok(())
}
