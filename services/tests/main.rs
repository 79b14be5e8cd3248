//! Retried calls of PostgreSQL, MariaDB and Redis, started by `services/run`.
