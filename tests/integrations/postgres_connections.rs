//! Connections of tokio-postgres that fail, to a server of this machine that speaks just enough of PostgreSQL's protocol.

use crate::connection_faults::nobody;
use reattempt::{RetryError, StopReason, retry};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres_0_7::{Client, Config, Error, NoTls};

/// What the server does with one connection.
#[derive(Clone, Debug)]
struct Answer {
    to_start: Vec<u8>,
    /// Without it, the server ends the connection before there is a query.
    to_query: Option<Vec<u8>>,
    resets: bool,
}

impl Answer {
    /// Sends these bytes when the client has connected, and closes the connection.
    fn refuse(to_start: impl Into<Vec<u8>>) -> Self {
        Self { to_start: to_start.into(), to_query: None, resets: false }
    }

    /// Accepts the connection, sends these bytes as the answer to the first query, and closes the connection.
    fn reply(to_query: impl Into<Vec<u8>>) -> Self {
        let to_start = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
        Self { to_start, to_query: Some(to_query.into()), resets: false }
    }

    fn then_reset(self) -> Self {
        Self { resets: true, ..self }
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("messages are short");
    [&[kind], length.to_be_bytes().as_slice(), body].concat()
}

fn failure(severity: &str, code: &str) -> Vec<u8> {
    message(b'E', format!("S{severity}\0C{code}\0Mas scripted\0\0").as_bytes())
}

/// The whole answer to a query without rows.
fn done() -> Vec<u8> {
    [message(b'C', b"SELECT 0\0"), message(b'Z', b"I")].concat()
}

/// Starts a server with an answer for each connection. The last one is for all further ones. Returns the number of connections too.
async fn serve(script: Vec<Answer>) -> (SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let connections = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        for index in 0.. {
            let (stream, _) = listener.accept().await.expect("a listener goes on listening");
            counted.fetch_add(1, Relaxed);
            tokio::spawn(answer(stream, script[index.min(script.len() - 1)].clone()));
        }
    });
    (address, connections)
}

/// What the client spoils ends the connection; the test sees that in its counts.
async fn answer(mut stream: TcpStream, answer: Answer) -> Option<()> {
    let length = stream.read_u32().await.ok()?;
    stream.read_exact(&mut vec![0; length as usize - 4]).await.ok()?;
    stream.write_all(&answer.to_start).await.ok()?;
    if let Some(reply) = &answer.to_query {
        assert_eq!(stream.read_u8().await.ok()?, b'Q', "a simple query");
        let length = stream.read_u32().await.ok()?;
        stream.read_exact(&mut vec![0; length as usize - 4]).await.ok()?;
        stream.write_all(reply).await.ok()?;
    }
    if answer.resets {
        stream.set_zero_linger().expect("a socket can be told not to linger");
    }
    Some(())
}

async fn connect(address: SocketAddr) -> Result<Client, Error> {
    let mut config = Config::new();
    config.host(address.ip().to_string()).port(address.port()).user("scripted").dbname("scripted");
    let (client, connection) = config.connect(NoTls).await?;
    // What it ends with is also said by the client's next statement.
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

#[retry(strategy = "immediate")]
async fn call(address: SocketAddr) -> Result<(), RetryError<Error>> {
    connect(address).await?.batch_execute("SELECT").await
}

#[tokio::test]
async fn a_connection_that_breaks_is_transient_wherever_it_does() {
    let rows = message(b'T', &[0; 2]);
    for (what, fault) in [
        ("a reset before the greeting", Answer::refuse("").then_reset()),
        ("an end before the greeting", Answer::refuse("")),
        ("an end within the greeting", Answer::refuse([b'R', 0, 0])),
        // Its first bytes are the beginning of a long message.
        ("another protocol", Answer::refuse("HTTP/1.1 400 Bad Request\r\n\r\n")),
        ("an end between the greeting's messages", Answer::refuse(message(b'R', &[0; 4]))),
        ("a server that is starting", Answer::refuse(failure("FATAL", "57P03"))),
        ("a server that is full", Answer::refuse(failure("FATAL", "53300"))),
        ("a reset before the reply", Answer::reply("").then_reset()),
        ("an end before the reply", Answer::reply("")),
        ("an end within a message", Answer::reply([b'T', 0, 0])),
        ("an end between messages", Answer::reply(rows.clone())),
        ("a reset between messages", Answer::reply(rows).then_reset()),
        ("a backend that is terminated", Answer::reply(failure("FATAL", "57P01"))),
        ("a conflict", Answer::reply([failure("ERROR", "40001"), message(b'Z', b"E")].concat())),
    ] {
        let (address, connections) = serve(vec![fault.clone(), fault.clone(), Answer::reply(done())]).await;
        call(address).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(connections.load(Relaxed), 3, "{what}");
        let (address, connections) = serve(vec![fault]).await;
        let failed = call(address).await.expect_err(what);
        assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3), "{what}: {failed:?}");
        assert_eq!(connections.load(Relaxed), 3, "{what}");
    }
}

#[tokio::test]
async fn a_server_that_says_no_or_makes_no_sense_is_asked_once() {
    for (what, answer) in [
        ("a wrong password", Answer::refuse(failure("FATAL", "28P01"))),
        ("a database that does not exist", Answer::refuse(failure("FATAL", "3D000"))),
        ("an unknown method of authentication", Answer::refuse(message(b'R', &[0, 0, 0, 7]))),
        ("a message of an impossible length", Answer::refuse([b'R', 0, 0, 0, 3])),
        ("a message at the wrong time", Answer::refuse(done())),
        ("a failure without a code", Answer::refuse(message(b'E', b"SFATAL\0\0"))),
        ("a syntax error", Answer::reply([failure("ERROR", "42601"), message(b'Z', b"I")].concat())),
        ("an unexpected reply", Answer::reply([message(b'1', b""), done()].concat())),
    ] {
        let (address, connections) = serve(vec![answer]).await;
        let failed = call(address).await.expect_err(what);
        assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{what}: {failed:?}");
        assert_eq!(connections.load(Relaxed), 1, "{what}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_transient() {
    let (_socket, address) = nobody();
    let failed = call(address).await.expect_err("nobody listens");
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3), "{failed:?}");
    assert_eq!(failed.last().expect("it failed").to_string(), "error connecting to server");
}

#[tokio::test]
async fn a_host_that_cannot_exist_is_permanent() {
    #[retry(strategy = "immediate")]
    async fn call(config: &Config) -> Result<(), RetryError<Error>> {
        config.connect(NoTls).await.map(drop)
    }
    let mut config = Config::new();
    // Too long a label for any resolver, so that no question leaves this machine.
    config.host(format!("{}.invalid", "a".repeat(64))).user("scripted");
    let failed = call(&config).await.expect_err("there is no such name");
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{failed:?}");
}
