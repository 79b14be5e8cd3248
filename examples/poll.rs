//! Asks for a job until it is done. If the time is up before that, the caller gets the last answer.
//! Run it with `cargo run -p reattempt-examples --example poll`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{Failure, RetryError, Retrying, retry};
use reattempt_examples::{response, serve};
use reqwest::Client;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// An answer is "not yet" until it says "done". An error is one of the connection or of the server, and says nothing about the job.
#[retry(
    strategy = "constant", base = "100ms", jitter = 0.1, max = "unlimited", deadline = "1s",
    on_value = |answer: &String| !answer.starts_with("done"), notify = tell
)]
async fn done(client: &Client, url: &str) -> Result<String, RetryError<Error, String>> {
    Ok(client.get(url).send().await?.checked()?.text().await?)
}

/// `notify` sees what was rejected: the error, or the value.
fn tell(retrying: &Retrying<'_, Error, String>) {
    let number = retrying.attempt();
    match retrying.failure() {
        Failure::Rejected(answer) => println!("  {number:>2}: {answer}"),
        failure => println!("  {number:>2}: {failure}"),
    }
}

/// Two jobs: the report comes to its end, with a hiccup of the server; the backup hangs at 40 %.
fn job(head: &str, requests: &AtomicU32) -> String {
    let request = requests.fetch_add(1, Ordering::Relaxed);
    match (head.starts_with("GET /report "), request) {
        (true, 3) => response("502 Bad Gateway", &[], ""),
        (true, 5..) => response("200 OK", &[], "done: report.pdf"),
        (true, _) => response("200 OK", &[], &format!("running, {} %", request * 20)),
        (false, _) => response("200 OK", &[], "running, 40 %"),
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let requests = AtomicU32::new(0);
    let url = serve(move |head| job(head, &requests))?;
    let client = Client::builder().no_proxy().build().map_err(io::Error::other)?;
    for name in ["report", "backup"] {
        println!("{name}:");
        match done(&client, &format!("{url}/{name}")).await {
            Ok(answer) => println!("  {answer}"),
            Err(error) => match error.last_value() {
                Some(answer) => println!("  not done after {} requests; the last answer: {answer}", error.attempts()),
                None => println!("  no answer: {error}"),
            },
        }
    }
    Ok(())
}
