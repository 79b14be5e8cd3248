//! A client of a web service that fails in every way a service can, and the attributes that make it cope.
//!
//! Run it with `cargo run --example quickstart`. It starts the service itself, on a free port of this machine, prints what each
//! attempt met and how long it waits for the next, and checks both sides of the story: what the caller got, and what the
//! service saw. It exits with a failure if anything went other than it should.
#![expect(clippy::print_stdout, reason = "the timeline is what this program is for")]

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use reattempt::{Attempt, RetryError, StopReason, Transient, retry};
use std::fmt::{Debug, Display};
use std::io;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;
use tokio::time::sleep;

// The retried functions. `attempt = attempt` and `sleep = wait` are there for the timeline alone: a program that prints none
// leaves them out, and its bodies are just `shop.get(path).await`.

/// Reads a page. Reading twice does no harm, so whatever `ApiError` calls transient is asked for again.
#[retry(strategy = "equal_jitter", base = "100ms", max = 5, attempt = attempt, sleep = wait)]
async fn read(shop: &Shop, path: &str) -> Result<String, ApiError> {
    told(attempt, shop.get(path)).await
}

/// Reads a page for somebody who waits for it: the time is limited, not the number of attempts.
///
/// By returning a `RetryError` it also tells how the call went; the body still fails with a plain `ApiError`.
#[retry(
    strategy = "constant", base = "250ms", max = "unlimited", deadline = "1s", history = 16,
    attempt = attempt, sleep = wait
)]
async fn read_in_time(shop: &Shop, path: &str) -> Result<String, RetryError<ApiError>> {
    told(attempt, shop.get(path)).await
}

/// Moves money, which must not happen twice. Only a request that certainly never left is sent again: a service that answered
/// with an error, or not at all, may have done its work.
#[retry(
    strategy = "equal_jitter", base = "100ms", max = 10, on = matches(ApiError::NotSent(_)),
    attempt = attempt, sleep = wait
)]
async fn pay(shop: &Shop, path: &str) -> Result<String, RetryError<ApiError>> {
    told(attempt, shop.post(path)).await
}

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("no connection")]
    NotSent(#[source] reqwest::Error),
    #[error("connection lost before the answer was complete")]
    Lost(#[source] reqwest::Error),
    #[error("429 Too Many Requests, retry after {retry_after:?}")]
    Busy { retry_after: Duration },
    #[error("{0}")]
    Status(StatusCode),
}

/// Used where an attribute has no `on` of its own.
impl Transient for ApiError {
    fn is_transient(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::Lost(_) | Self::Busy { .. } => true,
            Self::Status(status) => status.is_server_error(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    let (service, shop) = open()?;
    let scenes = [
        unavailable_twice(&service, &shop).await,
        told_to_wait(&service, &shop).await,
        cut_short(&service, &shop).await,
        not_found(&service, &shop).await,
        out_of_time(&service, &shop).await,
        paid_and_failed(&service, &shop).await,
        not_open_yet().await?,
    ];
    let failures: Vec<_> = scenes.iter().filter_map(|scene| scene.as_ref().err()).collect();
    println!("\n{} of {} as expected", scenes.len() - failures.len(), scenes.len());
    for failure in &failures {
        eprintln!("{failure}");
    }
    Ok(if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn unavailable_twice(service: &Service, shop: &Shop) -> Scene {
    title("Unavailable twice: asks again, at growing and random intervals");
    let outcome = ended(read(shop, "/prices").await);
    let requests = service.arrivals("/prices").len();
    expect(
        outcome.is_ok() && requests == 3,
        "an answer to request 3",
        &(outcome, requests),
    )
}

async fn told_to_wait(service: &Service, shop: &Shop) -> Scene {
    title("429 with `Retry-After: 1`: waits as long as it is told, and a little longer");
    let outcome = ended(read(shop, "/stock").await);
    let arrivals = service.arrivals("/stock");
    let gaps: Vec<_> = arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let is_polite = matches!(gaps[..], [gap] if gap >= Duration::from_secs(1));
    expect(
        outcome.is_ok() && is_polite,
        "an answer to request 2, not before 1 s",
        &(outcome, gaps),
    )
}

async fn cut_short(service: &Service, shop: &Shop) -> Scene {
    title("Connection lost in mid-response: half an answer is a failure too");
    let outcome = ended(read(shop, "/catalogue").await);
    let requests = service.arrivals("/catalogue").len();
    let is_whole = outcome.as_ref().is_ok_and(|answer| answer == "apples and pears");
    expect(
        is_whole && requests == 2,
        "the whole answer to request 2",
        &(outcome, requests),
    )
}

async fn not_found(service: &Service, shop: &Shop) -> Scene {
    title("404: the next answer would be the same, so there is no second attempt");
    let outcome = ended(read(shop, "/plums").await);
    let requests = service.arrivals("/plums").len();
    let is_missing = matches!(outcome, Err(ApiError::Status(StatusCode::NOT_FOUND)));
    expect(is_missing && requests == 1, "404 after 1 request", &(outcome, requests))
}

async fn out_of_time(service: &Service, shop: &Shop) -> Scene {
    const DEADLINE: Duration = Duration::from_secs(1);
    title("Slow failures and a deadline of 1 s: gives up rather than sleep past it");
    let began = Instant::now();
    let outcome = ended(read_in_time(shop, "/report").await);
    let took = began.elapsed();
    let arrivals = service.arrivals("/report");
    let is_punctual = outcome.as_ref().is_err_and(|error| {
        let starts: Vec<_> = error.history().map(|failure| failure.started()).collect();
        println!("            attempts began at {starts:.0?}");
        error.reason() == StopReason::Deadline
            && starts.len() == arrivals.len()
            && starts.iter().all(|start| *start < DEADLINE)
    });
    // The service's own clock agrees, and the delay that would have led past the deadline was not slept.
    let none_late = arrivals.iter().all(|arrival| *arrival - began < DEADLINE);
    expect(
        is_punctual && none_late && took < DEADLINE,
        "`Deadline` before 1 s, and no attempt begun later",
        &(outcome, arrivals.len(), took),
    )
}

async fn paid_and_failed(service: &Service, shop: &Shop) -> Scene {
    title("A payment that is made, then answered with 503: paying again would pay twice");
    let outcome = ended(pay(shop, "/payments").await);
    let payments = service.arrivals("/payments").len();
    let is_permanent = outcome
        .as_ref()
        .is_err_and(|error| error.reason() == StopReason::Permanent);
    expect(
        is_permanent && payments == 1,
        "`Permanent` after 1 payment",
        &(outcome, payments),
    )
}

async fn not_open_yet() -> io::Result<Scene> {
    title("A payment while nobody listens: it never left, so it is safe to send again");
    let service = Service::default();
    let (socket, shop) = closed()?;
    let later = service.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(250)).await;
        later.listen(socket)
    });
    let outcome = ended(pay(&shop, "/donations").await);
    let payments = service.arrivals("/donations").len();
    Ok(expect(
        outcome.is_ok() && payments == 1,
        "1 payment, in the end",
        &(outcome, payments),
    ))
}

/// What a scene came to; the error says what was expected and what happened.
type Scene = Result<(), String>;

fn expect(is_as_expected: bool, expected: &str, happened: &dyn Debug) -> Scene {
    if is_as_expected {
        Ok(())
    } else {
        Err(format!("expected {expected}; what happened: {happened:?}"))
    }
}

fn title(title: &str) {
    println!("\n{title}");
}

/// Prints an attempt: when it began, counted from the beginning of the call, and what came back.
async fn told(attempt: Attempt, request: impl Future<Output = Result<String, ApiError>>) -> Result<String, ApiError> {
    let began = attempt.elapsed();
    let outcome = request.await;
    let took = attempt.elapsed().saturating_sub(began);
    let answer = match &outcome {
        Ok(answer) => format!("200 OK: {answer}"),
        Err(error) => error.to_string(),
    };
    println!(
        "  {:>6.3} s  attempt {}  {answer} (after {took:.0?})",
        began.as_secs_f64(),
        attempt.number()
    );
    outcome
}

/// Sleeps, and says so. Any function from a `Duration` to a future can be a sleeper.
async fn wait(delay: Duration) {
    println!("            waits {delay:.0?}");
    sleep(delay).await;
}

/// Prints how a call ended: for a `RetryError`, that includes why it stopped.
fn ended<E: Display>(outcome: Result<String, E>) -> Result<String, E> {
    match &outcome {
        Ok(answer) => println!("            returns Ok: {answer}"),
        Err(error) => println!("            returns Err: {error}"),
    }
    outcome
}

/// The client: plain requests, each sent once.
struct Shop {
    client: reqwest::Client,
    url: String,
}

impl Shop {
    fn new(url: String) -> io::Result<Self> {
        // One layer that retries is enough, and a proxy would be a second server.
        let client = reqwest::Client::builder().retry(reqwest::retry::never()).no_proxy();
        Ok(Self {
            client: client.build().map_err(io::Error::other)?,
            url,
        })
    }

    async fn get(&self, path: &str) -> Result<String, ApiError> {
        Self::send(self.client.get(format!("{}{path}", self.url))).await
    }

    async fn post(&self, path: &str) -> Result<String, ApiError> {
        Self::send(self.client.post(format!("{}{path}", self.url))).await
    }

    async fn send(request: reqwest::RequestBuilder) -> Result<String, ApiError> {
        let response = request.send().await.map_err(|error| {
            if error.is_connect() {
                ApiError::NotSent(error)
            } else {
                ApiError::Lost(error)
            }
        })?;
        let status = response.status();
        if status.is_success() {
            return response.text().await.map_err(ApiError::Lost);
        }
        // The header may also be a date; this service never sends one.
        let hint = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|hint| hint.to_str().ok()?.parse().ok());
        match (status, hint) {
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds)) => Err(ApiError::Busy {
                retry_after: Duration::from_secs(seconds),
            }),
            _ => Err(ApiError::Status(status)),
        }
    }
}

/// The service: fails by a script, and remembers when it was asked for what.
#[derive(Clone, Default)]
struct Service {
    requests: Arc<Mutex<Vec<(String, Instant)>>>,
}

impl Service {
    /// The script: what the n-th request of a path is answered with.
    async fn answer(State(service): State<Self>, uri: Uri) -> Response {
        let path = uri.path();
        match (path, service.note(path)) {
            ("/prices", 1 | 2) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            ("/stock", 1) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response(),
            ("/catalogue", 1) => cut("apples and "),
            ("/report", _) => {
                sleep(Duration::from_millis(300)).await;
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            // The money is gone, the service does not get round to saying so.
            ("/payments", _) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            ("/prices", _) => "2 each".into_response(),
            ("/stock", _) => "17 left".into_response(),
            ("/catalogue", _) => "apples and pears".into_response(),
            ("/donations", _) => "thank you".into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// Notes a request and answers how many there were for its path, this one included.
    fn note(&self, path: &str) -> usize {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push((path.to_owned(), Instant::now()));
        requests.iter().filter(|(other, _)| other == path).count()
    }

    fn arrivals(&self, path: &str) -> Vec<Instant> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests
            .iter()
            .filter(|(other, _)| other == path)
            .map(|(_, arrival)| *arrival)
            .collect()
    }

    /// Opens the doors; from here on connections are accepted.
    fn listen(self, socket: TcpSocket) -> io::Result<()> {
        let listener = socket.listen(64)?;
        let router = axum::Router::new().fallback(Self::answer).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(())
    }
}

/// The first half of an answer, on a connection that then breaks.
fn cut(half: &'static str) -> Response {
    let chunks = stream::iter([Ok(half), Err(io::Error::other("the plug was pulled"))]);
    // The pause lets the first half get out.
    let chunks = chunks.then(|chunk| async {
        sleep(Duration::from_millis(20)).await;
        chunk
    });
    Body::from_stream(chunks).into_response()
}

/// A port that is taken, so that nobody else can have it, but refuses connections until somebody listens.
fn closed() -> io::Result<(TcpSocket, Shop)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let shop = Shop::new(format!("http://{}", socket.local_addr()?))?;
    Ok((socket, shop))
}

fn open() -> io::Result<(Service, Shop)> {
    let (socket, shop) = closed()?;
    let service = Service::default();
    service.clone().listen(socket)?;
    Ok((service, shop))
}
