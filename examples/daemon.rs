//! A daemon that follows a feed for as long as it runs, whatever happens to the connection. Ctrl-C ends it in good order.
//! Run it with `cargo run -p reattempt-examples --example daemon --features daemon`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{RetryError, Retrying, StopReason, retry};
use reattempt_examples::{header, response, serve};
use reqwest::Client;
use std::io;
use tokio_util::sync::CancellationToken;

/// Handles the messages of one connection after the other. There is no limit: it ends when `stop` is cancelled, and otherwise never.
/// A connection that has brought a message was a good one: the next delay begins at `base` again.
#[retry(
    strategy = "exponential", base = "200ms", cap = "1min", max = "unlimited", deadline = "none",
    cancel = stop, progress = progress, notify = tell
)]
async fn follow(
    client: &Client,
    url: &str,
    handled: &mut usize,
    stop: &CancellationToken,
) -> Result<(), RetryError<Error>> {
    let request = client.get(url).header("after", handled.to_string());
    let mut feed = request.send().await?.checked()?;
    // `cancel` ends the sleeps. A running attempt is ended here, between two messages.
    while let Some(message) = stop.run_until_cancelled(feed.chunk()).await.transpose()?.flatten() {
        println!("{}", String::from_utf8_lossy(&message).trim_end());
        *handled += 1;
        progress.made();
    }
    Ok(())
}

fn tell(retrying: &Retrying<'_, Error>) {
    println!("  {}; the next attempt in {:?}", retrying.failure(), retrying.delay());
}

/// Sends the next message and breaks the connection. After three of them it is down for good.
fn feed(head: &str) -> String {
    let after: usize = header(head, "after").and_then(|after| after.parse().ok()).unwrap_or_default();
    if after == 3 {
        return response("503 Service Unavailable", &[], "");
    }
    let mut answer = response("200 OK", &[], &format!("message {}\n, and more", after + 1));
    answer.truncate(answer.len() - ", and more".len());
    answer
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let url = serve(feed)?;
    let client = Client::builder().no_proxy().build().map_err(io::Error::other)?;
    let stop = CancellationToken::new();
    let ctrl_c = stop.clone();
    tokio::spawn(async move {
        tokio::signal::ctrl_c().await.expect("a handler for Ctrl-C can be set");
        println!("Ctrl-C");
        ctrl_c.cancel();
    });
    println!("Press Ctrl-C to end it.");
    let mut handled = 0;
    match follow(&client, &url, &mut handled, &stop).await {
        Err(error) if error.reason() != StopReason::Cancelled => return Err(io::Error::other(error)),
        _ => println!("Handled {handled} messages, and nothing is left half done."),
    }
    Ok(())
}
