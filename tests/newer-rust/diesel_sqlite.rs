//! SQLite in a file by diesel: writers that lock each other, a `COMMIT` that fails, a pool with a connection that was left in a
//! transaction.

use diesel_2::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel_2::r2d2::{ConnectionManager, Pool, PoolError, PooledConnection};
use diesel_2::result::{DatabaseErrorKind as Kind, Error};
use diesel_2::sql_types::BigInt;
use diesel_2::{Connection, ConnectionError, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use reattempt::{RetryError, StopReason, Transient, diesel_2 as classifiers, retry, testing};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(5);

/// A database in a file of a folder of its own, that goes with the value. Nobody waits for locks in it.
struct Database {
    folder: PathBuf,
    /// The last connection to be closed locks the file for a moment; this one stays, so that no other is the last.
    keeper: SqliteConnection,
}

impl Database {
    fn new(journal: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("reattempt-diesel-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        let mut keeper = SqliteConnection::establish(&file(&folder)).expect("the file can be made");
        keeper
            .batch_execute(&format!(
                "PRAGMA journal_mode = {journal};
                 CREATE TABLE account (name TEXT PRIMARY KEY, balance INTEGER NOT NULL);
                 INSERT INTO account VALUES ('a', 100)"
            ))
            .expect("the file is new");
        Self { folder, keeper }
    }

    fn url(&self) -> String {
        file(&self.folder)
    }

    fn connect(&self) -> SqliteConnection {
        SqliteConnection::establish(&self.url()).expect("the file can be opened")
    }

    fn balance(&self) -> i64 {
        balance(&mut self.connect()).expect("the table exists")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Open connections keep their files. An error here does not matter to a test.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn file(folder: &std::path::Path) -> String {
    folder.join("test.db").to_str().expect("the temporary folder has a plain name").to_owned()
}

#[derive(QueryableByName)]
struct Balance {
    #[diesel(sql_type = BigInt)]
    balance: i64,
}

fn balance(connection: &mut SqliteConnection) -> Result<i64, Error> {
    let row = sql_query("SELECT balance FROM account WHERE name = 'a'").get_result::<Balance>(connection)?;
    Ok(row.balance)
}

fn add(connection: &mut SqliteConnection, amount: i64) -> Result<(), Error> {
    connection.batch_execute(&format!("UPDATE account SET balance = balance + {amount} WHERE name = 'a'"))
}

/// Says whether diesel has no kind for an error, and this is the text.
fn says(error: &Error, text: &str) -> bool {
    matches!(error, Error::DatabaseError(Kind::Unknown, information) if information.message() == text)
}

#[test]
fn a_writer_is_retried_until_the_other_one_commits() {
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    fn deposit(database: &Database, other: &mut SqliteConnection, runs: &mut u32) -> Result<(), Error> {
        *runs += 1;
        if *runs == 3 {
            other.batch_execute("COMMIT")?;
        }
        let outcome = database.connect().immediate_transaction(|connection| add(connection, 10));
        if let Err(error) = &outcome {
            assert!(says(error, "database is locked"), "{error:?}");
        }
        outcome
    }
    let paused = testing::pause();
    let database = Database::new("DELETE");
    let mut other = database.connect();
    other.batch_execute("BEGIN IMMEDIATE").expect("nobody holds the lock");
    add(&mut other, 1).expect("the lock is held");
    let mut runs = 0;
    deposit(&database, &mut other, &mut runs).expect("the third attempt finds no lock");
    assert_eq!((runs, paused.slept()), (3, vec![PAUSE, PAUSE]));
    assert_eq!(database.balance(), 111, "both writers wrote, each once");
}

#[test]
fn an_outdated_snapshot_passes_with_a_transaction_of_its_own() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error)]
    fn deposit(database: &Database, connection: &mut SqliteConnection, runs: &mut u32) -> Result<i64, Error> {
        *runs += 1;
        connection.transaction(|connection| {
            let balance = balance(connection)?;
            if *runs == 1 {
                add(&mut database.connect(), 1)?;
                for _ in 0..2 {
                    let refused = add(connection, 10).expect_err("the snapshot is older than the other's commit");
                    assert!(says(&refused, "database is locked"), "{refused:?}");
                }
            }
            add(connection, 10)?;
            Ok(balance + 10)
        })
    }
    let _paused = testing::pause();
    let database = Database::new("WAL");
    let mut runs = 0;
    assert_eq!(deposit(&database, &mut database.connect(), &mut runs).expect("the second attempt reads anew"), 111);
    assert_eq!((runs, database.balance()), (2, 111), "no update is lost");
}

/// Reads in a transaction, which keeps others from committing what they have written.
fn start_reading(database: &Database) -> SqliteConnection {
    let mut reader = database.connect();
    reader.batch_execute("BEGIN").expect("the file can be read");
    balance(&mut reader).expect("the file can be read");
    reader
}

#[test]
fn a_commit_that_is_refused_is_retried_with_its_transaction_on_a_new_connection() {
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    fn deposit(database: &Database, reader: &mut Option<SqliteConnection>, runs: &mut u32) -> Result<(), Error> {
        *runs += 1;
        if *runs == 3 {
            *reader = None;
        }
        let mut body_ended = false;
        let outcome = database.connect().immediate_transaction(|connection| {
            add(connection, 10)?;
            body_ended = true;
            Ok(())
        });
        assert!(body_ended, "only the COMMIT can be refused");
        outcome
    }
    let paused = testing::pause();
    let database = Database::new("DELETE");
    let mut reader = Some(start_reading(&database));
    let mut runs = 0;
    deposit(&database, &mut reader, &mut runs).expect("the reader has gone at the third attempt");
    assert_eq!((runs, paused.slept()), (3, vec![PAUSE, PAUSE]));
    assert_eq!(database.balance(), 110, "it was executed once");
}

#[test]
fn a_connection_whose_commit_was_refused_is_still_in_its_transaction() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn deposit(
        connection: &mut SqliteConnection,
        reader: &mut Option<SqliteConnection>,
        runs: &mut u32,
    ) -> Result<(), Error> {
        *runs += 1;
        if *runs == 2 {
            *reader = None;
        }
        connection.immediate_transaction(|connection| add(connection, 10))
    }
    let _paused = testing::pause();
    let database = Database::new("DELETE");
    let mut reader = Some(start_reading(&database));
    let (mut connection, mut runs) = (database.connect(), 0);
    let failed = deposit(&mut connection, &mut reader, &mut runs).expect_err("the connection is from outside");
    assert!(matches!(failed, Error::AlreadyInTransaction), "{failed:?}");
    assert_eq!(runs, 2, "the second failure is permanent");
    // `transaction` does not even fail: it is a savepoint in the transaction that was never committed.
    connection.transaction(|connection| add(connection, 10)).expect("a savepoint commits nothing");
    AnsiTransactionManager::rollback_transaction(&mut connection).expect("the transaction is still open");
    assert_eq!(database.balance(), 100);
}

#[test]
fn a_pool_drops_a_connection_that_was_left_in_a_transaction() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn deposit(
        pool: &Pool<ConnectionManager<SqliteConnection>>,
        reader: &mut Option<SqliteConnection>,
        runs: &mut u32,
    ) -> Result<(), Error> {
        *runs += 1;
        if *runs == 2 {
            *reader = None;
        }
        pool.get().expect("the file can be opened").transaction(|connection| {
            add(connection, 10)?;
            assert!(*runs < 3, "a body that panics");
            Ok(())
        })
    }
    let _paused = testing::pause();
    let database = Database::new("DELETE");
    let pool =
        Pool::builder().max_size(1).build(ConnectionManager::new(database.url())).expect("the file can be opened");
    let mut reader = Some(start_reading(&database));
    let mut runs = 0;
    deposit(&pool, &mut reader, &mut runs).expect("the second attempt has a new connection");
    assert_eq!((runs, database.balance()), (2, 110));
    panic::catch_unwind(AssertUnwindSafe(|| deposit(&pool, &mut reader, &mut runs))).expect_err("the body panics");
    assert_eq!((runs, database.balance()), (3, 110), "a panic is not retried, and what it wrote is rolled back");
    runs = 0;
    deposit(&pool, &mut reader, &mut runs).expect("the pool has replaced the connection");
    assert_eq!((runs, database.balance()), (1, 120));
}

#[test]
fn a_pool_without_a_free_connection_is_waited_for_and_one_that_cannot_open_its_file_is_not() {
    type Held = Option<PooledConnection<ConnectionManager<SqliteConnection>>>;
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    fn connect(
        pool: &Pool<ConnectionManager<SqliteConnection>>,
        held: &mut Held,
        runs: &mut u32,
    ) -> Result<(), PoolError> {
        *runs += 1;
        if *runs == 3 {
            *held = None;
        }
        let outcome = pool.get().map(drop);
        assert_eq!(outcome.is_err(), *runs < 3, "{outcome:?}");
        outcome
    }
    let pool = |url: String| {
        let builder = Pool::builder().max_size(1).connection_timeout(Duration::from_millis(50));
        builder.build_unchecked(ConnectionManager::new(url))
    };
    let _paused = testing::pause();
    let database = Database::new("WAL");
    let used = pool(database.url());
    // The first connection is made beside this thread, which may take longer than the pool waits.
    let mut held = (0..100).find_map(|_| used.get().ok());
    assert!(held.is_some(), "the file can be opened");
    let mut runs = 0;
    connect(&used, &mut held, &mut runs).expect("the connection comes back");
    assert_eq!(runs, 3);
    let missing = pool(format!("{}/test.db", database.url()));
    let (mut held, mut runs) = (None, 0);
    let failed = connect(&missing, &mut held, &mut runs).expect_err("a file is no folder");
    assert_eq!(runs, 1);
    let text = "timed out waiting for connection: Unable to open the database file";
    assert_eq!((failed.is_transient(), failed.to_string().as_str()), (false, text));
}

#[test]
fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn execute(connection: &mut SqliteConnection, statement: &str) -> Result<(), RetryError<Error>> {
        connection.batch_execute(statement)
    }
    let _paused = testing::pause();
    let mut database = Database::new("WAL");
    for (statement, text) in [
        ("INSERT INTO account VALUES ('a', 1)", "UNIQUE constraint failed: account.name"),
        ("INSERT INTO account VALUES ('b', NULL)", "NOT NULL constraint failed: account.balance"),
        ("SELEKT 1", "near \"SELEKT\": syntax error"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
    ] {
        let refused = execute(&mut database.keeper, statement).expect_err("the statement is refused");
        assert_eq!((refused.attempts(), refused.reason()), (1, StopReason::Permanent), "{statement}");
        assert_eq!(refused.last().expect("it failed").to_string(), text);
    }
}

#[test]
fn a_folder_that_does_not_exist_is_not_waited_for() {
    #[retry(strategy = "constant", base = PAUSE)]
    fn open(path: &str) -> Result<SqliteConnection, RetryError<ConnectionError>> {
        SqliteConnection::establish(path)
    }
    let _paused = testing::pause();
    let missing = std::env::temp_dir().join("reattempt-there-is-no-such-folder/test.db");
    let failed = open(missing.to_str().expect("a plain name")).err().expect("there is no such folder");
    assert_eq!((failed.attempts(), failed.reason()), (1, StopReason::Permanent));
}
