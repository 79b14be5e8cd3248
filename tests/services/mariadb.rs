//! MariaDB: deadlocks, lock waits and killed connections, recognized by numbers that the SQLSTATE does not show, with the classifiers
//! for sqlx.

use crate::service;
use crate::trace::{Trace, Word};
use reattempt::{Verdict, retry, sqlx_0_9 as classifiers, testing};
use sqlx_0_9::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions};
use sqlx_0_9::{ConnectOptions, Connection, Error, MySql, Transaction, query, query_scalar, raw_sql};
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, Semaphore};

const PAUSE: Duration = Duration::from_millis(5);

fn options() -> MySqlConnectOptions {
    service("REATTEMPT_MARIADB").parse().expect("the variable is a URL of MySQL")
}

async fn connect() -> MySqlConnection {
    options().connect().await.expect("the server answers")
}

fn pool() -> MySqlPool {
    MySqlPoolOptions::new().max_connections(2).connect_lazy_with(options())
}

async fn prepare(script: &'static str) {
    raw_sql(script).execute(&mut connect().await).await.expect("the script is right");
}

#[tokio::test]
async fn of_two_transactions_that_deadlock_both_commit_in_the_end() {
    /// Each locks its first row before one of them locks its second. The victim waits for the other's commit.
    struct Duel {
        both: Barrier,
        done: Semaphore,
    }
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &MySqlPool, names: [&str; 2], duel: &Duel, trace: &Trace) -> Result<(), Error> {
        trace.note(once(pool, names, duel, trace.begin()).await)
    }
    async fn once(pool: &MySqlPool, names: [&str; 2], duel: &Duel, run: u32) -> Result<(), Error> {
        if run > 1 {
            duel.done.acquire().await.expect("it is never closed").forget();
        }
        let mut transaction = pool.begin().await?;
        for name in names {
            query("UPDATE deadlock SET balance = balance + 1 WHERE name = ?")
                .bind(name)
                .execute(&mut *transaction)
                .await?;
            if run == 1 && name == names[0] {
                duel.both.wait().await;
            }
        }
        transaction.commit().await?;
        duel.done.add_permits(1);
        Ok(())
    }
    prepare(
        "DROP TABLE IF EXISTS deadlock;
         CREATE TABLE deadlock (name VARCHAR(9) PRIMARY KEY, balance BIGINT NOT NULL) ENGINE = InnoDB;
         INSERT INTO deadlock VALUES ('a', 0), ('b', 0)",
    )
    .await;
    let _paused = testing::pause();
    let pool = pool();
    let duel = Duel { both: Barrier::new(2), done: Semaphore::new(0) };
    let (first, second) = (Trace::default(), Trace::default());
    let (forth, back) = tokio::join!(call(&pool, ["a", "b"], &duel, &first), call(&pool, ["b", "a"], &duel, &second));
    forth.expect("the first call commits");
    back.expect("the second call commits");
    assert_eq!(first.runs() + second.runs(), 3, "one of both attempted twice");
    assert_eq!([first.failures(), second.failures()].concat(), ["1213"]);
    let balances: Vec<i64> =
        query_scalar("SELECT balance FROM deadlock").fetch_all(&pool).await.expect("the table exists");
    assert_eq!(balances, [2, 2]);
}

type Holder = Mutex<Option<Transaction<'static, MySql>>>;

async fn hold(pool: &MySqlPool, statement: &'static str) -> Holder {
    let mut transaction = pool.begin().await.expect("the server answers");
    query(statement).execute(&mut *transaction).await.expect("nobody else has locked it");
    Mutex::new(Some(transaction))
}

#[tokio::test]
async fn a_lock_wait_that_timed_out_is_attempted_again() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &MySqlPool, holder: &Holder, trace: &Trace) -> Result<(), Error> {
        if trace.begin() == 2 {
            holder.lock().await.take().expect("it is taken once").commit().await?;
        }
        trace.note(once(pool).await)
    }
    async fn once(pool: &MySqlPool) -> Result<(), Error> {
        let mut transaction = pool.begin().await?;
        query("SET SESSION innodb_lock_wait_timeout = 1").execute(&mut *transaction).await?;
        query("UPDATE waited SET balance = balance + 10").execute(&mut *transaction).await?;
        transaction.commit().await
    }
    prepare(
        "DROP TABLE IF EXISTS waited; CREATE TABLE waited (balance BIGINT) ENGINE = InnoDB; INSERT INTO waited VALUES (0)",
    )
    .await;
    let _paused = testing::pause();
    let pool = pool();
    let holder = hold(&pool, "UPDATE waited SET balance = balance + 1").await;
    let trace = Trace::default();
    call(&pool, &holder, &trace).await.expect("the second attempt finds no lock");
    assert_eq!(trace.failures(), ["1205"]);
    assert_eq!(trace.runs(), 2);
    let balance: i64 = query_scalar("SELECT balance FROM waited").fetch_one(&pool).await.expect("the table exists");
    assert_eq!(balance, 11);
}

#[tokio::test]
async fn a_row_that_another_has_locked_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE, max = 5, on = classifiers::error)]
    async fn call(pool: &MySqlPool, holder: &Holder, trace: &Trace) -> Result<i64, Error> {
        if trace.begin() == 3 {
            holder.lock().await.take().expect("it is taken once").commit().await?;
        }
        trace.note(query_scalar("SELECT balance FROM locked FOR UPDATE NOWAIT").fetch_one(pool).await)
    }
    prepare(
        "DROP TABLE IF EXISTS locked; CREATE TABLE locked (balance BIGINT) ENGINE = InnoDB; INSERT INTO locked VALUES (1)",
    )
    .await;
    let paused = testing::pause();
    let pool = pool();
    let holder = hold(&pool, "UPDATE locked SET balance = 2").await;
    let trace = Trace::default();
    assert_eq!(call(&pool, &holder, &trace).await.expect("the third attempt finds no lock"), 2);
    // MySQL has the number 3572 for it.
    assert_eq!(trace.failures(), ["1205", "1205"]);
    assert_eq!(trace.runs(), 3);
    assert_eq!(paused.slept(), [PAUSE, PAUSE]);
}

#[tokio::test]
async fn a_row_that_changed_under_a_snapshot_is_read_again() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &MySqlPool, trace: &Trace) -> Result<(), Error> {
        trace.note(once(pool, trace.begin()).await)
    }
    async fn once(pool: &MySqlPool, run: u32) -> Result<(), Error> {
        let mut connection = pool.acquire().await?;
        query("SET SESSION innodb_snapshot_isolation = ON").execute(&mut *connection).await?;
        let mut transaction = connection.begin().await?;
        let balance: i64 = query_scalar("SELECT balance FROM snapshot").fetch_one(&mut *transaction).await?;
        if run == 1 {
            query("UPDATE snapshot SET balance = balance + 1").execute(pool).await?;
        }
        query("UPDATE snapshot SET balance = ?").bind(balance + 10).execute(&mut *transaction).await?;
        transaction.commit().await
    }
    prepare(
        "DROP TABLE IF EXISTS snapshot; CREATE TABLE snapshot (balance BIGINT) ENGINE = InnoDB;
         INSERT INTO snapshot VALUES (0)",
    )
    .await;
    let _paused = testing::pause();
    let (pool, trace) = (pool(), Trace::default());
    call(&pool, &trace).await.expect("the second attempt reads what the other wrote");
    assert_eq!(trace.failures(), ["1020"]);
    assert_eq!(trace.runs(), 2);
    let balance: i64 = query_scalar("SELECT balance FROM snapshot").fetch_one(&pool).await.expect("the table exists");
    assert_eq!(balance, 11, "no update is lost");
}

#[tokio::test]
async fn a_transaction_whose_connection_was_killed_is_done_again_by_another_one() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &MySqlPool, trace: &Trace) -> Result<u64, Error> {
        trace.note(once(pool, trace.begin()).await)
    }
    async fn once(pool: &MySqlPool, run: u32) -> Result<u64, Error> {
        let mut transaction = pool.begin().await?;
        let id: u64 = query_scalar("SELECT CAST(connection_id() AS UNSIGNED)").fetch_one(&mut *transaction).await?;
        query("INSERT INTO killed VALUES (?)").bind(id).execute(&mut *transaction).await?;
        if run == 1 {
            kill(id).await;
        }
        transaction.commit().await?;
        Ok(id)
    }
    async fn kill(id: u64) {
        let mut admin = connect().await;
        query("KILL CONNECTION ?").bind(id).execute(&mut admin).await.expect("the user may do all");
        while query_scalar::<_, i64>("SELECT count(*) FROM information_schema.processlist WHERE id = ?")
            .bind(id)
            .fetch_one(&mut admin)
            .await
            .expect("the server answers")
            != 0
        {
            tokio::task::yield_now().await;
        }
    }
    prepare("DROP TABLE IF EXISTS killed; CREATE TABLE killed (id BIGINT UNSIGNED) ENGINE = InnoDB").await;
    let _paused = testing::pause();
    let (pool, trace) = (pool(), Trace::default());
    let id = call(&pool, &trace).await.expect("the second attempt has a new connection");
    assert_eq!(trace.runs(), 2);
    let failures = trace.failures();
    assert!(
        failures == ["1927"] || failures == ["io"],
        "the connection is lost, with or without a last word: {failures:?}"
    );
    let rows: Vec<u64> = query_scalar("SELECT id FROM killed").fetch_all(&pool).await.expect("the table exists");
    assert_eq!(rows, [id], "the first attempt left nothing");
}

#[tokio::test]
async fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(pool: &MySqlPool, statement: &'static str, trace: &Trace) -> Result<(), Error> {
        trace.begin();
        trace.note(query(statement).execute(pool).await).map(drop)
    }
    prepare(
        "DROP TABLE IF EXISTS strict; CREATE TABLE strict (id INT PRIMARY KEY, amount INT NOT NULL) ENGINE = InnoDB;
         INSERT INTO strict VALUES (1, 1)",
    )
    .await;
    let _paused = testing::pause();
    let pool = pool();
    for (statement, number) in [
        ("INSERT INTO strict VALUES (1, 2)", "1062"),
        ("INSERT INTO strict VALUES (2, NULL)", "1048"),
        ("SELEKT 1", "1064"),
        ("SELECT * FROM nowhere", "1146"),
    ] {
        let trace = Trace::default();
        call(&pool, statement, &trace).await.expect_err("the statement is refused");
        assert_eq!((trace.runs(), trace.failures()), (1, vec![number.to_owned()]), "{statement}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_again() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn call(trace: &Trace) -> Result<MySqlConnection, Error> {
        trace.begin();
        trace.note(options().password("wrong").connect().await)
    }
    let _paused = testing::pause();
    let trace = Trace::default();
    call(&trace).await.expect_err("the password is wrong");
    assert_eq!((trace.runs(), trace.failures()), (1, vec!["1045".to_owned()]));
}

#[tokio::test]
async fn each_number_that_the_server_sends_gets_its_verdict() {
    prepare(
        "DROP PROCEDURE IF EXISTS fail_with;
         CREATE PROCEDURE fail_with(number INT, message TEXT)
         BEGIN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = number, MESSAGE_TEXT = message; END;
         DROP PROCEDURE IF EXISTS fail_in_class;
         CREATE PROCEDURE fail_in_class(number INT, message TEXT)
         BEGIN SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = number, MESSAGE_TEXT = message; END",
    )
    .await;
    let mut connection = connect().await;
    for (procedure, number, message, expected) in [
        ("CALL fail_with(?, ?)", 1020, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1040, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1203, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1205, "made up: by (HY000): the test", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1213, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1927, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 3572, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 4031, "made up", Verdict::Retry),
        ("CALL fail_with(?, ?)", 1317, "made up", Verdict::Stop),
        ("CALL fail_with(?, ?)", 1105, "1205 (HY000): the text of another error", Verdict::Stop),
        ("CALL fail_in_class(?, ?)", 1053, "made up", Verdict::Retry),
        ("CALL fail_in_class(?, ?)", 1153, "made up", Verdict::Stop),
        ("CALL fail_in_class(?, ?)", 1251, "made up", Verdict::Stop),
    ] {
        let failed = query(procedure)
            .bind(number)
            .bind(message)
            .execute(&mut connection)
            .await
            .expect_err("the procedure fails");
        assert_eq!(failed.word(), number.to_string());
        assert_eq!(classifiers::error(&failed), expected, "{number}");
    }
}
