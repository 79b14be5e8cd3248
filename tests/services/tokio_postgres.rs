//! PostgreSQL by tokio-postgres: transactions that conflict, a `COMMIT` that fails, backends that end, servers that are full.

use crate::proxy::Proxy;
use crate::service;
use crate::trace::{Trace, Word};
use reattempt::{RetryError, StopReason, Verdict, retry, testing, tokio_postgres_0_7 as classifiers};
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, Semaphore};
use tokio_postgres_0_7::{Client, Config, Error, IsolationLevel, NoTls, Transaction};

const PAUSE: Duration = Duration::from_millis(5);

fn config() -> Config {
    service("REATTEMPT_POSTGRES").parse().expect("the variable is a URL of PostgreSQL")
}

/// Connects, and lets the connection work beside the client.
async fn connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    // What it ends with is also said by the client's next statement.
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

/// Makes what a test needs; each has names of its own, for they run side by side.
async fn prepare(script: &str) -> Client {
    let client = connect(&config()).await.expect("the server answers");
    client.batch_execute(script).await.expect("the script is right");
    client
}

async fn begin(client: &mut Client) -> Result<Transaction<'_>, Error> {
    client.build_transaction().isolation_level(IsolationLevel::Serializable).start().await
}

async fn pid(transaction: &Transaction<'_>) -> Result<i32, Error> {
    Ok(transaction.query_one("SELECT pg_backend_pid()", &[]).await?.get(0))
}

/// Ends a backend, and comes back when it is gone.
async fn terminate(pid: i32) {
    let admin = connect(&config()).await.expect("the server answers");
    admin.execute("SELECT pg_terminate_backend($1)", &[&pid]).await.expect("the user is a superuser");
    let gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
    while !admin.query_one(gone, &[&pid]).await.expect("the server answers").get::<_, bool>(0) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_two_transactions_that_deadlock_both_commit_in_the_end() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error)]
    async fn call(names: [&str; 2], both: &Barrier, done: &Semaphore, trace: &Trace) -> Result<(), Error> {
        trace.note(once(names, both, done, trace.begin()).await)
    }
    async fn once(names: [&str; 2], both: &Barrier, done: &Semaphore, run: u32) -> Result<(), Error> {
        if run > 1 {
            done.acquire().await.expect("it is never closed").forget();
        }
        let mut client = connect(&config()).await?;
        let transaction = client.transaction().await?;
        let update = "UPDATE tp_deadlock SET balance = balance + 1 WHERE name = $1";
        transaction.execute(update, &[&names[0]]).await?;
        if run == 1 {
            both.wait().await;
        }
        transaction.execute(update, &[&names[1]]).await?;
        transaction.commit().await?;
        done.add_permits(1);
        Ok(())
    }
    let client = prepare(
        "DROP TABLE IF EXISTS tp_deadlock;
         CREATE TABLE tp_deadlock (name TEXT PRIMARY KEY, balance INT NOT NULL);
         INSERT INTO tp_deadlock VALUES ('a', 0), ('b', 0)",
    )
    .await;
    let _paused = testing::pause();
    let (both, done) = (Barrier::new(2), Semaphore::new(0));
    let (first, second) = (Trace::default(), Trace::default());
    let (forth, back) = tokio::join!(call(["a", "b"], &both, &done, &first), call(["b", "a"], &both, &done, &second));
    forth.expect("the first call commits");
    back.expect("the second call commits");
    assert_eq!(first.runs() + second.runs(), 3, "one of both attempted twice");
    assert_eq!([first.failures(), second.failures()].concat(), ["40P01"]);
    let rows = client.query("SELECT balance FROM tp_deadlock", &[]).await.expect("the table exists");
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [2, 2]);
}

#[tokio::test]
async fn a_commit_that_the_server_refuses_is_retried_with_its_transaction() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(trace: &Trace, refused: &Trace) -> Result<(), Error> {
        trace.note(once(trace.begin(), refused).await)
    }
    /// Writes into one table how many rows the other one has. Between the two, another transaction does the same with the tables
    /// swapped, and commits.
    async fn once(run: u32, refused: &Trace) -> Result<(), Error> {
        let mut client = connect(&config()).await?;
        let transaction = begin(&mut client).await?;
        let count = "SELECT count(*) FROM tp_commit_b";
        let seen: i64 = transaction.query_one(count, &[]).await?.get(0);
        transaction.execute("INSERT INTO tp_commit_a VALUES ($1)", &[&seen]).await?;
        if run == 1 {
            let mut other = connect(&config()).await?;
            let swapped = begin(&mut other).await?;
            let seen: i64 = swapped.query_one("SELECT count(*) FROM tp_commit_a", &[]).await?.get(0);
            swapped.execute("INSERT INTO tp_commit_b VALUES ($1)", &[&seen]).await?;
            swapped.commit().await?;
        }
        refused.note(transaction.commit().await)
    }
    let client = prepare(
        "DROP TABLE IF EXISTS tp_commit_a, tp_commit_b;
         CREATE TABLE tp_commit_a (seen BIGINT); CREATE TABLE tp_commit_b (seen BIGINT)",
    )
    .await;
    let _paused = testing::pause();
    let (trace, refused) = (Trace::default(), Trace::default());
    call(&trace, &refused).await.expect("the second attempt is alone");
    assert_eq!((trace.runs(), trace.failures()), (2, vec!["40001".to_owned()]));
    assert_eq!(refused.failures(), ["40001"], "it was the COMMIT that failed");
    let rows = client.query("SELECT seen FROM tp_commit_a", &[]).await.expect("the table exists");
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>(), [1], "the refused transaction left nothing");
}

#[tokio::test]
async fn a_commit_whose_reply_is_lost_was_executed_and_a_unique_key_keeps_it_from_being_executed_twice() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(config: &Config, statement: &str, trace: &Trace) -> Result<(), Error> {
        trace.begin();
        trace.note(once(config, statement).await)
    }
    async fn once(config: &Config, statement: &str) -> Result<(), Error> {
        let mut client = connect(config).await?;
        let transaction = client.transaction().await?;
        transaction.execute(statement, &[]).await?;
        transaction.commit().await
    }
    let client = prepare(
        "DROP TABLE IF EXISTS tp_lost;
         CREATE TABLE tp_lost (payment TEXT UNIQUE, amount INT NOT NULL)",
    )
    .await;
    let _paused = testing::pause();
    let server = format!("127.0.0.1:{}", config().get_ports()[0]).parse().expect("it is an address");
    for (statement, rows) in [
        ("INSERT INTO tp_lost VALUES (NULL, 5)", 2),
        ("INSERT INTO tp_lost VALUES ('p-1', 5) ON CONFLICT (payment) DO NOTHING", 1),
    ] {
        let proxy = Proxy::new(server, 1);
        let mut config = Config::new();
        config.host("127.0.0.1").port(proxy.port()).user("reattempt").dbname("postgres");
        let trace = Trace::default();
        call(&config, statement, &trace).await.expect("the second reply arrives");
        assert_eq!((trace.runs(), trace.failures()), (2, vec!["closed".to_owned()]), "{statement}");
        assert_eq!(proxy.left(), 0);
        let counted: i64 =
            client.query_one("SELECT count(*) FROM tp_lost", &[]).await.expect("the table exists").get(0);
        assert_eq!(counted, rows, "{statement}");
        client.execute("TRUNCATE tp_lost", &[]).await.expect("the table exists");
    }
}

#[tokio::test]
async fn a_transaction_whose_backend_was_terminated_is_done_again_by_another_backend() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(trace: &Trace) -> Result<i32, Error> {
        trace.note(once(trace.begin()).await)
    }
    async fn once(run: u32) -> Result<i32, Error> {
        let mut client = connect(&config()).await?;
        let transaction = client.transaction().await?;
        let pid = pid(&transaction).await?;
        transaction.execute("INSERT INTO tp_terminated VALUES ($1)", &[&pid]).await?;
        if run == 1 {
            terminate(pid).await;
        }
        transaction.commit().await?;
        Ok(pid)
    }
    let client = prepare("DROP TABLE IF EXISTS tp_terminated; CREATE TABLE tp_terminated (pid INT)").await;
    let _paused = testing::pause();
    let trace = Trace::default();
    let pid = call(&trace).await.expect("the second attempt has a new backend");
    assert_eq!(trace.runs(), 2);
    let failures = trace.failures();
    assert!(failures == ["57P01"] || failures == ["closed"] || failures == ["io"], "{failures:?}");
    let rows = client.query("SELECT pid FROM tp_terminated", &[]).await.expect("the table exists");
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [pid], "the first attempt left nothing");
}

#[tokio::test]
async fn a_client_from_outside_of_the_body_stays_without_its_connection() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(client: &Client, trace: &Trace) -> Result<u64, RetryError<Error>> {
        trace.begin();
        trace.note(client.execute("SELECT 1", &[]).await)
    }
    let mut client = connect(&config()).await.expect("the server answers");
    let transaction = client.transaction().await.expect("the server answers");
    terminate(pid(&transaction).await.expect("the server answers")).await;
    drop(transaction);
    let _paused = testing::pause();
    let trace = Trace::default();
    let failed = call(&client, &trace).await.expect_err("nobody connects again");
    assert_eq!((failed.attempts(), failed.reason()), (3, StopReason::MaxAttempts));
    assert_eq!(trace.failures()[1..], ["closed", "closed"]);
}

#[tokio::test]
async fn a_row_that_another_has_locked_is_waited_for() {
    type Held = Mutex<Option<Client>>;
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    async fn call(holder: &Held, trace: &Trace) -> Result<i32, Error> {
        if trace.begin() == 3 {
            let holder = holder.lock().await.take().expect("it is taken once");
            holder.batch_execute("COMMIT").await?;
        }
        let client = connect(&config()).await?;
        let locked = client.query_one("SELECT balance FROM tp_locked FOR UPDATE NOWAIT", &[]).await;
        trace.note(locked).map(|row| row.get(0))
    }
    prepare("DROP TABLE IF EXISTS tp_locked; CREATE TABLE tp_locked (balance INT); INSERT INTO tp_locked VALUES (1)")
        .await;
    let holder = prepare("BEGIN; UPDATE tp_locked SET balance = 2").await;
    let paused = testing::pause();
    let (holder, trace) = (Mutex::new(Some(holder)), Trace::default());
    assert_eq!(call(&holder, &trace).await.expect("the third attempt finds no lock"), 2);
    assert_eq!(trace.failures(), ["55P03", "55P03"]);
    assert_eq!((trace.runs(), paused.slept()), (3, vec![PAUSE, PAUSE]));
}

#[tokio::test]
async fn a_server_with_too_many_connections_is_waited_for() {
    // Time is not paused here: the server needs a moment to notice that a client has left.
    #[retry(strategy = "constant", base = PAUSE, max = 2000)]
    async fn call(config: &Config, holder: &Mutex<Option<Client>>, trace: &Trace) -> Result<(), Error> {
        if trace.begin() == 3 {
            drop(holder.lock().await.take());
        }
        trace.note(connect(config).await).map(drop)
    }
    prepare("DROP ROLE IF EXISTS tp_lonely; CREATE ROLE tp_lonely LOGIN CONNECTION LIMIT 1").await;
    let mut config = config();
    config.user("tp_lonely");
    let holder = Mutex::new(Some(connect(&config).await.expect("one connection is allowed")));
    let trace = Trace::default();
    call(&config, &holder, &trace).await.expect("the other connection is closed");
    assert!(trace.runs() >= 3, "as long as it was open, no attempt could succeed");
    assert!(trace.failures().iter().all(|code| code == "53300"), "{:?}", trace.failures());
}

#[tokio::test]
async fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(config: &Config, statement: &str, trace: &Trace) -> Result<i32, Error> {
        trace.begin();
        trace.note(once(config, statement).await)
    }
    async fn once(config: &Config, statement: &str) -> Result<i32, Error> {
        let client = connect(config).await?;
        client.query_one(statement, &[]).await?.try_get(0)
    }
    prepare(
        "DROP TABLE IF EXISTS tp_strict;
         CREATE TABLE tp_strict (id INT PRIMARY KEY, amount INT NOT NULL CHECK (amount > 0));
         INSERT INTO tp_strict VALUES (1, 1)",
    )
    .await;
    let _paused = testing::pause();
    let mut nowhere = config();
    nowhere.dbname("nowhere");
    for (config, statement, word) in [
        (config(), "INSERT INTO tp_strict VALUES (1, 2)", "23505"),
        (config(), "INSERT INTO tp_strict VALUES (2, 0)", "23514"),
        (config(), "SELEKT 1", "42601"),
        (config(), "SELECT $1::int", "expected 1 parameters but got 0"),
        (config(), "SELECT 'text'", "error deserializing column 0"),
        (config(), "SELECT 1 WHERE false", "query returned an unexpected number of rows"),
        (nowhere, "SELECT 1", "3D000"),
    ] {
        let trace = Trace::default();
        call(&config, statement, &trace).await.expect_err("the statement is refused");
        assert_eq!((trace.runs(), trace.failures()), (1, vec![word.to_owned()]), "{statement}");
    }
}

#[tokio::test]
async fn each_code_that_the_server_sends_gets_its_verdict() {
    let client = prepare(
        "CREATE OR REPLACE FUNCTION tp_fail_with(code TEXT) RETURNS VOID LANGUAGE plpgsql
         AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = code, MESSAGE = 'deadlock detected'; END $$",
    )
    .await;
    for (code, expected) in [
        ("40001", Verdict::Retry),
        ("40P01", Verdict::Retry),
        ("55P03", Verdict::Retry),
        ("53300", Verdict::Retry),
        ("57P01", Verdict::Retry),
        ("57P02", Verdict::Retry),
        ("57P03", Verdict::Retry),
        ("57P05", Verdict::Retry),
        ("08000", Verdict::Retry),
        ("08006", Verdict::Retry),
        ("57014", Verdict::Stop),
        ("57P04", Verdict::Stop),
        ("53100", Verdict::Stop),
        ("40002", Verdict::Stop),
        ("25006", Verdict::Stop),
        ("28P01", Verdict::Stop),
        ("P0001", Verdict::Stop),
    ] {
        let failed = client.execute("SELECT tp_fail_with($1)", &[&code]).await.expect_err("the function fails");
        assert_eq!(failed.word(), code);
        assert_eq!(classifiers::error(&failed), expected, "{code}");
    }
}
