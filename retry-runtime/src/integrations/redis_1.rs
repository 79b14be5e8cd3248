//! redis 1: transient errors of servers and connections (feature `redis-1`).
//!
//! It knows redis's error type and the error codes of servers. The crate's [`RedisError::retry_method`] decides if it is precise enough. The
//! table shows where it is not.
//!
//! [`error`] is for `on`, [`value`] and [`nil`] are for `on_value`. `RedisError` also implements [`Transient`], so a function that returns it
//! needs no `on`.
//!
//! | failure | `retry_method` | verdict |
//! |---|---|---|
//! | `LOADING`, `TRYAGAIN`, `CLUSTERDOWN`, `MASTERDOWN` | `WaitAndRetry` | transient |
//! | `READONLY`: a master became a replica | `RefreshSlotsAndRetry` | transient |
//! | `MOVED`, `ASK` | `MovedRedirect`, `AskRedirect` | permanent: a cluster client follows them by itself, and another client never reaches the right node |
//! | `BUSY` (a script runs), `NOREPLICAS`, `ERR max number of clients reached` | `NoRetry` | transient: nothing was executed |
//! | any other reply: `ERR`, `WRONGTYPE`, `CROSSSLOT`, `NOSCRIPT`, `NOPERM`, `NOAUTH`, `OOM`, `MISCONF`, ... | `NoRetry` | permanent |
//! | `EXECABORT`: a transaction that the server aborted | `NoRetry` | transient if all replies that led to it are |
//! | a pipeline with failed commands | as the first failed command | transient if all failed commands are |
//! | connection refused, reset, closed, no such socket; I/O errors without details | `Reconnect` | transient |
//! | time-outs, unreachable hosts, name lookups that say "try again", other errors of I/O | `RetryImmediately` | transient |
//! | a host name that does not exist | `RetryImmediately` | permanent |
//! | invalid data or input, such as a refused certificate | `RetryImmediately` | permanent |
//! | no permission, not supported | `NoRetry` | permanent |
//! | no connection to a node of the cluster | `ReconnectFromInitialConnections` | transient |
//! | sentinels without the master or its replicas | `WaitAndRetry` | transient |
//! | authentication failed | `Reconnect` | permanent: the password stays wrong |
//! | a reply that cannot be parsed, or is of another type than the caller's | `Reconnect` | permanent: the kind does not distinguish a broken stream from a wrong type |
//! | client and configuration errors | `NoRetry` | permanent |
//!
//! Failures that you know to be transient can be added by [`classify::any_of`](crate::failure::classify::any_of).
//!
//! # What may have been executed
//!
//! After an error reply of the server, the command was not executed. After a lost connection or a time-out this is unknown: `INCR` may
//! have counted, and a retry counts again. Commands that set a value are safe to repeat. Others need a script or a transaction that can
//! find out what it has already done.
//!
//! A pipeline has executed the commands that did not fail, and a retry repeats them. This is also true for an `atomic()` pipeline whose
//! failure is not `EXECABORT`, because Redis does not roll back.
//!
//! # Connections
//!
//! A `MultiplexedConnection` or a `Connection` that is lost stays lost. Open a new one inside of the retried body, or use the crate's
//! `ConnectionManager`, which reconnects by itself.

use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use crate::failure::name_lookup;
use ::redis_1::{ErrorKind, RedisError, RetryMethod, ServerError, ServerErrorKind, Value};
use core::error::Error;
use std::io;
use std::sync::Arc;

/// Classifies a failed command, pipeline or connection by the table of [this module](self): for `on`.
///
/// # Examples
///
/// ```
/// use redis_1::{ErrorKind, RedisError, ServerErrorKind};
/// use reattempt::{Verdict, redis_1 as classifiers};
///
/// let loading = RedisError::from((ServerErrorKind::BusyLoading.into(), "Redis is loading the dataset in memory"));
/// assert_eq!(classifiers::error(&loading), Verdict::Retry);
/// let refused = RedisError::from((ErrorKind::AuthenticationFailed, "Password authentication failed"));
/// assert_eq!(classifiers::error(&refused), Verdict::Stop);
/// ```
pub fn error(error: &RedisError) -> Verdict {
    let is_transient = match error.kind() {
        ErrorKind::Server(_) | ErrorKind::Extension => is_transient_reply(error),
        // The crate reconnects after these because of the stream, but the reply would be the same.
        ErrorKind::AuthenticationFailed | ErrorKind::Parse => false,
        ErrorKind::Io => is_transient_io(error),
        _ => may_pass(&error.retry_method()),
    };
    is_transient.into_verdict()
}

/// Rejects a reply that is or contains a transient error of the server. It is for `on_value`, if a pipeline ignores errors.
///
/// It searches arrays, maps and sets. A reply with a permanent error is returned.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, redis_1 as classifiers};
///
/// let value = redis_1::parse_redis_value(b"*2\r\n+OK\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n")?;
/// assert_eq!(classifiers::value(&value), Verdict::Retry);
/// assert_eq!(classifiers::value(&redis_1::Value::Okay), Verdict::Stop);
/// # Ok::<(), redis_1::RedisError>(())
/// ```
pub fn value(value: &Value) -> Verdict {
    let mut errors = Vec::new();
    collect(value, &mut errors);
    are_transient(errors).into_verdict()
}

/// Rejects a nil reply. It is for `on_value`: `EXEC` found that a watched key changed, `SET ... NX` found the key in use, or another client has
/// not yet written the value.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, redis_1 as classifiers};
///
/// assert_eq!(classifiers::nil(&None::<i64>), Verdict::Retry);
/// assert_eq!(classifiers::nil(&Some(3)), Verdict::Stop);
/// ```
pub fn nil<Answer>(answer: &Option<Answer>) -> Verdict {
    answer.is_none().into_verdict()
}

/// Uses the verdict of [`error`].
impl Transient for RedisError {
    fn is_transient(&self) -> bool {
        error(self) != Verdict::Stop
    }
}

fn may_pass(method: &RetryMethod) -> bool {
    matches!(
        method,
        RetryMethod::WaitAndRetry
            | RetryMethod::RetryImmediately
            | RetryMethod::Reconnect
            | RetryMethod::ReconnectFromInitialConnections
            | RetryMethod::RefreshSlotsAndRetry
    )
}

/// Returns `true` if the error replies are transient. One error can contain the errors of all failed commands of a pipeline or a transaction;
/// all of them must be transient.
fn is_transient_reply(error: &RedisError) -> bool {
    match error.clone().into_server_errors() {
        Some(errors) => are_transient(errors.iter().map(|(_, error)| error)),
        // The client made this error in the server's name.
        None => may_pass(&error.retry_method()),
    }
}

fn are_transient<'a>(errors: impl IntoIterator<Item = &'a ServerError>) -> bool {
    let mut errors = errors.into_iter().peekable();
    errors.peek().is_some() && errors.all(is_transient_server)
}

fn is_transient_server(error: &ServerError) -> bool {
    match (error.kind(), error.code()) {
        // Code and text are those of Redis. They have not changed since Redis got a limit of clients.
        (Some(ServerErrorKind::ResponseError), _) => error.details() == Some("max number of clients reached"),
        (Some(_), _) => may_pass(&RedisError::from(error.clone()).retry_method()),
        (None, code) => matches!(code, "BUSY" | "NOREPLICAS"),
    }
}

fn is_transient_io(error: &RedisError) -> bool {
    match error.retry_method() {
        // The crate returns this for all errors that it does not know. Invalid data or input is invalid again at the next attempt.
        RetryMethod::RetryImmediately => io_error(error).is_none_or(|error| {
            let is_refused = matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
            name_lookup::verdict(error).unwrap_or(!is_refused)
        }),
        method => may_pass(&method),
    }
}

/// Returns the I/O error inside. The crate stores it in an `Arc`, which is an error itself.
fn io_error(error: &RedisError) -> Option<&io::Error> {
    let source = error.source()?;
    match source.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        Some(shared) => shared.downcast_ref(),
        None => source.downcast_ref(),
    }
}

fn collect<'a>(value: &'a Value, errors: &mut Vec<&'a ServerError>) {
    match value {
        Value::ServerError(error) => errors.push(error),
        Value::Array(values) | Value::Set(values) => values.iter().for_each(|value| collect(value, errors)),
        Value::Map(pairs) => pairs.iter().for_each(|(key, value)| {
            collect(key, errors);
            collect(value, errors);
        }),
        Value::Attribute { data, .. } => collect(data, errors),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::classify::transient;
    use ::redis_1::{ConnectionLike, FromRedisValue, RedisResult, parse_redis_value, pipe};

    fn parse(reply: &str) -> Value {
        parse_redis_value(reply.as_bytes()).expect("the reply is well formed")
    }

    /// Parses a server's reply, given as the bytes on the wire, as the client does.
    fn answer(line: &str) -> RedisError {
        parse(&format!("-{line}\r\n")).extract_error().expect_err("the answer is an error")
    }

    fn io_kind(kind: io::ErrorKind) -> Verdict {
        error(&RedisError::from(io::Error::from(kind)))
    }

    #[test]
    fn answers_that_pass_are_transient() {
        for line in [
            "LOADING Redis is loading the dataset in memory",
            "TRYAGAIN Multiple keys request during rehashing of slot",
            "CLUSTERDOWN The cluster is down",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "READONLY You can't write against a read only replica.",
            "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
            "NOREPLICAS Not enough good replicas to write.",
            "ERR max number of clients reached",
        ] {
            assert_eq!(error(&answer(line)), Verdict::Retry, "{line}");
        }
    }

    #[test]
    fn moved_and_ask_are_left_to_the_client() {
        assert_eq!(error(&answer("MOVED 3999 127.0.0.1:6381")), Verdict::Stop);
        assert_eq!(error(&answer("ASK 3999 127.0.0.1:6381")), Verdict::Stop);
    }

    #[test]
    fn answers_that_come_again_are_permanent() {
        for line in [
            "ERR unknown command 'foo'",
            "ERR max number of clients reached by somebody else",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "WRONGPASS invalid username-password pair or user is disabled.",
            "NOAUTH Authentication required.",
            "NOPERM this user has no permissions to run the 'get' command",
            "NOSCRIPT No matching script. Please use EVAL.",
            "NOTBUSY No scripts in execution right now.",
            "CROSSSLOT Keys in request don't hash to the same slot",
            "OOM command not allowed when used memory > 'maxmemory'.",
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
            "BUSYGROUP Consumer Group name already exists",
            "BUSYKEY Target key name already exists.",
            "NOSUB",
        ] {
            assert_eq!(error(&answer(line)), Verdict::Stop, "{line}");
        }
    }

    #[test]
    fn a_lost_connection_and_a_time_out_are_transient() {
        for kind in [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::BrokenPipe,
            io::ErrorKind::UnexpectedEof,
            io::ErrorKind::NotConnected,
            io::ErrorKind::NotFound,
            io::ErrorKind::TimedOut,
            io::ErrorKind::WouldBlock,
            io::ErrorKind::HostUnreachable,
        ] {
            assert_eq!(io_kind(kind), Verdict::Retry, "{kind}");
        }
        assert_eq!(error(&RedisError::from((ErrorKind::Io, "connection dropped"))), Verdict::Retry);
    }

    #[test]
    fn a_name_that_does_not_exist_is_looked_up_once() {
        let looked_up =
            |words| RedisError::from(io::Error::other(format!("failed to lookup address information: {words}")));
        assert_eq!(error(&looked_up("Name or service not known")), Verdict::Stop);
        assert_eq!(error(&looked_up("Temporary failure in name resolution")), Verdict::Retry);
    }

    #[test]
    fn what_io_refuses_for_good_is_permanent() {
        for kind in [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::Unsupported,
            io::ErrorKind::InvalidData,
            io::ErrorKind::InvalidInput,
        ] {
            assert_eq!(io_kind(kind), Verdict::Stop, "{kind}");
        }
    }

    #[test]
    fn a_wrong_password_is_permanent_although_the_crate_would_reconnect() {
        let refused = RedisError::from((ErrorKind::AuthenticationFailed, "Password authentication failed"));
        assert!(matches!(refused.retry_method(), RetryMethod::Reconnect));
        assert_eq!(error(&refused), Verdict::Stop);
    }

    #[test]
    fn an_answer_of_another_type_is_permanent_although_the_crate_would_reconnect() {
        let wrong_type = RedisError::from(i64::from_redis_value(Value::Okay).expect_err("`OK` is no number"));
        assert!(matches!(wrong_type.retry_method(), RetryMethod::Reconnect));
        assert_eq!(error(&wrong_type), Verdict::Stop);
        let garbage = parse_redis_value(b"?\r\n").expect_err("no reply begins so");
        assert_eq!(error(&garbage), Verdict::Stop);
    }

    #[test]
    fn faults_of_the_caller_are_permanent() {
        for kind in [
            ErrorKind::Client,
            ErrorKind::InvalidClientConfig,
            ErrorKind::EmptySentinelList,
            ErrorKind::UnexpectedReturnType,
            ErrorKind::RESP3NotSupported,
        ] {
            assert_eq!(error(&RedisError::from((kind, "no"))), Verdict::Stop, "{kind:?}");
        }
    }

    #[test]
    fn a_cluster_or_sentinels_that_know_no_node_are_transient() {
        for kind in [
            ErrorKind::ClusterConnectionNotFound,
            ErrorKind::MasterNameNotFoundBySentinel,
            ErrorKind::NoValidReplicasFoundBySentinel,
        ] {
            assert_eq!(error(&RedisError::from((kind, "not now"))), Verdict::Retry, "{kind:?}");
        }
    }

    #[test]
    fn what_the_client_says_in_the_servers_name_is_judged_by_its_kind() {
        let refused = RedisError::from((ServerErrorKind::ResponseError.into(), "refused to switch database"));
        assert_eq!(error(&refused), Verdict::Stop);
        let loading = RedisError::from((ServerErrorKind::BusyLoading.into(), "loading"));
        assert_eq!(error(&loading), Verdict::Retry);
    }

    #[test]
    fn the_error_classifies_itself_as_the_function_does() {
        assert_eq!(transient(&answer("LOADING")), Verdict::Retry);
        assert_eq!(transient(&answer("MOVED 1 127.0.0.1:1")), Verdict::Stop);
    }

    /// A connection with prepared replies.
    struct Answers(Vec<Value>);

    impl ConnectionLike for Answers {
        fn req_packed_command(&mut self, _command: &[u8]) -> RedisResult<Value> {
            Ok(self.0.remove(0))
        }

        fn req_packed_commands(&mut self, _commands: &[u8], _offset: usize, _count: usize) -> RedisResult<Vec<Value>> {
            Ok(core::mem::take(&mut self.0))
        }

        fn get_db(&self) -> i64 {
            0
        }

        fn check_connection(&mut self) -> bool {
            true
        }

        fn is_open(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_pipeline_is_transient_if_all_its_failures_are() {
        const TRANSIENT: &str = "-TRYAGAIN later\r\n";
        const PERMANENT: &str = "-WRONGTYPE never\r\n";
        for (replies, expected) in [
            (vec!["+OK\r\n", TRANSIENT], Verdict::Retry),
            (vec![TRANSIENT, TRANSIENT], Verdict::Retry),
            (vec![PERMANENT, TRANSIENT], Verdict::Stop),
            (vec![TRANSIENT, "+OK\r\n", PERMANENT], Verdict::Stop),
            (vec!["-BUSY with a script\r\n", TRANSIENT], Verdict::Retry),
            (vec!["-BUSYKEY for ever\r\n", TRANSIENT], Verdict::Stop),
        ] {
            let mut pipeline = pipe();
            for _ in &replies {
                pipeline.cmd("GET").arg("key");
            }
            let failed = pipeline
                .query::<Value>(&mut Answers(replies.iter().map(|reply| parse(reply)).collect()))
                .expect_err("a command failed");
            assert_eq!(error(&failed), expected, "{replies:?}");
        }
    }

    #[test]
    fn a_value_is_rejected_if_all_errors_in_it_are_transient() {
        for (reply, expected) in [
            ("-LOADING now\r\n", Verdict::Retry),
            ("*2\r\n+OK\r\n-TRYAGAIN later\r\n", Verdict::Retry),
            ("*2\r\n-TRYAGAIN later\r\n-WRONGTYPE never\r\n", Verdict::Stop),
            ("*2\r\n-WRONGTYPE never\r\n-TRYAGAIN later\r\n", Verdict::Stop),
            ("*1\r\n*1\r\n-READONLY for now\r\n", Verdict::Retry),
            ("~1\r\n-READONLY for now\r\n", Verdict::Retry),
            ("%1\r\n+key\r\n-READONLY for now\r\n", Verdict::Retry),
            ("*0\r\n", Verdict::Stop),
            ("+OK\r\n", Verdict::Stop),
            ("$7\r\nLOADING\r\n", Verdict::Stop),
            ("$-1\r\n", Verdict::Stop),
        ] {
            assert_eq!(value(&parse(reply)), expected, "{reply:?}");
        }
    }

    #[test]
    fn nil_is_not_ready() {
        assert_eq!(nil(&None::<String>), Verdict::Retry);
        assert_eq!(nil(&Some(String::new())), Verdict::Stop);
    }
}
