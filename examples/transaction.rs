//! Two writers of one SQLite file. Only one can write at a time: the other one's transaction fails as busy, and is repeated whole.
//! Run it with `cargo run -p reattempt-examples --example transaction --features transaction`.
#![expect(clippy::print_stdout, reason = "the output is what this program is for")]

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reattempt::{Transient, retry};
use std::time::Duration;
use std::{env, fs, process, thread};

/// What diesel says of a transaction, and of a connection.
#[derive(Debug, thiserror::Error, Transient)]
enum StoreError {
    #[error(transparent)]
    #[transient(forward)]
    Transaction(#[from] diesel::result::Error),
    #[error(transparent)]
    #[transient(forward)]
    Connection(#[from] ConnectionError),
}

diesel::table! {
    /// The accounts.
    account (name) {
        /// Whose it is.
        name -> Text,
        /// What is in it.
        balance -> BigInt,
    }
}

/// Reads the balance and writes a new one. An attempt begins with a connection of its own, and reads again what the other writer has written.
/// To retry only the statement that failed would be to write what an old balance says.
///
/// `attempt` is only there to print how many it took.
#[retry(
    strategy = "equal_jitter", base = "10ms", cap = "80ms", max = "unlimited", deadline = "10s", attempt = attempt
)]
fn deposit(file: &str, amount: i64) -> Result<u32, StoreError> {
    SqliteConnection::establish(file)?.immediate_transaction(|connection| {
        let balance: i64 = account::table.select(account::balance).first(connection)?;
        thread::sleep(Duration::from_millis(30)); // what has to be worked out meanwhile
        diesel::update(account::table).set(account::balance.eq(balance + amount)).execute(connection)?;
        Ok(attempt.number())
    })
}

fn writer(file: &str, name: &str) -> Result<(), StoreError> {
    for number in 1..=5 {
        let attempts = deposit(file, 1)?;
        println!("  {name}: deposit {number}, attempt {attempts}");
        thread::sleep(Duration::from_millis(40)); // until there is something to deposit again
    }
    Ok(())
}

/// Returns the balance after both writers.
fn both(file: &str) -> Result<i64, StoreError> {
    let mut connection = SqliteConnection::establish(file)?;
    connection.batch_execute("CREATE TABLE account (name TEXT PRIMARY KEY, balance BIGINT NOT NULL)")?;
    connection.batch_execute("INSERT INTO account VALUES ('shared', 0)")?;
    thread::scope(|scope| {
        let writers = ["Anna", "Ben"].map(|name| scope.spawn(move || writer(file, name)));
        writers.into_iter().try_for_each(|writer| writer.join().expect("no writer panics"))
    })?;
    Ok(account::table.select(account::balance).first(&mut connection)?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::temp_dir().join(format!("reattempt-transaction-{}", process::id()));
    fs::create_dir_all(&folder)?;
    println!("Two writers, five deposits of 1 each:");
    let balance = both(&folder.join("bank.db").to_string_lossy());
    fs::remove_dir_all(&folder)?;
    println!("The balance is {}", balance?);
    Ok(())
}
