//! What needs a newer Rust than the library does: the integrations with such crates, and constants that refer to a static.
//!
//! `cargo test -p reattempt-newer-rust`

mod constant_references;
mod sqlite;
mod tonic;
