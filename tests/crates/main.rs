//! Whole crates that use the library, compiled by cargo as their authors would compile them.
//!
//! Their sources are in `fixtures`; cargo's files and what it builds are in the target directory alone.

mod coverage;
mod editions;
mod expansion_lints;
mod one_error_per_fault;
mod package;
mod user_errors;
mod user_lints;
