//! sqlx 0.9: transient errors of databases, connections and pools (feature `sqlx-0_9`).
//!
//! It knows sqlx's error type, and where the drivers put the codes of the servers. It enables no driver of sqlx, and so compiles no C.
//!
//! [`error`] is for `on`, [`no_row`] for `on_value`. `sqlx::Error` also implements [`Transient`], so a function that returns it needs no
//! `on`.
//!
//! | failure | verdict |
//! |---|---|
//! | PostgreSQL 40001 (serialization failure), 40P01 (deadlock), 55P03 (lock not available) | transient |
//! | PostgreSQL 57P01, 57P02, 57P03, 57P05 (the backend was terminated, crashed, is starting, was idle for too long) | transient |
//! | PostgreSQL 53300 (too many connections); class 08 (connection) of any server | transient |
//! | MySQL, MariaDB 1205 (lock wait timeout), 1213 (deadlock), 1020 (row changed since it was read), 3572 (`NOWAIT`) | transient |
//! | MySQL, MariaDB 1040, 1203 (too many connections), 1927, 4031 (the server ended the connection) | transient |
//! | MySQL, MariaDB 1153 (packet too large), 1251 (authentication method), although they are of class 08 | permanent |
//! | SQLite 5 (busy) and 6 (locked) with all their extended codes, such as 261 and 517 | transient |
//! | any other error of a database: constraints, syntax, rights, cancelled statements, read-only transactions, a full disk | permanent |
//! | `PoolTimedOut` | transient |
//! | `Io` | by the `Transient` of [`io::Error`](std::io::Error): a reset connection is transient, a missing file is not |
//! | `PoolClosed`, `Tls`, `Configuration`, `RowNotFound`, `Decode` and all others | permanent |
//! | `Protocol` | permanent: a fault of a driver, or a broken stream, after which the statement may have been executed |
//! | `WorkerCrashed` | permanent: SQLite's thread panicked, or its connection is closed |
//!
//! Failures that you know to be transient can be added by [`classify::any_of`](crate::failure::classify::any_of).
//!
//! # Transactions
//!
//! Begin and commit the transaction inside of the retried body. A transaction cannot continue after a failure: PostgreSQL refuses all further
//! statements, MySQL has rolled back a part or all of it, and SQLite's 517 (another connection has written after this snapshot) comes again
//! for each statement of the same transaction. A transaction that is dropped is rolled back.
//!
//! # What may have been executed
//!
//! If the server refuses a statement (40001, 1213, SQLite's busy), nothing of it was executed. If the connection is lost (`Io`, class 08,
//! 57P01, 57P02), perhaps only the reply was lost: a `COMMIT` may have been executed, and a retry executes it again. Make such a body
//! idempotent, for example by a unique key on which a second insert fails, or do not retry these failures.
//!
//! # Pools
//!
//! A pool connects again by itself while the server refuses connections (also by 53300 and 57P03), until its `acquire_timeout`, 30 seconds
//! by default. That time is a part of each attempt, and the failure is then `PoolTimedOut`. Set a shorter one if attempts should fail sooner.
//!
//! # Recognition of the server
//!
//! A code of five characters is a SQLSTATE. A code of up to four digits is a result code of SQLite. MySQL's SQLSTATE is not precise enough
//! (1205 is `HY000`, a general error), and its number is only in the driver's own type. So the number is read from the beginning of the
//! error's text. The text is used only if it consists of number, SQLSTATE and message, as the driver writes it.

use super::database_codes::{is_transient_number, is_transient_result, is_transient_state};
use crate::failure::classify::{IntoVerdict, Transient, Verdict, transient};
use ::sqlx_0_9::Error;
use ::sqlx_0_9::error::DatabaseError;

/// Classifies a failed query, transaction or acquisition by the table of [this module](self): for `on`.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, sqlx_0_9};
///
/// assert_eq!(sqlx_0_9::error(&::sqlx_0_9::Error::PoolTimedOut), Verdict::Retry);
/// assert_eq!(sqlx_0_9::error(&::sqlx_0_9::Error::RowNotFound), Verdict::Stop);
/// ```
pub fn error(error: &Error) -> Verdict {
    match error {
        Error::Database(error) if is_transient(error.as_ref()) => Verdict::Retry,
        Error::Io(error) => transient(error),
        Error::PoolTimedOut => Verdict::Retry,
        _ => Verdict::Stop,
    }
}

/// Rejects a missing row. It is for `on_value`, if `fetch_optional` waits for a row that another connection writes.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, sqlx_0_9};
///
/// assert_eq!(sqlx_0_9::no_row(&None::<(i64, String)>), Verdict::Retry);
/// assert_eq!(sqlx_0_9::no_row(&Some((1, "paid".to_owned()))), Verdict::Stop);
/// ```
pub fn no_row<Row>(row: &Option<Row>) -> Verdict {
    row.is_none().into_verdict()
}

/// Uses the verdict of [`error`].
impl Transient for Error {
    fn is_transient(&self) -> bool {
        error(self) != Verdict::Stop
    }
}

fn is_transient(error: &dyn DatabaseError) -> bool {
    let code = error.code();
    let code = code.as_deref();
    let by_number = mysql_number(error, code).and_then(is_transient_number);
    by_number.unwrap_or_else(|| code.is_some_and(|code| is_transient_state(code) || is_transient_result(code)))
}

/// Reads the number that MySQL's driver writes before an error's SQLSTATE and message.
///
/// The texts of the other drivers are different: PostgreSQL's begins with the message, SQLite's with its code in parentheses.
fn mysql_number(error: &dyn DatabaseError, state: Option<&str>) -> Option<u16> {
    let text = error.to_string();
    let head = text.strip_suffix(error.message())?.strip_suffix(": ")?;
    let number = match state {
        Some(state) => head.strip_suffix(')')?.strip_suffix(state)?.strip_suffix(" (")?,
        None => head,
    };
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::sqlx_0_9::error::ErrorKind;
    use core::fmt;
    use std::borrow::Cow;
    use std::io;

    /// An error as one of the drivers makes it: its text, message and code.
    #[derive(Debug)]
    struct Fake {
        text: String,
        message: &'static str,
        code: Option<&'static str>,
    }

    impl fmt::Display for Fake {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(&self.text)
        }
    }

    impl core::error::Error for Fake {}

    impl DatabaseError for Fake {
        fn message(&self) -> &str {
            self.message
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            self.code.map(Cow::Borrowed)
        }

        fn as_error(&self) -> &(dyn core::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn core::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn core::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn judge(text: String, message: &'static str, code: Option<&'static str>) -> Verdict {
        error(&Error::Database(Box::new(Fake { text, message, code })))
    }

    fn postgres(code: &'static str) -> Verdict {
        judge("something happened".to_owned(), "something happened", Some(code))
    }

    fn mysql(number: u16, state: Option<&'static str>) -> Verdict {
        let message = "something happened; try restarting: now";
        let state_shown = state.map(|state| format!(" ({state})")).unwrap_or_default();
        judge(format!("{number}{state_shown}: {message}"), message, state)
    }

    fn sqlite(code: &'static str) -> Verdict {
        judge(format!("(code: {code}) database is locked"), "database is locked", Some(code))
    }

    #[test]
    fn conflicts_and_lost_connections_of_postgres_are_transient() {
        for code in ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57P05", "53300"] {
            assert_eq!(postgres(code), Verdict::Retry, "{code}");
        }
        for code in ["08000", "08001", "08003", "08004", "08006", "08007", "08P01"] {
            assert_eq!(postgres(code), Verdict::Retry, "{code}");
        }
    }

    #[test]
    fn what_comes_again_from_postgres_is_permanent() {
        // Unique, foreign key, syntax, cancelled, password, completion unknown, constraint at commit, dropped database, full
        // disk, read-only transaction, failed transaction, internal error.
        for code in
            ["23505", "23503", "42601", "57014", "28P01", "40003", "40002", "57P04", "53100", "25006", "25P02", "XX000"]
        {
            assert_eq!(postgres(code), Verdict::Stop, "{code}");
        }
    }

    #[test]
    fn mysql_is_judged_by_its_number_where_the_sqlstate_says_nothing() {
        for (number, state) in [
            (1205, "HY000"),
            (1213, "40001"),
            (1020, "HY000"),
            (3572, "HY000"),
            (1040, "08004"),
            (1203, "42000"),
            (1927, "70100"),
            (4031, "HY000"),
        ] {
            assert_eq!(mysql(number, Some(state)), Verdict::Retry, "{number}");
        }
        assert_eq!(mysql(1105, Some("HY000")), Verdict::Stop, "an unknown error");
        assert_eq!(mysql(1064, Some("42000")), Verdict::Stop, "a syntax error");
        assert_eq!(mysql(1062, Some("23000")), Verdict::Stop, "a duplicate key");
        assert_eq!(mysql(1317, Some("70100")), Verdict::Stop, "a killed query");
    }

    #[test]
    fn mysql_before_the_handshake_has_no_sqlstate() {
        assert_eq!(mysql(1040, None), Verdict::Retry, "too many connections");
        assert_eq!(mysql(1130, None), Verdict::Stop, "a host that is not allowed");
    }

    #[test]
    fn a_number_that_says_permanent_outdoes_the_class_08() {
        assert_eq!(mysql(1053, Some("08S01")), Verdict::Retry, "the server shuts down");
        assert_eq!(mysql(1153, Some("08S01")), Verdict::Stop, "the packet is too large");
        assert_eq!(mysql(1251, Some("08004")), Verdict::Stop, "the authentication method is unknown");
    }

    #[test]
    fn a_number_inside_a_message_is_no_number_of_the_server() {
        let message = "1205 (HY000): said the user";
        assert_eq!(judge(message.to_owned(), message, Some("HY000")), Verdict::Stop);
        assert_eq!(judge(format!("{message} at line 1205"), message, Some("HY000")), Verdict::Stop);
        assert_eq!(judge("1205 (42000): no".to_owned(), "no", Some("HY000")), Verdict::Stop);
        assert_eq!(judge("71205 (HY000): no".to_owned(), "no", Some("HY000")), Verdict::Stop);
        assert_eq!(judge("1205: no".to_owned(), "no", Some("HY000")), Verdict::Stop);
    }

    #[test]
    fn busy_and_locked_of_sqlite_are_transient_with_all_their_extended_codes() {
        for code in ["5", "261", "517", "773", "6", "262", "518"] {
            assert_eq!(sqlite(code), Verdict::Retry, "{code}");
        }
        // Error, full, constraint, unique, read-only, misuse, interrupted.
        for code in ["1", "13", "19", "2067", "8", "21", "9", "256"] {
            assert_eq!(sqlite(code), Verdict::Stop, "{code}");
        }
    }

    #[test]
    fn a_sqlstate_is_no_code_of_sqlite_and_the_other_way_round() {
        // The low byte of each would be 5 or 6.
        for code in ["00005", "00006", "10245", "22022"] {
            assert_eq!(postgres(code), Verdict::Stop, "{code}");
        }
        for code in ["0800", "08", "4000", "", "+5", "-5", "5 ", "0x5"] {
            assert_eq!(sqlite(code), Verdict::Stop, "{code:?}");
        }
    }

    #[test]
    fn an_error_of_a_database_without_a_code_is_permanent() {
        assert_eq!(judge("something".to_owned(), "something", None), Verdict::Stop);
    }

    #[test]
    fn a_pool_that_timed_out_is_transient_and_a_closed_one_is_not() {
        assert_eq!(error(&Error::PoolTimedOut), Verdict::Retry);
        assert_eq!(error(&Error::PoolClosed), Verdict::Stop);
    }

    #[test]
    fn an_io_error_says_itself_what_it_is() {
        assert_eq!(error(&Error::Io(io::ErrorKind::ConnectionReset.into())), Verdict::Retry);
        assert_eq!(error(&Error::Io(io::ErrorKind::UnexpectedEof.into())), Verdict::Retry);
        assert_eq!(error(&Error::Io(io::ErrorKind::NotFound.into())), Verdict::Stop);
        assert_eq!(error(&Error::Io(io::ErrorKind::InvalidData.into())), Verdict::Stop, "a refused certificate");
    }

    #[test]
    fn faults_of_the_caller_and_of_the_driver_are_permanent() {
        for fault in [
            Error::Configuration("no such host key".into()),
            Error::InvalidArgument("null byte".to_owned()),
            Error::Tls("server does not support TLS".into()),
            Error::Protocol("unexpected message".to_owned()),
            Error::RowNotFound,
            Error::TypeNotFound { type_name: "mood".to_owned() },
            Error::ColumnIndexOutOfBounds { index: 1, len: 1 },
            Error::ColumnNotFound("id".to_owned()),
            Error::Encode("too long".into()),
            Error::Decode("not a number".into()),
            Error::WorkerCrashed,
            Error::BeginFailed,
            Error::InvalidSavePointStatement,
        ] {
            assert_eq!(error(&fault), Verdict::Stop, "{fault}");
        }
    }

    #[test]
    fn the_error_classifies_itself_as_the_function_does() {
        assert_eq!(transient(&Error::PoolTimedOut), Verdict::Retry);
        assert_eq!(transient(&Error::PoolClosed), Verdict::Stop);
    }

    #[test]
    fn a_missing_row_is_not_ready() {
        assert_eq!(no_row(&None::<i64>), Verdict::Retry);
        assert_eq!(no_row(&Some(0)), Verdict::Stop);
    }
}
