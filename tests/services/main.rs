//! Retried calls of PostgreSQL, MariaDB and Redis, started by `tests/services/run`.

mod diesel_postgres;
mod mariadb;
mod postgres;
mod proxy;
mod redis;
mod redis_server;
mod tokio_postgres;
mod trace;

// Its derives name it so.
extern crate diesel_2 as diesel;

use std::env;

/// Returns the address of a service. A test without its service fails, because it has shown nothing.
fn service(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| {
        panic!(
            "`{variable}` is not set: run these tests by `tests/services/run`, which starts PostgreSQL, MariaDB and Redis for \
             them and says how to get them"
        )
    })
}
