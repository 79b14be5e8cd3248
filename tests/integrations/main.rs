//! Retried calls of real clients against real servers of this machine, a module per crate that is integrated.

mod faults;
mod hints;
mod idempotency;
mod names;
mod observing;
mod server;
mod sqlite;
mod statuses;
mod tonic;
mod tower;
