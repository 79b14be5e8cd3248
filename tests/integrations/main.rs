//! Retried calls of real clients against real servers of this machine, a module per crate that is integrated.

mod connection_faults;
mod idempotency_keys;
mod name_lookup;
mod observing;
mod postgres_connections;
mod reports;
mod request_errors;
mod server;
mod server_hints;
mod smol;
mod status_errors;
mod statuses;
mod tower;
mod ureq;
