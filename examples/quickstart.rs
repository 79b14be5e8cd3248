//! A client of a web service that fails in several ways, with the attributes that handle them.
//!
//! Run it with `cargo run -p reattempt-examples --example quickstart`. It starts the service on a free port of this machine, prints
//! the outcome of each attempt and each delay, and checks both sides: what the caller got, and what the service saw. It exits with a failure if
//! something is not as expected.
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

// The retried functions. `attempt = attempt` and `sleep = wait` are only there to print the timeline. Other programs leave them out,
// and the body is just `shop.get(path).await`.

/// Reads a page. Reading twice does no harm, so every failure that `ApiError` calls transient is retried.
#[retry(strategy = "equal_jitter", base = "100ms", max = 5, attempt = attempt, sleep = wait)]
async fn read(shop: &Shop, path: &str) -> Result<String, ApiError> {
    told(attempt, shop.get(path)).await
}

/// Reads a page for a caller that waits for it: the time is limited, not the number of attempts.
///
/// The deadline limits when attempts begin; it does not interrupt one. The `RetryError` also says how the call went. The body still
/// returns a plain `ApiError`.
#[retry(
    strategy = "constant", base = "250ms", max = "unlimited", deadline = "1s", history = 16,
    attempt = attempt, sleep = wait
)]
async fn read_in_time(shop: &Shop, path: &str) -> Result<String, RetryError<ApiError>> {
    told(attempt, shop.get(path)).await
}

/// Makes a payment, which must not happen twice. Only a request that was certainly not sent is retried: a service that returns an error,
/// or no answer, may have made the payment.
#[retry(
    strategy = "equal_jitter", base = "100ms", cap = "500ms", max = 10, on = matches(ApiError::NotSent(_)),
    attempt = attempt, sleep = wait
)]
async fn pay(shop: &Shop, path: &str) -> Result<String, RetryError<ApiError>> {
    told(attempt, shop.post(path)).await
}

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("no connection")]
    NotSent(#[source] reqwest::Error),
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    #[error("the connection broke in mid-response")]
    HalfAnAnswer(#[source] reqwest::Error),
    #[error("429 Too Many Requests, retry after {retry_after:?}")]
    Busy { retry_after: Duration },
    #[error("{0}")]
    Status(StatusCode),
}

/// The classifier of attributes without `on`.
impl Transient for ApiError {
    fn is_transient(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::NoAnswer(_) | Self::HalfAnAnswer(_) | Self::Busy { .. } => true,
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
    let (socket, shop) = closed()?;
    let service = Service::default();
    service.clone().listen(socket)?;
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
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}

async fn unavailable_twice(service: &Service, shop: &Shop) -> Scene {
    println!("\nUnavailable twice: asks again, after growing and random delays");
    let seen = (ended(read(shop, "/prices").await), service.requests("/prices"));
    expect("an answer to request 3", matches!(seen, (Ok(_), 3)), &seen)
}

async fn told_to_wait(service: &Service, shop: &Shop) -> Scene {
    println!("\n429 with `Retry-After: 1`: waits as long as it is told, and a random bit longer");
    let outcome = ended(read(shop, "/stock").await);
    let arrivals = service.arrivals("/stock");
    let gaps: Vec<_> = arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let is_polite = outcome.is_ok() && matches!(gaps[..], [gap] if gap >= Duration::from_secs(1));
    expect("an answer to request 2, not before 1 s", is_polite, &(outcome, gaps))
}

async fn cut_short(service: &Service, shop: &Shop) -> Scene {
    println!("\nConnection lost in mid-response: half an answer is a failure too");
    let seen = (ended(read(shop, "/fruit").await), service.requests("/fruit"));
    let is_whole = matches!(&seen, (Ok(answer), 2) if answer == "apples and pears");
    expect("the whole answer to request 2", is_whole, &seen)
}

async fn not_found(service: &Service, shop: &Shop) -> Scene {
    println!("\n404: the next answer would be the same, so there is no second attempt");
    let seen = (ended(read(shop, "/plums").await), service.requests("/plums"));
    let is_final = matches!(seen, (Err(ApiError::Status(StatusCode::NOT_FOUND)), 1));
    expect("404 after 1 request", is_final, &seen)
}

async fn out_of_time(service: &Service, shop: &Shop) -> Scene {
    println!("\nSlow failures and a deadline of 1 s: gives up rather than sleep past it");
    let deadline = Duration::from_secs(1);
    let began = Instant::now();
    let outcome = ended(read_in_time(shop, "/report").await);
    let took = began.elapsed();
    // Both clocks have to agree: the caller's, and that of the service.
    let arrivals: Vec<_> = service.arrivals("/report").into_iter().map(|arrival| arrival - began).collect();
    println!("          the service was asked after {}", listed(&arrivals));
    let is_punctual = outcome.as_ref().is_err_and(|error| {
        error.reason() == StopReason::Deadline
            && error.history().count() == arrivals.len()
            && error.history().all(|failure| failure.started() < deadline)
    });
    let none_late = arrivals.iter().all(|arrival| *arrival < deadline);
    let seen = (outcome, arrivals, took);
    expect("to end by `Deadline` within 1 s", is_punctual && none_late && took < deadline, &seen)
}

async fn paid_and_failed(service: &Service, shop: &Shop) -> Scene {
    println!("\nA payment that is made, but answered with 503: to repeat it would be to pay twice");
    let seen = (ended(pay(shop, "/payments").await), service.requests("/payments"));
    let is_once = matches!(&seen, (Err(error), 1) if error.reason() == StopReason::Permanent);
    expect("to end as `Permanent` after 1 payment", is_once, &seen)
}

async fn not_open_yet() -> io::Result<Scene> {
    println!("\nA payment while nobody listens: it never left, so it is safe to repeat");
    let (socket, shop) = closed()?;
    let service = Service::default();
    let opening = service.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(250)).await;
        opening.listen(socket)
    });
    let seen = (ended(pay(&shop, "/donations").await), service.requests("/donations"));
    Ok(expect("1 payment, in the end", matches!(seen, (Ok(_), 1)), &seen))
}

/// The result of a scene. The error says what was expected and what happened.
type Scene = Result<(), String>;

fn expect(what: &str, holds: bool, seen: &dyn Debug) -> Scene {
    holds.then_some(()).ok_or_else(|| format!("expected {what}; what happened: {seen:?}"))
}

/// Prints an attempt: its start, counted from the start of the call, and its outcome.
async fn told(attempt: Attempt, request: impl Future<Output = Result<String, ApiError>>) -> Result<String, ApiError> {
    let began = attempt.elapsed();
    let outcome = request.await;
    let took = attempt.elapsed().saturating_sub(began).as_millis();
    let answer = match &outcome {
        Ok(answer) => format!("200 OK: {answer}"),
        Err(error) => error.to_string(),
    };
    println!("{:>5} ms  attempt {}: {answer} (took {took} ms)", began.as_millis(), attempt.number());
    outcome
}

/// Prints the delay and sleeps. Any function from a `Duration` to a future can be the sleeper.
async fn wait(delay: Duration) {
    println!("          waits {} ms", delay.as_millis());
    sleep(delay).await;
}

/// Prints what the caller gets. The text of a `RetryError` says why there was no further attempt.
fn ended<E: Display>(outcome: Result<String, E>) -> Result<String, E> {
    match &outcome {
        Ok(answer) => println!("          Ok: {answer}"),
        Err(error) => println!("          Err: {error}"),
    }
    outcome
}

fn listed(times: &[Duration]) -> String {
    let times: Vec<_> = times.iter().map(|time| format!("{} ms", time.as_millis())).collect();
    times.join(", ")
}

/// The client: plain requests, each sent once.
struct Shop {
    client: reqwest::Client,
    url: String,
}

impl Shop {
    fn new(url: String) -> io::Result<Self> {
        // Only one layer should retry, and a proxy would be a second server.
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(2))
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        Ok(Self { client, url })
    }

    async fn get(&self, path: &str) -> Result<String, ApiError> {
        Self::send(self.client.get(format!("{}{path}", self.url))).await
    }

    async fn post(&self, path: &str) -> Result<String, ApiError> {
        Self::send(self.client.post(format!("{}{path}", self.url))).await
    }

    async fn send(request: reqwest::RequestBuilder) -> Result<String, ApiError> {
        let response = request
            .send()
            .await
            .map_err(|error| if error.is_connect() { ApiError::NotSent(error) } else { ApiError::NoAnswer(error) })?;
        let status = response.status();
        if status.is_success() {
            return response.text().await.map_err(ApiError::HalfAnAnswer);
        }
        // The header may also be a date; this service never sends one.
        let hint = response.headers().get(header::RETRY_AFTER).and_then(|hint| hint.to_str().ok()?.parse().ok());
        match (status, hint) {
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds)) => {
                Err(ApiError::Busy { retry_after: Duration::from_secs(seconds) })
            }
            _ => Err(ApiError::Status(status)),
        }
    }
}

/// The service. It fails in a fixed order, and records each request with its time.
#[derive(Clone, Default)]
struct Service {
    requests: Arc<Mutex<Vec<(String, Instant)>>>,
}

impl Service {
    /// Returns the response to the n-th request of a path.
    async fn answer(State(service): State<Self>, uri: Uri) -> Response {
        let path = uri.path();
        match (path, service.note(path)) {
            // The payment is made at this point: recording the request is all it takes.
            ("/prices", 1 | 2) | ("/payments", _) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            ("/stock", 1) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response(),
            ("/fruit", 1) => cut("apples and "),
            ("/report", _) => {
                sleep(Duration::from_millis(300)).await;
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            ("/prices", _) => "2 each".into_response(),
            ("/stock", _) => "17 left".into_response(),
            ("/fruit", _) => "apples and pears".into_response(),
            ("/donations", _) => "thank you".into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// Records a request and returns the number of requests for its path, this one included.
    fn note(&self, path: &str) -> usize {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push((path.to_owned(), Instant::now()));
        requests.iter().filter(|(other, _)| other == path).count()
    }

    fn requests(&self, path: &str) -> usize {
        self.arrivals(path).len()
    }

    fn arrivals(&self, path: &str) -> Vec<Instant> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().filter(|(other, _)| other == path).map(|(_, arrival)| *arrival).collect()
    }

    /// Accepts connections from now on.
    fn listen(self, socket: TcpSocket) -> io::Result<()> {
        let listener = socket.listen(64)?;
        let router = axum::Router::new().fallback(Self::answer).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(())
    }
}

/// Returns the first half of a response, on a connection that then breaks.
fn cut(half: &'static str) -> Response {
    let chunks = stream::iter([Ok(half), Err(io::Error::other("the plug was pulled"))]);
    // The pause gives the first half time to be sent.
    let chunks = chunks.then(|chunk| async {
        sleep(Duration::from_millis(20)).await;
        chunk
    });
    Body::from_stream(chunks).into_response()
}

/// Binds a port that refuses connections until somebody listens. No other program can take it.
fn closed() -> io::Result<(TcpSocket, Shop)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let shop = Shop::new(format!("http://{}", socket.local_addr()?))?;
    Ok((socket, shop))
}
