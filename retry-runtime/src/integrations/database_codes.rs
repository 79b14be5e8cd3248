//! The codes of transient failures of database servers, and the texts of those whose code a client does not hand on.
//!
//! It knows no client. Each client's integration finds its code, or its text, and asks here.
//!
//! Texts are the beginnings of the servers' English messages. A code has none if its message begins with a name.

/// Transient SQLSTATEs of PostgreSQL. Each code of class 08 (connection) is transient too.
const STATES: [(&str, &[&str]); 8] = [
    ("40001", &["could not serialize access"]),
    ("40P01", &["deadlock detected"]),
    (
        "53300",
        &["sorry, too many clients already", "too many connections for ", "remaining connection slots are reserved"],
    ),
    ("55P03", &["could not obtain lock on ", "canceling statement due to lock timeout"]),
    ("57P01", &["terminating connection due to administrator command"]),
    ("57P02", &["terminating connection because of crash of another server process"]),
    ("57P03", &["the database system is "]),
    ("57P05", &["terminating connection due to idle-session timeout"]),
];

/// Error numbers of MySQL and MariaDB whose SQLSTATE says nothing, or something else: are they transient?
#[cfg(any(feature = "diesel-2", feature = "sqlx-0_9"))]
const NUMBERS: [(u16, bool, &[&str]); 10] = [
    // Locks: a record that changed since it was read (InnoDB's snapshot isolation), a lock wait that timed out, a deadlock, and
    // `NOWAIT` on a locked row.
    (1020, true, &["Record has changed since last read"]),
    (1205, true, &["Lock wait timeout exceeded"]),
    (1213, true, &["Deadlock found when trying to get lock"]),
    (3572, true, &["Statement aborted because lock(s) could not be acquired immediately"]),
    // Connections: too many of them, too many of this user, killed, idle for too long.
    (1040, true, &["Too many connections"]),
    (1203, true, &[]),
    (1927, true, &["Connection was killed"]),
    (4031, true, &["The client was disconnected by the server because of inactivity"]),
    // These are of class 08, but fail each time: a packet larger than `max_allowed_packet`, and an authentication method that the
    // client does not support.
    (1153, false, &[]),
    (1251, false, &[]),
];

/// Transient result codes of SQLite. An extended code has the primary code in its low byte.
#[cfg(any(feature = "diesel-2", feature = "sqlx-0_9"))]
const RESULTS: [(u16, &[&str]); 2] =
    [(5, &["database is locked"]), (6, &["database table is locked", "database schema is locked"])];

/// Returns `true` if a code is a transient SQLSTATE.
#[cfg(any(feature = "sqlx-0_9", feature = "tokio-postgres-0_7"))]
pub(super) fn is_transient_state(code: &str) -> bool {
    let is_of_connection = code.len() == 5 && code.starts_with("08");
    is_of_connection || STATES.iter().any(|(state, _)| *state == code)
}

/// Returns whether an error number of MySQL is transient, or `None` if the SQLSTATE decides.
#[cfg(feature = "sqlx-0_9")]
pub(super) fn is_transient_number(number: u16) -> Option<bool> {
    NUMBERS.iter().find(|(known, ..)| *known == number).map(|(_, is_transient, _)| *is_transient)
}

/// Returns `true` if a code is a transient result code of SQLite, in decimal digits.
#[cfg(feature = "sqlx-0_9")]
pub(super) fn is_transient_result(code: &str) -> bool {
    let has_its_form = code.len() <= 4 && code.bytes().all(|byte| byte.is_ascii_digit());
    has_its_form && code.parse().is_ok_and(|code: u16| RESULTS.iter().any(|(primary, _)| *primary == code & 0xff))
}

/// Returns `true` if a server's message begins as one of a transient failure does.
#[cfg(feature = "diesel-2")]
pub(super) fn is_transient_message(message: &str) -> bool {
    let states = STATES.iter().map(|(_, texts)| *texts);
    let numbers = NUMBERS.iter().map(|(.., texts)| *texts);
    let results = RESULTS.iter().map(|(_, texts)| *texts);
    states.chain(numbers).chain(results).flatten().any(|text| message.starts_with(text))
}

#[cfg(all(test, feature = "diesel-2", feature = "sqlx-0_9"))]
mod tests {
    use super::*;

    #[test]
    fn codes_and_texts_of_the_tables_are_recognized() {
        let states = STATES.iter().map(|(state, texts)| (is_transient_state(state), *texts));
        let numbers = NUMBERS.iter().filter(|(_, is_transient, _)| *is_transient);
        let numbers = numbers.map(|(number, _, texts)| (is_transient_number(*number) == Some(true), *texts));
        let results = RESULTS.iter().map(|(result, texts)| (is_transient_result(&result.to_string()), *texts));
        for (is_transient, texts) in states.chain(numbers).chain(results) {
            assert!(is_transient, "{texts:?}");
            for text in texts {
                assert!(is_transient_message(&format!("{text} and more")), "{text}");
                assert!(!is_transient_message(&format!("ERROR: {text}")), "{text}");
            }
        }
    }
}
