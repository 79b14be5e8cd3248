//! SQLite in a file and in a shared cache: writers that lock each other, by the classifiers for sqlx.

use reattempt::{retry, sqlx_0_9 as classifiers, testing};
use sqlx_0_9::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use sqlx_0_9::{ConnectOptions, Connection, Error, Sqlite, Transaction, query, query_scalar};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, oneshot};

const PAUSE: Duration = Duration::from_millis(5);

/// A database in a file of a folder of its own, that goes with the value. Nobody waits for locks in it.
struct Database {
    folder: PathBuf,
    options: SqliteConnectOptions,
    /// The last connection to be closed locks the file for a moment; this one stays, so that no other is the last.
    _keeper: SqliteConnection,
}

impl Database {
    async fn new(journal: SqliteJournalMode) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("reattempt-sqlite-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        let options = SqliteConnectOptions::new()
            .filename(folder.join("test.db"))
            .create_if_missing(true)
            .journal_mode(journal)
            .busy_timeout(Duration::ZERO);
        let mut keeper = options.connect().await.expect("the file can be made");
        query("CREATE TABLE account (name TEXT PRIMARY KEY, balance INTEGER NOT NULL)")
            .execute(&mut keeper)
            .await
            .expect("the table is new");
        query("INSERT INTO account VALUES ('a', 100)").execute(&mut keeper).await.expect("the row is new");
        Self { folder, options, _keeper: keeper }
    }

    async fn connect(&self) -> SqliteConnection {
        self.options.connect().await.expect("the file can be opened")
    }

    async fn balance(&self, name: &'static str) -> Option<i64> {
        let mut connection = self.connect().await;
        query_scalar("SELECT balance FROM account WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut connection)
            .await
            .expect("the table exists")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Open connections keep their files. An error here does not matter to a test.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn add(transaction: &mut Transaction<'_, Sqlite>, amount: i64) -> Result<(), Error> {
    query("UPDATE account SET balance = balance + ? WHERE name = 'a'").bind(amount).execute(&mut **transaction).await?;
    Ok(())
}

fn code(error: &Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// The codes of the failures that attempts ended with.
#[derive(Default)]
struct Seen(std::sync::Mutex<Vec<String>>);

impl Seen {
    fn note<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &outcome {
            self.push(code(error).unwrap_or_else(|| error.to_string()));
        }
        outcome
    }

    fn push(&self, code: String) {
        self.0.lock().expect("no test panics in here").push(code);
    }

    fn codes(&self) -> Vec<String> {
        self.0.lock().expect("no test panics in here").clone()
    }
}

/// The other writer: takes the lock, signals that, and releases it on request.
struct Holder {
    let_go: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Holder {
    async fn new(mut connection: SqliteConnection) -> Self {
        let (let_go, asked) = oneshot::channel();
        let (holds, held) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.expect("nobody holds the lock");
            add(&mut transaction, 1).await.expect("the lock is held");
            holds.send(()).expect("the test waits");
            asked.await.expect("the test asks");
            transaction.commit().await.expect("the lock is held");
        });
        held.await.expect("the lock is taken");
        Self { let_go, task }
    }

    async fn let_go(self) {
        self.let_go.send(()).expect("the holder waits");
        self.task.await.expect("the holder commits");
    }
}

#[tokio::test]
async fn a_writer_is_retried_until_the_other_one_lets_go() {
    async fn once(database: &Database) -> Result<(), Error> {
        let mut connection = database.options.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        add(&mut transaction, 10).await?;
        transaction.commit().await
    }
    #[retry(strategy = "constant", base = PAUSE, max = 5)]
    async fn deposit(
        database: &Database,
        holder: &Mutex<Option<Holder>>,
        runs: &AtomicU32,
        seen: &Seen,
    ) -> Result<(), Error> {
        if runs.fetch_add(1, Relaxed) == 2 {
            holder.lock().await.take().expect("it is asked once").let_go().await;
        }
        seen.note(once(database).await)
    }
    let paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Delete).await;
    let holder = Mutex::new(Some(Holder::new(database.connect().await).await));
    let (runs, seen) = (AtomicU32::new(0), Seen::default());
    deposit(&database, &holder, &runs, &seen).await.expect("the third attempt finds no lock");
    assert_eq!(runs.load(Relaxed), 3);
    assert_eq!(seen.codes(), ["5", "5"]);
    assert_eq!(paused.slept(), [PAUSE, PAUSE]);
    assert_eq!(database.balance("a").await, Some(111), "both writers wrote, each once");
}

#[tokio::test]
async fn an_outdated_snapshot_passes_only_with_a_transaction_of_its_own() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error)]
    async fn deposit(database: &Database, runs: &AtomicU32, seen: &Seen) -> Result<i64, Error> {
        seen.note(once(database, runs.fetch_add(1, Relaxed) == 0, seen).await)
    }
    async fn once(database: &Database, is_first: bool, seen: &Seen) -> Result<i64, Error> {
        let mut connection = database.options.connect().await?;
        let mut transaction = connection.begin().await?;
        let balance: i64 =
            query_scalar("SELECT balance FROM account WHERE name = 'a'").fetch_one(&mut *transaction).await?;
        if is_first {
            let mut other = database.connect().await;
            let mut writing = other.begin().await?;
            add(&mut writing, 1).await?;
            writing.commit().await?;
            // The same transaction reads the same old snapshot, and may never write on it.
            for _ in 0..2 {
                let refused =
                    add(&mut transaction, 10).await.expect_err("the snapshot is older than the other's commit");
                seen.push(format!("again {}", code(&refused).expect("the database has a code for it")));
            }
        }
        query("UPDATE account SET balance = ? WHERE name = 'a'").bind(balance + 10).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(balance + 10)
    }
    let _paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Wal).await;
    let (runs, seen) = (AtomicU32::new(0), Seen::default());
    let balance = deposit(&database, &runs, &seen).await.expect("the second attempt reads what the other wrote");
    assert_eq!(balance, 111);
    assert_eq!(runs.load(Relaxed), 2);
    assert_eq!(seen.codes(), ["again 517", "again 517", "517"]);
    assert_eq!(database.balance("a").await, Some(111), "no update is lost");
}

#[tokio::test]
async fn of_two_that_deadlock_in_a_shared_cache_both_commit_in_the_end() {
    #[retry(strategy = "constant", base = PAUSE, max = 10)]
    async fn run(
        options: &SqliteConnectOptions,
        both: &Barrier,
        statements: [&'static str; 2],
        runs: &AtomicU32,
        seen: &Seen,
    ) -> Result<(), Error> {
        let is_first = runs.fetch_add(1, Relaxed) == 0;
        seen.note(once(options, is_first.then_some(both), statements).await)
    }
    /// Reads or writes one table, waits for the other task to have done so too, and then wants the other's table.
    async fn once(
        options: &SqliteConnectOptions,
        both: Option<&Barrier>,
        statements: [&'static str; 2],
    ) -> Result<(), Error> {
        let mut connection = options.connect().await?;
        let mut transaction = connection.begin().await?;
        query(statements[0]).fetch_all(&mut *transaction).await?;
        if let Some(both) = both {
            both.wait().await;
        }
        query(statements[1]).fetch_all(&mut *transaction).await?;
        transaction.commit().await
    }
    let _paused = testing::pause();
    let options = SqliteConnectOptions::new()
        .filename("file:reattempt-deadlock?mode=memory")
        .in_memory(true)
        .shared_cache(true)
        .busy_timeout(Duration::ZERO);
    // A database in memory lives as long as a connection to it.
    let mut keeper = options.connect().await.expect("a database in memory can be opened");
    for statement in ["CREATE TABLE one (id INTEGER)", "CREATE TABLE two (id INTEGER)"] {
        query(statement).execute(&mut keeper).await.expect("the table is new");
    }
    let (both, seen) = (Barrier::new(2), Seen::default());
    let (writes, reads) = (AtomicU32::new(0), AtomicU32::new(0));
    let (written, read) = tokio::join!(
        run(&options, &both, ["INSERT INTO one VALUES (1)", "INSERT INTO two VALUES (1)"], &writes, &seen),
        run(&options, &both, ["SELECT id FROM two", "SELECT id FROM one"], &reads, &seen),
    );
    written.expect("the writer commits");
    read.expect("the reader commits");
    let runs = writes.load(Relaxed) + reads.load(Relaxed);
    assert!(runs > 2, "one of both was retried");
    assert_eq!(seen.codes().len() + 2, runs as usize);
    assert!(seen.codes().iter().all(|code| code == "6"), "{:?}", seen.codes());
    let rows: i64 = query_scalar("SELECT (SELECT count(*) FROM one) + 10 * (SELECT count(*) FROM two)")
        .fetch_one(&mut keeper)
        .await
        .expect("the tables exist");
    assert_eq!(rows, 11, "one row in each, whoever was retried");
}

#[tokio::test]
async fn what_comes_again_runs_once() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn execute(database: &Database, statement: &'static str, runs: &AtomicU32) -> Result<(), Error> {
        runs.fetch_add(1, Relaxed);
        let mut connection = database.options.connect().await?;
        query(statement).execute(&mut connection).await?;
        Ok(())
    }
    let _paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Wal).await;
    for (statement, expected) in [
        ("INSERT INTO account VALUES ('a', 1)", "1555"),
        ("INSERT INTO account VALUES ('b', NULL)", "1299"),
        ("SELEKT 1", "1"),
        ("SELECT * FROM nowhere", "1"),
    ] {
        let runs = AtomicU32::new(0);
        let refused = execute(&database, statement, &runs).await.expect_err("the statement is refused");
        assert_eq!(code(&refused).as_deref(), Some(expected), "{statement}");
        assert_eq!(runs.load(Relaxed), 1, "{statement}");
    }
}

#[tokio::test]
async fn a_file_that_does_not_exist_is_not_waited_for() {
    #[retry(strategy = "constant", base = PAUSE)]
    async fn open(options: &SqliteConnectOptions, runs: &AtomicU32) -> Result<SqliteConnection, Error> {
        runs.fetch_add(1, Relaxed);
        options.connect().await
    }
    let _paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Delete).await;
    let options = database.options.clone().filename(database.folder.join("missing.db")).create_if_missing(false);
    let runs = AtomicU32::new(0);
    let missing = open(&options, &runs).await.expect_err("there is no such file");
    assert_eq!(code(&missing).as_deref(), Some("14"));
    assert_eq!(runs.load(Relaxed), 1);
}

#[tokio::test]
async fn a_row_that_another_writes_is_waited_for() {
    #[retry(strategy = "constant", base = PAUSE, on = classifiers::error, on_value = classifiers::no_row)]
    async fn balance(database: &Database, runs: &AtomicU32) -> Result<Option<i64>, Error> {
        let mut connection = database.options.connect().await?;
        let found =
            query_scalar("SELECT balance FROM account WHERE name = 'b'").fetch_optional(&mut connection).await?;
        if runs.fetch_add(1, Relaxed) == 1 {
            let mut other = database.connect().await;
            query("INSERT INTO account VALUES ('b', 7)").execute(&mut other).await?;
        }
        Ok(found)
    }
    let _paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Wal).await;
    let runs = AtomicU32::new(0);
    assert_eq!(balance(&database, &runs).await.expect("nothing fails"), Some(7));
    assert_eq!(runs.load(Relaxed), 3);
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_waited_for_and_a_closed_one_is_not() {
    #[retry(strategy = "constant", base = PAUSE, max = 50)]
    async fn count(pool: &SqlitePool, held: &Held, runs: &AtomicU32) -> Result<i64, Error> {
        if runs.fetch_add(1, Relaxed) == 2 {
            drop(held.lock().await.take());
        }
        query_scalar("SELECT count(*) FROM account").fetch_one(pool).await
    }
    type Held = Mutex<Option<sqlx_0_9::pool::PoolConnection<Sqlite>>>;
    let _paused = testing::pause();
    let database = Database::new(SqliteJournalMode::Delete).await;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(50))
        .connect_lazy_with(database.options.clone());
    let held = Mutex::new(Some(pool.acquire().await.expect("the pool has its one connection")));
    let runs = AtomicU32::new(0);
    assert_eq!(count(&pool, &held, &runs).await.expect("the connection comes back"), 1);
    assert!(runs.load(Relaxed) >= 3, "as long as it was held, no attempt could succeed");

    pool.close().await;
    let runs = AtomicU32::new(0);
    let closed = count(&pool, &held, &runs).await.expect_err("the pool is closed");
    assert!(matches!(closed, Error::PoolClosed), "{closed}");
    assert_eq!(runs.load(Relaxed), 1);
}
