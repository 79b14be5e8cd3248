//! What is as in the plain function where a body panics: places and drop orders.
//!
//! The panic hook is the whole process's, so this is a binary of its own.

mod drop_order;
mod locations;
mod panic_hook;
