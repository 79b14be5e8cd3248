//! A proxy in front of PostgreSQL that loses the reply to a `COMMIT`.
//!
//! The server executes the `COMMIT`, and the client sees a connection that closes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

pub(crate) struct Proxy {
    port: u16,
    /// The number of replies that are still to be lost.
    to_lose: Arc<AtomicU32>,
}

impl Proxy {
    /// Starts a proxy that loses the replies to the first `COMMIT`s of all its connections.
    pub(crate) fn new(server: SocketAddr, to_lose: u32) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let to_lose = Arc::new(AtomicU32::new(to_lose));
        let shared = Arc::clone(&to_lose);
        // It ends with the process.
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a client is accepted");
                let server = TcpStream::connect(server).expect("the server answers");
                let to_lose = Arc::clone(&shared);
                thread::spawn(move || forward(client, server, &to_lose));
            }
        });
        Self { port, to_lose }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the number of replies that it did not get to lose.
    pub(crate) fn left(&self) -> u32 {
        self.to_lose.load(SeqCst)
    }
}

fn forward(client: TcpStream, server: TcpStream, to_lose: &AtomicU32) {
    let replies = (server.try_clone().expect("it is open"), client.try_clone().expect("it is open"));
    let lost = Arc::new(AtomicU32::new(0));
    let is_lost = Arc::clone(&lost);
    let back = thread::spawn(move || {
        copy(replies.0, replies.1, |_| is_lost.load(SeqCst) == 0);
    });
    copy(client, server, |request| {
        if request.windows(6).any(|word| word == b"COMMIT")
            && to_lose.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
        {
            lost.store(1, SeqCst);
        }
        true
    });
    back.join().expect("copying does not panic");
}

/// Copies until the end of the stream, or until a chunk should not go on. It then closes both directions.
fn copy(mut from: TcpStream, mut to: TcpStream, mut goes_on: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !goes_on(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other side may have gone already.
    drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
}
