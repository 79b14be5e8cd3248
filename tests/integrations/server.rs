//! A server that misbehaves by a script, a reply for each request, and counts the requests.
//!
//! Raw TCP: it knows of HTTP how a request ends, and nothing else.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

/// The length of a body that no client should read.
const FLOOD: u64 = 10_000_000_000;

/// The server's reply to one request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    waits: bool,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Close,
    Reset,
    Hang,
    KeepAlive,
    Flood,
}

impl Reply {
    /// Sends these bytes, and closes the connection.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), waits: false, end: End::Close }
    }

    /// Replies with a status, without a body.
    pub(crate) fn status(code: u16) -> Self {
        Self::with_headers(code, "")
    }

    /// Replies with a status and these header lines. Each ends with `\r\n`.
    pub(crate) fn with_headers(code: u16, headers: impl AsRef<[u8]>) -> Self {
        let mut bytes =
            format!("HTTP/1.1 {code} As scripted\r\nconnection: close\r\ncontent-length: 0\r\n").into_bytes();
        bytes.extend_from_slice(headers.as_ref());
        bytes.extend_from_slice(b"\r\n");
        Self::raw(bytes)
    }

    /// Replies with status 200 and a body.
    pub(crate) fn body(body: &str) -> Self {
        Self::cut(body, body.len())
    }

    /// Replies with a status, these header lines and a body. The connection stays open for the next request.
    pub(crate) fn kept(code: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes =
            format!("HTTP/1.1 {code} As scripted\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(body);
        Self { end: End::KeepAlive, ..Self::raw(bytes) }
    }

    /// Replies with a status and a body of 10 GB, as much of it as the client takes.
    pub(crate) fn flood(code: u16) -> Self {
        let head = format!("HTTP/1.1 {code} As scripted\r\ncontent-length: {FLOOD}\r\n\r\n");
        Self { end: End::Flood, ..Self::raw(head) }
    }

    /// Announces this number of bytes of a body, sends these bytes, and closes the connection.
    pub(crate) fn cut(body: &str, announced: usize) -> Self {
        Self::raw(format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {announced}\r\n\r\n{body}"))
    }

    /// Resets the connection instead of closing it.
    pub(crate) fn then_reset(mut self) -> Self {
        self.end = End::Reset;
        self
    }

    /// Leaves the connection open.
    pub(crate) fn then_hang(mut self) -> Self {
        self.end = End::Hang;
        self
    }

    /// Ends the connection after [`Server::go_on`] only, when the client has read what was sent.
    pub(crate) fn when_told(mut self) -> Self {
        self.waits = true;
        self
    }
}

/// The state that all connections share.
#[derive(Debug, Default)]
struct Shared {
    asked: AtomicU32,
    connections: AtomicU32,
    flooded: AtomicU64,
    floods_ended: AtomicU32,
    heads: Mutex<Vec<String>>,
    script: Mutex<Vec<Reply>>,
    told: Notify,
}

impl Shared {
    /// Counts a request, and takes the reply for it. The last reply of a script is for all further requests.
    fn next(&self) -> Reply {
        self.asked.fetch_add(1, SeqCst);
        let mut script = self.script.lock().expect("no test panics with the script in its hands");
        if script.len() > 1 { script.remove(0) } else { script[0].clone() }
    }
}

/// A server on a thread of its own, so that blocking clients can ask it too. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server with a reply for each request. The last reply is for all further ones.
    pub(crate) fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::run(script.into_iter().collect(), true)
    }

    /// Starts a server that does so at once when a client has connected, and does not wait for a request.
    pub(crate) fn unasked(reply: Reply) -> Self {
        Self::run(vec![reply], false)
    }

    fn run(script: Vec<Reply>, listens: bool) -> Self {
        assert!(!script.is_empty(), "a server needs a reply");
        let shared = Arc::new(Shared { script: Mutex::new(script), ..Shared::default() });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        listener.set_nonblocking(true).expect("a socket can be told not to block");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime can be made").block_on(async {
                    let listener = TcpListener::from_std(listener).expect("the socket does not block");
                    tokio::select! {
                        () = accept(&listener, &shared, listens) => {}
                        _ = stopped => {}
                    }
                });
            }
        });
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Returns the URL: `http://127.0.0.1:12345/`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of requests. Each is counted before its reply.
    pub(crate) fn asked(&self) -> u32 {
        self.shared.asked.load(SeqCst)
    }

    /// Returns the number of connections so far.
    pub(crate) fn connections(&self) -> u32 {
        self.shared.connections.load(SeqCst)
    }

    /// Waits until this number of floods have ended, each by a client that closed its connection. Returns the bytes that were sent in all.
    pub(crate) fn flooded(&self, floods: u32) -> u64 {
        let begun = Instant::now();
        while self.shared.floods_ended.load(SeqCst) < floods {
            assert!(begun.elapsed() < Duration::from_secs(30), "a connection is still open");
            thread::yield_now();
        }
        self.shared.flooded.load(SeqCst)
    }

    /// Returns the heads of the requests so far, in small letters.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.shared.heads.lock().expect("no test panics with the heads in its hands").clone()
    }

    /// Ends one connection that waits for this call.
    pub(crate) fn go_on(&self) {
        self.shared.told.notify_one();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The send fails only if the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let outcome = thread.join();
            assert!(outcome.is_ok() || thread::panicking(), "the server panicked");
        }
    }
}

async fn accept(listener: &TcpListener, shared: &Arc<Shared>, listens: bool) {
    loop {
        let (stream, _) = listener.accept().await.expect("a listener goes on listening");
        tokio::spawn(serve(stream, Arc::clone(shared), listens));
    }
}

/// Serves a connection. What the client spoils ends it; the test sees that in its counts.
async fn serve(mut stream: TcpStream, shared: Arc<Shared>, listens: bool) {
    shared.connections.fetch_add(1, SeqCst);
    loop {
        if listens {
            let Some(head) = read_request(&mut stream).await else { return };
            shared.heads.lock().expect("no test panics with the heads in its hands").push(head);
        }
        let reply = shared.next();
        if stream.write_all(&reply.bytes).await.is_err() {
            return;
        }
        if reply.waits {
            shared.told.notified().await;
        }
        match reply.end {
            End::Close => {
                // Nothing is lost if the client was faster.
                let _ = stream.shutdown().await;
            }
            End::Reset => stream.set_zero_linger().expect("a socket can be told not to linger"),
            End::Hang => std::future::pending().await,
            End::KeepAlive => continue,
            End::Flood => flood(&mut stream, &shared).await,
        }
        return;
    }
}

/// Sends a long body, until the client closes the connection.
async fn flood(stream: &mut TcpStream, shared: &Shared) {
    let chunk = vec![b'x'; 1 << 16];
    let mut left = FLOOD;
    while let Some(rest) = left.checked_sub(chunk.len() as u64) {
        if stream.write_all(&chunk).await.is_err() {
            break;
        }
        shared.flooded.fetch_add(chunk.len() as u64, SeqCst);
        left = rest;
    }
    shared.floods_ended.fetch_add(1, SeqCst);
}

/// Reads a request to its end. Returns its head in small letters, if there was one.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut chunk = [0; 1_024];
    loop {
        if let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
            if request.len() >= head + 4 + announced(&text) {
                return Some(text);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
    }
}

/// Returns the length of the body that a request's head announces.
fn announced(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.map_or(0, |length| length.trim().parse().expect("clients know how much they send"))
}
