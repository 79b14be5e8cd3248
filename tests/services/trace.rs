//! A trace of a retried call: the number of runs, and the failures of its attempts.

use redis_1::RedisError;
use sqlx_0_9::mysql::MySqlDatabaseError;
use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[derive(Debug, Default)]
pub(crate) struct Trace {
    runs: AtomicU32,
    failures: Mutex<Vec<String>>,
}

impl Trace {
    /// Counts a run, and returns its number, from 1.
    pub(crate) fn begin(&self) -> u32 {
        self.runs.fetch_add(1, Relaxed) + 1
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(Relaxed)
    }

    /// Hands the outcome of an attempt on, and keeps a word for a failure.
    pub(crate) fn note<T, E: Word>(&self, outcome: Result<T, E>) -> Result<T, E> {
        if let Err(error) = &outcome {
            self.failures.lock().expect("no test panics in here").push(error.word());
        }
        outcome
    }

    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().expect("no test panics in here").clone()
    }
}

/// The shortest name of an error that distinguishes it from others.
pub(crate) trait Word {
    fn word(&self) -> String;
}

/// MySQL's number, another server's code, or the kind.
impl Word for sqlx_0_9::Error {
    fn word(&self) -> String {
        match self {
            Self::Database(error) => match error.try_downcast_ref::<MySqlDatabaseError>() {
                Some(error) => error.number().to_string(),
                None => error.code().map_or_else(|| error.to_string(), Cow::into_owned),
            },
            Self::Io(_) => "io".to_owned(),
            Self::PoolTimedOut => "pool timed out".to_owned(),
            other => other.to_string(),
        }
    }
}

/// PostgreSQL's code, or the kind.
impl Word for tokio_postgres_0_7::Error {
    fn word(&self) -> String {
        match self.code() {
            Some(state) => state.code().to_owned(),
            None if self.is_closed() => "closed".to_owned(),
            None if self.source().is_some_and(<dyn Error>::is::<io::Error>) => "io".to_owned(),
            None => self.to_string(),
        }
    }
}

/// diesel's kind and the server's text.
impl Word for diesel_2::result::Error {
    fn word(&self) -> String {
        match self {
            Self::DatabaseError(kind, information) => format!("{kind:?}: {}", information.message()),
            other => format!("{other:?}"),
        }
    }
}

impl Word for RedisError {
    fn word(&self) -> String {
        if self.is_connection_refusal() {
            "refused".to_owned()
        } else if self.is_connection_dropped() {
            "lost".to_owned()
        } else {
            self.code().unwrap_or_else(|| self.category()).to_owned()
        }
    }
}
