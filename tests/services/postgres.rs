//! PostgreSQL: transactions that conflict, backends that end, servers that are full; by the classifiers for sqlx.

use crate::service;
use crate::trace::{Trace, Word};
use reattempt::{Verdict, retry, sqlx_0_9 as classifiers, testing};
use sqlx_0_9::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx_0_9::{ConnectOptions, Connection, Error, Postgres, query, query_as, query_scalar, raw_sql};
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, Semaphore};

const PAUSE: Duration = Duration::from_millis(5);

fn options() -> PgConnectOptions {
    service("REATTEMPT_POSTGRES").parse().expect("the variable is a URL of PostgreSQL")
}

async fn connect() -> PgConnection {
    options().connect().await.expect("the server answers")
}

/// Makes what a test needs; each has names of its own, for they run side by side.
async fn prepare(script: &'static str) {
    raw_sql(script).execute(&mut connect().await).await.expect("the script is right");
}

/// Two calls that begin together: both finish their first half before one begins the second. The one that fails makes another attempt
/// when the other one is done.
struct Duel {
    both: Barrier,
    done: Semaphore,
}

impl Duel {
    fn new() -> Self {
        Self { both: Barrier::new(2), done: Semaphore::new(0) }
    }

    /// Before an attempt.
    async fn enter(&self, run: u32) {
        if run > 1 {
            self.done.acquire().await.expect("it is never closed").forget();
        }
    }

    /// Between the halves.
    async fn meet(&self, run: u32) {
        if run == 1 {
            self.both.wait().await;
        }
    }

    fn leave(&self) {
        self.done.add_permits(1);
    }
}

#[tokio::test]
async fn of_two_serializable_transactions_that_conflict_both_commit_in_the_end() {
    /// Reads both accounts, and writes their sum to the other's.
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &PgPool, other: &str, duel: &Duel, trace: &Trace) -> Result<(), Error> {
        trace.note(once(pool, other, duel, trace.begin()).await)
    }
    async fn once(pool: &PgPool, other: &str, duel: &Duel, run: u32) -> Result<(), Error> {
        duel.enter(run).await;
        let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await?;
        let sum: i64 = query_scalar("SELECT sum(balance)::bigint FROM skew").fetch_one(&mut *transaction).await?;
        duel.meet(run).await;
        query("UPDATE skew SET balance = $1 WHERE name = $2").bind(sum).bind(other).execute(&mut *transaction).await?;
        transaction.commit().await?;
        duel.leave();
        Ok(())
    }
    prepare(
        "DROP TABLE IF EXISTS skew;
         CREATE TABLE skew (name TEXT PRIMARY KEY, balance BIGINT NOT NULL);
         INSERT INTO skew VALUES ('a', 10), ('b', 20)",
    )
    .await;
    let _paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options());
    let (duel, first, second) = (Duel::new(), Trace::default(), Trace::default());
    let (to_b, to_a) = tokio::join!(call(&pool, "b", &duel, &first), call(&pool, "a", &duel, &second));
    to_b.expect("the first call commits");
    to_a.expect("the second call commits");
    assert_eq!(first.runs() + second.runs(), 3, "one of both attempted twice");
    assert_eq!([first.failures(), second.failures()].concat(), ["40001"]);
    let balances: (i64, i64) =
        query_as("SELECT a.balance, b.balance FROM skew a, skew b WHERE a.name = 'a' AND b.name = 'b'")
            .fetch_one(&pool)
            .await
            .expect("the table exists");
    // As if one had run after the other; without the conflict's failure it would be (30, 30).
    assert_eq!(balances, if first.runs() == 2 { (30, 50) } else { (40, 30) });
}

#[tokio::test]
async fn of_two_transactions_that_deadlock_both_commit_in_the_end() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error)]
    async fn call(pool: &PgPool, names: [&str; 2], duel: &Duel, trace: &Trace) -> Result<(), Error> {
        trace.note(once(pool, names, duel, trace.begin()).await)
    }
    async fn once(pool: &PgPool, names: [&str; 2], duel: &Duel, run: u32) -> Result<(), Error> {
        duel.enter(run).await;
        let mut transaction = pool.begin().await?;
        for name in names {
            query("UPDATE deadlock SET balance = balance + 1 WHERE name = $1")
                .bind(name)
                .execute(&mut *transaction)
                .await?;
            if name == names[0] {
                duel.meet(run).await;
            }
        }
        transaction.commit().await?;
        duel.leave();
        Ok(())
    }
    prepare(
        "DROP TABLE IF EXISTS deadlock;
         CREATE TABLE deadlock (name TEXT PRIMARY KEY, balance BIGINT NOT NULL);
         INSERT INTO deadlock VALUES ('a', 0), ('b', 0)",
    )
    .await;
    let _paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options());
    let (duel, first, second) = (Duel::new(), Trace::default(), Trace::default());
    let (forth, back) = tokio::join!(call(&pool, ["a", "b"], &duel, &first), call(&pool, ["b", "a"], &duel, &second));
    forth.expect("the first call commits");
    back.expect("the second call commits");
    assert_eq!(first.runs() + second.runs(), 3, "one of both attempted twice");
    assert_eq!([first.failures(), second.failures()].concat(), ["40P01"]);
    let balances: Vec<i64> =
        query_scalar("SELECT balance FROM deadlock").fetch_all(&pool).await.expect("the table exists");
    assert_eq!(balances, [2, 2]);
}

#[tokio::test]
async fn a_row_that_another_has_locked_is_waited_for() {
    type Holder = Mutex<Option<sqlx_0_9::Transaction<'static, Postgres>>>;
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    async fn call(pool: &PgPool, holder: &Holder, trace: &Trace) -> Result<i64, Error> {
        if trace.begin() == 3 {
            holder.lock().await.take().expect("it is taken once").commit().await?;
        }
        trace.note(query_scalar("SELECT balance FROM locked FOR UPDATE NOWAIT").fetch_one(pool).await)
    }
    prepare("DROP TABLE IF EXISTS locked; CREATE TABLE locked (balance BIGINT); INSERT INTO locked VALUES (1)").await;
    let paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options());
    let mut transaction = pool.begin().await.expect("the server answers");
    query("UPDATE locked SET balance = 2").execute(&mut *transaction).await.expect("nobody else has locked it");
    let (holder, trace) = (Mutex::new(Some(transaction)), Trace::default());
    assert_eq!(call(&pool, &holder, &trace).await.expect("the third attempt finds no lock"), 2);
    assert_eq!(trace.failures(), ["55P03", "55P03"]);
    assert_eq!(trace.runs(), 3);
    assert_eq!(paused.slept(), [PAUSE, PAUSE]);
}

/// Ends a backend, and comes back when it is gone.
async fn terminate(pid: i32) {
    let mut admin = connect().await;
    query("SELECT pg_terminate_backend($1)").bind(pid).execute(&mut admin).await.expect("the user is a superuser");
    until_gone(&mut admin, pid).await;
}

async fn until_gone(admin: &mut PgConnection, pid: i32) {
    while query_scalar("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)")
        .bind(pid)
        .fetch_one(&mut *admin)
        .await
        .expect("the server answers")
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transaction_whose_backend_was_terminated_is_done_again_by_another_backend() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &PgPool, trace: &Trace) -> Result<i32, Error> {
        trace.note(once(pool, trace.begin()).await)
    }
    async fn once(pool: &PgPool, run: u32) -> Result<i32, Error> {
        let mut transaction = pool.begin().await?;
        let pid: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *transaction).await?;
        query("INSERT INTO terminated VALUES ($1)").bind(pid).execute(&mut *transaction).await?;
        if run == 1 {
            terminate(pid).await;
        }
        transaction.commit().await?;
        Ok(pid)
    }
    prepare("DROP TABLE IF EXISTS terminated; CREATE TABLE terminated (pid INT)").await;
    let _paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options());
    let trace = Trace::default();
    let pid = call(&pool, &trace).await.expect("the second attempt has a new backend");
    assert_eq!(trace.runs(), 2);
    let failures = trace.failures();
    assert!(
        failures == ["57P01"] || failures == ["io"],
        "the connection is lost, with or without a last word: {failures:?}"
    );
    let rows: Vec<i32> = query_scalar("SELECT pid FROM terminated").fetch_all(&pool).await.expect("the table exists");
    assert_eq!(rows, [pid], "the first attempt left nothing");
}

#[tokio::test]
async fn a_backend_that_is_terminated_at_work_says_57p01() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &PgPool, trace: &Trace) -> Result<(), Error> {
        let run = trace.begin();
        let mut connection = pool.acquire().await?;
        let pid: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection).await?;
        if run > 1 {
            return Ok(());
        }
        let (slept, ()) = tokio::join!(query("SELECT pg_sleep(3600)").execute(&mut *connection), end_when_at_work(pid));
        trace.note(slept).map(drop)
    }
    async fn end_when_at_work(pid: i32) {
        let mut admin = connect().await;
        while !query_scalar::<_, bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep')",
        )
        .bind(pid)
        .fetch_one(&mut admin)
        .await
        .expect("the server answers")
        {
            tokio::task::yield_now().await;
        }
        query("SELECT pg_terminate_backend($1)").bind(pid).execute(&mut admin).await.expect("the user is a superuser");
    }
    let _paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options());
    let trace = Trace::default();
    call(&pool, &trace).await.expect("the second attempt has a new backend");
    assert_eq!(trace.failures(), ["57P01"]);
    assert_eq!(trace.runs(), 2);
}

#[tokio::test]
async fn a_session_that_idled_for_too_long_is_replaced() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(trace: &Trace) -> Result<i32, Error> {
        trace.note(once(trace.begin()).await)
    }
    async fn once(run: u32) -> Result<i32, Error> {
        let mut connection = options().connect().await?;
        if run == 1 {
            let pid: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
            query("SET idle_session_timeout = 1").execute(&mut connection).await?;
            until_gone(&mut connect().await, pid).await;
        }
        query_scalar("SELECT 7").fetch_one(&mut connection).await
    }
    let _paused = testing::pause();
    let trace = Trace::default();
    assert_eq!(call(&trace).await.expect("the second session does not idle"), 7);
    let failures = trace.failures();
    assert!(failures == ["57P05"] || failures == ["io"], "{failures:?}");
    assert_eq!(trace.runs(), 2);
}

#[tokio::test]
async fn a_server_with_too_many_connections_is_waited_for() {
    // Time is not paused here: the server needs a moment to notice that a client has left.
    #[retry(strategy = "constant", base = PAUSE, max = 2000)]
    async fn call(holder: &Mutex<Option<PgConnection>>, trace: &Trace) -> Result<i32, Error> {
        if trace.begin() == 3 {
            holder.lock().await.take().expect("it is taken once").close().await?;
        }
        let mut connection = trace.note(options().username("lonely").connect().await)?;
        query_scalar("SELECT 7").fetch_one(&mut connection).await
    }
    prepare("DROP ROLE IF EXISTS lonely; CREATE ROLE lonely LOGIN CONNECTION LIMIT 1").await;
    let connection = options().username("lonely").connect().await.expect("one connection is allowed");
    let (holder, trace) = (Mutex::new(Some(connection)), Trace::default());
    assert_eq!(call(&holder, &trace).await.expect("the other connection is closed"), 7);
    assert!(trace.runs() >= 3, "as long as it was open, no attempt could succeed");
    assert!(trace.failures().iter().all(|code| code == "53300"), "{:?}", trace.failures());
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_waited_for() {
    type Held = Mutex<Option<sqlx_0_9::pool::PoolConnection<Postgres>>>;
    #[retry(strategy = "constant", base = PAUSE, max = 50)]
    async fn call(pool: &PgPool, held: &Held, trace: &Trace) -> Result<i32, Error> {
        if trace.begin() == 3 {
            drop(held.lock().await.take());
        }
        trace.note(query_scalar("SELECT 7").fetch_one(pool).await)
    }
    let _paused = testing::pause();
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(100))
        .connect_lazy_with(options());
    let connection = loop {
        // The first connection of all may take longer than that.
        if let Ok(connection) = pool.acquire().await {
            break connection;
        }
    };
    let (held, trace) = (Mutex::new(Some(connection)), Trace::default());
    assert_eq!(call(&pool, &held, &trace).await.expect("the connection comes back"), 7);
    assert!(trace.runs() >= 3, "as long as it was held, no attempt could succeed");
    assert!(trace.failures().iter().all(|word| word == "pool timed out"), "{:?}", trace.failures());
}

#[tokio::test]
async fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &PgPool, statement: &'static str, trace: &Trace) -> Result<(), Error> {
        trace.begin();
        trace.note(query(statement).execute(pool).await).map(drop)
    }
    prepare(
        "DROP TABLE IF EXISTS strict;
         CREATE TABLE strict (id INT PRIMARY KEY, amount INT NOT NULL CHECK (amount > 0));
         INSERT INTO strict VALUES (1, 1)",
    )
    .await;
    let _paused = testing::pause();
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options());
    for (statement, code) in [
        ("INSERT INTO strict VALUES (1, 2)", "23505"),
        ("INSERT INTO strict VALUES (2, 0)", "23514"),
        ("INSERT INTO strict VALUES (2, NULL)", "23502"),
        ("SELEKT 1", "42601"),
        ("SELECT * FROM nowhere", "42P01"),
        ("SELECT 1 / 0", "22012"),
    ] {
        let trace = Trace::default();
        call(&pool, statement, &trace).await.expect_err("the statement is refused");
        assert_eq!((trace.runs(), trace.failures()), (1, vec![code.to_owned()]), "{statement}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_not_waited_for() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(trace: &Trace) -> Result<PgConnection, Error> {
        trace.begin();
        trace.note(options().database("nowhere").connect().await)
    }
    let _paused = testing::pause();
    let trace = Trace::default();
    call(&trace).await.expect_err("there is no such database");
    assert_eq!((trace.runs(), trace.failures()), (1, vec!["3D000".to_owned()]));
}

#[tokio::test]
async fn each_code_that_the_server_sends_gets_its_verdict() {
    prepare(
        "CREATE OR REPLACE FUNCTION fail_with(code TEXT, message TEXT) RETURNS VOID LANGUAGE plpgsql
         AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message; END $$",
    )
    .await;
    let mut connection = connect().await;
    for (code, message, expected) in [
        ("40001", "made up", Verdict::Retry),
        ("40P01", "made up", Verdict::Retry),
        ("55P03", "made up", Verdict::Retry),
        ("53300", "made up", Verdict::Retry),
        ("57P01", "made up", Verdict::Retry),
        ("57P02", "made up", Verdict::Retry),
        ("57P03", "made up", Verdict::Retry),
        ("57P05", "made up", Verdict::Retry),
        ("08000", "made up", Verdict::Retry),
        ("08006", "made up", Verdict::Retry),
        ("57014", "made up", Verdict::Stop),
        ("57P04", "made up", Verdict::Stop),
        ("53100", "made up", Verdict::Stop),
        ("40002", "made up", Verdict::Stop),
        ("25006", "made up", Verdict::Stop),
        ("P0001", "40001", Verdict::Stop),
        ("HY000", "1205 (HY000): the text of another server", Verdict::Stop),
        ("00005", "the code of another database", Verdict::Stop),
    ] {
        let failed = query("SELECT fail_with($1, $2)")
            .bind(code)
            .bind(message)
            .execute(&mut connection)
            .await
            .expect_err("the function fails");
        assert_eq!(failed.word(), code);
        assert_eq!(classifiers::error(&failed), expected, "{code}");
    }
}
