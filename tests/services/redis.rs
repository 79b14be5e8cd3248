//! Redis: servers that are restarted, load, are replicas or busy; by the classifiers for redis.

use crate::redis_server::Server;
use crate::service;
use crate::trace::Trace;
use reattempt::{redis_1 as classifiers, retry, testing};
use redis_1::aio::MultiplexedConnection;
use redis_1::{AsyncCommands, AsyncConnectionConfig, Client, Commands, RedisError, Value, cmd, pipe};
use std::time::Duration;
use tokio::sync::Mutex;

const PAUSE: Duration = Duration::from_millis(5);

/// Returns a new connection that is patient: a slow machine shall not look like a lost server.
async fn connect(client: &Client) -> Result<MultiplexedConnection, RedisError> {
    let patience = Some(Duration::from_secs(30));
    let config = AsyncConnectionConfig::new().set_connection_timeout(patience).set_response_timeout(patience);
    client.get_multiplexed_async_connection_with_config(&config).await
}

#[tokio::test]
async fn a_server_that_is_restarted_in_between_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    async fn call(server: &Mutex<Server>, trace: &Trace) -> Result<u32, RedisError> {
        trace.note(once(server, trace.begin()).await)
    }
    async fn once(server: &Mutex<Server>, run: u32) -> Result<u32, RedisError> {
        let mut server = server.lock().await;
        if run == 3 {
            server.start();
        }
        let mut connection = connect(&server.client()).await?;
        if run == 1 {
            server.kill();
        }
        connection.incr("count", 1).await
    }
    let paused = testing::pause();
    let (server, trace) = (Mutex::new(Server::new(&[])), Trace::default());
    assert_eq!(call(&server, &trace).await.expect("the server is back"), 1);
    assert_eq!(trace.failures(), ["lost", "refused"]);
    assert_eq!(trace.runs(), 3);
    assert_eq!(paused.slept(), [PAUSE, PAUSE]);
}

#[test]
fn a_blocking_call_waits_for_a_restart_too() {
    #[retry(strategy = "constant", base = PAUSE, max = 5, on = classifiers::error)]
    fn call(server: &mut Server, trace: &Trace) -> Result<u32, RedisError> {
        trace.note(once(server, trace.begin()))
    }
    fn once(server: &mut Server, run: u32) -> Result<u32, RedisError> {
        if run == 3 {
            server.start();
        }
        let mut connection = server.client().get_connection()?;
        if run == 1 {
            server.kill();
        }
        connection.incr("count", 1)
    }
    let _paused = testing::pause();
    let (mut server, trace) = (Server::new(&[]), Trace::default());
    assert_eq!(call(&mut server, &trace).expect("the server is back"), 1);
    assert_eq!(trace.failures(), ["lost", "refused"]);
    assert_eq!(trace.runs(), 3);
}

#[tokio::test]
async fn a_server_that_loads_its_data_is_waited_for() {
    const KEYS: u32 = 2000;
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    async fn call(server: &Server, trace: &Trace) -> Result<u32, RedisError> {
        if trace.begin() == 3 {
            let () = server.order(&["CONFIG", "SET", "key-load-delay", "0"]);
            while server.ask::<()>(&["GET", "key"]).is_err() {
                tokio::task::yield_now().await;
            }
        }
        trace.note(once(server).await)
    }
    async fn once(server: &Server) -> Result<u32, RedisError> {
        cmd("DBSIZE").query_async(&mut connect(&server.client()).await?).await
    }
    let _paused = testing::pause();
    let mut server = Server::new(&["--rdbcompression", "no"]);
    // The server looks after its clients each kilobyte, and each key is larger than that.
    let value = "x".repeat(4096);
    let mut keys = pipe();
    for number in 0..KEYS {
        keys.set(number, &value).ignore();
    }
    keys.exec(&mut server.client().get_connection().expect("the server answers")).expect("the server has room");
    let () = server.order(&["SAVE"]);
    server.kill();
    // Some minutes for all keys, unless the test ends it.
    server.start_with(&["--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024"]);
    let trace = Trace::default();
    assert_eq!(call(&server, &trace).await.expect("the data is loaded"), KEYS);
    assert_eq!(trace.failures(), ["LOADING", "LOADING"]);
    assert_eq!(trace.runs(), 3);
}

/// Writes until the server is a master again, which it is from the third run on.
#[retry(strategy = "constant", base = PAUSE, max = 5, on = classifiers::error)]
async fn write<T>(
    server: &Server,
    trace: &Trace,
    command: impl AsyncFn(MultiplexedConnection) -> Result<T, RedisError>,
) -> Result<T, RedisError> {
    if trace.begin() == 3 {
        let () = server.order(&["REPLICAOF", "NO", "ONE"]);
    }
    trace.note(command(connect(&server.client()).await?).await)
}

/// Starts a replica. Its master does not exist.
fn replica() -> Server {
    let server = Server::new(&[]);
    let () = server.order(&["REPLICAOF", "127.0.0.1", "1"]);
    server
}

#[tokio::test]
async fn a_replica_that_becomes_the_master_is_waited_for() {
    let _paused = testing::pause();
    let (server, trace) = (replica(), Trace::default());
    let count: u32 =
        write(&server, &trace, async |mut connection: MultiplexedConnection| connection.incr("count", 1).await)
            .await
            .expect("the replica is a master now");
    assert_eq!(count, 1);
    assert_eq!(trace.failures(), ["READONLY", "READONLY"]);
    assert_eq!(trace.runs(), 3);
}

#[tokio::test]
async fn a_pipeline_and_a_transaction_are_judged_by_their_commands() {
    let _paused = testing::pause();
    for (is_atomic, word) in [(false, "READONLY"), (true, "EXECABORT")] {
        let (server, trace) = (replica(), Trace::default());
        let mut both = pipe();
        both.incr("first", 1).incr("second", 1);
        if is_atomic {
            both.atomic();
        }
        let counts: (u32, u32) = write(&server, &trace, async |mut connection| both.query_async(&mut connection).await)
            .await
            .expect("the replica is a master now");
        assert_eq!(counts, (1, 1));
        assert_eq!(trace.failures(), [word, word]);
        assert_eq!(trace.runs(), 3);
    }
}

#[tokio::test]
async fn one_permanent_failure_of_a_pipeline_or_a_transaction_ends_the_call() {
    let _paused = testing::pause();
    for is_atomic in [false, true] {
        let (server, trace) = (replica(), Trace::default());
        let mut both = pipe();
        both.incr("first", 1).cmd("NOSUCHCOMMAND");
        if is_atomic {
            both.atomic();
        }
        write(&server, &trace, async |mut connection| both.exec_async(&mut connection).await)
            .await
            .expect_err("there is no such command");
        assert_eq!(trace.runs(), 1);
    }
}

#[tokio::test]
async fn errors_among_the_values_of_a_pipeline_are_not_ready() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error, on_value = classifiers::value)]
    async fn call(server: &Server, trace: &Trace) -> Result<Value, RedisError> {
        if trace.begin() == 3 {
            let () = server.order(&["REPLICAOF", "NO", "ONE"]);
        }
        let mut connection = connect(&server.client()).await?;
        pipe().get("nothing").incr("count", 1).ignore_errors().query_async(&mut connection).await
    }
    let _paused = testing::pause();
    let (server, trace) = (replica(), Trace::default());
    let value = call(&server, &trace).await.expect("errors are values");
    assert_eq!(value, Value::Array(vec![Value::Nil, Value::Int(1)]));
    assert_eq!(trace.runs(), 3);
}

#[tokio::test]
async fn a_replica_without_its_master_is_waited_for() {
    let _paused = testing::pause();
    let (server, trace) = (replica(), Trace::default());
    let () = server.order(&["CONFIG", "SET", "replica-serve-stale-data", "no"]);
    let found: Option<u32> =
        write(&server, &trace, async |mut connection: MultiplexedConnection| connection.get("count").await)
            .await
            .expect("it is a master now");
    assert_eq!(found, None);
    assert_eq!(trace.failures(), ["MASTERDOWN", "MASTERDOWN"]);
}

#[tokio::test]
async fn a_master_without_enough_replicas_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(server: &Server, trace: &Trace) -> Result<u32, RedisError> {
        if trace.begin() == 3 {
            let () = server.order(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
        }
        trace.note(connect(&server.client()).await?.incr("count", 1).await)
    }
    let _paused = testing::pause();
    let (server, trace) = (Server::new(&["--min-replicas-to-write", "1"]), Trace::default());
    assert_eq!(call(&server, &trace).await.expect("no replica is needed"), 1);
    assert_eq!(trace.failures(), ["NOREPLICAS", "NOREPLICAS"]);
}

#[tokio::test]
async fn a_server_that_is_busy_with_a_script_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(server: &Server, trace: &Trace) -> Result<u32, RedisError> {
        if trace.begin() == 3 {
            let () = server.order(&["SCRIPT", "KILL"]);
            while server.ask::<()>(&["PING"]).is_err() {
                tokio::task::yield_now().await;
            }
        }
        trace.note(once(server).await)
    }
    async fn once(server: &Server) -> Result<u32, RedisError> {
        connect(&server.client()).await?.incr("count", 1).await
    }
    let _paused = testing::pause();
    let (server, trace) = (Server::new(&["--lua-time-limit", "1"]), Trace::default());
    let client = server.client();
    let script = tokio::spawn(async move {
        let mut connection = connect(&client).await?;
        cmd("EVAL").arg("while true do end").arg(0).exec_async(&mut connection).await
    });
    while server.ask::<()>(&["PING"]).is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(call(&server, &trace).await.expect("the script is killed"), 1);
    assert_eq!(trace.failures(), ["BUSY", "BUSY"]);
    script.await.expect("the task does not panic").expect_err("the script was killed");
}

#[tokio::test]
async fn a_server_with_too_many_clients_is_waited_for() {
    // Time is not paused here: the server needs a moment to notice that a client has left.
    #[retry(strategy = "constant", base = PAUSE, max = 2000)]
    async fn call(
        client: &Client,
        holder: &Mutex<Option<redis_1::Connection>>,
        trace: &Trace,
    ) -> Result<u32, RedisError> {
        if trace.begin() == 3 {
            drop(holder.lock().await.take());
        }
        trace.note(async { connect(client).await?.incr("count", 1).await }.await)
    }
    let (server, trace) = (Server::new(&["--maxclients", "1"]), Trace::default());
    let client = server.client();
    let holder = loop {
        // The connection that asked whether the server is up may not be gone yet.
        let connection = client.get_connection().and_then(|mut connection| {
            cmd("PING").exec(&mut connection)?;
            Ok(connection)
        });
        if let Ok(connection) = connection {
            break Mutex::new(Some(connection));
        }
    };
    assert_eq!(call(&client, &holder, &trace).await.expect("the other client has left"), 1);
    assert!(trace.runs() >= 3, "as long as it was there, no attempt could succeed");
}

#[tokio::test]
async fn a_transaction_whose_watched_key_changed_is_done_again() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error, on_value = classifiers::nil)]
    async fn double(client: &Client, trace: &Trace) -> Result<Option<(u32,)>, RedisError> {
        let run = trace.begin();
        // `WATCH` is for all who share a connection, so this one is not shared.
        let mut connection = connect(client).await?;
        cmd("WATCH").arg("reattempt:watched").exec_async(&mut connection).await?;
        let value: u32 = connection.get("reattempt:watched").await?;
        if run < 3 {
            let () = connect(client).await?.incr("reattempt:watched", 1).await?;
        }
        pipe()
            .atomic()
            .set("reattempt:watched", value * 2)
            .ignore()
            .get("reattempt:watched")
            .query_async(&mut connection)
            .await
    }
    let _paused = testing::pause();
    let client = Client::open(service("REATTEMPT_REDIS")).expect("the variable is a URL of Redis");
    let mut connection = connect(&client).await.expect("the server answers");
    let () = connection.set("reattempt:watched", 10).await.expect("the server answers");
    let trace = Trace::default();
    let doubled = double(&client, &trace).await.expect("nothing fails");
    assert_eq!(doubled, Some((24,)), "the two that others added are in it");
    assert_eq!(trace.runs(), 3);
}

#[tokio::test]
async fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(client: &Client, words: &[&str], trace: &Trace) -> Result<i64, RedisError> {
        trace.begin();
        let mut command = cmd(words[0]);
        command.arg(&words[1..]);
        trace.note(async { command.query_async(&mut connect(client).await?).await }.await)
    }
    let _paused = testing::pause();
    let client = Client::open(service("REATTEMPT_REDIS")).expect("the variable is a URL of Redis");
    let mut connection = connect(&client).await.expect("the server answers");
    let () = connection.set("reattempt:text", "text").await.expect("the server answers");
    for (words, word) in [
        (&["LPUSH", "reattempt:text", "1"][..], "WRONGTYPE"),
        (&["INCR", "reattempt:text"], "ERR"),
        (&["NOSUCHCOMMAND", "1"], "ERR"),
        (&["EVALSHA", "ffffffffffffffffffffffffffffffffffffffff", "0"], "NOSCRIPT"),
        // The server answers, and the text is no number.
        (&["GET", "reattempt:text"], "parse error"),
    ] {
        let trace = Trace::default();
        call(&client, words, &trace).await.expect_err("the command is refused");
        assert_eq!((trace.runs(), trace.failures()), (1, vec![word.to_owned()]), "{words:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_again() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(client: &Client, trace: &Trace) -> Result<(), RedisError> {
        trace.begin();
        trace.note(async { connect(client).await?.ping().await }.await)
    }
    let _paused = testing::pause();
    let server = Server::new(&["--requirepass", "right"]);
    for (user, word) in [(":wrong@", "authentication failed"), ("", "NOAUTH")] {
        let client = Client::open(server.url(user)).expect("the URL is right");
        let trace = Trace::default();
        call(&client, &trace).await.expect_err("the server knows who it serves");
        assert_eq!((trace.runs(), trace.failures()), (1, vec![word.to_owned()]), "{user:?}");
    }
    let client = Client::open(server.url(":right@")).expect("the URL is right");
    call(&client, &Trace::default()).await.expect("the password is right");
}
