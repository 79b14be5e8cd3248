//! What needs a newer Rust than the library does: the integrations with such crates, and constants that refer to a static. Also what
//! compiles SQLite.
//!
//! `cargo test -p reattempt-newer-rust`

mod constant_references;
mod diesel_sqlite;
mod sqlite;
mod tonic;

// Its derives name it so.
extern crate diesel_2 as diesel;
