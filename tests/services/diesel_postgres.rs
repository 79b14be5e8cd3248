//! PostgreSQL by diesel: transactions that conflict, a `COMMIT` that fails, connections that are lost, pools.

use crate::proxy::Proxy;
use crate::service;
use crate::trace::{Trace, Word};
use diesel_2::connection::SimpleConnection;
use diesel_2::r2d2::{ConnectionManager, Pool, PoolError, PooledConnection};
use diesel_2::result::Error;
use diesel_2::sql_types::{BigInt, Integer};
use diesel_2::{Connection, ConnectionError, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use reattempt::{Transient, diesel_2 as classifiers, retry, testing};
use std::sync::{Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(5);

type Manager = ConnectionManager<PgConnection>;

/// Whatever an attempt that connects and queries can fail with.
#[derive(Debug, Transient)]
enum Failed {
    #[transient(forward)]
    Connection(ConnectionError),
    #[transient(forward)]
    Pool(PoolError),
    #[transient(forward)]
    Query(Error),
}

impl From<ConnectionError> for Failed {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(error)
    }
}

impl From<PoolError> for Failed {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

impl Word for Failed {
    fn word(&self) -> String {
        match self {
            Self::Connection(error) => format!("{error:?}"),
            Self::Pool(error) => error.to_string(),
            Self::Query(error) => error.word(),
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

fn url() -> String {
    service("REATTEMPT_POSTGRES")
}

fn connect() -> PgConnection {
    PgConnection::establish(&url()).expect("the server answers")
}

/// Makes what a test needs; each has names of its own, for they run side by side.
fn prepare(script: &str) -> PgConnection {
    let mut connection = connect();
    connection.batch_execute(script).expect("the script is right");
    connection
}

fn count(connection: &mut PgConnection, query: &str) -> Result<i64, Error> {
    sql_query(format!("SELECT count(*) AS count FROM {query}")).get_result::<Count>(connection).map(|row| row.count)
}

fn pid(connection: &mut PgConnection) -> Result<i32, Error> {
    sql_query("SELECT pg_backend_pid() AS pid").get_result::<Pid>(connection).map(|row| row.pid)
}

/// Ends a backend, and comes back when it is gone.
fn terminate(pid: i32) {
    let mut admin = connect();
    admin.batch_execute(&format!("SELECT pg_terminate_backend({pid})")).expect("the user is a superuser");
    while count(&mut admin, &format!("pg_stat_activity WHERE pid = {pid}")).expect("the server answers") > 0 {
        thread::yield_now();
    }
}

fn pool(url: &str, timeout: Duration) -> Pool<Manager> {
    Pool::builder().max_size(1).connection_timeout(timeout).build_unchecked(Manager::new(url))
}

#[test]
fn of_two_transactions_that_deadlock_both_commit_in_the_end() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error)]
    fn call(names: [&str; 2], both: &Barrier, done: &Mutex<mpsc::Receiver<()>>, trace: &Trace) -> Result<(), Error> {
        let run = trace.begin();
        if run > 1 {
            done.lock().expect("no test panics in here").recv().expect("the other one says it");
        }
        trace.note(connect().transaction(|connection| {
            update(connection, names[0])?;
            if run == 1 {
                both.wait();
            }
            update(connection, names[1])
        }))
    }
    fn update(connection: &mut PgConnection, name: &str) -> Result<(), Error> {
        let update = format!("UPDATE di_deadlock SET balance = balance + 1 WHERE name = '{name}'");
        sql_query(update).execute(connection).map(drop)
    }
    let mut connection = prepare(
        "DROP TABLE IF EXISTS di_deadlock;
         CREATE TABLE di_deadlock (name TEXT PRIMARY KEY, balance INT NOT NULL);
         INSERT INTO di_deadlock VALUES ('a', 0), ('b', 0)",
    );
    let both = Barrier::new(2);
    let (done, waiting) = mpsc::channel();
    let waiting = Mutex::new(waiting);
    let (first, second) = (Trace::default(), Trace::default());
    thread::scope(|scope| {
        for (names, trace) in [(["a", "b"], &first), (["b", "a"], &second)] {
            let (both, waiting, done) = (&both, &waiting, done.clone());
            scope.spawn(move || {
                let _paused = testing::pause();
                call(names, both, waiting, trace).expect("each call commits");
                done.send(()).expect("the test waits");
            });
        }
    });
    assert_eq!(first.runs() + second.runs(), 3, "one of both attempted twice");
    assert_eq!([first.failures(), second.failures()].concat(), ["Unknown: deadlock detected"]);
    assert_eq!(count(&mut connection, "di_deadlock WHERE balance = 2").expect("the table exists"), 2);
}

#[test]
fn a_commit_that_the_server_refuses_is_retried_with_its_transaction() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(trace: &Trace) -> Result<(), Error> {
        let run = trace.begin();
        trace.note(once("di_commit_b", "di_commit_a", || {
            if run == 1 { once("di_commit_a", "di_commit_b", || Ok(())) } else { Ok(()) }
        }))
    }
    /// Writes into one table how many rows the other one has, in one transaction.
    fn once(read: &str, written: &str, before_commit: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        connect().build_transaction().serializable().run(|connection| {
            let seen = count(connection, read)?;
            sql_query(format!("INSERT INTO {written} VALUES ({seen})")).execute(connection)?;
            before_commit()
        })
    }
    let mut connection = prepare(
        "DROP TABLE IF EXISTS di_commit_a, di_commit_b;
         CREATE TABLE di_commit_a (seen BIGINT); CREATE TABLE di_commit_b (seen BIGINT)",
    );
    let _paused = testing::pause();
    let trace = Trace::default();
    call(&trace).expect("the second attempt is alone");
    assert_eq!(trace.runs(), 2);
    let failure = trace.failures().concat();
    assert!(failure.starts_with("SerializationFailure: could not serialize access"), "{failure}");
    assert_eq!(count(&mut connection, "di_commit_a").expect("the table exists"), 1, "what was refused left nothing");
    assert_eq!(count(&mut connection, "di_commit_a WHERE seen = 1").expect("the table exists"), 1);
}

#[test]
fn a_commit_whose_reply_is_lost_was_executed_and_a_unique_key_keeps_it_from_being_executed_twice() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(url: &str, statement: &str, trace: &Trace) -> Result<(), Failed> {
        trace.begin();
        trace.note(once(url, statement))
    }
    fn once(url: &str, statement: &str) -> Result<(), Failed> {
        let mut connection = PgConnection::establish(url)?;
        Ok(connection.transaction(|connection| sql_query(statement).execute(connection).map(drop))?)
    }
    let mut connection =
        prepare("DROP TABLE IF EXISTS di_lost; CREATE TABLE di_lost (payment TEXT UNIQUE, amount INT NOT NULL)");
    let _paused = testing::pause();
    let url = url();
    let (user, rest) = url.split_once('@').expect("the URL has a user");
    let (server, database) = rest.split_once('/').expect("the URL has a database");
    for (statement, rows) in [
        ("INSERT INTO di_lost VALUES (NULL, 5)", 2),
        ("INSERT INTO di_lost VALUES ('p-1', 5) ON CONFLICT (payment) DO NOTHING", 1),
    ] {
        let proxy = Proxy::new(server.parse().expect("it is an address"), 1);
        let trace = Trace::default();
        call(&format!("{user}@127.0.0.1:{}/{database}", proxy.port()), statement, &trace)
            .expect("the second reply arrives");
        assert_eq!(trace.runs(), 2, "{statement}");
        let failure = trace.failures().concat();
        assert!(failure.starts_with("ClosedConnection: server closed the connection unexpectedly"), "{failure}");
        assert_eq!(proxy.left(), 0);
        assert_eq!(count(&mut connection, "di_lost").expect("the table exists"), rows, "{statement}");
        connection.batch_execute("TRUNCATE di_lost").expect("the table exists");
    }
}

#[test]
fn a_pool_drops_a_connection_whose_backend_was_terminated() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(pool: &Pool<Manager>, trace: &Trace) -> Result<i32, Failed> {
        let run = trace.begin();
        trace.note(once(pool, run))
    }
    fn once(pool: &Pool<Manager>, run: u32) -> Result<i32, Failed> {
        Ok(pool.get()?.transaction(|connection| {
            let pid = pid(connection)?;
            sql_query(format!("INSERT INTO di_terminated VALUES ({pid})")).execute(connection)?;
            if run == 1 {
                terminate(pid);
            }
            Ok::<_, Error>(pid)
        })?)
    }
    let mut connection = prepare("DROP TABLE IF EXISTS di_terminated; CREATE TABLE di_terminated (pid INT)");
    let _paused = testing::pause();
    let trace = Trace::default();
    let pid = call(&pool(&url(), Duration::from_secs(10)), &trace).expect("the second attempt has a new backend");
    assert_eq!(trace.runs(), 2);
    let failure = trace.failures().concat();
    assert!(failure.starts_with("ClosedConnection: "), "{failure}");
    assert_eq!(count(&mut connection, "di_terminated").expect("the table exists"), 1, "the first attempt left nothing");
    assert_eq!(count(&mut connection, &format!("di_terminated WHERE pid = {pid}")).expect("the table exists"), 1);
}

#[test]
fn a_row_that_another_has_locked_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    fn call(holder: &mut PgConnection, statement: &str, trace: &Trace) -> Result<(), Error> {
        if trace.begin() == 3 {
            holder.batch_execute("COMMIT")?;
        }
        trace.note(connect().batch_execute(statement))
    }
    let mut holder = prepare(
        "DROP TABLE IF EXISTS di_locked; CREATE TABLE di_locked (balance INT); INSERT INTO di_locked VALUES (1)",
    );
    let paused = testing::pause();
    for (statement, text) in [
        (
            "SELECT * FROM di_locked FOR UPDATE NOWAIT",
            "Unknown: could not obtain lock on row in relation \"di_locked\"",
        ),
        ("LOCK TABLE di_locked IN EXCLUSIVE MODE NOWAIT", "Unknown: could not obtain lock on relation \"di_locked\""),
        ("SET lock_timeout = 1; UPDATE di_locked SET balance = 3", "Unknown: canceling statement due to lock timeout"),
    ] {
        holder.batch_execute("BEGIN; UPDATE di_locked SET balance = 2").expect("nobody else has locked it");
        let trace = Trace::default();
        // `LOCK TABLE` wants a transaction, which the connection's end rolls back.
        let statement = format!("BEGIN; {statement}");
        call(&mut holder, &statement, &trace).expect("the third attempt finds no lock");
        assert_eq!((trace.runs(), trace.failures()), (3, vec![text.to_owned(); 2]));
    }
    assert_eq!(paused.slept(), [PAUSE; 6]);
}

#[test]
fn a_server_with_too_many_connections_is_waited_for() {
    // Time is not paused here: the server needs a moment to notice that a client has left.
    #[retry(strategy = "constant", base = PAUSE, max = 2000)]
    fn call(url: &str, holder: &mut Option<PgConnection>, trace: &Trace) -> Result<(), ConnectionError> {
        if trace.begin() == 3 {
            *holder = None;
        }
        trace.note(PgConnection::establish(url).map_err(Failed::from)).map(drop).map_err(|failed| match failed {
            Failed::Connection(error) => error,
            other => panic!("{other:?}"),
        })
    }
    prepare("DROP ROLE IF EXISTS di_lonely; CREATE ROLE di_lonely LOGIN CONNECTION LIMIT 1");
    let url = url().replace("//reattempt@", "//di_lonely@");
    let mut holder = Some(PgConnection::establish(&url).expect("one connection is allowed"));
    let trace = Trace::default();
    call(&url, &mut holder, &trace).expect("the other connection is closed");
    assert!(trace.runs() >= 3, "as long as it was open, no attempt could succeed");
    let failures = trace.failures();
    assert!(
        failures.iter().all(|text| text.contains("too many connections for role \\\"di_lonely\\\"")),
        "{failures:?}"
    );
}

#[test]
fn a_pool_without_a_free_connection_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    fn call(pool: &Pool<Manager>, held: &mut Option<PooledConnection<Manager>>, trace: &Trace) -> Result<i32, Failed> {
        if trace.begin() == 3 {
            *held = None;
        }
        trace.note(pool.get().map_err(Failed::from).and_then(|mut connection| Ok(pid(&mut connection)?)))
    }
    let _paused = testing::pause();
    let pool = pool(&url(), Duration::from_millis(500));
    let mut connection = pool.get().expect("the server answers");
    let only = pid(&mut connection).expect("the server answers");
    let (mut held, trace) = (Some(connection), Trace::default());
    assert_eq!(call(&pool, &mut held, &trace).expect("the connection comes back"), only);
    assert_eq!((trace.runs(), trace.failures()), (3, vec!["timed out waiting for connection".to_owned(); 2]));
}

#[test]
fn a_pool_that_cannot_connect_is_asked_again_only_if_the_server_may_come() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(pool: &Pool<Manager>, trace: &Trace) -> Result<(), PoolError> {
        trace.begin();
        pool.get().map(drop)
    }
    let _paused = testing::pause();
    let nowhere = url().replace("/postgres?", "/nowhere?");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it is bound");
    for (url, runs, text) in [
        (nowhere, 1, "database \"nowhere\" does not exist"),
        (format!("postgres://reattempt@{free}/postgres"), 3, "Connection refused"),
    ] {
        let trace = Trace::default();
        let failed = call(&pool(&url, Duration::from_millis(500)), &trace).expect_err("nobody can connect");
        assert!(failed.to_string().contains(text), "{failed}");
        assert_eq!(trace.runs(), runs, "{failed}");
    }
}

#[test]
fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(url: &str, statement: &str, trace: &Trace) -> Result<(), Failed> {
        trace.begin();
        trace.note(once(url, statement))
    }
    fn once(url: &str, statement: &str) -> Result<(), Failed> {
        let mut connection = PgConnection::establish(url)?;
        Ok(connection.transaction(|connection| sql_query(statement).execute(connection).map(drop))?)
    }
    prepare(
        "DROP TABLE IF EXISTS di_strict;
         CREATE TABLE di_strict (id INT PRIMARY KEY, amount INT NOT NULL CHECK (amount > 0));
         INSERT INTO di_strict VALUES (1, 1);
         CREATE OR REPLACE FUNCTION di_fail() RETURNS VOID LANGUAGE plpgsql
         AS $$ BEGIN RAISE EXCEPTION 'it said: deadlock detected'; END $$",
    );
    let _paused = testing::pause();
    let nowhere = url().replace("/postgres?", "/nowhere?");
    let read_only = format!("{}&options=-c%20default_transaction_read_only%3Don", url());
    for (url, statement, text) in [
        (url(), "INSERT INTO di_strict VALUES (1, 2)", "UniqueViolation: "),
        (url(), "INSERT INTO di_strict VALUES (2, 0)", "CheckViolation: "),
        (url(), "INSERT INTO di_strict VALUES (2, NULL)", "NotNullViolation: "),
        (url(), "SELEKT 1", "Unknown: syntax error"),
        (read_only, "DELETE FROM di_strict", "ReadOnlyTransaction: "),
        (url(), "SELECT di_fail()", "Unknown: it said"),
        (url(), "SELECT $1::int", "Unknown: "),
        (nowhere, "SELECT 1", "BadConnection("),
    ] {
        let trace = Trace::default();
        call(&url, statement, &trace).expect_err("the statement is refused");
        assert_eq!(trace.runs(), 1, "{statement}");
        assert!(trace.failures().concat().starts_with(text), "{:?}", trace.failures());
    }
}

#[test]
fn a_query_with_too_many_parameters_is_sent_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn call(connection: &mut PgConnection, trace: &Trace) -> Result<(), Error> {
        trace.begin();
        let marks = (1..=70_000).map(|number| format!("${number}")).collect::<Vec<_>>().join(",");
        let mut query = sql_query(format!("SELECT 1 WHERE 1 IN ({marks})")).into_boxed();
        for number in 0..70_000 {
            query = query.bind::<Integer, _>(number);
        }
        trace.note(query.execute(connection).map(drop))
    }
    let _paused = testing::pause();
    let trace = Trace::default();
    call(&mut connect(), &trace).expect_err("PostgreSQL counts parameters with 16 bits");
    assert_eq!(trace.runs(), 1, "{:?}", trace.failures());
    let failure = trace.failures().concat();
    assert!(failure.contains("number of parameters must be between"), "{failure}");
}
