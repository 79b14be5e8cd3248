//! diesel 2: transient errors of databases, connections and pools (features `diesel-2` and `diesel-2-r2d2`).
//!
//! It knows diesel's error types, and the texts of the clients below it. The texts of the servers are those of all database integrations.
//! It enables no backend of diesel, and so links no library.
//!
//! [`error`] is for `on`. diesel's `Error`, `ConnectionError` and (feature `diesel-2-r2d2`) `r2d2::PoolError` also implement
//! [`Transient`], so a function that returns one of them needs no `on`, and an enum of several can be
//! `#[transient(forward)]`.
//!
//! | failure | verdict |
//! |---|---|
//! | `SerializationFailure` (PostgreSQL 40001, MySQL's deadlock) | transient |
//! | `ClosedConnection` | transient |
//! | `UnableToSendCommand` | transient if the text says that the connection is lost; a query with too many parameters is permanent |
//! | `UniqueViolation`, `ForeignKeyViolation`, `NotNullViolation`, `CheckViolation`, `ReadOnlyTransaction` | permanent |
//! | other errors of a database: deadlock, lock not available, SQLite's busy and locked, ... | transient if the text is one of the table below |
//! | `RollbackErrorOnCommit` | as its `commit_error` |
//! | `NotFound`, `BrokenTransactionManager`, `AlreadyInTransaction` and all others | permanent |
//! | `ConnectionError::BadConnection` | transient if a part of the text says so: connection refused, reset or timed out, a lost connection, a host or network that is unreachable, a name lookup that says "try again", too many connections, a server that is starting |
//! | `ConnectionError::CouldntSetupConfiguration` | as the error in it |
//! | `PoolError`: no connection became free, or none could be made | transient in the first case; in the second as `BadConnection` |
//!
//! diesel hands on no SQLSTATE and no error number. What has no kind of its own is recognized by the beginning of the server's English text:
//!
//! | server | texts |
//! |---|---|
//! | PostgreSQL | "deadlock detected", "could not obtain lock on ...", "canceling statement due to lock timeout", "terminating connection due to administrator command", "the database system is ...", "sorry, too many clients already", "too many connections for ...", "remaining connection slots are reserved ..." |
//! | MySQL, MariaDB | "Deadlock found when trying to get lock ...", "Lock wait timeout exceeded ...", "Record has changed since last read ...", "Statement aborted because lock(s) could not be acquired immediately ...", "Too many connections", "MySQL server has gone away", "Lost connection to ..." |
//! | SQLite | "database is locked", "database table is locked", "database schema is locked" |
//!
//! If PostgreSQL's `lc_messages` is another language than English, these are not recognized: `SET lc_messages = 'C'` on the connection.
//!
//! Failures that you know to be transient can be added by [`classify::any_of`](crate::failure::classify::any_of).
//!
//! # Connections
//!
//! Take the connection inside of the retried body: from a pool, or by `establish`. A connection that is lost stays lost. And one whose
//! `COMMIT` was refused may still be in its transaction: if another connection reads, SQLite refuses a `COMMIT` as busy, and diesel leaves the
//! transaction open. The next `transaction` on the same connection would then be a savepoint in the old one, and its success would not be a
//! `COMMIT`. A pool drops such a connection.
//!
//! # Transactions
//!
//! The retried body is the whole transaction, not a statement in it. If the server refuses a statement or a `COMMIT`, nothing of it was
//! executed. If the connection is lost, perhaps only the reply was lost: a `COMMIT` may have been executed, and a retry executes it again.
//! Make such a body idempotent, for example by a unique key on which a second insert fails, or do not retry `ClosedConnection`.

use super::database_codes::is_transient_message;
use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use ::diesel_2::ConnectionError;
#[cfg(feature = "diesel-2-r2d2")]
use ::diesel_2::r2d2::PoolError;
use ::diesel_2::result::{DatabaseErrorKind as Kind, Error};

/// What libpq and MySQL's client say of a connection that is lost.
const LOST: [&str; 9] = [
    "server closed the connection unexpectedly",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "SSL connection has been closed unexpectedly",
    "SSL SYSCALL error: EOF detected",
    "MySQL server has gone away",
    "Server has gone away",
    "Lost connection to ",
];

/// What they say, or the system, of a connection that cannot be made now.
const REFUSED: [&str; 11] = [
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "Operation timed out",
    "timeout expired",
    "No route to host",
    "Network is unreachable",
    "Network is down",
    "Temporary failure in name resolution",
    "Can't connect to MySQL server on ",
    "Can't connect to server on ",
];

/// Classifies a failed query or transaction by the table of [this module](self): for `on`.
///
/// # Examples
///
/// ```
/// use diesel_2::result::{DatabaseErrorKind, Error};
/// use reattempt::{Verdict, diesel_2 as classifiers};
///
/// let conflict = Error::DatabaseError(
///     DatabaseErrorKind::SerializationFailure,
///     Box::new("could not serialize access due to concurrent update".to_owned()),
/// );
/// assert_eq!(classifiers::error(&conflict), Verdict::Retry);
/// assert_eq!(classifiers::error(&Error::NotFound), Verdict::Stop);
/// ```
pub fn error(error: &Error) -> Verdict {
    match error {
        Error::DatabaseError(kind, information) => is_transient(*kind, information.message()).into_verdict(),
        Error::RollbackErrorOnCommit { commit_error, .. } => self::error(commit_error),
        _ => Verdict::Stop,
    }
}

/// Uses the verdict of [`error`].
impl Transient for Error {
    fn is_transient(&self) -> bool {
        error(self) != Verdict::Stop
    }
}

/// Returns the verdict of the table of [this module](crate::diesel_2).
impl Transient for ConnectionError {
    fn is_transient(&self) -> bool {
        match self {
            Self::BadConnection(text) => says_not_now(text),
            Self::CouldntSetupConfiguration(error) => error.is_transient(),
            _ => false,
        }
    }
}

/// Returns the verdict of the table of [this module](crate::diesel_2).
#[cfg(feature = "diesel-2-r2d2")]
impl Transient for PoolError {
    fn is_transient(&self) -> bool {
        // The pool adds the last failure to connect, if it did not succeed since.
        let text = self.to_string();
        let failure = text.strip_prefix("timed out waiting for connection");
        failure.is_some_and(|failure| failure.is_empty() || says_not_now(failure))
    }
}

fn is_transient(kind: Kind, message: &str) -> bool {
    match kind {
        Kind::SerializationFailure | Kind::ClosedConnection => true,
        Kind::UniqueViolation
        | Kind::ForeignKeyViolation
        | Kind::NotNullViolation
        | Kind::CheckViolation
        | Kind::ReadOnlyTransaction => false,
        _ => is_transient_message(message) || begins_with_one(message, &LOST),
    }
}

/// Returns `true` if a part of the text of a failed connection says that another attempt may succeed. The parts of its lines are divided by
/// colons: where, what the server is doing, and why.
fn says_not_now(text: &str) -> bool {
    text.lines()
        .flat_map(|line| line.split(": "))
        .map(str::trim_start)
        .any(|part| is_transient_message(part) || begins_with_one(part, &LOST) || begins_with_one(part, &REFUSED))
}

fn begins_with_one(text: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::error::Error as StdError;

    fn database(kind: Kind, message: &str) -> Verdict {
        error(&Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    fn connection(text: &str) -> bool {
        ConnectionError::BadConnection(text.to_owned()).is_transient()
    }

    fn boxed(text: &str) -> Box<dyn StdError + Send + Sync> {
        text.into()
    }

    #[test]
    fn kinds_that_say_it_are_enough() {
        for kind in [Kind::SerializationFailure, Kind::ClosedConnection] {
            assert_eq!(database(kind, "a text in any language"), Verdict::Retry, "{kind:?}");
        }
        for kind in [
            Kind::UniqueViolation,
            Kind::ForeignKeyViolation,
            Kind::NotNullViolation,
            Kind::CheckViolation,
            Kind::ReadOnlyTransaction,
        ] {
            assert_eq!(database(kind, "deadlock detected"), Verdict::Stop, "{kind:?}");
        }
    }

    #[test]
    fn locks_have_no_kind_and_are_recognized_by_their_texts() {
        for message in [
            "deadlock detected",
            "could not obtain lock on row in relation \"account\"",
            "could not obtain lock on relation \"account\"",
            "canceling statement due to lock timeout",
            "Lock wait timeout exceeded; try restarting transaction",
            "Record has changed since last read in table 'account'",
            "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.",
            "database is locked",
            "database table is locked",
            "database table is locked: account",
            "database schema is locked: main",
        ] {
            assert_eq!(database(Kind::Unknown, message), Verdict::Retry, "{message}");
        }
        for message in [
            "canceling statement due to statement timeout",
            "canceling statement due to user request",
            "syntax error at or near \"SELEKT\"",
            "a function said: deadlock detected",
            "UNIQUE constraint failed: database.is.locked",
            "cannot commit transaction - SQL statements in progress",
            "",
        ] {
            assert_eq!(database(Kind::Unknown, message), Verdict::Stop, "{message}");
        }
    }

    #[test]
    fn a_command_that_could_not_be_sent_is_transient_if_the_connection_is_lost() {
        for message in
            ["no connection to the server\n", "server closed the connection unexpectedly\n\tThis probably means"]
        {
            assert_eq!(database(Kind::UnableToSendCommand, message), Verdict::Retry, "{message}");
        }
        for message in
            ["number of parameters must be between 0 and 65535\n", "another command is already in progress\n"]
        {
            assert_eq!(database(Kind::UnableToSendCommand, message), Verdict::Stop, "{message}");
        }
    }

    #[test]
    fn the_commit_counts_where_the_rollback_failed_too() {
        let failed = |commit, rollback| {
            let boxed = |kind| Box::new(Error::DatabaseError(kind, Box::new(String::new())));
            error(&Error::RollbackErrorOnCommit { rollback_error: boxed(rollback), commit_error: boxed(commit) })
        };
        assert_eq!(failed(Kind::ClosedConnection, Kind::Unknown), Verdict::Retry);
        assert_eq!(failed(Kind::CheckViolation, Kind::ClosedConnection), Verdict::Stop);
    }

    #[test]
    fn faults_of_the_caller_are_permanent() {
        for fault in [
            Error::NotFound,
            Error::QueryBuilderError(boxed("no changes")),
            Error::DeserializationError(boxed("deadlock detected")),
            Error::SerializationError(boxed("a date before all dates")),
            Error::RollbackTransaction,
            Error::AlreadyInTransaction,
            Error::NotInTransaction,
            Error::BrokenTransactionManager,
        ] {
            assert_eq!(error(&fault), Verdict::Stop, "{fault}");
        }
    }

    #[test]
    fn a_server_that_cannot_be_reached_now_is_transient() {
        for text in [
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running on that host?\n",
            "connection to server at \"10.0.0.1\", port 5432 failed: timeout expired\n",
            "connection to server at \"127.0.0.1\", port 5432 failed: server closed the connection unexpectedly\n\tThis",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  sorry, too many clients already\n",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  too many connections for role \"lonely\"\n",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  the database system is starting up\n",
            "could not translate host name \"db\" to address: Temporary failure in name resolution\n",
            "connection to server at \"a\", port 1 failed: Connection refused\nconnection to server at \"b\", port 1 failed: timeout expired\n",
            "Can't connect to MySQL server on '127.0.0.1:1' (111)",
            "Too many connections",
        ] {
            assert!(connection(text), "{text}");
        }
        for text in [
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"a\"\n",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"deadlock detected\" does not exist\n",
            "could not translate host name \"nowhere.invalid\" to address: Name or service not known\n",
            "connection to server at \"127.0.0.1\", port 5432 failed: SSL error: certificate verify failed\n",
            "missing \"=\" after \"nonsense\" in connection info string\n",
            "Access denied for user 'a'@'localhost' (using password: YES)",
            "Unable to open the database file",
            "",
        ] {
            assert!(!connection(text), "{text}");
        }
    }

    #[test]
    fn a_connection_that_cannot_be_set_up_is_judged_by_the_statement_that_failed() {
        let set_up = |message: &str| {
            let error = Error::DatabaseError(Kind::Unknown, Box::new(message.to_owned()));
            ConnectionError::CouldntSetupConfiguration(error).is_transient()
        };
        assert!(set_up("database is locked"));
        assert!(!set_up("file is not a database"));
        assert!(!ConnectionError::InvalidConnectionUrl("no host".to_owned()).is_transient());
    }
}
