//! A download that goes on where it broke. The connection breaks often, but brings a part each time.
//! Run it with `cargo run -p reattempt-examples --example download`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use reattempt::reqwest_0_13::{self, ResponseExt};
use reattempt::{Retrying, Transient, retry};
use reattempt_examples::{header, response, serve};
use reqwest::header::RANGE;
use reqwest::{Client, StatusCode};
use std::fs::{self, File};
use std::io::{self, Write};
use std::{env, process};

/// A connection that breaks is worth another attempt, a disk that is full is not.
#[derive(Debug, thiserror::Error, Transient)]
enum DownloadError {
    #[error(transparent)]
    #[transient(forward)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    #[transient(forward)]
    Status(#[from] reqwest_0_13::Error),
    #[error(transparent)]
    #[permanent]
    File(#[from] io::Error),
}

/// At most three attempts in a row may bring nothing. One that brings a part begins a new row, by `progress.made()`.
#[retry(max = 3, base = "50ms", progress = progress, notify = tell)]
async fn download(client: &Client, url: &str, file: &mut File) -> Result<u64, DownloadError> {
    let saved = file.metadata()?.len();
    let request = client.get(url).header(RANGE, format!("bytes={saved}-"));
    let mut response = request.send().await?.checked()?;
    if response.status() != StatusCode::PARTIAL_CONTENT {
        file.set_len(0)?; // this server sends the whole file, or nothing
    }
    while let Some(part) = response.chunk().await? {
        file.write_all(&part)?;
        progress.made();
    }
    Ok(file.metadata()?.len())
}

fn tell(retrying: &Retrying<'_, DownloadError>) {
    println!("  attempt {} fails: {}", retrying.attempt(), retrying.failure());
}

/// Sends the missing part of a text, but breaks the connection after 5,000 bytes. Every third request gets a 503.
fn flaky(text: &str, head: &str, request: usize) -> String {
    let range = header(head, "range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from: usize = range.unwrap_or_default();
    println!("asks for the bytes from {from} on");
    if request % 3 == 0 {
        return response("503 Service Unavailable", &[], "");
    }
    let range = format!("Content-Range: bytes {from}-{}/{}", text.len() - 1, text.len());
    let mut answer = response("206 Partial Content", &[&range], &text[from..]);
    answer.truncate(answer.len() - (text.len() - from).saturating_sub(5_000));
    answer
}

#[tokio::main]
async fn main() -> Result<(), DownloadError> {
    let text = (1..=2_000).map(|line| format!("line {line:04}\n")).collect::<Vec<_>>().concat();
    let (sent, requests) = (text.clone(), std::sync::atomic::AtomicUsize::new(1));
    let url = serve(move |head| flaky(&sent, head, requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))?;

    let path = env::temp_dir().join(format!("reattempt-download-{}.txt", process::id()));
    let mut file = File::options().create(true).append(true).open(&path)?;
    let client = Client::builder().no_proxy().build()?;
    let outcome = download(&client, &url, &mut file).await;
    let saved = fs::read_to_string(&path);
    fs::remove_file(&path)?;
    println!("{} of {} bytes, each as it was sent: {}", outcome?, text.len(), saved? == text);
    Ok(())
}
