//! tokio-postgres 0.7: transient errors of PostgreSQL and of connections to it (feature `tokio-postgres-0_7`).
//!
//! It knows the client's error type. The codes are those of all database integrations. The error of the sync crate `postgres` 0.19 is the
//! same type.
//!
//! [`error`] is for `on`. `tokio_postgres::Error` also implements [`Transient`], so a function that returns it needs no `on`.
//!
//! | failure | verdict |
//! |---|---|
//! | 40001 (serialization failure), 40P01 (deadlock), 55P03 (lock not available) | transient |
//! | 57P01, 57P02, 57P03, 57P05 (the backend was terminated, crashed, is starting, was idle for too long) | transient |
//! | 53300 (too many connections), class 08 (connection) | transient |
//! | any other SQLSTATE: constraints, syntax, rights, passwords, cancelled statements, read-only transactions, a full disk | permanent |
//! | the connection is closed | transient |
//! | the connection cannot be made, breaks, or breaks in the TLS handshake | by the `Transient` of the [`io::Error`] below it: a refused or reset connection is transient, a host name that does not exist and a refused certificate are not |
//! | the connection ends within a message of the handshake, also if what answers is no PostgreSQL | transient |
//! | all others: parameters, types, columns, row counts, configuration, authentication, unexpected messages | permanent |
//!
//! Failures that you know to be transient can be added by [`classify::any_of`](crate::failure::classify::any_of).
//!
//! # Connections
//!
//! A client whose connection is lost stays without one: each further statement fails as "connection closed". Connect inside of the
//! retried body, or take the client from a pool there. The error of a pool is a type of its own with this one in it: a classifier that
//! matches on it can call [`error`]. If the function returns an erased error, such as `anyhow::Error`,
//! [`classify::source`](crate::failure::classify::source) finds this one: `on = classify::source::<tokio_postgres::Error>()`.
//!
//! # Transactions
//!
//! Begin and commit the transaction inside of the retried body, because PostgreSQL refuses all further statements of one that has failed.
//! If the server refuses a statement or a `COMMIT` (40001, 40P01), nothing of the transaction was executed. If the connection is lost (class 08,
//! 57P01, 57P02, closed, I/O), perhaps only the reply was lost: a `COMMIT` may have been executed, and a retry executes it again. Make such
//! a body idempotent, for example by a unique key on which a second insert fails, or do not retry these failures.

use super::database_codes::is_transient_state;
use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use ::tokio_postgres_0_7::Error;
use core::error::Error as _;
use std::io;

/// What the client says of a failed connection. It has no function that names the kind of an error, and an [`io::Error`] is also below
/// errors of the caller, such as a value that cannot be decoded.
const OF_CONNECTIONS: [&str; 3] =
    ["error communicating with the server", "error connecting to server", "error performing TLS handshake"];

/// What the client's framing says of a stream that ends within a message. It has no kind of its own.
const CUT: &str = "bytes remaining on stream";

/// Classifies a failed statement, transaction or connection by the table of [this module](self): for `on`.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, tokio_postgres_0_7 as classifiers};
/// use tokio_postgres_0_7::Config;
///
/// let misspelled = "hots=localhost".parse::<Config>().unwrap_err();
/// assert_eq!(classifiers::error(&misspelled), Verdict::Stop);
/// ```
pub fn error(error: &Error) -> Verdict {
    let is_transient = match error.code() {
        Some(state) => is_transient_state(state.code()),
        None => error.is_closed() || is_lost_connection(error),
    };
    is_transient.into_verdict()
}

/// Uses the verdict of [`error`].
impl Transient for Error {
    fn is_transient(&self) -> bool {
        error(self) != Verdict::Stop
    }
}

fn is_lost_connection(error: &Error) -> bool {
    let cause = error.source().and_then(<dyn core::error::Error>::downcast_ref::<io::Error>);
    let is_lost = cause.is_some_and(|cause| cause.is_transient() || cause.to_string() == CUT);
    is_lost && OF_CONNECTIONS.contains(&error.to_string().as_str())
}
