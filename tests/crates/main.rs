//! Whole crates that use the library, compiled by cargo as their authors would compile them.
//!
//! Their sources are in `fixtures`; cargo's files and what it builds are in the target directory alone.

mod coverage;
mod editions;
mod faults;
mod package;
mod silence;
mod warnings;
