//! tonic: a channel against a scripted service, and against servers that refuse, fall silent or die.

use reattempt::tonic_0_14::{self as classifier, Codes};
use reattempt::{RetryError, StopReason, Verdict, retry, testing};
use std::future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime;
use tokio::sync::Notify;
use tonic_0_14::metadata::{Ascii, MetadataValue};
use tonic_0_14::transport::server::TcpIncoming;
use tonic_0_14::transport::{Channel, Endpoint, Server};
use tonic_0_14::{Code, Request, Response, Status, async_trait, codegen::tokio_stream};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_types_0_14::{ErrorDetails, StatusExt};

const PUSHBACK: &str = "grpc-retry-pushback-ms";
const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

#[retry(max = 3, on = classifier::error)]
async fn check(channel: &Channel) -> Result<(), RetryError<Status>> {
    ask(channel, None).await
}

#[retry(max = 3, on = |status| codes.error(status))]
async fn check_by(codes: Codes, channel: &Channel) -> Result<(), RetryError<Status>> {
    ask(channel, None).await
}

#[retry(max = 3, on = |status| codes.error(status))]
async fn check_within(limit: Duration, codes: Codes, channel: &Channel) -> Result<(), RetryError<Status>> {
    ask(channel, Some(limit)).await
}

#[retry]
async fn check_by_type(channel: &Channel) -> Result<(), Status> {
    ask(channel, None).await
}

async fn ask(channel: &Channel, limit: Option<Duration>) -> Result<(), Status> {
    let mut request = Request::new(HealthCheckRequest::default());
    if let Some(limit) = limit {
        request.set_timeout(limit);
    }
    HealthClient::new(channel.clone()).check(request).await.map(drop)
}

/// The service's reply to each call. The argument is the call's number, from 1.
enum Answer {
    By(Box<dyn Fn(u32) -> Result<(), Status> + Send + Sync>),
    /// Notifies, and never replies.
    Never(Arc<Notify>),
}

struct Service {
    calls: Arc<AtomicU32>,
    answer: Answer,
}

#[async_trait]
impl Health for Service {
    type WatchStream = tokio_stream::Empty<Result<HealthCheckResponse, Status>>;

    async fn check(&self, _: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match &self.answer {
            Answer::By(answer) => answer(call).map(|()| Response::new(HealthCheckResponse::default())),
            Answer::Never(called) => {
                called.notify_one();
                future::pending().await
            }
        }
    }

    async fn watch(&self, _: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("nobody watches here"))
    }
}

struct Running {
    channel: Channel,
    calls: Arc<AtomicU32>,
}

impl Running {
    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// Starts a server on the runtime at hand, which ends with it.
async fn serve(answer: impl Fn(u32) -> Result<(), Status> + Send + Sync + 'static) -> Running {
    let listener = TcpListener::bind(LOCAL).await.expect("a free port");
    let channel = channel_to(listener.local_addr().expect("a bound listener"));
    Running { channel, calls: serve_with(Server::builder(), listener, Answer::By(Box::new(answer))) }
}

/// Starts a server, and returns the counter of its calls.
fn serve_with(mut server: Server, listener: TcpListener, answer: Answer) -> Arc<AtomicU32> {
    let calls = Arc::new(AtomicU32::new(0));
    let service = HealthServer::new(Service { calls: Arc::clone(&calls), answer });
    tokio::spawn(server.add_service(service).serve_with_incoming(TcpIncoming::from(listener)));
    calls
}

fn channel_to(address: SocketAddr) -> Channel {
    endpoint(&address.to_string()).connect_lazy()
}

fn endpoint(authority: &str) -> Endpoint {
    Endpoint::from_shared(format!("http://{authority}")).expect("an authority")
}

fn pushed_back(mut status: Status, value: &[u8]) -> Status {
    let value: MetadataValue<Ascii> = MetadataValue::try_from(value).expect("bytes that a header may hold");
    status.metadata_mut().append(PUSHBACK, value);
    status
}

fn with_retry_info(code: Code, delay: Duration) -> Status {
    Status::with_error_details(code, "", ErrorDetails::with_retry_info(Some(delay)))
}

/// Checks a server that always replies with this status: the calls, the stop reason, and the bounds of the delays.
async fn check_always(status: Status, calls: u32, reason: StopReason, delays: [Duration; 2]) {
    let time = testing::pause();
    let shown = format!("{status:?}");
    let server = serve(move |_| Err(status.clone())).await;
    let error = check(&server.channel).await.expect_err("a failure always");
    assert_eq!((server.calls(), error.attempts(), error.reason()), (calls, calls, reason), "{shown}");
    let slept = time.slept();
    assert!(slept.iter().all(|delay| (delays[0]..=delays[1]).contains(delay)), "{shown}: {slept:?}");
}

const SOON: [Duration; 2] = [Duration::ZERO, Duration::from_millis(200)];

#[tokio::test]
async fn a_server_that_comes_back_is_asked_until_then() {
    let time = testing::pause();
    let server = serve(|call| if call < 3 { Err(Status::unavailable("restarting")) } else { Ok(()) }).await;
    check(&server.channel).await.unwrap();
    assert_eq!((server.calls(), time.slept().len()), (3, 2));
}

#[tokio::test]
async fn a_status_needs_no_classifier() {
    let _time = testing::pause();
    let server = serve(|call| if call == 1 { Err(Status::unavailable("")) } else { Err(Status::not_found("")) }).await;
    assert_eq!(check_by_type(&server.channel).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn each_code_has_its_verdict() {
    let _time = testing::pause();
    for (code, calls) in [
        (Code::Cancelled, 1),
        (Code::Unknown, 1),
        (Code::InvalidArgument, 1),
        (Code::DeadlineExceeded, 1),
        (Code::NotFound, 1),
        (Code::AlreadyExists, 1),
        (Code::PermissionDenied, 1),
        (Code::ResourceExhausted, 3),
        (Code::FailedPrecondition, 1),
        (Code::Aborted, 1),
        (Code::OutOfRange, 1),
        (Code::Unimplemented, 1),
        (Code::Internal, 1),
        (Code::Unavailable, 3),
        (Code::DataLoss, 1),
        (Code::Unauthenticated, 1),
    ] {
        let server = serve(move |_| Err(Status::new(code, "as the script has it"))).await;
        let error = check(&server.channel).await.unwrap_err();
        assert_eq!(error.last().map(Status::code), Some(code));
        assert_eq!(server.calls(), calls, "{code:?}");

        check_by(Codes::NONE.including(code), &server.channel).await.unwrap_err();
        assert_eq!(server.calls(), calls + 3, "{code:?} included");
        check_by(Codes::TRANSIENT.excluding(code), &server.channel).await.unwrap_err();
        assert_eq!(server.calls(), calls + 4, "{code:?} excluded");
    }
}

#[tokio::test]
async fn an_error_that_says_ok_is_permanent() {
    check_always(Status::ok("but no answer"), 1, StopReason::Permanent, SOON).await;
}

#[tokio::test]
async fn conflicts_and_lost_time_are_transient_by_choice() {
    const CHOSEN: Codes = Codes::TRANSIENT.including(Code::Aborted).including(Code::DeadlineExceeded);
    let _time = testing::pause();
    for status in [Status::aborted("somebody was faster"), Status::deadline_exceeded("too late")] {
        let script = move |call| if call % 2 == 1 { Err(status.clone()) } else { Ok(()) };
        let server = serve(script).await;
        check_by(CHOSEN, &server.channel).await.unwrap();
        assert_eq!(server.calls(), 2);
        let error = check(&server.channel).await.unwrap_err();
        assert_eq!((server.calls(), error.reason()), (3, StopReason::Permanent));
    }
}

#[tokio::test]
async fn hints_are_waited_for() {
    let five = [Duration::from_secs(5), Duration::from_millis(5500)];
    let info = with_retry_info(Code::ResourceExhausted, Duration::from_secs(5));
    check_always(info.clone(), 3, StopReason::MaxAttempts, five).await;
    check_always(pushed_back(info.clone(), b"10"), 3, StopReason::MaxAttempts, five).await;
    check_always(pushed_back(Status::unavailable(""), b"5000"), 3, StopReason::MaxAttempts, five).await;

    let seven = [Duration::from_secs(7), Duration::from_millis(7700)];
    check_always(pushed_back(info, b"7000"), 3, StopReason::MaxAttempts, seven).await;
    check_always(pushed_back(Status::unavailable(""), b"0"), 3, StopReason::MaxAttempts, SOON).await;
}

#[tokio::test]
async fn hints_beyond_the_longest_end_the_call() {
    let info = |delay| with_retry_info(Code::Unavailable, delay);
    let pushback = |value| pushed_back(Status::unavailable(""), value);
    for status in [
        info(Duration::from_secs(61)),
        info(Duration::MAX),
        pushback(b"60001"),
        pushback(b"18446744073709551615"),
        pushed_back(info(Duration::from_secs(1)), b"60001"),
    ] {
        check_always(status, 1, StopReason::HintTooLong, SOON).await;
    }
}

#[tokio::test]
async fn a_pushback_can_forbid_a_retry() {
    for value in
        ["-1", "-9223372036854775808", "", "soon", "1.5", "10s", "18446744073709551616", "\u{ff15}", &"9".repeat(4000)]
    {
        let status = pushed_back(Status::unavailable("overloaded"), value.as_bytes());
        check_always(status, 1, StopReason::Permanent, SOON).await;
    }
    check_always(pushed_back(Status::unavailable(""), b"\xff\xfe"), 1, StopReason::Permanent, SOON).await;
}

#[tokio::test]
async fn several_pushbacks_forbid_a_retry() {
    let twice = pushed_back(pushed_back(Status::unavailable(""), b"10"), b"10");
    check_always(twice, 1, StopReason::Permanent, SOON).await;
}

#[tokio::test]
async fn hints_make_no_code_transient() {
    let info = with_retry_info(Code::FailedPrecondition, Duration::from_secs(1));
    check_always(pushed_back(info, b"10"), 1, StopReason::Permanent, SOON).await;
}

#[tokio::test]
async fn details_that_make_no_sense_are_no_hint() {
    let least = b"\x1a\x39\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x0d\x0a\x0b\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";
    for details in [b"\xff\xff\xff\xff".to_vec(), b"no protobuf".to_vec(), vec![0x1a; 4096], least.to_vec()] {
        let status = Status::with_details(Code::Unavailable, "", details.into());
        check_always(status, 3, StopReason::MaxAttempts, SOON).await;
    }
}

#[tokio::test]
async fn a_refused_connection_is_transient() {
    let time = testing::pause();
    // Bound, but not listening: the port refuses connections, and no other program can take it.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(LOCAL).unwrap();
    let address = socket.local_addr().unwrap();
    let error = check(&channel_to(address)).await.unwrap_err();
    assert_eq!((error.attempts(), error.reason(), time.slept().len()), (3, StopReason::MaxAttempts, 2));
    assert_eq!(error.last().map(Status::code), Some(Code::Unavailable));

    let error = endpoint(&address.to_string()).connect().await.unwrap_err();
    assert_eq!(classifier::error(&Status::from_error(error.into())), Verdict::Retry);
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_looked_up_once() {
    let time = testing::pause();
    // No resolver sends a query for a label of 64 characters, so nothing leaves this machine.
    let channel = endpoint(&format!("{}.invalid:1", "a".repeat(64))).connect_lazy();
    let error = check(&channel).await.unwrap_err();
    assert_eq!(error.last().map(Status::code), Some(Code::Unavailable));
    assert_eq!((error.attempts(), error.reason()), (1, StopReason::Permanent), "{error:?}");
    assert_eq!(time.slept(), []);
}

#[tokio::test]
async fn a_server_that_dies_in_mid_call_is_asked_again() {
    let _time = testing::pause();
    let listener = std::net::TcpListener::bind(LOCAL).unwrap();
    listener.set_nonblocking(true).unwrap();
    let channel = channel_to(listener.local_addr().unwrap());
    let start = |answer| {
        let listener = TcpListener::from_std(listener.try_clone().unwrap()).unwrap();
        serve_with(Server::builder(), listener, answer)
    };
    // A runtime of its own, which takes the server and its connections with it.
    let life = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let called = Arc::new(Notify::new());
    let first = {
        let _inside = life.enter();
        start(Answer::Never(Arc::clone(&called)))
    };
    let replace = async {
        called.notified().await;
        life.shutdown_background();
        start(Answer::By(Box::new(|_| Ok(()))))
    };
    let (checked, second) = tokio::join!(check(&channel), replace);
    checked.unwrap();
    assert_eq!((first.load(Ordering::Relaxed), second.load(Ordering::Relaxed)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_time_out_of_this_side_is_transient_by_choice() {
    const LIMIT: Duration = Duration::from_millis(50);
    let _time = testing::pause();
    // Connections wait here to be accepted, for ever.
    let mute = TcpListener::bind(LOCAL).await.unwrap();
    let patient = channel_to(mute.local_addr().unwrap());
    let hasty = endpoint(&mute.local_addr().unwrap().to_string()).timeout(LIMIT).connect_lazy();
    for (codes, attempts) in [
        (Codes::TRANSIENT, 1),
        (Codes::TRANSIENT.including(Code::DeadlineExceeded), 3),
        (Codes::TRANSIENT.including(Code::Cancelled), 3),
    ] {
        let of_request = check_within(LIMIT, codes, &patient).await.unwrap_err();
        let of_channel = check_by(codes, &hasty).await.unwrap_err();
        for error in [of_request, of_channel] {
            assert_eq!(error.last().map(Status::code), Some(Code::Cancelled));
            assert_eq!(error.attempts(), attempts, "{codes:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_of_the_server_is_what_the_server_says() {
    let _time = testing::pause();
    let listener = TcpListener::bind(LOCAL).await.unwrap();
    let channel = channel_to(listener.local_addr().unwrap());
    let builder = Server::builder().timeout(Duration::from_millis(50));
    let made = serve_with(builder, listener, Answer::Never(Arc::default()));
    for (codes, calls) in
        [(Codes::TRANSIENT.including(Code::DeadlineExceeded), 1), (Codes::TRANSIENT.including(Code::Cancelled), 1 + 3)]
    {
        let error = check_by(codes, &channel).await.unwrap_err();
        assert_eq!(error.last().map(Status::code), Some(Code::Cancelled));
        assert_eq!(made.load(Ordering::Relaxed), calls, "{codes:?}");
    }
}
