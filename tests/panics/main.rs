//! Panics in a body: places and drop orders are those of the plain function.
//!
//! The panic hook is the whole process's, so this is a binary of its own.

mod drop_order;
mod locations;
mod panic_hook;
